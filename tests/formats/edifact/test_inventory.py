"""INVRPT to availability and back: what is read, what is left out, and what a buyer is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.edifact.inventory_out import InventoryWriter
from formats.edifact.reader import read
from formats.edifact.write import Envelope, MessageType, un_message
from formats.findings import Finding
from formats.offers import Offer, OfferRow
from formats.records import InventoryAdvice, InventoryLine, Party, Purpose
from formats.vbn import Vbn
from tests.formats.edifact.samples import control, message, written

ENVELOPE = Envelope("7701234000011", "5412345000013")
COUNTED = datetime(2026, 12, 4, 6, 0)  # noqa: DTZ001 - wall clock of the vendor's own zone
AT = datetime(2026, 12, 4, 6, 5)  # noqa: DTZ001 - wall clock of our own zone
D96A, D01B = un_message("INVRPT"), un_message("INVRPT", "01B")
VENDOR = Party("7701234000011", "UL", "FINCA ALTA")
BUYER = Party("B44", "92", "PETAL ROW")

REPORT = (
    "BGM+35+STK-77+9",
    "DTM+137:202612040605:203",
    "DTM+366:202612040600:203",
    "NAD+SU+7701234000011::9++FINCA ALTA",
    "NAD+WH+BOG::92",
    "CUX+2:USD:10",
    "LIN+1++ROS-RED-60:SA",
    "PIA+5+R60:BP+16207:VBN",
    "IMD+F++:::ROSE RED 60 CM",
    "IMD+F+35+:::RED",
    "IMD+F+8+:::ROSES",
    "IMD++S20+060",
    "DTM+44:20261205:102",
    "DTM+36:20261212:102",
    "DTM+94:20261203:102",
    "QTY+145:120:BX",
    "LOC+18+MIA",
    "PRI+AAA:0.36:::1:PCE",
    "CPS+1",
    "PAC+++HB::92",
    "QTY+59:10",
    "QTY+52:25",
    "LIN+2++10614141000019:EN",
    "QTY+17:40",
)


def of(*body: str, kind: str = "INVRPT:D:96A:UN:EAN004") -> bytes:
    return written(*message(body or REPORT, kind))


def advice_of(data: bytes) -> InventoryAdvice:
    (document,) = read(data).documents()
    assert isinstance(document.record, InventoryAdvice), document.findings
    assert control(data)[0][0].endswith("+7"), control(data)
    return document.record


def found_in(data: bytes) -> list[str]:
    return [each.code for document in read(data).documents() for each in document.findings]


def items(*segments: str) -> tuple[str, ...]:
    """Return a report with these items in place of its own."""
    return (*REPORT[:6], *segments)


def test_report_is_read_with_its_parties_and_the_time_of_the_count() -> None:
    advice = advice_of(of())
    assert (advice.reference, advice.purpose, advice.currency) == ("STK-77", Purpose.NEW, "USD")
    assert (advice.as_of, advice.vendor, advice.buyer) == (COUNTED, VENDOR, None)


def test_item_is_read_with_all_that_stands_in_its_group() -> None:
    assert advice_of(of()).lines[0] == InventoryLine(
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
    line = advice_of(of()).lines[1]
    assert line == InventoryLine(2, Decimal(40), "PCE", gtin="10614141000019", location="BOG")


def test_report_without_a_time_of_count_is_as_of_its_own_date() -> None:
    body = (each for each in REPORT if not each.startswith("DTM+366"))
    assert advice_of(of(*body)).as_of == AT


@pytest.mark.parametrize(
    ("function", "purpose"),
    [("9", Purpose.NEW), ("", Purpose.NEW), ("4", Purpose.CHANGE), ("5", Purpose.REPLACE)],
)
def test_message_function_says_what_becomes_of_earlier_stock(
    function: str, purpose: Purpose
) -> None:
    assert advice_of(of(f"BGM+35+STK-77+{function}", *REPORT[1:])).purpose is purpose


def test_report_that_cancels_is_refused_and_still_acknowledged() -> None:
    data = of("BGM+35+STK-77+1", *REPORT[1:])
    (document,) = read(data).documents()
    assert document.record is None
    assert found_in(data) == ["edifact.BGM03.unsupported"]
    assert control(data) == [["UCI+5001+5412345000013:14+7701234000011:14+7"]]


def test_actual_stock_counts_before_stock_on_hand() -> None:
    data = of(*items("LIN+1++A:SA", "QTY+17:9:BX", "QTY+145:7:BX"))
    assert [line.quantity for line in advice_of(data).lines] == [7]


def test_each_quantity_of_an_item_is_an_offer_with_its_own_place_date_price_and_box() -> None:
    data = of(
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
    data = of(*items("LIN+1++A:SA", "QTY+145:7:BX", "CPS+1", "PAC+++HB", "QTY+145:8:BX"))
    lines = advice_of(data).lines
    assert [line.quantity for line in lines] == [Decimal(7), Decimal(8)]
    assert [line.box_type_code for line in lines] == ["HB", None]


def test_pack_ahead_of_a_quantity_is_of_the_item() -> None:
    data = of(*items("LIN+1++A:SA", "QTY+52:25", "QTY+145:7:BH"))
    assert [line.stems_per_bunch for line in advice_of(data).lines] == [25]


@pytest.mark.parametrize("quantity", ["QTY+198:5:BX", "QTY+145:-5:BX"])
def test_item_without_a_quantity_for_sale_is_left_out_and_named(quantity: str) -> None:
    data = of(*items("LIN+1++A:SA", quantity, "LIN+2++B:SA", "QTY+145:1:BX"))
    assert [line.seller_item for line in advice_of(data).lines] == ["B"]
    assert found_in(data) == ["edifact.QTY.missing"]


def test_report_of_which_no_item_can_be_used_says_nothing_of_stock() -> None:
    data = of(*items("LIN+1++A:SA", "QTY+198:5:BX"))
    (document,) = read(data).documents()
    assert document.record is None
    assert found_in(data) == ["edifact.QTY.missing", "edifact.LIN.none"]


def test_report_without_items_says_that_nothing_is_for_sale() -> None:
    assert advice_of(of(*REPORT[:6])).lines == ()


def test_currency_of_all_prices_is_that_of_a_report_without_one() -> None:
    priced = ("LIN+1++A:SA", "QTY+145:7:BX", "PRI+AAA:1.5", "CUX+2:EUR:10")
    body = (*REPORT[:5], *priced)
    advice = advice_of(of(*body))
    assert (advice.currency, advice.lines[0].unit_cost) == ("EUR", Decimal("1.5"))


def test_price_in_another_currency_than_the_report_is_left_out_with_a_warning() -> None:
    data = of(*items("LIN+1++A:SA", "QTY+145:7:BX", "PRI+AAA:1.5", "CUX+2:EUR:10"))
    assert advice_of(data).lines[0].unit_cost is None
    assert found_in(data) == ["edifact.CUX01.several"]


def test_sub_lines_are_left_out_with_a_warning() -> None:
    data = of(*items("LIN+1++A:SA", "QTY+145:7:BX", "LIN+2++B:SA+1:1", "QTY+145:1:BX"))
    assert [line.seller_item for line in advice_of(data).lines] == ["A"]
    assert found_in(data) == ["edifact.LIN04.sub_line"]


def test_newer_directory_has_its_quantities_below_inv() -> None:
    body = items(
        *("LIN+1++A:SA", "INV++++2", "QTY+145:7:BX", "LOC+18+MIA", "PRI+AAA:1.5"),
        *("CPS+1", "PAC+++HB", "QTY+59:10"),
    )
    (line,) = advice_of(of(*body, kind="INVRPT:D:01B:UN")).lines
    assert (line.quantity, line.location) == (Decimal(7), "MIA")
    assert line.unit_cost == Decimal("1.5")
    assert (line.box_type_code, line.bunches_per_box) == ("HB", 10)


# --- what a buyer is told

ROSES = OfferRow(
    Offer(
        "OF-17", "ROS-RED-60", "Rose Red 60 cm", Decimal(120), "Box", "HB", 10, 25,
        Decimal("0.36"), "Stem", "USD", date(2026, 12, 12), "Red", "Roses", "MIA", "Finca Alta",
        "60 cm",
    ),
    "R60",
    date(2026, 12, 5),
    Decimal("0.45"),
    cut_on=date(2026, 12, 3),
)  # fmt: skip
MIX = OfferRow(Offer(seller_item="ALS-MIX", quantity=Decimal(0), unit="Bunch"))
UNITS = {"Box": "BX", "Bunch": "X2", "Stem": "EA"}


def told(
    *rows: OfferRow,
    message: MessageType = D96A,
    purpose: Purpose = Purpose.NEW,
    writer: InventoryWriter | None = None,
    vendor: Party | None = VENDOR,
    found: list[Finding] | None = None,
) -> bytes:
    return (writer or InventoryWriter(UNITS)).write(
        rows,
        number_of="STK-77",
        as_of=COUNTED,
        vendor=vendor,
        buyer=BUYER,
        envelope=ENVELOPE,
        message=message,
        reference="6001",
        purpose=purpose,
        at=AT,
        warnings=found,
    )


def body_of(data: bytes) -> list[str]:
    return data.decode("latin-1").replace("'", "").splitlines()[3:-2]


def test_offers_are_written_in_the_order_of_the_message() -> None:
    assert body_of(told(ROSES, MIX)) == [
        "BGM+35+STK-77+9",
        "DTM+137:202612040605:203",
        "DTM+366:202612040600:203",
        "NAD+SU+7701234000011::9++FINCA ALTA",
        "NAD+BY+B44::92++PETAL ROW",
        "CUX+2:USD:10",
        "LIN+1++ROS-RED-60:SA",
        "PIA+5+R60:BP",
        "IMD+F++:::Rose Red 60 cm",
        "IMD+F+35+:::Red",
        "IMD+F+38+:::60 cm",
        "IMD+F+8+:::Roses",
        "DTM+44:20261205:102",
        "DTM+94:20261203:102",
        "DTM+36:20261212:102",
        "RFF+AAG:OF-17",
        "QTY+145:120:BX",
        "LOC+18+MIA",
        "NAD+SU+++Finca Alta",
        "PRI+AAA:0.36:::1:EA",
        "PRI+INF:0.45::SRP:1:EA",
        "CPS+1",
        "PAC+++HB::92",
        "QTY+59:10",
        "QTY+52:25",
        "LIN+2++ALS-MIX:SA",
        "QTY+145:0:X2",
    ]


@pytest.mark.parametrize("message", [D96A, D01B])
def test_buyer_reads_the_offers_that_were_meant(message: MessageType) -> None:
    advice = advice_of(told(ROSES, MIX, message=message))
    assert advice == InventoryAdvice(
        reference="STK-77",
        as_of=COUNTED,
        currency="USD",
        vendor=VENDOR,
        buyer=BUYER,
        lines=(
            InventoryLine(
                1, Decimal(120), "BX", seller_item="ROS-RED-60", buyer_item="R60",
                description="Rose Red 60 cm", available_from=date(2026, 12, 5),
                available_to=date(2026, 12, 12), cut_on=date(2026, 12, 3), category="Roses", color="Red",
                grade="60 cm",
                unit_cost=Decimal("0.36"), cost_unit="EA", box_type_code="HB",
                bunches_per_box=10, stems_per_bunch=25, location="MIA",
            ),
            InventoryLine(2, Decimal(0), "X2", seller_item="ALS-MIX"),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("purpose", "function"),
    [(Purpose.NEW, "9"), (Purpose.CHANGE, "4"), (Purpose.REPLACE, "5")],
)
def test_message_function_tells_a_change_from_the_whole(purpose: Purpose, function: str) -> None:
    data = told(MIX, purpose=purpose)
    assert body_of(data)[0] == f"BGM+35+STK-77+{function}"
    assert advice_of(data).purpose is purpose


def test_what_buyers_read_alike_is_the_same_for_the_second_and_what_is_their_own_is_not() -> None:
    writer = InventoryWriter(UNITS)
    first = body_of(told(ROSES, writer=writer))
    theirs = ROSES._replace(buyer_item="ROSA", available_from=None, price=None, cut_on=None)
    second = body_of(told(theirs, writer=writer))
    assert [each for each in first if each not in second] == [
        "PIA+5+R60:BP",
        "DTM+44:20261205:102",
        "DTM+94:20261203:102",
        "PRI+INF:0.45::SRP:1:EA",
    ]
    assert [each for each in second if each not in first] == ["PIA+5+ROSA:BP"]


def test_hidden_vendor_leaves_no_trace() -> None:
    hidden = ROSES._replace(offer=ROSES.offer._replace(vendor_display=None))
    data = told(hidden, vendor=None)
    assert b"NAD+SU" not in data
    assert advice_of(data).vendor == Party()


def test_costs_in_several_currencies_name_them_item_by_item() -> None:
    euros = ROSES._replace(offer=ROSES.offer._replace(currency="EUR"))
    body = body_of(told(ROSES, euros))
    assert [each for each in body if each.startswith("CUX")] == ["CUX+2:USD:10", "CUX+2:EUR:10"]
    assert body.index("CUX+2:USD:10") > body.index("LIN+1++ROS-RED-60:SA")


def test_cost_of_nothing_is_said_and_no_cost_is_not() -> None:
    free = ROSES._replace(offer=ROSES.offer._replace(unit_cost=Decimal(0)), price=None)
    assert "PRI+AAA:0:::1:EA" in body_of(told(free))
    assert not any(each.startswith(("PRI", "CUX")) for each in body_of(told(MIX)))


def test_long_description_is_cut_and_the_vendor_is_told() -> None:
    found: list[Finding] = []
    words = "Rose Freedom " * 8
    long = ROSES._replace(offer=ROSES.offer._replace(description=words))
    (line,) = advice_of(told(long, found=found)).lines
    assert line.description == words[:70].strip()
    assert [each.code for each in found] == ["edifact.out.cut"]


def test_offer_that_nothing_names_is_refused() -> None:
    with pytest.raises(ValueError, match=r"offer 1 .* has no item code"):
        told(OfferRow(Offer(description="Rose", quantity=Decimal(1), unit="Box")))


def test_report_of_nothing_and_one_that_cancels_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one offer"):
        told()
    with pytest.raises(ValueError, match="can't be a cancel"):
        told(MIX, purpose=Purpose.CANCEL)


# --- records that are generated

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789?+:'"
codes = st.text(LETTERS, min_size=1, max_size=20)
words = st.lists(st.text("ABCabc+?:'ñé", min_size=1, max_size=9), min_size=1, max_size=3).map(
    " ".join
)
amounts = st.decimals(Decimal("0.01"), Decimal(999_999), places=2)
days = st.dates(date(2020, 1, 1), date(2099, 12, 31))
packs = st.none() | st.integers(1, 9999)


@st.composite
def offers(draw: st.DrawFn) -> OfferRow:
    said: dict[str, Any] = {
        "name": draw(st.none() | codes),
        "seller_item": draw(codes),
        "description": draw(st.just("") | words),
        "quantity": draw(st.just(Decimal(0)) | amounts),
        "unit": draw(st.sampled_from(["BX", "X2", "EA"])),
        "box_type": draw(st.none() | st.sampled_from(["FB", "HB", "QB", "ZZ9"])),
        "bunches_per_box": draw(packs),
        "stems_per_bunch": draw(packs),
        "unit_cost": draw(st.none() | amounts),
        "available_to": draw(st.none() | days),
        "color": draw(st.none() | words),
        "category": draw(st.none() | words),
        "location": draw(st.none() | codes),
    }
    said["cost_unit"] = draw(st.none() | st.just("EA"))
    said["currency"] = "USD"
    item = draw(st.none() | codes)
    day, price, cut = draw(st.none() | days), draw(st.none() | amounts), draw(st.none() | days)
    return OfferRow(Offer(**said), item, day, price, cut_on=cut)


def expected(rows: Sequence[OfferRow]) -> tuple[InventoryLine, ...]:
    """Return the lines that a buyer has to read."""
    return tuple(
        InventoryLine(
            number,
            offer.quantity,
            offer.unit,
            seller_item=offer.seller_item,
            buyer_item=row.buyer_item,
            description=offer.description or None,
            available_from=row.available_from,
            available_to=offer.available_to,
            cut_on=row.cut_on,
            category=offer.category,
            color=offer.color,
            unit_cost=offer.unit_cost,
            cost_unit=None if offer.unit_cost is None else offer.cost_unit or offer.unit,
            box_type_code=offer.box_type,
            bunches_per_box=offer.bunches_per_box,
            stems_per_bunch=offer.stems_per_bunch,
            location=offer.location,
        )
        for number, (row, offer) in enumerate(((each, each.offer) for each in rows), 1)
    )


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(offers(), min_size=1, max_size=4),
    message=st.sampled_from([D96A, D01B]),
    version=st.sampled_from(["3", "4"]),
)
def test_what_is_written_is_read_back(
    rows: list[OfferRow], message: MessageType, version: Any
) -> None:
    writer = InventoryWriter()
    envelope = replace(ENVELOPE, version=version)
    data = writer.write(
        rows,
        number_of="STK-77",
        as_of=COUNTED,
        vendor=VENDOR,
        buyer=BUYER,
        envelope=envelope,
        message=message,
        reference="6001",
    )
    (document,) = read(data).documents()
    assert isinstance(document.record, InventoryAdvice), document.findings
    assert document.findings == ()
    assert document.record.lines == expected(rows)
