"""A partner's table as one of ours: its header found, its columns renamed, its cells turned.

The rows keep their numbers, and what is wrong with a cell is remembered, so that a finding can say
it in the partner's words, in the partner's column.
"""

from __future__ import annotations

import codecs
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from formats.findings import Finding, Where
from formats.layouts.cells import POISON, ColumnCells, Refused
from formats.layouts.fields import STOCK_FIELDS
from formats.layouts.layout import MAX_LINE, DeclaredLayout, Form, LayoutColumn
from formats.layouts.orders import numbered
from formats.limits import Limits
from formats.tabular.cells import column_key
from formats.tabular.dialect import Dialect, text_source
from formats.tabular.findings import MAX_FINDINGS, FindingLog
from formats.tabular.kinds import Kind
from formats.tabular.rows import Row, Table
from formats.tabular.source import RowStream
from formats.xlsx.workbook import HEADER_ROWS, Sheet

Place = tuple[int, str]


@dataclass(frozen=True, slots=True)
class LayoutTable:
    """A partner's file, to be read as a table of ours."""

    layout: DeclaredLayout
    content: bytes | Sheet
    refused: dict[Place, Finding] = field(default_factory=dict, compare=False)
    """What was wrong with cells, by row and field."""
    places: dict[str, int] = field(default_factory=dict, compare=False)
    """Where the columns were found, by field."""

    @property
    def digest(self) -> str:
        if isinstance(self.content, Sheet):
            return self.content.digest
        return hashlib.sha256(self.content).hexdigest()

    def open(self, limits: Limits, notes: FindingLog) -> RowStream:
        rows = _LayoutRows(self, self._source(limits, notes), notes)
        return numbered(rows, limits) if self.layout.kind is Kind.ORDER else rows

    def _source(self, limits: Limits, notes: FindingLog) -> RowStream:
        layout = self.layout
        if isinstance(self.content, Sheet):
            sheet = replace(self.content, decimal_comma=layout.decimal_comma)
            return sheet.open(limits, notes)
        if layout.form is Form.FIXED:
            return _FixedRows(layout, self.content, limits, notes)
        return Table(self.content, dialect_of(layout), limits, notes)


def dialect_of(layout: DeclaredLayout) -> Dialect:
    """Return how delimited files of a layout are written."""
    return Dialect(layout.delimiter, layout.decimal_comma, layout.encoding)


def own_name(layout: DeclaredLayout, name: str) -> str:
    """Return the column of our table for a field."""
    return STOCK_FIELDS[name] if layout.kind is Kind.AVAILABILITY else name


def find_header(layout: DeclaredLayout, rows: Sequence[Row]) -> tuple[Row, dict[int, int]] | None:
    """Return the header among the first rows, and the place of each column that was found.

    A header names every column that is read, has no default and isn't optional.
    """
    for row in rows:
        if layout.header_row and row.line != layout.header_row:
            continue
        keys = {column_key(cell): at for at, cell in reversed(list(enumerate(row.cells)))}
        found: dict[int, int] = {}
        for index, column in enumerate(layout.columns):
            at = next((keys[k] for name in column.names if (k := column_key(name)) in keys), None)
            if at is not None:
                found[index] = at
        if all(index in found for index in _expected(layout)):
            return row, found
    return None


def _expected(layout: DeclaredLayout) -> list[int]:
    columns = enumerate(layout.columns)
    return [
        at
        for at, column in columns
        if column.is_read and not column.default and not column.is_optional
    ]


