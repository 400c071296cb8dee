"""`floral.order/1` after the order: change, cancel, awb and boxcode, each kept by its messageId."""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.axerrio.order import read_order
from formats.documents import ReadDocument
from formats.limits import DEFAULT_LIMITS
from formats.records import AxerrioOrder, Party, ShipVia, UnitType
from formats.steps import (
    AirWaybill,
    AirWaybillNotice,
    BoxCodeChange,
    CodeSwap,
    OrderChange,
    ShipNotice,
    ShippedBox,
)
from tests.formats.axerrio.messages import LINE, ORDER, anything, places

ENVELOPE: dict[str, Any] = {
    name: value for name, value in ORDER.items() if name not in ("order", "action")
}
BOXES = [{"currentBoxCode": "KS1", "newBoxCode": "PT1"}]
MESSAGES: dict[str, dict[str, Any]] = {
    "change": {"order": {"number": "AX-1", "lines": [{"line": 1, "boxes": 6}]}},
    "cancel": {"order": {"number": "AX-1"}},
    "awb": {
        "order": {
            "number": "AX-1",
            "awb": "176-12345675",
            "shipDate": "2026-12-01",
            "lines": [{"line": 1, "boxIds": ["PT1", "PT2"], "lotNumber": "L7", "boxType": "HB"}],
        }
    },
    "boxcode": {"boxes": BOXES},
}


def message(action: str, **changes: Any) -> dict[str, Any]:
    """Return a message with values set by path, as `order__lines__0__boxes=3`; ... removes one."""
    whole: Any = copy.deepcopy(ENVELOPE | {"action": action} | MESSAGES[action])
    for path, value in changes.items():
        *steps, last = path.split("__")
        place = whole
        for step in steps:
            place = place[int(step) if step.isdecimal() else step]
        if value is ...:
            del place[last]
        else:
            place[int(last) if last.isdecimal() else last] = value
    found: dict[str, Any] = whole
    return found


def read(value: object) -> ReadDocument:
    (document,) = read_order(json.dumps(value).encode(), DEFAULT_LIMITS)
    return document


def change(document: ReadDocument) -> OrderChange:
    assert isinstance(document.record, OrderChange)
    return document.record


def test_change_says_what_is_new() -> None:
    lines = [
        {"line": 1, "boxes": 6},
        {"line": 2, "action": "cancel"},
        LINE | {"line": 3, "action": "new"},
        {"line": 4, "unitPrice": "0.40", "shipDate": "2026-12-02"},
        {"line": 5, "boxes": 0},
    ]
    document = read(message("change", order__lines=lines, order__shipVia="grower"))
    assert (document.findings, document.control) == ((), "M-1")
    found = change(document)
    assert (found.number, found.message_id, found.is_test) == ("AX-1", "M-1", False)
    assert (found.buyer, found.ship_via, found.ship_date) == (
        Party(code="BLOOM"), ShipVia.GROWER, None
    )  # fmt: skip
    assert [
        (one.action.value, one.line.line, one.line.reference, one.line.quantity, one.says_quantity)
        for one in found.changes
    ] == [
        ("change", 1, "1", Decimal(6), True),
        ("cancel", 2, "2", Decimal(0), False),
        ("add", 3, "3", Decimal(10), True),
        ("change", 4, "4", Decimal(0), False),
        ("change", 5, "5", Decimal(0), True),
    ]
    assert found.changes[3].ship_date == date(2026, 12, 2)
    assert found.changes[3].line.unit_price == Decimal("0.40")
    assert found.changes[2].line.price_unit_type is UnitType.STEM


def test_change_of_the_header_alone_is_one() -> None:
    document = read(message("change", order__lines=..., order__shipDate="2026-12-03"))
    assert (change(document).ship_date, change(document).changes) == (date(2026, 12, 3), ())
    nothing = read(message("change", order__lines=...))
    assert nothing.record is None
    assert places(nothing) == [("json.lines", "order.lines")]


