"""`k2kd papers`: bills of lading of a day and lists for customs, to the outboxes or to a folder."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from daemon import safefile
from daemon.cli import options, screen
from daemon.cli.books import Books, carried_text, carry_on, opened
from daemon.cli.decided import person
from daemon.cli.tables import open_tables
from daemon.errors import UsageError
from daemon.ledger.posting import OutgoingFile
from daemon.pipeline.papers import name_of, print_bills, print_customs
from formats.papers.bill import total

app = options.app(summary="Print the papers that travel with the goods.")


@app.callback()
def papers() -> None:
    """Print the papers that travel with the goods."""


@app.command(
    short_help="Print the bills of lading of a truck date.",
    epilog=options.example("k2kd papers bol --date 2026-11-24 --customer RL01"),
)
def bol(
    *,
    on: Annotated[
        str | None, typer.Option("--date", metavar="DAY", help="Truck date; else today.")
    ] = None,
    customer: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only what goes to this customer.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write them there, not to the outboxes.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who prints; else your login name.", show_default=False),
    ] = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Print bills of lading: one for each customer, ship-to, truck date and carrier."""
    with opened(site) as books:
        day = day_of(on, books)
        printed = print_bills(
            books.ledger,
            books.site,
            open_tables(books.site, books.today()),
            books.today(),
            on=day,
            customer=customer,
            by=person(by),
            sends=to is None,
        )
        if to is not None:
            _write(to, printed.files)
        carried = carry_on(books) if to is None and printed.files else None
    if as_json:
        screen.print_json([screen.facts(each.bill) for each in printed.bills])
        return
    console = screen.console()
    if not printed.bills:
        console.print(f"nothing leaves on {day}")
        return
    for each in printed.bills:
        bill = each.bill
        numbers = ", ".join(order.number for order in bill.orders)
        said = f"{bill.customer} by {bill.carrier or 'no carrier'}, "
        said += f"{boxes(total(bill.loads).boxes)} of {numbers}"
        console.print(Text.assemble((f"{bill.number}  ", "bold"), said))
    console.print(Text(f"written to {to}" if to else carried_text(carried), "dim"))


@app.command(
    short_help="Print what customs asks of the goods under an air waybill.",
    epilog=options.example("k2kd papers customs 020-81140743"),
)
def customs(
    awb: Annotated[str, typer.Argument(metavar="AWB", help="Its number, or its last four digits.")],
    *,
    partner: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only what this company sends or gets.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write it there, not to the outboxes.")
    ] = None,
    site: options.Site = None,
) -> None:
    """List the goods under an air waybill with origin, tariff codes, value and weight."""
    with opened(site) as books:
        files = print_customs(
            *(books.ledger, books.site, open_tables(books.site, books.today()), books.today()),
            awb=awb,
            side=partner,
            sends=to is None,
        )
        if not files:
            raise UsageError(
                f"nothing travels under air waybill {awb[:40]}; k2kd goods lists what does"
            )
        if to is not None:
            _write(to, files)
        carried = carry_on(books) if to is None else None
    console = screen.console()
    for file in files:
        console.print(Text.assemble((f"{name_of(file)}  ", "bold"), f"of {file.partner}"))
    console.print(Text(f"written to {to}" if to else carried_text(carried), "dim"))


def day_of(given: str | None, books: Books) -> date:
    """Return a day of the command line, else today. Raises UsageError."""
    if given is None:
        return books.today()
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise UsageError(f"{given[:40]!r} is no day; write it as 2026-11-24") from None


def boxes(count: int) -> str:
    """Return `1 box`, `2 boxes`."""
    return "1 box" if count == 1 else f"{count} boxes"


def _write(folder: Path, files: Iterable[OutgoingFile]) -> None:
    """Write the files into a folder of the person's choice."""
    safefile.make_directories(folder)
    with safefile.open_directory(folder) as directory:
        for file in files:
            safefile.replace(directory, name_of(file), file.body)
