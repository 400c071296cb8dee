"""Purchase orders as CSV: several per file, assorted boxes whole, and written as they are read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.records import CartStatus, OrderLine, Party, PurchaseOrder, Purpose, ShipVia, UnitType
from formats.tabular.order_rows import COLUMNS, READ_COLUMNS
from tests.formats.tabular.order_files import order, places, read, table


def test_order_is_read_with_its_header_and_line() -> None:
    row = {"ship_to_name": "Store 7", "ship_via": "Grower", "currency": "usd", "truck_date": ""}
    (document,) = read(table(row))
    assert document.findings == ()
    assert document.control == "P1"
    assert order(document) == PurchaseOrder(
        number="P1",
        ship_date=date(2026, 12, 1),
        buyer=Party(code="BLOOM"),
        vendor=Party(code="ROSA"),
        ship_to=Party(name="Store 7"),
        ship_via=ShipVia.GROWER,
        currency="USD",
        lines=(
            OrderLine(
                line=1,
                reference="1",
                quantity=Decimal(10),
                unit="Box",
                unit_type=UnitType.BOX,
                buyer_item="R60",
                unit_price=Decimal("0.365"),
                price_unit="Stem",
                price_unit_type=UnitType.STEM,
                box_type_code="HB",
                bunches_per_box=10,
                stems_per_bunch=25,
            ),
        ),
    )


def test_columns_may_move_without_changing_order_or_digest() -> None:
    (one,) = read(table({}))
    (other,) = read(table({}, columns=tuple(reversed(COLUMNS))))
    assert (one.record, one.digest) == (other.record, other.digest)
    (changed,) = read(table({"boxes": "11"}))
    assert changed.digest != one.digest


def test_orders_come_in_order_of_appearance() -> None:
    data = table({"po_number": "B"}, {"po_number": "A"}, {"po_number": "B", "line": "2"})
    documents = read(data)
    assert [d.control for d in documents] == ["B", "A"]
    assert [len(order(d).lines) for d in documents] == [2, 1]
    assert len({d.digest for d in documents}) == 2


def test_unknown_column_is_warned_once_with_the_nearest_name() -> None:
    data = table({}, columns=(*COLUMNS, "shipdate2")).replace(b"mark_code", b"markcod")
    documents = read(data)
    assert [f.is_error for f in documents[0].findings] == [False, False]
    assert "mark_code" in documents[0].findings[0].message


def test_missing_column_refuses_the_file() -> None:
    (document,) = read(table({}, columns=tuple(c for c in COLUMNS if c != "boxes")))
    assert document.record is None
    assert document.findings[0].where.column == "boxes"


def test_bad_row_leaves_its_line_out() -> None:
    (document,) = read(table({}, {"line": "2", "boxes": "1_0"}, {"line": "3"}))
    assert [(at.line, at.reference) for at in order(document).lines] == [(1, "1"), (2, "3")]
    assert places(document) == [("csv.boxes", 3)]


def test_order_without_a_good_line_is_refused() -> None:
    (document,) = read(table({"boxes": "0"}))
    assert document.record is None
    assert places(document) == [("csv.boxes", 2), ("csv.empty", 2)]


@pytest.mark.parametrize("column", ["ship_date", "vendor_code", "currency", "ship_to_zip"])
def test_contradicting_header_values_refuse_the_order_alone(column: str) -> None:
    value = {"ship_date": "2026-12-02", "currency": "EUR"}.get(column, "X")
    rows = [{"currency": "USD", "ship_to_zip": "33172"}, {"line": "2", "currency": "USD"}]
    rows[1] |= {column: value}
    bad, good = read(table(*rows, {"po_number": "P2"}))
    assert bad.record is None
    assert places(bad) == [(f"csv.{column}", 3)]
    assert order(good).number == "P2"


def test_header_value_may_stand_in_one_row_only() -> None:
    (document,) = read(table({"customer_po": ""}, {"line": "2", "customer_po": "C7"}))
    assert order(document).customer_po == "C7"


@pytest.mark.parametrize(
    ("column", "value"),
    [("ship_date", "12/01/2026"), ("ship_via", "truck"), ("action", "DELETE"), ("currency", "US$"),
     ("po_number", "x" * 23)],
)  # fmt: skip
def test_bad_header_value_refuses_the_order(column: str, value: str) -> None:
    (document,) = read(table({column: value}))
    assert document.record is None
    assert (f"csv.{column}", 2) in places(document)


@pytest.mark.parametrize("action", ["", "new", "NEW"])
def test_rows_that_add_lines_make_a_new_order(action: str) -> None:
    (document,) = read(table({"action": action}))
    assert order(document).purpose is Purpose.NEW
    assert (order(document).cart, order(document).lines[0].is_checked_out) == (None, None)


@pytest.mark.parametrize(
    ("statuses", "cart", "lines"),
    [
        (["draft"], CartStatus.DRAFT, [False]),
        (["Checked-Out"], CartStatus.CHECKED_OUT, [True]),
        (["checked out", "checked_out"], CartStatus.CHECKED_OUT, [True, True]),
        (["checked-out", "pending"], CartStatus.DRAFT, [True, False]),
        (["checked-out", ""], CartStatus.DRAFT, [True, False]),
        (["", ""], None, [None, None]),
    ],
)
def test_cart_is_checked_out_when_all_of_its_lines_are(
    statuses: list[str], cart: CartStatus | None, lines: list[bool | None]
) -> None:
    rows = [{"line": f"{at}", "cart_status": status} for at, status in enumerate(statuses, 1)]
    (document,) = read(table(*rows, columns=READ_COLUMNS))
    assert document.findings == ()
    assert order(document).cart is cart
    assert [line.is_checked_out for line in order(document).lines] == lines
    (other,) = read(table(*rows, columns=READ_COLUMNS).replace(b"cart_status", b"Status"))
    assert (other.record, other.digest) == (document.record, document.digest)


def test_cart_status_that_is_not_known_leaves_its_line_out() -> None:
    rows = [{"cart_status": "darft"}, {"line": "2", "cart_status": "checked-out"}]
    (document,) = read(table(*rows, columns=READ_COLUMNS))
    assert [line.reference for line in order(document).lines] == ["2"]
    assert places(document) == [("csv.cart_status", 2)]
    assert "draft, checked-out" in document.findings[0].message


def test_assorted_box_gathers_its_contents() -> None:
    rows = [
        {"line": "1", "parent_line": "7", "product_code": "A", "boxes": "", "unit_cost": ""},
        {"line": "7", "product_code": "", "product_description": "Assorted", "bunches": ""},
        {"line": "2", "parent_line": "7", "product_code": "B", "bunches": "4", "unit_cost": "0"},
    ]
    (document,) = read(table(*rows))
    (line,) = order(document).lines
    assert line.reference == "7"
    assert [(c.line, c.buyer_item, c.bunches) for c in line.contents] == [
        (1, "A", Decimal(10)),
        (2, "B", Decimal(4)),
    ]
    assert [c.unit_price for c in line.contents] == [None, Decimal(0)]


def test_box_with_a_bad_row_is_left_out_whole_and_other_lines_live() -> None:
    rows = [
        {"line": "1"},
        {"line": "2"},
        {"line": "2.1", "parent_line": "2"},
        {"line": "2.2", "parent_line": "2", "bunches": "many"},
    ]
    (document,) = read(table(*rows))
    assert [line.reference for line in order(document).lines] == ["1"]
    assert places(document) == [("csv.bunches", 5), ("E-25", 3), ("E-25", 4)]


def test_content_of_no_line_is_named() -> None:
    (document,) = read(table({}, {"line": "2", "parent_line": "9"}))
    assert places(document) == [("csv.parent_line", 3)]


def test_line_number_stands_once() -> None:
    (document,) = read(table({}, {"product_code": "X"}))
    assert [line.buyer_item for line in order(document).lines] == ["R60"]
    assert places(document) == [("csv.line", 3)]


def test_rows_that_belong_to_no_order_make_a_refused_document() -> None:
    data = table({}, {"po_number": ""}) + b"P1,2" + b"," * 40 + b"x\r\n"
    good, stray = read(data)
    assert len(order(good).lines) == 1
    assert places(good) == [("csv.row", 3), ("csv.row", 4)]
    assert stray.record is None
    assert places(stray) == [("csv.po_number", 3), ("csv.columns", 4)]


def test_unreadable_row_is_reported_in_the_orders_on_both_sides() -> None:
    rows = table(
        {"po_number": "A"},
        {"po_number": "B", "line": "LOST"},
        {"po_number": "B", "line": "1"},
        {"po_number": "C"},
    )
    first, second, third, stray = read(rows.replace(b"LOST", b'"LO"ST'))
    assert [places(d) for d in (first, second, third)] == [[("csv.row", 3)], [("csv.row", 3)], []]
    assert places(stray) == [("csv.quote", 3)]
    assert [d.is_accepted for d in (first, second, third, stray)] == [True, True, True, False]


def test_no_assorted_box_is_used_beside_an_unreadable_row() -> None:
    rows = table({}, {"line": "2"}, {"line": "2.1", "parent_line": "2"}, {"line": "LO\0ST"})
    document, _ = read(rows)
    assert [line.reference for line in order(document).lines] == ["1"]
    assert places(document) == [("csv.row", 5), ("E-25", 3), ("E-25", 4)]


def test_upc_is_checked() -> None:
    (document,) = read(
        table(
            {"upc": "036000291452"},
            {"line": "2", "upc": "036000291453"},
            {"line": "3", "upc": "36"},
        )
    )
    assert [line.gtin for line in order(document).lines] == ["036000291452", "036000291453"]
    assert [(f.where.row, f.is_error) for f in document.findings] == [(3, False), (4, True)]


def test_price_needs_its_unit() -> None:
    (document,) = read(table({"unit_type": ""}))
    assert places(document)[0] == ("csv.unit_type", 2)


def test_lost_syntax_refuses_all_orders() -> None:
    (document,) = read(table({}) + b'P2,"1,BLOOM\r\n')
    assert document.record is None
    assert places(document) == [("csv.quote", 3)]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", table()])
def test_file_without_orders_is_refused(data: bytes) -> None:
    (document,) = read(data)
    assert document.record is None
    assert document.findings[-1].is_error


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    read(table({}) + data)
    read(data)