def test_order_is_cancelled_whole_or_by_line() -> None:
    whole = change(read(message("cancel")))
    assert (whole.is_cancellation, whole.changes) == (True, ())
    lines = change(read(message("cancel", order__lines=[{"line": 2}, {"line": "3"}])))
    assert not lines.is_cancellation
    assert [(one.line.reference, one.action.value) for one in lines.changes] == [
        ("2", "cancel"),
        ("3", "cancel"),
    ]


@pytest.mark.parametrize("lines", [{}, "1", [{}], [{"line": 1, "action": "change"}], [7]])
def test_cancellation_of_lines_that_can_not_be_told_cancels_nothing(lines: object) -> None:
    document = read(message("cancel", order__lines=lines))
    assert document.record is None
    assert places(document)


def test_bad_line_of_a_change_is_left_out() -> None:
    lines = [{"line": 1, "boxes": -1}, {"line": 2, "boxes": 3}, {"line": 2}, {"boxes": 4}]
    document = read(message("change", order__lines=lines))
    assert [one.line.reference for one in change(document).changes] == ["2"]
    assert places(document) == [
        ("json.boxes", "order.lines[0].boxes"),
        ("json.line", "order.lines[2].line"),
        ("json.line", "order.lines[3].line"),
    ]


def test_new_line_of_a_change_is_whole() -> None:
    document = read(message("change", order__lines=[{"line": 1, "action": "new", "boxes": 3}]))
    assert document.record is None
    assert ("json.unitPrice", "order.lines[0].unitPrice") in places(document)


def test_shipment_names_its_boxes() -> None:
    document = read(message("awb"))
    assert document.findings == ()
    assert document.record == ShipNotice(
        number="M-1",
        ship_date=date(2026, 12, 1),
        awb="176-12345675",
        buyer=Party(code="BLOOM"),
        boxes=tuple(
            ShippedBox(1, "AX-1", "1", box_code=code, lot_number="L7", box_type_code="HB")
            for code in ("PT1", "PT2")
        ),
    )


def test_boxes_without_codes_are_counted() -> None:
    lines = [{"line": 1, "boxes": 5}, {"line": 2, "boxes": 2, "awb": "5675"}]
    document = read(message("awb", order__lines=lines))
    assert isinstance(document.record, ShipNotice)
    assert document.record.awb is None
    assert [(box.boxes, box.box_code, box.awb) for box in document.record.boxes] == [
        (5, None, "176-12345675"),
        (2, None, "5675"),
    ]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ({"line": 1}, ("json.boxIds", "order.lines[0].boxIds")),
        ({"line": 1, "boxes": 0}, ("json.boxIds", "order.lines[0].boxIds")),
        ({"line": 1, "boxIds": ["A"], "boxes": 2}, ("json.boxes", "order.lines[0].boxes")),
        ({"line": 1, "boxIds": ["A"], "lotNumber": "1000"},
         ("json.lotNumber", "order.lines[0].lotNumber")),
        ({"line": 1, "boxIds": ["É"]}, ("json.boxIds", "order.lines[0].boxIds[0]")),
        ({"boxIds": ["A"]}, ("json.line", "order.lines[0].line")),
    ],
)  # fmt: skip
def test_bad_line_of_a_shipment_is_left_out(line: object, place: tuple[str, str]) -> None:
    document = read(message("awb", order__lines=[line, {"line": 9, "boxes": 1}]))
    assert isinstance(document.record, ShipNotice)
    assert [box.reference for box in document.record.boxes] == ["9"]
    assert places(document) == [place]


def test_boxes_need_an_air_waybill() -> None:
    document = read(message("awb", order__awb=...))
    assert document.record is None
    assert places(document)[0] == ("json.awb", "order.lines[0]")


def test_box_code_stands_on_one_line_only() -> None:
    lines = [{"line": 1, "boxIds": ["A"]}, {"line": 2, "boxIds": ["A"]}]
    document = read(message("awb", order__lines=lines))
    assert document.record is None
    assert ("box.duplicate", "order.lines[0]") in places(document)


