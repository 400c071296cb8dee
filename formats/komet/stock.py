"""Availability from API-shaped bodies: offers in boxes or in units."""

from __future__ import annotations

from decimal import Decimal

from formats.axerrio.parts import PartReader, without
from formats.komet.contract import Body, StockItem
from formats.komet.items import items
from formats.records import InventoryAdvice, InventoryLine, Party, UnitType
from formats.strictjson import Json

STOCK_LIST = "inventoryItems"
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
    found = [item for _, item in items(StockItem, body, STOCK_LIST, reader)]
    if not found:
        reader.refuse(f"api.{STOCK_LIST}", STOCK_LIST, "at least one item that is right is needed")
        return None
    return InventoryAdvice(
        vendor=vendor, lines=tuple(_line(item, at) for at, item in enumerate(found, 1))
    )


def _line(item: StockItem, position: int) -> InventoryLine:
    unit, said = _UNITS.get(item.unit_type or ""), item.quantity_units
    is_in_boxes = said is None and item.box_type_code is not None
    counted = UnitType.BOX if is_in_boxes or unit is None else unit
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
