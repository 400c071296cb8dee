"""Any steps can be written as JSON, and are read back as they were written."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from formats.records import Content, OrderLine, Party, Purpose, ShipVia, UnitType
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
from formats.steps_json_out import write_step
from tests.formats.step_documents import places, read

text = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=15)
maybe = st.none() | text
codes = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
days = st.none() | st.dates()
money = st.none() | st.decimals(0, 9_999_999, places=4)
amounts = st.decimals(0, 99_999, places=3)
parties = st.builds(Party, code=maybe, name=maybe, street=maybe, canonical=st.none())
some_party = parties.filter(lambda party: party != Party())
test_flags = st.booleans()


@st.composite
def confirmations(draw: st.DrawFn) -> OrderConfirmation:
    answers = [LineAnswer.ACCEPTED, LineAnswer.BACKORDERED, LineAnswer.HELD, LineAnswer.CHANGED]
    lines = tuple(
        ConfirmedLine(
            at,
            reference,
            draw(st.sampled_from(answers)),
            draw(st.decimals(1, 99_999, places=3)),
            draw(maybe),
            draw(money),
            draw(days),
            seller_item=draw(maybe),
            message=draw(maybe),
            price_unit=draw(maybe),
            po_item=draw(maybe),
        )
        for at, reference in enumerate(draw(st.lists(text, unique=True, min_size=1, max_size=3)), 1)
    )
    return OrderConfirmation(
        number=draw(text),
        message_id=draw(maybe),
        is_test=draw(test_flags),
        is_whole=draw(test_flags),
        vendor_number=draw(maybe),
        ship_date=draw(days),
        vendor=draw(some_party),
        buyer=draw(parties),
        lines=lines,
    )


@st.composite
def shipments(draw: st.DrawFn) -> ShipNotice:
    found = draw(st.lists(codes, unique=True, min_size=1, max_size=4))
    day, awb = draw(days), draw(st.none() | st.just("176-12345675"))
    boxes = tuple(
        ShippedBox(at, draw(text), draw(maybe), draw(maybe), code, quantity=draw(amounts),
                   unit=draw(maybe), box_type_code=draw(maybe), house_awb=None)
        for at, code in enumerate(found, 1)
    )  # fmt: skip
    return ShipNotice(
        number=draw(text),
        purpose=draw(st.sampled_from(Purpose)),
        is_test=draw(test_flags),
        ship_date=day,
        awb=awb,
        carrier=draw(maybe),
        vendor=draw(some_party),
        ship_to=draw(st.none() | some_party),
        boxes=boxes,
    )


@st.composite
def changes(draw: st.DrawFn) -> OrderChange:
    said: list[LineChange] = []
    for at, reference in enumerate(draw(st.lists(text, unique=True, max_size=3)), 1):
        action = draw(st.sampled_from(LineAction))
        says = action is LineAction.ADD or draw(st.booleans())
        unit, price_unit = draw(st.sampled_from(UnitType)), draw(st.sampled_from(UnitType))
        line = OrderLine(
            at,
            reference,
            draw(st.decimals(1, 9999, places=2)) if says else Decimal(0),
            unit.value,
            unit_type=unit,
            seller_item=draw(maybe),
            unit_price=draw(money),
            price_unit=price_unit.value,
            price_unit_type=price_unit,
            contents=(Content(1, buyer_item=draw(maybe), bunches=draw(amounts)),),
            box_codes=tuple(draw(st.lists(codes, max_size=2))),
            is_checked_out=draw(st.none() | st.booleans()),
        )
        said.append(LineChange(action, line, says, code=draw(maybe), ship_date=draw(days)))
    return OrderChange(
        number=draw(text),
        message_id=draw(maybe),
        is_cancellation=not said,
        is_test=draw(test_flags),
        buyer=draw(parties),
        ship_via=draw(st.none() | st.sampled_from(ShipVia)),
        comments=draw(maybe),
        changes=tuple(said),
    )


@st.composite
def others(draw: st.DrawFn) -> Step:
    names = draw(st.lists(codes, unique=True, min_size=2, max_size=6))
    kinds = st.sampled_from([Approval, BoxCodeChange, AirWaybillNotice, ReceivingScan])
    kind = draw(kinds)
    flags: dict[str, Any] = {"message_id": draw(maybe), "is_test": draw(test_flags)}
    if kind is Approval:
        verdicts = (Verdict(at, name, draw(st.sampled_from(Decision)), draw(maybe), draw(maybe))
                    for at, name in enumerate(names, 1))  # fmt: skip
        return Approval(verdicts=tuple(verdicts), **flags)
    if kind is BoxCodeChange:
        half = len(names) // 2
        pairs = zip(names[:half], names[half:], strict=False)
        swaps = tuple(CodeSwap(at, one, new) for at, (one, new) in enumerate(pairs, 1))
        return BoxCodeChange(vendor=draw(some_party), swaps=swaps, **flags)
    if kind is AirWaybillNotice:
        waybills = (AirWaybill(at, "5675", name, draw(maybe), draw(maybe), draw(days), draw(days))
                    for at, name in enumerate(names, 1))  # fmt: skip
        return AirWaybillNotice(vendor=draw(some_party), waybills=tuple(waybills), **flags)
    moments = st.none() | st.datetimes() | st.just(datetime(2026, 11, 23, 7, tzinfo=UTC))
    scans = tuple(Scan(at, name, draw(moments), draw(maybe)) for at, name in enumerate(names, 1))
    return ReceivingScan(location=draw(maybe), arrival_date=draw(days), scans=scans, **flags)


@given(confirmations() | shipments() | changes() | others())
def test_steps_are_read_back_as_they_were_written(written: Step) -> None:
    document = read(write_step(written))
    assert places(document) == []
    assert document.record == written
