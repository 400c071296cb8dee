"""Orders and prebooks from API-shaped bodies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass
from decimal import Decimal

from formats.axerrio.parts import PartReader, without
from formats.komet.contract import Breakdown, Carried, Item, OrderBody, PrebookBody
from formats.komet.items import items as items_of
from formats.records import Content, CustomField, OrderLine, Party, PurchaseOrder, ShipVia, UnitType
from formats.strictjson import Json

_UNITS = {unit.value.lower(): unit for unit in UnitType}
_WAREHOUSE, _GROWER = 0, 1


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose file it is; `is_vendors` where a vendor's own system sends it (A-02)."""

    party: Party
    is_vendors: bool = False


def read_order(
    body: dict[str, Json],
    reader: PartReader,
    sender: Sender,
    *,
    items: str = "purchaseOrderItems",
) -> PurchaseOrder | None:
    """Return a purchase order; None where findings say why."""
    head = reader.part(OrderBody, without(body, items), "")
    found = list(items_of(Item, body, items, reader))
    if head is None:
        return None
    number = head.purchase_order_number or head.number
    if number is None:
        expected = "the number of the order is expected, since no server gives a file one"
        reader.refuse("api.purchaseOrderNumber", "purchaseOrderNumber", expected)
        return None
    path = "vendorCode"
    is_named = _is_named_once(head.vendor_id, head.vendor_code, path, reader, sender)
    if not is_named or not _has(found, items, reader):
        return None
    awb = head.awb_number or head.awb
    reader.check_air_waybill(awb, "awbNumber")
    return PurchaseOrder(
        number=number,
        vendor=Party(code=head.vendor_code or head.vendor_id, name=head.vendor_name),
        customer=_customer(head),
        customer_po=head.customer_po,
        lines=_lines((item for _, item in found), awb),
        **_carried(head),
    )


def read_prebook(body: dict[str, Json], reader: PartReader, sender: Sender) -> PurchaseOrder | None:
    """Return a prebook, or the order it is at once, of one vendor; None where findings say why.

    One of a vendor's own system is what that vendor has sold, whomever its items name.
    """
    name = "prebookItems"
    head = reader.part(PrebookBody, without(body, name), "")
    found = [item for _, item in _of_one_name(items_of(Item, body, name, reader), reader, sender)]
    if head is None:
        return None
    number = head.prebook_number or head.customer_po
    if number is None:
        expected = "a prebookNumber or a customerPO is expected, since no server gives a number"
        reader.refuse("api.prebookNumber", "prebookNumber", expected)
        return None
    vendors = dict.fromkeys(
        (item.vendor_code or item.vendor_id, item.vendor_name) for item in found
    )
    if len(vendors) > 1 and not sender.is_vendors:
        expected = "items of one vendor are expected; send those of each vendor as a prebook"
        reader.refuse("api.vendorCode", name, expected)
        return None
    if not _has(found, name, reader):
        return None
    code, vendor_name = next(iter(vendors))
    lines = _lines(found, None)
    is_ordered = not sender.is_vendors and _is_ordered(
        head, lines, reader, has_vendor=bool(code or vendor_name)
    )
    return PurchaseOrder(
        number=number,
        is_prebook=not is_ordered,
        vendor=Party(code=code, name=vendor_name),
        customer=_customer(head),
        customer_po=head.customer_po,
        use_existing=_joins(head, sender),
        at_once=head.orders_at_once or None,
        lines=lines,
        **_carried(head),
    )


def _joins(head: PrebookBody, sender: Sender) -> bool | None:
    """Tell whether a prebook joins another; a system that doesn't say makes its own (A-05)."""
    if head.use_existing is None and sender.is_vendors:
        return False
    return head.use_existing


