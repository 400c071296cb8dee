"""An order message of the vendor's system, changed by path, and what was read of it."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from formats.axerrio.order import read_order
from formats.documents import ReadDocument
from formats.limits import DEFAULT_LIMITS, Limits
from formats.records import AxerrioOrder

LINE: dict[str, Any] = {
    "line": 1,
    "vendorItem": "R60",
    "boxType": "HB",
    "boxes": 10,
    "bunchesPerBox": 10,
    "stemsPerBunch": 25,
    "unitType": "stem",
    "unitPrice": "0.365",
}
ORDER: dict[str, Any] = {
    "contract": "floral.order/1",
    "messageId": "M-1",
    "createdAt": "2026-11-21T08:30:00-05:00",
    "test": False,
    "sender": {"code": "FARM"},
    "receiver": {"code": "BLOOM"},
    "action": "new",
    "order": {
        "number": "AX-1",
        "customer": {"code": "C-1"},
        "carrier": {"code": "PRIME"},
        "shipDate": "2026-12-01",
        "lines": [LINE],
    },
}


def changed(**changes: Any) -> dict[str, Any]:
    """Return the order with values set by path: `order__lines__0__boxes=3`; ... removes one."""
    order = copy.deepcopy(ORDER)
    for path, value in changes.items():
        *steps, last = path.split("__")
        place: Any = order
        for step in steps:
            place = place[int(step) if step.isdecimal() else step]
        if value is ...:
            del place[last]
        else:
            place[int(last) if last.isdecimal() else last] = value
    return order


def read(value: object, limits: Limits = DEFAULT_LIMITS) -> ReadDocument:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    (document,) = read_order(data, limits)
    return document


def order(document: ReadDocument) -> AxerrioOrder:
    assert isinstance(document.record, AxerrioOrder)
    return document.record


def places(document: ReadDocument, *, errors: bool = True) -> list[tuple[str, str | None]]:
    return [(f.code, f.where.path) for f in document.findings if f.is_error is errors]


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8)
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
)