class _LayoutRows:
    """Rows with the columns of our table, its header first."""

    def __init__(self, table: LayoutTable, source: RowStream, notes: FindingLog) -> None:
        self._table = table
        self._layout = table.layout
        self._source = source
        self._notes = notes
        self.left_out: list[int] = []
        self.is_lost = False
        self._cells = [ColumnCells(table.layout, column) for column in table.layout.columns]

    def __iter__(self) -> Iterator[Row]:
        rows = iter(self._source)
        places = self._places(rows)
        if places is None:
            self.is_lost = True
            return
        header, found, waiting = places
        columns = self._layout.columns
        used = [
            index
            for index, column in enumerate(columns)
            if column.is_ours and (index in found or column.constant or column.default)
        ]
        names = [own_name(self._layout, self._layout.columns[index].field) for index in used]
        merged = _twice(names)
        self._table.places.update(
            {columns[index].field: at for index, at in found.items() if columns[index].is_ours}
        )
        yield Row(header, _without(names, merged))
        self._pass_on()
        for row in _chained(waiting, rows):
            cells = [self._cell(index, found.get(index), row) for index in used]
            yield Row(row.line, _later(cells, merged) if merged else cells)
            self._pass_on()
        self._pass_on()

    def _pass_on(self) -> None:
        """Tell the reader what the source lost or left out so far."""
        self.is_lost = self._source.is_lost
        if self._source.left_out:
            self.left_out += self._source.left_out
            self._source.left_out.clear()

    def _places(self, rows: Iterator[Row]) -> tuple[int, dict[int, int], list[Row]] | None:
        """Return the header's line, the place of every column, and rows that were read already."""
        layout = self._layout
        if not layout.has_header:
            columns = enumerate(layout.columns)
            is_fixed = layout.form is Form.FIXED
            found = {index: index if is_fixed else column.at for index, column in columns}
            return 0, {index: at for index, at in found.items() if at is not None}, []
        first: list[Row] = []
        for row in rows:
            first.append(row)
            told = find_header(layout, [row])
            if told is not None:
                return row.line, told[1], []
            if len(first) == HEADER_ROWS or (layout.header_row or row.line) < row.line:
                break
        if not self._source.is_lost:
            self._miss(first)
        return None

    def _miss(self, rows: Sequence[Row]) -> None:
        """Name the columns that the likeliest header lacks."""
        wanted = [self._layout.columns[at] for at in _expected(self._layout)]
        best, missing = 0, [column.title for column in wanted]
        for row in rows:
            keys = {column_key(cell) for cell in row.cells}
            lacks = [c.title for c in wanted if not keys & {column_key(n) for n in c.names}]
            if len(lacks) < len(missing):
                best, missing = row.line, lacks
        names = ", ".join(missing[:20])
        message = f"Columns of the agreed layout {self._layout.name} are missing: {names}. "
        where = Where(row=best or None)
        self._notes.error("layout.header", f"{message}Add them, or tell us what changed.", where)

    def _cell(self, index: int, at: int | None, row: Row) -> str:
        column = self._layout.columns[index]
        if column.constant:
            return column.constant
        text = "" if at is None else row.cell(at)
        cell = self._cells[index][text]
        if isinstance(cell, Refused):
            self._refuse(column, row.line, text, cell.message)
            return POISON + text
        return cell

    def _refuse(self, column: LayoutColumn, line: int, text: str, expected: str) -> None:
        if len(self._table.refused) < MAX_FINDINGS:
            name = own_name(self._layout, column.field)
            message = f"{expected[:1].upper()}{expected[1:]}. Correct the cell and send it again."
            where = Where(row=line, column=column.title)
            self._table.refused[line, name] = Finding(
                f"layout.{column.field}", message, where, value=text[:80]
            )


def _twice(names: Sequence[str]) -> tuple[int, int] | None:
    """Return the places of the one column of ours that two fields make, None for none."""
    again = next((at for at, name in enumerate(names) if name in names[:at]), None)
    return None if again is None else (names.index(names[again]), again)


def _without(cells: Sequence[str], merged: tuple[int, int] | None) -> list[str]:
    return [cell for at, cell in enumerate(cells) if merged is None or at != merged[1]]


