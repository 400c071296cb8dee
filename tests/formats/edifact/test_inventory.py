"""INVRPT to availability and back: what is read, what is left out, and what a buyer is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from formats.edifact.reader import read
from formats.records import InventoryLine, Purpose
from formats.vbn import Vbn
from tests.formats.edifact.reports import AT, COUNTED, REPORT, VENDOR, advice_of, found_in, report
from tests.formats.edifact.samples import control


def items(*segments: str) -> tuple[str, ...]:
    """Return a report with these items in place of its own."""
    return (*REPORT[:6], *segments)


def test_report_is_read_with_its_parties_and_the_time_of_the_count() -> None:
    advice = advice_of(report())
    assert (advice.reference, advice.purpose, advice.currency) == ("STK-77", Purpose.NEW, "USD")
    assert (advice.as_of, advice.vendor, advice.buyer) == (COUNTED, VENDOR, None)


def test_item_is_read_with_all_that_stands_in_its_group() -> None:
    assert advice_of(report()).lines[0] == InventoryLine(
        1,
        Decimal(120),
        "BX",
        seller_item="ROS-RED-60",
        buyer_item="R60",
        description="ROSE RED 60 CM",
        available_from=date(2026, 12, 5),
        available_to=date(2026, 12, 12),
        cut_on=date(2026, 12, 3),
        category="ROSES",
        color="RED",
        unit_cost=Decimal("0.36"),
        cost_unit="PCE",
        box_type_code="HB",
        bunches_per_box=10,
        stems_per_bunch=25,
        location="MIA",
        vbn=Vbn("16207", features=(("S20", "060"),)),
    )


def test_quantity_without_a_unit_counts_pieces_where_the_report_says_they_are() -> None:
    line = advice_of(report()).lines[1]
    assert line == InventoryLine(2, Decimal(40), "PCE", gtin="10614141000019", location="BOG")


def test_report_without_a_time_of_count_is_as_of_its_own_date() -> None:
    body = (each for each in REPORT if not each.startswith("DTM+366"))
    assert advice_of(report(*body)).as_of == AT


@pytest.mark.parametrize(
    ("function", "purpose"),
    [("9", Purpose.NEW), ("", Purpose.NEW), ("4", Purpose.CHANGE), ("5", Purpose.REPLACE)],
)
def test_message_function_says_what_becomes_of_earlier_stock(
    function: str, purpose: Purpose
) -> None:
    assert advice_of(report(f"BGM+35+STK-77+{function}", *REPORT[1:])).purpose is purpose


def test_report_that_cancels_is_refused_and_still_acknowledged() -> None:
    data = report("BGM+35+STK-77+1", *REPORT[1:])
    (document,) = read(data).documents()
    assert document.record is None
    assert found_in(data) == ["edifact.BGM03.unsupported"]
    assert control(data) == [["UCI+5001+5412345000013:14+7701234000011:14+7"]]


def test_actual_stock_counts_before_stock_on_hand() -> None:
    data = report(*items("LIN+1++A:SA", "QTY+17:9:BX", "QTY+145:7:BX"))
    assert [line.quantity for line in advice_of(data).lines] == [7]


def test_each_quantity_of_an_item_is_an_offer_with_its_own_place_date_price_and_box() -> None:
    data = report(
        *items(
            "LIN+1++A:SA",
            "DTM+44:20261205:102",
            *("QTY+145:7:BX", "LOC+18+MIA", "PRI+AAA:1.5"),
            *("QTY+145:8:BX", "LOC+18+LAX", "DTM+44:20261206:102", "DTM+94:20261203:102"),
            "PRI+AAA:1.6",
            *("CPS+1", "PAC+++HB"),
        )
    )
    lines = advice_of(data).lines
    assert [(line.line, line.quantity) for line in lines] == [(1, Decimal(7)), (2, Decimal(8))]
    assert [line.location for line in lines] == ["MIA", "LAX"]
    assert [line.available_from for line in lines] == [date(2026, 12, 5), date(2026, 12, 6)]
    assert [line.cut_on for line in lines] == [None, date(2026, 12, 3)]
    assert [(line.unit_cost, line.cost_unit) for line in lines] == [
        (Decimal("1.5"), "BX"),
        (Decimal("1.6"), "BX"),
    ]
    assert [line.box_type_code for line in lines] == [None, "HB"]


def test_quantity_behind_a_package_is_the_next_offer_of_its_item() -> None:
    data = report(*items("LIN+1++A:SA", "QTY+145:7:BX", "CPS+1", "PAC+++HB", "QTY+145:8:BX"))
    lines = advice_of(data).lines
    assert [line.quantity for line in lines] == [Decimal(7), Decimal(8)]
    assert [line.box_type_code for line in lines] == ["HB", None]


def test_pack_ahead_of_a_quantity_is_of_the_item() -> None:
    data = report(*items("LIN+1++A:SA", "QTY+52:25", "QTY+145:7:BH"))
    assert [line.stems_per_bunch for line in advice_of(data).lines] == [25]


@pytest.mark.parametrize("quantity", ["QTY+198:5:BX", "QTY+145:-5:BX"])
def test_item_without_a_quantity_for_sale_is_left_out_and_named(quantity: str) -> None:
    data = report(*items("LIN+1++A:SA", quantity, "LIN+2++B:SA", "QTY+145:1:BX"))
    assert [line.seller_item for line in advice_of(data).lines] == ["B"]
    assert found_in(data) == ["edifact.QTY.missing"]


def test_report_of_which_no_item_can_be_used_says_nothing_of_stock() -> None:
    data = report(*items("LIN+1++A:SA", "QTY+198:5:BX"))
    (document,) = read(data).documents()
    assert document.record is None
    assert found_in(data) == ["edifact.QTY.missing", "edifact.LIN.none"]


def test_report_without_items_says_that_nothing_is_for_sale() -> None:
    assert advice_of(report(*REPORT[:6])).lines == ()


def test_currency_of_all_prices_is_that_of_a_report_without_one() -> None:
    priced = ("LIN+1++A:SA", "QTY+145:7:BX", "PRI+AAA:1.5", "CUX+2:EUR:10")
    body = (*REPORT[:5], *priced)
    advice = advice_of(report(*body))
    assert (advice.currency, advice.lines[0].unit_cost) == ("EUR", Decimal("1.5"))


def test_price_in_another_currency_than_the_report_is_left_out_with_a_warning() -> None:
    data = report(*items("LIN+1++A:SA", "QTY+145:7:BX", "PRI+AAA:1.5", "CUX+2:EUR:10"))
    assert advice_of(data).lines[0].unit_cost is None
    assert found_in(data) == ["edifact.CUX01.several"]


def test_sub_lines_are_left_out_with_a_warning() -> None:
    data = report(*items("LIN+1++A:SA", "QTY+145:7:BX", "LIN+2++B:SA+1:1", "QTY+145:1:BX"))
    assert [line.seller_item for line in advice_of(data).lines] == ["A"]
    assert found_in(data) == ["edifact.LIN04.sub_line"]


def test_newer_directory_has_its_quantities_below_inv() -> None:
    body = items(
        *("LIN+1++A:SA", "INV++++2", "QTY+145:7:BX", "LOC+18+MIA", "PRI+AAA:1.5"),
        *("CPS+1", "PAC+++HB", "QTY+59:10"),
    )
    (line,) = advice_of(report(*body, kind="INVRPT:D:01B:UN")).lines
    assert (line.quantity, line.location) == (Decimal(7), "MIA")
    assert line.unit_cost == Decimal("1.5")
    assert (line.box_type_code, line.bunches_per_box) == ("HB", 10)
