"""The answers to orders and to their changes, an 855 and an 865, are read back as they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.records import OrderLine, Party, PurchaseOrder
from formats.steps import LineAction, LineChange, OrderChange, OrderConfirmation
from formats.x12.change_answer_out import derive_change_answer_type, write_change_answer
from formats.x12.order_acknowledgement import (
    AcknowledgementType,
    LineAcknowledgement,
    LineStatus,
    write_order_acknowledgement,
)
from formats.x12.order_confirmation import ANSWERS
from tests.formats.x12.steps_out import (
    AT,
    CONTROL,
    FEW,
    change_of,
    envelope,
    line,
    lines_of,
    read_back,
    versions,
)
from tests.formats.x12.strategies import order_changes, order_lines


@st.composite
def answers_to(
    draw: st.DrawFn, asked: OrderLine, *, counts: bool = True
) -> list[LineAcknowledgement]:
    """Return answers to one line, as its vendor might give them: one, or two parts."""
    open_ones = {LineStatus.PARTLY_BACKORDERED}
    if not counts:
        open_ones.add(LineStatus.QUANTITY_CHANGED)
    statuses = st.sampled_from([each for each in LineStatus if each not in open_ones])
    codes = draw(st.lists(statuses, min_size=1, max_size=2 if counts else 1, unique=True))
    shares = [asked.quantity]
    if len(codes) == 2:
        first = (asked.quantity / 2).quantize(Decimal("0.01"))
        shares = [first, asked.quantity - first]
    dated = st.sampled_from([None, date(2026, 12, 9)])
    return [
        LineAcknowledgement(asked, code, share, asked.unit, draw(dated), draw(remarks))
        for code, share in zip(codes, shares, strict=True)
    ]


remarks = st.sampled_from([None, "SHORT CROP", "NEW PRICE AGREED"])


def check_answers(
    found: object, sent: Sequence[LineAcknowledgement], *, counted: set[int]
) -> OrderConfirmation:
    assert isinstance(found, OrderConfirmation)
    got = [
        (each.reference, each.reason_code, each.answer, each.ship_date, each.message)
        for each in found.lines
    ]
    assert got == [
        (each.line.reference, each.code, ANSWERS[each.code], each.ship_date, each.message)
        for each in sent
    ]
    for line_found, answer in zip(found.lines, sent, strict=True):
        if answer.line.line in counted:
            assert (line_found.quantity, line_found.unit) == (answer.quantity, answer.unit)
    return found


@FEW
@given(data=st.data(), version=versions)
def test_written_answer_to_an_order_reads_as_it_was(data: st.DataObject, version: str) -> None:
    lines = tuple(data.draw(order_lines(n)) for n in range(1, data.draw(st.integers(2, 4))))
    order = PurchaseOrder(
        number="PO-1", order_date=date(2026, 12, 1), buyer=Party("B1", "92"), lines=lines
    )
    answers = [each for asked in lines for each in data.draw(answers_to(asked))]
    sent = write_order_acknowledgement(
        order, answers, envelope=envelope(version), control=CONTROL, at=AT, seller_number="SO-1"
    )
    everything = {each.line for each in lines}
    found = check_answers(read_back(sent), answers, counted=everything)
    assert (found.number, found.vendor_number, found.is_to_change) == ("PO-1", "SO-1", False)
    assert (found.order_date, found.confirmed_on) == (date(2026, 12, 1), AT.date())
    assert found.buyer == Party("B1", "92")


@FEW
@given(data=st.data(), change=order_changes(1), version=versions)
def test_written_answer_to_a_change_reads_as_it_was(
    data: st.DataObject, change: OrderChange, version: str
) -> None:
    answers: list[LineAcknowledgement] = []
    counted: set[int] = set()
    for each in change.changes:
        counts = each.says_quantity and each.action is not LineAction.CANCEL
        if counts:
            counted.add(each.line.line)
        answers += data.draw(answers_to(each.line, counts=counts))
    sent = write_change_answer(
        change, answers, envelope=envelope(version), control=CONTROL, at=AT, message="SEE LINES"
    )
    found = check_answers(read_back(sent), answers, counted=counted)
    assert found.is_to_change
    assert (found.number, found.change_number) == (change.number, change.message_id)
    assert (found.order_date, found.confirmed_on) == (change.order_date, AT.date())
    assert (found.message, found.currency) == ("SEE LINES", change.currency)


def asked(action: LineAction = LineAction.CHANGE) -> OrderChange:
    return change_of(LineChange(action, line()))


def answer(
    change: OrderChange, code: LineStatus, quantity: int = 10, **others: object
) -> LineAcknowledgement:
    made = LineAcknowledgement(change.changes[0].line, code, Decimal(quantity), "BX")
    return replace(made, **others)  # type: ignore[arg-type]  # any field


def test_answer_to_a_change_repeats_it() -> None:
    change = asked()
    data = write_change_answer(
        change,
        [answer(change, LineStatus.ACCEPTED, ship_date=date(2026, 12, 9), message="AS ASKED")],
        envelope=envelope(),
        control=CONTROL,
        at=AT,
    )
    assert lines_of(data, "BCA", "POC", "ACK", "N9", "MSG", "CTT") == [
        "BCA*00*AD*PO-77001***20261201****20261204",
        "POC*1*CA*10*10*BX*30*UM",
        "ACK*IA*10*BX*068*20261209",
        "N9*L1*IA",
        "MSG*AS ASKED",
        "CTT*1",
    ]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], AcknowledgementType.NO_DETAIL_NO_CHANGE),
        (["IA", "IA"], AcknowledgementType.DETAIL_WITHOUT_CHANGE),
        (["IA", "IR"], AcknowledgementType.DETAIL_WITH_CHANGE),
        (["IR", "R2"], AcknowledgementType.REJECTED_WITH_DETAIL),
        (["IH", "IF"], AcknowledgementType.HOLD),
    ],
)
def test_answer_as_a_whole(codes: list[str], expected: AcknowledgementType) -> None:
    change = asked()
    answers = [answer(change, LineStatus(code)) for code in codes]
    assert derive_change_answer_type(answers) is expected


def test_change_that_is_refused_as_a_whole_names_no_line() -> None:
    change = asked()
    data = write_change_answer(
        change,
        [],
        envelope=envelope(),
        control=CONTROL,
        at=AT,
        acknowledgement_type=AcknowledgementType.REJECTED,
        message="TOO LATE",
    )
    found = read_back(data)
    assert isinstance(found, OrderConfirmation)
    assert (found.is_rejection, found.lines, found.message) == (True, (), "TOO LATE")


IA, IQ, IR = LineStatus.ACCEPTED, LineStatus.QUANTITY_CHANGED, LineStatus.REJECTED


@pytest.mark.parametrize(
    ("change", "answers", "words"),
    [
        (asked(), [(IA, 8, {})], "add up to 8"),
        (asked(), [(IA, 10, {"unit": "X2"})], "counts in 'BX'"),
        (asked(), [(IA, 11, {}), (IR, -1, {})], "below 0"),
        (asked(), [(IA, 10, {"unit_price": Decimal(31)})], "another price"),
        (asked(), [(IA, 10, {"line": line(7)})], "no line '7'"),
        (asked(LineAction.CANCEL), [(IA, 10, {}), (IR, 0, {})], "2 answers"),
        (asked(LineAction.CANCEL), [(IQ, 10, {})], "has no quantity"),
    ],
)
def test_answer_that_does_not_fit_the_change_is_refused(
    change: OrderChange,
    answers: Sequence[tuple[LineStatus, int, dict[str, object]]],
    words: str,
) -> None:
    given = [answer(change, code, quantity, **others) for code, quantity, others in answers]
    with pytest.raises(ValueError, match=words):
        write_change_answer(change, given, envelope=envelope(), control=CONTROL, at=AT)


def test_change_without_an_answer_is_refused() -> None:
    change = change_of(LineChange(LineAction.CHANGE, line(1)), LineChange(LineAction.ADD, line(2)))
    with pytest.raises(ValueError, match=r"line '2' .* has no answer"):
        write_change_answer(
            change, [answer(change, IA)], envelope=envelope(), control=CONTROL, at=AT
        )


def test_changes_at_one_position_can_not_be_answered() -> None:
    change = change_of(LineChange(LineAction.CHANGE, line(1)), LineChange(LineAction.ADD, line(1)))
    with pytest.raises(ValueError, match="same position"):
        write_change_answer(
            change, [answer(change, IA)], envelope=envelope(), control=CONTROL, at=AT
        )
