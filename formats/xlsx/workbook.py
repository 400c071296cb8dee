"""The sheets of a workbook as tables that every tabular reader reads, with places in the sheet.

A sheet's header may stand below a title and blank rows; it's found by the names in it. Findings
name the sheet, the row as the spreadsheet counts it, and the letter of the column.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from formats.findings import Finding, Where, warning
from formats.limits import Limits
from formats.tabular.findings import FindingLog
from formats.tabular.rows import Row
from formats.xlsx.archive import ArchiveError
from formats.xlsx.sheets import NUMBER_MARK, SheetHead, heads

_POINT = re.compile(f"({NUMBER_MARK}-?[0-9]{{1,400}})[.]", re.ASCII)
HEADER_ROWS = 40
"""So many rows that aren't blank are looked at for a header."""


def letter(column: int) -> str:
    """Return the letter of a column, counted from 0: 0 is A, 26 is AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible sheet with values; its rows are read from `first_row` on."""

    name: str
    text: str = field(repr=False)
    first_column: int = 0
    first_row: int = 1
    decimal_comma: bool = False
    """Whether numbers are given with one, as the partner writes them in its texts."""
    notes: tuple[Finding, ...] = ()

    @property
    def digest(self) -> str:
        """Return the hash of what the rows say: saving a workbook again changes nothing."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def head(self, rows: int = HEADER_ROWS) -> list[Row]:
        """Return the first rows that aren't blank."""
        return [row for _, row in zip(range(rows), self.rows(), strict=False)]

    def from_row(self, line: int) -> Sheet:
        """Return the sheet without what stands above a row."""
        return replace(self, first_row=line)

    def open(self, limits: Limits, notes: FindingLog) -> SheetRows:
        """Return the rows; a sheet with too many rows or columns is lost, and says so."""
        return SheetRows(self, limits, notes)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that aren't blank, whatever their number."""
        lines: Iterable[str] = io.StringIO(self.text, newline="")
        if self.decimal_comma:
            lines = (_POINT.sub(r"\1,", each) for each in lines)
        # The text is our own, so that no row of it is odd.
        for cells in csv.reader((each.replace(NUMBER_MARK, "") for each in lines), delimiter="\t"):
            line = int(cells[0])
            if line >= self.first_row:
                row = [cell.strip() for cell in cells[1:]]
                if any(row):
                    yield Row(line, row)

    def placed(self, finding: Finding, header: Mapping[str, int]) -> Finding:
        """Return a finding with its sheet and column letter; `header` has columns from 0."""
        where = replace(finding.where, sheet=self.name)
        at = None if where.column is None else header.get(where.column)
        if at is not None:
            where = replace(where, letter=letter(self.first_column + at))
        return replace(finding, where=where)


class SheetRows:
    """The rows of a sheet, to be iterated once."""

    def __init__(self, sheet: Sheet, limits: Limits, notes: FindingLog) -> None:
        self._sheet = sheet
        self._limits = limits
        self._notes = notes
        self.is_lost = False
        self.left_out: list[int] = []

    def __iter__(self) -> Iterator[Row]:
        for count, row in enumerate(self._sheet.rows(), 1):
            if count > self._limits.rows:
                message = f"More than {self._limits.rows} rows. Split the sheet."
                self._stop("xlsx.rows", message, row.line)
                return
            width = len(row.cells)
            while width > self._limits.columns and not row.cells[width - 1]:
                width -= 1
            if width > self._limits.columns:
                message = (
                    f"More than {self._limits.columns} columns. Delete those that aren't used."
                )
                self._stop("xlsx.columns", message, row.line)
                return
            yield row

    def _stop(self, code: str, message: str, line: int) -> None:
        self.is_lost = True
        self._notes.error(code, message, Where(row=line, sheet=self._sheet.name))


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a workbook holds: its sheets with values, and what was found outside them."""

    sheets: tuple[Sheet, ...]
    findings: tuple[Finding, ...] = ()


def read_workbook(stream: bytes) -> Workbook:
    """Return what `extract` said of a file; one that can't be read has an error and no sheets."""
    sheets: list[Sheet] = []
    findings: list[Finding] = []
    try:
        for head, rows in heads(stream):
            if head.is_hidden:
                message = "The sheet is hidden and was not read. Show it if it's meant."
                findings.append(warning("xlsx.hidden", message, Where(sheet=head.name)))
            elif rows:
                sheets.append(_sheet(head, rows.decode()))
    except ArchiveError as error:
        return Workbook((), (error.finding,))
    except (ValueError, KeyError, TypeError):
        message = "The workbook can't be read to its end. Save it again as XLSX."
        return Workbook((), (Finding("xlsx.damaged", message),))
    if not sheets:
        message = "The workbook has no visible sheet with values. Send it again with its rows."
        findings.append(Finding("xlsx.empty", message))
    return Workbook(tuple(sheets), tuple(findings))


def _sheet(head: SheetHead, text: str) -> Sheet:
    name = head.name
    notes: list[Finding] = []
    if head.hidden_rows:
        rows = ", ".join(map(str, head.hidden_rows))
        message = (
            f"Hidden rows were read like the others ({rows}). Delete them if they don't count."
        )
        notes.append(warning("xlsx.hidden", message, Where(sheet=name, row=head.hidden_rows[0])))
    for cell in head.error_cells:
        column = cell.rstrip("0123456789")
        where = Where(sheet=name, row=int(cell[len(column) :]), letter=column)
        message = "The cell holds a spreadsheet's error and was read as empty. Write the value."
        notes.append(warning("xlsx.error", message, where))
    for row, at in head.unclear:
        where = Where(sheet=name, row=row + 1, letter=letter(at))
        message = "A number in a merged cell counts for its first row only. Write it in each row."
        notes.append(warning("xlsx.merged", message, where))
    return Sheet(name, text, head.first_column, notes=tuple(notes))
