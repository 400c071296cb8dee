"""Catalogues (832) and forecasts (830): read, checked, and made into records that only inform."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from formats.catalogue import Catalogue, ItemAction
from formats.documents import ReadDocument
from formats.forecasts import Forecast, Need
from formats.records import Purpose
from formats.x12.reader import read
from tests.formats.x12.samples import group, header, interchange, transaction_set, written

GROUPS = {"832": "SC", "830": "PS"}
BCT = "BCT*PC*CAT-7*2*******00"
BFR = "BFR*00*FC-1**SH*A*20270104*20270131*20261204"


def document_of(code: str, *body: str, is_5010: bool = False) -> ReadDocument:
    version, mark = ("00501", "^") if is_5010 else ("00401", "U")
    sets = group(transaction_set(body, code), functional_id=GROUPS[code], version=f"{version}0")
    reading = read(written(interchange(sets, isa=header(version=version, standard=mark))))
    assert reading.envelope_findings() == ()
    (document,) = reading.documents()
    return document


def catalogue(*body: str) -> Catalogue:
    document = document_of("832", *body)
    assert document.findings == ()
    assert isinstance(document.record, Catalogue)
    return document.record


def forecast(*body: str) -> Forecast:
    document = document_of("830", *body)
    assert document.findings == ()
    assert isinstance(document.record, Forecast)
    return document.record


# --- 832 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_5010", [False, True])
def test_price_holds_for_its_quantity_and_its_days(*, is_5010: bool) -> None:
    document = document_of(
        "832",
        *(BCT, "LIN*1*VP*ROS", "CTP*WS*CON*0.38*100*EA", "DTM*196*20270101", "DTM*197*20270131"),
        is_5010=is_5010,
    )
    assert document.findings == ()
    assert isinstance(document.record, Catalogue)
    ((price,),) = [item.prices for item in document.record.items]
    assert (price.amount, price.unit, price.from_quantity) == (
        Decimal("0.38"),
        "EA",
        Decimal(100),
    )
    assert (price.valid_from, price.valid_to) == (date(2027, 1, 1), date(2027, 1, 31))


@pytest.mark.parametrize(("code", "is_retail"), [("CON", False), ("RES", True), ("SRP", True)])
def test_what_consumers_are_asked_is_told_apart(code: str, *, is_retail: bool) -> None:
    (item,) = catalogue(BCT, "LIN*1*VP*ROS", f"CTP**{code}*0.38").items
    assert [(each.kind, each.is_retail) for each in item.prices] == [(code, is_retail)]


def test_multiplier_is_no_price_and_takes_its_days_with_it() -> None:
    (item,) = catalogue(
        *(BCT, "LIN*1*VP*ROS", "CTP**CON*0.38", "CTP*WS*****DIS*0.9", "DTM*196*20270301"),
        "CUR*SE*EUR",
    ).items
    (price,) = item.prices
    assert (price.valid_from, price.currency) == (None, None)


@pytest.mark.parametrize(
    ("code", "action"),
    [("021", ItemAction.ADD), ("001", ItemAction.CHANGE), ("002", ItemAction.DELETE)],
)
def test_maintenance_of_an_item(code: str, action: ItemAction) -> None:
    (item,) = catalogue(BCT, "LIN*1*VP*ROS", f"G53*{code}").items
    assert item.action is action


def test_least_order_and_its_step_and_the_unit() -> None:
    body = ("LIN*1*VP*ROS", "PO1**1*BX", "CTB*OR**57*4", "CTB*OR**69*2", "PO4*10***QB")
    (item,) = catalogue(BCT, *body).items
    assert (item.unit, item.least_order, item.order_step) == ("BX", Decimal(4), Decimal(2))
    assert (item.box_type_code, item.bunches_per_box) == ("QB", 10)


@pytest.mark.parametrize(
    ("code", "purpose"), [("00", Purpose.NEW), ("05", Purpose.REPLACE), ("01", Purpose.CANCEL)]
)
def test_purpose_of_a_catalogue(code: str, purpose: Purpose) -> None:
    assert catalogue(f"{BCT[:-2]}{code}", "LIN*1*VP*ROS").purpose is purpose


def test_catalogue_of_no_known_purpose_is_named() -> None:
    document = document_of("832", f"{BCT[:-2]}22", "LIN*1*VP*ROS")
    assert document.record is None
    assert [each.code for each in document.findings] == ["x12.BCT10.unsupported"]


# --- 830 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_5010", [False, True])
def test_needs_are_told_period_by_period(*, is_5010: bool) -> None:
    document = document_of(
        "830",
        *(BFR, "LIN*1*VP*ROS*PO*SO-100", "UIT*BX*36.5", "FST*12*C*W*20270104*20270110"),
        *("SDP*A*Y", "FST*8*D*D*20270112****RE*R-2"),
        is_5010=is_5010,
    )
    assert document.findings == ()
    assert isinstance(document.record, Forecast)
    (line,) = document.record.lines
    assert (line.unit, line.unit_price, line.order_number) == ("BX", Decimal("36.5"), "SO-100")
    assert line.needs == (
        Need(Decimal(12), date(2027, 1, 4), date(2027, 1, 10), "C", "W"),
        Need(Decimal(8), date(2027, 1, 12), None, "D", "D", "R-2"),
    )


def test_forecast_may_be_known_by_its_release() -> None:
    record = forecast(BFR.replace("*FC-1**", "**R-9*"), "LIN**VP*ROS")
    assert (record.number, record.basis, record.counting) == ("R-9", "SH", "A")


def test_forecast_of_no_known_purpose_is_named() -> None:
    document = document_of("830", BFR.replace("*00*", "*22*"), "LIN**VP*ROS")
    assert document.record is None
    assert [each.code for each in document.findings] == ["x12.BFR01.unsupported"]


@pytest.mark.parametrize(("code", "head"), [("832", BCT), ("830", BFR)])
def test_wrong_number_of_lines_is_a_warning(code: str, head: str) -> None:
    document = document_of(code, head, "LIN*1*VP*ROS", "CTT*3")
    assert [(each.code, each.is_error) for each in document.findings] == [("x12.CTT01", False)]
    assert document.record is not None
