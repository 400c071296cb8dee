"""An invoice to an X12 810, in the codes of the buyer who will read it.

The caller has resolved every code before. What can't be sent raises ValueError, what was replaced
or cut is reported. An 810 has no place for our id of an order's line, nor for the way goods go: the
buyer has both in its order.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from formats.findings import Finding, Where, warning
from formats.grammar.writing import day, number
from formats.invoices import (
    Adjustment,
    AdjustmentKind,
    Invoice,
    InvoiceLine,
    InvoiceType,
    Tax,
    Terms,
)
from formats.records import Party, Purpose
from formats.x12.invoice_draft import BOX_CODE, LINE_TOTAL, UNNAMED
from formats.x12.purchase_order_out import gtin_qualifier, id_pairs, pack, party, remark
from formats.x12.references_out import reference
from formats.x12.write import ControlNumbers, Envelope, Segment, interchange

TYPES = {InvoiceType.INVOICE: "DI", InvoiceType.CREDIT: "CR", InvoiceType.DEBIT: "DR"}
PURPOSES = {Purpose.CHANGE: "05", Purpose.REPLACE: "05", Purpose.CANCEL: "01"}
"""BIG08 of what isn't new."""
INDICATORS = {AdjustmentKind.CHARGE: "C", AdjustmentKind.ALLOWANCE: "A"}
TAXES = {"VAT": "VA", "GST": "GS", "SALES": "ST"}
"""TXI01 for words of other formats; a tax without any code is all taxes, TX (list 963)."""
MAX_REMARKS = 10
"""MSG in one N9 (table 1 of the 810)."""
_CODE_SIZE, _OWN_CODE_SIZE, _TAX_SIZE, _SCAC = 4, 10, 2, (2, 4)
_EXACT = Decimal("0.00000001")


