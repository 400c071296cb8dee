"""Komet's workbooks: inventory in boxes and standalone orders, told by their header (domain 12)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from formats.documents import ReadDocument
from formats.layouts.komet import BOX_INVENTORY, STANDALONE_ORDER, komet_layout
from formats.layouts.read import read_layout
from formats.layouts.write import stock_rows, write_rows
from formats.limits import DEFAULT_LIMITS
from formats.records import InventoryAdvice, Party, PurchaseOrder, UnitType
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
