"""An invoice to an X12 880, the invoice of the grocery trade, in the codes of its buyer.

The caller has resolved every code before. An 880 bills and does nothing else, and it says less than
an 810: no currency, two ids an item, the price per the unit billed. What can't be sent raises
ValueError, what was replaced, cut or left out is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from formats.findings import Finding, Where, warning
from formats.grammar.writing import day, halves, number
from formats.invoice_sums import cents, extended
from formats.invoices import (
    Adjustment,
    AdjustmentKind,
    Invoice,
    InvoiceLine,
    InvoiceType,
    Tax,
    Terms,
)
from formats.records import Purpose
from formats.x12.grocery_invoice import TAX, UNNAMED, share
from formats.x12.invoice_draft import BOX_CODE
from formats.x12.invoice_out import in_cents, parties
from formats.x12.purchase_order_out import gtin_qualifier, id_pairs
from formats.x12.references_out import reference
from formats.x12.write import ControlNumbers, Envelope, Segment, interchange
from formats.x12.write_checked import checked

METHODS = {AdjustmentKind.CHARGE: "06", AdjustmentKind.ALLOWANCE: "02"}
CODES = {("D240", AdjustmentKind.CHARGE): "504", ("D240", AdjustmentKind.ALLOWANCE): "53"}
"""G7201 of codes that an SAC has (list 340): freight."""
MIXED = "UN"
"""G3102 of units of several kinds."""
MAX_REMARKS, MAX_PIECES, MAX_WORDS, MAX_REFERENCES = 20, 5, 10, 5
_NOTE, _PIECE, _CODE, _COST_DIGITS, _RATE_DIGITS = 80, 45, 3, 9, 6
_IDS = 4
"""Elements of a G17 for the ids of an item: two, each with its qualifier."""
_SCAC = (2, 4)


def can_say(invoice: Invoice) -> bool:
    """Tell whether an 880 can be made of an invoice: it neither corrects nor gives back."""
    return invoice.type is InvoiceType.INVOICE and invoice.purpose is Purpose.NEW


def write_grocery_invoice(
    invoice: Invoice,
    envelope: Envelope,
    control: ControlNumbers,
    at: datetime,
    *,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with `invoice` as one 880 (004010 or 005010, by the envelope).

    A price per another unit becomes one per the unit billed, with the line's amount beside it.
    Raises ValueError with a sentence for what an 880 can't say.
    """
    if not can_say(invoice):
        raise ValueError("an 880 only bills: send a credit, a debit or a correction as 810")
    found = [] if warnings is None else warnings
    body = [*_header(invoice, found, is_5010=envelope.is_5010)]
    for line in invoice.lines:
        body.extend(_line(line, found, is_5010=envelope.is_5010))
    body.extend(_summary(invoice, is_5010=envelope.is_5010))
    return interchange(envelope, "GP", "880", [body], control=control, at=at, warnings=found)


def _header(invoice: Invoice, warnings: list[Finding], *, is_5010: bool) -> Iterator[Segment]:
    ordered = day(invoice.order_date) if invoice.order_date else ""
    head = ("G01", day(invoice.invoice_date), invoice.number, ordered, invoice.order_number or "")
    yield checked(head, is_5010=is_5010)
    for kind, value in (
        ("CO", invoice.customer_po),
        ("AW", invoice.awb),
        ("2I", invoice.house_awb),
    ):
        if value:
            yield reference("N9", kind, value, is_5010=is_5010)
    if invoice.ship_date:
        yield ("G62", "11", day(invoice.ship_date))
    if invoice.delivery_date:
        yield ("G62", "35", day(invoice.delivery_date))
    remarks = "\n".join(each for each in (invoice.comments, _spoken(invoice.terms)) if each)
    for piece in _pieces(remarks, _NOTE, MAX_REMARKS, "NTE", warnings):
        yield ("NTE", "INV", piece)
    if invoice.carrier:
        way = "A" if invoice.awb else "M"
        yield _carrier(invoice.carrier, way, is_5010=is_5010)
    yield from _terms(invoice)
    named = list(parties(invoice, warnings))
    if not named:
        raise ValueError("an 880 names at least one party: say whose invoice it is")
    yield from named
    for adjustment in invoice.adjustments:
        yield from _adjustment(adjustment, warnings)
    for tax in invoice.taxes:
        yield _tax(tax, warnings)


