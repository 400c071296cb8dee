"""What is told of a shipment: a ship notice to the buyer, new labels to the vendor.

The box codes are the vendor's, as they are: its shipping labels are the buyer's receiving labels
(domain L-01, L-02). Order numbers, lines, items and units are the buyer's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from daemon.config import Connection, Partner
from daemon.errors import UnwritableError
from daemon.ledger.posting import OutgoingFile
from daemon.mapping.rows import Kind
from daemon.mapping.terms import Wording
from daemon.replies import edifact
from daemon.replies.envelopes import answering, identity, numbers, to_partner
from daemon.replies.labels import Travelling, label_files
from daemon.replies.layouts import is_layout, step_file
from daemon.replies.steps import answer_step
from daemon.replies.x12_units import X12_UNITS, unit_in_x12
from daemon.terms.company import ShowVendor
from daemon.trade.desk import Desk
from daemon.trade.goods.books import Box, Waybill, boxes_of_lines, waybills
from daemon.trade.goods.ship_work import ShippedLine
from daemon.trade.goods.shipments import ShipmentOutcome
from daemon.trade.orders.ship_tos import Way
from daemon.trade.orders.standing import StandingLine, StandingOrder, placed
from daemon.trade.outcome import StepOutcome
from daemon.trade.papers.leaving import size_of
from daemon.trade.papers.shown import shown
from daemon.trade.step import BookedOrder, form_of
from daemon.trade.stock.units import PackMissingError, convert
from formats.findings import Finding
from formats.identify import Format
from formats.packing.csv_out import Around, write_packing_list
from formats.records import Party, UnitType
from formats.steps import BoxSize, ShipNotice, ShippedBox
from formats.tabular.steps_out import write_step
from formats.x12.ship_notice_out import write_ship_notice
from formats.x12.write import Envelope

ShipmentForm = str
"""What a buyer is told in, from `receives_shipments`."""
ODD_WAYBILLS = ("awb.check", "REF02.awb")
"""Findings of readers that the rows of an answer say too (E-30)."""
ONE = Decimal(1)


def answer(
    desk: Desk, outcome: StepOutcome, form: Format, file: str, findings: Sequence[Finding]
) -> list[OutgoingFile]:
    """Return the answer to a step with air waybills, in which an odd one is named once."""
    is_said = any(row.code == "E-30" for row in outcome.rows)
    rest = [each for each in findings if not (is_said and each.code in ODD_WAYBILLS)]
    return answer_step(desk, outcome, form, file, rest)


def tell(desk: Desk, outcome: StepOutcome) -> list[OutgoingFile]:
    """Return the ship notices for buyers, one a waybill, and labels for boxes with new codes."""
    if not isinstance(outcome, ShipmentOutcome):
        return []
    by_waybill: dict[int, list[ShippedLine]] = {}
    for line in outcome.shipped:
        by_waybill.setdefault(line.waybill.id, []).append(line)
    files = [
        file
        for lines in by_waybill.values()
        for file in _notice(desk, lines, _agency(desk, outcome, lines))
    ]
    for order in outcome.relabelled:
        files += labels_again(desk, order, outcome)
    return files


def labels_again(desk: Desk, order: StandingOrder, outcome: StepOutcome) -> list[OutgoingFile]:
    """Return the labels of an order's boxes as they are now (L-10, P-26)."""
    found = boxes_of_lines(desk, [line.key for line in order.lines])
    boxes = [box for each in found.values() for box in each]
    keys = {box.shipment_id for box in boxes if box.shipment_id is not None}
    bills = {bill.id: bill for bill in waybills(desk, keys=keys)} if keys else {}
    travelling = {
        box.code: Travelling(bills[box.shipment_id].awb, box.lot_number)
        for box in boxes
        if box.shipment_id in bills
    }
    again = placed(desk, order, arrival_id=outcome.arrival_id, document_id=outcome.document_id)
    external = {box.code: box.external_code for box in boxes if box.external_code is not None}
    return label_files(desk, again, travelling, external=external)


def form_for(desk: Desk, buyer: Partner, order: BookedOrder) -> ShipmentForm:
    """Return how a buyer is told of goods: as it is set, else as its own orders come."""
    if buyer.receives_shipments is not None:
        return buyer.receives_shipments
    came = form_of(desk, order.document_id) if order.origin == buyer.name else None
    if came is Format.X12:
        return "x12"
    has_names = buyer.edifact is not None and desk.site.site.edifact is not None
    return "edifact" if came is Format.EDIFACT and has_names else "csv"


