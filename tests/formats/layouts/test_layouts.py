"""Declared layouts: read in the partner's words, written back, and no file makes them raise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.layouts.dates import date_reader, pattern_of, written
from formats.layouts.fields import STOCK_FIELDS
from formats.layouts.layout import DeclaredLayout, Form, LayoutColumn
from formats.layouts.read import read_layout
from formats.layouts.write import order_rows, stock_rows, write_rows
from formats.limits import DEFAULT_LIMITS, Limits
from formats.records import (
    InventoryAdvice,
    InventoryLine,
    OrderLine,
    Party,
    PurchaseOrder,
    UnitType,
)
from formats.tabular.kinds import Kind
from formats.tabular.write import Cell
from tests.formats.xlsx.books import opened

VENDOR = Party(code="florsol")
DAY = date(2026, 11, 21)


def column(name: str, *titles: str, values: Mapping[str, str] | None = None) -> LayoutColumn:
    return LayoutColumn(name, titles or (name.title(),), values=values or {})


STOCK = DeclaredLayout(
    "kweker",
    Kind.AVAILABILITY,
    delimiter=";",
    decimal_comma=True,
    date_format="DD-MM-YYYY",
    columns=(
        column("product_description", "Omschrijving"),
        column("quantity", "Aantal"),
        column("unit_type", "Eenheid", values={"bs": "Bunch", "st": "Stem"}),
        column("unit_cost", "Prijs"),
        column("available_from", "Vanaf"),
        replace(column("cut_date", "Snijdatum"), is_optional=True),
        LayoutColumn("category", constant="Roses"),
        replace(column("stems_bunch", "Stelen"), default="10"),
    ),
)
ORDERS = DeclaredLayout(
    "pedido",
    Kind.ORDER,
    columns=tuple(
        column(name)
        for name in (
            *("po_number", "line", "vendor_code", "ship_date", "product_code", "boxes"),
            *("box_type", "unit_type", "bunches", "stems_bunch", "unit_cost", "customer_po"),
        )
    ),
)


def read(
    data: bytes, layout: DeclaredLayout = STOCK, limits: Limits = DEFAULT_LIMITS
) -> list[ReadDocument]:
    return list(read_layout(data, layout, vendor=VENDOR, limits=limits))


def stock(text: str, layout: DeclaredLayout = STOCK) -> tuple[InventoryLine, ...]:
    (document,) = read(text.encode(), layout)
    assert isinstance(document.record, InventoryAdvice), document.findings
    return document.record.lines


def found(document: ReadDocument) -> list[tuple[str, str]]:
    return [(each.code, str(each.where)) for each in document.findings]


def test_cells_are_turned_as_declared() -> None:
    text = "Aantal;Stelen;Eenheid;Omschrijving;Vanaf;Prijs\n1.200;;bs;Rosa;21-11-2026;0,35\n"
    (line,) = stock(text)
    assert (line.quantity, line.unit_type, line.unit_cost) == (
        Decimal(1200), UnitType.BUNCH, Decimal("0.35")
    )  # fmt: skip
    assert (line.available_from, line.category, line.stems_per_bunch) == (DAY, "Roses", 10)


def test_findings_speak_of_the_partners_columns_and_values() -> None:
    text = (
        "Omschrijving;Aantal;Eenheid;Prijs;Vanaf\nRosa;5;bs;1.5;31-11-2026\nRosa;5;kilo;1;1-12-26\n"
    )
    (document,) = read(text.encode())
    assert document.record is None
    assert found(document) == [
        ("layout.unit_cost", "row 2, column Prijs"),
        ("layout.available_from", "row 2, column Vanaf"),
        ("csv.unitType", "row 3, column Eenheid"),
    ]
    assert document.findings[0].value == "1.5"


def test_a_value_that_our_own_csv_would_take_is_still_refused() -> None:
    """`0.365` is a number to us, and none to a partner with decimal commas."""
    text = "Omschrijving;Aantal;Eenheid;Prijs;Vanaf\nRosa;5;bs;0.365;21-11-2026\n"
    (document,) = read(text.encode())
    assert document.record is None


def test_a_missing_column_is_named_by_its_title() -> None:
    (document,) = read(b"Omschrijving;Prijs;Vanaf\nRosa;1;21-11-2026\n")
    (finding,) = document.findings
    assert finding.code == "layout.header"
    assert "Aantal, Eenheid" in finding.message


def test_columns_by_place_need_no_header() -> None:
    columns = (
        LayoutColumn("product_code", at=2),
        LayoutColumn("quantity", at=0),
        LayoutColumn("unit_type", at=1),
    )
    layout = DeclaredLayout("plain", Kind.AVAILABILITY, header_row=0, columns=columns)
    (line,) = stock("7,stem,ROS-60\n", layout)
    assert (line.seller_item, str(line.quantity)) == ("ROS-60", "7")


def test_orders_without_numbers_are_put_together_and_numbered_by_what_they_say() -> None:
    columns = (column("vendor_code"), column("ship_date"), column("product_code"), column("boxes"))
    layout = replace(ORDERS, columns=columns)
    rows = ["V1,2026-11-21,A,1", "V2,2026-11-21,B,2", "V1,2026-11-21,C,3"]

    def orders(rows: list[str]) -> dict[str, int]:
        text = "\n".join(["Vendor_Code,Ship_Date,Product_Code,Boxes", *rows])
        records = [document.record for document in read(text.encode(), layout)]
        return {
            record.number: len(record.lines)
            for record in records
            if isinstance(record, PurchaseOrder)
        }

    first = orders(rows)
    assert sorted(first.values()) == [1, 2]
    assert orders(rows) == first
    again = orders([*rows[:2], "V1,2026-11-21,C,4"])
    assert len(again.keys() & first.keys()) == 1, "a corrected row makes a new order"


@pytest.mark.parametrize("form", [Form.CSV, Form.XLSX])
def test_what_we_write_in_a_layout_cant_be_a_formula(form: Form) -> None:
    layout = replace(STOCK, form=form)
    rows: list[dict[str, Cell]] = [
        {"product_description": "=cmd()", "quantity": 1, "unit_type": "Stem"}
    ]
    data = write_rows(rows, layout, for_people=True)
    if form is Form.CSV:
        assert b"'=cmd()" in data
    else:
        (sheet,) = opened(data).sheets
        assert sheet.head()[1].cells[0] == "=cmd()", "a text, not a formula without a value"


# --- what is written is read back ----------------------------------------------------------------

TEXTS = st.text(st.sampled_from("Rosa Ávalanche60;,\"'\t€"), min_size=1, max_size=24).map(
    lambda text: text.strip() or "R"
)
LINES = st.builds(
    InventoryLine,
    line=st.just(0),
    quantity=st.integers(0, 999_999).map(Decimal),
    unit=st.just(""),
    description=TEXTS,
    available_from=st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    unit_cost=st.decimals(0, 9999, places=3),
    stems_per_bunch=st.integers(1, 99),
    unit_type=st.sampled_from(UnitType),
    category=st.just("Roses"),
    cut_on=st.none() | st.dates(date(2000, 1, 1), date(2099, 12, 31)),
)


def numbered(lines: list[InventoryLine]) -> tuple[InventoryLine, ...]:
    return tuple(
        replace(line, line=at, unit=line.unit_type.value if line.unit_type else "")
        for at, line in enumerate(lines, 1)
    )


@given(
    st.lists(LINES, min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t", "|"]),
    st.booleans(),
    st.sampled_from(["DD-MM-YYYY", "YYYYMMDD", "MM/DD/YY", "D.M.YYYY", "DD MMM YYYY"]),
)
def test_stock_is_read_back_as_it_was_written(
    lines: list[InventoryLine], delimiter: str, comma: bool, form: str
) -> None:
    layout = replace(STOCK, delimiter=delimiter, decimal_comma=comma, date_format=form)
    advice = InventoryAdvice(vendor=VENDOR, lines=numbered(lines))
    (document,) = read(write_rows(stock_rows(advice), layout), layout)
    assert document.record == advice, document.findings


@settings(max_examples=25, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=3), st.booleans())
def test_stock_in_a_workbook_is_read_back(lines: list[InventoryLine], comma: bool) -> None:
    layout = replace(STOCK, form=Form.XLSX, decimal_comma=comma)
    advice = InventoryAdvice(vendor=VENDOR, lines=numbered(lines))
    data = write_rows(stock_rows(advice), layout)
    (sheet,) = opened(data).sheets
    (document,) = read_layout(sheet, layout, vendor=VENDOR, limits=DEFAULT_LIMITS)
    assert document.record == advice, document.findings
    assert data == write_rows(stock_rows(advice), layout)


FIXED = DeclaredLayout(
    "breed",
    Kind.AVAILABILITY,
    form=Form.FIXED,
    date_format="YYYYMMDD",
    columns=(
        LayoutColumn("product_code", start=0, width=10),
        LayoutColumn("quantity", start=10, width=6),
        LayoutColumn("unit_cost", start=16, width=7, decimals=3),
        LayoutColumn("unit_type", start=23, width=5),
        LayoutColumn("available_from", start=28, width=8),
        LayoutColumn("cut_date", start=36, width=8),
    ),
)


@given(st.lists(LINES, min_size=1, max_size=4))
def test_fixed_width_is_read_back(lines: list[InventoryLine]) -> None:
    plain = [
        replace(line, description=None, seller_item="ROS-60", category=None, stems_per_bunch=None)
        for line in lines
    ]
    advice = InventoryAdvice(vendor=VENDOR, lines=numbered(plain))
    data = write_rows(stock_rows(advice), FIXED)
    (document,) = read(data, FIXED)
    assert document.record == advice, document.findings


def said(line: OrderLine) -> tuple[object, ...]:
    return line.quantity, line.buyer_item, line.unit_price, line.box_type_code


def test_what_doesnt_fit_its_width_is_named() -> None:
    with pytest.raises(ValueError, match="product_code: 'ROS-60-EXPLORER' is longer than its 10"):
        write_rows([{"product_code": "ROS-60-EXPLORER"}], FIXED)
    with pytest.raises(ValueError, match="more than 3 decimals"):
        write_rows([{"unit_cost": Decimal("0.1234")}], FIXED)


@pytest.mark.parametrize(
    ("kind", "field", "value", "usual"),
    [
        (Kind.ORDER, "action", "CANCEL", "NEW"),
        (Kind.INVOICE, "purpose", "cancel", "new"),
        (Kind.INVOICE, "invoice_type", "credit", "invoice"),
        (Kind.INVOICE, "row", "allowance", "line"),
    ],
)
def test_what_would_read_as_its_opposite_is_not_written(
    kind: Kind, field: str, value: str, usual: str
) -> None:
    bare = DeclaredLayout("corto", kind, columns=(column("total", "Total"),))
    always = replace(bare, columns=(*bare.columns, LayoutColumn(field, constant=usual)))
    for layout in (bare, always):
        assert write_rows([{field: usual}], layout) == b'Total\r\n""\r\n'
        with pytest.raises(ValueError, match=f"no column for {field}, so {value} would read as"):
            write_rows([{field: value}], layout)
    said = replace(bare, columns=(*bare.columns, column(field)))
    assert write_rows([{field: value}], said).endswith(f",{value}\r\n".encode())


@given(
    st.lists(
        st.builds(
            OrderLine,
            line=st.just(0),
            reference=st.just(""),
            quantity=st.integers(1, 999).map(Decimal),
            unit=st.just("Box"),
            buyer_item=st.sampled_from(["BLM-100", "7"]),
            unit_price=st.none() | st.decimals(0, 99, places=2),
            box_type_code=st.sampled_from(["HB", None]),
            bunches_per_box=st.none() | st.integers(1, 50),
            unit_type=st.just(UnitType.BOX),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_an_order_is_read_back(lines: list[OrderLine]) -> None:
    numbered_lines = tuple(
        replace(line, line=at, reference=str(at)) for at, line in enumerate(lines, 1)
    )
    order = PurchaseOrder(
        number="PO-1", ship_date=DAY, vendor=Party(code="V1"), customer_po="C", lines=numbered_lines
    )
    (document,) = read(write_rows(order_rows(order), ORDERS), ORDERS)
    assert isinstance(document.record, PurchaseOrder), document.findings
    said = [
        (e.quantity, e.buyer_item, e.unit_price, e.box_type_code) for e in document.record.lines
    ]
    assert said == [(e.quantity, e.buyer_item, e.unit_price, e.box_type_code) for e in lines]
    assert (document.record.ship_date, document.record.customer_po) == (DAY, "C")


# --- hostile files, limits -----------------------------------------------------------------------


@given(st.binary(max_size=400), st.sampled_from([STOCK, ORDERS, FIXED]))
def test_no_bytes_make_a_layout_raise(data: bytes, layout: DeclaredLayout) -> None:
    for document in read(data, layout):
        assert document.record is not None or any(f.is_error for f in document.findings)


@pytest.mark.parametrize(("extra", "is_read"), [(-1, False), (0, True), (1, True)])
def test_the_limit_of_lines(extra: int, is_read: bool) -> None:
    line = f"{'ROS':10}{1:6}{'0000100':7}{'Stem':5}20261121\n".encode()
    (document,) = read(line * 3, FIXED, Limits(rows=3 + extra))
    assert (document.record is not None) is is_read


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["DDMMYY", "YYYY/M/D"]))
def test_dates_are_read_as_they_are_written(day: date, form: str) -> None:
    assert date_reader(form)(written(day, form)) == day


@pytest.mark.parametrize("form", ["DD-MM", "YYYY", "DD-MM-YYYY-DD", "", "d-m-y", "DD-MM-YYYYx"])
def test_a_date_format_that_is_none_is_refused(form: str) -> None:
    with pytest.raises(ValueError, match="is expected"):
        pattern_of(form)


def test_every_field_of_stock_is_a_column_that_is_read() -> None:
    from formats.tabular.stock_lines import COLUMNS

    assert set(STOCK_FIELDS.values()) <= set(COLUMNS)