def _carrier(code: str, way: str, *, is_5010: bool) -> Segment:
    tag = "CAD" if is_5010 else "G27"
    is_scac = _SCAC[0] <= len(code) <= _SCAC[1] and code.isascii() and code.isalnum()
    return (tag, way, "", "", code) if is_scac else (tag, way, "", "", "", code)


def _has_net(terms: Terms) -> bool:
    return terms.due_date is not None or terms.net_days is not None


def _spoken(terms: Terms | None) -> str:
    """Return terms in words that don't say when the whole is due: no G23 can hold them (R0809)."""
    if terms is None or _has_net(terms):
        return ""
    percent, days, until = terms.discount_percent, terms.discount_days, terms.discount_date
    words = (
        "" if percent is None else f"{number(percent)} % discount",
        "" if days is None else f"within {days} days",
        "" if until is None else f"until {until.isoformat()}",
        terms.description or "",
    )
    said = ", ".join(each for each in words if each)
    return f"Terms: {said}" if said else ""


def _terms(invoice: Invoice) -> Iterator[Segment]:
    terms = invoice.terms
    if terms is None or not _has_net(terms):
        return
    percent = terms.discount_percent
    yield (
        *("G23", "05" if percent is None else "08", "3", "", ""),
        "" if percent is None else number(percent),
        day(terms.discount_date) if terms.discount_date else "",
        "" if terms.discount_days is None else str(terms.discount_days),
        day(terms.due_date) if terms.due_date else "",
        "" if terms.net_days is None else str(terms.net_days),
        *("", "", "", "", ""),
        terms.description or "",
    )


def _line(line: InvoiceLine, warnings: list[Finding], *, is_5010: bool) -> Iterator[Segment]:
    yield checked(_item(line, warnings), is_5010=is_5010)
    for piece in _pieces(line.description, _PIECE, MAX_PIECES, "G69", warnings):
        yield ("G69", piece)
    bunches, stems = line.bunches_per_box, line.stems_per_bunch
    if bunches is not None or stems is not None:
        yield (
            *("G20", "" if bunches is None else str(bunches), *[""] * 7),
            "" if stems is None else str(stems),
        )
    yield from _references(line, warnings)
    for adjustment in line.adjustments:
        yield from _adjustment(adjustment, warnings)
    for tax in line.taxes:
        yield _tax(tax, warnings)


def _item(line: InvoiceLine, warnings: list[Finding]) -> Segment:
    """Return the G17 of a line, which has room for two ids: the buyer's own, and its GTIN."""
    named = [
        *id_pairs(
            ("BP", line.buyer_item),
            (gtin_qualifier(line.gtin), line.gtin),
            ("VP", line.seller_item),
        )
    ]
    pairs, others = named[:_IDS], named[_IDS:]
    if others:
        message = (
            f"Line {line.reference or line.line} has three ids, and the set carries two; the"
            " seller's was left out."
        )
        warnings.append(warning("x12.out.left_out", message, Where(segment="G17"), others[1]))
    if not pairs:
        raise ValueError(f"line {line.reference or line.line} names no item: map it")
    price, amount = _priced(line)
    return (
        *("G17", number(line.quantity), line.unit, price, ""),
        *(*pairs, "", "")[:_IDS],
        *("", "", "", "", "", amount),
    )


def _priced(line: InvoiceLine) -> tuple[str, str]:
    """Return the cost of a unit billed, and what the line costs where that says it better."""
    amount = line.amount
    is_plain = line.price_unit in (None, line.unit) and line.price_basis == 1
    if line.unit_price is not None and is_plain:
        return number(line.unit_price), "" if amount is None else number(amount)
    if amount is None:
        exact = extended(line)
        amount = None if exact is None else cents(exact)
    if amount is None or not line.quantity:
        where = line.reference or line.line
        raise ValueError(f"what line {where} costs a {line.unit} can't be told: say its amount")
    cost = amount / line.quantity
    whole = len(str(int(cost)))
    places = Decimal(1).scaleb(-max(_COST_DIGITS - whole, 0))
    return number(cost.quantize(places, ROUND_HALF_UP)), number(amount)