def _agency(desk: Desk, outcome: ShipmentOutcome, lines: Sequence[ShippedLine]) -> str | None:
    """Return who took the goods in for their flight, as their buyer calls it (domain 9.1).

    It is whom the vendor names, else whom all of their orders do.
    """
    bill, record = lines[0].waybill, outcome.record
    named = {(each.found.booked.origin, each.found.order.cargo_agency) for each in lines}
    if isinstance(record, ShipNotice) and record.cargo_agency:
        named = {(outcome.origin.name, record.cargo_agency)}
    if len(named) != 1:
        return None
    origin, text = named.pop()
    wording = Wording(desk.tables, origin, bill.vendor, desk.today)
    return wording.told(Kind.CARGO_AGENCIES, text, (bill.buyer,)) if text else None


def _notice(desk: Desk, lines: Sequence[ShippedLine], agency: str | None) -> list[OutgoingFile]:
    """Return the notice of what was put on one waybill."""
    bill, first = lines[0].waybill, lines[0].found
    buyer, vendor = desk.partner(bill.buyer), desk.partner(bill.vendor)
    if buyer is None or vendor is None:
        return []
    form = form_for(desk, buyer, first.booked)
    if form == "none":
        return []
    number = f"SN{desk.post.count('ship-notice'):07}"
    notice = ShipNotice(
        number=number,
        ship_date=bill.ship_date,
        awb=bill.awb,
        house_awb=bill.house_awb or None,
        carrier=bill.carrier,
        cargo_agency=agency,
        vendor=_party(vendor),
        buyer=_party(buyer),
        ship_to=_ship_to(lines),
        boxes=tuple(_Boxes(desk, buyer, bill, form).all(lines)),
    )
    cuts: list[Finding] = []
    try:
        if form == "packing-list":
            around = Around(
                shipper=notice.vendor.code,
                farm_name=notice.vendor.name,
                consignee=notice.buyer.name,
            )
            body = write_packing_list(notice, around, warnings=cuts)
            named = (buyer.name, "packing-list", bill.awb, "csv", body)
            return [OutgoingFile(*named, is_answer=False, notes=tuple(cuts))]
        if form == "csv" or is_layout(form):
            return [_in_rows(desk, buyer, bill.awb, notice, form)]
        if form == "edifact":
            return [edifact.ship_notice_file(desk, buyer, vendor, notice)]
        envelope = _envelope(desk, buyer, lines)
        at = desk.post.at.astimezone(desk.site.site.zone)
        control = numbers(desk.post, envelope)
        body = write_ship_notice(notice, envelope, control, at, warnings=cuts)
    except ValueError as error:
        raise UnwritableError(
            f"the ship notice of air waybill {bill.awb} can't be written: {error}. Mend the codes"
            " in the mapping tables and release the file from quarantine"
        ) from error
    return [
        OutgoingFile(
            *(buyer.name, "856", bill.awb, "edi", body), is_answer=False, notes=tuple(cuts)
        )
    ]


def _in_rows(desk: Desk, buyer: Partner, awb: str, notice: ShipNotice, form: str) -> OutgoingFile:
    """Return a notice as CSV, or in the buyer's own layout."""
    if is_layout(form):
        return step_file(desk.tables.layouts, buyer, ("shipment", awb), notice, form)
    body = write_step(notice)
    return OutgoingFile(buyer.name, "shipment", awb, "csv", body, is_answer=False)


def _envelope(desk: Desk, buyer: Partner, lines: Sequence[ShippedLine]) -> Envelope:
    """Return the envelope of a ship notice: as the buyer's own order came, where that was X12."""
    booked, addressee = lines[0].found.booked, _addressee(lines)
    if booked.origin == buyer.name and form_of(desk, booked.document_id) is Format.X12:
        return answering(desk, buyer, booked.document_id, addressee=addressee)
    return to_partner(desk.site, buyer, addressee=addressee)


def _addressee(lines: Sequence[ShippedLine]) -> str | None:
    """Return whom the buyer had addressed with its orders, where it was one alone."""
    found = {line.found.addressee for line in lines}
    return found.pop() if len(found) == 1 else None


def _party(partner: Partner) -> Party:
    return Party(code=identity(partner).id, qualifier="92", name=partner.title or partner.name)


