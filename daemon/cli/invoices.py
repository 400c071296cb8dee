"""`k2kd invoices`: vendors' invoices and how far they are; approve one in its buyer's name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from daemon import decisions
from daemon.cli import options, screen
from daemon.cli.books import Books, carried_text, carry_on, opened
from daemon.cli.decided import Decided, login_name, person, show
from daemon.cli.named_partner import known_partner
from daemon.cli.tables import open_tables
from daemon.errors import UsageError
from daemon.eventlog import safe
from daemon.ledger import invoice_report
from daemon.ledger.invoice_report import InvoiceRow
from daemon.ledger.states import InvoiceState
from formats.invoice_sums import cents, line_amount
from formats.invoices import Invoice

app = options.app(summary="Look at vendors' invoices, and approve them.")
COLUMNS = ("invoice", "date", "vendor", "buyer", "order", "amount", "due", "state", "by")

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The invoice's number.")]


@app.command(
    "list",
    short_help="List invoices, newest first.",
    epilog=options.example("k2kd invoices list --state 'pending approval'"),
)
def list_command(
    *,
    state: Annotated[InvoiceState | None, typer.Option(help="Only those in this state.")] = None,
    partner: options.OfPartner = None,
    limit: options.Limit = 50,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List invoices, newest first; one that waits for approval comes with the command for it."""
    with opened(site) as books:
        books.refuse_stranger(partner)
        with books.ledger.read() as conn:
            found = invoice_report.invoices(
                conn, state=state.value if state else None, partner=partner, limit=limit
            )
    if as_json:
        screen.print_json(found)
        return
    console = screen.console()
    if not found:
        console.print("no such invoice")
        return
    console.print(screen.table(COLUMNS, map(_row, found), right="amount"))
    for each in found:
        if each.state == InvoiceState.PENDING_APPROVAL.value:
            command = f"k2kd invoices approve {safe(each.number)} --vendor {each.vendor}"
            screen.next_step(console, command)


def _row(found: InvoiceRow) -> tuple[screen.Cell, ...]:
    kind = "" if found.type == "invoice" else f" ({found.type} for {safe(found.refers_to or '')})"
    return (
        safe(found.number) + kind,
        found.invoice_date.isoformat(),
        found.vendor,
        found.buyer,
        safe(found.order or ""),
        _amount(found),
        found.due_date.isoformat() if found.due_date else None,
        screen.state(found.state),
        safe(found.approved_by or ""),
    )


def _amount(found: InvoiceRow) -> str:
    amount = found.amount
    whole = f"{amount:.2f}" if amount == round(amount, 2) else f"{amount:f}"
    return f"{whole} {found.currency or ''}".strip()


@app.command(
    "show",
    short_help="Show one invoice: its lines, and every step on its way.",
    epilog=options.example("k2kd invoices show F-2041"),
)
def show_command(
    number: Number,
    *,
    vendor: options.Vendor = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Show an invoice as its buyer got it, and every step on its way with what caused it."""
    with opened(site) as books:
        found = _only(books, number, vendor)
        with books.ledger.read() as conn:
            invoice = Invoice.model_validate_json(invoice_report.record_of(conn, found.id))
            steps = invoice_report.moves(conn, found.id)
    if as_json:
        screen.print_json({**screen.facts(found), "invoice": invoice, "moves": steps})
        return
    console = screen.console()
    console.print(screen.table(COLUMNS, [_row(found)], right="amount"))
    if found.reason:
        console.print(Text(f"  {safe(found.reason)}", "yellow"))
    if found.fee is not None:
        fee = f"{found.fee:f} {found.currency or ''}".strip()
        console.print(Text(f"  transaction fee {fee}, beside the amount", "dim"))
    _show_places(console, invoice)
    console.print(screen.table(("line", "what", "quantity", "price", "amount"), _lines(invoice)))
    for step in steps:
        before = f"{step.before} -> " if step.before else ""
        text = Text.assemble((f"  {screen.when(step.at)}  ", "dim"), before)
        console.print(text.append_text(screen.state(step.after)).append(f"  {safe(step.cause)}"))


def _show_places(console: Console, invoice: Invoice) -> None:
    for title, party in (("ship to", invoice.ship_to), ("bill to", invoice.bill_to)):
        if party is not None:
            parts = (party.name or party.code, party.street, party.city, party.postal_code)
            console.print(f"  {title}: {safe(', '.join(part for part in parts if part))}")


def _lines(invoice: Invoice) -> Iterator[tuple[screen.Cell, ...]]:
    for line in invoice.lines:
        what = line.description or line.buyer_item or line.seller_item or ""
        per = f" a {line.price_unit}" if line.price_unit and line.price_unit != line.unit else ""
        price = f"{line.unit_price}{per}" if line.unit_price is not None else ""
        order = f"{line.order_number or ''} line {line.order_line or '?'}"
        amount = line_amount(line)
        cost = "" if amount is None else f"{cents(amount)}"
        yield (order, safe(what), f"{line.quantity} {line.unit}", price, cost)
    for each in invoice.adjustments:
        named = safe(each.description or each.code or "")
        yield ("", f"{each.kind.value} {named}".strip(), "", "", f"{each.signed}")
    for tax in invoice.taxes:
        yield ("", f"tax {safe(tax.code or '')}".strip(), "", "", f"{tax.amount}")
    yield ("", "total", "", "", f"{invoice.total}")


def _only(books: Books, number: str, vendor: str | None) -> InvoiceRow:
    known_partner(vendor, books.partners)
    with books.ledger.read() as conn:
        found = invoice_report.invoices(conn, number=options.text(number), vendor=vendor, limit=10)
    if not found:
        raise UsageError(f"there is no invoice {number}; list them with: k2kd invoices list")
    if len(found) > 1:
        who = " and ".join(each.vendor for each in found)
        raise UsageError(f"{who} each have an invoice {number}; name one with --vendor")
    return found[0]


@app.command(
    "approve",
    short_help="Approve an invoice that waits for it.",
    epilog=options.example("k2kd invoices approve F-2041 --by ana"),
)
def approve_command(
    number: Number,
    *,
    by: options.By = None,
    reason: options.Note = None,
    vendor: options.Vendor = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Approve an invoice in its buyer's name, as the answer file of its accounts payable would."""
    with opened(site) as books:
        known_partner(vendor, books.partners)
        ruled = decisions.approve_invoice(
            books.ledger,
            books.site,
            open_tables(books.site, books.today()),
            books.today(),
            number=options.text(number),
            vendor=vendor,
            by=person(by),
            reason=options.text(reason) if reason else None,
        )
        carried = carry_on(books)
    state = ruled.invoice.state.value if ruled.invoice else None
    decided = Decided("invoice", number, state, ruled.message, ruled.status.value, carried)
    show(decided, as_json=as_json)


@app.command(
    "share",
    short_help="Share invoices that were kept while a side did not want them.",
    epilog=options.example("k2kd invoices share"),
)
def share_command(*, as_json: options.Json = False, site: options.Site = None) -> None:
    """Give buyers the invoices that were kept, where invoice_sync of both sides is on now."""
    with opened(site) as books:
        shared = decisions.share_invoices(
            books.ledger,
            books.site,
            open_tables(books.site, books.today()),
            books.today(),
            by=login_name(),
        )
        carried = carry_on(books) if shared else None
    if as_json:
        screen.print_json([{"number": each.number, "vendor": each.vendor} for each in shared])
        return
    console = screen.console()
    console.print(f"{screen.count(len(shared), 'invoice')} shared")
    if shared:
        console.print(Text(carried_text(carried), "dim"))
