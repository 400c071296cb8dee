"""ORDERS to purchase orders: what is read, and what is left out."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from formats.edifact.reader import read
from formats.edifact.write import Envelope, un_message
from formats.records import Party, Purpose
from formats.vbn import Vbn
from tests.formats.edifact.samples import ORDER, codes, control, message, order_of, written

ENVELOPE = Envelope("5412345000013", "7701234000011")
D96A, D01B = un_message("ORDERS", association="EAN008"), un_message("ORDERS", "01B")


def of(*, put: dict[int, str] | None = None, kind: str = "ORDERS:D:96A:UN") -> bytes:
    """Return the order with segments of its body replaced, by their place in ORDER."""
    body = [(put or {}).get(index, text) for index, text in enumerate(ORDER)]
    return written(*message([each for each in body if each], kind))


def test_heading_is_read() -> None:
    order = order_of(written())
    assert (order.number, order.purpose, order.order_type) == ("PO-77001", Purpose.NEW, "220")
    assert (order.order_date, order.ship_date, order.delivery_date) == (
        date(2026, 12, 4),
        date(2026, 12, 8),
        date(2026, 12, 11),
    )
    assert order.buyer == Party("5412345000013", "UL")
    assert order.vendor == Party("V0044", "92", "FINCA ALTA")
    assert order.ship_to == Party(
        *("DC04", "92", "PETAL ROW DC 4", "12 CANAL ST, DOOR 12", "TAMPA", "FL", "33602", "US")
    )
    assert (order.customer_po, order.currency, order.carrier) == ("WEB-5512", "USD", "PRMF")
    assert order.comments == "KEEP COLD\nCALL ON ARRIVAL"


def test_lines_are_read() -> None:
    first, second = order_of(written()).lines
    assert (first.reference, first.quantity, first.unit) == ("1", Decimal(10), "BX")
    assert (first.seller_item, first.buyer_item, first.gtin) == (
        "ROS-RED-60",
        "R60",
        "10614141000019",
    )
    assert (first.description, first.box_type_code, first.mark_code) == (
        "ROSE RED 60 CM",
        "HB",
        "MARK-7",
    )
    assert (first.bunches_per_box, first.stems_per_bunch) == (10, 25)
    assert (first.unit_price, first.price_unit) == (Decimal("0.365"), "PCE")
    assert (second.unit_price, second.price_unit) == (Decimal(28), "BX")
    (content,) = second.contents
    assert (content.seller_item, content.bunches) == ("ALS-WHI", Decimal(12))


def test_both_releases_say_the_same() -> None:
    assert order_of(of(kind="ORDERS:D:01B:UN")) == order_of(of())


@pytest.mark.parametrize(("segment", "expected"), [
    ("DTM+137:041226:2", date(2026, 12, 4)), ("DTM+137:261204:101", date(2026, 12, 4)),
    ("DTM+137:202612040930:203", date(2026, 12, 4)),
    ("DTM+137:20261204093000:204", date(2026, 12, 4)),
    ("DTM+137:202612040930CET:303", date(2026, 12, 4)),
    ("DTM+137:20261204-20261210:718", date(2026, 12, 4)), ("DTM+137:20261204", date(2026, 12, 4)),
    ("DTM+137:20261304:102", None), ("DTM+137:2026120:102", None), ("DTM+137:202649:616", None),
    ("DTM+137", None),
])  # fmt: skip
def test_dates_are_read_in_their_format(segment: str, expected: date | None) -> None:
    data = of(put={1: segment})
    assert order_of(data).order_date == expected
    is_told = codes(data) == ["edifact.DTM01.date"]
    assert is_told is (expected is None and ":" in segment)


@pytest.mark.parametrize("segment", ["DTM+137:202612040930:102", "DTM+137:20261204:203"])
def test_date_of_another_format_than_it_says_is_read_and_told(segment: str) -> None:
    data = of(put={1: segment})
    assert order_of(data).order_date == date(2026, 12, 4)
    assert codes(data) == ["edifact.DTM01.date"]


@pytest.mark.parametrize(("function", "purpose"), [
    ("", Purpose.NEW), ("9", Purpose.NEW), ("1", Purpose.CANCEL), ("4", Purpose.CHANGE),
    ("5", Purpose.REPLACE), ("7", Purpose.DUPLICATE), ("35", Purpose.DUPLICATE),
])  # fmt: skip
def test_function_says_what_is_to_be_done(function: str, purpose: Purpose) -> None:
    assert order_of(of(put={0: f"BGM+220+PO-1+{function}"})).purpose is purpose


def test_order_of_another_function_cannot_be_used_and_is_acknowledged() -> None:
    data = of(put={0: "BGM+220+PO-1+13"})
    (document,) = read(data).documents()
    assert document.record is None
    assert [each.code for each in document.findings] == ["edifact.BGM03.unsupported"]
    assert len(control(data)[0]) == 1


def test_order_number_that_is_too_long_is_named() -> None:
    assert codes(of(put={0: f"BGM+220+{'9' * 23}+9"})) == ["edifact.BGM.unusable"]
    assert codes(of(put={0: "BGM+220++9"})) == ["edifact.BGM.unusable"]


def test_line_without_quantity_is_left_out_and_named() -> None:
    data = of(put={14: "QTY+12:10:BX"})
    assert [each.reference for each in order_of(data).lines] == ["2"]
    assert codes(data) == ["edifact.QTY.missing"]


def test_order_without_a_usable_line_cannot_be_used() -> None:
    data = of(put={14: "", 21: ""})
    assert codes(data) == ["edifact.QTY.missing", "edifact.QTY.missing", "edifact.LIN.none"]


def test_quantity_without_a_unit_counts_pieces() -> None:
    line = order_of(of(put={14: "QTY+21:500"})).lines[0]
    assert (line.quantity, line.unit) == (Decimal(500), "PCE")


@pytest.mark.parametrize(("text", "price"), [
    ("0,36", "0.36"), ("0.36", "0.36"), ("1234.5", "1234.5"), ("-0.5", "-0.5"),
])  # fmt: skip
def test_either_decimal_mark_is_read(text: str, price: str) -> None:
    assert order_of(of(put={17: f"PRI+AAA:{text}"})).lines[0].unit_price == Decimal(price)


def test_net_price_goes_before_others() -> None:
    data = of(put={17: "PRI+AAB:5'\nPRI+AAA:4'\nPRI+INV:3"})
    data = data.replace(b"UNT+29", b"UNT+31")
    assert order_of(data).lines[0].unit_price == Decimal(4)


def test_codes_of_the_dutch_trade_are_read() -> None:
    put = {
        12: "PIA+5+16207:VBN",
        13: "IMD++S99+:::R GR AVALANCHE?+'\nIMD++S20+060'\nIMD++L11+:::010'\nIMD++S62+NL",
        16: "",
        18: "PAC+++577",
        19: "",
    }
    data = of(put=put).replace(b"UNT+27", b"UNT+30")
    line = order_of(data).lines[0]
    assert line.vbn == Vbn("16207", None, (("S20", "060"), ("L11", "010"), ("S62", "NL")), "577")
    assert (line.description, line.stems_per_bunch) == ("R GR AVALANCHE+", 10)


def test_characteristic_without_the_shape_of_a_feature_is_left_out() -> None:
    data = of(put={13: "IMD++S20+:::LONG STEMS"})
    assert order_of(data).lines[0].vbn is None
    assert codes(data) == ["edifact.IMD03.feature"]


def test_count_of_other_lines_is_warned_of() -> None:
    assert codes(of(put={26: "CNT+2:9"})) == ["edifact.CNT01"]
    assert codes(of(put={26: "CNT+2:2"})) == []


def test_content_that_counts_something_else_has_no_quantity() -> None:
    data = of(put={24: "QTY+21:12:PCE"})
    assert order_of(data).lines[1].contents[0].bunches is None
    assert codes(data) == ["edifact.QTY01.unit"]


def test_sub_line_of_no_line_is_a_line() -> None:
    assert len(order_of(of(put={23: "LIN+3++ALS-WHI:SA+1:9"})).lines) == 3