def _later(cells: list[str], merged: tuple[int, int]) -> list[str]:
    """Return a row in which the later of two days stands; one that can't be read goes before."""
    kept, given_up = merged
    both = cells[kept], cells[given_up]
    cells[kept] = next((each for each in both if each.startswith(POISON)), max(both))
    return _without(cells, merged)


def _chained(first: Sequence[Row], rest: Iterator[Row]) -> Iterator[Row]:
    yield from first
    yield from rest


class _FixedRows:
    """Lines of a fixed-width file, cut at the declared places."""

    def __init__(
        self, layout: DeclaredLayout, data: bytes, limits: Limits, notes: FindingLog
    ) -> None:
        self._layout = layout
        self._limits = limits
        self._notes = notes
        self.left_out: list[int] = []
        self.is_lost = False
        if len(data) > limits.file_bytes:
            message = f"The file is larger than {limits.file_bytes} bytes. Split it."
            self._stop("layout.size", message, None)
        self._source, finding = text_source(data, layout.encoding)
        if finding is not None:
            notes.add(finding)
            self.is_lost = self.is_lost or finding.is_error

    def __iter__(self) -> Iterator[Row]:
        if self._source is None or self.is_lost:
            return
        cuts = [(c.start or 0, (c.start or 0) + (c.width or 0)) for c in self._layout.columns]
        skipped = self._layout.header_row or 0
        stream = self._source.open()
        number = count = 0
        while line := stream.readline(MAX_LINE + 2):
            number += 1
            text = line.rstrip("\r\n\x1a\0")
            if len(text) > MAX_LINE or (len(line) > MAX_LINE and not line.endswith(("\n", "\r"))):
                message = f"The line has more than {MAX_LINE} characters. Check line ends."
                self._stop("layout.line", message, number)
                return
            if number <= skipped or not text.strip():
                continue
            count += 1
            if count > self._limits.rows:
                message = f"More than {self._limits.rows} lines. Split the file."
                self._stop("layout.rows", message, number)
                return
            yield Row(number, [text[begin:end].strip() for begin, end in cuts])

    def _stop(self, code: str, message: str, line: int | None) -> None:
        self.is_lost = True
        self._notes.error(code, message, Where(row=line))


def fits(layout: DeclaredLayout, content: bytes | Sheet) -> bool:
    """Tell whether a file has the header of a layout; one without a header fits any."""
    if isinstance(content, Sheet):
        if layout.sheet is not None and column_key(layout.sheet) != column_key(content.name):
            return False
        rows = content.head()
    elif layout.form is Form.XLSX:
        return False
    elif layout.has_header:
        notes = FindingLog()
        text = io.BytesIO(content).read(256 * 1024)
        table = Table(_whole_lines(text, content), dialect_of(layout), Limits(), notes)
        rows = [row for _, row in zip(range(HEADER_ROWS), table, strict=False)]
    if layout.form is Form.FIXED:
        return isinstance(content, bytes)
    return not layout.has_header or find_header(layout, rows) is not None


def _whole_lines(text: bytes, content: bytes) -> bytes:
    """Return the beginning of a file without a character or line that was cut in two."""
    if len(text) == len(content) or text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return text
    return text[: text.rfind(b"\n") + 1] or text


def spoken(
    finding: Finding, table: LayoutTable, letters: Mapping[str, str], sheet: str | None
) -> Finding:
    """Return a finding in the partner's words: its column, and what the layout expects there."""
    where = finding.where
    read = (column for column in table.layout.columns if column.is_ours)
    own = {own_name(table.layout, column.field): column for column in read}
    said = table.refused.get((where.row or 0, where.column or ""))
    finding = said or finding
    column = own.get(where.column or "")
    if column is not None and finding.where.column is not None:
        letter = letters.get(column.field)
        finding = replace(finding, where=replace(finding.where, column=column.title, letter=letter))
    return finding if sheet is None else replace(finding, where=replace(finding.where, sheet=sheet))
