"""A vendor's invoice to an INVOIC, in the codes of the buyer who will read it.

Nothing is left out in silence: what can't be sent raises ValueError, what was replaced or cut is
reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from formats.edifact.invoice import PURPOSES, TYPES
from formats.edifact.invoice_draft import GOODS_AMOUNT, KINDS, LINE_AMOUNT, TAX_AMOUNT
from formats.edifact.segments_out import (
    dated,
    described,
    ids_left_out,
    in_currency,
    is_line_number,
    item,
    pack,
    parties,
    remarks,
    transport,
    warehouse,
)
from formats.edifact.write import Envelope, MessageType, Segment, interchange
from formats.findings import Finding
from formats.grammar.writing import number
from formats.invoice_sums import cents, sums
from formats.invoices import Adjustment, Invoice, InvoiceLine, Tax, Terms

_FUNCTIONS = {purpose: code for code, purpose in reversed(PURPOSES.items())}
_CODES = {kind: code for code, kind in TYPES.items()}
_SERVICES = {kind: code for code, kind in KINDS.items()}
_LONGEST_LINE = 6
_SHORT_CODE = 3
_HALF = 35
_BOX_CODES, _MOST_BOX_CODES = 5, 50


def write_invoice(
    invoice: Invoice,
    envelope: Envelope,
    message: MessageType,
    *,
    reference: str,
    at: datetime,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with `invoice` as one INVOIC (D.96A or D.01B, by `message`).

    `reference` is our interchange control reference. Raises ValueError with a sentence where a code
    or number doesn't fit its element.
    """
    found = [] if warnings is None else warnings
    body = [*_header(invoice)]
    for position, line in enumerate(invoice.lines, 1):
        body += _line(line, position, invoice.order_number)
    if any(line.po_item for line in invoice.lines):
        ids_left_out("An INVOIC", found)
    body += [("UNS", "S"), ("CNT", ("2", str(len(invoice.lines)))), *_totals(invoice)]
    return interchange(envelope, message, [body], reference=reference, at=at, warnings=found)


def _header(invoice: Invoice) -> Iterator[Segment]:
    yield ("BGM", _CODES[invoice.type], invoice.number, _FUNCTIONS[invoice.purpose])
    yield from dated("137", invoice.invoice_date)
    yield from dated("11", invoice.ship_date)
    yield from dated("35", invoice.delivery_date)
    yield from remarks(invoice.comments)
    yield from _references(invoice)
    yield from parties(
        ("SU", invoice.vendor),
        ("BY", invoice.buyer),
        ("DP", invoice.ship_to),
        ("IV", invoice.bill_to),
        ("PE", invoice.remit_to),
        ("WH", warehouse(invoice.location)),
    )
    yield from in_currency(invoice.currency, "4")
    if invoice.terms:
        yield from _terms(invoice.terms)
    yield from transport(invoice.carrier)
    yield from _adjustments(invoice.adjustments)


def _references(invoice: Invoice) -> Iterator[Segment]:
    if invoice.order_number:
        yield ("RFF", ("ON", invoice.order_number))
        yield from dated("171", invoice.order_date)
    for qualifier, text in (
        ("IV", invoice.refers_to),
        ("CO", invoice.customer_po),
        ("AWB", invoice.awb),
        ("HWB", invoice.house_awb),
    ):
        if text:
            yield ("RFF", (qualifier, text))


def _terms(terms: Terms) -> Iterator[Segment]:
    text = terms.description or ""
    if text or terms.net_days is not None or terms.due_date:
        words = ("ZZZ", "", "91", text[:_HALF], text[_HALF:]) if text else ""
        yield ("PAT", "1", words, _period(terms.net_days))
        yield from dated("13", terms.due_date)
    if (terms.discount_percent, terms.discount_date, terms.discount_days) != (None, None, None):
        yield ("PAT", "22", "", _period(terms.discount_days))
        yield from dated("12", terms.discount_date)
        if terms.discount_percent is not None:
            yield ("PCD", ("12", number(terms.discount_percent)))


def _period(days: int | None) -> tuple[str, ...]:
    """Return C112: so many days after the date of the invoice."""
    return ("5", "3", "D", str(days)) if days is not None else ()


def _adjustments(found: Iterable[Adjustment]) -> Iterator[Segment]:
    for each in found:
        code, text = each.code or "", each.description or ""
        own = code if len(code) > _SHORT_CODE else ""
        service = ("" if own else code, "", "", text[:_HALF], text[_HALF:])
        yield ("ALC", _SERVICES[each.kind], own, "", "", service)
        yield ("MOA", ("8", number(each.amount)))


def _taxes(found: Iterable[Tax]) -> Iterator[Segment]:
    for each in found:
        code = each.code or ""
        kind = code if len(code) <= _SHORT_CODE else ("", "", "", code)
        base = number(each.base) if each.base is not None else ""
        rate = ("", "", "", number(each.rate)) if each.rate is not None else ""
        yield ("TAX", "7", kind, "", base, rate)
        yield ("MOA", (TAX_AMOUNT, number(each.amount)))


def _line(line: InvoiceLine, position: int, order: str | None) -> Iterator[Segment]:
    own = line.reference or str(position)
    if not is_line_number(own):
        own = str(position)
    yield from item(own, "", (line.seller_item, line.buyer_item, line.gtin), None)
    yield from described(line.description, None)
    yield ("QTY", ("47", number(line.quantity), line.unit))
    yield from pack(line.bunches_per_box, line.stems_per_bunch, None)
    yield from _amounts(line)
    if line.unit_price is not None:
        unit = line.price_unit or ""
        basis = number(line.price_basis) if unit or line.price_basis != 1 else ""
        yield ("PRI", ("AAA", number(line.unit_price), "", "", basis, unit))
    named = line.order_number or (order if line.order_line else None)
    is_short = len(line.order_line or "") <= _LONGEST_LINE
    if named:
        yield ("RFF", ("ON", named, (line.order_line or "") if is_short else ""))
    if line.order_line and not (named and is_short):
        yield ("RFF", ("LI", line.order_line))
    yield from _boxes(line)
    yield from _taxes(line.taxes)
    yield from _adjustments(line.adjustments)


def _amounts(line: InvoiceLine) -> Iterator[Segment]:
    if line.amount is None:
        return
    if line.adjustments:
        yield ("MOA", (GOODS_AMOUNT, number(line.amount)))
    added = sum((each.signed for each in line.adjustments), Decimal(0))
    yield ("MOA", (LINE_AMOUNT, number(line.amount + added)))


def _boxes(line: InvoiceLine) -> Iterator[Segment]:
    codes = line.box_codes
    if len(codes) > _MOST_BOX_CODES:
        raise ValueError(
            f"line {line.line} has {len(codes)} box codes, and an INVOIC has room for"
            f" {_MOST_BOX_CODES}: bill them in several lines"
        )
    if line.box_type_code or codes:
        yield ("PAC", "", "", (line.box_type_code, "", "92") if line.box_type_code else "")
    if codes:
        yield ("PCI", "33E")
        for first in range(0, len(codes), _BOX_CODES):
            yield ("GIN", "BN", *codes[first : first + _BOX_CODES])


def _totals(invoice: Invoice) -> Iterator[Segment]:
    yield ("MOA", ("77", number(invoice.total)))
    found = sums(invoice)
    if found is not None:
        yield ("MOA", ("79", number(cents(found.lines))))
        if found.taxes:
            yield ("MOA", ("176", number(found.taxes)))
    yield from _taxes(invoice.taxes)
