"""Write `floral.order/1`: an order or a prebook as the vendor's system reads it, with our ids.

What is written reads back as it is. Nothing is made up: an order that lacks what the contract asks
for is a ValueError that names it, and sales prices are never written (domain 8.3).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from formats.axerrio.contract import CONTRACT
from formats.records import Content, Order, OrderLine, Party, UnitType
from formats.vbn import Vbn

Cell = str | int | bool | list[object] | dict[str, object] | None


@dataclass(frozen=True, slots=True)
class LineIds:
    """What a line is called here."""

    po_item: str | None = None
    prebook_item: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What stands around an order: who tells whom what, and what things are called here.

    `created_at` must name its zone. `lines` has our ids by the line's own number.
    """

    message_id: str
    created_at: datetime
    sender: str
    receiver: str
    action: Literal["new", "prebook", "cancel"]
    order_id: str | None = None
    prebook_id: str | None = None
    status: str | None = None
    approved_by: str | None = None
    comments: str | None = None
    """Instead of the order's own."""
    lines: Mapping[str, LineIds] = field(default_factory=dict)


def write_order(order: Order, message: Message) -> bytes:
    """Return an order as UTF-8 JSON; a cancellation ends all of it and has no lines.

    Raises ValueError where the contract can't say it: a time without zone, a line that does not
    count boxes, a new order without ship date, carrier or price.
    """
    if message.created_at.tzinfo is None:
        raise ValueError("created_at: a time with zone is expected")
    if message.action == "new":
        _check_complete(order)
    header = _header(order, message)
    if message.action != "cancel":
        names = _names(order)
        header["lines"] = [
            _line(line, message, order.number) | {"line": name}
            for line, name in zip(order.lines, names, strict=True)
        ]
    whole: dict[str, Cell] = {
        "contract": CONTRACT,
        "messageId": message.message_id,
        "createdAt": message.created_at.isoformat(timespec="seconds"),
        "test": order.is_test,
        "sender": {"code": message.sender},
        "receiver": {"code": message.receiver},
        "action": message.action,
        "order": header,
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    return (text + "\n").encode(errors="backslashreplace")


def _names(order: Order) -> list[int]:
    """Return the numbers of the lines: the sender's own, or places where one is no number."""
    if all(line.reference.isdigit() and int(line.reference) for line in order.lines):
        return [int(line.reference) for line in order.lines]
    return [line.line for line in order.lines]


def _check_complete(order: Order) -> None:
    lacking = [
        name
        for name, value in (
            ("a ship date", order.ship_date),
            ("a carrier", order.carrier),
            ("a customer", order.customer),
        )
        if value is None
    ]
    lacking += [
        f"a price on line {line.reference}" for line in order.lines if line.unit_price is None
    ]
    lacking += [
        f"a box type on line {line.reference}" for line in order.lines if not line.box_type_code
    ]
    if lacking:
        raise ValueError(f"order {order.number} lacks {', '.join(lacking)} for {CONTRACT}")


def _header(order: Order, message: Message) -> dict[str, object]:
    if message.action == "cancel":
        return _said(
            {
                "number": order.number,
                "prebookNumber": message.prebook_id,
                "purchaseOrderId": message.order_id,
                "status": message.status,
                "comments": message.comments,
            }
        )
    return _said(
        {
            "number": order.number,
            "prebookNumber": message.prebook_id or getattr(order, "prebook_number", None),
            "purchaseOrderId": message.order_id,
            "status": message.status,
            "approvedBy": message.approved_by,
            "date": order.order_date.isoformat() if order.order_date else None,
            "customer": _customer(order),
            "customerPO": order.customer_po,
            "vendor": _code(order.vendor),
            "locationCode": order.location,
            "carrier": _said({"code": order.carrier}),
            "shipDate": order.ship_date.isoformat() if order.ship_date else None,
            "shipVia": order.ship_via.value,
            "currency": order.currency,
            "markCode": order.mark_code,
            "comments": message.comments or order.comments,
            "orderType": getattr(order, "order_type", None),
            "incoterm": order.incoterm,
            "cargoAgency": _said({"code": order.cargo_agency}),
            "customFields": {each.name: each.value for each in order.custom_fields},
        }
    )


def _said(cells: dict[str, object]) -> dict[str, object]:
    """Leave out what isn't said: None is never a value of the contract."""
    return {name: value for name, value in cells.items() if value not in (None, {}, [])}


def _code(party: Party | None) -> dict[str, object]:
    return _said({"code": party.code, "name": party.name}) if party else {}


def _customer(order: Order) -> dict[str, object]:
    customer = _code(order.customer)
    return _said({**customer, "shipTo": _code(order.ship_to)}) if customer else {}


def _line(line: OrderLine, message: Message, number: str) -> dict[str, object]:
    if line.unit_type not in (UnitType.BOX, None) or line.quantity != int(line.quantity):
        raise ValueError(
            f"order {number}, line {line.reference}: {line.quantity} {line.unit} are not whole"
            f" boxes, which {CONTRACT} counts"
        )
    ids = message.lines.get(line.reference, LineIds())
    unit = line.price_unit_type or UnitType.BOX
    return _said(
        {
            "line": line.line,
            "poItem": ids.po_item,
            "prebookItem": ids.prebook_item or line.prebook_item,
            "vendorItem": line.seller_item,
            "productCode": line.buyer_item,
            "description": line.description,
            "vbn": _vbn(line.vbn),
            "boxType": line.box_type_code,
            "boxes": int(line.quantity),
            "bunchesPerBox": line.bunches_per_box,
            "stemsPerBunch": line.stems_per_bunch,
            "unitType": unit.value.lower(),
            "unitPrice": _money(line.unit_price),
            "markCode": line.mark_code,
            "breakdown": [_content(content) for content in line.contents],
            "awb": line.awb,
            "boxIds": list(line.box_codes),
            "brand": line.brand,
        }
    )


def _content(content: Content) -> dict[str, object]:
    return _said(
        {
            "vendorItem": content.seller_item,
            "productCode": content.buyer_item,
            "description": content.description,
            "vbn": _vbn(content.vbn),
            "bunches": int(content.bunches) if content.bunches is not None else None,
            "stemsPerBunch": content.stems_per_bunch,
            "price": _money(content.unit_price),
        }
    )


def _vbn(vbn: Vbn | None) -> dict[str, object]:
    return {} if vbn is None else _said({"product": vbn.product, "features": dict(vbn.features)})


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"
