"""An order of florsol's Axerrio system as it writes it, and what it is answered."""

from __future__ import annotations

import json
from typing import Any

from tests.daemon.sites import only
from tests.daemon.today import day


def order(number: str = "AX-1", message: str = "m-1", **changes: Any) -> bytes:
    """Return a `floral.order/1` of three lines, the second of an unknown product."""
    lines = [
        {"line": 1, "vendorItem": "FS-1160", "description": "Rose Freedom 60", "boxes": 2},
        {"line": 2, "description": "Rose Explorer 60", "boxes": 1},
        {"line": 3, "vendorItem": "FS-2001", "description": "Alstroemeria Whistler Select",
         "boxes": 3, "boxType": "QUARTER", "unitType": "bunch", "unitPrice": "2.10"},
    ]  # fmt: skip
    for line in lines[:2]:
        line.update(boxType="HALF", unitType="stem", unitPrice="0.36")
    body: dict[str, Any] = {
        "contract": "floral.order/1",
        "messageId": message,
        "createdAt": f"{day()}T07:45:00-05:00",
        "test": False,
        "sender": {"code": "florsol"},
        "receiver": {"code": "bloom"},
        "action": "new",
        "order": {
            "number": number,
            "date": str(day()),
            "customer": {"code": "BLM", "name": "Bloom", "shipTo": {"code": "BLM-MIA"}},
            "vendor": {"code": "florsol"},
            "carrier": {"code": "AAC"},
            "shipDate": str(day(3)),
            "shipVia": "warehouse",
            "currency": "USD",
            "lines": lines,
        },
    }
    return json.dumps(body | changes).encode()


def ack(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(only(files, "axerrio-florsol/ack"))
    return found
