"""DESADV to ship notices and back: which boxes were shipped, and what is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.edifact.reader import read
from formats.edifact.ship_notice_out import write_ship_notice
from formats.edifact.write import Envelope, MessageType, un_message
from formats.findings import Finding
from formats.records import Party, Purpose
from formats.steps import ShipNotice, ShippedBox
from tests.formats.edifact.samples import AT, control, message, written
from tests.formats.x12.strategies import amounts, gtins, maybe, ssccs, waybills
from tests.formats.x12.strategies import codes as plain_codes

ENVELOPE = Envelope("7701234000011", "5412345000013")
D96A, D01B = un_message("DESADV", association="EAN005"), un_message("DESADV", "01B")
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


# --- what a buyer is told

SHIPPED = ShipNotice(
    number="SN0000007",
    ship_date=date(2026, 12, 8),
    delivery_date=date(2026, 12, 10),
    awb="176-12345675",
    house_awb="HAWB-9",
    carrier="PRMF",
    vendor=Party("V0044", "92", "FINCA ALTA"),
    buyer=Party("5412345000013", "UL"),
    ship_to=Party("DC04", "92"),
    boxes=(
        ShippedBox(
            1, "PO-77001", "1", box_code=SSCC[0], lot_number="LOT42", box_type_code="HB",
            buyer_item="R60", quantity=Decimal(1), unit="BX", gtin="10614141000019",
        ),
        ShippedBox(
            2, "PO-77002", "LINE-0044", box_code=SSCC[0], boxes=0, seller_item="ROS-WHI",
            quantity=Decimal(5), unit="BH",
        ),
        ShippedBox(3, "PO-77001", "2", boxes=4, awb="020-00000011", ship_date=date(2026, 12, 9)),
        ShippedBox(4, "PO-77001", box_code="KD0000000017"),
    ),
)  # fmt: skip


def sent(what: ShipNotice, kind: MessageType = D96A, found: list[Finding] | None = None) -> bytes:
    envelope = replace(ENVELOPE, is_test=what.is_test)
    return write_ship_notice(what, envelope, kind, reference="6001", at=AT, warnings=found)


def reread(data: bytes) -> ShipNotice:
    (document,) = read(data).documents()
    assert isinstance(document.record, ShipNotice), document.findings
    return document.record


def test_every_box_gets_a_level_and_every_content_a_line() -> None:
    assert sent(SHIPPED).decode("ascii").replace("'", "").splitlines()[3:-2] == [
        "BGM+351+SN0000007+9",
        "DTM+137:20261204:102",
        "DTM+11:20261208:102",
        "DTM+17:20261210:102",
        "RFF+AWB:176-12345675",
        "RFF+HWB:HAWB-9",
        "NAD+SU+V0044::92++FINCA ALTA",
        "NAD+BY+5412345000013::9",
        "NAD+DP+DC04::92",
        "TDT+20++++PRMF",
        "CPS+1",
        "PAC+6",
        "CPS+2+1",
        "PAC+1++HB::92",
        "PCI+33E",
        "GIN+BJ+006141410000000012",
        "LIN+1++10614141000019:EN",
        "PIA+5+R60:BP",
        "QTY+12:1:BX",
        "RFF+ON:PO-77001:1",
        "RFF+BT:LOT42",
        "LIN+2++ROS-WHI:SA",
        "QTY+12:5:BH",
        "RFF+ON:PO-77002",
        "RFF+LI:LINE-0044",
        "CPS+3+1",
        "PAC+4",
        "LIN+3",
        "DTM+11:20261209:102",
        "RFF+ON:PO-77001:2",
        "RFF+AWB:020-00000011",
        "CPS+4+1",
        "PAC+1",
        "PCI+33E",
        "GIN+BN+KD0000000017",
        "LIN+4",
        "RFF+ON:PO-77001",
        "CNT+2:4",
    ]


@pytest.mark.parametrize("kind", [D96A, D01B])
def test_buyer_reads_what_was_shipped(kind: MessageType) -> None:
    found = reread(sent(SHIPPED, kind))
    assert found.model_dump(exclude={"boxes"}) == SHIPPED.model_dump(exclude={"boxes"})
    content = replace(SHIPPED.boxes[1], box_type_code="HB")
    assert found.boxes == (SHIPPED.boxes[0], content, *SHIPPED.boxes[2:])


def test_ids_that_we_gave_have_no_place_and_it_is_said() -> None:
    found: list[Finding] = []
    named = replace(SHIPPED.boxes[0], po_item="9001")
    sent(SHIPPED.model_copy(update={"boxes": (named,)}), found=found)
    assert [each.code for each in found] == ["edifact.out.left_out"]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ((), "has no box"),
        ((ShippedBox(1, "A", box_code="B1", boxes=2),), "a box code stands on one"),
        ((ShippedBox(1, "A", quantity=Decimal(0)),), "ships 0"),
        ((ShippedBox(1, "A", box_code="B1"), ShippedBox(2, "A", box_code="B1")), "on two boxes"),
        ((ShippedBox(1, "A", box_code="B1", boxes=0),), "put the contents of a box together"),
        ((ShippedBox(1, "A", box_code="é"),), "without accents"),
        ((ShippedBox(1, "A", lot_number="5000"),), "outside 1000 to 99999"),
    ],
)
def test_boxes_that_contradict_each_other_are_refused(
    rows: tuple[ShippedBox, ...], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        sent(SHIPPED.model_copy(update={"boxes": rows}))


# --- records that are generated

days = st.dates(date(2020, 1, 1), date(2099, 12, 31))
numbers = plain_codes(1, 22)
short_codes = st.text("ABC123?+:'", min_size=1, max_size=15)


@st.composite
def rows_of_a_box(draw: st.DrawFn, code: str | None, common: ShipNotice) -> list[ShippedBox]:
    """Return the rows of one box, or of several without code; they share its type."""
    box_type = draw(maybe(st.sampled_from(["FB", "HB", "QB", "EB", "ZZ9"])))
    rows = []
    for index in range(draw(st.integers(1, 3))):
        quantity = draw(maybe(amounts))
        rows.append(
            ShippedBox(
                line=0,
                number=draw(numbers),
                reference=draw(maybe(plain_codes(1, 20))),
                box_code=code,
                boxes=0 if index else 1 if code else draw(st.integers(1, 99)),
                lot_number=draw(maybe(short_codes.map(lambda text: f"L{text}"))),
                box_type_code=box_type,
                seller_item=draw(maybe(short_codes)),
                buyer_item=draw(maybe(short_codes)),
                quantity=quantity,
                unit=None if quantity is None else draw(st.sampled_from(["BX", "BH", "PCE"])),
                awb=draw(maybe(waybills.filter(lambda text: text != common.awb))),
                house_awb=draw(maybe(short_codes.filter(lambda each: each != common.house_awb))),
                ship_date=draw(maybe(days.filter(lambda each: each != common.ship_date))),
                gtin=draw(maybe(gtins)),
            )
        )
    return rows


@st.composite
def notices(draw: st.DrawFn) -> ShipNotice:
    party = st.builds(Party, short_codes, st.sampled_from(["92", "91", "UL"]), maybe(short_codes))
    common = ShipNotice(
        number=draw(short_codes),
        purpose=draw(st.sampled_from(Purpose)),
        is_test=draw(st.booleans()),
        ship_date=draw(maybe(days)),
        delivery_date=draw(maybe(days)),
        awb=draw(maybe(waybills)),
        house_awb=draw(maybe(short_codes)),
        carrier=draw(maybe(short_codes)),
        vendor=draw(st.just(Party()) | party),
        buyer=draw(st.just(Party()) | party),
        ship_to=draw(maybe(party)),
        boxes=(),
    )
    found = draw(st.lists(maybe(ssccs() | plain_codes(1, 16)), min_size=1, max_size=5))
    once = [code for at, code in enumerate(found) if code is None or code not in found[:at]]
    rows = [row for code in once for row in draw(rows_of_a_box(code, common))]
    numbered = tuple(replace(row, line=at) for at, row in enumerate(rows, 1))
    return common.model_copy(update={"boxes": numbered})


@settings(max_examples=60, deadline=None)
@given(shipped=notices(), kind=st.sampled_from([D96A, D01B]))
def test_what_is_written_is_read_back(shipped: ShipNotice, kind: MessageType) -> None:
    (document,) = read(sent(shipped, kind)).documents()
    assert document.record == shipped
    assert document.findings == ()
