"""ORDRSP to order confirmations and back: what answers a line, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.edifact.order_response_out import write_order_response
from formats.edifact.reader import read
from formats.edifact.write import Envelope, MessageType, un_message
from formats.findings import Finding
from formats.records import Party
from formats.steps import ConfirmedLine, LineAnswer, OrderConfirmation
from tests.formats.edifact.drawn import CODE, MONEY, SHORT, parties
from tests.formats.edifact.samples import AT, codes, control, message, written

ENVELOPE = Envelope("7701234000011", "5412345000013")
HEAD = (
    "DTM+137:20261205:102",
    "DTM+67:20261212:102",
    "FTX+AAI+++CROP IS SHORT",
    "RFF+ON:PO-77001",
    "DTM+171:20261204:102",
    "RFF+VN:SO-9",
    "NAD+BY+5412345000013::9",
    "NAD+SU+V0044::92",
    "CUX+2:USD:9",
)


def answer(*lines: str, function: str = "4", kind: str = "ORDRSP:D:96A:UN:EAN005") -> bytes:
    """Return an answer to order PO-77001."""
    body = (f"BGM+231+R-1+{function}", *HEAD, *lines, "UNS+S")
    return written(*message(body, kind))


def confirmation_of(data: bytes) -> OrderConfirmation:
    (document,) = read(data).documents()
    assert isinstance(document.record, OrderConfirmation), document.findings
    return document.record


def said(*lines: str, function: str = "4") -> tuple[ConfirmedLine, ...]:
    return confirmation_of(answer(*lines, function=function)).lines


def only(*lines: str, function: str = "4") -> ConfirmedLine:
    (line,) = said(*lines, function=function)
    return line


def test_heading_is_read() -> None:
    record = confirmation_of(answer(function="29"))
    assert (record.number, record.vendor_number, record.message_id) == ("PO-77001", "SO-9", "R-1")
    assert (record.order_date, record.confirmed_on, record.delivery_date) == (
        date(2026, 12, 4),
        date(2026, 12, 5),
        date(2026, 12, 12),
    )
    assert (record.vendor, record.buyer) == (Party("V0044", "92"), Party("5412345000013", "UL"))
    assert (record.message, record.currency, record.type_code) == ("CROP IS SHORT", "USD", "29")
    assert not record.is_to_change


@pytest.mark.parametrize("function", ["29", "44", "9+AP", "+AD"])
def test_order_is_accepted_as_a_whole(function: str) -> None:
    record = confirmation_of(answer(function=function))
    assert (record.is_whole, record.is_rejection, record.is_held) == (True, False, False)


@pytest.mark.parametrize("function", ["27", "9+RE"])
def test_order_is_refused_as_a_whole(function: str) -> None:
    record = confirmation_of(answer("LIN+1", function=function))
    assert record.is_rejection
    assert [line.answer for line in record.lines] == [LineAnswer.REJECTED]


def test_order_is_on_hold() -> None:
    assert confirmation_of(answer(function="23")).is_held


@pytest.mark.parametrize(("code", "expected"), [
    ("5", LineAnswer.ACCEPTED), ("3", LineAnswer.CHANGED), ("6", LineAnswer.CHANGED),
    ("7", LineAnswer.REJECTED), ("2", LineAnswer.REJECTED), ("10", LineAnswer.REJECTED),
    ("4", LineAnswer.HELD),
])  # fmt: skip
def test_action_is_the_answer_of_a_line(code: str, expected: LineAnswer) -> None:
    assert only(f"LIN+1+{code}", "QTY+113:4:BX").answer is expected


def test_changed_line_says_what_comes() -> None:
    line = only(
        "LIN+2+3+ROS-RED:SA",
        "PIA+1+R60:BP",
        "PIA+3+ROS-PINK:SA",
        "QTY+21:10:BX",
        "QTY+113:6:BX",
        "DTM+11:20261209:102",
        "DTM+67:20261213:102",
        "FTX+LIN++Q7::92+FROST:IN MAY",
        "PRI+AAA:36:::100:PCE",
    )
    assert line == ConfirmedLine(
        *(1, "2", LineAnswer.CHANGED, Decimal(6), "BX", Decimal("0.36"), date(2026, 12, 9)),
        *("ROS-RED", "R60", "Q7", "FROST\nIN MAY", "PCE", date(2026, 12, 13), "ROS-PINK"),
    )


def test_part_that_comes_later_is_an_answer_of_its_own() -> None:
    first, second = said("LIN+1+6", "QTY+113:6:BX", "QTY+83:4:BX")
    assert (first.answer, first.quantity) == (LineAnswer.CHANGED, Decimal(6))
    assert (second.answer, second.quantity, second.reference) == (
        LineAnswer.BACKORDERED,
        Decimal(4),
        "1",
    )


def test_line_that_comes_later_as_a_whole_is_backordered() -> None:
    line = only("LIN+1+6", "QTY+21:10:BX", "QTY+83:10:BX")
    assert (line.answer, line.quantity) == (LineAnswer.BACKORDERED, Decimal(10))


def test_quantity_ordered_is_what_comes_where_no_other_is_named() -> None:
    assert only("LIN+1+3", "QTY+21:6:BX").quantity == Decimal(6)
    assert only("LIN+1+5").quantity is None


@pytest.mark.parametrize("line", [
    ("LIN+3+5", "RFF+LI:0007"), ("LIN+3+5", "RFF+ON:PO-77001:7"), ("LIN+7+5",),
])  # fmt: skip
def test_line_of_the_order_is_named_in_one_of_three_ways(line: tuple[str, ...]) -> None:
    assert only(*line).reference in ("0007", "7")


@pytest.mark.parametrize(("lines", "expected"), [
    (("LIN+1", "QTY+113:4:BX"), LineAnswer.CHANGED),
    (("LIN+1", "QTY+113:0:BX"), LineAnswer.REJECTED),
])  # fmt: skip
def test_line_without_an_action_is_answered_by_its_quantity(
    lines: tuple[str, ...], expected: LineAnswer
) -> None:
    assert only(*lines, function="9").answer is expected


@pytest.mark.parametrize(("lines", "code"), [
    (("LIN+2",), "LIN02.missing"), (("LIN+2+1", "QTY+113:4"), "LIN02.unsupported"),
    (("LIN++5",), "LIN01.missing"), (("LIN+2+6",), "QTY.missing"),
    (("LIN+2+6", "QTY+113:-4"), "QTY01.negative"),
])  # fmt: skip
def test_line_that_leaves_something_open_is_left_out_and_named(
    lines: tuple[str, ...], code: str
) -> None:
    data = answer("LIN+1+5", *lines)
    assert [line.reference for line in confirmation_of(data).lines] == ["1"]
    assert codes(data) == [f"edifact.{code}"]


def test_whole_acceptance_with_a_line_that_cannot_be_used_is_not_used() -> None:
    data = answer("LIN+1+1", function="29")
    (document,) = read(data).documents()
    assert document.record is None
    assert codes(data) == ["edifact.LIN02.unsupported", "edifact.BGM03.incomplete"]


@pytest.mark.parametrize(("function", "code"), [
    ("13", "BGM03.unsupported"), ("9", "BGM03.says_nothing"), ("4", "BGM03.says_nothing"),
])  # fmt: skip
def test_answer_that_says_nothing_cannot_be_used_and_is_acknowledged(
    function: str, code: str
) -> None:
    data = answer(function=function)
    assert codes(data) == [f"edifact.{code}"]
    assert len(control(data)[0]) == 1


def test_lines_that_contradict_the_whole_are_warned_of() -> None:
    assert codes(answer("LIN+1+7", function="29")) == ["edifact.BGM03.contradicted"]


def test_order_may_be_named_by_every_line() -> None:
    body = ("BGM+231+R-1+4", HEAD[0], "LIN+1+5", "RFF+ON:PO-1:1", "LIN+2+7", "RFF+ON:PO-1:2")
    kind = "ORDRSP:D:96A:UN"
    assert confirmation_of(written(*message((*body, "UNS+S"), kind))).number == "PO-1"
    other = (*body[:5], "RFF+ON:PO-2:2", "UNS+S")
    assert codes(written(*message(other, kind))) == ["edifact.RFF01.order"]


def test_order_number_that_is_too_long_is_named() -> None:
    body = ("BGM+231+R-1+29", HEAD[0], f"RFF+ON:{'9' * 23}", "UNS+S")
    assert codes(written(*message(body, "ORDRSP:D:96A:UN"))) == ["edifact.RFF01.order"]


def test_answer_to_a_change_names_it() -> None:
    body = ("BGM+231+R-1+29", HEAD[0], "RFF+ON:PO-1", "RFF+ACW:C-7", "UNS+S")
    record = confirmation_of(written(*message(body, "ORDRSP:D:01B:UN")))
    assert (record.is_to_change, record.change_number) == (True, "C-7")


# What is written is read back.

NUMBERS = st.sampled_from(["1", "2", "0007", "999999", "1234567", "A-12"])
DAYS = st.none() | st.dates(date(2020, 1, 1), date(2039, 12, 31))
WORDS = st.none() | st.lists(SHORT, min_size=1, max_size=7).map("\n".join)


@st.composite
def answers(draw: st.DrawFn) -> tuple[ConfirmedLine, ...]:
    """Return one answer to a line, or two where a part of it comes later."""
    what = draw(st.sampled_from([*LineAnswer]))
    is_coming = what in (LineAnswer.ACCEPTED, LineAnswer.CHANGED)
    is_counted = is_coming or what is LineAnswer.BACKORDERED
    price = draw(st.none() | MONEY) if is_coming else None
    unit = draw(st.sampled_from([None, "BX", "PCE"]))
    line = ConfirmedLine(
        line=1,
        reference=draw(NUMBERS),
        answer=what,
        quantity=draw(MONEY) if is_counted else None,
        unit=unit if is_counted else None,
        unit_price=price,
        ship_date=draw(DAYS) if is_counted else None,
        seller_item=draw(st.none() | CODE),
        buyer_item=draw(st.none() | CODE),
        reason_code=draw(st.none() | st.sampled_from(["7", "Q7", "X1A"])),
        message=draw(WORDS),
        price_unit=draw(st.sampled_from([None, "PCE"])) if price is not None else None,
        delivery_date=draw(DAYS) if is_counted else None,
        substitute=draw(st.none() | CODE),
    )
    if what is not LineAnswer.CHANGED or not draw(st.booleans()):
        return (line,)
    later = ConfirmedLine(
        *(2, line.reference, LineAnswer.BACKORDERED, draw(MONEY), unit),
        seller_item=line.seller_item,
        buyer_item=line.buyer_item,
    )
    return (line, later)


@st.composite
def confirmations(draw: st.DrawFn) -> OrderConfirmation:
    function = draw(st.sampled_from(["29", "27", "23", "4"]))
    groups = draw(st.lists(answers(), max_size=4, min_size=function == "4"))
    if function in ("29", "27"):
        groups = []
    lines = [line for group in groups for line in group]
    change = draw(st.none() | CODE)
    return OrderConfirmation(
        number=draw(CODE),
        vendor_number=draw(st.none() | CODE),
        message_id=draw(CODE),
        is_rejection=function == "27",
        is_whole=function == "29",
        is_held=function == "23",
        type_code=function,
        is_to_change=change is not None,
        change_number=change,
        is_test=draw(st.booleans()),
        order_date=draw(DAYS),
        confirmed_on=draw(DAYS) or AT.date(),
        ship_date=draw(DAYS),
        delivery_date=draw(DAYS),
        currency=draw(st.sampled_from([None, "EUR", "USD"])),
        message=draw(WORDS),
        vendor=draw(parties()),
        buyer=draw(parties()),
        lines=tuple(replace(line, line=at) for at, line in enumerate(lines, 1)),
    )


@settings(max_examples=100, deadline=None)
@given(confirmations(), st.sampled_from([un_message("ORDRSP"), un_message("ORDRSP", "01B")]))
def test_what_is_written_is_read_back(record: OrderConfirmation, kind: MessageType) -> None:
    envelope = replace(ENVELOPE, is_test=record.is_test)
    found: list[Finding] = []
    data = write_order_response(record, envelope, kind, reference="1", at=AT, warnings=found)
    assert not found
    assert confirmation_of(data) == record
    assert codes(data) == []


LINE = ConfirmedLine(1, "1", LineAnswer.CHANGED, Decimal(6), "BX")
RECORD = OrderConfirmation(number="PO-1", lines=(LINE,))


def test_written_answer_is_as_it_was_reviewed() -> None:
    later = replace(LINE, answer=LineAnswer.BACKORDERED, quantity=Decimal(4))
    no = ConfirmedLine(3, "A-2", LineAnswer.REJECTED, seller_item="ALS", message="SOLD OUT")
    record = RECORD.model_copy(update={"lines": (LINE, later, no), "vendor_number": "81"})
    data = write_order_response(record, ENVELOPE, un_message("ORDRSP"), reference="7", at=AT)
    assert data.decode().splitlines()[3:-2] == [
        "BGM+231+PO-1+4'",
        "DTM+137:20261204:102'",
        "RFF+ON:PO-1'",
        "RFF+VN:81'",
        "LIN+1+6'",
        "QTY+113:6:BX'",
        "QTY+83:4:BX'",
        "LIN+2+7+ALS:SA'",
        "QTY+113:0'",
        "FTX+LIN+++SOLD OUT'",
        "RFF+LI:A-2'",
        "UNS+S'",
        "CNT+2:2'",
    ]


@pytest.mark.parametrize("record", [
    OrderConfirmation(number="PO-1"),
    RECORD.model_copy(update={"is_whole": True}),
    RECORD.model_copy(update={"is_to_change": True}),
    RECORD.model_copy(update={"lines": (replace(LINE, reference=""),)}),
    RECORD.model_copy(update={"lines": (replace(LINE, quantity=Decimal(-1)),)}),
    RECORD.model_copy(update={"lines": (replace(LINE, quantity=None),)}),
    RECORD.model_copy(update={"lines": (replace(LINE, answer=LineAnswer.REJECTED),)}),
    RECORD.model_copy(
        update={"lines": (replace(LINE, answer=LineAnswer.BACKORDERED, quantity=None),)}
    ),
], ids=range(8))  # fmt: skip
def test_answer_that_no_reader_could_use_is_not_written(record: OrderConfirmation) -> None:
    with pytest.raises(ValueError, match=r"PO-1|line"):
        write_order_response(record, ENVELOPE, un_message("ORDRSP"), reference="1", at=AT)


def test_ids_of_ours_that_have_no_place_are_told() -> None:
    found: list[Finding] = []
    record = RECORD.model_copy(update={"lines": (replace(LINE, po_item="77"),)})
    write_order_response(
        record, ENVELOPE, un_message("ORDRSP"), reference="1", at=AT, warnings=found
    )
    assert [each.code for each in found] == ["edifact.out.left_out"]
