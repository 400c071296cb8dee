"""DESADV to ship notices and back: which boxes were shipped, and what is named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from formats.documents import ReadDocument
from formats.edifact.reader import read
from formats.records import Party, Purpose
from formats.steps import ShipNotice, ShippedBox
from tests.formats.edifact.samples import control, message, written

SSCC = ("006141410000000012", "006141410000000029")

HEAD = (
    "BGM+351+SHP-55+9",
    "DTM+137:20261208:102",
    "DTM+11:202612081430:203",
    "DTM+17:20261210:102",
    "RFF+ON:PO-77001",
    "RFF+AWB:176-12345675",
    "RFF+HWB:HAWB-9",
    "NAD+SU+V0044::92++FINCA ALTA+KM 3",
    "NAD+BY+PR::92++PETAL ROW",
    "NAD+DP+DC04::92++PETAL ROW DC 4++TAMPA+FL+33602",
    "TDT+20++++PRMF",
)
SHIPMENT = ("CPS+1", "PAC+2++CT")


def box(number: int, *marks: str, pac: str = "PAC+1++HB::92", above: int = 1) -> tuple[str, ...]:
    """Return the level of a box with these numbers of boxes."""
    below = [each for mark in marks for each in ("PCI+33E", f"GIN+BJ+{mark}")]
    return (f"CPS+{number}+{above}" if number > 1 else "CPS+1", pac, *below)


def item(number: int, *segments: str, quantity: str = "250:PCE") -> tuple[str, ...]:
    return (
        f"LIN+{number}++10614141000019:EN",
        "PIA+1+ROS-RED-60:SA+R60:BP",
        f"QTY+12:{quantity}",
        *segments,
    )


def noticed(*body: str, kind: str = "DESADV:D:96A:UN:EAN005") -> ReadDocument:
    (document,) = read(written(*message(body, kind))).documents()
    return document


def notice(*body: str) -> ShipNotice:
    document = noticed(*body)
    assert isinstance(document.record, ShipNotice), document.findings
    assert [each.code for each in document.findings] == []
    return document.record


def boxes(*levels: str) -> list[tuple[str | None, int, Decimal | None]]:
    """Return code, count and quantity of the boxes of one order."""
    found = notice(*HEAD, *levels).boxes
    return [(each.box_code, each.boxes, each.quantity) for each in found]


def codes(*levels: str, head: Sequence[str] = HEAD) -> list[str]:
    return [each.code for each in noticed(*head, *levels).findings]


TWO_BOXES = (
    *SHIPMENT,
    *box(2, SSCC[0]),
    *item(1, "RFF+ON:PO-77001:2", "RFF+BT:LOT42"),
    *box(3, SSCC[1]),
    *item(2, "RFF+LI:2"),
)


def test_heading() -> None:
    found = notice(*HEAD, *TWO_BOXES)
    assert (found.number, found.purpose) == ("SHP-55", Purpose.NEW)
    assert (found.ship_date, found.delivery_date) == (date(2026, 12, 8), date(2026, 12, 10))
    assert (found.awb, found.house_awb, found.carrier) == ("176-12345675", "HAWB-9", "PRMF")
    assert found.vendor == Party("V0044", "92", "FINCA ALTA", "KM 3")
    assert found.buyer == Party("PR", "92", "PETAL ROW")
    assert found.ship_to == Party("DC04", "92", "PETAL ROW DC 4", None, "TAMPA", "FL", "33602")


@pytest.mark.parametrize("kind", ["DESADV:D:96A:UN:EAN005", "DESADV:D:01B:UN:EAN007"])
def test_boxes_with_their_order_line_lot_and_items(kind: str) -> None:
    document = noticed(*HEAD, *TWO_BOXES, "CNT+2:2", kind=kind)
    assert isinstance(document.record, ShipNotice)
    assert document.findings == ()
    first, second = document.record.boxes
    assert first == ShippedBox(
        line=1,
        number="PO-77001",
        reference="2",
        box_code=SSCC[0],
        lot_number="LOT42",
        box_type_code="HB",
        seller_item="ROS-RED-60",
        buyer_item="R60",
        gtin="10614141000019",
        quantity=Decimal(250),
        unit="PCE",
    )
    assert (second.line, second.box_code, second.reference) == (2, SSCC[1], "2")


def test_number_of_a_line_of_the_notice_is_no_line_of_the_order() -> None:
    assert notice(*HEAD, *box(1), *item(7)).boxes[0].reference is None


def test_level_of_the_whole_shipment_is_no_box() -> None:
    assert boxes(*SHIPMENT, *box(2, SSCC[0]), *item(1)) == [(SSCC[0], 1, Decimal(250))]


def test_pallet_around_boxes_is_no_box() -> None:
    pallet = ("CPS+2+1", "PAC+1++201", "PCI+33E", f"GIN+BJ+{SSCC[1]}")
    levels = (*SHIPMENT, *pallet, *box(3, SSCC[0], above=2), *item(1))
    assert boxes(*levels) == [(SSCC[0], 1, Decimal(250))]


def test_boxes_of_one_level_share_its_goods() -> None:
    level = box(1, *SSCC, pac="PAC+2++HB")
    assert boxes(*level, *item(1)) == [(SSCC[0], 1, Decimal(125)), (SSCC[1], 1, Decimal(125))]


def test_several_numbers_may_stand_in_one_gin() -> None:
    marks = ("PCI+33E", f"GIN+BJ+{SSCC[0]}+{SSCC[1]}")
    assert [each[0] for each in boxes("CPS+1", "PAC+2++HB", *marks, *item(1))] == [*SSCC]


def test_range_of_numbers_is_every_box_in_it() -> None:
    marks = ("PCI+33E", "GIN+BN+KD0008:KD0011")
    found = boxes("CPS+1", "PAC+4++HB", *marks, *item(1, quantity="4:BX"))
    assert [each[0] for each in found] == ["KD0008", "KD0009", "KD0010", "KD0011"]
    assert [each[2] for each in found] == [Decimal(1)] * 4


def test_several_goods_in_a_box_are_its_contents() -> None:
    assert boxes(*box(1, SSCC[0]), *item(1), *item(2, quantity="9:BH")) == [
        (SSCC[0], 1, Decimal(250)),
        (SSCC[0], 0, Decimal(9)),
    ]


def test_boxes_without_numbers_are_counted() -> None:
    level = box(1, pac="PAC+5++HB")
    found = boxes(*level, *item(1), *item(2))
    assert found == [(None, 5, Decimal(250)), (None, 0, Decimal(250))]


def test_goods_with_numbers_of_their_own_are_alone_in_these_boxes() -> None:
    own = item(1, "PCI+33E", f"GIN+BJ+{SSCC[0]}")
    assert boxes("CPS+1", *own, *item(2, quantity="3:BX")) == [
        (SSCC[0], 1, Decimal(250)),
        (None, 3, Decimal(3)),
    ]


def test_count_of_one_gathered_level_is_of_its_boxes() -> None:
    assert boxes("CPS+1", "PAC+4++HB", "CPS+2+1", *item(1)) == [(None, 4, Decimal(250))]


def test_total_above_several_levels_counts_none_of_them() -> None:
    goods = ("CPS+2+1", *item(1, quantity="3:BX"), "CPS+3+1", *item(2, quantity="2:BX"))
    assert [each[1] for each in boxes(*SHIPMENT, *goods)] == [3, 2]


def test_boxes_of_unknown_content_are_told() -> None:
    assert boxes(*SHIPMENT, *box(2, SSCC[0])) == [(SSCC[0], 1, None)]
    assert boxes("CPS+1", "PAC+7++HB") == [(None, 7, None)]


def test_each_line_may_name_its_own_order_waybill_and_day() -> None:
    own = ("DTM+11:20261209:102", "RFF+ON:PO-2:1", "RFF+AWB:020-00000011", "RFF+HWB:H2")
    (one,) = notice(*HEAD, *box(1, SSCC[0]), *item(1, *own)).boxes
    assert (one.number, one.reference, one.ship_date) == ("PO-2", "1", date(2026, 12, 9))
    assert (one.awb, one.house_awb) == ("020-00000011", "H2")


def test_master_air_waybill_is_one_too() -> None:
    head = [each.replace("AWB:176", "MWB:176") for each in HEAD]
    assert notice(*head, *TWO_BOXES).awb == "176-12345675"


def test_shipper_is_the_vendor_where_nobody_else_is() -> None:
    head = [each.replace("NAD+SU", "NAD+SF") for each in HEAD]
    assert notice(*head, *TWO_BOXES).vendor.code == "V0044"


def test_cancelled_notice_needs_no_boxes() -> None:
    found = notice("BGM+351+SHP-55+1", "DTM+137:20261208:102")
    assert (found.purpose, found.boxes) == (Purpose.CANCEL, ())


@pytest.mark.parametrize(
    ("levels", "found"),
    [
        # a code of no known shape, and one that is no SSCC
        ((*box(1, "X" * 21), *item(1)), ["GIN02.unusable", "CPS.none"]),
        ((*box(1, "006141410000000013"), *item(1)), ["GIN02.sscc"]),
        ((*box(1, SSCC[0], pac="PAC+3++HB"), *item(1)), ["PAC01.differs"]),
        ((*box(1, SSCC[0]), *item(1), *box(2, SSCC[0]), *item(2)), ["GIN02.repeated"]),
        (
            (*box(1, *SSCC, pac="PAC+2++HB"), *item(1, quantity="251:PCE")),
            ["QTY01.not_shared"] * 2,
        ),
        ((*box(1), *item(1, quantity="0:PCE")), ["QTY01.nothing", "CPS.none"]),
        ((*box(1), *item(1, quantity="-4:PCE")), ["QTY01.negative", "CPS.none"]),
        ((*box(1), *item(1, "RFF+BT:5000")), ["RFF01.lot", "CPS.none"]),
        (("CPS+1", *item(1)), ["PAC.missing"]),
        (("CPS+1+9", "PAC+1++HB", *item(1)), ["CPS02.unknown"]),
        ((*box(1), *item(1, "RFF+AWB:176-12345670")), ["RFF01.awb"]),
        ((*box(1), *item(1), "LIN+2++B:SA+1:1", "QTY+12:1"), ["LIN04.sub_line"]),
        ((*box(1), *item(1), "CNT+2:9"), ["CNT01"]),
        ((), ["CPS.none"]),
    ],
)
def test_what_is_odd_is_named(levels: tuple[str, ...], found: list[str]) -> None:
    assert codes(*levels) == [f"edifact.{each}" for each in found]


def test_goods_of_no_order_are_left_out() -> None:
    nameless = [each for each in HEAD if not each.startswith("RFF+ON")]
    assert codes(*box(1), *item(1), head=nameless) == ["edifact.RFF.missing", "edifact.CPS.none"]
    assert codes(*box(1), head=nameless) == ["edifact.RFF.missing", "edifact.CPS.none"]


def test_goods_that_name_no_order_are_of_none_where_the_heading_names_two() -> None:
    two = (*HEAD[:5], "RFF+ON:PO-77002", *HEAD[5:])
    document = noticed(*two, *box(1), *item(1), *box(2), *item(2, "RFF+ON:PO-77002"))
    assert isinstance(document.record, ShipNotice)
    assert [each.number for each in document.record.boxes] == ["PO-77002"]
    assert [each.code for each in document.findings] == ["edifact.RFF.missing"]


def test_notice_of_an_unknown_function_is_refused_and_still_acknowledged() -> None:
    data = written(*message(("BGM+351+SHP-55+27", *HEAD[1:], *TWO_BOXES), "DESADV:D:96A:UN"))
    (document,) = read(data).documents()
    assert document.record is None
    assert [each.code for each in document.findings] == ["edifact.BGM03.unsupported"]
    assert control(data) == [["UCI+5001+5412345000013:14+7701234000011:14+7"]]
