"""Rows that change or cancel lines of a known order make a change of it, line by line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.documents import ReadDocument
from formats.records import Party, PurchaseOrder, Purpose, ShipVia, UnitType
from formats.steps import LineAction, LineChange, OrderChange
from formats.tabular.dialect import Dialect
from formats.tabular.order_change import write_order_change
from formats.tabular.purchase_order import write_purchase_order
from tests.formats.tabular.order_files import order_lines, orders, places, read, table

BARE = {
    "buyer_code": "", "vendor_code": "", "ship_date": "", "product_code": "", "boxes": "",
    "box_type": "", "unit_type": "", "bunches": "", "stems_bunch": "", "unit_cost": "",
}  # fmt: skip


def change(document: ReadDocument) -> OrderChange:
    assert isinstance(document.record, OrderChange)
    return document.record


def actions(document: ReadDocument) -> list[tuple[str, str]]:
    return [(one.line.reference, one.action.value) for one in change(document).changes]


def test_each_row_says_what_it_does() -> None:
    rows = [
        {"line": "1", "action": "CHANGE", "boxes": "6"},
        {"line": "2", "action": "Cancel"},
        {"line": "3", "action": "NEW"},
    ]
    (document,) = read(table(*rows))
    assert (document.findings, document.control) == ((), "P1")
    found = change(document)
    assert (found.number, found.ship_date, found.ship_via) == ("P1", date(2026, 12, 1), None)
    assert (found.buyer, found.vendor) == (Party(code="BLOOM"), Party(code="ROSA"))
    assert actions(document) == [("1", "change"), ("2", "cancel"), ("3", "add")]
    assert [(one.line.line, one.line.quantity) for one in found.changes] == [
        (1, Decimal(6)),
        (2, Decimal(0)),
        (3, Decimal(10)),
    ]
    assert [one.says_quantity for one in found.changes] == [True, False, True]


def test_what_a_row_leaves_empty_stays_as_it_is() -> None:
    (document,) = read(table(BARE | {"action": "CHANGE", "unit_cost": "0.40"}))
    (only,) = change(document).changes
    assert not only.says_quantity
    line = only.line
    assert (line.unit_price, line.price_unit, line.buyer_item) == (Decimal("0.40"), None, None)
    assert (change(document).ship_date, change(document).ship_to) == (None, None)


def test_zero_boxes_are_said_and_an_empty_cell_is_not() -> None:
    rows = [{"action": "CHANGE", "boxes": boxes, "line": boxes or "x"} for boxes in ("0", "")]
    (document,) = read(table(*rows))
    assert [(one.line.quantity, one.says_quantity) for one in change(document).changes] == [
        (Decimal(0), True),
        (Decimal(0), False),
    ]


def test_whole_order_is_cancelled_by_one_row_without_a_line() -> None:
    (document,) = read(table(BARE | {"line": "", "action": "CANCEL"}))
    assert (change(document).is_cancellation, change(document).changes) == (True, ())
    (refused,) = read(table(BARE | {"line": "", "action": "CHANGE"}))
    assert refused.record is None


def test_ship_via_and_header_may_change() -> None:
    row = {"action": "CHANGE", "ship_via": "grower", "customer_po": "C7", "ship_to_name": "Store"}
    (document,) = read(table(row))
    found = change(document)
    assert (found.ship_via, found.customer_po) == (ShipVia.GROWER, "C7")
    assert found.ship_to == Party(name="Store")


def test_row_that_does_not_say_does_what_all_others_do() -> None:
    (document,) = read(table({"action": "CANCEL"}, {"line": "2", "action": ""}))
    assert actions(document) == [("1", "cancel"), ("2", "cancel")]
    rows = [{"action": "CANCEL"}, {"line": "2", "action": ""}, {"line": "3", "action": "NEW"}]
    (mixed,) = read(table(*rows))
    assert actions(mixed) == [("1", "cancel"), ("3", "add")]
    assert places(mixed) == [("csv.action", 3)]


def test_new_line_needs_its_boxes_and_product() -> None:
    rows = [{"action": "CANCEL"}, {"line": "2", "action": "NEW", "boxes": ""}]
    rows += [{"line": "3", "action": "NEW", "product_code": ""}]
    (document,) = read(table(*rows))
    assert actions(document) == [("1", "cancel")]
    assert places(document) == [("csv.boxes", 3), ("csv.product_code", 4)]


def test_line_that_two_rows_name_is_left_out() -> None:
    rows = [{"action": "CANCEL"}, {"action": "CHANGE"}, {"line": "2", "action": "CHANGE"}]
    (document,) = read(table(*rows))
    assert actions(document) == [("2", "change")]
    assert places(document) == [("csv.line", 2), ("csv.line", 3)]


def test_assorted_box_changes_with_all_of_its_contents_or_ends_with_them() -> None:
    rows = [
        {"line": "1", "action": "CHANGE"},
        {"line": "1.1", "parent_line": "1", "action": "CHANGE", "bunches": "4"},
        {"line": "2", "action": "CANCEL"},
        {"line": "2.1", "parent_line": "2", "action": "CANCEL"},
    ]
    (document,) = read(table(*rows))
    assert document.findings == ()
    assert [len(one.line.contents) for one in change(document).changes] == [1, 0]
    rows[1]["action"] = "CANCEL"
    (document,) = read(table(*rows))
    assert actions(document) == [("2", "cancel")]
    assert places(document) == [("csv.action", 3), ("E-25", 2)]


def test_change_without_a_good_row_is_refused() -> None:
    (document,) = read(table({"action": "CHANGE", "boxes": "many"}))
    assert document.record is None
    assert places(document) == [("csv.boxes", 2), ("csv.empty", 2)]


def test_cancellation_beside_an_unreadable_row_is_not_used() -> None:
    rows = table(BARE | {"line": "", "action": "CANCEL"}, {"line": "LOST"})
    first, _ = read(rows.replace(b"LOST", b'"LO"ST'))
    assert first.record is None
    assert ("csv.row", 3) in places(first)


@st.composite
def changes(draw: st.DrawFn) -> OrderChange:
    said: list[LineChange] = []
    for line in draw(order_lines()):
        action = draw(st.sampled_from(LineAction))
        if action is LineAction.CANCEL:
            plain = replace(line, quantity=Decimal(0), buyer_item=None, description=None,
                            unit_price=None, price_unit=None, price_unit_type=None, contents=(),
                            box_type_code=None, bunches_per_box=None, stems_per_bunch=None,
                            mark_code=None)  # fmt: skip
            said.append(LineChange(action, plain, says_quantity=False))
            continue
        says = action is LineAction.ADD or draw(st.booleans())
        kept = line if says else replace(line, quantity=Decimal(0))
        if action is LineAction.CHANGE and kept.unit_price is None:
            kept = replace(kept, price_unit=None, price_unit_type=None)
        said.append(LineChange(action, kept, says_quantity=says))
    if all(one.action is LineAction.ADD for one in said):
        first = replace(said[0], action=LineAction.CHANGE)
        if first.line.unit_price is None:
            first.line = replace(first.line, price_unit=None, price_unit_type=None)
        said[0] = first
    head = draw(orders)
    return OrderChange(
        number=head.number,
        ship_date=head.ship_date,
        vendor=head.vendor,
        ship_to=head.ship_to,
        carrier=head.carrier,
        ship_via=draw(st.none() | st.sampled_from(ShipVia)),
        customer_po=head.customer_po,
        currency=head.currency,
        changes=tuple(said),
    )


@given(changes())
def test_changes_are_read_back_as_they_were_written(written: OrderChange) -> None:
    (document,) = read(write_order_change(written), Dialect(delimiter=","))
    assert [f for f in document.findings if f.is_error] == []
    assert document.record == written


def test_cancellation_is_read_back_as_it_was_written() -> None:
    written = OrderChange(number="P1", is_cancellation=True)
    (document,) = read(write_order_change(written), Dialect(delimiter=","))
    assert document.record == written


@given(orders, st.sampled_from([Purpose.CHANGE, Purpose.CANCEL]))
def test_order_written_as_a_change_is_read_as_one(order: PurchaseOrder, purpose: Purpose) -> None:
    written = order.model_copy(update={"purpose": purpose})
    (document,) = read(write_purchase_order(written), Dialect(delimiter=","))
    assert {one.action.value for one in change(document).changes} == {purpose.value}
    assert [one.line.reference for one in change(document).changes] == [
        line.reference for line in order.lines
    ]


@pytest.mark.parametrize(
    "unwritable",
    [
        OrderChange(number="P", is_test=True, is_cancellation=True),
        OrderChange(number="P", is_replacement=True),
        OrderChange(number="P"),
    ],
)
def test_what_the_layout_cannot_say_is_not_written(unwritable: OrderChange) -> None:
    with pytest.raises(ValueError, match="can't be written"):
        write_order_change(unwritable)


def test_units_of_a_change_are_canonical() -> None:
    (document,) = read(table({"action": "CHANGE"}))
    (only,) = change(document).changes
    assert (only.line.unit_type, only.line.price_unit_type) == (UnitType.BOX, UnitType.STEM)
