"""`k2kd approve` and `k2kd disapprove`: decide about an order in its buyer's name (domain 8.2)."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from daemon import decisions
from daemon.cli import options, screen
from daemon.cli.books import carried_text, carry_on, opened
from daemon.cli.files import known_partner
from daemon.cli.tables import open_tables
from daemon.decisions import OrderMeant
from formats.steps import Decision

app = options.app()

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number.")]
By = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Who decided; else your login name.", show_default=False),
]
Buyer = Annotated[
    str | None, typer.Option(metavar="NAME", help="Its buyer, where several have the number.")
]
Vendor = Annotated[
    str | None, typer.Option(metavar="NAME", help="Its vendor, where several have the number.")
]
Test = Annotated[bool, typer.Option("--test", help="The test order of this number.")]


@app.command(epilog=options.example("k2kd approve AX-7731 --by ana"))
def approve(
    number: Number,
    *,
    by: By = None,
    reason: Annotated[
        str | None, typer.Option(metavar="TEXT", help="A sentence for the books.")
    ] = None,
    buyer: Buyer = None,
    vendor: Vendor = None,
    test: Test = False,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Approve an order that waits for it: its goods are taken, and its vendor gets it."""
    meant = OrderMeant(options.text(number), buyer, vendor, is_test=True if test else None)
    decide(Decision.APPROVE, meant, by, reason, site, as_json=as_json)


def login_name() -> str:
    """Return who types; a container may have an account without a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"


def decide(
    decision: Decision,
    meant: OrderMeant,
    by: str | None,
    reason: str | None,
    site: Path | None,
    *,
    as_json: bool,
) -> None:
    """Carry out a decision and say what came of it."""
    with opened(site) as books:
        known_partner(meant.buyer, books.partners)
        known_partner(meant.vendor, books.partners)
        done = decisions.decide(
            books.ledger,
            books.site,
            open_tables(books.site, books.today()),
            books.today(),
            meant=meant,
            decision=decision,
            by=options.text(by) if by else login_name(),
            reason=options.text(reason) if reason else None,
        )
        carried = carry_on(books)
    state = done.order.state.value if done.order else None
    if as_json:
        facts = {"number": meant.number, "state": state, "said": done.message, "carried": carried}
        screen.print_json({**facts, "status": done.status.value})
        return
    console = screen.console()
    if state is None:
        console.print(Text(f"{done.message}: nothing changed", "yellow"))
        return
    text = Text.assemble((f"order {meant.number}", "bold"), " is ")
    console.print(text.append_text(screen.state(state)))
    if done.message:
        console.print(Text(f"  {done.message}", "yellow"))
    console.print(Text(carried_text(carried), "dim"))
