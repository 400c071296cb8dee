"""The rows of one partner in all tables at once: taken out when it leaves, and put back.

Every other row stays byte for byte as it was, and the whole set is checked before a file is
replaced. What a catalogue says came with a vendor's file stays: only that it did is taken out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from daemon.errors import SiteError, UsageError
from daemon.mapping import parse, sheet
from daemon.mapping.edit import alone, encoded, replace_table
from daemon.mapping.load import from_files, read_folder
from daemon.mapping.parse import FROM_VENDOR
from daemon.mapping.problems import Notes, shown
from daemon.mapping.sheet import Record, Sheet

NAMING = ("partner", "vendor_code", "vendor", "buyer")
"""Columns that name whom a row holds for."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row as it stands in the file `file`, and what it becomes: None is taken out."""

    file: str
    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class TableChanges:
    """What tables become, checked, not written yet: the bytes that are there and those to come."""

    rows: tuple[RowChange, ...]
    files: Mapping[str, tuple[bytes | None, bytes]]


def without_partner(
    folder: Path, partner: str, *, partners: Collection[str], today: date
) -> TableChanges:
    """Return the tables without the rows of `partner`, for a site of `partners` that lacks it.

    Raises SiteError where they can't be read, or the rest would not hold without those rows.
    """
    files = _files(folder)
    rows: list[RowChange] = []
    changed: dict[str, tuple[bytes | None, bytes]] = {}
    for name, table in _sheets(files):
        lines = list(table.lines)
        found = [each for r in table.records if (each := _change(table, r, partner))]
        for record, row in reversed(found):
            lines[record.number - 1 : record.last] = [] if row.after is None else [row.after]
        if found:
            rows += [row for _, row in found]
            changed[name] = files[name], encoded(table, lines)
    _check({**files, **{name: after for name, (_, after) in changed.items()}}, partners, today)
    return TableChanges(tuple(rows), changed)


def with_rows(
    folder: Path, rows: Sequence[RowChange], *, partners: Collection[str], today: date
) -> TableChanges:
    """Return the tables with `rows` as they were; those that are there already are left.

    What was taken out comes to the end of its table. Raises UsageError where a row that was
    changed is not found as it was left, SiteError where the set would not hold.
    """
    files = _files(folder)
    changed: dict[str, tuple[bytes | None, bytes]] = {}
    for name, table in _sheets(files):
        lines = list(table.lines)
        for row in rows:
            if row.file == name:
                _put_back(table, lines, row)
        if lines != list(table.lines):
            changed[name] = files[name], encoded(table, lines)
    if lost := sorted({row.file for row in rows} - set(files)):
        raise UsageError(f"{', '.join(lost)} is no longer there; restore it, then try again")
    _check({**files, **{name: after for name, (_, after) in changed.items()}}, partners, today)
    return TableChanges(tuple(rows), changed)


def write(folder: Path, changes: TableChanges) -> None:
    """Replace the tables, one by one; EnvironmentFault where one was saved since it was read."""
    with alone(folder):
        for name, (before, after) in changes.files.items():
            replace_table(folder, name, before, after)


def _files(folder: Path) -> dict[str, bytes]:
    notes = Notes()
    files = read_folder(folder, notes)
    if notes.problems:
        raise SiteError(shown(notes.problems))
    return files


def _sheets(files: Mapping[str, bytes]) -> Iterator[tuple[str, Sheet]]:
    known = parse.layouts()
    for name, content in files.items():
        notes = Notes()
        table = sheet.read(known[name], content, notes)
        if table is None or notes.problems:
            raise SiteError(shown(notes.problems))
        yield name, table


def _change(table: Sheet, record: Record, partner: str) -> tuple[Record, RowChange] | None:
    raw = "".join(table.lines[record.number - 1 : record.last])
    if any(record.get(column) == partner for column in NAMING):
        return record, RowChange(table.file, raw, None)
    if record.get(FROM_VENDOR) == partner:
        cells = {name: value for name, value in record.cells.items() if name != FROM_VENDOR}
        return record, RowChange(table.file, raw, sheet.written(table, cells))
    return None


def _put_back(table: Sheet, lines: list[str], row: RowChange) -> None:
    """Put a row of `table` back into its `lines`."""
    end = table.style.line_end
    whole = row.before.rstrip("\r\n") + end
    now = ["".join(table.lines[r.number - 1 : r.last]).rstrip("\r\n") for r in table.records]
    if row.before.rstrip("\r\n") in now:
        return
    if row.after is None:
        if lines and not lines[-1].endswith(("\n", "\r")):
            lines[-1] += end
        lines.append(whole)
        return
    if row.after not in lines:
        raise UsageError(
            f"{row.file} was edited since, so one row can't be put back by itself; write it there"
            f" by hand: {row.before.strip()[:200]}"
        )
    lines[lines.index(row.after)] = whole


def _check(files: Mapping[str, bytes], partners: Collection[str], today: date) -> None:
    from_files(files, partners=partners, today=today, notes=Notes())
