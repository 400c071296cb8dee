"""A buyer's prebook that names the vendor, as files say it, and the order that is made of it."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

from tests.daemon.network import NETWORK
from tests.daemon.sites import Desktop, only
from tests.daemon.today import day

HEADER = (
    "po_number,line,vendor_code,ship_date,customer_code,product_code,boxes,box_type,unit_type,"
    "unit_cost,prebook"
)


def prebook(
    *lines: tuple[str, str, str], number: str = "PB-1", vendor: str = "florsol", ship: int = 3
) -> bytes:
    """Return a prebook CSV of (product code, boxes, cost) lines."""
    on = day(ship).isoformat()
    rows = [
        f"{number},{at},{vendor},{on},ROSELANE,{item},{boxes},HB,stem,{cost},yes"
        for at, (item, boxes, cost) in enumerate(lines, 1)
    ]
    return "\n".join((HEADER, *rows, "")).encode()


def as_json(*lines: dict[str, Any], number: str = "PB-7", vendor: str = "florsol") -> bytes:
    """Return a prebook of bloom as a message, b-1; `lines` say everything but their numbers."""
    body = {
        "contract": "floral.order/1",
        "messageId": "b-1",
        "createdAt": f"{day()}T07:45:00-05:00",
        "test": False,
        "sender": {"code": "bloom"},
        "receiver": {"code": "K2KNET"},
        "action": "prebook",
        "order": {
            "number": number,
            "vendor": {"code": vendor},
            "shipDate": day(3).isoformat(),
            "lines": [{"line": at, **each} for at, each in enumerate(lines, 1)],
        },
    }
    return json.dumps(body).encode()


def sent(site: Desktop, *lines: tuple[str, str, str], **more: Any) -> dict[str, bytes]:
    found = lines or (("BLM-100", "2", "0.30"), ("BLM-110", "4", "0.32"))
    return site.send("bloom", "prebook.csv", prebook(*found, **more))


def details(files: dict[str, bytes], number: str = "PB-1") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(only(files, f"axerrio-florsol/prebook-{number}"))
    return found


def answer(files: dict[str, bytes]) -> list[tuple[str, str]]:
    table = csv.DictReader(StringIO(only(files, "bloom/order-ack").decode()))
    return [(row["status"], row["message"]) for row in table]


def made_of(
    said: dict[str, Any], *, number: str = "AX-9", message: str = "m-9", **line: Any
) -> bytes:
    """Return the order that an Axerrio system makes of prebook details, line by line."""
    order = said["order"]
    lines = [
        {
            "line": each["line"],
            "vendorItem": each["vendorItem"],
            "boxType": "HB",
            "boxes": each["boxes"],
            "unitType": each["unitType"],
            "unitPrice": each["unitPrice"],
            "prebookItem": each["prebookItem"],
            **line,
        }
        for each in order["lines"]
    ]
    body = {
        "contract": "floral.order/1",
        "messageId": message,
        "createdAt": f"{day()}T07:45:00-05:00",
        "test": said["test"],
        "sender": {"code": said["receiver"]["code"]},
        "receiver": {"code": said["sender"]["code"]},
        "action": "new",
        "order": {
            "number": number,
            "prebookNumber": order["prebookNumber"],
            "customer": {"code": "BLM", "name": "Bloom"},
            "carrier": {"code": "AAC"},
            "shipDate": order["shipDate"],
            "lines": lines,
        },
    }
    return json.dumps(body).encode()


def settings(**buying: str) -> str:
    """Return the sample network with terms of bloom with its vendors."""
    said = "\n".join(f"buying.{name} = {value}" for name, value in buying.items())
    return NETWORK.replace('name = "bloom"\n', f'name = "bloom"\n{said}\n')
