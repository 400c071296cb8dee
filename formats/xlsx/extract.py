"""A workbook's cells as text, sheet by sheet: for a process of its own, which may die of it.

What it says `sheets` describes. Numbers are written as they are shown in full, never as floats
are stored, and begin with a mark, which tells a spreadsheet's number from a text that looks like
one; dates are ISO. A merged cell's text or date holds for all of its rows; its number stands in the
first only, because nobody can say whether it means each row or all of them.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import BinaryIO

import python_calamine as calamine

from formats.limits import Limits
from formats.xlsx.archive import ArchiveError, WorkbookLimits, check_archive
from formats.xlsx.scan import Oddities, Parts, oddities, sheet_paths
from formats.xlsx.sheets import NUMBER_MARK, SheetHead

_NOT_AN_ARCHIVE = (zipfile.BadZipFile, NotImplementedError)
"""What a damaged table of contents makes the archive's reader raise."""
_MOST_MERGED = 20_000
_MOST_MERGED_ROWS = 2_000_000
_MOST_KNOWN = 20_000
_WHOLE = 10**15
"""Up to here a float holds every whole number."""
Value = int | float | str | bool | time | date | datetime | timedelta
Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(slots=True)
class _Merged:
    """Cells that hold for the rows below them, while their rows pass by."""

    starting: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """By row, from 0: column and last row."""
    open: dict[int, tuple[str, int]] = field(default_factory=dict)
    """By column: text and last row."""
    unclear: list[tuple[int, int]] = field(default_factory=list)


def extract(
    data: bytes,
    out: BinaryIO,
    *,
    limits: Limits,
    workbook_limits: WorkbookLimits,
) -> None:
    """Write what is in the workbook to `out`.

    What can't be read ends in a line of JSON with `code` and `message` instead.
    """
    try:
        entries = check_archive(data, workbook_limits)
        parts = Parts(data, entries) if entries else None
        if parts is not None:
            parts.verify()
        _sheets(data, out, parts, limits, workbook_limits)
    except ArchiveError as error:
        _refuse(out, error.finding.code, error.finding.message)
    except calamine.PasswordError:
        _refuse(out, "xlsx.password", "The file is protected by a password. Save it without.")
    except (calamine.CalamineError, OSError, ValueError, *_NOT_AN_ARCHIVE) as error:
        message = f"The workbook can't be read ({str(error)[:80]}). Save it again as XLSX."
        _refuse(out, "xlsx.damaged", message)
    except MemoryError:
        _refuse(out, "xlsx.memory", "The workbook takes too much room. Split it, or send CSV.")


def _refuse(out: BinaryIO, code: str, message: str) -> None:
    out.write(json.dumps({"code": code, "message": message}).encode() + b"\n")


def _sheets(
    data: bytes,
    out: BinaryIO,
    parts: Parts | None,
    limits: Limits,
    most: WorkbookLimits,
) -> None:
    paths = sheet_paths(parts) if parts is not None else {}
    with calamine.load_workbook(io.BytesIO(data)) as book:
        for about in book.sheets_metadata[: most.sheets]:
            if about.typ is not calamine.SheetTypeEnum.WorkSheet:
                continue
            if about.visible is not calamine.SheetVisibleEnum.Visible:
                _say(out, SheetHead(about.name, is_hidden=True), b"")
                continue
            sheet = book.get_sheet_by_name(about.name)
            path = paths.get(about.name, "")
            odd = oddities(parts, path) if parts is not None and path else Oddities()
            head, rows = _sheet(sheet, odd, limits, most, _texts())
            _say(out, head, rows)


def _say(out: BinaryIO, head: SheetHead, rows: bytes) -> None:
    out.write(json.dumps(asdict(head)).encode() + b"\n")
    out.write(rows)


