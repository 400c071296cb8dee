"""An 855 says of every line what will come, adds up, and its type follows from the answers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from formats.records import OrderLine, Party, PurchaseOrder
from formats.x12.order_acknowledgement import (
    AcknowledgementType,
    LineAcknowledgement,
    LineStatus,
    derive_acknowledgement_type,
    write_order_acknowledgement,
)
from formats.x12.write import ControlNumbers, Envelope

AT = datetime(2026, 11, 21, 8, 5, tzinfo=UTC)
ENVELOPE = Envelope("ZZ", "FLORSOL", "ZZ", "BLOOMWHSL")
ROSES = OrderLine(
    1, "1", Decimal(10), "BX", "ROS-60", "R60", None, "Rose Freedom", Decimal("36.5"), "BX",
    bunches_per_box=10, stems_per_bunch=25,
)  # fmt: skip
MIX = OrderLine(2, "2", Decimal(4), "BX", "ALS-MIX", unit_price=Decimal("0.3"), price_unit="X2")
ORDER = PurchaseOrder(
    number="PO-10045",
    order_date=date(2026, 11, 20),
    ship_date=date(2026, 11, 23),
    buyer=Party("B1", "92", "Bloom"),
    vendor=Party("V00731", "92", "Flores del Sol SA"),
    currency="USD",
    customer_po="PS-1",
    lines=(ROSES, MIX),
)


def _answer(
    line: OrderLine, code: str = "IA", quantity: int | None = None, **rest: object
) -> LineAcknowledgement:
    amount = line.quantity if quantity is None else Decimal(quantity)
    answer = LineAcknowledgement(line, LineStatus(code), amount, "BX")
    return replace(answer, **rest)  # type: ignore[arg-type]  # fields of the dataclass, by name


def _body(answers: Sequence[LineAcknowledgement], **rest: object) -> list[str]:
    data = write_order_acknowledgement(
        ORDER,
        answers,
        **{"envelope": ENVELOPE, "control": ControlNumbers(301, 9), "at": AT, **rest},  # type: ignore[arg-type]  # keywords of the function, by name
    )
    return data.decode().split("~\n")[2:-3]


def test_an_acknowledgement_is_written_segment_by_segment() -> None:
    answers = [
        _answer(ROSES, "IQ", 8, ship_date=date(2026, 11, 23), message="Frost at\nthe farm"),
        _answer(ROSES, "IB", 2, ship_date=date(2026, 11, 25)),
        _answer(MIX, "IR", message="Sold out"),
    ]
    assert _body(answers, seller_number="SO-88011", message="See the lines") == [
        "ST*855*0001",
        "BAK*00*AC*PO-10045*20261120****SO-88011*20261121",
        "CUR*BY*USD",
        "REF*CO*PS-1",
        "N9*L1*ORDER",
        "MSG*See the lines",
        "N1*BY*Bloom*92*B1",
        "N1*SE*Flores del Sol SA*92*V00731",
        "PO1*1*10*BX*36.5*UM*VP*ROS-60*BP*R60",
        "PID*F*08***Rose Freedom",
        "PO4*10*************25",
        "ACK*IQ*8*BX*068*20261123",
        "ACK*IB*2*BX*068*20261125",
        "N9*L1*IQ",
        "MSG*Frost at",
        "MSG*the farm",
        "PO1*2*4*BX*0.3**VP*ALS-MIX",
        "CTP**UCP*0.3*1*X2",
        "ACK*IR*4*BX",
        "N9*L1*IR",
        "MSG*Sold out",
        "CTT*2*14",
        "SE*23*0001",
    ]


def test_the_group_is_pr_in_the_version_of_the_envelope() -> None:
    data = write_order_acknowledgement(
        ORDER,
        [_answer(ROSES, message="fine"), _answer(MIX)],
        envelope=replace(ENVELOPE, version="00501"),
        control=ControlNumbers(301, 9),
        at=AT,
    )
    assert b"\nGS*PR*FLORSOL*BLOOMWHSL*20261121*0805*9*X*005010~\n" in data
    assert b"\nMTX**fine~\n" in data


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([_answer(ROSES), _answer(MIX)], "AD"),
        ([_answer(ROSES, "AC"), _answer(MIX, "AR")], "AD"),
        ([_answer(ROSES, ship_date=date(2026, 11, 23)), _answer(MIX)], "AD"),
        ([_answer(ROSES, ship_date=date(2026, 11, 24)), _answer(MIX)], "AC"),
        ([_answer(ROSES, unit_price=Decimal("36.50")), _answer(MIX)], "AD"),
        ([_answer(ROSES, unit_price=Decimal(37)), _answer(MIX)], "AC"),
        ([_answer(ROSES, substitute="ROS-50"), _answer(MIX)], "AC"),
        *(
            ([_answer(ROSES, code), _answer(MIX)], "AC")
            for code in ("IQ", "IP", "IC", "IS", "DR", "IB", "BP", "IR", "ID", "IH", "SP", "IE")
        ),
        ([_answer(ROSES, "IR"), _answer(MIX, "IR")], "RD"),
        ([_answer(ROSES, "ID"), _answer(MIX, "R2")], "RD"),
        ([_answer(ROSES, "IH"), _answer(MIX, "IF")], "AH"),
    ],
)
def test_the_type_follows_from_the_answers(
    answers: list[LineAcknowledgement], expected: str
) -> None:
    assert derive_acknowledgement_type(ORDER, answers).value == expected
    assert _body(answers)[1].startswith(f"BAK*00*{expected}*PO-10045*")


def test_refused_or_held_as_a_whole_outweighs_the_answers() -> None:
    answers = [_answer(ROSES), _answer(MIX)]
    assert derive_acknowledgement_type(ORDER, answers, is_refused=True).value == "RJ"
    assert derive_acknowledgement_type(ORDER, answers, is_held=True).value == "AH"


@pytest.mark.parametrize("kind", ["RJ", "AK", "AH", "AE"])
def test_a_whole_order_can_be_answered_without_lines(kind: str) -> None:
    body = _body([], acknowledgement_type=AcknowledgementType(kind), message="Closed", purpose="06")
    assert body[1].startswith(f"BAK*06*{kind}*PO-10045*20261120*")
    assert "MSG*Closed" in body
    assert not [segment for segment in body if segment.startswith(("PO1", "ACK"))]


def test_a_type_without_detail_writes_no_lines() -> None:
    body = _body([_answer(ROSES), _answer(MIX)], acknowledgement_type=AcknowledgementType("AK"))
    assert not [segment for segment in body if segment.startswith(("PO1", "ACK", "CTT"))]


def test_exceptions_only_names_the_lines_it_has() -> None:
    body = _body([_answer(MIX, "IR")], acknowledgement_type=AcknowledgementType("AE"))
    assert [segment for segment in body if segment.startswith(("PO1", "ACK", "CTT"))] == [
        "PO1*2*4*BX*0.3**VP*ALS-MIX",
        "ACK*IR*4*BX",
        "CTT*1*4",
    ]


def test_a_new_price_and_a_substitute_are_told() -> None:
    answers = [
        _answer(ROSES, "IP", unit_price=Decimal("37.25")),
        _answer(MIX, "IS", substitute="ALS-50"),
    ]
    body = _body(answers)
    assert "PO1*1*10*BX*37.25*UM*VP*ROS-60*BP*R60" in body
    assert "ACK*IS*4*BX****VP*ALS-50" in body


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ([_answer(ROSES)], "line '2' of order PO-10045 has no answer"),
        ([_answer(ROSES), _answer(replace(MIX, line=3, reference="3"))], "no line '3'"),
        ([_answer(ROSES, "IA", 8), _answer(MIX)], "add up to 8, and 10 were ordered"),
        ([_answer(ROSES, "IQ", 8), _answer(ROSES, "IB", 3), _answer(MIX)], "add up to 11"),
        ([_answer(ROSES, "IA", 12), _answer(ROSES, "IR", -2), _answer(MIX)], "below 0"),
        ([_answer(ROSES, unit="EA"), _answer(MIX)], "ordered in 'BX'"),
        (
            [
                _answer(ROSES, "IP", 5, unit_price=Decimal(1)),
                _answer(ROSES, "IP", 5, unit_price=Decimal(2)),
                _answer(MIX),
            ],
            "two prices",
        ),
        ([_answer(ROSES, "IR", 0)] * 105 + [_answer(MIX)], "holds 104"),
    ],
)
def test_answers_that_do_not_fit_the_order_are_refused(
    answers: list[LineAcknowledgement], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        _body(answers)


@pytest.mark.parametrize("quantity", [6, 12])
def test_a_changed_quantity_may_stand_alone(quantity: int) -> None:
    body = _body([_answer(ROSES, "IQ", quantity), _answer(MIX)])
    assert f"ACK*IQ*{quantity}*BX" in body


def test_statuses_say_their_meaning() -> None:
    assert LineStatus("IQ").meaning == "Quantity changed"
    assert LineStatus("R3").is_rejection
    assert not LineStatus("IB").is_rejection