def write_invoice(
    invoice: Invoice,
    envelope: Envelope,
    control: ControlNumbers,
    at: datetime,
    *,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with `invoice` as one 810 (004010 or 005010, by the envelope).

    A line that says what it costs and no price gets the price that makes it, to eight decimals.
    Raises ValueError with a sentence for what X12 can't say: no price at all, parts of a cent.
    """
    found = [] if warnings is None else warnings
    body = [*_header(invoice, found, is_5010=envelope.is_5010), *_summary(invoice, found)]
    return interchange(envelope, "IN", "810", [body], control=control, at=at, warnings=found)


def _header(invoice: Invoice, warnings: list[Finding], *, is_5010: bool) -> Iterator[Segment]:
    ordered = day(invoice.order_date) if invoice.order_date else ""
    yield (
        *("BIG", day(invoice.invoice_date), invoice.number, ordered, invoice.order_number or ""),
        *("", "", TYPES[invoice.type], PURPOSES.get(invoice.purpose, "00")),
    )
    if invoice.currency:
        yield ("CUR", "SE", invoice.currency)
    for kind, value in (
        ("OI", invoice.refers_to),
        ("CO", invoice.customer_po),
        ("AW", invoice.awb),
        ("2I", invoice.house_awb),
    ):
        if value:
            yield reference("REF", kind, value, is_5010=is_5010)
    yield from parties(invoice, warnings)
    if invoice.terms:
        yield _terms(invoice.terms)
    if invoice.ship_date:
        yield ("DTM", "011", day(invoice.ship_date))
    if invoice.delivery_date:
        yield ("DTM", "035", day(invoice.delivery_date))
    yield from _remarks(invoice, warnings)
    for line in invoice.lines:
        yield from _line(line, warnings)


def parties(invoice: Invoice, warnings: list[Finding]) -> Iterator[Segment]:
    """Yield the N1 loops of everyone whom an invoice names; what is left out is appended."""
    yield from party("BY", invoice.buyer, warnings)
    yield from party("ST", invoice.ship_to, warnings)
    yield from party("SE", invoice.vendor, warnings)
    yield from party("BT", invoice.bill_to, warnings)
    yield from party("RI", invoice.remit_to, warnings)
    if invoice.location:
        yield from party("WH", Party(code=invoice.location), warnings)


def _terms(terms: Terms) -> Segment:
    """Return the ITD: the days count from the date of the invoice (basis 3).

    X12 has no place for a discount that ends on no day (L03040513), so such a one goes in words.
    """
    percent = "" if terms.discount_percent is None else number(terms.discount_percent)
    has_end = terms.discount_date is not None or terms.discount_days is not None
    words = [] if has_end or not percent else [f"{percent} % discount"]
    text = ", ".join([*words, *([terms.description] if terms.description else [])])
    return (
        *("ITD", "08" if percent and has_end else "01", "3"),
        percent if has_end else "",
        day(terms.discount_date) if terms.discount_date else "",
        "" if terms.discount_days is None else str(terms.discount_days),
        day(terms.due_date) if terms.due_date else "",
        "" if terms.net_days is None else str(terms.net_days),
        *("", "", "", ""),
        text,
    )


def _remarks(invoice: Invoice, warnings: list[Finding]) -> Iterator[Segment]:
    # MSG in both releases: the N9 of an 810 has no MTX.
    segments = list(remark("INVOICE", invoice.comments, is_5010=False))
    yield from segments[: MAX_REMARKS + 1]
    if len(segments) > MAX_REMARKS + 1:
        message = f"The remarks were cut to the {MAX_REMARKS} pieces that the set carries."
        warnings.append(warning("x12.out.left_out", message, Where(segment="MSG")))


def _line(line: InvoiceLine, warnings: list[Finding]) -> Iterator[Segment]:
    yield _item(line)
    for tax in line.taxes:
        yield _tax(tax, warnings)
    if line.unit_price is not None and (line.price_unit or line.price_basis != 1):
        unit = line.price_unit or line.unit
        if not _basis(line):
            price, basis = number(line.unit_price), number(line.price_basis)
            yield ("CTP", "", "UCP", price, basis, unit)
    if line.amount is not None:
        yield ("PAM", "", "", "", LINE_TOTAL, number(line.amount))
    if line.description:
        yield ("PID", "F", "08", "", "", line.description)
    if line.bunches_per_box is not None or line.stems_per_bunch is not None:
        yield pack(line.bunches_per_box, line.stems_per_bunch)
    for code in line.box_codes:
        yield ("REF", BOX_CODE, code)
    for each in line.adjustments:
        yield _adjustment(each)


def _item(line: InvoiceLine) -> Segment:
    return (
        *("IT1", line.reference, number(line.quantity), line.unit, number(price_of(line))),
        _basis(line),
        *id_pairs(
            ("VP", line.seller_item),
            ("BP", line.buyer_item),
            (gtin_qualifier(line.gtin), line.gtin),
            ("ZZ", line.box_type_code),
            ("PO", line.order_number),
            ("PL", line.order_line),
        ),
    )


def price_of(line: InvoiceLine) -> Decimal:
    """Return the price of a line, or the one that makes its amount; ValueError where none does."""
    if line.unit_price is not None:
        return line.unit_price
    if line.amount is None or not line.quantity:
        raise ValueError(f"line {line.reference or line.line} has no price: say one, or its amount")
    return (line.amount / line.quantity).quantize(_EXACT).normalize()


def _basis(line: InvoiceLine) -> str:
    """Return IT105: a price per each, or per the unit billed; other prices need a CTP."""
    if line.price_basis != 1 or line.unit_price is None:
        return ""
    if line.price_unit == "EA":
        return "PE"
    return "UM" if line.price_unit == line.unit else ""


def _summary(invoice: Invoice, warnings: list[Finding]) -> Iterator[Segment]:
    yield ("TDS", in_cents(invoice.total, "the total"))
    for tax in invoice.taxes:
        yield _tax(tax, warnings)
    if invoice.carrier:
        yield _carrier(invoice.carrier, is_flown=invoice.awb is not None)
    for each in invoice.adjustments:
        yield _adjustment(each)
    yield ("CTT", str(len(invoice.lines)))


def _carrier(code: str, *, is_flown: bool) -> Segment:
    """Return the CAD of a carrier; what doesn't look like a SCAC is routing."""
    is_scac = _SCAC[0] <= len(code) <= _SCAC[1] and code.isascii() and code.isalnum()
    way = "A" if is_flown else "M"
    return ("CAD", way, "", "", code) if is_scac else ("CAD", way, "", "", "", code)


def _adjustment(each: Adjustment) -> Segment:
    """Return the SAC of a charge; a code that isn't one of X12 goes out as one of ours (ZZ)."""
    code, text = (each.code or "").strip(), each.description or ""
    is_standard = len(code) == _CODE_SIZE and code.isascii() and code.isalnum()
    own = "" if is_standard else code
    if len(own) > _OWN_CODE_SIZE:
        own, text = "", f"{own} {text}".strip()
    amount = in_cents(each.amount, f"the {each.kind.value} {code or text}".rstrip())
    return (
        *("SAC", INDICATORS[each.kind], code if is_standard else UNNAMED),
        *("ZZ" if own else "", own, amount, "", "", "", "", "", "", "", "", ""),
        text,
    )


def _tax(tax: Tax, warnings: list[Finding]) -> Segment:
    code = TAXES.get((tax.code or "TX").upper(), tax.code or "TX")
    kind = code if len(code) == _TAX_SIZE and code.isascii() and code.isalnum() else "ZZ"
    rate = "" if tax.rate is None else number(tax.rate / 100)
    if tax.rate is not None and tax.rate >= 100:
        # TXI03 is a part of 1, and what is none is taken for per cent by who reads it.
        message = "A tax of 100 % and more has no place in the set; its rate was left out."
        warnings.append(
            warning("x12.out.left_out", message, Where("TXI", element=3), number(tax.rate))
        )
        rate = ""
    # TXI08 is the base of a rate, and stands beside one alone (C0803).
    base = "" if tax.base is None or not rate else number(tax.base)
    return ("TXI", kind, number(tax.amount), rate, "", "", "", "A", base)


def in_cents(amount: Decimal, what: str) -> str:
    """Return an amount as type N2 wants it; ValueError where it has parts of a cent."""
    cents = amount.scaleb(2)
    if cents != cents.to_integral_value():
        raise ValueError(f"{what} is {amount:f}, and X12 counts whole cents: correct it")
    return f"{int(cents)}"
