"""Shipments and new box codes from API-shaped bodies."""

from __future__ import annotations

from formats.axerrio.parts import PartReader, without
from formats.komet.contract import Body, ShippedBody, ShippedItem, Swap
from formats.komet.items import items
from formats.records import Party
from formats.step_checks import BoxRow, distinct_swaps, notice_of, whole_items
from formats.steps import BoxCodeChange, CodeSwap, ShipNotice, ShippedBox
from formats.strictjson import Json

ITEMS, SWAPS = "poItems", "boxes"


def read_shipment(body: dict[str, Json], reader: PartReader, vendor: Party) -> ShipNotice | None:
    """Return the boxes that a body ships; None where findings say why there are none."""
    head = reader.part(ShippedBody, without(body, ITEMS), "")
    found = list(items(ShippedItem, body, ITEMS, reader))
    if head is None:
        return None
    rows: list[BoxRow] = []
    for at, item in found:
        rows += _rows(at, item, item.purchase_order_number or head.purchase_order_number, reader)
    boxes = whole_items(rows, reader)
    if not boxes:
        reader.refuse(f"api.{ITEMS}", ITEMS, "at least one item that is right is needed")
        return None
    notice = notice_of(boxes, vendor)
    reader.check_air_waybill(notice.awb, ITEMS)
    return notice


def _rows(at: int, item: ShippedItem, number: str | None, reader: PartReader) -> list[BoxRow]:
    path = f"{ITEMS}[{at}]"
    where = reader.where(path)
    if number is None:
        expected = "the purchaseOrderNumber of the item is expected"
        reader.refuse("api.purchaseOrderNumber", f"{path}.purchaseOrderNumber", expected)
        return [BoxRow(where, ("", item.po_item_id), None)]
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
