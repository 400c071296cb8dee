"""Promises about an 860: what it changes, and which of its lines are left out, and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from formats.documents import ReadDocument
from formats.records import Content, OrderLine, Party
from formats.steps import LineAction, LineChange, OrderChange
from formats.x12.reader import read
from tests.formats.x12.samples import group, interchange, transaction_set, written

CHANGE = (
    "BCH*04*SA*PO-77001**3*20261204*****20261206",
    "CUR*BY*USD",
    "REF*IA*V0044",
    "REF*CO*WEB-5512",
    "DTM*010*20261209",
    "DTM*002*20261212",
    "TD5*O*2*PRMF",
    "N1*BY*PETAL ROW MARKETS*UL*0614141000005",
    "N1*ST*PETAL ROW DC 4*92*DC04",
    "N4*TAMPA*FL*33602",
    "POC*1*QD*8*6*BX*36.5*PE*VP*ROS-RED-60*BP*R60*ZZ*HB",
    "PID*F*08***ROSE RED 60 CM",
    "PO4*10***CTN**********25",
    "REF*BX*MARK-7",
    "POC*2*DI*4*0*BX*28*UM*VP*ALS-MIX",
    "POC*3*AI*5*5*BX*30*PE*VP*GYP-XLN-80",
    "SLN*1**I*12*X2*1.5*PE**VP*GYP-WHI",
    "POC*4*CT",
    "DTM*010*20261210",
    "CTT*4",
)


def changed(*body: str, version: str = "004010") -> ReadDocument:
    one = group(transaction_set(body, "860"), functional_id="PC", version=version)
    (document,) = read(written(interchange(one))).documents()
    return document


def change(*body: str) -> OrderChange:
    document = changed(*(body or CHANGE))
    assert isinstance(document.record, OrderChange)
    assert document.findings == ()
    return document.record


def head(purpose: str = "04") -> str:
    return CHANGE[0].replace("*04*", f"*{purpose}*", 1)


def line_of(poc: str) -> LineChange:
    (found,) = change(head(), poc).changes
    return found


def codes(document: ReadDocument) -> list[tuple[str, int | None, int | None]]:
    return [(each.code, each.where.position, each.where.element) for each in document.findings]


def test_heading() -> None:
    found = change()
    assert (found.number, found.message_id, found.order_type) == ("PO-77001", "3", "SA")
    assert (found.order_date, found.change_date) == (date(2026, 12, 4), date(2026, 12, 6))
    assert (found.ship_date, found.delivery_date) == (date(2026, 12, 9), date(2026, 12, 12))
    assert found.buyer == Party("0614141000005", "UL", "PETAL ROW MARKETS")
    assert found.vendor == Party("V0044", "92")
    assert found.ship_to is not None
    assert (found.ship_to.code, found.ship_to.city) == ("DC04", "TAMPA")
    assert (found.carrier, found.currency, found.customer_po) == ("PRMF", "USD", "WEB-5512")
    assert not found.is_cancellation
    assert not found.is_replacement


def test_lines() -> None:
    less, gone, more, later = change().changes
    assert less == LineChange(
        LineAction.CHANGE,
        OrderLine(
            line=1,
            reference="1",
            quantity=Decimal(8),
            unit="BX",
            seller_item="ROS-RED-60",
            buyer_item="R60",
            description="ROSE RED 60 CM",
            unit_price=Decimal("36.5"),
            price_unit="EA",
            box_type_code="HB",
            bunches_per_box=10,
            stems_per_bunch=25,
            mark_code="MARK-7",
        ),
        code="QD",
    )
    assert (gone.action, gone.line.reference, gone.line.quantity) == (
        LineAction.CANCEL,
        "2",
        Decimal(0),
    )
    assert (more.action, more.line.quantity) == (LineAction.ADD, Decimal(5))
    assert more.line.contents == (
        Content(1, seller_item="GYP-WHI", bunches=Decimal(12), unit_price=Decimal("1.5")),
    )
    assert (later.action, later.says_quantity) == (LineAction.CHANGE, False)
    assert later.ship_date == date(2026, 12, 10)


@pytest.mark.parametrize("version", ["004010", "005010"])
def test_both_releases(version: str) -> None:
    document = changed(*CHANGE, version=version)
    assert document.is_accepted
    assert document.findings == ()


@pytest.mark.parametrize("left", ["", "6", "8", "-2"])
def test_quantity_is_the_one_after_the_change_whatever_is_left(left: str) -> None:
    assert line_of(f"POC*1*QD*8*{left}*BX").line.quantity == Decimal(8)


@pytest.mark.parametrize(
    "code", ["CA", "CE", "CG", "CH", "CT", "MU", "NC", "OA", "OC", "PC", "PR", "RA", "RB", "RC"]
)
def test_change_that_is_not_about_quantity_keeps_it(code: str) -> None:
    found = line_of(f"POC*1*{code}****28*UM*VP*ALS")
    assert (found.action, found.says_quantity, found.code) == (LineAction.CHANGE, False, code)
    assert (found.line.unit_price, found.line.price_unit) == (Decimal(28), None)


@pytest.mark.parametrize("code", ["RE", "RM", "RQ", "RS", "RZ", "QI", "PQ"])
def test_change_with_a_quantity(code: str) -> None:
    found = line_of(f"POC*1*{code}*9*9*BX")
    assert (found.action, found.says_quantity) == (LineAction.CHANGE, True)
    assert (found.line.quantity, found.line.unit) == (Decimal(9), "BX")


@pytest.mark.parametrize("code", ["AI", "QI", "QD", "QC", "PQ", "RQ"])
def test_change_of_quantity_without_one_is_left_out_and_named(code: str) -> None:
    document = changed(head(), "POC*1*DI", f"POC*2*{code}**2")
    assert isinstance(document.record, OrderChange)
    assert [each.line.reference for each in document.record.changes] == ["1"]
    assert codes(document) == [("x12.POC03.missing", 4, 3)]


@pytest.mark.parametrize(
    ("poc", "code"),
    [
        ("POC*2*QD*-2*6*BX", ("x12.POC03.negative", 4, 3)),
        ("POC*2*QI*5*15*BX", ("x12.POC03.difference", 4, 3)),
        ("POC*2*TI*5*5*BX", ("x12.POC02.transfer", 4, 2)),
        ("POC**CA*5*5*BX*1**VP*A", ("x12.POC01.missing", 4, 1)),
    ],
)
def test_line_that_can_mean_two_things_is_left_out_and_named(
    poc: str, code: tuple[str, int, int]
) -> None:
    document = changed(head(), "POC*1*DI", poc)
    assert isinstance(document.record, OrderChange)
    assert len(document.record.changes) == 1
    assert codes(document) == [code]


def test_change_without_any_usable_line_is_refused() -> None:
    document = changed(head(), "POC*1*QI**2")
    assert document.record is None
    assert codes(document)[-1] == ("x12.POC.none", 3, None)


def test_change_of_the_heading_alone() -> None:
    found = change(head(), "DTM*010*20261215")
    assert (found.ship_date, found.changes) == (date(2026, 12, 15), ())


def test_cancellation_of_the_order() -> None:
    assert change(head("01"), "CTT*0").is_cancellation
    assert change(head("04"), "POC*1*CF").is_cancellation


def test_replacement_names_every_line() -> None:
    found = change(head("05"), "POC*1*RZ*8*8*BX", "POC*2*NC*4*4*BX")
    assert found.is_replacement
    assert [each.line.quantity for each in found.changes] == [Decimal(8), Decimal(4)]


def test_replacement_with_a_bad_line_would_end_it_and_is_refused() -> None:
    document = changed(head("05"), "POC*1*RZ*8*8*BX", "POC**NC*4*4*BX")
    assert document.record is None
    assert codes(document)[-1] == ("x12.BCH01.incomplete", 2, 1)


def test_other_purposes_are_refused() -> None:
    document = changed(head("06"), "POC*1*DI")
    assert document.record is None
    assert codes(document) == [("x12.BCH01.unsupported", 2, 1)]


def test_blank_order_number_is_refused() -> None:
    document = changed(CHANGE[0].replace("PO-77001", " "), "POC*1*DI")
    assert document.record is None
    assert codes(document) == [("x12.BCH03.blank", 2, 3)]


def test_split_delivery_is_named() -> None:
    schedules = ("SCH*4*BX***010*20261210", "SCH*4*BX***010*20261214")
    document = changed(head(), "POC*1*RS*8*8*BX", *schedules)
    assert isinstance(document.record, OrderChange)
    assert document.record.changes[0].ship_date == date(2026, 12, 10)
    assert codes(document) == [("x12.SCH.not_used", 3, None)]


def test_allocation_to_stores_is_named() -> None:
    document = changed(head(), "POC*1*QI*8*8*BX", "SDQ*BX*92*S1*4*S2*4")
    assert document.is_accepted
    assert codes(document) == [("x12.SDQ.not_used", 3, None)]


def test_wrong_count_is_a_warning() -> None:
    document = changed(*CHANGE[:-1], "CTT*9")
    assert document.is_accepted
    assert codes(document) == [("x12.CTT01", 21, 1)]


@pytest.mark.parametrize(
    ("poc", "code"),
    [
        ("POC*1*XX*8*8*BX", "x12.POC02.code"),
        ("POC*1*QD*TEN*8*BX", "x12.POC03.character"),
        ("POC*1*QD*8*8", "x12.POC05.needed"),
        ("POC*1*QD*8*8*BX**PE", "x12.POC06.needed"),
        ("POC*1*QD*8*8*BX*1*PE*VP", "x12.POC09.needed"),
    ],
)
def test_wrong_element_refuses_the_set_at_its_place(poc: str, code: str) -> None:
    document = changed(head(), poc)
    assert document.record is None
    assert [each.code for each in document.findings] == [code]
    assert document.findings[0].where.position == 3
