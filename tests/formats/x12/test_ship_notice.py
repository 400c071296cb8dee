"""Promises about an 856: which boxes were shipped, in every order of levels, and what is named."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest

from formats.documents import ReadDocument
from formats.records import Party, Purpose
from formats.steps import ShipNotice, ShippedBox
from formats.x12.reader import read
from tests.formats.x12.samples import group, interchange, transaction_set, written

HEAD = ("BSN*00*SHP-55*20261208*1430*0001",)
SHIPMENT = (
    "HL*1**S",
    "TD1*CTN25*3****G*66*LB",
    "TD5*O*2*PRMF",
    "REF*AW*176-12345675",
    "REF*2I*HAWB-9",
    "DTM*011*20261208",
    "DTM*017*20261210",
    "N1*SF*FINCA ALTA*92*V0044",
    "N3*KM 3",
    "N1*ST*PETAL ROW DC 4*92*DC04",
    "N4*TAMPA*FL*33602",
)
ORDER = ("HL*2*1*O", "PRF*PO-77001***20261204", "N1*BY*PETAL ROW*92*PR")
SSCC = ("00006141410000000012", "00006141410000000029")


def pack(number: int, *segments: str, parent: int = 2) -> tuple[str, ...]:
    return (f"HL*{number}*{parent}*P", *segments)


def item(number: int, parent: int, *segments: str, quantity: str = "10*X2") -> tuple[str, ...]:
    return (
        f"HL*{number}*{parent}*I",
        "LIN*1*VP*ROS-RED-60*BP*R60*UK*10614141000019",
        f"SN1*1*{quantity}",
        *segments,
    )


def noticed(*body: str, version: str = "004010") -> ReadDocument:
    one = group(transaction_set(body, "856"), functional_id="SH", version=version)
    (document,) = read(written(interchange(one))).documents()
    return document


def notice(*body: str) -> ShipNotice:
    document = noticed(*body)
    assert isinstance(document.record, ShipNotice)
    assert [each.code for each in document.findings] == []
    return document.record


def boxes(*levels: str) -> list[tuple[str | None, int, Decimal | None]]:
    """Return code, count and quantity of the boxes of one order."""
    found = notice(*HEAD, *SHIPMENT, *ORDER, *levels).boxes
    return [(box.box_code, box.boxes, box.quantity) for box in found]


def codes(document: ReadDocument) -> list[tuple[str, int | None, int | None]]:
    return [(each.code, each.where.position, each.where.element) for each in document.findings]


def named(*levels: str) -> ReadDocument:
    return noticed(*HEAD, *SHIPMENT, *ORDER, *levels)


SOPI = (
    *pack(3, "PO4****HB", "REF*LT*LOT42", f"MAN*GM*{SSCC[0]}"),
    *item(4, 3),
    *pack(5, f"MAN*GM*{SSCC[1]}"),
    *item(6, 5),
)


def test_heading() -> None:
    found = notice(*HEAD, *SHIPMENT, *ORDER, *SOPI)
    assert (found.number, found.purpose) == ("SHP-55", Purpose.NEW)
    assert (found.ship_date, found.delivery_date) == (date(2026, 12, 8), date(2026, 12, 10))
    assert (found.awb, found.house_awb, found.carrier) == ("176-12345675", "HAWB-9", "PRMF")
    assert found.vendor == Party("V0044", "92", "FINCA ALTA", "KM 3")
    assert found.buyer == Party("PR", "92", "PETAL ROW")
    assert found.ship_to == Party("DC04", "92", "PETAL ROW DC 4", None, "TAMPA", "FL", "33602")


@pytest.mark.parametrize("version", ["004010", "005010"])
def test_shipment_order_pack_item(version: str) -> None:
    document = noticed(*HEAD, *SHIPMENT, *ORDER, *SOPI, "CTT*6", version=version)
    assert isinstance(document.record, ShipNotice)
    assert document.findings == ()
    first, second = document.record.boxes
    assert first == ShippedBox(
        line=1,
        number="PO-77001",
        reference="1",
        box_code=SSCC[0],
        lot_number="LOT42",
        box_type_code="HB",
        seller_item="ROS-RED-60",
        buyer_item="R60",
        gtin="10614141000019",
        quantity=Decimal(10),
        unit="X2",
    )
    assert (second.line, second.box_code, second.lot_number) == (2, SSCC[1], None)


def test_shipment_order_item_with_codes() -> None:
    assert boxes(*item(3, 2, "MAN*SM*BX1", "MAN*SM*BX2", quantity="20*X2")) == [
        ("BX1", 1, Decimal(10)),
        ("BX2", 1, Decimal(10)),
    ]


@pytest.mark.parametrize(
    ("quantity", "segments", "count"),
    [("3*BX", (), 3), ("30*X2", ("TD1*CTN25*3",), 3), ("30*X2", ("CLD*3*10",), 3)],
)
def test_shipment_order_item_without_codes(
    quantity: str, segments: tuple[str, ...], count: int
) -> None:
    assert boxes(*item(3, 2, *segments, quantity=quantity)) == [
        (None, count, Decimal(quantity.split("*", maxsplit=1)[0]))
    ]


def test_item_whose_boxes_nobody_counts_is_one_and_named() -> None:
    document = named(*item(3, 2))
    assert isinstance(document.record, ShipNotice)
    assert document.record.boxes[0].boxes == 1
    assert codes(document) == [("x12.TD102.missing", 17, None)]


def test_shipment_order_tare_pack_item() -> None:
    tare = ("HL*3*2*T", f"MAN*GM*{SSCC[1]}")
    levels = (*tare, *pack(4, "MAN*SM*BX1", parent=3), *item(5, 4))
    assert boxes(*levels) == [("BX1", 1, Decimal(10))]


def test_tare_without_packs_is_the_box() -> None:
    tare = ("HL*3*2*T", f"MAN*GM*{SSCC[1]}")
    assert boxes(*tare, *item(4, 3)) == [(SSCC[1], 1, Decimal(10))]


def test_shipment_order_item_pack() -> None:
    levels = (
        *item(3, 2, quantity="20*X2"),
        *pack(4, "MAN*SM*BX1", parent=3),
        *pack(5, "MAN*SM*BX2", parent=3),
    )
    assert boxes(*levels) == [("BX1", 1, Decimal(10)), ("BX2", 1, Decimal(10))]


def test_shipment_pack_order_item() -> None:
    levels = (
        *("HL*2*1*P", "MAN*SM*BX1"),
        *("HL*3*2*O", "PRF*PO-1"),
        *item(4, 3),
        *("HL*5*2*O", "PRF*PO-2"),
        *item(6, 5),
    )
    found = notice(*HEAD, *SHIPMENT, *levels).boxes
    assert [(box.number, box.box_code, box.boxes) for box in found] == [
        ("PO-1", "BX1", 1),
        ("PO-2", "BX1", 0),
    ]


def test_box_with_several_items_is_one_box() -> None:
    levels = (*pack(3, "MAN*SM*BX1"), *item(4, 3), *item(5, 3, quantity="5*X2"))
    assert boxes(*levels) == [("BX1", 1, Decimal(10)), ("BX1", 0, Decimal(5))]


def test_pack_without_item_is_a_box_of_the_order() -> None:
    assert boxes(*pack(3, "MAN*SM*BX1")) == [("BX1", 1, None)]


def test_packs_without_codes_are_counted() -> None:
    assert boxes(*pack(3, "TD1*CTN25*4"), *item(4, 3, quantity="40*X2")) == [(None, 4, Decimal(40))]


def test_range_of_codes() -> None:
    levels = (*pack(3, "MAN*SM*KD0009*KD0011"), *item(4, 3, quantity="30*X2"))
    assert [code for code, _, _ in boxes(*levels)] == ["KD0009", "KD0010", "KD0011"]


def test_range_of_ssccs_runs_over_what_the_check_digit_follows_from() -> None:
    levels = (*pack(3, f"MAN*GM*{SSCC[0]}*00006141410000000036"), *item(4, 3, quantity="30*X2"))
    assert [code for code, _, _ in boxes(*levels)] == [*SSCC, "00006141410000000036"]


@pytest.mark.parametrize(
    "marks",
    [
        (f"MAN*GM*{SSCC[0]}", "MAN*SM*BX1"),
        (f"MAN*GM*{SSCC[0]}**SM*BX1",),
        ("MAN*CP*1Z99", "MAN*SM*BX1"),
        ("MAN*UC*10614141000019**SM*BX1",),
    ],
)
def test_code_that_orders_name_comes_before_other_marks(marks: tuple[str, ...]) -> None:
    assert boxes(*pack(3, *marks), *item(4, 3)) == [("BX1", 1, Decimal(10))]


def test_mark_of_a_product_is_no_box_code() -> None:
    assert boxes(*pack(3, "MAN*UC*10614141000019"), *item(4, 3)) == [(None, 1, Decimal(10))]


@pytest.mark.parametrize(
    ("mark", "code"),
    [
        ("MAN*SM*KD0011*KD0009", "x12.MAN02.unusable"),
        ("MAN*SM*KD1*XX9", "x12.MAN02.unusable"),
        (f"MAN*SM*{'9' * 21}", "x12.MAN02.unusable"),
    ],
)
def test_code_that_can_not_be_used_is_named(mark: str, code: str) -> None:
    document = named(*pack(3, mark), *item(4, 3), *pack(5, "MAN*SM*BX2"))
    assert isinstance(document.record, ShipNotice)
    assert [box.box_code for box in document.record.boxes] == ["BX2"]
    assert codes(document) == [(code, 18, 2)]


@pytest.mark.parametrize("mark", ["MAN*GM*00006141410000000013", "MAN*AA*006141410000000013"])
def test_sscc_with_a_wrong_check_digit_is_kept_and_named(mark: str) -> None:
    document = named(*pack(3, mark), *item(4, 3))
    assert isinstance(document.record, ShipNotice)
    assert document.record.boxes[0].box_code == mark.split("*")[2]
    assert codes(document) == [("x12.MAN02.sscc", 18, 2)]


def test_code_that_comes_again_is_one_box_and_named() -> None:
    document = named(*pack(3, "MAN*SM*BX1"), *item(4, 3), *pack(5, "MAN*SM*BX1"), *item(6, 5))
    assert isinstance(document.record, ShipNotice)
    assert [box.boxes for box in document.record.boxes] == [1, 0]
    assert codes(document) == [("x12.MAN02.repeated", 23, 2)]


def test_count_that_differs_from_the_codes_is_named() -> None:
    document = named(*pack(3, "TD1*CTN25*3", "MAN*SM*BX1"), *item(4, 3))
    assert codes(document) == [("x12.TD102.differs", 17, None)]


def test_quantity_that_boxes_can_not_share_is_left_out_and_named() -> None:
    document = named(*item(3, 2, "MAN*SM*BX1", "MAN*SM*BX2", quantity="7*X2"))
    assert isinstance(document.record, ShipNotice)
    assert [box.quantity for box in document.record.boxes] == [None, None]
    assert {each.code for each in document.findings} == {"x12.SN102.not_shared"}


def test_items_go_apart() -> None:
    apart = ("REF*AW*729-12345675", "DTM*011*20261209")
    found = notice(*HEAD, *SHIPMENT, *ORDER[:2], *apart, *SOPI).boxes
    assert {(box.awb, box.ship_date) for box in found} == {("729-12345675", date(2026, 12, 9))}


def test_master_air_waybill_with_a_house_one() -> None:
    changed = ("REF*MB*176-12345675", "REF*AW*H-77")
    found = notice(*HEAD, "HL*1**S", *changed, *ORDER, *SOPI)
    assert (found.awb, found.house_awb) == ("176-12345675", "H-77")


def test_odd_air_waybill_is_kept_and_named() -> None:
    document = noticed(*HEAD, "HL*1**S", "REF*AW*176-12345676", *ORDER, *SOPI)
    assert isinstance(document.record, ShipNotice)
    assert document.record.awb == "176-12345676"
    assert codes(document) == [("x12.REF02.awb", 4, 2)]


def test_levels_that_name_no_parent_stand_in_their_order() -> None:
    levels = tuple(each.replace("*2*P", "**P").replace("*3*I", "**I") for each in SOPI[:7])
    document = named(*levels)
    assert isinstance(document.record, ShipNotice)
    assert [box.box_code for box in document.record.boxes] == [SSCC[0]]
    assert codes(document) == [("x12.HL02.missing", 14, 2)]


def test_level_under_an_unknown_one_is_left_out_with_all_below() -> None:
    document = named(*pack(3, "MAN*SM*BX1", parent=9), *item(4, 3), *pack(5, "MAN*SM*BX2"))
    assert isinstance(document.record, ShipNotice)
    assert [box.box_code for box in document.record.boxes] == ["BX2"]
    assert codes(document) == [("x12.HL02.unknown", 17, 2)]


def test_number_of_a_level_that_comes_again_is_named() -> None:
    document = named(*pack(3, "MAN*SM*BX1"), *pack(3, "MAN*SM*BX2"))
    assert document.is_accepted
    assert codes(document) == [("x12.HL01.repeated", 19, 1)]


def test_goods_without_an_order_are_left_out_and_named() -> None:
    document = noticed(*HEAD, *SHIPMENT, "HL*2*1*O", *SOPI)
    assert document.record is None
    assert codes(document) == [
        ("x12.PRF.missing", 19, None),
        ("x12.PRF.missing", 24, None),
        ("x12.HL.none", 3, None),
    ]


def test_item_of_which_nothing_came_is_left_out() -> None:
    document = named(*item(3, 2, quantity="0*BX"), *pack(4, "MAN*SM*BX1"))
    assert isinstance(document.record, ShipNotice)
    assert len(document.record.boxes) == 1
    assert [(each.code, each.is_error) for each in document.findings] == [
        ("x12.SN102.nothing", False)
    ]


def test_lot_number_of_ours_is_refused_with_its_box() -> None:
    document = named(*pack(3, "REF*LT*5000", "MAN*SM*BX1"), *pack(4, "MAN*SM*BX2"))
    assert isinstance(document.record, ShipNotice)
    assert [box.box_code for box in document.record.boxes] == ["BX2"]
    assert codes(document) == [("x12.REF.lot", 18, 2)]


def test_several_ship_tos_are_named() -> None:
    head = tuple(each for each in SHIPMENT if not each.startswith(("N1*ST", "N4")))
    two = ("HL*9*1*O", "PRF*PO-2", "N1*ST**92*DC05", *pack(10, "MAN*SM*BX9", parent=9))
    document = noticed(*HEAD, *head, *ORDER, "N1*ST**92*DC04", *SOPI, *two)
    assert isinstance(document.record, ShipNotice)
    assert document.record.ship_to is None
    assert [each.code for each in document.findings] == ["x12.N1.ST.several"]


@pytest.mark.parametrize(("count", "is_right"), [("6", True), ("2", True), ("5", False)])
def test_total_counts_levels_or_items(count: str, is_right: bool) -> None:
    document = named(*SOPI, f"CTT*{count}")
    assert ([each.code for each in document.findings] == []) is is_right
    assert document.is_accepted


@pytest.mark.parametrize(
    ("code", "purpose"),
    [("14", Purpose.NEW), ("05", Purpose.REPLACE), ("04", Purpose.CHANGE), ("01", Purpose.CANCEL)],
)
def test_purpose(code: str, purpose: Purpose) -> None:
    head = HEAD[0].replace("*00*", f"*{code}*", 1)
    assert notice(head, *SHIPMENT, *ORDER, *SOPI).purpose is purpose


def test_cancellation_needs_no_boxes() -> None:
    assert notice(HEAD[0].replace("*00*", "*01*", 1), "HL*1**S").boxes == ()


def test_other_purposes_are_refused() -> None:
    document = noticed(HEAD[0].replace("*00*", "*13*", 1), *SHIPMENT, *ORDER, *SOPI)
    assert document.record is None
    assert codes(document) == [("x12.BSN01.unsupported", 2, 1)]


@pytest.mark.parametrize(
    ("segment", "code"),
    [
        ("SN1*1*TEN*BX", "x12.SN102.character"),
        ("SN1*1*10", "x12.SN103.missing"),
        ("SN1*1*10*BX**10", "x12.SN106.needed"),
        ("MAN*GM", "x12.MAN02.missing"),
        ("HL*9", "x12.HL03.missing"),
        ("PRF", "x12.PRF01.missing"),
    ],
)
def test_wrong_element_refuses_the_set_at_its_place(segment: str, code: str) -> None:
    document = noticed(*HEAD, "HL*1**S", segment)
    assert document.record is None
    assert code in [each.code for each in document.findings]
    assert document.findings[0].where.position == 4


def test_large_notice_takes_time_in_proportion() -> None:
    levels = [*HEAD, *SHIPMENT, *ORDER]
    for number in range(3, 20_003, 2):
        levels += [*pack(number, f"MAN*SM*KD{number}"), *item(number + 1, number)]
    started = time.monotonic()
    found = notice(*levels)
    assert len(found.boxes) == 10_000
    assert time.monotonic() - started < 5
