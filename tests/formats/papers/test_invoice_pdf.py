"""Invoices as PDFs for people: what stands on them, on how many pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest

from formats.invoices import Adjustment, AdjustmentKind, Invoice, InvoiceLine, InvoiceType, Tax
from formats.papers.invoice_pdf import LINES_PER_PAGE, write_pdf
from formats.records import Party, Purpose


def invoice(lines: int = 1, taxes: int = 1, **more: Any) -> Invoice:
    """Return an invoice of lines of 2 boxes of 12 x 25 stems at 0.34."""
    items = tuple(
        InvoiceLine(
            *(at, str(at), Decimal(2), "Box", Decimal("0.34"), "Stem"),
            order_number="P-1",
            order_line=str(at),
            description=f"Rose {at:03}",
            box_type_code="HB",
            bunches_per_box=12,
            stems_per_bunch=25,
        )
        for at in range(1, lines + 1)
    )
    return Invoice(
        number="F-1",
        invoice_date=date(2026, 11, 22),
        vendor=Party(name="Florsol Farms"),
        buyer=Party(name="Bloom Wholesale"),
        lines=items,
        currency="USD",
        adjustments=(Adjustment(AdjustmentKind.ALLOWANCE, Decimal(5), description="Wilted"),),
        taxes=tuple(Tax(Decimal(1), "VAT", Decimal(7)) for _ in range(taxes)),
        total=Decimal(204 * lines - 5 + taxes),
    ).model_copy(update=more)


def pages(made: Invoice) -> list[str]:
    document = pypdfium2.PdfDocument(write_pdf(made))
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return texts


def test_who_bills_whom_for_what_and_how_much() -> None:
    (text,) = pages(invoice(ship_to=Party(name="Rose Lane Florist"), awb="020-81140743"))
    for said in (
        *("Invoice F-1", "2026-11-22", "Florsol Farms", "Bloom Wholesale", "Rose Lane Florist"),
        *("020-81140743", "Rose 001", "order P-1 line 1", "HB of 12 x 25", "2 Box"),
        *("0.34 per Stem", "204.00", "Wilted", "-5.00", "Tax VAT 7 %", "Total USD", "200.00"),
    ):
        assert said in text


def test_a_customer_that_is_billed_and_a_credit_are_said() -> None:
    more: dict[str, Any] = {
        "type": InvoiceType.CREDIT,
        "refers_to": "F-0",
        "bill_to": Party(name="Rose Lane"),
    }
    (text,) = pages(invoice(**more))
    assert "Credit note F-1" in text and "About invoice F-0" in text
    assert "Rose Lane" in text and "Bloom Wholesale" not in text


@pytest.mark.parametrize(
    ("purpose", "said"), [(Purpose.REPLACE, "Takes the place of"), (Purpose.CANCEL, "VOID")]
)
def test_what_is_changed_or_taken_back_says_so(purpose: Purpose, said: str) -> None:
    assert said in pages(invoice(purpose=purpose))[0]


@pytest.mark.parametrize(
    ("lines", "taxes", "count"),
    [(1, 1, 1), (LINES_PER_PAGE, 1, 2), (LINES_PER_PAGE + 1, 1, 2), (2, 60, 4)],
)
def test_every_page_names_the_invoice_and_the_last_has_the_total(
    lines: int, taxes: int, count: int
) -> None:
    texts = pages(invoice(lines, taxes))
    assert [f"Page {at} of {count}" in text for at, text in enumerate(texts, 1)] == [True] * count
    assert all("Invoice F-1" in text for text in texts)
    assert ["Total USD" in text for text in texts] == [*[False] * (count - 1), True]
    names = [f"Rose {at:03}" for at in range(1, lines + 1)]
    assert [name for name in names if sum(name in text for text in texts) != 1] == []
    assert sum(text.count("Tax VAT") for text in texts) == taxes


def test_the_same_invoice_gives_the_same_bytes() -> None:
    assert write_pdf(invoice()) == write_pdf(invoice())
