"""The documents of a workbook: each sheet is what its header says, read as the CSV of its kind is.

Sheets of one kind belong together: an availability on two sheets is one stock. A sheet without a
header that is known is named and left out, unless it's the only one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from formats import values
from formats.documents import ReadDocument
from formats.findings import Finding, Where, warning
from formats.limits import Limits
from formats.records import InventoryAdvice, Party
from formats.tabular import availability
from formats.tabular.cells import column_key
from formats.tabular.dialect import Dialect
from formats.tabular.findings import FindingLog
from formats.tabular.kinds import Kind, kind_of_row, layout_of
from formats.tabular.order_rows import ORDER_NAMES
from formats.tabular.purchase_order import read_purchase_orders
from formats.tabular.rows import Row
from formats.tabular.source import GivenTable, RowStream
from formats.tabular.steps import read_steps
from formats.xlsx.workbook import Sheet, Workbook

_EPOCH = date(1899, 12, 30)
_SERIALS = range(30_000, 80_000)
"""Days since 1899 that stand for dates from 1982 to 2119."""


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A sheet whose header is known, with what a spreadsheet did to its cells undone."""

    sheet: Sheet
    names: Mapping[int, str]
    """Column names by place, from 0."""

    @property
    def digest(self) -> str:
        return self.sheet.digest

    def open(self, limits: Limits, notes: FindingLog) -> RowStream:
        return _Mended(self, limits, notes)


class _Mended:
    """Rows in which dates and air waybills are what they were before they became numbers."""

    def __init__(self, table: SheetTable, limits: Limits, notes: FindingLog) -> None:
        self._rows = table.sheet.open(limits, notes)
        self._notes = notes
        self.left_out: list[int] = []
        self._mend: dict[int, Callable[[str], tuple[str, str] | None]] = {}
        for at, name in table.names.items():
            if name.endswith("_date") or name.startswith("available"):
                self._mend[at] = _day
            elif name in ("awb", "house_awb"):
                self._mend[at] = _waybill
        self._names = table.names

    @property
    def is_lost(self) -> bool:
        return self._rows.is_lost

    @is_lost.setter
    def is_lost(self, value: bool) -> None:
        self._rows.is_lost = value

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            for at, mend in self._mend.items():
                text = row.cell(at)
                # Dates and waybills as they are written have a mark in them; numbers have none.
                if text.isdecimal() and (mended := mend(text)) is not None:
                    row.cells[at], message = mended
                    where = Where(row=row.line, column=self._names[at])
                    self._notes.warn("xlsx.number", message, where, text)
            yield row


def _day(text: str) -> tuple[str, str] | None:
    """Return the date that a number of days stands for."""
    if len(text) != 5 or int(text) not in _SERIALS:
        return None
    day = (_EPOCH + timedelta(days=int(text))).isoformat()
    return day, f"The cell is a number and was read as {day}. Format the column as dates."


def _waybill(text: str) -> tuple[str, str] | None:
    """Return an air waybill with the zero that it lost as a number, if its check digit says so."""
    if len(text) != 10 or not values.air_waybill(f"0{text}")[1]:
        return None
    return f"0{text}", f"The cell is a number and was read as 0{text}. Format the column as text."


OwnReading = Callable[[Sheet], tuple[Kind, Iterable[ReadDocument]] | None]


@dataclass(frozen=True, slots=True)
class Tables:
    """What a workbook holds, by kind, in the order of its sheets."""

    documents: Mapping[Kind, tuple[ReadDocument, ...]]
    findings: tuple[Finding, ...]
    """What was found outside the documents."""


