"""What is for sale as INVRPT: a buyer reads back the offers that were meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
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
from tests.formats.edifact.reports import AT, BUYER, COUNTED, VENDOR, advice_of

ENVELOPE = Envelope("7701234000011", "5412345000013")
D96A, D01B = un_message("INVRPT"), un_message("INVRPT", "01B")


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
                available_to=date(2026, 12, 12), cut_on=date(2026, 12, 3), category="Roses",
                color="Red", grade="60 cm", unit_cost=Decimal("0.36"), cost_unit="EA",
                box_type_code="HB", bunches_per_box=10, stems_per_bunch=25, location="MIA",
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
