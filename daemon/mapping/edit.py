"""Writes one row of a mapping table, as `k2kd map` does, and takes it back.

The rest of the file stays byte for byte as it was. The whole set is checked with the new row
before the file is replaced, so an edit that would spoil the set never reaches the disk.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from daemon import safefile
from daemon.errors import EnvironmentFault, SiteError, UsageError
from daemon.mapping import parse, sheet
from daemon.mapping.load import from_files, read_folder
from daemon.mapping.problems import Notes, shown
from daemon.mapping.rows import Kind, clean, code_key, description_key
from daemon.mapping.sheet import BOM, Record, Sheet
from daemon.mapping.tables import Tables
from formats.values import iso_date


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a table: the row as it stands now and as it stood, as written in the file.

    `number` is the row's line, counted from 1. `before` is None for a new row, `after` for a
    removed one. `tables` is the checked set with the change in it.
    """

    kind: Kind
    file: str
    number: int
    before: str | None
    after: str | None
    tables: Tables

    @property
    def is_change(self) -> bool:
        return self.before != self.after


Judge = Callable[[Tables], None]
"""Looks at the tables with a change in them; raises a UsageError to keep it off the disk."""


def approve(_tables: Tables) -> None:
    """Let every change pass that the check of the tables lets pass."""


def add_row(
    folder: Path,
    kind: Kind,
    partner: str,
    source: str,
    target: str,
    *,
    partners: Collection[str],
    today: date,
    by_description: bool | None = None,
    vendor_code: str = "",
    comment: str = "",
    judge: Judge = approve,
) -> Edit:
    """Map a partner's code or description to `target`, in the table of `kind`.

    `source` is a description when `by_description` says so. With None it is a code if the table
    has it as a code of this scope, or if it has no blank; else a description. A caller who knows
    the unmapped line should say which. A row of the same scope and source that holds today is
    changed; else a row is added at the end. `judge` may refuse the tables with the row in them.

    Raises SiteError with every problem the change would make (nothing is written then),
    UsageError for an empty source or target, EnvironmentFault where the file can't be written.
    """
    source, target = clean(source), clean(target)
    if not source or not target:
        raise UsageError("nothing to map; give the partner's text and the code it means here")
    with alone(folder):
        files, table = _read(folder, kind)
        if by_description is None:
            by_description = not _looks_like_code(table, kind, (partner, vendor_code), source)
        key = _Key(kind, partner, vendor_code, source, by_description)
        old = next(key.found_in(table, today), None)
        cells = _new_cells(table, key, old, target, clean(comment))
        change = _Change(kind, table, old, cells)
        return _activate(folder, files, change, partners, today, judge=judge)


def remove_row(
    folder: Path,
    kind: Kind,
    partner: str,
    source: str,
    *,
    partners: Collection[str],
    today: date,
    by_description: bool | None = None,
    vendor_code: str = "",
    judge: Judge = approve,
) -> Edit:
    """Take out the row that `add_row` would change; a UsageError where there is none."""
    source = clean(source)
    with alone(folder):
        files, table = _read(folder, kind)
        for as_description in (by_description,) if by_description is not None else (False, True):
            key = _Key(kind, partner, vendor_code, source, as_description)
            old = next(key.found_in(table, today), None)
            if old:
                change = _Change(kind, table, old, None)
                return _activate(folder, files, change, partners, today, judge=judge)
    raise UsageError(f"{kind.file} has no row for {source} of {partner}; see its rows first")


def undo(folder: Path, edit: Edit, *, partners: Collection[str], today: date) -> Edit:
    """Put the row back as it was before `edit`; a UsageError where it was changed since."""
    with alone(folder):
        files, table = _read(folder, edit.kind)
        number = edit.number
        if edit.after is not None:
            found = [r for r in table.records if _raw(table, r) == edit.after]
            if not found:
                raise UsageError(f"{edit.file} was edited since; mend row {number} by hand")
            old = min(found, key=lambda record: abs(record.number - number))
            lines = [*table.lines[: old.number - 1], *table.lines[old.last :]]
            number = old.number
        else:
            lines = list(table.lines)
        if edit.before is not None:
            end = table.style.line_end
            lines.insert(min(number - 1, len(lines)), edit.before.rstrip("\r\n") + end)
        content = encoded(table, lines)
        tables = _checked(files | {edit.file: content}, partners, today)
        replace_table(folder, edit.file, files.get(edit.file), content)
    return Edit(edit.kind, edit.file, number, edit.after, edit.before, tables)


@dataclass(frozen=True, slots=True)
class _Key:
    """What tells a row from the others of its table (domain 9.5)."""

    kind: Kind
    partner: str
    vendor_code: str
    source: str
    by_description: bool

    def cells(self) -> dict[str, str]:
        column = "source_description" if self.by_description else "source_code"
        cells = {"partner": self.partner, column: self.source}
        return cells | {"vendor_code": self.vendor_code} if self.vendor_code else cells

    def found_in(self, table: Sheet, today: date) -> Iterator[Record]:
        """Yield the rows of this key that hold today, switched on or off."""
        return (r for r in table.records if self._names(r) and _holds(r, today))

    def _names(self, record: Record) -> bool:
        scope = record.get("partner"), record.get("vendor_code")
        if scope != (self.partner, self.vendor_code):
            return False
        code, text = record.get("source_code"), record.get("source_description")
        if self.by_description:
            return not code and description_key(text) == description_key(self.source)
        return code_key(self.kind, code) == code_key(self.kind, self.source)


