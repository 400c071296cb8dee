"""Steps are written as CSV in the layouts that they are read in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.edifact.ship_notice_out import write_ship_notice as write_desadv
from formats.edifact.write import Envelope as UNB
from formats.edifact.write import un_message
from formats.layouts.fields import fields_of
from formats.layouts.layout import DeclaredLayout, LayoutColumn
from formats.layouts.read import read_layout
from formats.layouts.write import write_step as in_layout
from formats.limits import DEFAULT_LIMITS
from formats.records import Party
from formats.steps import (
    AirWaybill,
    AirWaybillNotice,
    Approval,
    BoxCodeChange,
    CodeSwap,
    ConfirmedLine,
    Decision,
    LineAnswer,
    OrderChange,
    OrderConfirmation,
    ReceivingScan,
    Scan,
    ShipNotice,
    ShippedBox,
    Step,
    Verdict,
)
from formats.steps_json_out import write_step as in_json
from formats.tabular.dialect import Dialect
from formats.tabular.purchase_order import read_purchase_orders
from formats.tabular.steps import read_steps
from formats.tabular.steps_out import step_rows, write_step
from formats.x12.ship_notice_out import write_ship_notice as write_856
from formats.x12.write import ControlNumbers, Envelope

FARM = Party(code="FLORSOL")
DIALECT = Dialect(delimiter=",")
AT = datetime(2026, 12, 4, 9, 30)  # noqa: DTZ001 - wall clock of our own zone


def again(step: Step) -> Step:
    """Return a step as it's read from what was written of it: in rows of ours, and of a partner."""
    ours = read_steps(write_step(step), dialect=DIALECT, limits=DEFAULT_LIMITS, vendor=FARM)
    layout = of_a_partner(step)
    theirs = read_layout(in_layout(step, layout), layout, vendor=FARM, limits=DEFAULT_LIMITS)
    (document,), (other,) = ours, theirs
    assert other.record == document.record, other.findings
    assert document.record is not None
    assert not any(finding.is_error for finding in document.findings)
    record = document.record
    assert not isinstance(record, OrderChange)
    return record  # type: ignore[return-value]


def of_a_partner(step: Step) -> DeclaredLayout:
    """Return a layout with a column of another name for every field, in another way of writing."""
    kind, _ = step_rows(step)
    columns = tuple(LayoutColumn(name, (f"Kolom {name}",)) for name in fields_of(kind))
    return DeclaredLayout(
        *("kweker", kind), delimiter=";", decimal_comma=True, date_format="DD-MM-YYYY",
        columns=columns,
    )  # fmt: skip


text = st.from_regex(r"[A-Za-z0-9é][A-Za-z0-9é,;\" .]{0,10}[A-Za-z0-9é]", fullmatch=True)
maybe = st.none() | text
codes = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
names = st.lists(text, unique=True, min_size=1, max_size=4)
days = st.none() | st.dates(date(1900, 1, 1))
waybill = st.sampled_from(["176-12345675", "071-44313317", "5675", "X1"])


@st.composite
def confirmations(draw: st.DrawFn) -> OrderConfirmation:
    lines = tuple(
        ConfirmedLine(
            at, reference, answer,
            None if answer is LineAnswer.REJECTED else Decimal(draw(st.integers(1, 9999))), "Box",
            draw(st.none() | st.decimals(0, 9999, places=3)), draw(days),
            reason_code=draw(maybe), message=draw(maybe), po_item=draw(maybe),
        )
        for at, reference in enumerate(draw(names), 1)
        for answer in [draw(st.sampled_from(LineAnswer))]
    )  # fmt: skip
    is_whole, is_held = draw(st.sampled_from([(True, False), (False, True), (False, False)]))
    is_said = is_whole or is_held
    return OrderConfirmation(
        number=draw(text), vendor=FARM, is_whole=is_whole, is_held=is_held,
        ship_date=draw(days) if is_said else None, message=draw(maybe) if is_said else None,
        lines=lines,
    )  # fmt: skip


@given(confirmations())
def test_confirmations_are_read_back(step: OrderConfirmation) -> None:
    assert again(step) == step


@given(names, st.data())
def test_approvals_are_read_back(orders: list[str], data: st.DataObject) -> None:
    step = Approval(
        verdicts=tuple(
            Verdict(at, order, data.draw(st.sampled_from(Decision)), data.draw(maybe))
            for at, order in enumerate(orders, 2)
        )
    )
    assert again(step) == step


