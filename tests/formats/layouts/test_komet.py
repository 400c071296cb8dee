"""Komet's workbooks: inventory in boxes and standalone orders, told by their header (domain 12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.layouts.komet import BOX_INVENTORY, STANDALONE_ORDER, komet_layout
from formats.layouts.layout import DeclaredLayout, LayoutColumn
from formats.layouts.read import read_layout
from formats.layouts.write import offer_rows, order_rows, stock_rows, write_rows
from formats.limits import DEFAULT_LIMITS
from formats.offers import Offer, OfferRow
from formats.records import (
    Content,
    InventoryAdvice,
    InventoryLine,
    OrderLine,
    Party,
    PurchaseOrder,
    UnitType,
)
from formats.tabular.availability import read_availability
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import Kind
from tests.formats.xlsx.books import book, opened

DAY = date(2026, 11, 21)
INVENTORY = ["Vendor Code", "AWB", "Ship Date", "Product Description", "Boxes", "Box Type",
             "Unit Type", "Bunches/Box", "Stems/Bunch", "Unit Cost"]  # fmt: skip
ROSES = ["FLS", "176-12345675", DAY, "Rose Freedom 60", 12, "HB", "Bunch", 10, 25, 3.5]


def documents(rows: Sequence[Any], *, is_vendor: bool) -> list[ReadDocument]:
    (sheet,) = opened(book({"Sheet1": rows})).sheets
    layout = komet_layout(sheet, is_vendor=is_vendor)
    assert layout is not None
    return list(read_layout(sheet, layout, vendor=Party(), limits=DEFAULT_LIMITS))


def test_inventory_counts_boxes_and_costs_units() -> None:
    (document,) = documents([INVENTORY, ROSES], is_vendor=True)
    assert isinstance(document.record, InventoryAdvice)
    (line,) = document.record.lines
    assert (line.quantity, line.unit_type) == (Decimal(12), UnitType.BOX)
    assert line.box_type_code == "HB"
    assert (line.bunches_per_box, line.stems_per_bunch, line.available_from) == (10, 25, DAY)
    assert (line.unit_cost, line.cost_unit_type) == (Decimal("3.5"), UnitType.BUNCH)


def test_bad_row_of_an_inventory_is_named_and_the_others_are_used() -> None:
    bad = [*ROSES[:4], "dozen", *ROSES[5:]]
    (document,) = documents([INVENTORY, ROSES, bad], is_vendor=True)
    assert isinstance(document.record, InventoryAdvice)
    assert len(document.record.lines) == 1
    assert [str(each.where) for each in document.findings] == [
        "sheet Sheet1, row 3, column E Boxes"
    ]


def test_inventory_is_read_back_as_it_is_written() -> None:
    (document,) = documents([INVENTORY, ROSES], is_vendor=True)
    assert isinstance(document.record, InventoryAdvice)
    (sheet,) = opened(write_rows(stock_rows(document.record), BOX_INVENTORY)).sheets
    assert sheet.head()[0].cells[:3] == ["Vendor Code", "AWB", "Ship Date"]
    (again,) = read_layout(sheet, BOX_INVENTORY, vendor=Party(), limits=DEFAULT_LIMITS)
    assert again.record == document.record


def test_rows_of_one_vendor_day_and_location_are_one_order() -> None:
    header = ["Vendor Code", "Location Code", "Ship Date", "Product Description", "Boxes",
              "Box Type", "Unit Type", "Bunches/Box", "Stems/Bunch", "Unit Cost"]  # fmt: skip
    rose = ["V1", "MIA", DAY, "Rose", 1, "HB", "Stem", 10, 25, 0.3]
    rows = [header, rose, ["V1", "BOG", *rose[2:]], [*rose[:3], "Carnation", *rose[4:]]]
    found = [document.record for document in documents(rows, is_vendor=False)]
    orders = [record for record in found if isinstance(record, PurchaseOrder)]
    assert sorted((order.location, len(order.lines)) for order in orders) == [
        ("BOG", 1),
        ("MIA", 2),
    ]
    assert len({order.number for order in orders}) == 2


def test_a_breakdown_with_a_bad_row_is_left_out_whole() -> None:
    header = ["PO Number", "Line No", "Parent Line No", "Product Description", "Boxes",
              "Bunches/Box", "Stems/Bunch", "Customer Code"]  # fmt: skip
    rows = [
        header,
        ["P1", 1, None, "Assorted", 2, None, None, "C1"],
        ["P1", "1.1", 1, "Rose", None, 6, 25, "C1"],
        ["P1", "1.2", 1, "Carnation", None, "six", 25, "C1"],
        ["P1", 2, None, "Rose", 1, 10, 25, "C1"],
    ]
    (document,) = documents(rows, is_vendor=True)
    assert isinstance(document.record, PurchaseOrder)
    assert [line.reference for line in document.record.lines] == ["2"]
    places = [str(finding.where) for finding in document.findings]
    assert "sheet Sheet1, row 4, column F Bunches/Box" in places


def test_our_own_orders_are_not_taken_for_theirs() -> None:
    own = b"po_number,line,product_code,boxes,bunches,stems_bunch\nP,1,A,1,1,1\n"
    assert komet_layout(own, is_vendor=False) is None
    csv = b"Boxes,Bunches/Box,Product Code,PO Number\n1,1,A,P\n"
    assert komet_layout(csv, is_vendor=True) is STANDALONE_ORDER


def offered(**said: Any) -> Offer:
    plain: dict[str, Any] = {"seller_item": "R60", "bunches_per_box": 10, "stems_per_bunch": 25}
    return Offer(**{**plain, **said})


@pytest.mark.parametrize(
    ("offer", "boxes"),
    [
        (offered(quantity=Decimal(3), unit="Box"), 3),
        (offered(quantity=Decimal(39), unit="Bunch"), 3),
        (offered(quantity=Decimal(39), unit="Bunch", stems_per_bunch=None), 3),
        (offered(quantity=Decimal(749), unit="Stem"), 2),
        (offered(quantity=Decimal(9), unit="Bunch"), 0),
        (offered(quantity=Decimal(0), unit="Stem", bunches_per_box=None), 0),
        (offered(quantity=Decimal(749), unit="Stem", stems_per_bunch=None), None),
        (offered(quantity=Decimal(749), unit="Bunch", bunches_per_box=None), None),
    ],
)
def test_inventory_in_boxes_counts_whole_boxes_alone(offer: Offer, boxes: int | None) -> None:
    """K-30; what nobody can count in boxes can't be told in them."""
    data = write_rows(offer_rows([OfferRow(offer)], BOX_INVENTORY), BOX_INVENTORY)
    (sheet,) = opened(data).sheets
    header, *rows = (row.cells for row in sheet.head())
    at = list(header).index("Boxes")
    assert [row[at] for row in rows] == ([] if boxes is None else [str(boxes)])


