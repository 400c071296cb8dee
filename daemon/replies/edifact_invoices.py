"""A buyer's copy of an invoice in EDIFACT: in the buyer's own units, from whom it had ordered."""

from __future__ import annotations

from dataclasses import replace

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.mapping.rows import Kind
from daemon.replies.edifact import envelope_to, message_to, named, reference_to, unit_of
from daemon.replies.x12_invoices import addressee_of_orders
from daemon.trade.desk import Desk
from formats.edifact.invoice_out import write_invoice
from formats.findings import Finding
from formats.invoice_sums import cents, line_amount
from formats.invoices import Invoice, InvoiceLine
from formats.records import UnitType

KIND = "INVOIC"


def invoic(desk: Desk, buyer: Partner, kind: str, invoice: Invoice) -> OutgoingFile:
    """Return an invoice as INVOIC; ValueError for what EDIFACT can't say."""
    addressee = addressee_of_orders(desk, buyer, invoice)
    envelope = envelope_to(desk, buyer, is_test=invoice.is_test, addressee=addressee)
    # The vendor is called as was agreed, or hidden: another number could tell who it is.
    said = invoice.model_copy(
        update={
            "buyer": named(invoice.buyer, buyer.edifact),
            "lines": tuple(_line(desk, buyer, each) for each in invoice.lines),
        }
    )
    cuts: list[Finding] = []
    body = write_invoice(
        said,
        envelope,
        message_to(buyer, KIND),
        reference=reference_to(desk, envelope),
        at=desk.post.at.astimezone(desk.site.site.zone),
        warnings=cuts,
    )
    name = KIND if kind == "invoice" else f"{KIND}-export"
    return OutgoingFile(
        *(buyer.name, name, invoice.number, "edi", body), is_answer=False, notes=tuple(cuts)
    )


def _line(desk: Desk, buyer: Partner, line: InvoiceLine) -> InvoiceLine:
    """Return a line in the buyer's units, with what it costs, which EDIFACT expects of each."""
    amount = line_amount(line)
    price_unit = line.price_unit
    if line.price_unit_type is not None:
        price_unit = _unit(desk, buyer, line.price_unit_type)
    return replace(
        line,
        unit=_unit(desk, buyer, line.unit_type) if line.unit_type else line.unit,
        price_unit=price_unit,
        amount=cents(amount) if amount is not None else None,
        po_item=None,
    )


def _unit(desk: Desk, buyer: Partner, unit: UnitType) -> str:
    row = desk.tables.partner_code(Kind.UNITS, buyer.name, unit.value, desk.today)
    return unit_of(unit, row.source_code if row else None)