def read_tables(
    book: Workbook,
    *,
    fallback: Kind,
    vendor: Party,
    dialect: Dialect,
    limits: Limits,
    own: OwnReading = lambda _sheet: None,
) -> Tables:
    """Read every sheet; `fallback` is what a lone sheet with an unknown header is taken for.

    `vendor` is the partner whose file it is; `own` reads a sheet that is in a layout of its own.
    """
    comma = dialect.decimal_comma
    sheets = [replace(sheet, decimal_comma=comma) for sheet in book.sheets]
    findings = list(book.findings)
    found: dict[Kind, list[ReadDocument]] = {}
    for sheet in sheets:
        read = own(sheet)
        if read is not None:
            found.setdefault(read[0], []).extend(read[1])
            continue
        told = _told(sheet)
        if told is None and len(book.sheets) > 1:
            message = "No row of the sheet is a header that is known, so it was not read. Name its "
            message += "columns as they are described, or remove the sheet."
            findings.append(warning("xlsx.header", message, Where(sheet=sheet.name)))
            continue
        kind, header = told or (fallback, sheet.head(1)[0])
        documents = read_sheet(sheet, kind, header, vendor=vendor, dialect=dialect, limits=limits)
        found.setdefault(kind, []).extend(documents)
    if Kind.AVAILABILITY in found:
        found[Kind.AVAILABILITY] = [one_stock(found[Kind.AVAILABILITY])]
    if book.sheets and not found:
        message = "No sheet has a header that is known. Name the columns as they are described."
        findings.append(Finding("xlsx.header", message))
    return Tables({kind: tuple(each) for kind, each in found.items()}, tuple(findings))


def _told(sheet: Sheet) -> tuple[Kind, Row] | None:
    """Return what a sheet is and its header row (its first row, where it has no header)."""
    for count, row in enumerate(sheet.head()):
        if row.cell(0).isdecimal():
            is_stock = len(row.cells) >= availability.LEAST_COLUMNS
            return (Kind.AVAILABILITY, row) if is_stock and not count else None
        if (kind := kind_of_row(row)) is not None:
            return kind, row
    return None


def read_sheet(
    sheet: Sheet, kind: Kind, header: Row, *, vendor: Party, dialect: Dialect, limits: Limits
) -> Iterator[ReadDocument]:
    """Yield the documents of one sheet, whose rows begin at `header`."""
    names = _columns(kind, header)
    table = SheetTable(sheet.from_row(header.line), names)
    places = {name: at for at, name in names.items()}
    places |= {cell[:80]: at for at, cell in enumerate(header.cells) if at not in names and cell}
    notes = sheet.notes
    for document in _read(kind, table, vendor, dialect, limits):
        findings = tuple(sheet.placed(finding, places) for finding in document.findings)
        yield replace(document, findings=(*notes, *findings))
        notes = ()


def _read(
    kind: Kind, table: GivenTable, vendor: Party, dialect: Dialect, limits: Limits
) -> Iterator[ReadDocument]:
    if kind is Kind.AVAILABILITY:
        return availability.read_availability(table, vendor=vendor, dialect=dialect, limits=limits)
    if kind is Kind.ORDER:
        return read_purchase_orders(table, dialect=dialect, limits=limits)
    return read_steps(table, dialect=dialect, limits=limits, vendor=vendor, kind=kind)


def _columns(kind: Kind, header: Row) -> dict[int, str]:
    """Return the known columns of a header by place."""
    if kind is Kind.AVAILABILITY and header.cell(0).isdecimal():
        return dict(enumerate(availability.COLUMNS))
    layout = layout_of(kind)
    names = availability.SPELLINGS if kind is Kind.AVAILABILITY else ORDER_NAMES
    names = names if layout is None else layout.names
    keys = {at: column_key(cell) for at, cell in enumerate(header.cells)}
    return {at: names[key] for at, key in keys.items() if key in names}


def one_stock(documents: list[ReadDocument]) -> ReadDocument:
    """Return the availabilities of several sheets as one; one that is lost loses all of them."""
    if len(documents) == 1:
        return documents[0]
    findings = tuple(finding for each in documents for finding in each.findings)
    said = "".join(each.digest for each in documents)
    digest = hashlib.sha256(said.encode()).hexdigest()
    records = [each.record for each in documents if isinstance(each.record, InventoryAdvice)]
    if len(records) < len(documents):
        return ReadDocument(None, findings, digest=digest)
    lines = [line for record in records for line in record.lines]
    numbered = tuple(replace(line, line=at) for at, line in enumerate(lines, 1))
    record = records[0].model_copy(update={"lines": numbered})
    return ReadDocument(record, findings, digest=digest)
