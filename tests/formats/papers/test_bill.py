"""Bills of lading: numbers, sums, CSV, and PDFs of several pages."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest

from formats.papers.bill import (
    Address,
    BillOfLading,
    BillOrder,
    Load,
    bill_number,
    total,
    write_csv,
)
from formats.papers.bill_pdf import ORDERS_PER_PAGE, write_pdf

HALF = Load("HB", 3, Decimal("0.5"), Decimal("2.84722"), Decimal(13))
UNKNOWN = Load("ODD", 1)


def bill(*orders: BillOrder) -> BillOfLading:
    return BillOfLading(
        number="BOL0000007",
        truck_date=date(2026, 11, 24),
        shipper=Address("Bloom Wholesale"),
        consignee=Address("Rose Lane Florist", "8 Rose Lane", "Atlanta", "GA", "30303", "US"),
        orders=orders or (BillOrder("P-1", (HALF,)),),
        customer="RL01",
    )


def test_gs1_number_has_17_digits_and_its_check_digit() -> None:
    # The example of the VICS form: prefix 0614141 and serial 1 end in 2.
    assert bill_number(1, "0614141") == "06141410000000012"
    assert bill_number(12) == "BOL0000012"
    assert bill_number(99_999, "06141410000") == bill_number(99_999, "06141410000")
    with pytest.raises(ValueError, match="no room beside the GS1 prefix"):
        bill_number(100_000, "06141410000")


def test_sums_are_empty_where_one_box_type_is_not_known() -> None:
    assert total([HALF]).fbe == Decimal("1.5")
    sums = total([HALF, UNKNOWN])
    assert (sums.boxes, sums.fbe, sums.cubes, sums.weight_kg) == (4, None, None, None)


def test_csv_has_a_row_for_each_order_and_box_type() -> None:
    body = write_csv(bill(BillOrder("P-1", (HALF, UNKNOWN), "CP-9"), BillOrder("P-2", (HALF,))))
    rows = list(csv.DictReader(io.StringIO(body.decode())))
    found = [(r["order_number"], r["box_type"], r["boxes"], r["cubes"]) for r in rows]
    assert found == [
        ("P-1", "HB", "3", "8.54"),
        ("P-1", "ODD", "1", ""),
        ("P-2", "HB", "3", "8.54"),
    ]
    assert {row["bol_number"] for row in rows} == {"BOL0000007"}


def test_bill_without_an_order_is_refused() -> None:
    with pytest.raises(ValueError, match="has no order"):
        BillOfLading("1", date(2026, 1, 1), Address("a"), Address("b"), ())


@pytest.mark.parametrize(
    ("orders", "pages"),
    [(1, 1), (ORDERS_PER_PAGE, 1), (ORDERS_PER_PAGE + 1, 2), (3 * ORDERS_PER_PAGE, 3)],
)
def test_every_page_names_the_bill_and_the_last_has_the_totals(orders: int, pages: int) -> None:
    made = bill(*(BillOrder(f"P-{n:02}", (HALF,)) for n in range(orders)))
    document = pypdfium2.PdfDocument(write_pdf(made))
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    assert len(texts) == pages
    assert all("BOL0000007" in text for text in texts)
    assert [f"Total {3 * orders} boxes" in text for text in texts] == [*[False] * (pages - 1), True]
    numbers = [f"P-{n:02}" for n in range(orders)]
    assert [n for n in numbers if sum(n in text for text in texts) != 1] == []


def test_the_same_bill_gives_the_same_bytes() -> None:
    assert write_pdf(bill()) == write_pdf(bill())


def test_number_that_no_bar_code_can_say_is_still_printed() -> None:
    document = pypdfium2.PdfDocument(write_pdf(bill(BillOrder("PÉ-1", (HALF,)))))
    assert "PÉ-1" in document[0].get_textpage().get_text_range()
    document.close()
