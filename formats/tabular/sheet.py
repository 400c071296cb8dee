"""The rows of a step file whose rows stand each for itself, under a known header.

A row with more cells than the header may have moved ones, so it is left out and named.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from formats.documents import ReadDocument
from formats.findings import Finding, Where
from formats.limits import Limits
from formats.records import Party
from formats.steps import Step
from formats.tabular.cells import Cells, match_columns
from formats.tabular.dialect import Dialect
from formats.tabular.findings import FindingLog
from formats.tabular.kinds import Layout
from formats.tabular.rows import Row
from formats.tabular.source import Content, RowStream, digest_of, open_table

_UNIT_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class StepFile:
    """A step file before its rows are read: its bytes, its layout and what was agreed of both."""

    data: Content
    layout: Layout
    dialect: Dialect
    limits: Limits
    vendor: Party
    """Whose file it is, for the records that name a vendor."""

    def table(self, notes: FindingLog) -> RowStream:
        return open_table(self.data, self.dialect, self.limits, notes)

    def cells(self, row: Row, columns: Mapping[str, int], notes: FindingLog) -> Cells:
        return Cells(row, columns, notes, decimal_comma=self.dialect.decimal_comma)

    def digest_of(self, rows: Iterable[Cells]) -> str:
        """Hash the known cells in the order of the layout, so that moved columns change nothing."""
        digest = hashlib.sha256()
        for cells in rows:
            said = (cells.raw(name) for name in self.layout.columns)
            digest.update(_UNIT_SEPARATOR.join(said).encode() + b"\n")
        return digest.hexdigest()

    def refused(self, notes: FindingLog) -> ReadDocument:
        """Return the document of a file that can't be used; some error says why."""
        digest = digest_of(self.data)
        return ReadDocument(None, _with_reason(notes), digest=digest)

    def document(
        self, record: Step | None, rows: Sequence[Cells], notes: FindingLog, control: str = ""
    ) -> ReadDocument:
        """Return what rows say with what was found in them; without a record some error says why.

        `control` is the number that the rows share.
        """
        if not rows:
            return self.refused(notes)
        findings = _with_reason(notes) if record is None else notes.findings()
        return ReadDocument(record, findings, control, digest=self.digest_of(rows))


def _with_reason(notes: FindingLog) -> tuple[Finding, ...]:
    if not any(finding.is_error for finding in notes.findings()):
        message = "The file has no row that can be used. Correct it and send it again."
        notes.error("csv.empty", message)
    return notes.findings()


def single_rows(file: StepFile, notes: FindingLog) -> list[Cells] | None:
    """Return the rows of a file, or None when its syntax is lost or its header lacks a column."""
    table = file.table(notes)
    rows = list(_single_rows(file, table, notes))
    return None if table.is_lost or not rows else rows


def _single_rows(file: StepFile, table: RowStream, notes: FindingLog) -> Iterator[Cells]:
    columns: dict[str, int] | None = None
    width = 0
    for row in table:
        if columns is None:
            columns = match_columns(row, file.layout.names, notes, required=file.layout.required)
            where = Where(row=row.line)
            if columns is None or not has_one_of(file.layout, columns, where, notes):
                return
            width = len(row.cells)
        elif any(row.cells[width:]):
            message = f"The row has more than the {width} columns of the header. Quote its cells."
            notes.error("csv.columns", message, Where(row=row.line))
        else:
            yield file.cells(row, columns, notes)


def has_one_of(
    layout: Layout, columns: Mapping[str, int], header: Where, notes: FindingLog
) -> bool:
    """Tell whether a header has one of the columns that stand for each other; note it if not."""
    if not layout.one_of or any(name in columns for name in layout.one_of):
        return True
    message = f"One of the columns {' and '.join(layout.one_of)} is needed. Add it."
    notes.error("csv.header", message, replace(header, column=layout.one_of[0]))
    return False
