"""`k2kd confirm`: confirm an order in its vendor's name, on a person's word (domain 13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import typer
from rich.text import Text

from daemon import confirming
from daemon.cli import options, screen
from daemon.cli.approve import Number, Test
from daemon.cli.books import Carried, carried_text, carry_on, opened
from daemon.cli.decided import person
from daemon.cli.named_partner import known_partner
from daemon.cli.tables import open_tables
from daemon.confirming import Confirmed, LineSaid, Said
from daemon.decisions import OrderMeant
from daemon.errors import UsageError
from daemon.eventlog import safe
from daemon.trade.orders.standing import StandingLine

MOST_DIGITS = 9
MOST_NOTE = 500
app = options.app()

Lines = Annotated[
    list[str] | None,
    typer.Option(
        "--line",
        metavar="N[=QUANTITY]",
        help="Of line N so many come, in the unit of its order; without a number all of it.",
    ),
]
Rejected = Annotated[
    list[str] | None,
    typer.Option("--reject-line", metavar="N", help="Say that nothing of line N will come."),
]
Rest = Annotated[
    bool, typer.Option("--rest", help="With lines named: confirm the other open ones as ordered.")
]
Note = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT", help="A sentence for the vendor; the buyer has it at the lines named."
    ),
]


@app.command(
    epilog=options.example(
        "k2kd confirm 10045 --by ana",
        "k2kd confirm 10045 --line 1=5 --reject-line 2 --rest --note 'hail, says the farm'",
    )
)
def confirm(
    number: Number,
    *,
    line: Lines = None,
    reject_line: Rejected = None,
    rest: Rest = False,
    note: Note = None,
    by: options.By = None,
    buyer: options.Buyer = None,
    vendor: options.Vendor = None,
    test: Test = False,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Confirm an order in its vendor's name: every line that is open, or the lines named.

    For a vendor that sends no confirmation. The buyer gets what the vendor's own would give it,
    and the vendor a notice. While nothing is shipped a confirmation of the vendor's own, or this
    command again with --line, takes its place; --reject-line ends a line.
    """
    named = _named(line or [], reject_line or [])
    meant = OrderMeant(options.text(number), buyer, vendor, is_test=True if test else None)
    said = Said(person(by), named, has_rest=rest or not named, note=_note(note))
    with opened(site) as books:
        known_partner(buyer, books.partners)
        known_partner(vendor, books.partners)
        tables = open_tables(books.site, books.today())
        done = confirming.confirm(
            books.ledger, books.site, tables, books.today(), meant=meant, said=said
        )
        carried = carry_on(books)
    _show(done, carried, as_json=as_json)


def _note(given: str | None) -> str | None:
    said = options.text(given).strip() if given else ""
    if len(said) > MOST_NOTE:
        raise UsageError(f"--note has {len(said)} characters; say it in {MOST_NOTE}")
    return said or None


def _named(given: Sequence[str], rejected: Sequence[str]) -> list[LineSaid]:
    """Return the lines that are named, each once; a UsageError for what can't be meant."""
    named = [_line(options.text(each)) for each in given]
    named += [LineSaid(options.text(each).strip(), Decimal(0)) for each in rejected]
    for reference, times in Counter(each.reference for each in named).items():
        if not reference:
            raise UsageError("a line has no number; name it as the order does, as in --line 1=5")
        if times > 1:
            raise UsageError(f"line {reference} is named {times} times; say once what comes of it")
    return named


def _line(given: str) -> LineSaid:
    reference, mark, text = given.partition("=")
    if not mark:
        return LineSaid(reference.strip())
    count = text.strip()
    if not (count.isascii() and count.isdigit() and len(count) <= MOST_DIGITS):
        raise UsageError(
            f"--line {safe(given[:40])}: {safe(count[:20])!r} is no whole number; say how many"
            " come, as in --line 1=5"
        )
    if not int(count):
        raise UsageError(
            f"--line {safe(given[:40])}: none of it comes; say --reject-line {safe(reference)}"
        )
    return LineSaid(reference.strip(), Decimal(count))


def _show(done: Confirmed, carried: Carried | None, *, as_json: bool) -> None:
    booked = done.order.booked
    if as_json:
        screen.print_json(
            {
                "number": booked.number,
                "vendor": booked.vendor,
                "buyer": booked.buyer,
                "state": booked.state.value,
                "lines": [_facts(each) for each in done.order.lines if each.was_ordered],
                "said": list(done.notes),
                "carried": carried,
                "status": "done" if done.is_changed else "unchanged",
            }
        )
        return
    console = screen.console()
    text = Text.assemble((f"{booked.what} of {safe(booked.vendor or '')}", "bold"), " is ")
    text.append_text(screen.state(booked.state.value))
    if not done.is_changed:
        console.print(text.append(": every line is answered so already, nothing changed", "yellow"))
        return
    console.print(text)
    for each in done.notes:
        console.print(Text(f"  {safe(each)}", "yellow"))
    if done.open:
        console.print(Text(f"  not answered yet: line {', '.join(map(safe, done.open))}", "yellow"))
    console.print(Text(f"its vendor is told; {carried_text(carried)}", "dim"))


def _facts(line: StandingLine) -> dict[str, object]:
    return {
        "line": line.line.reference,
        "ordered": line.accepted,
        "confirmed": line.confirmed,
        "unit": line.unit.value,
        "progress": line.progress.value,
        "reason": line.reason,
    }
