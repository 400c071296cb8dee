"""Write `floral.order/1`: an order or a prebook as the vendor's system reads it, with our ids.

What is written reads back as it is: what our own reader would refuse is a ValueError that names it,
and a text for people is cut to the room that it has, and noted. Nothing is made up: an order that
lacks what the contract asks for is a ValueError too. Sales prices are never written (domain 8.3).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from formats.axerrio.contract import CONTRACT
from formats.axerrio.order import read_order
from formats.findings import Finding, Where, warning
from formats.limits import DEFAULT_LIMITS
from formats.records import Content, Order, OrderLine, Party, UnitType
from formats.vbn import Vbn

LONGEST_NAME, LONGEST_COMMENT = 200, 2000
"""Characters of a name or a description, and of a comment, that the contract has room for."""
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


def write_order(order: Order, message: Message, *, warnings: list[Finding] | None = None) -> bytes:
    """Return an order as UTF-8 JSON; a cancellation ends all of it and has no lines.

    A text that had to be cut is appended to `warnings`. Raises ValueError where the contract can't
    say it: a time without zone, a line that does not count boxes, a new order without ship date,
    carrier or price, a code that is too long.
    """
    if message.created_at.tzinfo is None:
        raise ValueError("created_at: a time with zone is expected")
    if message.action == "new":
        _check_complete(order)
    fit = _Fitting([] if warnings is None else warnings)
    header = _header(order, message, fit)
    if message.action != "cancel":
        names = _names(order)
        header["lines"] = [
            _line(line, message, order.number, fit) | {"line": name}
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
    data = (text + "\n").encode(errors="backslashreplace")
    _check_read(data, order)
    return data


def _check_read(data: bytes, order: Order) -> None:
    """Raise ValueError for the first thing that our own reader doesn't take."""
    for document in read_order(data, DEFAULT_LIMITS):
        for finding in document.findings:
            if finding.is_error:
                raise ValueError(
                    f"order {order.number}: {CONTRACT} has no room for {finding.value!r} in"
                    f" {finding.where}: {finding.message.rstrip('.')}"
                )


class _Fitting:
    """Cuts texts for people to the room that they have, and notes it."""

    def __init__(self, notes: list[Finding]) -> None:
        self._notes = notes

    def __call__(self, path: str, text: str | None, most: int) -> str | None:
        if text is None or len(text) <= most:
            return text
        message = f"{path} has room for {most} characters; the text was cut there."
        self._notes.append(warning("json.out.cut", message, Where(path=path), text[:80]))
        return text[:most].rstrip()


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


def _header(order: Order, message: Message, fit: _Fitting) -> dict[str, object]:
    if message.action == "cancel":
        return _said(
            {
                "number": order.number,
                "prebookNumber": message.prebook_id,
                "purchaseOrderId": message.order_id,
                "status": message.status,
                "comments": fit("order.comments", message.comments, LONGEST_COMMENT),
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
            "customer": _customer(order, fit),
            "customerPO": order.customer_po,
            "vendor": _code("order.vendor", order.vendor, fit),
            "locationCode": order.location,
            "carrier": _said({"code": order.carrier}),
            "shipDate": order.ship_date.isoformat() if order.ship_date else None,
            "shipVia": order.ship_via.value,
            "currency": order.currency,
            "markCode": order.mark_code,
            "comments": fit("order.comments", message.comments or order.comments, LONGEST_COMMENT),
            "orderType": getattr(order, "order_type", None),
            "incoterm": order.incoterm,
            "cargoAgency": _said({"code": order.cargo_agency}),
            "customFields": {each.name: each.value for each in order.custom_fields},
        }
    )


def _said(cells: dict[str, object]) -> dict[str, object]:
    """Leave out what isn't said: None is never a value of the contract."""
    return {name: value for name, value in cells.items() if value not in (None, {}, [])}


def _code(path: str, party: Party | None, fit: _Fitting) -> dict[str, object]:
    if party is None:
        return {}
    return _said({"code": party.code, "name": fit(f"{path}.name", party.name, LONGEST_NAME)})


def _customer(order: Order, fit: _Fitting) -> dict[str, object]:
    path = "order.customer"
    customer = _code(path, order.customer, fit)
    ship_to = _code(f"{path}.shipTo", order.ship_to, fit)
    return _said({**customer, "shipTo": ship_to}) if customer else {}


def _line(line: OrderLine, message: Message, number: str, fit: _Fitting) -> dict[str, object]:
    if line.unit_type not in (UnitType.BOX, None) or line.quantity != int(line.quantity):
        raise ValueError(
            f"order {number}, line {line.reference}: {line.quantity} {line.unit} are not whole"
            f" boxes, which {CONTRACT} counts"
        )
    ids = message.lines.get(line.reference, LineIds())
    unit = line.price_unit_type or UnitType.BOX
    path = f"order.lines[{line.line - 1}]"
    return _said(
        {
            "line": line.line,
            "poItem": ids.po_item,
            "prebookItem": ids.prebook_item or line.prebook_item,
            "vendorItem": line.seller_item,
            "productCode": line.buyer_item,
            "description": fit(f"{path}.description", line.description, LONGEST_NAME),
            "vbn": _vbn(line.vbn),
            "boxType": line.box_type_code,
            "boxes": int(line.quantity),
            "bunchesPerBox": line.bunches_per_box,
            "stemsPerBunch": line.stems_per_bunch,
            "unitType": unit.value.lower(),
            "unitPrice": _money(line.unit_price),
            "markCode": line.mark_code,
            "breakdown": [_content(f"{path}.breakdown", content, fit) for content in line.contents],
            "awb": line.awb,
            "boxIds": list(line.box_codes),
            "brand": line.brand,
        }
    )


def _content(path: str, content: Content, fit: _Fitting) -> dict[str, object]:
    place = f"{path}[{content.line - 1}].description"
    return _said(
        {
            "vendorItem": content.seller_item,
            "productCode": content.buyer_item,
            "description": fit(place, content.description, LONGEST_NAME),
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
