"""`k2kd prebooks`: pre-sales with their lines, found as a vendor finds them (domain 5.2 step 3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import Books, opened
from daemon.errors import SiteError, UsageError
from daemon.eventlog import safe
from daemon.ledger.prebook_report import Made, PrebookLine, PrebookRow
from daemon.ledger.prebook_report import prebooks as found_prebooks
from daemon.ledger.states import OrderState
from daemon.mapping.load import load
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables

app = options.app()
LINES = ("line", "product", "description", "UPC", "ordered", "accepted", "unit", "cost", "state")
SAID = {
    Made.TRANSFER: "transferred from its buyer",
    Made.BUYER: "made by its buyer",
    Made.SYSTEM: "made by the vendor's system",
}


@app.command(
    epilog=options.example(
        "k2kd prebooks --customer bloom --truck-date 2026-11-24",
        "k2kd prebooks --customer-po 10045 --json",
    )
)
def prebooks(
    *,
    customer: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only of a customer with this in its name.")
    ] = None,
    truck_date: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Only those that leave on this day.")
    ] = None,
    customer_po: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="Only of this customer PO: the buyer's order number."),
    ] = None,
    vendor: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only in the books of this vendor.")
    ] = None,
    state: Annotated[OrderState | None, typer.Option(help="Only those in this state.")] = None,
    limit: options.Limit = 20,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List prebooks, newest first; an UNKNOWN product is one that its vendor has no word for."""
    day = _day(truck_date)
    with opened(site) as books:
        books.refuse_stranger(vendor)
        with books.ledger.read() as conn:
            found = found_prebooks(
                conn,
                customer=options.text(customer) if customer else None,
                buyers=_buyers(books, customer),
                truck_date=day,
                customer_po=options.text(customer_po) if customer_po else None,
                vendor=vendor,
                state=state.value if state else None,
                limit=limit,
            )
        found = _with_unknown(books, found)
    if as_json:
        screen.print_json(found)
        return
    console = screen.console()
    if not found:
        console.print("no such prebook")
    for each in found:
        _show(console, each)


def _day(said: str | None) -> date | None:
    if said is None:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise UsageError(f"{said[:20]!r} is no day; write it as 2026-11-24") from error


def _buyers(books: Books, customer: str | None) -> list[str]:
    """Return the partners whose title has `customer` in it."""
    if customer is None:
        return []
    said = customer.casefold()
    return [each.name for each in books.site.partner if said in (each.title or "").casefold()]


def _with_unknown(books: Books, found: list[PrebookRow]) -> list[PrebookRow]:
    """Mark what vendors have no word for; nothing is marked while the tables are broken."""
    try:
        tables = load(books.site.mappings, partners=books.partners, today=books.today())
    except SiteError:
        return found
    return [
        replace(each, lines=tuple(_marked(each, each.lines, tables, books.today())))
        for each in found
    ]


def _marked(
    prebook: PrebookRow, lines: Iterable[PrebookLine], tables: Tables, today: date
) -> Iterator[PrebookLine]:
    is_theirs = prebook.made is Made.TRANSFER and prebook.vendor is not None
    for line in lines:
        vendor, product = prebook.vendor or "", line.product or ""
        known = tables.partner_code(Kind.PRODUCTS, vendor, product, today) is not None
        yield replace(line, is_unknown=is_theirs and not known)


def _show(console: Console, prebook: PrebookRow) -> None:
    """Print a prebook with its lines, and what would map those that are unknown."""
    facts = [
        f"in the books of {prebook.vendor}" if prebook.vendor else "names no vendor",
        SAID[prebook.made],
        f"truck date {prebook.truck_date}" if prebook.truck_date else "",
        f"ships {prebook.ship_date}" if prebook.ship_date else "no ship date",
        "direct from the grower" if prebook.ship_via == "grower" else "",
        f"by {prebook.carrier}" if prebook.carrier else "",
        f"for {safe(prebook.final_customer)}" if prebook.final_customer else "",
        f"transfer {prebook.transfer}" if prebook.transfer else "",
        "test" if prebook.is_test else "",
    ]
    console.print(
        Text.assemble(
            "\n",
            (f"Prebook {prebook.id}  {prebook.customer or '?'}", "bold"),
            f"  customer PO {safe(prebook.customer_po or '-')}  ",
            screen.state(prebook.state),
            (f"   {', '.join(fact for fact in facts if fact)}", "dim"),
        )
    )
    rows = [_cells(line) for line in prebook.lines]
    console.print(screen.table(LINES, rows, right="line ordered accepted cost"))
    for line in prebook.lines:
        if line.is_unknown and line.product:
            screen.next_step(
                console,
                f"k2kd map products {prebook.vendor} ITS-CODE {line.product}",
                f"{prebook.vendor} has no word of its own for it",
            )


def _cells(line: PrebookLine) -> tuple[screen.Cell, ...]:
    product = f"UNKNOWN ({safe(line.product or '-')})" if line.is_unknown else line.product or "-"
    return (
        line.line,
        Text(product, screen.RED if line.is_unknown else ""),
        *(safe(line.description or ""), line.upc or ""),
        *(f"{line.quantity}", f"{line.accepted}", line.unit_type or "?"),
        "" if line.unit_price is None else f"{line.unit_price:f}",
        screen.state(line.state if line.progress == "pending" else line.progress),
    )
