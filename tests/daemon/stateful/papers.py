"""The files of the play, as its partners write them. No two of them are the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tests.daemon.partner_files import interchange
from tests.daemon.stateful.world import MONDAY, buyer_code, vendor_words

AWB = "020-81140743"
_ORDER = (
    "po_number,line,vendor_code,ship_date,product_code,boxes,unit_type,unit_cost,action,cart_status"
)
_CONFIRMATION = "po_number,line,status,confirmed_boxes,confirmed_cost,ship_date,reason_code,message"
_DAYS = "20261123"

OrderLines = Sequence[tuple[int, str, int]]
"""Lines of an order: (line, product, boxes)."""


def availability(quantities: Mapping[str, int], unique: int) -> bytes:
    """Return a vendor's availability: bunches by product."""
    day = MONDAY.date().isoformat()
    return "".join(
        f"111,{vendor_words(product)},{day},{bunches},Bunch,,Roses,Red,0.34,10,t{unique}\n"
        for product, bunches in quantities.items()
    ).encode()


def x12_order(
    buyer: str,
    number: str,
    vendor: str,
    lines: OrderLines,
    *,
    ship: date,
    control: int,
    purpose: str = "00",
) -> bytes:
    """Return an 850."""
    body = [f"BEG*{purpose}*SA*{number}**{_DAYS}", f"DTM*010*{ship:%Y%m%d}"]
    body.append(f"N1*SE*{vendor}*92*{vendor.upper()}")
    body += [f"PO1*{at}*{boxes}*BX*0.30**BP*{buyer_code(p)}" for at, p, boxes in lines]
    return interchange(
        [[*body, f"CTT*{len(lines)}"]],
        control=control,
        sender=buyer.upper(),
        receiver=vendor.upper(),
    )


def csv_order(
    number: str,
    vendor: str,
    lines: OrderLines,
    *,
    ship: date,
    unique: int,
    action: str = "",
    out: frozenset[int] | None = None,
) -> bytes:
    """Return an order file; with `out` a cart whose lines of these numbers are checked out."""
    rows = [_ORDER + f",note {unique}"]
    for at, product, boxes in lines:
        status = "" if out is None else "checked-out" if at in out else "draft"
        goods = (vendor, ship, buyer_code(product), boxes, "Box", "0.30")
        rows.append(",".join(str(cell) for cell in (number, at, *goods, action, status, "")))
    return "\n".join([*rows, ""]).encode()


def csv_change(number: str, changes: Mapping[int, int | None], unique: int) -> bytes:
    """Return a change of lines: boxes by line, None takes a line out; no lines end the order."""
    rows = [_ORDER + f",note {unique}"]
    rows += [
        f"{number},{at},,,,{'' if boxes is None else boxes},,,{'CHANGE' if boxes else 'CANCEL'},,"
        for at, boxes in changes.items()
    ]
    if not changes:
        rows.append(f"{number},,,,,,,,CANCEL,,")
    return "\n".join([*rows, ""]).encode()


def x12_change(buyer: str, number: str, changes: Mapping[int, int | None], control: int) -> bytes:
    """Return an 860, as `csv_change`."""
    purpose = "04" if changes else "01"
    body = [f"BCH*{purpose}*SA*{number}***{_DAYS}"]
    for at, boxes in changes.items():
        body.append(f"POC*{at}*QC*{boxes}*{boxes}*BX" if boxes else f"POC*{at}*DI")
    return interchange(
        [body], control=control, sender=buyer.upper(), receiver="K2KNET", group="PC", kind="860"
    )


def confirmation(
    number: str, answers: Mapping[int, tuple[str, int]], *, whole: str = "", unique: int = 0
) -> bytes:
    """Return a confirmation file: (status, boxes) by line, or `whole` for the whole order."""
    rows = [
        f"{number},{at},{status},{boxes},,,,m{unique}" for at, (status, boxes) in answers.items()
    ]
    if whole:
        rows.append(f"{number},,{whole},,,,,m{unique}")
    return "\n".join([_CONFIRMATION, *rows, ""]).encode()


