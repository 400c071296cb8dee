"""What is written as CSV, as a workbook instead, for those who open tables in a spreadsheet.

A workbook keeps what a spreadsheet takes from a CSV: codes with their zeros, dates, `1E3`. Columns
of quantities and money are numbers, columns of dates are dates; everything else is text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from formats import values
from formats.layouts.fields import Sort, sort_of
from formats.tabular.write import Cell, neutralised
from formats.xlsx.write import write_workbook

_NUMBERS = frozenset(
    {
        *("quantity_units", "bunches_per_box", "stems_per_bunch", "price", "landed_cost"),
        *("price_direct", "received", "accepted", "row", "length", "width", "height", "units"),
        *("stemsbunch", "bunches"),
    }
)
_DATES = frozenset({"shipdate"})


def workbook_of(data: bytes, sheet: str) -> bytes:
    """Return a CSV of ours (UTF-8, comma, a header) as a workbook of one sheet.

    Raises ValueError for more rows, or a longer text, than a sheet can hold.
    """
    rows = csv.reader(io.StringIO(data.decode(), newline=""))
    header = next(rows, [])
    sorts = [_sort(title) for title in header]
    return write_workbook({sheet: (header, _body(rows, sorts))})


def _body(rows: Iterator[list[str]], sorts: list[Sort]) -> Iterator[list[Cell]]:
    for row in rows:
        known = len(row) - len(sorts)
        kinds = sorts + [Sort.TEXT] * known if known > 0 else sorts
        yield [_cell(text, sort) for text, sort in zip(row, kinds, strict=False)]


def _sort(title: str) -> Sort:
    name = title.lower()
    if name in _NUMBERS:
        return Sort.NUMBER
    return Sort.DATE if name in _DATES else sort_of(name)


def _cell(text: str, sort: Sort) -> Cell:
    if text.startswith("'") and neutralised(text[1:]) == text:
        # The apostrophe keeps a CSV's reader from computing; a cell of text is never computed.
        return text[1:]
    if not text or sort not in (Sort.NUMBER, Sort.DATE):
        return text
    try:
        return values.decimal(text) if sort is Sort.NUMBER else values.iso_date(text)
    except ValueError:
        return text
