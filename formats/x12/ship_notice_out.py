"""A ship notice to an X12 856, levels shipment, order, pack and item.

Boxes stay in their order: an order level begins where the number changes, a pack level with each
row of boxes, an item level with each content. A box code that is an SSCC goes out as one (GM with
the application identifier 00, AA without), any other as the shipper's own (SM).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from formats.box_marks import check_shipped, qualifier_of
from formats.findings import Finding, Where, warning
from formats.grammar.writing import day, number
from formats.records import Purpose
from formats.steps import ShipNotice, ShippedBox
from formats.x12.purchase_order_out import carrier, gtin_qualifier, party
from formats.x12.references_out import reference
from formats.x12.terms_out import named
from formats.x12.write import ControlNumbers, Envelope, Segment, interchange, minute
from formats.x12.write_checked import checked

PURPOSES = {
    Purpose.NEW: "00",
    Purpose.CANCEL: "01",
    Purpose.CHANGE: "04",
    Purpose.REPLACE: "05",
    Purpose.CONFIRM: "06",
    Purpose.DUPLICATE: "07",
}
"""BSN01 (code list 353)."""
STRUCTURE = "0001"
"""BSN05: shipment, order, packaging, item."""
CARTON = "CTN"
"""TD101 of boxes that are counted."""


def write_ship_notice(
    notice: ShipNotice,
    envelope: Envelope,
    control: ControlNumbers,
    at: datetime,
    *,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with `notice` as one 856 (004010 or 005010, by the envelope).

    `at` is also the time of the notice (BSN03, BSN04). Raises ValueError with a sentence where a
    code or number does not fit its element, or boxes contradict each other.
    """
    notice.check_counted()
    found = [] if warnings is None else warnings
    levels = _Levels(envelope.is_5010, found)
    head = ("BSN", PURPOSES[notice.purpose], notice.number, day(at), minute(at), STRUCTURE)
    body: list[Segment] = [checked(head, is_5010=envelope.is_5010), *levels.shipment(notice)]
    if not notice.boxes and notice.purpose is not Purpose.CANCEL:
        raise ValueError(f"ship notice {notice.number} has no box: say what was shipped")
    for box in notice.boxes:
        body.extend(levels.box(box))
    if any(box.po_item for box in notice.boxes):
        message = "An 856 has no place for the ids that we gave to lines; they were left out."
        found.append(warning("x12.out.left_out", message, Where(segment="LIN")))
    body.append(("CTT", str(levels.count)))
    return interchange(envelope, "SH", "856", [body], control=control, at=at, warnings=found)


@dataclass(slots=True)
class _Levels:
    """Writes levels one after the other and numbers them."""

    is_5010: bool
    found: list[Finding]
    """What was left out."""
    count: int = 0
    order: int = 0
    pack: int = 0
    last: ShippedBox | None = None
    owners: dict[str, set[str]] = field(default_factory=dict)
    """Orders that named a box code."""

    def shipment(self, notice: ShipNotice) -> Iterator[Segment]:
        yield self._level("", "S")
        boxes = sum(box.boxes for box in notice.boxes)
        if boxes:
            yield self._checked("TD1", CARTON, str(boxes))
        if notice.carrier:
            yield carrier(notice.carrier)
        yield from self._waybills(notice.awb, notice.house_awb)
        if notice.ship_date:
            yield ("DTM", "011", day(notice.ship_date))
        if notice.delivery_date:
            yield ("DTM", "017", day(notice.delivery_date))
        yield from party("SE", notice.vendor, self.found)
        yield from party("BY", notice.buyer, self.found)
        yield from party("ST", notice.ship_to, self.found)
        yield from party("FW", named(notice.cargo_agency), self.found)

    def box(self, box: ShippedBox) -> Iterator[Segment]:
        """Yield the levels of one row of boxes."""
        is_content = self._is_content(box)
        if self.last is None or self.last.number != box.number:
            self.order = self.count + 1
            yield self._level("1", "O")
            yield self._checked("PRF", box.number)
        has_item = _has_item(box)
        if not is_content:
            yield from self._pack(box, has_item=has_item)
        elif not (has_item and self.last and _has_item(self.last)):
            raise ValueError(
                f"row {box.line} and the one before it share box {box.box_code!r}, and one of them"
                " names no item: say what each content is"
            )
        if has_item:
            yield from self._item(box)
        self.last = box

    def _is_content(self, box: ShippedBox) -> bool:
        """Tell whether a row stands in the pack before it; raise for rows that contradict."""
        check_shipped(box)
        code, last = box.box_code, self.last
        follows = last is not None and (last.number, last.box_code) == (box.number, code)
        if box.boxes == 0 and follows:
            return True
        known = self.owners.setdefault(code, set()) if code else set()
        if box.boxes == 0 and (not known or box.number in known):
            raise ValueError(
                f"row {box.line} of order {box.number} is a content of a box that isn't named just"
                " before it: put the contents of a box together"
            )
        if box.boxes and known:
            raise ValueError(f"the box code {code!r} stands on two boxes: give each its own")
        known.add(box.number)
        return False

    def _pack(self, box: ShippedBox, *, has_item: bool) -> Iterator[Segment]:
        self.pack = self.count + 1
        yield self._level(str(self.order), "P")
        if box.box_code is None:
            yield self._checked("TD1", CARTON, str(box.boxes))
        if not has_item:
            yield from self._references(box)
        if box.box_code is not None:
            yield ("MAN", qualifier_of(box.box_code), box.box_code)
        if not has_item and box.ship_date:
            yield ("DTM", "011", day(box.ship_date))

    def _item(self, box: ShippedBox) -> Iterator[Segment]:
        yield self._level(str(self.pack), "I")
        pairs = [
            part
            for qualifier, value in (
                ("VP", box.seller_item),
                ("BP", box.buyer_item),
                (gtin_qualifier(box.gtin), box.gtin),
                ("ZZ", box.box_type_code),
                ("PL", box.reference),
            )
            if value
            for part in (qualifier, value)
        ]
        if pairs:
            yield ("LIN", box.reference or "", *pairs)
        if box.quantity is not None:
            yield self._checked("SN1", "", number(box.quantity), box.unit or "")
        yield from self._references(box)
        if box.ship_date:
            yield ("DTM", "011", day(box.ship_date))

    def _references(self, box: ShippedBox) -> Iterator[Segment]:
        if box.lot_number:
            yield ("REF", "LT", box.lot_number)
        if box.vendor_code:
            yield ("REF", "VR", box.vendor_code)
        yield from self._waybills(box.awb, box.house_awb)

    def _waybills(self, awb: str | None, house: str | None) -> Iterator[Segment]:
        for kind, waybill in (("AW", awb), ("2I", house)):
            if waybill:
                yield reference("REF", kind, waybill, is_5010=self.is_5010)

    def _level(self, parent: str, kind: str) -> Segment:
        self.count += 1
        return self._checked("HL", str(self.count), parent, kind)

    def _checked(self, *elements: str) -> Segment:
        return checked(elements, is_5010=self.is_5010)


def _has_item(box: ShippedBox) -> bool:
    # A box type of two characters has its place among the ids of an item, in no segment of packs.
    said = (box.reference, box.seller_item, box.buyer_item, box.gtin, box.box_type_code)
    return any(said) or box.quantity is not None
