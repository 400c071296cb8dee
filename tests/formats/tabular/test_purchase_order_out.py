"""Purchase orders are written as CSV so that they are read back as they were."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.records import CartStatus, OrderLine, PurchaseOrder, Purpose, UnitType
from formats.tabular.dialect import Dialect
from formats.tabular.purchase_order import write_purchase_order
from tests.formats.tabular.order_files import orders, read


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
