"""A canonical purchase order to an X12 850, in the codes of the vendor who will read it.

The caller has resolved every code before (item, unit, box type, carrier). Nothing is left out in
silence: what can't be sent raises ValueError, what was replaced or cut is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from formats.findings import Finding, Where, warning
from formats.grammar.writing import day, halves, lines_of, number
from formats.records import Content, OrderLine, Party, PurchaseOrder, Purpose, ShipVia
from formats.x12.references_out import reference
from formats.x12.terms_out import brand, custom_fields, incoterm, named
from formats.x12.write import ControlNumbers, Envelope, Segment, interchange

PURPOSES = {
    Purpose.NEW: "00",
    Purpose.CANCEL: "01",
    Purpose.CHANGE: "04",
    Purpose.REPLACE: "05",
    Purpose.CONFIRM: "06",
    Purpose.DUPLICATE: "07",
}
"""BEG01 and BAK01 (code list 353)."""

DIRECT = "DS"
"""BEG02 of an order that ships from the grower, and SA of any other (code list 92)."""
STAND_ALONE = "SA"

MAX_BOX_CODES = 10
"""Repetitions of MAN in one line loop (table 2 of the 850 and the 860)."""

_BUNCH = "X2"
_HASH_LIMIT = 10
_STREET_SIZE = 55
_SHORTEST_CODE = 2
_MESSAGE_SIZE = 264


def write_purchase_order(
    order: PurchaseOrder,
    envelope: Envelope,
    control: ControlNumbers,
    at: datetime,
    *,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with `order` as one 850 (004010 or 005010, by the envelope).

    An order without an order date gets the day of `at`, because BEG05 is mandatory. Raises
    ValueError with a sentence where a code or number does not fit its element.
    """
    found = [] if warnings is None else warnings
    body = [*_header(order, at, found, is_5010=envelope.is_5010)]
    for line in order.lines:
        body.extend(_line(line, found, is_5010=envelope.is_5010))
    body.append(totals(order.lines))
    return interchange(envelope, "PO", "850", [body], control=control, at=at, warnings=found)


def _header(
    order: PurchaseOrder, at: datetime, found: list[Finding], *, is_5010: bool
) -> Iterator[Segment]:
    default_type = DIRECT if order.ship_via is ShipVia.GROWER else STAND_ALONE
    order_type = order.order_type or default_type
    placed = day(order.order_date or at.date())
    yield ("BEG", PURPOSES[order.purpose], order_type, order.number, "", placed)
    if order.currency:
        yield ("CUR", "BY", order.currency)
    if order.customer_po:
        yield reference("REF", "CO", order.customer_po, is_5010=is_5010)
    if order.mark_code:
        yield reference("REF", "BX", order.mark_code, is_5010=is_5010)
    if order.carrier_account:
        yield reference("REF", "11", order.carrier_account, is_5010=is_5010)
    yield from custom_fields(order.custom_fields, found)
    yield from incoterm(order.incoterm, found)
    if order.ship_date:
        yield ("DTM", "010", day(order.ship_date))
    if order.delivery_date:
        yield ("DTM", "002", day(order.delivery_date))
    if order.carrier:
        yield carrier(order.carrier)
    yield from remark("ORDER", order.comments, is_5010=is_5010)
    yield from party("BY", order.buyer, found)
    yield from party("ST", order.ship_to, found)
    yield from party("SE", order.vendor, found)
    yield from party("BT", order.bill_to, found)
    yield from party("UC", order.customer, found)
    if order.location:
        yield from party("WH", Party(code=order.location), found)
    yield from party("FW", named(order.cargo_agency), found)


def _line(line: OrderLine, warnings: list[Finding], *, is_5010: bool) -> Iterator[Segment]:
    yield order_item(line, brand(line.brand, warnings))
    yield from price_unit(line)
    if line.description:
        yield ("PID", "F", "08", "", "", line.description)
    if line.bunches_per_box is not None or line.stems_per_bunch is not None:
        yield pack(line.bunches_per_box, line.stems_per_bunch)
    if line.mark_code:
        yield reference("REF", "BX", line.mark_code, is_5010=is_5010)
    if line.prebook_item:
        yield reference("REF", "CT", line.prebook_item, is_5010=is_5010)
    yield from box_marks(line, warnings)
    for content in line.contents:
        yield from content_of(content)


def box_marks(line: OrderLine, warnings: list[Finding]) -> Iterator[Segment]:
    """Yield a MAN for each box code of a line, as many as a line may have."""
    for box_code in line.box_codes[:MAX_BOX_CODES]:
        yield ("MAN", "SM", box_code)
    if len(line.box_codes) > MAX_BOX_CODES:
        message = (
            f"Line {line.reference} has {len(line.box_codes)} box codes and the set carries"
            f" {MAX_BOX_CODES}; the others were left out. Send them with the labels."
        )
        warnings.append(warning("x12.out.left_out", message, Where(segment="MAN")))


