"""Vendor availability: every hazard of a delimited file is named, and good rows survive."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.offers import Offer, OfferRow
from formats.records import InventoryAdvice, InventoryLine, UnitType
from formats.tabular.availability import COLUMNS
from formats.tabular.availability_out import write_availability
from formats.tabular.dialect import Dialect
from tests.formats.tabular.availability_files import ROW, VENDOR, codes, lines, read


def test_headerless_row_is_read_in_the_agreed_order() -> None:
    document = read(ROW)
    assert document.findings == ()
    assert isinstance(document.record, InventoryAdvice)
    assert document.record.vendor == VENDOR
    assert lines(document) == (
        InventoryLine(
            line=1,
            quantity=Decimal(100),
            unit="Bunch",
            unit_type=UnitType.BUNCH,
            vendor_id="111",
            description="Rose Freedom 60 Cm",
            available_from=date(2026, 11, 3),
            post_harvest="ph1",
            category="Roses",
            color="Red",
            unit_cost=Decimal("2.5"),
            stems_per_bunch=25,
            tag="promo",
        ),
    )


def test_header_puts_columns_in_any_order() -> None:
    header = "Tag,Unit Cost,colour,CATEGORY,unit_type,Quantity Units,available-from,Description,"
    row = "promo,2.5,Red,Roses,bUNCH,100,2026-11-03,Rose Freedom 60 Cm,111,25,ph1"
    document = read(f"{header}vendor Id,Stems/Bunch,post harvest\n{row}\n")
    assert document.findings == ()
    assert lines(document) == lines(read(ROW))


@pytest.mark.parametrize("name", ["location", "Warehouse", "location code"])
def test_header_may_name_the_place_of_the_goods(name: str) -> None:
    header = "vendorId,productDescription,availableFrom,quantityUnits,unitType,category,color"
    row = "111,Rosa Explorer 60cm,2026-11-23,600,Stem,Roses,Red,0.30,UIO"
    record = read(f"{header},unitCost,{name}\n{row}\n").record
    assert isinstance(record, InventoryAdvice)
    assert record.lines[0].location == "UIO"


def test_unknown_header_column_is_warned_with_the_nearest_name() -> None:
    header = "vendorId,productDescription,availableFrom,quantityUnits,unitType,postHarvst,category"
    document = read(f"{header},color,unitCost\n{ROW.rsplit(',', 2)[0]}")
    (finding,) = document.findings
    assert not finding.is_error
    assert "postHarvest" in finding.message
    assert lines(document)[0].post_harvest is None


def test_missing_and_double_header_columns_refuse_the_file() -> None:
    document = read("vendorId,description,description\n1,a,b\n")
    assert document.record is None
    columns = {str(f.where.column) for f in document.findings if f.is_error}
    assert {"availableFrom", "description", "unitCost"} <= columns


def test_header_in_another_language_is_skipped_with_a_warning() -> None:
    document = read(f"Proveedor,Producto,Desde,Cantidad,Unidad,P,Q,R,S\n{ROW}\n")
    assert len(lines(document)) == 1
    assert codes(document, errors=False) == ["csv.header"]


def test_row_with_a_bad_first_cell_is_no_header() -> None:
    document = read(f"ABC{ROW}\n{ROW}\n")
    assert len(lines(document)) == 1
    (finding,) = document.findings
    assert (finding.code, finding.where.row, finding.where.column) == (
        "csv.vendorId",
        1,
        "vendorId",
    )


@pytest.mark.parametrize("columns", [9, 10, 11])
def test_nine_to_eleven_columns_are_accepted(columns: int) -> None:
    assert codes(read(",".join(ROW.split(",")[:columns]))) == []


@pytest.mark.parametrize("row", [",".join(ROW.split(",")[:8]), ROW + ",more"])
def test_other_widths_are_refused_by_row(row: str) -> None:
    document = read(f"{ROW}\n{row}\n{ROW.replace('111', '112')}\n")
    assert len(lines(document)) == 2
    assert codes(document) == ["csv.columns"]
    assert document.findings[0].where.row == 2


def test_trailing_empty_cells_do_not_count() -> None:
    assert codes(read(ROW + ",,,")) == []


@pytest.mark.parametrize("spelling", ["", " "])
def test_empty_cost_is_unknown_and_zero_is_zero(spelling: str) -> None:
    unknown = read(ROW.replace("2.5", spelling))
    assert lines(unknown)[0].unit_cost is None
    assert codes(unknown, errors=False) == ["csv.unitCost"]
    assert lines(read(ROW.replace("2.5", "0")))[0].unit_cost == 0
    assert lines(read(ROW.replace("2.5", "-0")))[0].unit_cost == 0


@pytest.mark.parametrize("unit", ["Stem", "STEM", "bunch", " Bunch "])
def test_unit_type_is_read_in_any_case(unit: str) -> None:
    assert lines(read(ROW.replace("Bunch", unit)))[0].unit == unit.strip().title()


@pytest.mark.parametrize("unit", ["", "Stems", "Box", "=Bunch"])
def test_other_unit_types_are_refused_with_the_choices(unit: str) -> None:
    document = read(ROW.replace("Bunch", unit) + "\n" + ROW)
    assert codes(document) == ["csv.unitType"]
    assert "Stem, Bunch" in document.findings[0].message or unit == ""


HOSTILE_NUMBERS = [
    "1_000",
    "\u0661\u0660\u0660",
    "NaN",
    "1e9",
    "Infinity",
    "+1",
    "1,0",
    "0x1",
    "9" * 40,
    "-1",
    "1.5x",
]


@pytest.mark.parametrize("number", HOSTILE_NUMBERS)
@pytest.mark.parametrize(
    ("column", "at"), [("quantityUnits", 3), ("unitCost", 8), ("stemsBunch", 9)]
)
def test_hostile_numbers_are_refused_where_they_stand(number: str, column: str, at: int) -> None:
    cells = ROW.split(",")
    cells[at] = f'"{number}"'
    document = read(f"{ROW}\n{','.join(cells)}\n")
    assert len(lines(document)) == 1
    (finding,) = [f for f in document.findings if f.is_error]
    assert (finding.code, finding.where.row, finding.where.column) == (f"csv.{column}", 2, column)


@pytest.mark.parametrize("day", ["03-11-2026", "2026/11/03", "2026-11-31", "46329", "", "=TODAY()"])
def test_other_dates_are_refused(day: str) -> None:
    document = read(ROW.replace("2026-11-3", day) + "\n" + ROW)
    assert codes(document) == ["csv.availableFrom"]


def test_all_errors_of_a_row_are_reported() -> None:
    document = read("x,,soon,many,Box,,,,free,none,\n" + ROW)
    assert len(codes(document)) == 9
    assert len(lines(document)) == 1


def test_formula_cells_stay_text() -> None:
    document = read(ROW.replace("Rose Freedom 60 Cm", "=cmd|' /C calc'!A0"))
    assert lines(document)[0].description == "=cmd|' /C calc'!A0"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("prefix", ["", "sep={}\r\n"])
def test_delimiter_is_found_out(delimiter: str, prefix: str) -> None:
    rows = "\r\n".join([ROW.replace(",", delimiter), ROW.replace(",", delimiter)])
    text = prefix.format(delimiter) + rows
    document = read(text)
    assert len(lines(document)) == 2
    assert codes(document, errors=False) == ["csv.duplicate"]


def test_decimal_comma_is_used_only_where_agreed() -> None:
    row = ROW.replace(",", ";").replace("2.5", "1.234,56").replace(";100;", ";1.000;")
    line = lines(read(row, Dialect(decimal_comma=True)))[0]
    assert (line.unit_cost, line.quantity) == (Decimal("1234.56"), Decimal(1000))
    assert set(codes(read(row, Dialect(delimiter=";")))) == {"csv.unitCost", "csv.empty"}
    assert "csv.unitCost" in codes(
        read(row.replace("1.234,56", "0.365"), Dialect(decimal_comma=True))
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_recognised_without_a_word(encoding: str) -> None:
    document = read(ROW.replace("Rose", "Rosé").encode(encoding))
    assert lines(document)[0].description == "Rosé Freedom 60 Cm"
    assert document.findings == ()


def test_code_pages_are_reported() -> None:
    row = ROW.replace("Rose", "Rosé €")
    fallback = read(row.encode("cp1252"))
    assert lines(fallback)[0].description == "Rosé € Freedom 60 Cm"
    assert codes(fallback, errors=False) == ["csv.encoding"]
    declared = read(ROW.replace("Rose", "Розы").encode("cp1251"), Dialect(encoding="cp1251"))
    assert lines(declared)[0].description == "Розы Freedom 60 Cm"
    assert codes(declared, errors=False) == ["csv.encoding"]


@pytest.mark.parametrize(
    "data", [ROW.encode() + b"\x81", b"\xef\xbb\xbf" + ROW.encode() + b"\xff", b"\xff\xfea\0b"]
)
def test_undecodable_bytes_refuse_the_file(data: bytes) -> None:
    document = read(data)
    assert document.record is None
    assert "csv.encoding" in codes(document)


@pytest.mark.parametrize(
    "data", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\r\n\r\n", b"\0\0\0\x1a", b",,,\n"]
)
def test_file_without_rows_is_refused(data: bytes) -> None:
    document = read(data)
    assert document.record is None
    assert codes(document) == ["csv.empty"]


def test_nul_in_a_row_refuses_the_row_only() -> None:
    document = read(f"{ROW}\n{ROW.replace('Rose', 'R' + chr(0) + 'se')}\n{ROW}\n\x1a\0\0")
    assert len(lines(document)) == 2
    assert codes(document) == ["csv.nul"]


def test_quote_that_never_closes_refuses_the_file() -> None:
    document = read(f'{ROW}\n111,"Rose,2026-11-3,100,Bunch,ph1\n{ROW}\n')
    assert document.record is None
    assert codes(document) == ["csv.quote"]
    assert document.findings[0].where.row == 2


def test_quotes_that_do_not_pair_lose_their_rows_by_name() -> None:
    document = read(f"{ROW}\n{ROW.replace('Rose', chr(34) + 'Rose' + chr(34) + 'x')}\n{ROW}\n")
    assert len(lines(document)) == 2
    assert [(f.code, f.where.row) for f in document.findings if f.is_error] == [("csv.quote", 2)]


def test_line_ends_may_mix_and_cells_may_hold_them() -> None:
    quoted = ROW.replace("Rose Freedom 60 Cm", '"Rose\nFreedom, ""60"" Cm"')
    document = read(f"{ROW}\r\n{quoted}\r{ROW.replace('111', 'x')}\n\n{ROW}")
    assert [line.description for line in lines(document)][1] == 'Rose\nFreedom, "60" Cm'
    assert [f.where.row for f in document.findings if f.is_error] == [4]


def test_repeated_key_is_warned_and_kept() -> None:
    document = read(
        f"{ROW}\n{ROW.replace('Rose Freedom', 'ROSE  freedom')}\n{ROW.replace('ph1', '')}"
    )
    assert len(lines(document)) == 3
    (finding,) = document.findings
    assert (finding.code, finding.where.row) == ("csv.duplicate", 2)
    assert "row 1" in finding.message


def test_digest_is_of_the_bytes() -> None:
    assert read(ROW).digest == read(ROW).digest != read(ROW + "\n").digest


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    read(data)


@given(st.text(alphabet='1",;\n\r\t|=x\0é', max_size=120))
def test_no_text_raises(text: str) -> None:
    read(f"{ROW}\n{text}")


@given(
    st.lists(st.tuples(st.integers(0, 999_999_999), st.text(max_size=50)), min_size=1, max_size=5)
)
def test_rows_written_by_a_csv_writer_are_read_back(rows: list[tuple[int, str]]) -> None:
    target = io.StringIO(newline="")
    cells = ROW.split(",")
    csv.writer(target).writerows([*cells[:3], n, "Stem", text, "a", "b", 0] for n, text in rows)
    document = read(target.getvalue().encode("utf-8", "replace"))
    bad = {f.where.row for f in document.findings if f.is_error}
    kept = lines(document) if document.record else ()
    assert len(kept) + len(bad - {None}) == len(rows)


def test_offers_are_written_with_a_header() -> None:
    offer = Offer(
        seller_item="V-9",
        description='=HYPERLINK("x")',
        quantity=Decimal("1E+2"),
        unit="Bunch",
        unit_cost=Decimal("0.365"),
        currency="USD",
        vendor_display="-5",
        location="-MIA",
    )
    row_of_buyer = OfferRow(offer, "R60", available_from=date(2026, 11, 3))
    text = write_availability([row_of_buyer]).decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert text.count("\r\n") == 2
    assert row["product_code"] == "R60"
    assert row["description"] == '\'=HYPERLINK("x")'
    assert row["quantity_units"] == "100"
    assert row["unit_cost"] == "0.365"
    assert row["available_from"] == "2026-11-03"
    assert (row["available_to"], row["box_type"]) == ("", "")
    assert (row["vendor_display"], row["location"]) == ("-5", "'-MIA")


def test_columns_are_those_of_the_layout() -> None:
    assert len(COLUMNS) == len(ROW.split(","))


def test_dialects_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="delimiter"):
        Dialect(delimiter=":")
    with pytest.raises(ValueError, match="encoding"):
        Dialect(encoding="klingon")
