"""Vendor availability: the CSV that vendors upload, and the one that buyers receive.

In: 9 to 11 columns in a fixed order without header, or a header with known names in any order
(domain 12.1). A bad row is left out and named; the rest is used. Cost that is empty is unknown,
never 0 (U-16). Whether rows overwrite or increase stock (K-43, K-44) is agreed outside the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from formats.collection import no_collection
from formats.documents import ReadDocument
from formats.findings import Where
from formats.limits import Limits
from formats.records import InventoryAdvice, InventoryLine, Party
from formats.tabular.cells import column_key, match_columns
from formats.tabular.dialect import Dialect
from formats.tabular.findings import FindingLog
from formats.tabular.rows import Row
from formats.tabular.source import Content, RowStream, digest_of, open_table
from formats.tabular.stock_lines import StockLines, Terms

COLUMNS = (
    "vendorId",
    "productDescription",
    "availableFrom",
    "quantityUnits",
    "unitType",
    "postHarvest",
    "category",
    "color",
    "unitCost",
    "stemsBunch",
    "tag",
)
LEAST_COLUMNS = 9
_MORE = ("availableTo", "cutDate", "variety", "grade", "location")
"""Columns of ours that only a header can name: where no header stands the agreed order ends."""
_REQUIRED = (*COLUMNS[:5], "category", "color", "unitCost")
SPELLINGS = {column_key(name): name for name in (*COLUMNS, *_MORE)} | {
    "vendor": "vendorId",
    "description": "productDescription",
    "product": "productDescription",
    "quantity": "quantityUnits",
    "colour": "color",
    "length": "grade",
    "stemlength": "grade",
    "cost": "unitCost",
    "stemsperbunch": "stemsBunch",
    "availableuntil": "availableTo",
    "cuton": "cutDate",
    "packdate": "cutDate",
    "warehouse": "location",
    "locationcode": "location",
}
TERMS = Terms(frozenset(_REQUIRED) - {"unitCost"})


def read_availability(
    data: Content, *, vendor: Party, dialect: Dialect, limits: Limits
) -> Iterator[ReadDocument]:
    """Yield the one inventory advice of a file.

    `vendor` is the partner whose file it is. The record is None when no row can be used or the
    syntax is lost on the way; a file that is half read is never used.
    """
    notes = FindingLog()
    table = open_table(data, dialect, limits, notes)
    with no_collection():
        lines = tuple(_lines(table, dialect, notes))
    record = None
    if lines and not table.is_lost:
        record = InventoryAdvice(vendor=vendor, lines=lines)
    elif not table.is_lost:
        notes.error(
            "csv.empty", "The file has no row that can be used. Correct it and send it again."
        )
    yield ReadDocument(record, notes.findings(), digest=digest_of(data))


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where each column stands, and how many columns a row has."""

    columns: dict[str, int]
    least: int
    most: int
    has_header: bool


_FIXED = _Layout(
    {name: at for at, name in enumerate(COLUMNS)}, LEAST_COLUMNS, len(COLUMNS), has_header=False
)


def _lines(table: RowStream, dialect: Dialect, notes: FindingLog) -> Iterator[InventoryLine]:
    layout: _Layout | None = None
    reader: StockLines | None = None
    position = 0
    for row in table:
        if layout is None or reader is None:
            layout = _layout(row, notes)
            if layout is None:
                return
            comma = dialect.decimal_comma
            reader = StockLines(layout.columns, TERMS, notes, decimal_comma=comma)
            if layout.has_header:
                continue
        if not layout.least <= len(row.cells) <= layout.most and not _has_width(row, layout, notes):
            continue
        line = reader.line(row, position + 1)
        if line is not None:
            position += 1
            yield line


def _layout(first: Row, notes: FindingLog) -> _Layout | None:
    """Return how the rows are laid out, or None for a header that lacks a column.

    A header has no number in column 1 and names a column that is known. A row of words without a
    digit or a gap is a header in another language; then the agreed order decides.
    """
    if first.cell(0).isdecimal():
        return _FIXED
    if any(column_key(cell) in SPELLINGS for cell in first.cells):
        columns = match_columns(first, SPELLINGS, notes, required=_REQUIRED)
        if columns is None:
            return None
        least = max(columns[name] for name in _REQUIRED) + 1
        return _Layout(columns, least, len(first.cells), has_header=True)
    has_digit = any(c.isdecimal() for cell in first.cells for c in cell)
    if has_digit or not all(first.cells) or len(first.cells) < LEAST_COLUMNS:
        return _FIXED
    message = "The names of the columns aren't known; columns were taken in the agreed order."
    notes.warn("csv.header", message, Where(row=first.line))
    return replace(_FIXED, has_header=True)


def _has_width(row: Row, layout: _Layout, notes: FindingLog) -> bool:
    """Refuse rows that are too short, or too long by more than empty cells."""
    width = len(row.cells)
    while width > layout.most and not row.cells[width - 1]:
        width -= 1
    if layout.least <= width <= layout.most:
        return True
    expected = f"{layout.least} to {layout.most}" if layout.least < layout.most else layout.most
    message = f"The row has {width} columns; {expected} are expected. "
    message += "Quote cells that hold a delimiter, and send the row again."
    notes.error("csv.columns", message, Where(row=row.line))
    return False
