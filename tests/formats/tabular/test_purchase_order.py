"""Purchase orders as CSV: several per file, assorted boxes whole, and written as they are read."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.limits import DEFAULT_LIMITS
from formats.records import (
    CartStatus,
    Content,
    OrderLine,
    Party,
    PurchaseOrder,
    Purpose,
    ShipVia,
    UnitType,
)
from formats.tabular.dialect import Dialect
from formats.tabular.order_rows import COLUMNS, READ_COLUMNS
from formats.tabular.purchase_order import read_purchase_orders, write_purchase_order

BASE = {
    "po_number": "P1",
    "line": "1",
    "buyer_code": "BLOOM",
    "vendor_code": "ROSA",
    "ship_date": "2026-12-01",
    "product_code": "R60",
    "boxes": "10",
    "box_type": "HB",
    "unit_type": "stem",
    "bunches": "10",
    "stems_bunch": "25",
    "unit_cost": "0.365",
    "action": "NEW",
}


def table(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, columns, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(BASE | row for row in rows)
    return target.getvalue().encode()


def read(data: bytes, dialect: Dialect | None = None) -> list[ReadDocument]:
    documents = read_purchase_orders(data, dialect=dialect or Dialect(), limits=DEFAULT_LIMITS)
    return list(documents)


def order(document: ReadDocument) -> PurchaseOrder:
    assert isinstance(document.record, PurchaseOrder)
    return document.record


def places(document: ReadDocument) -> list[tuple[str, int | None]]:
    return [(f.code, f.where.row) for f in document.findings if f.is_error]


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


text = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=15)
maybe = st.none() | text
counts = st.none() | st.integers(1, 999)
money = st.none() | st.decimals(0, 9_999_999, places=4)


@st.composite
def order_lines(draw: st.DrawFn) -> tuple[OrderLine, ...]:
    lines: list[OrderLine] = []
    for at, reference in enumerate(draw(st.lists(text, min_size=1, max_size=4, unique=True)), 1):
        unit = draw(st.sampled_from(UnitType))
        contents = tuple(
            Content(
                line=position,
                buyer_item=draw(text),
                description=draw(maybe),
                bunches=Decimal(draw(st.integers(1, 50))),
                stems_per_bunch=draw(counts),
                unit_price=draw(money),
            )
            for position in range(1, draw(st.integers(0, 2)) + 1)
        )
        line = OrderLine(
            line=at,
            reference=reference,
            quantity=Decimal(draw(st.integers(1, 9999))),
            unit="Box",
            unit_type=UnitType.BOX,
            buyer_item=draw(text),
            description=draw(maybe),
            unit_price=draw(money),
            price_unit=unit.value,
            price_unit_type=unit,
            box_type_code=draw(maybe),
            bunches_per_box=draw(counts),
            stems_per_bunch=draw(counts),
            mark_code=draw(maybe),
            contents=contents,
        )
        lines.append(line)
    return tuple(lines)


orders = st.builds(
    PurchaseOrder,
    number=text,
    purpose=st.just(Purpose.NEW),
    ship_date=st.none() | st.dates(),
    delivery_date=st.none() | st.dates(),
    buyer=st.builds(Party, code=maybe),
    vendor=st.builds(Party, code=maybe),
    ship_to=st.none() | st.builds(Party, code=text, name=maybe, street=maybe, postal_code=maybe),
    customer=st.none() | st.builds(Party, code=text),
    customer_po=maybe,
    location=maybe,
    carrier=maybe,
    ship_via=st.sampled_from(ShipVia),
    currency=st.none() | st.sampled_from(["USD", "EUR"]),
    lines=order_lines(),
    cart=st.none(),
    order_date=st.none(),
    carrier_canonical=st.none(),
    mark_code=st.none(),
    comments=st.none(),
    order_type=st.none(),
    is_test=st.just(False),
    kind=st.just("purchase_order"),
)


@given(orders)
def test_orders_are_read_back_as_they_were_written(written: PurchaseOrder) -> None:
    (document,) = read(write_purchase_order(written), Dialect(delimiter=","))
    assert [f for f in document.findings if f.is_error] == []
    assert document.record == written


@given(orders, st.lists(st.booleans(), min_size=4, max_size=4))
def test_carts_are_read_back_as_they_were_written(plain: PurchaseOrder, ticks: list[bool]) -> None:
    lines = tuple(
        replace(line, is_checked_out=tick) for line, tick in zip(plain.lines, ticks, strict=False)
    )
    is_done = all(line.is_checked_out for line in lines)
    cart = CartStatus.CHECKED_OUT if is_done else CartStatus.DRAFT
    written = plain.model_copy(update={"lines": lines, "cart": cart})
    (document,) = read(write_purchase_order(written), Dialect(delimiter=","))
    assert document.record == written


def test_quantities_in_stems_and_bunches_are_written_as_boxes() -> None:
    line = OrderLine(
        line=1,
        reference="1",
        quantity=Decimal(3000),
        unit="ST",
        unit_type=UnitType.STEM,
        seller_item="V9",
        buyer_item="R60",
        bunches_per_box=12,
        stems_per_bunch=25,
        unit_price=Decimal("0.3"),
    )
    (row,) = csv.DictReader(
        io.StringIO(write_purchase_order(PurchaseOrder(number="P", lines=(line,))).decode())
    )
    assert (row["boxes"], row["unit_type"], row["product_code"]) == ("10", "Stem", "V9")


@pytest.mark.parametrize(
    "unwritable",
    [
        PurchaseOrder(number="P", is_test=True, lines=()),
        PurchaseOrder(number="P", purpose=Purpose.CONFIRM, lines=()),
        PurchaseOrder(
            number="P",
            lines=(
                OrderLine(1, "1", Decimal(7), "ST", unit_type=UnitType.STEM, bunches_per_box=2),
            ),
        ),
        PurchaseOrder(number="P", lines=(OrderLine(1, "1", Decimal("1.5"), "Box"),)),
    ],
)
def test_what_the_layout_cannot_say_is_not_written(unwritable: PurchaseOrder) -> None:
    with pytest.raises(ValueError, match=r"can't be written|whole number"):
        write_purchase_order(unwritable)
