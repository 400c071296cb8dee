"""Promises about an 855 and an 865: what is answered, and which answers can't be used, and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from formats.documents import ReadDocument
from formats.records import Party
from formats.steps import ConfirmedLine, LineAnswer, OrderConfirmation
from formats.x12.order_confirmation import ANSWERS
from formats.x12.reader import read
from tests.formats.x12.samples import group, interchange, transaction_set, written

ANSWER = (
    "BAK*00*AC*PO-77001*20261204****SO-881*20261205",
    "CUR*BY*USD",
    "DTM*068*20261208",
    "DTM*067*20261211",
    "N9*L1*ORDER",
    "MSG*FARM CLOSED ON FRIDAY",
    "N1*BY*PETAL ROW MARKETS*UL*0614141000005",
    "N1*SE*FINCA ALTA*92*V0044",
    "PO1*1*10*BX*36.5*PE*VP*ROS-RED-60*BP*R60",
    "ACK*IQ*8*BX*068*20261209",
    "ACK*IB*2*BX",
    "DTM*068*20261214",
    "N9*L1*IQ",
    "MSG*SHORT CROP",
    "PO1*2*4*BX*28*UM*VP*ALS-MIX",
    "ACK*IR*4*BX",
    "PO1*3*5*BX*30*UM*VP*GYP",
    "ACK*IS*5*BX****VP*GYP-NEW",
    "CTT*3",
)


def answered(*body: str, code: str = "855", version: str = "004010") -> ReadDocument:
    kind = {"855": "PR", "865": "CA"}[code]
    one = group(transaction_set(body, code), functional_id=kind, version=version)
    (document,) = read(written(interchange(one))).documents()
    return document


def answer(*body: str, code: str = "855") -> OrderConfirmation:
    document = answered(*(body or ANSWER), code=code)
    assert isinstance(document.record, OrderConfirmation)
    assert document.findings == ()
    return document.record


def head(kind: str) -> str:
    return ANSWER[0].replace("*AC*", f"*{kind}*")


def codes(document: ReadDocument) -> list[tuple[str, int | None, int | None]]:
    return [(each.code, each.where.position, each.where.element) for each in document.findings]


def test_heading() -> None:
    found = answer()
    assert (found.number, found.vendor_number, found.type_code) == ("PO-77001", "SO-881", "AC")
    assert (found.order_date, found.confirmed_on) == (date(2026, 12, 4), date(2026, 12, 5))
    assert (found.ship_date, found.delivery_date) == (date(2026, 12, 8), date(2026, 12, 11))
    assert (found.currency, found.message) == ("USD", "FARM CLOSED ON FRIDAY")
    assert found.vendor == Party("V0044", "92", "FINCA ALTA")
    assert found.buyer.code == "0614141000005"
    assert not (found.is_rejection or found.is_whole or found.is_held or found.is_to_change)


def test_every_ack_is_an_answer() -> None:
    less, later, no, other = answer().lines
    assert less == ConfirmedLine(
        line=1,
        reference="1",
        answer=LineAnswer.CHANGED,
        quantity=Decimal(8),
        unit="BX",
        unit_price=Decimal("36.5"),
        price_unit="EA",
        ship_date=date(2026, 12, 9),
        seller_item="ROS-RED-60",
        buyer_item="R60",
        reason_code="IQ",
        message="SHORT CROP",
    )
    assert (later.line, later.reference, later.answer) == (2, "1", LineAnswer.BACKORDERED)
    assert (later.quantity, later.ship_date) == (Decimal(2), date(2026, 12, 14))
    assert later.message is None
    assert (no.reference, no.answer, no.quantity) == ("2", LineAnswer.REJECTED, Decimal(4))
    assert (other.answer, other.substitute) == (LineAnswer.CHANGED, "GYP-NEW")


def test_5010_has_its_remarks_in_mtx() -> None:
    document = answered(*(each.replace("MSG*", "MTX**") for each in ANSWER), version="005010")
    assert isinstance(document.record, OrderConfirmation)
    assert document.findings == ()
    assert document.record == answer()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        *((code, LineAnswer.ACCEPTED) for code in ("IA", "IE", "AA", "AC", "AR", "SP")),
        *((code, LineAnswer.CHANGED) for code in ("IC", "IP", "IQ", "IS", "DR")),
        ("IB", LineAnswer.BACKORDERED),
        *((code, LineAnswer.HELD) for code in ("IF", "IH", "IW")),
        *((code, LineAnswer.REJECTED) for code in ("ID", "IR", "R1", "R2", "R8")),
    ],
)
def test_code_of_a_line(code: str, expected: LineAnswer) -> None:
    (line,) = answer(head("AC"), "PO1*1*4*BX", f"ACK*{code}*4*BX").lines
    assert (line.answer, line.reason_code, line.quantity) == (expected, code, Decimal(4))


def test_every_code_of_the_list_has_an_answer() -> None:
    assert len(ANSWERS) == 26


@pytest.mark.parametrize(
    ("code", "quantity"), [("IA", Decimal(4)), ("IP", Decimal(4)), ("IR", None), ("IH", None)]
)
def test_answer_without_quantity(code: str, quantity: Decimal | None) -> None:
    (line,) = answer(head("AC"), "PO1*1*4*BX", f"ACK*{code}").lines
    assert line.quantity == quantity


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("AD", LineAnswer.ACCEPTED), ("RD", LineAnswer.REJECTED), ("AH", LineAnswer.HELD)],
)
def test_line_without_ack_is_answered_as_the_whole_is(kind: str, expected: LineAnswer) -> None:
    (line,) = answer(head(kind), "PO1*1*4*BX*28*UM").lines
    assert (line.answer, line.reason_code) == (expected, None)


def test_line_without_ack_under_a_change_is_what_it_says_and_named() -> None:
    document = answered(head("AC"), "PO1*1*4*BX*28*UM")
    assert isinstance(document.record, OrderConfirmation)
    (line,) = document.record.lines
    assert (line.answer, line.quantity, line.unit_price) == (
        LineAnswer.CHANGED,
        Decimal(4),
        Decimal(28),
    )
    assert codes(document) == [("x12.ACK.missing", 3, None)]


@pytest.mark.parametrize("kind", ["RJ", "RD", "RF", "RN", "RO", "RV"])
def test_rejection_of_the_order(kind: str) -> None:
    found = answer(head(kind))
    assert (found.is_rejection, found.is_whole, found.lines) == (True, False, ())


@pytest.mark.parametrize("kind", ["AK", "AT", "AD", "AE"])
def test_acceptance_of_the_order(kind: str) -> None:
    found = answer(head(kind))
    assert (found.is_rejection, found.is_whole, found.lines) == (False, True, ())


def test_order_on_hold() -> None:
    assert answer(head("AH")).is_held


@pytest.mark.parametrize("kind", ["AC", "NA", "AP", "ZZ"])
def test_answer_that_says_nothing_is_refused(kind: str) -> None:
    document = answered(head(kind))
    assert document.record is None
    assert codes(document) == [("x12.BAK02.says_nothing", 2, 2)]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("PO1*2*4*BX", "ACK*IQ"), ("x12.ACK02.missing", 6, 2)),
        (("PO1*2*4*BX", "ACK*IA*-4*BX"), ("x12.ACK02.negative", 6, 2)),
        (("PO1**4*BX", "ACK*IA*4*BX"), ("x12.PO101.missing", 5, 1)),
    ],
)
def test_answer_that_leaves_it_open_is_left_out_and_named(
    lines: tuple[str, ...], code: tuple[str, int, int]
) -> None:
    document = answered(head("AC"), "PO1*1*4*BX", "ACK*IA*4*BX", *lines)
    assert isinstance(document.record, OrderConfirmation)
    assert [each.reference for each in document.record.lines] == ["1"]
    assert codes(document) == [code]


def test_part_without_quantity_is_left_out_and_named() -> None:
    document = answered(head("AC"), "PO1*1*4*BX", "ACK*IA*3*BX", "ACK*IB")
    assert isinstance(document.record, OrderConfirmation)
    assert [each.quantity for each in document.record.lines] == [Decimal(3)]
    assert codes(document) == [("x12.ACK02.missing", 5, 2)]


def test_line_that_is_left_out_must_not_count_as_accepted() -> None:
    document = answered(head("AE"), "PO1*1*4*BX", "ACK*IQ")
    assert document.record is None
    assert codes(document) == [("x12.ACK02.missing", 4, 2), ("x12.BAK02.incomplete", 2, 2)]


def test_unclear_part_waits_for_a_person() -> None:
    document = answered(head("AC"), "PO1*1*4*BX", "ACK*BP*3*BX")
    assert isinstance(document.record, OrderConfirmation)
    assert document.record.lines[0].answer is LineAnswer.HELD
    assert codes(document) == [("x12.ACK01.ambiguous", 4, 1)]


@pytest.mark.parametrize(("kind", "code"), [("AD", "IR"), ("RD", "IA")])
def test_whole_and_line_that_contradict_are_named(kind: str, code: str) -> None:
    document = answered(head(kind), "PO1*1*4*BX", f"ACK*{code}*4*BX")
    assert document.is_accepted
    assert codes(document) == [("x12.BAK02.contradicted", 2, 2)]


def test_ack_of_a_content_is_named() -> None:
    body = ("PO1*1*4*BX", "ACK*IA*4*BX", "SLN*1**I*2*X2****VP*A", "ACK*IR*2*X2")
    document = answered(head("AC"), *body)
    assert document.is_accepted
    assert codes(document) == [("x12.SLN.ACK.not_used", 6, None)]


@pytest.mark.parametrize("purpose", ["01", "54"])
def test_other_purposes_are_refused(purpose: str) -> None:
    document = answered(ANSWER[0].replace("*00*", f"*{purpose}*", 1))
    assert document.record is None
    assert codes(document) == [("x12.BAK01.unsupported", 2, 1)]


@pytest.mark.parametrize(
    ("segment", "code"),
    [
        ("ACK*XX*4*BX", "x12.ACK01.code"),
        ("ACK*IA*4", "x12.ACK03.needed"),
        ("ACK*IA*4*BX*068", "x12.ACK05.needed"),
        ("ACK*IA*FOUR*BX", "x12.ACK02.character"),
        ("ACK*IA*4*BX****VP", "x12.ACK08.needed"),
    ],
)
def test_wrong_element_refuses_the_set_at_its_place(segment: str, code: str) -> None:
    document = answered(head("AC"), "PO1*1*4*BX", segment)
    assert document.record is None
    assert [(each.code, each.where.position) for each in document.findings] == [(code, 4)]


# --- answers to a change


def test_answer_to_a_change() -> None:
    found = answer(
        "BCA*04*AC*PO-77001**3*20261204***SO-881*20261206",
        "POC*1*QD*8*6*BX*36.5*PE*VP*ROS-RED-60",
        "ACK*IA*8*BX",
        "POC*2*DI*4*0*BX",
        "ACK*IA",
        "CTT*2",
        code="865",
    )
    assert (found.is_to_change, found.change_number) == (True, "3")
    assert (found.order_date, found.confirmed_on) == (date(2026, 12, 4), date(2026, 12, 6))
    assert found.vendor_number == "SO-881"
    first, second = found.lines
    assert (first.answer, first.quantity, first.unit) == (LineAnswer.ACCEPTED, Decimal(8), "BX")
    assert first.unit_price == Decimal("36.5")
    assert (second.answer, second.quantity) == (LineAnswer.ACCEPTED, None)


def test_change_is_answered_as_a_whole_or_not_at_all() -> None:
    assert answer("BCA*00*AT*PO-1***20261204", code="865").is_whole
    document = answered("BCA*00**PO-1***20261204", code="865")
    assert document.record is None
    assert codes(document) == [("x12.BCA02.says_nothing", 2, 2)]