def content_of(content: Content) -> Iterator[Segment]:
    """Yield the SLN of a content of an assorted box, with its own PID and PO4."""
    bunches = "" if content.bunches is None else number(content.bunches)
    price = "" if content.unit_price is None else number(content.unit_price)
    yield (
        *("SLN", str(content.line), "", "I", bunches, _BUNCH if bunches else "", price),
        *("", ""),
        *id_pairs(("VP", content.seller_item), ("BP", content.buyer_item)),
    )
    if content.description:
        yield ("PID", "F", "08", "", "", content.description)
    if content.stems_per_bunch is not None:
        yield pack(None, content.stems_per_bunch)


def order_item(line: OrderLine, *more: tuple[str, str | None]) -> Segment:
    """Return the PO1 of a line; `more` are ids of it beside its codes."""
    price = line.unit_price
    return (
        *("PO1", line.reference, number(line.quantity), line.unit),
        *("" if price is None else number(price), "" if price is None else _basis(line)),
        *id_pairs(
            ("VP", line.seller_item),
            ("BP", line.buyer_item),
            (gtin_qualifier(line.gtin), line.gtin),
            ("ZZ", line.box_type_code),
            *more,
        ),
    )


def _basis(line: OrderLine) -> str:
    """Return PO105: a price per each, or per the unit ordered; other units need a CTP."""
    if line.price_unit == "EA":
        return "PE"
    return "UM" if line.price_unit == line.unit else ""


def price_unit(line: OrderLine) -> Iterator[Segment]:
    """Yield the CTP that names the unit of a price which PO105 can't name (`per bunch`)."""
    if line.unit_price is not None and line.price_unit and not _basis(line):
        yield ("CTP", "", "UCP", number(line.unit_price), "1", line.price_unit)


def gtin_qualifier(gtin: str | None) -> str:
    """Return the qualifier of code list 235 for a GTIN of 8, 12, 13 or 14 digits."""
    if gtin is None:
        return ""
    qualifier = {8: "EO", 12: "UP", 13: "EN", 14: "UK"}.get(len(gtin), "")
    if not qualifier:
        raise ValueError(f"GTIN {gtin!r} must have 8, 12, 13 or 14 digits: correct the item")
    return qualifier


def pack(bunches_per_box: int | None, stems_per_bunch: int | None) -> Segment:
    """Return the PO4 of a pack: bunches per box first, stems per bunch as the inner pack."""
    bunches = "" if bunches_per_box is None else str(bunches_per_box)
    stems = "" if stems_per_bunch is None else str(stems_per_bunch)
    return ("PO4", bunches, *[""] * 12, stems)


def carrier(code: str) -> Segment:
    """Return the TD5 of a carrier: a SCAC where it looks like one, else a code of the buyer's.

    TD503 has no room for a code of one character: it stands where the routing would (TD505).
    """
    if len(code) < _SHORTEST_CODE:
        return ("TD5", "", "", "", "", code)
    is_scac = 2 <= len(code) <= 4 and code.isascii() and code.isalpha() and code.isupper()
    return ("TD5", "", "2" if is_scac else "92", code)


def party(role: str, who: Party | None, found: list[Finding] | None = None) -> Iterator[Segment]:
    """Yield N1, N3 and N4 of a party, or nothing for one without code and name.

    A code without a qualifier goes out as the buyer's own (92). N104 has no room for a code of one
    character: it stands where the name would, and is left out beside a name, which `found` is told.
    """
    if who is None or not (who.code or who.name):
        return
    code, name = who.code or "", who.name or ""
    if len(code) < _SHORTEST_CODE:
        if code and name and found is not None:
            message = (
                f"The code of the party in N1 {role} has one character and N104 takes two at least;"
                " its name was sent alone. Give it a longer code."
            )
            found.append(warning("x12.out.left_out", message, Where("N1", element=4), code))
        code, name = "", name or code
    yield ("N1", role, name, (who.qualifier or "92") if code else "", code)
    if who.street:
        yield ("N3", *halves(who.street, _STREET_SIZE, ", "))
    if who.city or who.state or who.postal_code or who.country:
        is_short = who.state is None or len(who.state) == 2
        province = () if is_short else ("SP", who.state or "")
        state = (who.state or "") if is_short else ""
        yield ("N4", who.city or "", state, who.postal_code or "", who.country or "", *province)


def remark(reference: str, text: str | None, *, is_5010: bool) -> Iterator[Segment]:
    """Yield N9 and as many MSG (004010) or MTX (005010) as `text` needs; nothing for an empty one.

    Line breaks of `text` are kept, as segments of their own.
    """
    pieces = [*lines_of(text, _MESSAGE_SIZE)]
    if pieces:
        yield ("N9", "L1", reference)
    for piece in pieces:
        yield ("MTX", "", piece) if is_5010 else ("MSG", piece)


def totals(lines: tuple[OrderLine, ...]) -> Segment:
    """Return the CTT: number of lines, and the sum of PO102 where it fits its element."""
    total = number(sum((line.quantity for line in lines), Decimal(0)))
    fits = len(total.replace(".", "").replace("-", "")) <= _HASH_LIMIT
    return ("CTT", str(len(lines)), total if fits else "")


def id_pairs(*pairs: tuple[str, str | None]) -> Iterator[str]:
    """Yield the pairs of qualifier and id that there are."""
    for qualifier, value in pairs:
        if value:
            yield qualifier
            yield value
