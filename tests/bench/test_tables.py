"""Stock files that are timed are sound, and the same as CSV and as a workbook."""

from __future__ import annotations

from datetime import date

from formats import Agreed, read
from formats.records import InventoryAdvice, InventoryLine, Party
from tests.bench.tables import stock_csv, stock_workbook

TODAY = date(2026, 12, 4)
ROWS = 4_500
"""More than there are products, so that some come a second day."""


def lines_of(data: bytes) -> tuple[InventoryLine, ...]:
    (document,) = read(data, agreed=Agreed(Party(code="FINCA"))).documents()
    assert not document.findings
    assert isinstance(document.record, InventoryAdvice)
    return document.record.lines


def test_workbook_says_what_the_csv_says() -> None:
    lines = lines_of(stock_csv(ROWS, TODAY))
    assert lines_of(stock_workbook(ROWS, TODAY)) == lines


def test_no_two_rows_offer_the_same() -> None:
    lines = lines_of(stock_csv(ROWS, TODAY))
    assert len(lines) == ROWS
    assert len({(each.description, each.available_from) for each in lines}) == ROWS