def _of_one_name(
    found: Iterable[tuple[int, Item]], reader: PartReader, sender: Sender
) -> Iterator[tuple[int, Item]]:
    """Yield the items that name their vendor in one way (A-03); others are left out by name."""
    for at, item in found:
        path = f"prebookItems[{at}].vendorCode"
        if _is_named_once(item.vendor_id, item.vendor_code, path, reader, sender):
            yield at, item


def _is_ordered(
    head: PrebookBody, lines: tuple[OrderLine, ...], reader: PartReader, *, has_vendor: bool
) -> bool:
    """Tell whether a prebook is the buyer's order at once: that needs vendor and costs (A-06)."""
    if not head.orders_at_once:
        return False
    if has_vendor and all(line.unit_price is not None for line in lines):
        return True
    reader.warn(
        "api.autoGeneratePOsfromPrebooks",
        "an order is made of a prebook at once only where vendor and every cost are named, so this"
        " stays a prebook; send it again with vendorCode and the cost of every item",
        reader.where("autoGeneratePOsfromPrebooks"),
    )
    return False


def _has(found: Sized, name: str, reader: PartReader) -> bool:
    if not found:
        reader.refuse(f"api.{name}", name, "at least one item that is right is needed")
    return bool(found)


def _is_named_once(
    number: str | None, code: str | None, path: str, reader: PartReader, sender: Sender
) -> bool:
    """Refuse a vendor that is named in two ways (A-03, E-22); warn where none counts (A-02)."""
    if number is None or code is None:
        return True
    if sender.is_vendors:
        message = "Both vendorId and vendorCode are given (E-22). Neither was used: what a"
        message += " vendor's own system orders is that vendor's."
        reader.warn("api.vendorCode", message, reader.where(path))
        return True
    reader.refuse("api.vendorCode", path, "either vendorId or vendorCode is expected (A-03, E-22)")
    return False


def _customer(head: OrderBody | PrebookBody) -> Party | None:
    code, name = head.customer_code or head.customer_id, head.customer_description
    return Party(code=code, name=name) if code or name else None


def _carried(head: Carried) -> dict[str, object]:
    return {
        "ship_date": head.ship_date,
        "location": head.company_location_code,
        "carrier": head.carrier_code or head.carrier_id or head.carrier_description,
        "ship_via": ShipVia.GROWER if head.ship_via_id == _GROWER else ShipVia.WAREHOUSE,
        "comments": head.comments,
        "order_type": head.type,
        "custom_fields": tuple(CustomField(*each) for each in (head.custom_fields or {}).items()),
    }


def _lines(found: Iterable[Item], awb: str | None) -> tuple[OrderLine, ...]:
    return tuple(_line(item, at, awb) for at, item in enumerate(found, 1))


def _line(item: Item, position: int, awb: str | None) -> OrderLine:
    cost = item.unit_cost if item.cost is None else item.cost
    unit = _UNITS.get(item.unit_type or "")
    return OrderLine(
        line=position,
        reference=str(position),
        quantity=Decimal(item.count or 0),
        unit=UnitType.BOX.value,
        unit_type=UnitType.BOX,
        buyer_item=item.product_code or item.product_id,
        description=item.product_description,
        unit_price=cost,
        price_unit=unit.value if unit else None,
        price_unit_type=unit,
        box_type_code=item.box_type_code or item.box_type,
        bunches_per_box=item.bunches or None,
        stems_per_bunch=item.stems_bunch or None,
        mark_code=item.mark_code,
        contents=tuple(_content(one, at) for at, one in enumerate(item.breakdowns or (), 1)),
        box_codes=tuple(item.box_codes or ()),
        prebook_item=item.prebook_item_id,
        brand=item.brand,
        awb=awb,
    )


def _content(part: Breakdown, position: int) -> Content:
    return Content(
        line=position,
        buyer_item=part.product_code or part.product_id,
        description=part.product_description,
        bunches=Decimal(part.bunches) if part.bunches is not None else None,
        stems_per_bunch=part.stems_bunch or None,
        unit_price=part.cost,
    )
