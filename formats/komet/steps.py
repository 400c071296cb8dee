"""Shipments and new box codes from API-shaped bodies."""

from __future__ import annotations

from decimal import Decimal

from formats.axerrio.parts import PartReader, without
from formats.findings import Where
from formats.komet.contract import Body, DeletedItem, ShippedBody, ShippedItem, Swap
from formats.komet.items import items
from formats.records import OrderLine, Party, UnitType
from formats.step_checks import BoxRow, distinct_swaps, notice_of, whole_items
from formats.steps import (
    BoxCodeChange,
    CodeSwap,
    LineAction,
    LineChange,
    OrderChange,
    ShipNotice,
    ShippedBox,
)
from formats.strictjson import Json

ITEMS, SWAPS = "poItems", "boxes"
_IDS = ("poItemId", "prebookItemId")
_OF_DELETION = frozenset(field.alias or name for name, field in DeletedItem.model_fields.items())


def is_deletion(body: dict[str, Json]) -> bool:
    """Tell whether a body deletes an item: it names one by its id, and says nothing else of it."""
    return any(name in body for name in _IDS) and body.keys() <= _OF_DELETION


def read_deletion(body: dict[str, Json], reader: PartReader, vendor: Party) -> OrderChange | None:
    """Return the change that ends one line of an order; None where findings say why there is none.

    The line keeps its row with nothing in it, as with a vendor's token (domain 8.2, x).
    """
    item = reader.part(DeletedItem, body, "")
    if item is None:
        return None
    if item.po_item_id is None and item.prebook_item_id is None:
        reader.refuse("api.poItemId", "poItemId", "the id of an item is expected")
        return None
    line = OrderLine(
        *(1, "", Decimal(0), UnitType.BOX.value),
        unit_type=UnitType.BOX,
        prebook_item=item.prebook_item_id,
    )
    ended = LineChange(LineAction.CANCEL, line, says_quantity=False, po_item=item.po_item_id)
    number = item.purchase_order_number or item.prebook_number or ""
    return OrderChange(number=number, vendor=vendor, changes=(ended,))


def read_shipment(body: dict[str, Json], reader: PartReader, vendor: Party) -> ShipNotice | None:
    """Return the boxes that a body ships; None where findings say why there are none."""
    head = reader.part(ShippedBody, without(body, ITEMS), "")
    found = list(items(ShippedItem, body, ITEMS, reader))
    if head is None:
        return None
    rows: list[BoxRow] = []
    for at, item in found:
        number = item.purchase_order_number or head.purchase_order_number
        rows += _rows(item, number or "", reader.where(f"{ITEMS}[{at}]"), at)
    boxes = whole_items(rows, reader)
    if not boxes:
        reader.refuse(f"api.{ITEMS}", ITEMS, "at least one item that is right is needed")
        return None
    notice = notice_of(boxes, vendor)
    reader.check_air_waybill(notice.awb, ITEMS)
    return notice


def _rows(item: ShippedItem, number: str, where: Where, at: int) -> list[BoxRow]:
    """Return the boxes of an item; without codes and a number of boxes all of its line (L-04)."""
    key = (number, item.po_item_id)
    codes: list[str | None] = list(item.box_codes or ())
    return [
        BoxRow(
            where,
            key,
            ShippedBox(
                line=at + 1,
                number=number,
                po_item=item.po_item_id,
                box_code=code,
                boxes=1 if code else item.boxes or 1,
                is_all=code is None and item.boxes is None,
                lot_number=item.lot_number,
                awb=item.awb,
                house_awb=item.house_awb,
                ship_date=item.ship_date,
            ),
        )
        for code in codes or [None]
    ]


def read_box_codes(
    body: dict[str, Json], reader: PartReader, vendor: Party
) -> BoxCodeChange | None:
    """Return the box codes that a body changes; None where findings say why there are none."""
    head = reader.part(Body, without(body, SWAPS), "")
    placed = [
        (reader.where(f"{SWAPS}[{at}]"), CodeSwap(at + 1, one.current_box_code, one.new_box_code))
        for at, one in items(Swap, body, SWAPS, reader)
    ]
    swaps = distinct_swaps(placed, reader)
    if not swaps:
        reader.refuse(f"api.{SWAPS}", SWAPS, "at least one item that is right is needed")
    if head is None or not swaps:
        return None
    return BoxCodeChange(vendor=vendor, swaps=swaps)
