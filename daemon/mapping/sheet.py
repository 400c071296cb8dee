"""A delimited file as an admin or a spreadsheet saved it, as rows of cleaned cells.

Takes UTF-8 with or without a byte order mark, and Windows-1252 with a warning; commas, semicolons
or tabs; any line end. Refuses what a spreadsheet or a half-finished save can spoil: formulas,
error cells, other encodings, a last row cut short. It keeps the lines as they stood, so that an
edit leaves every other row untouched.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from daemon.mapping.problems import Notes, nearest
from daemon.mapping.rows import LONGEST_CELL, clean

MAX_BYTES = 64 << 20
MAX_ROWS = 1_000_000
DELIMITERS = ",;\t"
FORMULA_STARTS = "=+-@"
BOM = b"\xef\xbb\xbf"
SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"}
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns a table may have and which it must have.

    A site may do without a table that `is_optional`; it has no rows then.
    """

    file: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Style:
    """How a file was saved, so that an edit is saved the same way."""

    encoding: str
    has_bom: bool
    delimiter: str
    line_end: str


@dataclass(frozen=True, slots=True)
class Record:
    """One row: cleaned cells by column (empty ones left out), and the lines it stands on.

    `number` is the first line, counted from 1; `last` the last one, for cells with line breaks.
    """

    number: int
    last: int
    cells: Mapping[str, str]

    def get(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as saved: its columns in file order, its rows, its raw lines and its style."""

    file: str
    columns: tuple[str, ...]
    records: tuple[Record, ...]
    lines: tuple[str, ...]
    style: Style


def read(layout: Layout, content: bytes, notes: Notes) -> Sheet | None:
    """Return the table in `content`; None where it can't be read at all. Says all in `notes`."""
    decoded = _decode(layout.file, content, notes)
    if decoded is None:
        return None
    text, encoding, has_bom = decoded
    lines = _lines(text)
    style = Style(encoding, has_bom, _delimiter(lines), _line_end(text))
    rows = _rows(layout.file, lines, style.delimiter, notes)
    before = len(notes.problems)
    head = next(rows, None)
    if head is None:
        if len(notes.problems) == before:
            notes.refuse(layout.file, "no header; restore it, or write it as the first row")
        return None
    columns = _columns(layout, head[2], head[0], notes)
    is_ended = lines[-1].endswith(("\n", "\r"))
    if head[1] == len(lines) and not is_ended:
        text = "the file ends inside its header, as after a half-finished save"
        notes.refuse(layout.file, f"{text}; complete it and end it with a line end", head[0])
        return None
    if columns is None:
        return None
    records: list[Record] = []
    for number, last, cells in rows:
        is_cut = last == len(lines) and not is_ended
        cells_by_column = _record(layout.file, columns, number, cells, notes, is_cut=is_cut)
        if cells_by_column:
            records.append(Record(number, last, cells_by_column))
    return Sheet(layout.file, columns, tuple(records), tuple(lines), style)


def _decode(file: str, content: bytes, notes: Notes) -> tuple[str, str, bool] | None:
    """Return text, encoding and whether a byte order mark stood before it."""
    refusal = _foreign(content)
    if refusal:
        notes.refuse(file, refusal)
        return None
    has_bom = content.startswith(BOM)
    body = content.removeprefix(BOM)
    try:
        return body.decode("utf-8"), "utf-8", has_bom
    except UnicodeDecodeError as error:
        row = body.count(b"\n", 0, error.start) + 1
        if error.end == len(body) and error.reason == "unexpected end of data":
            notes.refuse(file, "the file ends inside a letter; save it again, whole", row)
            return None
        is_mixed = has_bom or not body.decode("utf-8", "ignore").isascii()
    try:
        if not is_mixed:
            text = body.decode("cp1252")
            notes.warn(file, "not UTF-8; read as Windows-1252. Save it as CSV UTF-8", row)
            return text, "cp1252", False
    except UnicodeDecodeError as error:
        row = body.count(b"\n", 0, error.start) + 1
    notes.refuse(file, "these bytes are not UTF-8; save the table as CSV UTF-8", row)
    return None


def _foreign(content: bytes) -> str | None:
    if not content.removeprefix(BOM).strip():
        return "the file is empty; save it again with its header, or restore it"
    if len(content) > MAX_BYTES:
        return f"the file is larger than {MAX_BYTES >> 20} MiB; split or thin out the table"
    if content.startswith(b"PK\x03\x04"):
        return "this is a workbook, not a CSV file; save it as CSV UTF-8"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "this is UTF-16; save it as CSV UTF-8"
    if b"\0" in content:
        return "the file holds NUL bytes, as after a half-finished save; restore it"
    return None


def _lines(text: str) -> list[str]:
    """Split at the file's own line end, so that a stray CR inside a cell is no line end."""
    end = "\n" if "\n" in text else "\r"
    parts = text.split(end)
    lines = [part + end for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def _line_end(text: str) -> str:
    if "\n" not in text:
        return "\r" if "\r" in text else "\n"
    return "\r\n" if "\r\n" in text else "\n"


def _delimiter(lines: list[str]) -> str:
    header = next((line for line in lines if line.strip()), "")
    return max(DELIMITERS, key=header.count)


def _rows(
    file: str, lines: list[str], delimiter: str, notes: Notes
) -> Iterator[tuple[int, int, list[str]]]:
    """Yield first line, last line and raw cells of every row that is not blank."""
    reader = csv.reader(map(_without_stray_cr, lines), delimiter=delimiter, strict=True)
    number = 1
    count = 0
    try:
        for cells in reader:
            count += 1
            if count > MAX_ROWS + 1:
                notes.refuse(file, f"more than {MAX_ROWS} rows; thin out the table", number)
                return
            if any(cell.strip() for cell in cells):
                yield number, reader.line_num, cells
            number = reader.line_num + 1
    except csv.Error as error:
        text = f"{error}; look for a quotation mark that is not closed or not doubled"
        notes.refuse(file, text, number)


def _without_stray_cr(line: str) -> str:
    body = line.rstrip("\r\n")
    return body.replace("\r", " ") + "\n" if "\r" in body else body + "\n"


def _columns(layout: Layout, cells: list[str], row: int, notes: Notes) -> tuple[str, ...] | None:
    """Return the header's columns, or None after saying what is wrong with it."""
    names = [clean(cell).casefold().replace(" ", "_") for cell in cells]
    while names and not names[-1]:
        names.pop()
    before = len(notes.problems)
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            notes.refuse(layout.file, "this column stands twice; keep one", row, name)
        if name not in layout.columns:
            hint = nearest(name, layout.columns, f"known: {', '.join(layout.columns)}")
            notes.refuse(layout.file, f"{name or 'a blank'} is not a column; {hint}", row)
    for name in layout.required:
        if name not in names:
            notes.refuse(layout.file, "the header lacks this column; add it", row, name)
    return tuple(names) if len(notes.problems) == before else None


def _record(
    file: str,
    columns: tuple[str, ...],
    number: int,
    cells: list[str],
    notes: Notes,
    *,
    is_cut: bool,
) -> dict[str, str]:
    if is_cut and len(cells) < len(columns):
        text = f"the last row stops after {len(cells)} of {len(columns)} cells"
        notes.refuse(file, f"{text}, as after a half-finished save; complete it", number)
        return {}
    if any(cell.strip() for cell in cells[len(columns) :]):
        text = f"{len(cells)} cells under {len(columns)} columns"
        notes.refuse(file, f"{text}; put a text that holds the delimiter in quotes", number)
        return {}
    record: dict[str, str] = {}
    for column, raw in zip(columns, cells, strict=False):
        value = clean(raw)
        if not value:
            continue
        refusal = _spoilt(value)
        if refusal:
            notes.refuse(file, refusal, number, column)
        record[column] = _unescaped(value)
    return record


def _spoilt(value: str) -> str | None:
    """Say what a spreadsheet did to a cell, or None where it holds plain text."""
    if len(value) > LONGEST_CELL:
        return f"the cell is longer than {LONGEST_CELL} characters; shorten it"
    if value.upper() in SPREADSHEET_ERRORS:
        return f"{value} is a spreadsheet's error; write the value itself"
    if _starts_formula(value) and not _is_number(value):
        return "the cell looks like a formula; write its value, or put an apostrophe before it"
    return None


def _is_number(text: str) -> bool:
    digits = text[1:].replace(".", "", 1).replace(",", "", 1)
    return text[0] in "+-" and digits.isascii() and digits.isdigit()


def _unescaped(value: str) -> str:
    """Drop the apostrophe that keeps a spreadsheet from reading text as a formula."""
    return value[1:] if value[0] == "'" and _starts_formula(value.lstrip("'")) else value


def escaped(value: str) -> str:
    """Return `value` as a cell that no spreadsheet takes for a formula, and that reads back."""
    is_formula = _starts_formula(value.lstrip("'")) and not _is_number(value)
    return f"'{value}" if is_formula else value


def _starts_formula(text: str) -> bool:
    return text.startswith(tuple(FORMULA_STARTS))


def written(sheet: Sheet, cells: Mapping[str, str]) -> str:
    """Return one row in the file's own style, with its line end."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=sheet.style.delimiter, lineterminator=sheet.style.line_end)
    writer.writerow([escaped(cells.get(column, "")) for column in sheet.columns])
    return out.getvalue()
