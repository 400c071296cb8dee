"""Workbooks: what a spreadsheet does to cells is undone or named, and bombs stay packed."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from formats.limits import Limits
from formats.records import InventoryAdvice, PurchaseOrder
from formats.steps import BoxCodeChange
from formats.tabular.kinds import Kind
from formats.xlsx.archive import (
    DEFAULT_WORKBOOK_LIMITS,
    ArchiveError,
    WorkbookLimits,
    check_archive,
)
from formats.xlsx.sheets import heads
from formats.xlsx.workbook import letter, read_workbook
from tests.formats.xlsx.books import book, opened, tables

HEADER = ("vendorId", "productDescription", "availableFrom", "quantityUnits", "unitType",
          "postHarvest", "category", "color", "unitCost", "stemsBunch", "tag")  # fmt: skip
DAY = date(2026, 11, 21)
LOCAL = datetime.combine(DAY, time(7, 30))


def row(description: str = "Rose Freedom", **said: object) -> list[object]:
    values: dict[str, object] = {
        "vendorId": 111, "productDescription": description, "availableFrom": DAY,
        "quantityUnits": 100, "unitType": "Bunch", "postHarvest": "PH1", "category": "Roses",
        "color": "Red", "unitCost": 0.365, "stemsBunch": 25, "tag": None,
    }  # fmt: skip
    return list((values | said).values())


def stock(data: bytes) -> InventoryAdvice:
    (document,) = tables(data).documents[Kind.AVAILABILITY]
    assert isinstance(document.record, InventoryAdvice)
    return document.record


def codes(data: bytes) -> list[tuple[str, str]]:
    read = tables(data)
    found = [
        *read.findings,
        *(f for docs in read.documents.values() for d in docs for f in d.findings),
    ]
    return [(each.code, str(each.where)) for each in found]


def test_an_availability_reads_like_its_csv() -> None:
    (line,) = stock(book({"Stock": [HEADER, row()]})).lines
    assert (line.vendor_id, line.available_from, line.quantity) == ("111", DAY, Decimal(100))
    assert (line.unit_cost, line.stems_per_bunch) == (Decimal("0.365"), 25)


def test_rows_without_a_header_are_the_agreed_order() -> None:
    assert len(stock(book({"Stock": [row(), row("Rose Explorer")]})).lines) == 2


def test_a_header_is_found_below_a_title_and_blank_rows() -> None:
    title: list[list[object]] = [["Availability week 47"], [], [None, "Florsol Farms"], []]
    data = book({"Stock": [*title, HEADER, row(), [], row(unitCost="x")]})
    assert len(stock(data).lines) == 1
    assert codes(data) == [("csv.unitCost", "sheet Stock, row 8, column I unitCost")]


def test_a_moved_table_is_named_by_its_own_letters() -> None:
    def move(sheet: Worksheet) -> None:
        sheet.insert_cols(1, 2)

    data = book({"Stock": [HEADER, row(unitType="Box")]}, move)
    assert codes(data)[0] == ("csv.unitType", "sheet Stock, row 2, column G unitType")


def test_sheets_of_one_kind_are_one_stock_and_others_are_named() -> None:
    data = book(
        {
            "Roses": [HEADER, row()],
            "Notes": [["call us"]],
            "Carnations": [HEADER, row("Carnation", category="Carnations")],
        }
    )
    assert [line.line for line in stock(data).lines] == [1, 2]
    assert codes(data) == [("xlsx.header", "sheet Notes")]


def test_sheets_of_several_kinds_are_all_read() -> None:
    orders = [["po_number", "line", "boxes", "product_code"], ["PO-1", 1, 4, "ROS"]]
    swaps = [["current_box_code", "new_box_code"], ["KS001001", "PT991001"]]
    read = tables(book({"Orders": orders, "Codes": swaps}))
    (order,), (change,) = read.documents[Kind.ORDER], read.documents[Kind.BOX_CODE_CHANGE]
    assert isinstance(order.record, PurchaseOrder)
    assert isinstance(change.record, BoxCodeChange)
    assert order.record.lines[0].quantity == 4


def test_hidden_sheets_are_left_out_and_hidden_rows_are_named() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.sheet_state = "hidden" if sheet.title == "Lists" else "visible"

    data = book({"Stock": [HEADER, row(), row("Rose Explorer")], "Lists": [HEADER, row()]}, hide)
    assert len(stock(data).lines) == 2
    assert codes(data) == [("xlsx.hidden", "sheet Lists"), ("xlsx.hidden", "sheet Stock, row 3")]


def test_merged_texts_hold_for_all_rows_and_merged_numbers_for_the_first() -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("G2:G3")
        sheet.merge_cells("D2:D3")

    data = book({"Stock": [HEADER, row(), row("Rose Explorer", category=None)]}, merge)
    (line,) = stock(data).lines
    assert line.description == "Rose Freedom"
    assert codes(data) == [
        ("xlsx.merged", "sheet Stock, row 2, column D"),
        ("csv.quantityUnits", "sheet Stock, row 3, column D quantityUnits"),
    ]


def test_dates_as_numbers_and_waybills_without_their_zero_are_mended_and_named() -> None:
    header = ["po_number", "line", "awb", "ship_date", "boxes"]
    data = book({"Shipment": [header, ["PO-1", 1, 7144313312, 46347, 3]]})
    read = tables(data)
    (document,) = read.documents[Kind.SHIPMENT]
    assert document.record is not None
    said = document.record.model_dump()
    assert (said["awb"], said["ship_date"]) == ("07144313312", date(2026, 11, 21))
    assert [code for code, _ in codes(data)] == ["xlsx.number", "xlsx.number"]


def test_error_cells_are_named() -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["K2"].value, sheet["K2"].data_type = "#N/A", "e"

    assert codes(book({"Stock": [HEADER, row()]}, spoil)) == [
        ("xlsx.error", "sheet Stock, row 2, column K")
    ]


def test_numbers_are_written_as_shown_and_with_the_partners_decimal_mark() -> None:
    cells = [0.1 + 0.2, 1e21, 12.0, 0.000001, -3, True, "1E3", "007", LOCAL]
    (sheet,) = opened(book({"S": [cells]})).sheets
    assert replace(sheet, decimal_comma=True).head()[0].cells == [
        *("0,3", "1" + "0" * 21, "12", "0,000001", "-3", "true", "1E3", "007"),
        "2026-11-21T07:30:00",
    ]


@pytest.mark.parametrize("order", [(1, True, 1.0), (True, 1.0, 1), (0.0, False, 0)], ids=str)
def test_a_number_and_a_truth_that_equals_it_are_told_apart(order: tuple[object, ...]) -> None:
    (sheet,) = opened(book({"S": [["a", *order], ["b", *order]]})).sheets
    said = [str(each).lower() if isinstance(each, bool) else f"{each:g}" for each in order]
    assert [each.cells[1:] for each in sheet.head()] == [said, said]


def test_a_mark_of_ours_in_a_text_is_no_number() -> None:
    (sheet,) = opened(book({"S": [["a_x001F_1", 7]]})).sheets
    assert sheet.head()[0].cells == ["a 1", "7"]


def test_a_formula_is_never_evaluated() -> None:
    (sheet,) = opened(book({"S": [["a", "=1+1", "=HYPERLINK(1)"]]})).sheets
    assert sheet.head()[0].cells == ["a"]


def test_a_decimal_comma_in_text_and_a_number_mean_the_same() -> None:
    data = book({"Stock": [HEADER, row(), row("Rose Explorer", unitCost="0,365")]})
    (document,) = tables(data, decimal_comma=True).documents[Kind.AVAILABILITY]
    assert isinstance(document.record, InventoryAdvice)
    assert [line.unit_cost for line in document.record.lines] == [Decimal("0.365")] * 2


@pytest.mark.parametrize(("extra", "is_lost"), [(-1, True), (0, False), (1, False)])
def test_the_limit_of_rows(extra: int, is_lost: bool) -> None:
    from formats.tabular.findings import FindingLog

    (sheet,) = opened(book({"S": [["a"], ["b"], ["c"]]})).sheets
    notes = FindingLog()
    rows = sheet.open(Limits(rows=3 + extra), notes)
    assert len(list(rows)) == min(3, 3 + extra)
    assert rows.is_lost is is_lost


@given(st.integers(0, 16_383))
def test_letters_count_like_a_spreadsheet(at: int) -> None:
    from openpyxl.utils import get_column_letter

    assert letter(at) == get_column_letter(at + 1)


# --- files that mean harm ------------------------------------------------------------------------


def archive(entries: dict[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return body.getvalue()


def refusal(data: bytes, limits: WorkbookLimits = DEFAULT_WORKBOOK_LIMITS) -> str:
    with pytest.raises(ArchiveError) as error:
        check_archive(data, limits)
    return error.value.finding.code


def test_a_bomb_is_refused_by_its_directory() -> None:
    bomb = archive({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"0" * (16 << 20)})
    assert len(bomb) < 30_000
    assert refusal(bomb) == "xlsx.ratio"
    assert refusal(bomb, WorkbookLimits(unpacked_bytes=1 << 20)) == "xlsx.size"


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_limits_of_entries_and_sheets(extra: int) -> None:
    sheets = {f"xl/worksheets/sheet{n}.xml": b"<a/>" for n in range(3)}
    data = archive({"xl/workbook.xml": b"<a/>", **sheets})
    for limits in (WorkbookLimits(entries=4 + extra), WorkbookLimits(sheets=3 + extra)):
        if extra < 0:
            assert refusal(data, limits) in ("xlsx.entries", "xlsx.sheets")
        else:
            assert len(check_archive(data, limits)) == 4


def test_an_archive_without_a_workbook_and_one_that_is_cut_are_refused() -> None:
    assert refusal(archive({"a.txt": b"x"})) == "xlsx.archive"
    assert refusal(book({"S": [["a"]]})[:-30]) == "xlsx.archive"


def test_an_entry_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(archive({"xl/workbook.xml": b"x" * 5000}))
    at = data.find(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 10)
    assert [each.code for each in opened(bytes(data)).findings] == ["xlsx.archive"]


def test_entries_over_each_other_are_refused() -> None:
    data = bytearray(archive({"xl/workbook.xml": b"x" * 50, "xl/b.xml": b"y" * 50}))
    second = data.find(b"PK\x01\x02", data.find(b"PK\x01\x02") + 4)
    struct.pack_into("<L", data, second + 42, 0)
    assert refusal(bytes(data)) == "xlsx.archive"


def test_an_old_or_protected_workbook_that_is_none_is_refused() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000
    (finding,) = opened(data).findings
    assert finding.is_error


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damage_never_raises(data: st.DataObject) -> None:
    whole = book({"Stock": [HEADER, row()]})
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, 1 << 20)) % len(whole)] = data.draw(st.integers(0, 255))
    opened(bytes(broken))


@given(st.binary(max_size=200))
def test_whatever_the_process_says_is_taken_or_refused(said: bytes) -> None:
    read = read_workbook(said)
    assert read.sheets or any(finding.is_error for finding in read.findings)


def test_a_refusal_of_the_process_is_passed_on() -> None:
    with pytest.raises(ArchiveError, match="too much"):
        list(heads(b'{"code": "xlsx.memory", "message": "too much"}\n'))
