"""Documents of `k2k.steps/1`: one of every kind, changed by path, and what was read of them."""

from __future__ import annotations

import copy
import json
from typing import Any

from formats.documents import ReadDocument
from formats.limits import DEFAULT_LIMITS
from formats.records import Party
from formats.steps_json import read_steps

FARM = Party(code="FLORSOL")
BODIES: dict[str, dict[str, Any]] = {
    "confirmation": {
        "number": "10045",
        "lines": [
            {"reference": "1", "answer": "accepted", "quantity": "8", "unit": "Box",
             "unitPrice": "0.365", "shipDate": "2026-11-23"},
            {"reference": "2", "answer": "rejected", "reasonCode": "CROP"},
        ],
    },
    "approval": {"verdicts": [{"number": "10045", "decision": "approve", "by": "ana"}]},
    "shipment": {
        "awb": "176-12345675",
        "boxes": [{"number": "10045", "poItem": "71", "boxCode": "KS1", "lotNumber": "L7"},
                  {"number": "10045", "poItem": "72", "boxes": 5}],
    },
    "box-code-change": {"swaps": [{"current": "KS1", "new": "PT1"}]},
    "air-waybill": {"waybills": [{"temporary": "T-1", "awb": "176-12345675"}]},
    "receiving": {
        "location": "MIA",
        "scans": [{"boxCode": "KS1", "scannedAt": "2026-11-23T07:30:00", "rack": "A1"}],
    },
    "order-change": {
        "number": "10045",
        "changes": [{"action": "change", "reference": "1", "quantity": 6, "unit": "Box"}],
    },
    "invoice": {
        "number": "F-1", "invoiceDate": "2026-11-23", "total": "180.00",
        "lines": [{"quantity": "2", "unit": "Box", "unitPrice": "90", "orderNumber": "10045"}],
    },
    "invoice-answer": {"verdicts": [{"number": "F-1", "decision": "approve"}]},
}  # fmt: skip
LISTS = {
    "confirmation": "lines", "approval": "verdicts", "shipment": "boxes",
    "box-code-change": "swaps", "air-waybill": "waybills", "receiving": "scans",
    "order-change": "changes", "invoice": "lines", "invoice-answer": "verdicts",
}  # fmt: skip


def step(kind: str, /, **changes: Any) -> dict[str, Any]:
    """Return a document with values set by path, as `lines__0__answer="x"`; ... removes one."""
    whole: dict[str, Any] = {"contract": "k2k.steps/1", "kind": kind, "messageId": "M-1"}
    whole |= copy.deepcopy(BODIES[kind])
    for path, value in changes.items():
        *steps, last = path.split("__")
        place: Any = whole
        for name in steps:
            place = place[int(name) if name.isdecimal() else name]
        if value is ...:
            del place[last]
        else:
            place[int(last) if last.isdecimal() else last] = value
    return whole


def read(value: object) -> ReadDocument:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    (document,) = read_steps(data, DEFAULT_LIMITS, vendor=FARM)
    return document


def places(document: ReadDocument, *, errors: bool = True) -> list[tuple[str, str | None]]:
    return [(f.code, f.where.path) for f in document.findings if f.is_error is errors]