def approval(number: str, decision: str, unique: int) -> bytes:
    return f"po_number,decision,by,reason\n{number},{decision},ana,r{unique}\n".encode()


def shipment(
    number: str, boxes: Mapping[int, int], *, ship: date, awb: str = AWB, unique: int = 0
) -> bytes:
    """Return a shipment of so many boxes of each line."""
    head = f"po_number,line,awb,ship_date,boxes,lot_number,note {unique}"
    rows = [f"{number},{at},{awb},{ship},{count},,\n" for at, count in boxes.items()]
    return "".join([head + "\n", *rows]).encode()


def coded_shipment(
    number: str, codes: Mapping[str, int], *, ship: date, awb: str = AWB, unique: int = 0
) -> bytes:
    """Return a shipment of boxes with codes; each is of a line."""
    head = f"po_number,line,awb,ship_date,box_code,lot_number,note {unique}"
    rows = [f"{number},{at},{awb},{ship},{code},,\n" for code, at in codes.items()]
    return "".join([head + "\n", *rows]).encode()


def swaps(pairs: Mapping[str, str], unique: int) -> bytes:
    rows = [f"{old},{new},\n" for old, new in pairs.items()]
    return "".join([f"current_box_code,new_box_code,note {unique}\n", *rows]).encode()


def scans(codes: Sequence[str], *, arrived: date | None, unique: int) -> bytes:
    head = f"box_code,rack,arrival_date,note {unique}\n"
    return "".join([head, *(f"{code},R{unique},{arrived or ''},\n" for code in codes)]).encode()


def waybill(number: str, awb: str, *, arrived: date | None, unique: int) -> bytes:
    return f"po_number,awb,arrival_date,note {unique}\n{number},{awb},{arrived or ''},\n".encode()


def system_order(
    number: str, buyer: str, vendor: str, lines: OrderLines, *, ship: date, message: str
) -> bytes:
    """Return the order of a vendor's own system (floral.order/1)."""
    order = {
        "number": number,
        "date": str(MONDAY.date()),
        "customer": {"code": "FLORIST", "name": "Florist"},
        "vendor": {"code": vendor},
        "carrier": {"code": "TRUCK"},
        "shipDate": str(ship),
        "shipVia": "warehouse",
        "currency": "USD",
        "lines": [_system_line(*line) for line in lines],
    }
    return _system_message("new", order, buyer=buyer, vendor=vendor, message=message)


def system_change(
    number: str,
    buyer: str,
    vendor: str,
    changes: Mapping[int, int | None],
    added: OrderLines,
    *,
    message: str,
) -> bytes:
    """Return a change of such an order: boxes by line, None takes a line out; `added` are new."""
    lines: list[dict[str, Any]] = [
        {"line": at, "boxes": boxes} if boxes else {"line": at, "action": "cancel"}
        for at, boxes in changes.items()
    ]
    lines += [{**_system_line(*line), "action": "new"} for line in added]
    order = {"number": number, "lines": lines}
    return _system_message("change", order, buyer=buyer, vendor=vendor, message=message)


def _system_line(at: int, product: str, boxes: int) -> dict[str, Any]:
    return {
        "line": at,
        "description": vendor_words(product),
        "boxes": boxes,
        "boxType": "HB",
        "unitType": "box",
        "unitPrice": "3.00",
    }


def _system_message(
    action: str, order: Mapping[str, Any], *, buyer: str, vendor: str, message: str
) -> bytes:
    body: dict[str, Any] = {
        "contract": "floral.order/1",
        "messageId": message,
        "createdAt": "2026-11-23T07:45:00-05:00",
        "test": False,
        "sender": {"code": vendor},
        "receiver": {"code": buyer},
        "action": action,
        "order": order,
    }
    return json.dumps(body).encode()