def test_layout_that_says_no_unit_counts_as_the_offer_does() -> None:
    (row,) = offer_rows([OfferRow(offered(quantity=Decimal(749), unit="Stem"))], STANDALONE_ORDER)
    assert (row["quantity"], row["unit_type"]) == (Decimal(749), "Stem")


def test_availability_without_a_header_is_written_with_the_vendors_number_of_its_reader() -> None:
    """Domain 12.1: eleven columns; what a declared layout writes is what every reader takes."""
    names = ("vendor_id", "product_description", "available_from", "quantity", "unit_type",
             "post_harvest", "category", "color", "unit_cost", "stems_bunch", "tag")  # fmt: skip
    said = {"vendor_id": {"111": "Florsol Farms"}}
    layout = DeclaredLayout(
        "komet-va",
        Kind.AVAILABILITY,
        header_row=0,
        columns=tuple(LayoutColumn(n, at=i, values=said.get(n, {})) for i, n in enumerate(names)),
    )
    offer = offered(
        **{"vendor_display": "Florsol Farms", "description": "Rose 60", "unit": "Bunch"},
        **{"quantity": Decimal(120), "category": "Roses", "color": "Red", "name": "florsol-7"},
        **{"unit_cost": Decimal("2.5")},
    )
    data = write_rows(offer_rows([OfferRow(offer, available_from=DAY)], layout), layout)
    assert data == b"111,Rose 60,2026-11-21,120,Bunch,,Roses,Red,2.5,25,florsol-7\r\n"
    (document,) = read_availability(data, vendor=Party(), dialect=Dialect(), limits=DEFAULT_LIMITS)
    assert isinstance(document.record, InventoryAdvice), document.findings
    (line,) = document.record.lines
    assert (line.vendor_id, line.quantity) == ("111", Decimal(120))


