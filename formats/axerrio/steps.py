"""Steps in `floral.order/1`: what its actions change, cancel, awb and boxcode say (domain 8.2).

A cancellation without lines ends the order. An awb message with lines is a shipment of their boxes,
without lines the air waybill of all of the order. The messageId goes into the record (A-05).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from formats.axerrio.contract import Envelope
from formats.axerrio.lines import (
    Lines,
    agency,
    contents,
    is_named_before,
    lines_of,
    order_line,
    party,
    read_header,
    terms,
    unit_of,
)
from formats.axerrio.parts import PartReader, without
from formats.axerrio.step_contract import (
    BoxHeader,
    BoxSwap,
    ChangedLine,
    ChangeHeader,
    NewLine,
    ShipHeader,
    ShippedLine,
)
from formats.records import OrderLine, Party, ShipVia, UnitType
from formats.step_checks import BoxRow, Placed, distinct_swaps, shared_travel, whole_items
from formats.steps import (
    AirWaybill,
    AirWaybillNotice,
    BoxCodeChange,
    CodeSwap,
    LineAction,
    LineChange,
    OrderChange,
    ShipNotice,
    ShippedBox,
    Step,
)
from formats.strictjson import Json

BESIDE: Mapping[str, tuple[str, ...]] = {
    "change": ("order", "lines"),
    "cancel": ("order", "lines"),
    "awb": ("order", "lines"),
    "boxcode": ("order", "boxes"),
}
"""The actions that make a step, each with what stands beside the envelope."""


def read_step(
    value: dict[str, Json], action: str, envelope: Envelope | None, reader: PartReader
) -> Step | None:
    """Return the step that a message of `action` (a key of BESIDE) makes; None says why.

    Without an envelope everything else is read all the same, so that all errors are named at once.
    """
    if action == "boxcode":
        return _box_codes(value, envelope, reader)
    if action == "awb":
        return _shipment(value, envelope, reader)
    return _change(value, action, envelope, reader)


def _change(
    value: dict[str, Json], action: str, envelope: Envelope | None, reader: PartReader
) -> OrderChange | None:
    found = lines_of(value, reader)
    header = read_header(ChangeHeader, value, reader)
    changes = tuple(_changes(found, action, reader))
    if envelope is None or header is None or not _says_something(found, changes, header, action):
        if envelope is not None and header is not None:
            expected = "a line that is right, or something new in the order, is needed"
            reader.refuse("json.lines", found.path, expected)
        return None
    return OrderChange(
        number=header.number,
        message_id=envelope.message_id,
        is_cancellation=action == "cancel" and not changes,
        is_test=envelope.test,
        change_date=header.date,
        ship_date=header.ship_date,
        buyer=Party(code=envelope.receiver.code),
        vendor=party(header.vendor) or Party(),
        ship_to=party(header.customer.ship_to) if header.customer else None,
        carrier=header.carrier.code if header.carrier else None,
        ship_via=ShipVia(header.ship_via) if header.ship_via else None,
        customer_po=header.customer_po,
        location=header.location_code,
        currency=header.currency,
        mark_code=header.mark_code,
        comments=header.comments,
        **terms(header),
        changes=changes,
    )


def _says_something(
    found: Lines, changes: tuple[LineChange, ...], header: ChangeHeader, action: str
) -> bool:
    """Tell whether a message changes anything; one whose lines are all wrong doesn't."""
    if not found.is_empty:
        return bool(changes)
    if action == "cancel":
        return True
    said = header.model_fields_set - {"number", "prebook_number", "date", "vendor"}
    return any(getattr(header, name) is not None for name in said)


def _changes(found: Lines, action: str, reader: PartReader) -> list[LineChange]:
    changes: list[LineChange] = []
    seen: set[str] = set()
    for one, here in found:
        change = _line_change(one, here, action, reader)
        if change is None or is_named_before(change.line.reference, seen, here, reader):
            continue
        change.line.line = len(changes) + 1
        changes.append(change)
    return changes


def _line_change(one: Json, here: str, action: str, reader: PartReader) -> LineChange | None:
    own = one.get("action") if isinstance(one, dict) else None
    if isinstance(own, str) and own.strip().lower() == "new" and action == "change":
        added = reader.part(NewLine, one, here)
        return None if added is None else LineChange(LineAction.ADD, order_line(added, 1))
    line = reader.part(ChangedLine, one, here)
    if line is None:
        return None
    reader.check_air_waybill(line.awb, f"{here}.awb")
    does = LineAction(line.action or action)
    if action == "cancel" and does is not LineAction.CANCEL:
        reader.refuse("json.action", f"{here}.action", "'cancel' is expected, or no action")
        return None
    is_said = line.boxes is not None and does is LineAction.CHANGE
    return LineChange(
        does, _changed_line(line, does), says_quantity=is_said, ship_date=line.ship_date
    )


def _changed_line(line: ChangedLine, does: LineAction) -> OrderLine:
    if does is LineAction.CANCEL:
        return OrderLine(
            line=1,
            reference=line.line,
            quantity=Decimal(0),
            unit=UnitType.BOX.value,
            unit_type=UnitType.BOX,
            seller_item=line.vendor_item,
            buyer_item=line.product_code,
        )
    unit = unit_of(line.unit_type)
    return OrderLine(
        line=1,
        reference=line.line,
        quantity=Decimal(line.boxes or 0),
        unit=UnitType.BOX.value,
        unit_type=UnitType.BOX,
        seller_item=line.vendor_item,
        buyer_item=line.product_code,
        description=line.description,
        unit_price=line.unit_price,
        price_unit=unit.value if unit else None,
        price_unit_type=unit,
        box_type_code=line.box_type,
        bunches_per_box=line.bunches_per_box,
        stems_per_bunch=line.stems_per_bunch,
        mark_code=line.mark_code,
        contents=contents(line.breakdown),
        box_codes=tuple(line.box_ids or ()),
        prebook_item=line.prebook_item,
        brand=line.brand,
    )