def _sheet(
    sheet: calamine.CalamineSheet,
    odd: Oddities,
    limits: Limits,
    most: WorkbookLimits,
    text_of: Callable[[Value], str],
) -> tuple[SheetHead, bytes]:
    """Return what a sheet holds, its rows with their numbers in front."""
    if sheet.start is None:
        return SheetHead(sheet.name), b""
    if sheet.total_height * sheet.width > most.cells:
        message = f"Sheet {sheet.name[:40]} spans more than {most.cells} cells. Delete what is far"
        raise ArchiveError("cells", message + " from its rows, or send CSV.")
    first = sheet.start[1]
    merged = _merged(sheet.merged_cell_ranges or [], first)
    target = io.StringIO(newline="")
    write_row = csv.writer(target, delimiter="\t", lineterminator="\n").writerow
    longest = limits.field_bytes
    for at, values in enumerate(sheet.iter_rows()):
        cells = [
            value if value.__class__ is str and NUMBER_MARK not in value else text_of(value)
            for value in values
        ]
        has_own = any(cells)
        if merged.starting or merged.open:
            _fill(cells, values, at, merged)
        # What csv writes of a row is as many characters at least as its longest cell.
        if has_own and write_row([at + 1, *cells]) > longest and max(map(len, cells)) > longest:
            message = f"Sheet {sheet.name[:40]}, row {at + 1}: a cell is longer than {longest} "
            raise ArchiveError("cell", message + "characters. Shorten it.")
    rows = target.getvalue().encode("utf-8", errors="replace")
    head = SheetHead(
        sheet.name,
        len(rows),
        first_column=first,
        hidden_rows=tuple(odd.hidden_rows),
        error_cells=tuple(odd.error_cells),
        unclear=tuple((row, column + first) for row, column in merged.unclear),
    )
    return head, rows


def _merged(ranges: Sequence[Merge], first: int) -> _Merged:
    """Return the cells that are merged over several rows."""
    merged = _Merged()
    room = _MOST_MERGED_ROWS
    for (top, left), (bottom, _) in ranges[:_MOST_MERGED]:
        room -= bottom - top
        if bottom > top and left >= first and room > 0:
            merged.starting.setdefault(top, []).append((left - first, bottom))
    return merged


def _fill(cells: list[str], values: Sequence[Value], at: int, merged: _Merged) -> None:
    """Write what holds for this row from merged cells above it, and note those that begin."""
    for column, (text, last) in list(merged.open.items()):
        if not cells[column]:
            cells[column] = text
        if at >= last:
            del merged.open[column]
    for column, last in merged.starting.pop(at, ()):
        if column >= len(cells) or not cells[column]:
            continue
        if isinstance(values[column], int | float) and not isinstance(values[column], bool):
            merged.unclear.append((at, column))
        else:
            merged.open[column] = (cells[column], last)


def _texts() -> Callable[[Value], str]:
    """Return what writes a cell's value as text; numbers and dates repeat, and are made once."""
    known: dict[Value, str] = {}

    def text_of(value: Value) -> str:
        # True and 1 are one key.
        text = known.get(value) if value.__class__ is not bool else None
        if text is None:
            text = _text(value)
            if len(known) < _MOST_KNOWN and value.__class__ is not bool:
                known[value] = text
        return text

    return text_of


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value.replace(NUMBER_MARK, " ")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return NUMBER_MARK + (str(int(value)) if _is_whole(value) else f"{Decimal(repr(value)):f}")
    return moment(value)


def _is_whole(value: float) -> bool:
    return value == int(value) and abs(value) < _WHOLE


def moment(value: time | date | datetime | timedelta) -> str:
    """Return a date, or a date and time to the second, as ISO 8601 text.

    Spreadsheets keep times as parts of a day, so that 7:30 may be a microsecond short of it.
    """
    if isinstance(value, datetime):
        value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, time):
        return value.replace(microsecond=0).isoformat()
    return str(value) if isinstance(value, timedelta) else value.isoformat()
