"""PDF of labels: pages read back by a decoder and a text extractor, and the bytes never change."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp

from formats.findings import Finding
from formats.labels.label import STOCK_4X2, STOCK_4X6, STOCKS, Label, Stock
from formats.labels.pdf import write_pdf

CODES = ("KS5704493", "12345678901234567890", "1234567", "ABCDEFGHIJKLMNOPQRST", r"a>^~_\B<>1")


def _pages(data: bytes) -> Iterator[pypdfium2.PdfPage]:
    document = pypdfium2.PdfDocument(data)
    try:
        for index in range(len(document)):
            yield document[index]
    finally:
        document.close()


def _codes(page: pypdfium2.PdfPage, dpi: int) -> list[str]:
    picture = page.render(scale=dpi / 72).to_numpy()
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("stock", STOCKS)
@pytest.mark.parametrize("dpi", [203, 300])
def test_a_scanner_reads_every_box_code(full_label: Label, stock: Stock, dpi: int) -> None:
    labels = [replace(full_label, box_code=code) for code in CODES]
    assert [_codes(page, dpi) for page in _pages(write_pdf(labels, stock))] == [
        [code] for code in CODES
    ]


@pytest.mark.parametrize("stock", STOCKS)
def test_a_page_has_the_size_of_the_stock(full_label: Label, stock: Stock) -> None:
    (size,) = [page.get_size() for page in _pages(write_pdf([full_label], stock))]
    assert size == pytest.approx((stock.width_mm * 72 / 25.4, stock.height_mm * 72 / 25.4), abs=0.1)


def test_accents_are_right_and_boxes_in_order(full_label: Label) -> None:
    labels = [replace(full_label, box_seq=number) for number in (1, 2, 3)]
    texts = [
        page.get_textpage().get_text_bounded() for page in _pages(write_pdf(labels, STOCK_4X6))
    ]
    assert len(texts) == 3
    for number, text in enumerate(texts, start=1):
        assert f"Box {number} of 14" in text
        assert "Flores del Peñón S.A. · V00731" in text


def test_the_same_labels_give_the_same_bytes(full_label: Label) -> None:
    first = write_pdf([full_label], STOCK_4X2)
    assert write_pdf([full_label], STOCK_4X2) == first
    assert write_pdf([replace(full_label, is_reprint=False)], STOCK_4X2) != first


def test_texts_that_were_cut_are_reported() -> None:
    report: list[Finding] = []
    write_pdf([Label(box_code="A", customer_name="M" * 90)], STOCK_4X2, report=report)
    assert [finding.code for finding in report] == ["label.cut"]


def test_no_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="no label"):
        write_pdf([], STOCK_4X2)


def test_the_library_is_loaded_only_when_a_pdf_is_written() -> None:
    code = "import sys, formats.labels.pdf; sys.exit('reportlab' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