def test_standalone_order_is_written_with_all_columns_that_its_users_know() -> None:
    (sheet,) = opened(write_rows([{"boxes": 2}], STANDALONE_ORDER)).sheets
    header = sheet.head()[0].cells
    assert len(header) == 22
    assert list(header[14:]) == [
        *("Mark Code", "AWB", "House AWB", "Box Code", "Lot", "Line No", "Parent Line No", "Notes"),
    ]


# --- what is written is read back ----------------------------------------------------------------

WORDS = st.text("Rosa Ávalanche60;,\"'€", min_size=1, max_size=24).map(lambda t: t.strip() or "R")
CODES = st.text("ABC-0159", min_size=1, max_size=12).map(lambda code: f"K{code}")
COSTS = st.decimals("0.001", 9999, places=3)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
COUNTS = st.integers(1, 99)


def rows_again(data: bytes, layout: DeclaredLayout) -> ReadDocument:
    (sheet,) = opened(data).sheets
    (document,) = read_layout(sheet, layout, vendor=Party(), limits=DEFAULT_LIMITS)
    return document


@st.composite
def stock_lines(draw: st.DrawFn, at: int) -> InventoryLine:
    costs = draw(st.sampled_from(UnitType))
    return InventoryLine(
        line=at,
        quantity=Decimal(draw(st.integers(0, 9999))),
        unit="Box",
        unit_type=UnitType.BOX,
        vendor_id=draw(CODES),
        description=draw(WORDS),
        seller_item=draw(st.none() | CODES),
        available_from=draw(DAYS),
        unit_cost=draw(COSTS),
        cost_unit=costs.value,
        cost_unit_type=costs,
        box_type_code=draw(st.sampled_from(["HB", "QB"])),
        bunches_per_box=draw(COUNTS),
        stems_per_bunch=draw(COUNTS),
    )


@settings(max_examples=25)
@given(st.data(), st.integers(1, 4))
def test_any_inventory_in_boxes_is_read_back_as_it_was_written(
    data: st.DataObject, count: int
) -> None:
    lines = tuple(data.draw(stock_lines(at)) for at in range(1, count + 1))
    advice = InventoryAdvice(vendor=Party(), lines=lines)
    document = rows_again(write_rows(stock_rows(advice), BOX_INVENTORY), BOX_INVENTORY)
    assert document.record == advice, document.findings


@st.composite
def order_lines(draw: st.DrawFn, at: int) -> OrderLine:
    """Draw a line of boxes that hold one product, or several (U-20)."""
    costs = draw(st.sampled_from(UnitType))
    contents = draw(st.just(0) | st.integers(1, 3))
    return OrderLine(
        line=at,
        reference=f"{at}",
        quantity=Decimal(draw(st.integers(1, 999))),
        unit="Box",
        unit_type=UnitType.BOX,
        buyer_item=draw(CODES),
        description=draw(st.none() | WORDS),
        unit_price=draw(st.none() | COSTS),
        price_unit=costs.value,
        price_unit_type=costs,
        mark_code=draw(st.none() | CODES),
        contents=tuple(draw(box_contents(place)) for place in range(1, contents + 1)),
        box_type_code=draw(st.sampled_from(["HB", "QB"])),
        bunches_per_box=draw(COUNTS),
        stems_per_bunch=draw(COUNTS),
    )


@st.composite
def box_contents(draw: st.DrawFn, place: int) -> Content:
    return Content(
        line=place,
        buyer_item=draw(CODES),
        description=draw(st.none() | WORDS),
        bunches=Decimal(draw(COUNTS)),
        stems_per_bunch=draw(COUNTS),
        unit_price=draw(st.none() | COSTS),
    )


@settings(max_examples=25)
@given(st.data(), st.integers(1, 4))
def test_any_standalone_order_is_read_back_as_it_was_written(
    data: st.DataObject, count: int
) -> None:
    order = PurchaseOrder(
        number=data.draw(CODES),
        buyer=Party(),
        vendor=Party(code=data.draw(CODES)),
        customer=data.draw(st.none() | st.builds(Party, code=CODES)),
        customer_po=data.draw(st.none() | CODES),
        location=data.draw(st.none() | CODES),
        ship_date=data.draw(DAYS),
        lines=tuple(data.draw(order_lines(at)) for at in range(1, count + 1)),
    )
    document = rows_again(write_rows(order_rows(order), STANDALONE_ORDER), STANDALONE_ORDER)
    assert document.record == order, document.findings
