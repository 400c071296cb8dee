"""A CSV as a workbook: the same table, which our own reader takes for the same records."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.limits import DEFAULT_LIMITS
from formats.offers import Offer, OfferRow
from formats.packing.csv_out import Around, write_packing_list
from formats.records import OrderLine, Party, PurchaseOrder, UnitType
from formats.steps import BoxCodeChange, CodeSwap, ShipNotice, ShippedBox, Step
from formats.tabular.availability_out import write_availability
from formats.tabular.dialect import Dialect
from formats.tabular.kinds import Kind
from formats.tabular.purchase_order import read_purchase_orders, write_purchase_order
from formats.tabular.steps_out import write_step
from formats.tabular.write import written
from formats.xlsx.from_csv import workbook_of
from formats.xlsx.tables import Tables
from tests.formats.xlsx.books import VENDOR, tables


def read(data: bytes) -> Tables:
    return tables(workbook_of(data, "sheet"))


def cells(data: bytes) -> list[list[object]]:

    (sheet,) = openpyxl.load_workbook(io.BytesIO(workbook_of(data, "a:b"))).worksheets
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


SHIPPED = ShipNotice(
    number="",
    ship_date=date(2026, 11, 23),
    awb="176-12345675",
    vendor=VENDOR,
    boxes=(ShippedBox(2, "007", box_code="0012", seller_item="1E3", box_type_code="HB"),),
)
SWAPPED = BoxCodeChange(
    vendor=VENDOR, swaps=(CodeSwap(2, "0007", "KD1"), CodeSwap(3, "1E3", "KD2"))
)


@pytest.mark.parametrize("record", [SHIPPED, SWAPPED])
def test_step_reads_back_from_its_workbook(record: Step) -> None:
    data = write_packing_list(record, Around()) if isinstance(record, ShipNotice) else None
    found = read(data or write_step(record))
    ((document,),) = found.documents.values()
    assert document.record == record, document.findings


def test_order_says_in_a_workbook_what_it_says_as_csv() -> None:
    line = OrderLine(
        1, "1", Decimal(4), "Box", buyer_item="0012", description="=Rose",
        unit_price=Decimal("0.30"), box_type_code="HB", bunches_per_box=10, stems_per_bunch=25,
        unit_type=UnitType.BOX, price_unit="Stem", price_unit_type=UnitType.STEM, mark_code="1E3",
    )  # fmt: skip
    order = PurchaseOrder(
        number="007", order_date=None, ship_date=date(2026, 11, 23), vendor=Party(code="01"),
        lines=(line,),
    )  # fmt: skip
    data = write_purchase_order(order)
    (plain,) = read_purchase_orders(data, dialect=Dialect(), limits=DEFAULT_LIMITS)
    found = read(data)
    ((document,),) = found.documents.values()
    assert list(found.documents) == [Kind.ORDER]
    assert document.record == plain.record
    assert plain.record is not None


def test_numbers_and_dates_are_such_and_codes_are_text() -> None:
    offer = Offer(
        name="farm-1", seller_item="007", description="=Rose", quantity=Decimal(120), unit="Stem",
        unit_cost=Decimal("0.30"), available_to=date(2026, 12, 1),
    )  # fmt: skip
    header, row = cells(write_availability([OfferRow(offer, "1E3", price=Decimal("0.45"))]))
    said = dict(zip(header, row, strict=True))
    assert (said["product_code"], said["vendor_code"], said["description"]) == (
        "1E3",
        "007",
        "=Rose",
    )
    assert (said["quantity_units"], said["price"], said["unit_cost"]) == (120, 0.45, 0.3)
    assert f"{said['available_to']:%Y-%m-%d}" == "2026-12-01"


def test_row_that_is_longer_than_the_header_keeps_its_cells() -> None:
    assert cells(b"a,amount\r\nx,1.5,more\r\n") == [["a", "amount", None], ["x", 1.5, "more"]]
    assert cells(b"amount\r\n1.2.3\r\n") == [["amount"], ["1.2.3"]]
    assert cells(b"") == []


@given(st.lists(st.text("a0=+-@' \u00e9", min_size=1, max_size=6), min_size=1, max_size=4))
def test_texts_come_as_they_were_before_a_csv_kept_them_from_being_formulas(
    texts: list[str],
) -> None:
    said = [text for text in texts if not text.startswith("'")]
    data = written(("message",), ([text] for text in said), for_people=True)
    assert [row[0] for row in cells(data)[1:]] == said