def test_order_without_lines_gets_its_air_waybill() -> None:
    document = read(
        message("awb", order__lines=..., order__temporaryAwb="T-1", order__arrivalDate="2026-12-03")
    )
    assert document.findings == ()
    assert document.record == AirWaybillNotice(
        message_id="M-1",
        waybills=(
            AirWaybill(
                1, "176-12345675", "T-1", "AX-1", None, date(2026, 12, 1), date(2026, 12, 3)
            ),
        ),
    )
    lost = read(message("awb", order__lines={}))
    assert lost.record is None


def test_air_waybill_itself_is_needed_and_a_wrong_one_kept() -> None:
    missing = read(message("awb", order__lines=..., order__awb=...))
    assert places(missing) == [("json.awb", "order.awb")]
    odd = read(message("awb", order__awb="071-44313317"))
    assert odd.record is not None
    assert places(odd, errors=False) == [("json.awb", "order.awb")]


@pytest.mark.parametrize("order", [None, {"number": "AX-1"}, {"boxes": BOXES}])
def test_box_codes_stand_in_the_order_or_beside_it(order: object) -> None:
    value = message("boxcode", order=order)
    if isinstance(order, dict) and "boxes" in order:
        del value["boxes"]
    document = read(value)
    assert document.findings == ()
    assert document.record == BoxCodeChange(message_id="M-1", swaps=(CodeSwap(1, "KS1", "PT1"),))


def test_box_codes_that_collide_are_left_out() -> None:
    boxes = [
        {"currentBoxCode": "A", "newBoxCode": "X"},
        {"currentBoxCode": "B", "newBoxCode": "X"},
        {"currentBoxCode": "C", "newBoxCode": "É"},
        *BOXES,
    ]
    document = read(message("boxcode", boxes=boxes))
    assert document.record == BoxCodeChange(message_id="M-1", swaps=(CodeSwap(4, "KS1", "PT1"),))
    assert places(document) == [
        ("json.newBoxCode", "boxes[2].newBoxCode"),
        ("box.duplicate", "boxes[0]"),
        ("box.duplicate", "boxes[1]"),
    ]


@pytest.mark.parametrize("boxes", [..., [], {}, [{}], "A"])
def test_box_code_message_without_a_good_box_is_refused(boxes: object) -> None:
    document = read(message("boxcode", boxes=boxes))
    assert document.record is None
    assert "json.boxes" in [code for code, _ in places(document)]


@pytest.mark.parametrize("action", MESSAGES)
def test_test_message_is_marked_and_another_envelope_refused(action: str) -> None:
    record = read(message(action, test=True)).record
    assert record is not None
    assert not isinstance(record, AxerrioOrder)
    assert getattr(record, "is_test") is True  # noqa: B009
    for path in ("messageId", "sender", "createdAt"):
        refused = read(message(action, **{path: ...}))
        assert refused.record is None
        assert places(refused)[0] == (f"json.{path}", path)


@pytest.mark.parametrize("action", MESSAGES)
def test_unknown_field_is_warned_of(action: str) -> None:
    document = read(message(action, note="x"))
    assert document.record is not None
    assert places(document, errors=False) == [("json.unknown", "note")]


@pytest.mark.parametrize("action", ["change", "cancel", "awb"])
def test_order_number_is_needed(action: str) -> None:
    assert ("json.number", "order.number") in places(read(message(action, order__number=...)))
    assert ("json.order", "order") in places(read(message(action, order=...)))


PATHS = ["order", "order__lines", "order__number", "boxes", "order__lines__0", "messageId",
         "order__awb", "order__customer", "order__vendor", "test"]  # fmt: skip


@given(st.sampled_from(sorted(MESSAGES)), st.sampled_from(PATHS), anything)
def test_no_value_in_any_place_raises(action: str, path: str, value: object) -> None:
    try:
        asked = message(action, **{path: value})
    except (KeyError, IndexError):
        return
    document = read(asked)
    assert document.record is not None or any(f.is_error for f in document.findings)
    for finding in document.findings:
        (str(finding.where) + finding.message + (finding.value or "")).encode()
    if document.record is not None:
        document.record.model_dump_json()
