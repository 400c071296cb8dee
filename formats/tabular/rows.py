"""Rows of a delimited file, one at a time, with everything that is wrong with their syntax.

A row that can't be read is left out with a finding. When a quote never closes, or a limit is
passed, what follows can't be told apart any more: reading stops and `is_lost` is set, so that no
reader takes the first half of a file for all of it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from formats.findings import Where
from formats.limits import Limits
from formats.tabular.dialect import (
    Dialect,
    TextSource,
    separator_line,
    sniff_delimiter,
    text_source,
)
from formats.tabular.findings import FindingLog

_DECORATION = " \t\r\n\0\x1a"
_LINE_PER_FIELD = 4
"""A line may be so many times as long as a field may be."""
_BLOCK_CHARACTERS = 64 * 1024


@dataclass(slots=True)
class Row:
    """One row: the line it begins on, from 1, and its cells without outer blanks.

    It's never changed; a file has a million of them, and frozen each would cost twice as much.
    """

    line: int
    cells: list[str]

    def cell(self, at: int) -> str:
        """Return a cell, empty where the row is too short to have it."""
        return self.cells[at] if at < len(self.cells) else ""


class _LineTooLongError(Exception):
    """A line is so long that it can't be a row."""


class _Lines:
    """Lines for the csv reader, guarded against one that never ends."""

    def __init__(self, stream: io.TextIOWrapper, longest: int) -> None:
        self._stream = stream
        self._longest = longest
        self.characters = 0
        self.has_nul = False

    def begin_row(self) -> None:
        self.characters = 0
        self.has_nul = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._stream.readline(self._longest + 1)
        if not line:
            raise StopIteration
        if len(line) > self._longest:
            raise _LineTooLongError
        if "\0" in line or "\x1a" in line:
            if not line.strip(_DECORATION):  # What old programs put after the last row.
                return "\n"
            self.has_nul = self.has_nul or "\0" in line
        self.characters += len(line)
        return line


def is_plain_text(source: TextSource, longest: int) -> bool:
    """Tell whether no line is longer than `longest` bytes and no NUL or 0x1A is in the text.

    It looks for the last line end in windows of `longest` bytes, so it costs next to nothing.
    """
    data = source.data
    if source.encoding.startswith("utf-16") or b"\0" in data or b"\x1a" in data:
        return False
    at = 0
    while at + longest < len(data):
        end = max(data.rfind(b"\n", at, at + longest), data.rfind(b"\r", at, at + longest))
        if end < at:
            return False
        at = end + 1
    return True


class Table:
    """A delimited file being read: iterate once, then ask whether it `is_lost`."""

    def __init__(self, data: bytes, dialect: Dialect, limits: Limits, notes: FindingLog) -> None:
        self._limits = limits
        self._notes = notes
        self._dialect = dialect
        self.is_lost = False
        self.left_out: list[int] = []
        """Lines of the rows whose syntax was wrong, so that nobody can say what they held."""
        if len(data) > limits.file_bytes:
            self._stop("csv.size", f"The file is larger than {limits.file_bytes} bytes. Split it.")
            data = b""
        self._source, finding = text_source(data, dialect.encoding)
        if finding is not None:
            notes.add(finding)
            self.is_lost = self.is_lost or finding.is_error

    def __iter__(self) -> Iterator[Row]:
        if self._source is None or self.is_lost:
            return
        delimiter = self._dialect.delimiter or sniff_delimiter(self._source)
        # The limit of the csv module is one per process and is only ever raised.
        csv.field_size_limit(max(csv.field_size_limit(), self._limits.field_bytes))
        is_plain = is_plain_text(self._source, self._limits.field_bytes)
        reads = self._quick if is_plain else self._careful
        rows = reads(self._source.open(), delimiter)
        yield from islice(rows, self._limits.rows)
        beyond = next(rows, None)
        if beyond is not None:
            message = f"More than {self._limits.rows} rows. Split the file."
            self._stop("csv.rows", message, beyond.line)

    def _quick(self, stream: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
        """Yield the rows of a file whose lines were all looked at before, many at a time."""
        blocks = iter(lambda: stream.readlines(_BLOCK_CHARACTERS), [])
        lines = chain.from_iterable(blocks)
        reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
        most = self._limits.columns
        before = 0
        while not self.is_lost:
            try:
                for raw in reader:
                    line, before = before + 1, reader.line_num
                    if (len(raw) > most or before > line) and self._is_too_large(raw, line):
                        continue
                    cells = [cell.strip() for cell in raw]
                    if line == 1 and separator_line(delimiter.join(cells)):
                        continue
                    if any(cells):
                        yield Row(line, cells)
                return
            except csv.Error as error:
                self._refuse(error, before + 1)
                before = reader.line_num

    def _is_too_large(self, cells: list[str], line: int) -> bool:
        return self._has_flaw(cells, line, has_nul=False, is_long=True)

    def _careful(self, stream: io.TextIOWrapper, delimiter: str) -> Iterator[Row]:
        """Yield the rows of a file that holds NULs or very long lines, one line at a time."""
        lines = _Lines(stream, self._limits.field_bytes * _LINE_PER_FIELD)
        reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
        while not self.is_lost:
            line = reader.line_num + 1
            cells = self._next(reader, lines, line)
            if cells is None:
                return
            if any(cells) and not (line == 1 and separator_line(delimiter.join(cells))):
                yield Row(line, cells)

    def _next(self, reader: Iterator[list[str]], lines: _Lines, line: int) -> list[str] | None:
        """Return the next row's cells, [] for one that is left out, None after the last."""
        lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return None
        except _LineTooLongError:
            self._stop("csv.rowLength", "The line is too long to be a row. Check line ends.", line)
            return None
        except csv.Error as error:
            return self._refuse(error, line)
        is_long = lines.characters > self._limits.field_bytes
        if self._has_flaw(cells, line, has_nul=lines.has_nul, is_long=is_long):
            return []
        return [cell.strip() for cell in cells]

    def _has_flaw(self, cells: list[str], line: int, *, has_nul: bool, is_long: bool) -> bool:
        longest = self._limits.field_bytes
        if has_nul:
            code, message = "csv.nul", "The row holds a NUL character. Remove it."
        elif len(cells) > self._limits.columns:
            code = "csv.columns"
            message = f"More than {self._limits.columns} columns. Check delimiters and line ends."
        elif is_long and max(map(len, cells), default=0) > longest:
            code = "csv.fieldLength"
            message = f"A cell is longer than {longest} characters. Shorten it."
        else:
            return False
        self._leave_out(code, message, line)
        return True

    def _refuse(self, error: csv.Error, line: int) -> list[str]:
        text = str(error)
        if "unexpected end" in text:
            message = "A quote that opens in this row is never closed. Close or double it."
            self._stop("csv.quote", message, line)
        elif "field larger" in text:
            message = (
                f"A cell is longer than {self._limits.field_bytes} characters; a quote may be "
            )
            self._stop("csv.fieldLength", message + "open. Close it.", line)
        else:
            message = "The quotes of this row don't pair, so it was left out with the rows that it "
            message += "runs on into. Double quotes inside a quoted cell."
            self._leave_out("csv.quote", message, line)
        return []

    def _leave_out(self, code: str, message: str, line: int) -> None:
        self.left_out.append(line)
        self._notes.error(code, message, Where(row=line))

    def _stop(self, code: str, message: str, line: int | None = None) -> None:
        self.is_lost = True
        self._notes.error(code, message, Where(row=line))
