"""`k2k.steps/1` is read strictly, and every error stands at its path."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.limits import DEFAULT_LIMITS, Limits
from formats.records import Content, OrderLine, ShipVia, UnitType
from formats.steps import (
    AirWaybill,
    AirWaybillNotice,
    Approval,
    BoxCodeChange,
    CodeSwap,
    ConfirmedLine,
    Decision,
    LineAction,
    LineAnswer,
    LineChange,
    OrderChange,
    OrderConfirmation,
    ReceivingScan,
    Scan,
    ShipNotice,
    ShippedBox,
    Step,
    Verdict,
)
from formats.steps_contract import StepKind
from formats.steps_json import is_step_file, read_steps
from formats.steps_json_out import write_step, write_steps
from tests.formats.axerrio.messages import anything
from tests.formats.step_documents import BODIES, FARM, LISTS, places, read, step


def test_every_kind_has_a_case() -> None:
    assert set(BODIES) == set(StepKind)


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("confirmation", OrderConfirmation(
            number="10045", message_id="M-1", vendor=FARM, lines=(
                ConfirmedLine(1, "1", LineAnswer.ACCEPTED, Decimal(8), "Box", Decimal("0.365"),
                              date(2026, 11, 23)),
                ConfirmedLine(2, "2", LineAnswer.REJECTED, reason_code="CROP"),
            ),
        )),
        ("approval", Approval(
            message_id="M-1", verdicts=(Verdict(1, "10045", Decision.APPROVE, "ana"),)
        )),
        ("shipment", ShipNotice(
            number="M-1", vendor=FARM, awb="176-12345675", boxes=(
                ShippedBox(1, "10045", po_item="71", box_code="KS1", lot_number="L7"),
                ShippedBox(2, "10045", po_item="72", boxes=5),
            ),
        )),
        ("box-code-change", BoxCodeChange(
            message_id="M-1", vendor=FARM, swaps=(CodeSwap(1, "KS1", "PT1"),)
        )),
        ("air-waybill", AirWaybillNotice(
            message_id="M-1", vendor=FARM, waybills=(AirWaybill(1, "176-12345675", "T-1"),)
        )),
        ("receiving", ReceivingScan(
            message_id="M-1", location="MIA",
            scans=(Scan(1, "KS1", datetime(2026, 11, 23, 7, 30), "A1"),),  # noqa: DTZ001
        )),
        ("order-change", OrderChange(
            number="10045", message_id="M-1", changes=(
                LineChange(LineAction.CHANGE, OrderLine(
                    1, "1", Decimal(6), "Box", unit_type=UnitType.BOX
                )),
            ),
        )),
    ],
)  # fmt: skip
def test_step_is_read(kind: str, record: Step) -> None:
    document = read(step(kind))
    assert document.findings == ()
    assert document.control == "M-1"
    assert document.record == record
    assert read(write_step(record)).record == record


def test_list_of_steps_is_read_one_by_one() -> None:
    value = [step(kind) for kind in BODIES] + [step("approval", verdicts=7)]
    *good, bad = read_steps(json.dumps(value).encode(), DEFAULT_LIMITS, vendor=FARM)
    assert all(document.is_accepted for document in good)
    assert places(bad)[0] == ("json.verdicts", f"[{len(BODIES)}].verdicts")
    records = [document.record for document in good]
    steps = [one for one in records if isinstance(one, Approval | ShipNotice)]
    again = read_steps(write_steps(steps), DEFAULT_LIMITS, vendor=FARM)
    assert [document.record for document in again] == steps


# An invoice may be of charges alone.
@pytest.mark.parametrize("kind", sorted(BODIES.keys() - {"invoice"}))
def test_list_that_holds_nothing_good_is_refused(kind: str) -> None:
    name = LISTS[kind]
    values: list[object] = [..., [], {}, None, [{}], [7]]
    for value in values:
        document = read(step(kind, **{name: value}))
        assert document.record is None
        assert f"json.{name}" in [code for code, _ in places(document)]


@pytest.mark.parametrize("kind", BODIES)
def test_head_is_strict(kind: str) -> None:
    for path, value in (
        ("contract", "k2k.steps/2"), ("messageId", 7), ("messageId", "x" * 65),
        ("isTest", "yes"), ("contract", ...),
    ):  # fmt: skip
        document = read(step(kind, **{path: value}))
        assert document.record is None
        assert (f"json.{path}", path) in places(document)
    known = read(step(kind, isTest=True)).record
    assert known is not None
    assert '"is_test":true' in known.model_dump_json()


@pytest.mark.parametrize("kind", BODIES)
def test_unknown_field_is_warned_of_with_its_place(kind: str) -> None:
    name = LISTS[kind]
    document = read(step(kind, note="x", **{f"{name}__0__nte": "x"}))
    assert document.record is not None
    assert {path for _, path in places(document, errors=False)} == {"note", f"{name}[0].nte"}


@pytest.mark.parametrize("kind", [None, 7, "order", "", ...])
def test_unknown_kind_is_refused_with_the_known_ones(kind: object) -> None:
    value = step("approval") | {"kind": kind}
    if kind is ...:
        del value["kind"]
    document = read(value)
    assert (document.record, places(document)) == (None, [("json.kind", "kind")])
    assert "box-code-change" in document.findings[0].message


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("confirmation", "lines__0__answer", "maybe"),
        ("confirmation", "lines__0__answer", 1),
        ("confirmation", "lines__0__quantity", -1),
        ("confirmation", "lines__0__unitPrice", 0.5),
        ("confirmation", "lines__0__shipDate", "23/11/2026"),
        ("approval", "verdicts__0__decision", "perhaps"),
        ("shipment", "boxes__0__lotNumber", "5000"),
        ("shipment", "boxes__0__boxCode", "x" * 21),
        ("box-code-change", "swaps__0__new", "É"),
        ("box-code-change", "swaps__0__current", 1),
        ("air-waybill", "waybills__0__awb", "9" * 36),
        ("receiving", "scans__0__scannedAt", "yesterday"),
        ("receiving", "scans__0__scannedAt", 7),
        ("order-change", "changes__0__action", "drop"),
        ("order-change", "changes__0__reference", ""),
        ("order-change", "changes__0__quantity", "many"),
    ],
)
def test_bad_value_of_an_item_stands_at_its_path(kind: str, path: str, value: object) -> None:
    document = read(step(kind, **{path: value}))
    name = path.rpartition("__")[2]
    where = path.replace("__0__", "[0].")
    assert (f"json.{name}", where) in places(document)


@pytest.mark.parametrize(
    ("kind", "path", "names"),
    [
        ("confirmation", "lines__0__reference", "poItem"),
        ("shipment", "boxes__0__boxCode", "boxCode"),
        ("air-waybill", "waybills__0__temporary", "temporary"),
        ("air-waybill", "waybills__0__awb", "missing"),
    ],
)
def test_item_must_say_what_it_is_about(kind: str, path: str, names: str) -> None:
    document = read(step(kind, **{path: ...}))
    errors = [f for f in document.findings if f.is_error]
    assert any(names in finding.message for finding in errors)


def test_order_is_not_accepted_whole_beside_a_line_that_may_say_no() -> None:
    whole = read(step("confirmation", lines=[], isWhole=True)).record
    assert isinstance(whole, OrderConfirmation)
    assert whole.is_whole
    for path, value in (("lines__1__answer", "no"), ("lines__1__quantity", 3)):
        document = read(step("confirmation", isWhole=True, **{path: value}))
        assert document.record is None
        assert ("json.isWhole", "isWhole") in places(document)
    both = read(step("confirmation", isWhole=True, isRejection=True))
    assert places(both) == [("json.isWhole", "isWhole")]


def test_order_line_with_one_bad_box_is_left_out_whole() -> None:
    boxes = [
        {"number": "P1", "poItem": "1", "boxCode": "A"},
        {"number": "P1", "poItem": "1", "boxCode": "É"},
        {"number": "P1", "poItem": "2", "boxCode": "B"},
        {"number": "P2", "poItem": "1", "boxCode": "C"},
    ]
    document = read(step("shipment", boxes=boxes))
    assert isinstance(document.record, ShipNotice)
    assert [box.box_code for box in document.record.boxes] == ["B", "C"]
    assert places(document) == [
        ("json.boxCode", "boxes[1].boxCode"),
        ("step.item", "boxes[0]"),
    ]
    document = read(step("shipment", boxes=[*boxes, {"number": "P1", "boxes": "x"}]))
    assert isinstance(document.record, ShipNotice)
    assert [box.box_code for box in document.record.boxes] == ["C"]
    nobody = read(step("shipment", boxes=[*boxes, 7]))
    assert nobody.record is None


def test_box_may_hold_goods_of_two_order_lines() -> None:
    boxes = [
        {"number": "P1", "poItem": "1", "boxCode": "A"},
        {"number": "P1", "poItem": "2", "boxCode": "A", "boxes": 0},
    ]
    document = read(step("shipment", boxes=boxes))
    assert isinstance(document.record, ShipNotice)
    assert [box.boxes for box in document.record.boxes] == [1, 0]


def test_wrong_check_digit_is_a_warning() -> None:
    for kind, path, where in (
        ("shipment", "awb", "awb"),
        ("shipment", "boxes__0__awb", "boxes[0].awb"),
        ("air-waybill", "waybills__0__awb", "waybills[0]"),
    ):
        document = read(step(kind, **{path: "071-44313317"}))
        assert document.record is not None
        assert [path for _, path in places(document, errors=False)] == [where]


def test_change_says_what_becomes_of_each_line() -> None:
    changes = [
        {"action": "add", "reference": "3", "quantity": "2", "unit": "box", "buyerItem": "R60",
         "contents": [{"sellerItem": "A", "bunches": "4"}]},
        {"action": "cancel", "reference": "1"},
        {"action": "change", "reference": "2", "unitPrice": "0.4", "priceUnit": "Stem"},
    ]  # fmt: skip
    document = read(step("order-change", changes=changes, shipVia="grower"))
    assert isinstance(document.record, OrderChange)
    found = document.record
    assert found.ship_via is ShipVia.GROWER
    assert [(one.action.value, one.says_quantity) for one in found.changes] == [
        ("add", True), ("cancel", False), ("change", False)
    ]  # fmt: skip
    assert found.changes[0].line.contents == (Content(line=1, seller_item="A", bunches=Decimal(4)),)
    assert found.changes[2].line.price_unit_type is UnitType.STEM


@pytest.mark.parametrize(
    "changes",
    [
        {"changes": [{"action": "add", "reference": "1"}]},
        {"isCancellation": True},
        {"isReplacement": True, "changes__0__quantity": "x"},
        {"changes": ..., "number": "10045"},
    ],
)
def test_change_that_is_not_sure_is_refused(changes: dict[str, Any]) -> None:
    document = read(step("order-change", **changes))
    assert document.record is None
    assert any(path and path.startswith("changes") for _, path in places(document))


def test_line_that_two_items_change_is_changed_by_the_first() -> None:
    item = {"action": "cancel", "reference": "1"}
    document = read(step("order-change", changes=[item, item]))
    assert isinstance(document.record, OrderChange)
    assert len(document.record.changes) == 1
    assert places(document) == [("json.reference", "changes[1]")]
    assert read(step("order-change", changes=[item, item], isReplacement=True)).record is None


def test_whole_cancellation_and_change_of_the_header_need_no_lines() -> None:
    cancelled = read(step("order-change", changes=..., isCancellation=True)).record
    assert isinstance(cancelled, OrderChange)
    assert cancelled.is_cancellation
    moved = read(step("order-change", changes=..., shipDate="2026-12-01")).record
    assert isinstance(moved, OrderChange)
    assert moved.ship_date == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("data", "is_step"),
    [
        (json.dumps(step("approval")).encode(), True),
        (json.dumps([step("approval")]).encode("utf-16"), True),
        (json.dumps(step("approval")).replace("/1", "\\/1").encode(), True),
        (b'{"contract": "floral.order/1", "comments": "k2k.steps/1"}', False),
        (b'{"contract": "floral.order/1"}', False),
        (b"[]", False),
        (b'"k2k.steps/1"', False),
        (b'{"contract": "k2k.steps/1"', False),
    ],
)
def test_step_file_is_told_by_its_contract(data: bytes, *, is_step: bool) -> None:
    assert is_step_file(data, DEFAULT_LIMITS) is is_step


@pytest.mark.parametrize("data", [b"", b"[]", b"7", b'{"a":', b"null", b'["x"]'])
def test_what_is_no_step_is_refused(data: bytes) -> None:
    document = read(data)
    assert document.record is None
    assert document.findings[0].is_error


def test_size_is_limited() -> None:
    data = json.dumps(step("approval")).encode()
    for spare, is_good in ((-1, False), (0, True), (1, True)):
        limits = Limits(json_bytes=len(data) + spare)
        (document,) = read_steps(data, limits, vendor=FARM)
        assert document.is_accepted is is_good


PATHS = [(kind, f"{name}{rest}") for kind, name in LISTS.items() for rest in ("", "__0")] + [
    (kind, f"{LISTS[kind]}__0__{field}")
    for kind in BODIES
    for field in BODIES[kind][LISTS[kind]][0]
] + [("confirmation", "vendor"), ("shipment", "shipTo"), ("order-change", "comments"),
     ("receiving", "arrivalDate"), ("shipment", "purpose")]  # fmt: skip


@given(st.sampled_from(PATHS), anything)
def test_no_value_in_any_place_raises(place: tuple[str, str], value: object) -> None:
    kind, path = place
    document = read(step(kind, **{path: value}))
    assert document.record is not None or any(f.is_error for f in document.findings)
    for finding in document.findings:
        (str(finding.where) + finding.message + (finding.value or "")).encode()
    if document.record is not None:
        again = read(write_step(document.record))  # type: ignore[arg-type]
        assert again.record is not None


def test_findings_of_a_long_list_are_counted_and_not_all_listed() -> None:
    document = read(step("box-code-change", swaps=[{}] * 2000))
    assert document.record is None
    assert len(document.findings) == 1001
    assert document.findings[-1].code == "json.more"


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    list(read_steps(data, DEFAULT_LIMITS, vendor=FARM))
    is_step_file(data, DEFAULT_LIMITS)
