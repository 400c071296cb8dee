"""Confirmations and approvals as CSV: every row is an answer, and rows that contradict are none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from formats.steps import (
    Approval,
    ConfirmedLine,
    Decision,
    LineAnswer,
    OrderConfirmation,
    Verdict,
)
from tests.formats.tabular.step_files import (
    APPROVAL,
    CONFIRMATION,
    FARM,
    confirmation,
    errors,
    read,
    warnings,
)


def test_confirmation_is_read_for_each_order() -> None:
    one, other = read(
        CONFIRMATION
        + "10045,1,accepted,8,0.365,2026-11-23,,\n"
        + "10046,1,Backordered,,,2026-11-30,W1,next week\n"
        + "10045,2,changed,5,0.40,2026-11-24,CROP,only five left\n"
        + "10045,3,rejected,0,,,CROP,\n"
    )
    assert (one.findings, other.findings) == ((), ())
    assert (one.control, other.control) == ("10045", "10046")
    day = date(2026, 11, 23)
    assert confirmation(one) == OrderConfirmation(
        number="10045",
        vendor=FARM,
        lines=(
            ConfirmedLine(1, "1", LineAnswer.ACCEPTED, Decimal(8), "Box", Decimal("0.365"), day),
            ConfirmedLine(
                2, "2", LineAnswer.CHANGED, Decimal(5), "Box", Decimal("0.40"), date(2026, 11, 24),
                reason_code="CROP", message="only five left",
            ),
            ConfirmedLine(3, "3", LineAnswer.REJECTED, unit="Box", reason_code="CROP"),
        ),
    )  # fmt: skip
    assert confirmation(other).lines[0].answer is LineAnswer.BACKORDERED


@pytest.mark.parametrize(
    ("word", "answer"),
    [("ACCEPTED", LineAnswer.ACCEPTED), ("confirmed", LineAnswer.ACCEPTED),
     ("Partially Confirmed", LineAnswer.CHANGED), ("back-ordered", LineAnswer.BACKORDERED),
     ("refused", LineAnswer.REJECTED), ("cancelled", LineAnswer.REJECTED),
     ("held", LineAnswer.HELD), ("UNKNOWN", LineAnswer.HELD)],
)  # fmt: skip
def test_plain_words_are_answers(word: str, answer: LineAnswer) -> None:
    cost = "0.3" if answer is LineAnswer.CHANGED else ""
    (document,) = read(f"{CONFIRMATION}P,1,{word},,{cost},,,\n")
    assert confirmation(document).lines[0].answer is answer


@pytest.mark.parametrize(
    ("word", "flags"),
    [("accepted", (True, False, False)), ("rejected", (False, True, False)),
     ("held", (False, False, True))],
)  # fmt: skip
def test_row_without_a_line_answers_the_whole_order(
    word: str, flags: tuple[bool, bool, bool]
) -> None:
    (document,) = read(f"{CONFIRMATION}P,,{word},,,2026-11-23,,frost\n")
    found = confirmation(document)
    assert (found.is_whole, found.is_rejection, found.is_held) == flags
    assert (found.lines, found.ship_date) == ((), date(2026, 11, 23))
    assert found.message == "frost"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("P,,changed,,,,,", "csv.line"),
        ("P,,accepted,8,,,,", "csv.confirmed_boxes"),
        ("P,,accepted,,0.3,,,", "csv.confirmed_cost"),
        ("P,,,,,,,", "csv.status"),
        ("P,1,maybe,8,,,,", "csv.status"),
        ("P,1,accepted,x,,,,", "csv.confirmed_boxes"),
        ("P,1,accepted,-1,,,,", "csv.confirmed_boxes"),
        ("P,1,accepted,0,,,,", "step.quantity"),
        ("P,1,rejected,3,,,,", "step.quantity"),
        ("P,1,changed,,,,,", "step.quantity"),
        ("P,1,accepted,,0.1.2,,,", "csv.confirmed_cost"),
        ("P,1,accepted,,,23.11.2026,,", "csv.ship_date"),
        (f"P,1,accepted,,,,{'x' * 21},", "csv.reason_code"),
        (f"{'P' * 23},1,accepted,,,,,", "csv.po_number"),
    ],
)
def test_answer_that_says_nothing_sure_is_left_out(row: str, code: str) -> None:
    (document,) = read(CONFIRMATION + row + "\n")
    assert document.record is None
    assert (code, 2) in errors(document)


def test_changed_to_nothing_is_a_rejection() -> None:
    (document,) = read(f"{CONFIRMATION}P,1,changed,0,,,,\n")
    assert confirmation(document).lines[0].answer is LineAnswer.REJECTED
    assert warnings(document) == [("step.quantity", 2)]


def test_line_may_be_answered_in_parts() -> None:
    (document,) = read(f"{CONFIRMATION}P,1,accepted,6,,,,\nP,1,backordered,2,,2026-12-01,,\n")
    parts = confirmation(document).lines
    assert [(part.line, part.answer.value, part.quantity) for part in parts] == [
        (1, "accepted", Decimal(6)),
        (2, "backordered", Decimal(2)),
    ]


def test_line_answered_twice_is_not_used() -> None:
    (document,) = read(f"{CONFIRMATION}P,1,accepted,6,,,,\nP,1,accepted,7,,,,\nP,2,accepted,,,,,\n")
    assert [line.reference for line in confirmation(document).lines] == ["2"]
    assert errors(document) == [("step.contradiction", 2), ("step.contradiction", 3)]


def test_same_answer_again_is_dropped() -> None:
    (document,) = read(f"{CONFIRMATION}P,1,accepted,6,,,,\nP,1,accepted,6,,,,\nP,,accepted,,,,,\n")
    assert len(confirmation(document).lines) == 1
    assert confirmation(document).is_whole
    assert warnings(document) == [("step.repeated", 3)]


@pytest.mark.parametrize("row", ["P,1,no idea,,,,,", 'P,"1"x,rejected,,,,,', "P,1,accepted,0,,,,"])
def test_order_is_not_accepted_whole_beside_a_row_that_may_say_no(row: str) -> None:
    document = read(f"{CONFIRMATION}P,,accepted,,,,,\n{row}\n")[0]
    assert document.record is None
    assert ("step.whole", 2) in errors(document)


def test_whole_order_with_two_answers_has_none() -> None:
    (document,) = read(f"{CONFIRMATION}P,,accepted,,,,,\nP,,rejected,,,,,\n")
    assert (document.record, errors(document)) == (None, [("step.contradiction", 2)])


def test_row_of_no_order_is_reported_alone_and_beside_its_neighbours() -> None:
    first, stray = read(f"{CONFIRMATION}P,1,accepted,,,,,\n,2,accepted,,,,,\n")
    assert len(confirmation(first).lines) == 1
    assert errors(first) == [("csv.row", 3)]
    assert (stray.record, errors(stray)) == (None, [("csv.po_number", 3)])


def test_confirmation_may_name_lines_by_our_own_id() -> None:
    (document,) = read("po_number,status,po_item_id\nP,accepted,77\nP,rejected,78\n")
    assert [(line.reference, line.po_item) for line in confirmation(document).lines] == [
        ("", "77"),
        ("", "78"),
    ]


def test_approval_is_read() -> None:
    (document,) = read(f"{APPROVAL}P1,approve,ana,\nP2,Rejected,ana,too dear\n")
    assert document.findings == ()
    assert document.record == Approval(
        verdicts=(
            Verdict(2, "P1", Decision.APPROVE, "ana"),
            Verdict(3, "P2", Decision.CANCEL, "ana", "too dear"),
        )
    )


def test_contradicting_decisions_decide_nothing() -> None:
    (document,) = read(f"{APPROVAL}P1,approve,,\nP1,cancel,,\nP2,approve,,\nP2,approve,,\n")
    assert document.record == Approval(verdicts=(Verdict(4, "P2", Decision.APPROVE),))
    assert errors(document) == [("step.contradiction", 2), ("step.contradiction", 3)]
    assert warnings(document) == [("step.repeated", 5)]


@pytest.mark.parametrize("row", ["P,perhaps,,", ",approve,,", "P,,,", f"{'P' * 23},approve,,"])
def test_bad_decision_is_left_out(row: str) -> None:
    (document,) = read(f"{APPROVAL}{row}\nP9,approve,,\n")
    assert document.record == Approval(verdicts=(Verdict(3, "P9", Decision.APPROVE),))
    assert {row for _, row in errors(document)} == {2}
