"""Ship notices as buyers get them in EDIFACT: a level for every box, and read back as written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.edifact.reader import read
from formats.edifact.ship_notice_out import write_ship_notice
from formats.edifact.write import Envelope, MessageType, un_message
from formats.findings import Finding
from formats.records import Party, Purpose
from formats.steps import ShipNotice, ShippedBox
from tests.formats.edifact.samples import AT
from tests.formats.x12.strategies import amounts, gtins, maybe, ssccs, waybills
from tests.formats.x12.strategies import codes as plain_codes

ENVELOPE = Envelope("7701234000011", "5412345000013")
D96A, D01B = un_message("DESADV", association="EAN005"), un_message("DESADV", "01B")
SSCC = ("006141410000000012", "006141410000000029")

SHIPPED = ShipNotice(
    number="SN0000007",
    ship_date=date(2026, 12, 8),
    delivery_date=date(2026, 12, 10),
    awb="176-12345675",
    house_awb="HAWB-9",
    carrier="PRMF",
    cargo_agency="LOGIX",
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
        "NAD+FW+LOGIX::92",
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


@pytest.mark.parametrize("kind", [D96A, D01B], ids=["D96A", "D01B"])
def test_what_the_buyer_calls_its_vendor_stands_beside_the_lot(kind: MessageType) -> None:
    box = replace(SHIPPED.boxes[0], vendor_code="V0044")
    data = sent(SHIPPED.model_copy(update={"boxes": (box,)}), kind)
    assert b"RFF+BT:LOT42'" in data
    assert b"RFF+IA:V0044'" in data
    assert not [each for each in read(data).findings if each.is_error]


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
