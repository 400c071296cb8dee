"""Write orders, prebooks, availability and box codes in the shapes of the interface's bodies.

What is written reads back as it is. What a shape has no field for isn't written; quantities that it
can't count are a ValueError. Numbers are decimal texts, so that nobody makes binary fractions of
them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from formats.axerrio.order_out import LineIds
from formats.records import (
    Content,
    InventoryAdvice,
    InventoryLine,
    OrderLine,
    PurchaseOrder,
    ShipVia,
    UnitType,
)
from formats.steps import BoxCodeChange

_BOX = UnitType.BOX.value


@dataclass(frozen=True, slots=True)
class Known:
    """What an order is called here, and what became of it: as a list of orders tells it.

    `lines` has our ids by the line's own number.
    """

    id: str | None = None
    status: str | None = None
    lines: Mapping[str, LineIds] = field(default_factory=dict)


_NOTHING = Known()


def write_order(order: PurchaseOrder, known: Known = _NOTHING) -> bytes:
    """Return an order as `purchase.order.create`, or a prebook as `prebook.create`, in UTF-8.

    Raises ValueError for a line that isn't in whole boxes, and for lines of several air waybills.
    """
    items = [_item(order, line, known) for line in order.lines]
    customer = order.customer
    head: dict[str, object] = {
        "shipDate": _day(order.ship_date),
        "companyLocationCode": order.location,
        "carrierCode": order.carrier,
        "shipViaId": 1 if order.ship_via is ShipVia.GROWER else 0,
        "customerCode": customer.code if customer else None,
        "customerDescription": customer.name if customer else None,
        "customerPO": order.customer_po,
        "comments": order.comments,
        "type": order.order_type,
        "customFields": {each.name: each.value for each in order.custom_fields} or None,
    }
    if order.is_prebook:
        vendor = {"vendorCode": order.vendor.code, "vendorName": order.vendor.name}
        body = {"prebookNumber": order.number} | head
        body["useExisting"] = None if order.use_existing is None else int(order.use_existing)
        body["autoGeneratePOsfromPrebooks"] = 1 if order.at_once else None
        return _bytes(body | {"prebookItems": [_said(vendor | item) for item in items]})
    waybills = {line.awb for line in order.lines}
    if len(waybills) > 1:
        raise ValueError(f"order {order.number}: the shape has one air waybill for all lines")
    named = {
        "id": known.id,
        "status": known.status,
        "purchaseOrderNumber": order.number,
        "vendorCode": order.vendor.code,
        "vendorName": order.vendor.name,
        "awbNumber": waybills.pop() if waybills else None,
    }
    return _bytes(named | head | {"purchaseOrderItems": items})


def _item(order: PurchaseOrder, line: OrderLine, known: Known) -> dict[str, object]:
    if line.unit != _BOX or line.quantity != line.quantity.to_integral_value():
        raise ValueError(
            f"order {order.number}, line {line.reference}: {line.quantity} {line.unit} are not"
            " whole boxes, which the shape counts"
        )
    ids = known.lines.get(line.reference, LineIds())
    return _said(
        {
            "poItemId": ids.po_item,
            "productCode": line.buyer_item,
            "productDescription": line.description,
            "boxes": int(line.quantity),
            "boxTypeCode": line.box_type_code,
            "unitType": _unit(line.price_unit),
            "bunches": line.bunches_per_box,
            "stemsBunch": line.stems_per_bunch,
            "cost": _number(line.unit_price),
            "markCode": line.mark_code,
            "prebookItemId": ids.prebook_item or line.prebook_item,
            "boxCodes": list(line.box_codes),
            "brand": {"name": line.brand} if line.brand else None,
            "breakdowns": [_content(each) for each in line.contents],
        }
    )


def _content(content: Content) -> dict[str, object]:
    return _said(
        {
            "productCode": content.buyer_item,
            "productDescription": content.description,
            "bunches": None if content.bunches is None else int(content.bunches),
            "stemsBunch": content.stems_per_bunch,
            "cost": _number(content.unit_price),
        }
    )


def write_stock(advice: InventoryAdvice) -> bytes:
    """Return an availability as a list of items, in UTF-8."""
    return _bytes({"inventoryItems": [_offer(line) for line in advice.lines]})


def _offer(line: InventoryLine) -> dict[str, object]:
    is_in_boxes = line.unit == _BOX
    if is_in_boxes and line.box_type_code is None:
        raise ValueError(f"offer {line.line}: boxes are written with their box type")
    if not is_in_boxes and line.cost_unit not in (None, line.unit):
        raise ValueError(f"offer {line.line}: the cost is per {line.unit} in this shape")
    return _said(
        {
            "vendorCode": line.vendor_id,
            "productCode": line.seller_item,
            "productDescription": line.description,
            "quantity" if is_in_boxes else "quantityUnits": _number(line.quantity),
            "boxTypeCode": line.box_type_code,
            "unitType": _unit(line.cost_unit if is_in_boxes else line.unit),
            "bunches": line.bunches_per_box,
            "stemsBunch": line.stems_per_bunch,
            "unitCost": _number(line.unit_cost),
            "availableFrom": _day(line.available_from),
            "availableTo": _day(line.available_to),
            "postHarvest": line.post_harvest,
            "category": line.category,
            "color": line.color,
            "variety": line.variety,
            "grade": line.grade,
            "tag": line.tag,
            "companyLocationCode": line.location,
        }
    )


def write_box_codes(change: BoxCodeChange) -> bytes:
    """Return new codes of boxes as `box.code.change`, in UTF-8.

    Raises ValueError for a code beside the box's own, of which the shape knows nothing.
    """
    for swap in change.swaps:
        if swap.external is not None:
            raise ValueError(f"box {swap.current}: the shape has no place for {swap.external}")
    boxes = [{"currentBoxCode": each.current, "newBoxCode": each.new} for each in change.swaps]
    return _bytes({"boxes": boxes})


def _unit(unit: str | None) -> str | None:
    return unit.lower() if unit else None


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _said(cells: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in cells.items() if value not in (None, [])}


def _bytes(body: dict[str, object]) -> bytes:
    text = json.dumps(_said(body), ensure_ascii=False, indent=1)
    return (text + "\n").encode(errors="backslashreplace")