def _references(line: InvoiceLine, warnings: list[Finding]) -> Iterator[Segment]:
    """Yield the order, its line and box codes, as many as a line may have."""
    found = [("PO", line.order_number), ("PL", line.order_line)]
    found += [(BOX_CODE, code) for code in line.box_codes]
    kept = [(kind, value) for kind, value in found if value]
    for kind, value in kept[:MAX_REFERENCES]:
        yield ("N9", kind, value or "")
    if len(kept) > MAX_REFERENCES:
        message = (
            f"Line {line.reference} has {len(line.box_codes)} box codes, and the set carries"
            f" {MAX_REFERENCES} numbers a line; the others were left out."
        )
        warnings.append(warning("x12.out.left_out", message, Where(segment="N9")))


def _adjustment(each: Adjustment, warnings: list[Finding]) -> Iterator[Segment]:
    """Yield the G72 of a charge and its words; a code that list 340 can't have is a word."""
    code = CODES.get((each.code or "", each.kind), each.code or "")
    is_known = 0 < len(code) <= _CODE and code.isascii() and code.isdigit()
    words = [each.description] if is_known or not code else [code, each.description]
    text = " ".join(word for word in words if word)
    amount = in_cents(each.amount, f"the {each.kind.value} {text or code}".rstrip())
    kind = code if is_known else UNNAMED
    yield ("G72", kind, METHODS[each.kind], "", "", "", "", "", amount)
    for piece in _pieces(text, _PIECE, MAX_WORDS, "G73", warnings):
        yield ("G73", piece)


def _tax(tax: Tax, warnings: list[Finding]) -> Segment:
    """Return a tax as a per cent of an amount where it comes to that, else as what it is."""
    rate = "" if tax.rate is None else number(tax.rate)
    base = "" if tax.base is None else number(tax.base)
    amount = in_cents(tax.amount, "the tax")
    shared = None if tax.rate is None or tax.base is None else share(tax.rate, tax.base)
    if shared == tax.amount and _fits(rate, base):
        return ("G72", TAX, "06", "", "", "", "", "", "", rate, base)
    if rate or base:
        message = (
            f"A tax of {tax.amount:f} has no place for a rate and a base that don't come to it;"
            " they were left out."
        )
        said = " % of ".join(each for each in (rate, base) if each)
        warnings.append(warning("x12.out.left_out", message, Where(segment="G72"), said))
    return ("G72", TAX, "06", "", "", "", "", "", amount)


def _fits(rate: str, base: str) -> bool:
    """Tell whether a G72 has room for them: six digits, and nine."""
    return len(rate.replace(".", "")) <= _RATE_DIGITS and len(base.replace(".", "")) <= _COST_DIGITS


def _pieces(
    text: str | None, size: int, most: int, tag: str, warnings: list[Finding]
) -> Iterator[str]:
    """Yield a text in pieces of `size` characters, parted at blanks, at most `most`."""
    count = 0
    for line in (text or "").splitlines():
        rest = " ".join(line.split())
        while rest:
            piece, rest = halves(rest, size, " ")
            count += 1
            if count <= most:
                yield piece
    if count > most:
        message = f"The text was cut to the {most} pieces that the set carries."
        warnings.append(warning("x12.out.left_out", message, Where(segment=tag)))


def _summary(invoice: Invoice, *, is_5010: bool) -> Iterator[Segment]:
    units = {line.unit for line in invoice.lines}
    total = sum((line.quantity for line in invoice.lines), Decimal(0))
    unit = units.pop() if len(units) == 1 else MIXED
    yield checked(("G31", number(total), unit), is_5010=is_5010)
    yield ("G33", in_cents(invoice.total, "the total"))
