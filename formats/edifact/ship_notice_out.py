"""A ship notice to a DESADV: one level (CPS) for the shipment, below it one for each box.

Boxes stay in their order, and every content of a box is a LIN that names its order (RFF ON, with
the line of the order where that has up to six characters, else RFF LI beside it). A box code that
is an SSCC goes out as one (GIN BJ), any other as a number of its own (GIN BN).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from formats.box_marks import check_shipped, is_sscc
from formats.edifact.order_out import PURPOSES
from formats.edifact.segments_out import dated, ids_left_out, item, parties, transport
from formats.edifact.ship_notice_boxes import LOT, SSCC
from formats.edifact.ship_notice_draft import HOUSE_WAYBILL, ORDER
from formats.edifact.terms import FORWARDER, named
from formats.edifact.write import Envelope, MessageType, Segment, interchange
from formats.findings import Finding
from formats.grammar.writing import number
from formats.records import Purpose
from formats.steps import ShipNotice, ShippedBox

DESPATCH = "351"
"""1001 of a despatch advice."""
_MARKED = "33E"
"""4233: the box bears its number."""
_OTHER_NUMBER = "BN"
VENDOR = "IA"
"""1153 of the number that the buyer has given its vendor."""
_LONGEST_LINE = 6
"""Characters of 1156."""


def write_ship_notice(
    notice: ShipNotice,
    envelope: Envelope,
    message: MessageType,
    *,
    reference: str,
    at: datetime,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with `notice` as one DESADV (D.96A or D.01B, by `message`).

    `reference` is our interchange control reference; `at` is also the date of the notice. Raises
    ValueError with a sentence where a code or number doesn't fit its element, or boxes contradict
    each other.
    """
    notice.check_counted()
    found = [] if warnings is None else warnings
    if not notice.boxes and notice.purpose is not Purpose.CANCEL:
        raise ValueError(f"ship notice {notice.number} has no box: say what was shipped")
    levels = _Levels()
    body: list[Segment] = [*_header(notice, at)]
    if notice.boxes:
        body += levels.shipment(sum(box.boxes for box in notice.boxes))
    for box in notice.boxes:
        body += levels.box(box)
    if any(box.po_item for box in notice.boxes):
        ids_left_out("A DESADV", found)
    body.append(("CNT", ("2", str(levels.lines))))
    return interchange(envelope, message, [body], reference=reference, at=at, warnings=found)


def _header(notice: ShipNotice, at: datetime) -> Iterator[Segment]:
    yield ("BGM", DESPATCH, notice.number, PURPOSES[notice.purpose])
    yield from dated("137", at.date())
    yield from dated("11", notice.ship_date)
    yield from dated("17", notice.delivery_date)
    yield from _waybills(notice.awb, notice.house_awb)
    yield from parties(
        ("SU", notice.vendor),
        ("BY", notice.buyer),
        ("DP", notice.ship_to),
        (FORWARDER, named(notice.cargo_agency)),
    )
    yield from transport(notice.carrier)


@dataclass(slots=True)
class _Levels:
    """Writes levels one after the other; counts them, and the lines in them."""

    count: int = 0
    lines: int = 0
    last: ShippedBox | None = None
    codes: set[str] = field(default_factory=set)

    def shipment(self, boxes: int) -> Iterator[Segment]:
        self.count = 1
        yield ("CPS", "1")
        if boxes:
            yield ("PAC", str(boxes))

    def box(self, box: ShippedBox) -> Iterator[Segment]:
        """Yield one row of boxes: a level of its own, or one more content of the box before it."""
        check_shipped(box)
        if box.boxes:
            yield from self._pack(box)
        elif self.last is None or self.last.box_code != box.box_code:
            raise ValueError(
                f"row {box.line} of order {box.number} is a content of a box that isn't named just"
                " before it: put the contents of a box together"
            )
        self.last = box
        self.lines += 1
        ids = (box.seller_item, box.buyer_item, box.gtin)
        yield from item(str(self.lines), "", ids, None)
        if box.quantity is not None:
            yield ("QTY", ("12", number(box.quantity), box.unit or ""))
        yield from dated("11", box.ship_date)
        yield from _references(box)

    def _pack(self, box: ShippedBox) -> Iterator[Segment]:
        self.count += 1
        yield ("CPS", str(self.count), "1")
        yield (
            "PAC",
            str(box.boxes),
            "",
            (box.box_type_code, "", "92") if box.box_type_code else "",
        )
        code = box.box_code
        if code is None:
            return
        if code in self.codes:
            raise ValueError(f"the box code {code!r} stands on two boxes: give each its own")
        self.codes.add(code)
        yield ("PCI", _MARKED)
        yield ("GIN", SSCC if is_sscc(code, "AA") else _OTHER_NUMBER, code)


def _references(box: ShippedBox) -> Iterator[Segment]:
    line = box.reference or ""
    is_short = len(line) <= _LONGEST_LINE
    yield ("RFF", (ORDER, box.number, line if is_short else ""))
    if not is_short:
        yield ("RFF", ("LI", line))
    if box.lot_number:
        yield ("RFF", (LOT, box.lot_number))
    if box.vendor_code:
        yield ("RFF", (VENDOR, box.vendor_code))
    yield from _waybills(box.awb, box.house_awb)


def _waybills(awb: str | None, house: str | None) -> Iterator[Segment]:
    if awb:
        yield ("RFF", ("AWB", awb))
    if house:
        yield ("RFF", (HOUSE_WAYBILL, house))
