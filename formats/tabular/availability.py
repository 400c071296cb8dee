"""Vendor availability: the CSV that vendors upload, and the one that buyers receive.

In: 9 to 11 columns in a fixed order without header, or a header with known names in any order
(domain 12.1). A bad row is left out and named; the rest is used. Cost that is empty is unknown,
never 0 (U-16). Whether rows overwrite or increase stock (K-43, K-44) is agreed outside the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from formats import values
from formats.documents import ReadDocument
from formats.findings import Where
from formats.limits import Limits
from formats.records import InventoryAdvice, InventoryLine, Party, UnitType
from formats.tabular.cells import Cells, column_key, match_columns
from formats.tabular.dialect import Dialect
from formats.tabular.findings import FindingLog
from formats.tabular.rows import Row, Table

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
_REQUIRED = (*COLUMNS[:5], "category", "color", "unitCost")
_SPELLINGS = {column_key(name): name for name in COLUMNS} | {
    "vendor": "vendorId",
    "description": "productDescription",
    "product": "productDescription",
    "quantity": "quantityUnits",
    "colour": "color",
    "cost": "unitCost",
    "stemsperbunch": "stemsBunch",
}
_UNITS = {"stem": UnitType.STEM, "bunch": UnitType.BUNCH}
_COST_DECIMALS = -3


def read_availability(
    data: bytes, *, vendor: Party, dialect: Dialect, limits: Limits
) -> Iterator[ReadDocument]:
    """Yield the one inventory advice of a file.

    `vendor` is the partner whose file it is. The record is None when no row can be used or the
    syntax is lost on the way; a file that is half read is never used.
    """
    notes = FindingLog()
    table = Table(data, dialect, limits, notes)
    lines = tuple(_lines(table, dialect, notes))
    record = None
    if lines and not table.is_lost:
        record = InventoryAdvice(vendor=vendor, lines=lines)
    elif not table.is_lost:
        notes.error(
            "csv.empty", "The file has no row that can be used. Correct it and send it again."
        )
    yield ReadDocument(record, notes.findings(), digest=hashlib.sha256(data).hexdigest())


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


def _lines(table: Table, dialect: Dialect, notes: FindingLog) -> Iterator[InventoryLine]:
    layout: _Layout | None = None
    seen: dict[int, int] = {}
    position = 0
    for row in table:
        if layout is None:
            layout = _layout(row, notes)
            if layout is None:
                return
            if layout.has_header:
                continue
        if not _has_width(row, layout, notes):
            continue
        cells = Cells(row, layout.columns, notes, decimal_comma=dialect.decimal_comma)
        line = _line(cells, position + 1)
        if line is None:
            continue
        position += 1
        _note_repetition(line, row.line, seen, notes)
        yield line


def _layout(first: Row, notes: FindingLog) -> _Layout | None:
    """Return how the rows are laid out, or None for a header that lacks a column.

    A header has no number in column 1 and names a column that is known. A row of words without a
    digit or a gap is a header in another language; then the agreed order decides.
    """
    if first.cell(0).isdecimal():
        return _FIXED
    if any(column_key(cell) in _SPELLINGS for cell in first.cells):
        columns = match_columns(first, _SPELLINGS, notes, required=_REQUIRED)
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


def _line(cells: Cells, position: int) -> InventoryLine | None:
    vendor_id = cells.count("vendorId", required=True)
    quantity = cells.count("quantityUnits", required=True)
    unit_type = cells.choice("unitType", _UNITS, required=True)
    description = cells.text("productDescription", longest=200, required=True)
    available_from = cells.day("availableFrom", required=True)
    post_harvest = cells.text("postHarvest", longest=20)
    category = cells.text("category", longest=200, required=True)
    color = cells.text("color", longest=200, required=True)
    unit_cost = cells.money("unitCost")
    stems = cells.count("stemsBunch", least=1)
    tag = cells.text("tag", longest=200)
    if cells.is_bad or quantity is None or unit_type is None:
        return None
    _note_cost(cells, unit_cost)
    return InventoryLine(
        line=position,
        quantity=Decimal(quantity),
        unit=unit_type.value,
        unit_type=unit_type,
        vendor_id=None if vendor_id is None else str(vendor_id),
        description=description,
        available_from=available_from,
        post_harvest=post_harvest,
        category=category,
        color=color,
        unit_cost=unit_cost,
        stems_per_bunch=stems,
        tag=tag,
    )


def _note_cost(cells: Cells, cost: Decimal | None) -> None:
    if cost is None:
        cells.warn("unitCost", "The cost is empty, so the offer has no cost. Write 0 for none.")
        return
    exponent = cost.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < _COST_DECIMALS:
        cells.warn("unitCost", "The cost has more than 3 decimals and may be rounded by others.")


def _note_repetition(
    line: InventoryLine, row: int, seen: dict[int, int], notes: FindingLog
) -> None:
    """Warn about rows that share the key by which stock is replaced or added to (domain 2.4).

    Half a million keys are kept as hashes: two that collide cost a needless warning at most.
    """
    key = hash(
        (
            line.vendor_id,
            values.normalised(line.description or ""),
            line.available_from,
            values.normalised(line.post_harvest or ""),
        )
    )
    first = seen.setdefault(key, row)
    if first != row:
        message = (
            f"Same product, date and post-harvest as row {first}: quantities add up in increase "
            "mode, and the last row counts in overwrite mode. Merge the rows if that isn't meant."
        )
        notes.warn("csv.duplicate", message, Where(row=row))