def _ship_to(lines: Sequence[ShippedLine]) -> Party | None:
    """Return the place where all goods of a waybill go, if it is one."""
    found = {line.found.order.ship_to for line in lines}
    return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class _Boxes:
    """Writes boxes in the buyer's words."""

    desk: Desk
    buyer: Partner
    bill: Waybill
    form: ShipmentForm

    def all(self, lines: Sequence[ShippedLine]) -> Iterator[ShippedBox]:
        """Yield a row for each box, and behind it one for each further line that it holds."""
        at = 0
        inside: dict[str, list[tuple[ShippedLine, Decimal | None]]] = {}
        for line in lines:
            for code, quantity in line.contents:
                inside.setdefault(code, []).append((line, quantity))
        for line in lines:
            for box in line.boxes:
                at += 1
                yield self._box(at, line, box)
                for other, quantity in inside.pop(box.code, ()):
                    at += 1
                    yield self._content(at, other, box, quantity)

    def _box(self, at: int, shipped: ShippedLine, box: Box) -> ShippedBox:
        row = self._of(at, shipped.found, shipped.line, box)
        row.quantity = _in_box(shipped)
        row.unit = self._unit(shipped) if row.quantity is not None else None
        return row

    def _content(
        self, at: int, shipped: ShippedLine, box: Box, quantity: Decimal | None
    ) -> ShippedBox:
        row = self._of(at, shipped.found, shipped.line, box)
        row.boxes = 0
        is_all = quantity is None and len(shipped.contents) == 1 and not shipped.boxes
        row.quantity = shipped.quantity if is_all else quantity
        row.unit = self._unit(shipped) if row.quantity is not None else None
        return row

    def _of(self, at: int, found: StandingOrder, line: StandingLine, box: Box) -> ShippedBox:
        said, is_own = line.line, found.booked.origin == self.buyer.name
        link = self.desk.connection(self.bill.vendor, self.buyer.name)
        lot, vendor_code = self._passed_on(found, box, link)
        known = self.desk.tables.catalogue.get(said.product or "")
        return ShippedBox(
            at,
            found.booked.number,
            reference=said.reference,
            po_item=str(line.key) if self.form == "csv" or is_layout(self.form) else None,
            box_code=box.code,
            lot_number=lot,
            vendor_code=vendor_code,
            box_type_code=said.box_type_code
            if is_own
            else self._named(Kind.BOX_TYPES, said.box_type),
            # A packing list names every product; the others leave out what a buyer has no code for.
            seller_item=said.product if self.form == "packing-list" else None,
            buyer_item=said.buyer_item if is_own else self._named(Kind.PRODUCTS, said.product),
            gtin=said.gtin if is_own else None,
            description=said.description or (known.description if known else None),
            customer=_customer(found),
            size=self._size(found, line),
        )

    def _passed_on(
        self, found: StandingOrder, box: Box, link: Connection | None
    ) -> tuple[str | None, str | None]:
        """Return lot and vendor code, where they are passed on (P-05).

        What goes direct to a customer that may not know the vendor says neither (H-03).
        """
        vendor = self.desk.partner(self.bill.vendor)
        if link is None or vendor is None or not link.transfer_lot_and_vendor_code:
            return None, None
        way = Way(found.booked.origin, self.buyer, vendor, link)
        seen = shown(self.desk, found.order, way)
        code = None if seen.how is ShowVendor.HIDDEN else link.vendor_code
        return seen.told(box.lot_number), code

    def _size(self, found: StandingOrder, line: StandingLine) -> BoxSize | None:
        """Return how large the vendor's boxes are (P-04), as our own list says."""
        box = size_of(self.desk, found, line)
        sides = box.sides_in if box else None
        return BoxSize(*sides, unit="INCH") if sides else None

    def _named(self, kind: Kind, canonical: str | None) -> str | None:
        if canonical is None:
            return None
        row = self.desk.tables.partner_code(
            kind, self.buyer.name, canonical, self.desk.today, self.bill.vendor
        )
        return row.source_code or None if row else None

    def _unit(self, shipped: ShippedLine) -> str:
        line, is_own = shipped.line, shipped.found.booked.origin == self.buyer.name
        if self.form == "packing-list":
            return line.unit.value
        own = line.line.unit if is_own else None
        word = own or self._named(Kind.UNITS, line.unit.value)
        if self.form == "edifact":
            return edifact.unit_of(line.unit, word)
        if self.form == "x12":
            return unit_in_x12(word, line.unit)
        return word or X12_UNITS[line.unit]


def _customer(found: StandingOrder) -> str | None:
    customer = found.order.customer
    return (customer.name or customer.code) if customer else None


def _in_box(shipped: ShippedLine) -> Decimal | None:
    """Return what one box of a line holds, in the line's unit; None where boxes may differ."""
    line = shipped.line
    if not shipped.boxes or shipped.contents:
        return None
    if line.unit is UnitType.BOX:
        return ONE
    try:
        each = convert(ONE, UnitType.BOX, line.unit, line.pack)
    except PackMissingError:
        each = shipped.quantity / len(shipped.boxes)
    return each if each * len(shipped.boxes) == shipped.quantity else None
