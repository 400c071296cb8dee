"""`k2kd orders`: orders and their lines; those with unmapped products red, with what maps them."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import Books, opened
from daemon.cli.stories import full, said, show_order
from daemon.errors import SiteError
from daemon.eventlog import safe
from daemon.ledger import reports
from daemon.ledger.report_rows import HoldRow, OrderRow
from daemon.ledger.states import OrderState
from daemon.ledger.transfers import files_to_send_again
from daemon.mapping.load import load
from daemon.mapping.rows import Kind
from daemon.mapping.suggest import Suggester, Suggestion, suggester

app = options.app()
MOST_ALIKE = 0.99


@app.command(epilog=options.example("k2kd orders --unmapped", "k2kd orders --failed"))
def orders(
    *,
    unmapped: Annotated[
        bool, typer.Option("--unmapped", help="Only red ones: a product that no table knows.")
    ] = False,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only those that have not reached their vendor.")
    ] = False,
    state: Annotated[OrderState | None, typer.Option(help="Only those in this state.")] = None,
    partner: options.OfPartner = None,
    limit: options.Limit = 20,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List purchase orders, newest first; a red one waits for its products to be mapped."""
    with opened(site) as books:
        books.refuse_stranger(partner)
        with books.ledger.read() as conn:
            found = reports.orders(
                conn,
                state=state.value if state else None,
                partner=partner,
                is_unmapped=unmapped,
                has_failed=failed,
                limit=limit,
            )
            failures = [order.id for order in found if order.transfer_reason is not None]
            sent = files_to_send_again(conn, failures)
            waiting = reports.holds_of(conn, [order.document_id for order in found])
        guesses = suggestions(books, waiting)
    if as_json:
        screen.print_json([_facts(order, waiting, guesses) for order in found])
        return
    console = screen.console()
    if not found:
        console.print(_none(unmapped=unmapped, failed=failed))
    for order in found:
        show_order(console, order, has_boxes=False)
        if order.state == OrderState.PENDING_APPROVAL.value:
            screen.next_step(console, shlex.join(["k2kd", "approve", order.number]))
        if order.id in sent:
            screen.next_step(console, shlex.join(["k2kd", "resend", sent[order.id]]))
        for hold in waiting:
            if hold.document_id == order.document_id:
                show_way_out(console, hold, guesses.get(hold.id, ()))


def _none(*, unmapped: bool, failed: bool) -> str:
    if unmapped:
        return "no red order: every product is mapped"
    return "no order failed to reach its vendor" if failed else "no such order"


def suggestions(books: Books, waiting: list[HoldRow]) -> dict[int, tuple[Suggestion, ...]]:
    """Return what each unmapped text may mean, by hold; nothing while the tables are broken."""
    kinds = {hold.id: Kind(hold.mapping_kind) for hold in waiting if hold.mapping_kind}
    if not kinds:
        return {}
    try:
        tables = load(books.site.mappings, partners=books.partners, today=books.today())
    except SiteError:
        return {}
    guess: dict[Kind, Suggester] = {kind: suggester(tables, kind) for kind in kinds.values()}
    return {
        hold.id: guess[kinds[hold.id]].suggest(hold.source_description, hold.source_code)
        for hold in waiting
        if hold.id in kinds
    }


def _facts(
    order: OrderRow, waiting: list[HoldRow], guesses: dict[int, tuple[Suggestion, ...]]
) -> dict[str, object]:
    own = [hold for hold in waiting if hold.document_id == order.document_id]
    return {
        "order": order,
        "is_red": order.state == OrderState.HELD.value,
        "holds": [{"hold": hold, "suggestions": guesses.get(hold.id, ())} for hold in own],
    }


def show_way_out(
    console: Console,
    hold: HoldRow,
    guesses: tuple[Suggestion, ...],
    *,
    has_file: bool = False,
) -> None:
    """Print what a hold waits for, and the commands that end it, the likeliest first.

    `has_file` names the file and the document that it stops, where nothing above does.
    """
    source = source_of(hold)
    stopped = f"{stopped_by(hold)}: " if has_file and hold.outgoing_id is None else ""
    if hold.kind != "unmapped":
        console.print(Text.assemble(("  ▲ ", "yellow"), stopped, full(hold.message)))
        if hold.outgoing_id is not None:
            screen.next_step(console, shlex.join(["k2kd", "resend", hold.place]))
        screen.next_step(console, f"k2kd release {hold.id}")
        if hold.outgoing_id is None and hold.kind != "exception":
            screen.next_step(console, f"k2kd reject {hold.id} --reason '...'")
        return
    console.print(
        Text.assemble(
            ("  ▲ ", screen.RED),
            stopped,
            (f"{hold.place}: ", screen.RED),
            full(source),
            f"  is not in {hold.mapping_kind}.csv for {hold.partner}",
        )
    )
    for guess in guesses:
        screen.next_step(console, map_command(hold, guess.code), likeness(guess))
    if not guesses:
        screen.next_step(console, map_command(hold, "OUR-CODE"))


def likeness(guess: Suggestion) -> str:
    """Say how near a suggestion is: alike in part, or else in what it is the same."""
    if guess.score >= 1:
        return f"{guess.description} ({guess.reason})"
    # Not rounded up: only what is the same in everything compared is wholly alike.
    return f"{guess.description}, {min(guess.score, MOST_ALIKE):.0%} alike ({guess.reason})"


def stopped_by(hold: HoldRow) -> str:
    """Name what a hold stops: `order AX-7731 in order.json`, or the file alone."""
    if hold.outgoing_id is not None:
        return hold.place
    file = safe(hold.file or b"")
    if hold.document is None or not hold.number:
        return file
    kind = "order" if hold.document.endswith("order") else said(hold.document)
    return f"{kind} {safe(hold.number)} in {file}"


def source_of(hold: HoldRow) -> str:
    """Return the partner's own text that is unmapped: its code, else its words."""
    return hold.source_code or hold.source_description or ""


def map_command(hold: HoldRow, target: str) -> str:
    """Return the command that maps what a hold waits for."""
    words = ["k2kd", "map", hold.mapping_kind or "", hold.partner, source_of(hold), target]
    return shlex.join(words)