def _shipment(
    value: dict[str, Json], envelope: Envelope | None, reader: PartReader
) -> ShipNotice | AirWaybillNotice | None:
    found = lines_of(value, reader)
    header = read_header(ShipHeader, value, reader)
    rows = [row for at, (one, here) in enumerate(found, 1) for row in _boxes(one, here, at, reader)]
    if header is None:
        return None
    reader.check_air_waybill(header.awb, "order.awb")
    if found.is_empty:
        return _waybill(header, envelope, reader)
    boxes = whole_items([_travelling(row, header, reader) for row in rows], reader)
    if envelope is None or not boxes:
        if envelope is not None:
            reader.refuse("json.lines", found.path, "at least one line that is right is needed")
        return None
    awb, house_awb, ship_date, plain = shared_travel(boxes)
    return ShipNotice(
        number=envelope.message_id,
        is_test=envelope.test,
        ship_date=ship_date,
        awb=awb,
        house_awb=house_awb,
        carrier=header.carrier.code if header.carrier else None,
        cargo_agency=agency(header),
        vendor=party(header.vendor) or Party(),
        buyer=Party(code=envelope.receiver.code),
        ship_to=party(header.customer.ship_to) if header.customer else None,
        boxes=plain,
    )


def _waybill(
    header: ShipHeader, envelope: Envelope | None, reader: PartReader
) -> AirWaybillNotice | None:
    if header.awb is None:
        reader.refuse("json.awb", "order.awb", "the field is missing")
        return None
    if envelope is None:
        return None
    waybill = AirWaybill(
        line=1,
        awb=header.awb,
        temporary=header.temporary_awb,
        number=header.number,
        house_awb=header.house_awb,
        ship_date=header.ship_date,
        arrival_date=header.arrival_date,
    )
    vendor = party(header.vendor) or Party()
    return AirWaybillNotice(
        message_id=envelope.message_id,
        is_test=envelope.test,
        vendor=vendor,
        waybills=(waybill,),
    )


def _boxes(one: Json, here: str, at: int, reader: PartReader) -> list[BoxRow]:
    """Return a row for each box of a line; a line that can't be used is one row without a box."""
    where = reader.where(here)
    line = reader.part(ShippedLine, one, here)
    nothing = [BoxRow(where, ("line", at), None)]
    if line is None:
        return nothing
    reader.check_air_waybill(line.awb, f"{here}.awb")
    codes = list(line.box_ids or ())
    if codes and line.boxes is not None and line.boxes != len(codes):
        reader.refuse("json.boxes", f"{here}.boxes", f"{len(codes)} is expected, as boxIds has")
        return nothing
    if not codes and not line.boxes:
        reader.refuse(
            "json.boxIds", f"{here}.boxIds", "the boxIds, or a number of boxes, are expected"
        )
        return nothing
    box = ShippedBox(
        line=at,
        number="",
        reference=line.line,
        po_item=line.po_item,
        boxes=1 if codes else line.boxes or 1,
        lot_number=line.lot_number,
        box_type_code=line.box_type,
        seller_item=line.vendor_item,
        buyer_item=line.product_code,
        awb=line.awb,
        house_awb=line.house_awb,
        ship_date=line.ship_date,
    )
    if not codes:
        return [BoxRow(where, line.line, box)]
    return [BoxRow(where, line.line, replace(box, box_code=code)) for code in codes]


def _travelling(row: BoxRow, header: ShipHeader, reader: PartReader) -> BoxRow:
    """Return a box with its order, and with how all boxes travel where it says nothing itself."""
    if row.box is None:
        return row
    box = replace(
        row.box,
        number=header.number,
        awb=row.box.awb or header.awb,
        house_awb=row.box.house_awb or header.house_awb,
        ship_date=row.box.ship_date or header.ship_date,
    )
    if box.awb is not None:
        return replace(row, box=box)
    message = "The boxes have no air waybill. Give one in awb of the line or of the order."
    reader.error("json.awb", message, row.where)
    return replace(row, box=None)


def _swap(at: int, said: BoxSwap) -> CodeSwap:
    return CodeSwap(at, said.current, said.new or said.current, said.external)


def _box_codes(
    value: dict[str, Json], envelope: Envelope | None, reader: PartReader
) -> BoxCodeChange | None:
    found = lines_of(value, reader, "boxes")
    order = value.get("order")
    vendor = Party()
    if order is not None:
        header = reader.part(BoxHeader, without(order, "boxes"), "order")
        vendor = (party(header.vendor) if header else None) or vendor
    placed: list[Placed[CodeSwap]] = []
    for at, (one, here) in enumerate(found, 1):
        swap = reader.part(BoxSwap, one, here)
        if swap is not None:
            placed.append((reader.where(here), _swap(at, swap)))
    swaps = distinct_swaps(placed, reader)
    if envelope is None or not swaps:
        if envelope is not None:
            reader.refuse("json.boxes", found.path, "at least one box that is right is needed")
        return None
    return BoxCodeChange(
        message_id=envelope.message_id, is_test=envelope.test, vendor=vendor, swaps=swaps
    )
