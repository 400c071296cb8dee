"""Write invoices, and decisions about them, as CSV: what `formats.tabular.invoices` reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from formats.invoices import Adjustment, Invoice, InvoiceAnswer, InvoiceLine, Tax, Terms
from formats.records import Party
from formats.tabular.invoices import CODE_MARK
from formats.tabular.kinds import INVOICE_COLUMNS
from formats.tabular.write import Cell, written

ANSWER_COLUMNS = ("invoice_number", "vendor_code", "decision", "by", "reason", "total")
_PLACES = ("ship_to", "bill_to", "remit_to")
_Cells = dict[str, Cell]


def write_invoice(invoice: Invoice) -> bytes:
    """Return an invoice as CSV. ValueError for what no column can say, as that it is a test.

    Kinds of party codes (`Party.qualifier`), the names of vendor and buyer, and the message id have
    no columns; whoever has the file knows them.
    """
    if invoice.is_test:
        raise ValueError("a test can't be written as CSV, which has no column to say so")
    rows = invoice_rows(invoice)
    return written(INVOICE_COLUMNS, ([row.get(name) for name in INVOICE_COLUMNS] for row in rows))


def invoice_rows(invoice: Invoice) -> list[_Cells]:
    """Return an invoice as rows by column, the header in each of them."""
    head = _header(invoice)
    rows = [head | row for row in _rows(invoice)]
    return rows or [head | {"po_number": invoice.order_number}]


def write_invoice_answer(answer: InvoiceAnswer) -> bytes:
    """Return decisions about invoices as CSV, one a row."""
    if answer.is_test:
        raise ValueError("a test can't be written as CSV, which has no column to say so")
    rows = answer_rows(answer)
    return written(ANSWER_COLUMNS, ([row[name] for name in ANSWER_COLUMNS] for row in rows))


def answer_rows(answer: InvoiceAnswer) -> list[_Cells]:
    """Return decisions about invoices as rows by column."""
    return [
        {
            "invoice_number": one.number,
            "vendor_code": one.vendor,
            "decision": one.decision.value,
            "by": one.by,
            "reason": one.reason,
            "total": one.total,
        }
        for one in answer.verdicts
    ]


def _header(invoice: Invoice) -> _Cells:
    terms = invoice.terms or Terms()
    head: _Cells = {
        "invoice_number": invoice.number,
        "invoice_type": invoice.type.value,
        "purpose": invoice.purpose.value,
        "refers_to": invoice.refers_to,
        "invoice_date": invoice.invoice_date,
        "due_date": terms.due_date,
        "terms": terms.description,
        "net_days": terms.net_days,
        "discount_percent": terms.discount_percent,
        "discount_date": terms.discount_date,
        "discount_days": terms.discount_days,
        "vendor_code": invoice.vendor.code,
        "buyer_code": invoice.buyer.code,
        "location": invoice.location,
        "currency": invoice.currency,
        "total": invoice.total,
        "customer_po": invoice.customer_po,
        "order_date": invoice.order_date,
        "ship_via": invoice.ship_via.value if invoice.ship_via else None,
        "carrier_code": invoice.carrier,
        "ship_date": invoice.ship_date,
        "delivery_date": invoice.delivery_date,
        "awb": invoice.awb,
        "house_awb": invoice.house_awb,
        "comments": invoice.comments,
    }
    for whose in _PLACES:
        head |= _place(whose, getattr(invoice, whose) or Party())
    return head


def _place(whose: str, party: Party) -> _Cells:
    return {
        f"{whose}_code": party.code,
        f"{whose}_name": party.name,
        f"{whose}_street": party.street,
        f"{whose}_city": party.city,
        f"{whose}_state": party.state,
        f"{whose}_zip": party.postal_code,
        f"{whose}_country": party.country,
    }


def _rows(invoice: Invoice) -> Iterator[_Cells]:
    named = [line.reference for line in invoice.lines]
    for line in invoice.lines:
        yield _line(line, invoice.order_number)
        extras: tuple[Adjustment | Tax, ...] = (*line.adjustments, *line.taxes)
        if extras and (not line.reference or named.count(line.reference) > 1):
            raise ValueError(
                f"line {line.line} has charges of its own and no number of its own, so the CSV"
                " can't say whose they are"
            )
        yield from (_extra(extra) | {"line": line.reference} for extra in extras)
    extras = (*invoice.adjustments, *invoice.taxes)
    of_order: _Cells = {} if invoice.lines else {"po_number": invoice.order_number}
    yield from (_extra(extra) | of_order for extra in extras)


def _line(line: InvoiceLine, order_number: str | None) -> _Cells:
    if any(CODE_MARK in code for code in line.box_codes):
        raise ValueError(f"line {line.line}: a box code with {CODE_MARK} can't be written as CSV")
    return {
        "row": "line",
        "line": line.reference,
        "po_number": line.order_number or order_number,
        "po_line": line.order_line,
        "po_item_id": line.po_item,
        "vendor_item": line.seller_item,
        "buyer_item": line.buyer_item,
        "upc": line.gtin,
        "description": line.description,
        "quantity": line.quantity,
        "unit": line.unit,
        "unit_price": line.unit_price,
        "price_unit": line.price_unit,
        "price_basis": line.price_basis if line.price_basis != 1 else None,
        "box_type": line.box_type_code,
        "bunches": line.bunches_per_box,
        "stems_bunch": line.stems_per_bunch,
        "box_codes": CODE_MARK.join(line.box_codes),
        "amount": line.amount,
    }


def _extra(extra: Adjustment | Tax) -> _Cells:
    if isinstance(extra, Tax):
        said: _Cells = {"row": "tax", "rate": extra.rate, "base": extra.base}
    else:
        said = {"row": extra.kind.value, "description": extra.description}
    return said | {"code": extra.code, "amount": extra.amount}


def numbered(invoice: Invoice) -> Invoice:
    """Return an invoice whose lines all have numbers of their own, as the CSV needs them."""
    names = [line.reference for line in invoice.lines]
    if all(names) and len(set(names)) == len(names):
        return invoice
    lines = tuple(replace(line, reference=str(line.line)) for line in invoice.lines)
    return invoice.model_copy(update={"lines": lines})