@given(st.lists(codes, unique=True, min_size=2, max_size=8))
def test_box_codes_are_read_back(found: list[str]) -> None:
    half = len(found) // 2
    pairs = zip(found[:half], found[half:], strict=False)
    swaps = tuple(CodeSwap(at, current, new) for at, (current, new) in enumerate(pairs, 2))
    step = BoxCodeChange(vendor=FARM, swaps=swaps)
    assert again(step) == step


@given(names, st.data())
def test_air_waybills_are_read_back(orders: list[str], data: st.DataObject) -> None:
    waybills = tuple(
        AirWaybill(at, data.draw(waybill), data.draw(maybe), order, data.draw(maybe),
                   data.draw(days), data.draw(days))
        for at, order in enumerate(orders, 2)
    )  # fmt: skip
    step = AirWaybillNotice(vendor=FARM, waybills=waybills)
    assert again(step) == step


@given(st.lists(codes, unique=True, min_size=1, max_size=4), maybe, days, st.data())
def test_scans_are_read_back(
    found: list[str], location: str | None, day: date | None, data: st.DataObject
) -> None:
    moments = st.none() | st.datetimes(min_value=datetime(1000, 1, 1))  # noqa: DTZ001
    racks = st.none() | st.just("A12")
    scans = tuple(
        Scan(at, code, data.draw(moments), data.draw(racks)) for at, code in enumerate(found, 2)
    )
    step = ReceivingScan(location=location, arrival_date=day, scans=scans)
    assert again(step) == step


@given(st.lists(codes, unique=True, min_size=1, max_size=5), st.data())
def test_shipments_are_read_back(found: list[str], data: st.DataObject) -> None:
    boxes = tuple(
        ShippedBox(at, data.draw(text), data.draw(maybe), data.draw(maybe), code,
                   box_type_code=data.draw(maybe), house_awb=None)
        for at, code in enumerate(found, 2)
    )  # fmt: skip
    counted = replace(boxes[0], box_code=None, boxes=7)
    step = ShipNotice(
        number="", vendor=FARM, awb=data.draw(waybill), ship_date=data.draw(days),
        boxes=(counted, *boxes[1:]),
    )  # fmt: skip
    assert again(step) == step


def test_boxes_that_travel_apart_keep_their_own_way() -> None:
    boxes = (
        ShippedBox(2, "P1", box_code="A", awb="5675", ship_date=date(2026, 11, 23)),
        ShippedBox(3, "P2", box_code="B", awb="5676", ship_date=date(2026, 11, 24)),
        ShippedBox(4, "P3", box_code="B", boxes=0, awb="5676", ship_date=date(2026, 11, 24)),
    )
    step = ShipNotice(number="", vendor=FARM, boxes=boxes)
    assert again(step) == step


def test_changes_are_written_as_order_rows() -> None:
    step = OrderChange(number="P1", is_cancellation=True)
    (document,) = read_purchase_orders(write_step(step), dialect=DIALECT, limits=DEFAULT_LIMITS)
    assert document.record == step


@pytest.mark.parametrize(
    "step",
    [
        Approval(is_test=True, verdicts=()),
        OrderConfirmation(
            number="P",
            lines=(ConfirmedLine(1, "1", LineAnswer.ACCEPTED, Decimal(3), "Stem"),),
        ),
        OrderConfirmation(
            number="P",
            lines=(ConfirmedLine(1, "1", LineAnswer.ACCEPTED, Decimal("1.5"), "Box"),),
        ),
    ],
)
def test_what_a_layout_cannot_say_is_not_written(step: Step) -> None:
    with pytest.raises(ValueError, match="can't be written"):
        write_step(step)


@pytest.mark.parametrize(
    "write",
    [
        write_step,
        in_json,
        lambda step: write_856(
            step, Envelope("ZZ", "FARM", "ZZ", "SHOP"), ControlNumbers(1, 1), AT
        ),
        lambda step: write_desadv(step, UNB("A", "B"), un_message("DESADV"), reference="1", at=AT),
    ],
)
def test_all_that_is_left_of_a_line_is_no_number_of_boxes(
    write: Callable[[ShipNotice], bytes],
) -> None:
    """The API's body of air waybills may say so (L-04); nothing that we write can."""
    box = ShippedBox(1, "P1", "1", is_all=True, seller_item="A")
    with pytest.raises(ValueError, match="all boxes left of line 1: say how many"):
        write(ShipNotice(number="S-1", vendor=FARM, awb="176-12345675", boxes=(box,)))
