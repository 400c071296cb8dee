"""Availability from API-shaped bodies: offers in boxes or in units."""

from __future__ import annotations

from decimal import Decimal

from formats.axerrio.parts import PartReader, without
from formats.komet.contract import Body, StockItem
from formats.komet.items import items
from formats.records import InventoryAdvice, InventoryLine, Party, UnitType
from formats.strictjson import Json

STOCK_LIST = "inventoryItems"
MOST_BOXES = 100
"""Of one item, where the interface is called (domain U-18)."""
_UNITS = {unit.value.lower(): unit for unit in UnitType}
_TELLS = ("stemsBunch", "unitType", "boxTypeCode", "boxTypeId")
_AMOUNTS = ("quantity", "quantityUnits")
_NAMES = ("productCode", "productDescription", "productId")


def is_stock_item(body: dict[str, Json]) -> bool:
    """Tell whether an object is one offer, as the methods that add inventory have it."""
    return all(any(name in body for name in some) for some in (_TELLS, _AMOUNTS, _NAMES))


def read_stock(body: dict[str, Json], reader: PartReader, vendor: Party) -> InventoryAdvice | None:
    """Return the offers of a body; None where none of them can be used, which findings say."""
    if STOCK_LIST not in body:
        body = {STOCK_LIST: [body]}
    elif reader.part(Body, without(body, STOCK_LIST), "") is None:
        return None
    found = []
    for at, item in items(StockItem, body, STOCK_LIST, reader):
        found.append(item)
        _warn_of_boxes(item, at, reader)
    if not found:
        reader.refuse(f"api.{STOCK_LIST}", STOCK_LIST, "at least one item that is right is needed")
        return None
    return InventoryAdvice(
        vendor=vendor, lines=tuple(_line(item, at) for at, item in enumerate(found, 1))
    )


def _warn_of_boxes(item: StockItem, at: int, reader: PartReader) -> None:
    """Say that an item has more boxes than the interface takes at once; a file has no such limit.

    They are one lot all the same, as the items would be that it is split into (U-18, E-28).
    """
    boxes = item.quantity if _is_in_boxes(item) else None
    if boxes is not None and boxes > MOST_BOXES:
        message = (
            f"{boxes} boxes in one item; the interface takes {MOST_BOXES} at once. They were taken"
            " as if they came in several"
        )
        reader.warn("E-28", message, reader.where(f"{STOCK_LIST}[{at}].quantity"))


def _is_in_boxes(item: StockItem) -> bool:
    return item.quantity_units is None and item.box_type_code is not None


def _line(item: StockItem, position: int) -> InventoryLine:
    unit, said = _UNITS.get(item.unit_type or ""), item.quantity_units
    counted = UnitType.BOX if _is_in_boxes(item) or unit is None else unit
    quantity = item.quantity if said is None else said
    return InventoryLine(
        line=position,
        quantity=quantity if quantity is not None else Decimal(0),
        unit=counted.value,
        unit_type=counted,
        vendor_id=item.vendor_code or item.vendor_id or item.grower_id or item.vendor,
        seller_item=item.product_code or item.product_id,
        description=item.product_description,
        available_from=item.available_from or item.arrival_date or item.ship_date,
        available_to=item.available_to,
        cut_on=item.cut_date,
        post_harvest=item.post_harvest,
        category=item.category,
        color=item.color,
        variety=item.variety,
        grade=item.grade,
        unit_cost=item.unit_cost,
        cost_unit=unit.value if unit else None,
        cost_unit_type=unit,
        box_type_code=item.box_type_code,
        bunches_per_box=item.bunches or None,
        stems_per_bunch=item.stems_bunch or None,
        tag=item.tag,
        location=item.company_location_code,
    )