@dataclass(frozen=True, slots=True)
class _Change:
    """A row to write over `old`, or at the end; `cells` None takes the old one out."""

    kind: Kind
    table: Sheet
    old: Record | None
    cells: Mapping[str, str] | None

    def lines(self) -> list[str]:
        lines = list(self.table.lines)
        row = [] if self.after is None else [self.after]
        if self.old:
            lines[self.old.number - 1 : self.old.last] = row
            return lines
        if lines and not lines[-1].endswith(("\n", "\r")):
            lines[-1] += self.table.style.line_end
        return lines + row

    @property
    def before(self) -> str | None:
        return _raw(self.table, self.old) if self.old else None

    @property
    def after(self) -> str | None:
        return None if self.cells is None else sheet.written(self.table, self.cells)

    @property
    def number(self) -> int:
        return self.old.number if self.old else len(self.table.lines) + 1


def _new_cells(
    table: Sheet, key: _Key, old: Record | None, target: str, comment: str
) -> dict[str, str]:
    """Return the cells of the row to write; what the old row says beside its target is kept."""
    cells = dict(old.cells) if old else key.cells()
    if cells.get("target_code") != target:
        cells.pop("target_description", None)
    cells["target_code"] = target
    cells.pop("active", None)
    if "active" in table.columns:
        cells["active"] = "yes"
    if comment:
        cells["comment"] = comment
    missing = [column for column in cells if column not in table.columns]
    if missing:
        text = f"the header lacks {', '.join(missing)}, which this row needs; add it"
        raise UsageError(f"{table.file}: {text}")
    return cells


def _looks_like_code(table: Sheet, kind: Kind, scope: tuple[str, str], source: str) -> bool:
    key = code_key(kind, source)
    return " " not in source or any(
        (r.get("partner"), r.get("vendor_code")) == scope
        and code_key(kind, r.get("source_code")) == key
        for r in table.records
    )


def _holds(record: Record, today: date) -> bool:
    first, last = record.get("valid_from"), record.get("valid_to")
    try:
        return (not first or iso_date(first) <= today) and (not last or today <= iso_date(last))
    except ValueError:
        # The check of the whole set, which follows, says what is wrong with the date.
        return True


def _read(folder: Path, kind: Kind) -> tuple[dict[str, bytes], Sheet]:
    """Return every file, and the table of `kind` as it stands; a SiteError if it can't be read."""
    notes = Notes()
    files = read_folder(folder, notes)
    layout = parse.row_layout(kind)
    content = files.get(kind.file)
    if content is None and layout.is_optional:
        content = (",".join(layout.columns) + "\n").encode()
    table = sheet.read(layout, content, notes) if content is not None else None
    if table is None or notes.problems:
        raise SiteError(shown(notes.problems))
    return files, table


def _raw(table: Sheet, record: Record) -> str:
    return "".join(table.lines[record.number - 1 : record.last])


def _activate(
    folder: Path,
    files: Mapping[str, bytes],
    change: _Change,
    partners: Collection[str],
    today: date,
    *,
    judge: Judge,
) -> Edit:
    file = change.kind.file
    content = encoded(change.table, change.lines())
    tables = _checked({**files, file: content}, partners, today)
    judge(tables)
    if content != files.get(file):
        replace_table(folder, file, files.get(file), content)
    return Edit(change.kind, file, change.number, change.before, change.after, tables)


def _checked(files: Mapping[str, bytes], partners: Collection[str], today: date) -> Tables:
    return from_files(files, partners=partners, today=today, notes=Notes())


def encoded(table: Sheet, lines: list[str]) -> bytes:
    """Return the lines in the file's own encoding, or in UTF-8 where that lacks a letter."""
    text = "".join(lines)
    try:
        content = text.encode(table.style.encoding)
    except UnicodeEncodeError:
        return BOM + text.encode()
    return BOM + content if table.style.has_bom else content


def replace_table(folder: Path, name: str, before: bytes | None, content: bytes) -> None:
    """Write a table that is as it was `before`; None: that wasn't there."""
    path = folder / name
    try:
        now = path.read_bytes() if path.exists() else None
    except OSError as error:
        raise safefile.fault("read", str(path), error) from error
    if now != before:
        raise EnvironmentFault(f"{path} was saved by somebody else just now; try again")
    with safefile.open_directory(folder) as directory:
        safefile.replace(directory, name, content)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the folder against another edit of ours; an editor is not held, but noticed."""
    with safefile.open_directory(folder) as directory:
        try:
            # A lock on the folder itself leaves no file behind that another account can't open.
            fcntl.flock(directory.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            text = f"somebody else is editing the tables in {folder} just now; try again"
            raise EnvironmentFault(text) from None
        except OSError as error:
            raise safefile.fault("lock the folder", str(folder), error) from error
        yield
