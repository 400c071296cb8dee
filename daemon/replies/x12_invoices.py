"""A buyer's copy of an invoice as X12: in the buyer's own units, from whom it had ordered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.mapping.rows import Kind
from daemon.replies.envelopes import numbers, to_partner
from daemon.replies.x12_units import unit_in_x12
from daemon.trade.desk import Desk
from daemon.trade.step import addressee_of, orders_numbered
from formats.findings import Finding
from formats.invoices import Invoice, InvoiceLine
from formats.records import UnitType
from formats.x12.grocery_invoice_out import can_say, write_grocery_invoice
from formats.x12.invoice_out import write_invoice
from formats.x12.write import ControlNumbers, Envelope

Write = Callable[..., bytes]
"""Writes an invoice; see `write_invoice`."""


def invoice_810(desk: Desk, buyer: Partner, kind: str, invoice: Invoice) -> OutgoingFile:
    """Return an invoice as 810; ValueError for what X12 can't say."""
    return _file(desk, buyer, _named(kind, "810"), invoice, write_invoice)


def invoice_880(desk: Desk, buyer: Partner, kind: str, invoice: Invoice) -> OutgoingFile:
    """Return an invoice as 880; what corrects or gives back is an 810, since an 880 only bills.

    Raises ValueError for what it can't say.
    """
    if not can_say(invoice):
        return invoice_810(desk, buyer, kind, invoice)
    return _file(desk, buyer, _named(kind, "880"), invoice, write_grocery_invoice)


def _named(kind: str, code: str) -> str:
    """Call the file as every X12 file is called; one for the buyer's own system says so."""
    return code if kind == "invoice" else f"{code}-export"


def _file(desk: Desk, buyer: Partner, kind: str, invoice: Invoice, write: Write) -> OutgoingFile:
    addressee = addressee_of_orders(desk, buyer, invoice)
    envelope: Envelope = to_partner(desk.site, buyer, is_test=invoice.is_test, addressee=addressee)
    control: ControlNumbers = numbers(desk.post, envelope)
    at = desk.post.at.astimezone(desk.site.site.zone)
    cuts: list[Finding] = []
    body = write(_in_x12(desk, buyer, invoice), envelope, control, at, warnings=cuts)
    return OutgoingFile(
        *(buyer.name, kind, invoice.number, "edi", body), is_answer=False, notes=tuple(cuts)
    )


def addressee_of_orders(desk: Desk, buyer: Partner, invoice: Invoice) -> str | None:
    """Return whom the buyer had addressed with the orders that are billed, where it was one."""
    orders = [
        order
        for number in invoice.order_numbers
        for order in orders_numbered(desk, number, buyer=buyer.name)
        if order.origin == buyer.name and order.is_test is invoice.is_test
    ]
    found = {addressee_of(desk, order.document_id) for order in orders}
    return found.pop() if len(found) == 1 else None


def _in_x12(desk: Desk, buyer: Partner, invoice: Invoice) -> Invoice:
    """Return an invoice in the buyer's units; lines of the one order don't name it again."""
    lines = tuple(_line(desk, buyer, line, invoice.order_number) for line in invoice.lines)
    return invoice.model_copy(update={"lines": lines})


def _line(desk: Desk, buyer: Partner, line: InvoiceLine, order: str | None) -> InvoiceLine:
    price_unit = line.price_unit
    if line.price_unit_type is not None:
        price_unit = _unit(desk, buyer, line.price_unit_type)
    return replace(
        line,
        unit=_unit(desk, buyer, line.unit_type) if line.unit_type else line.unit,
        price_unit=price_unit,
        order_number=None if line.order_number == order else line.order_number,
    )


def _unit(desk: Desk, partner: Partner, unit: UnitType) -> str:
    row = desk.tables.partner_code(Kind.UNITS, partner.name, unit.value, desk.today)
    return unit_in_x12(row.source_code if row else None, unit)
