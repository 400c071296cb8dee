"""Adds a layout to the two tables of layouts, as `k2kd layout guess --write` does.

Both tables are checked with the new rows before either is written; a table that isn't there yet is
made. The columns go first: a layout without columns is refused, columns without their layout are
too, so that a stop in between is seen at the next look and never used.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

from daemon import safefile
from daemon.errors import SiteError, UsageError
from daemon.mapping import sheet
from daemon.mapping.edit import alone
from daemon.mapping.layouts import (
    COLUMN_CELLS,
    COLUMNS_FILE,
    LAYOUT_CELLS,
    LAYOUTS_FILE,
    layout_tables,
)
from daemon.mapping.load import from_files, read_folder
from daemon.mapping.problems import Notes, shown
from daemon.mapping.tables import Tables
from formats.layouts.layout import DeclaredLayout, LayoutColumn

_DELIMITERS = {None: "", ",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def add_layout(
    folder: Path, layout: DeclaredLayout, *, partners: Collection[str], today: date
) -> Tables:
    """Add a layout under its name; return the checked set with it.

    Raises UsageError for a name that is taken, SiteError with every problem that it would make;
    nothing is written then.
    """
    with alone(folder):
        notes = Notes()
        files = read_folder(folder, notes)
        if notes.problems:
            raise SiteError(shown(notes.problems))
        before = from_files(files, partners=partners, today=today, notes=Notes())
        if layout.name in before.layouts:
            raise UsageError(f"there is a layout {layout.name} already; give another name")
        rows = {
            COLUMNS_FILE: [column_cells(layout, each) for each in layout.columns],
            LAYOUTS_FILE: [layout_cells(layout)],
        }
        new = {name: _with_rows(files.get(name), name, rows[name]) for name in rows}
        tables = from_files({**files, **new}, partners=partners, today=today, notes=Notes())
        with safefile.open_directory(folder) as directory:
            for name, content in new.items():
                safefile.replace(directory, name, content)
    return tables


def layout_cells(layout: DeclaredLayout) -> dict[str, str]:
    """Return a layout as a row of its table."""
    return {
        "layout": layout.name,
        "kind": layout.kind.value,
        "form": layout.form.value,
        "delimiter": _DELIMITERS[layout.delimiter],
        "encoding": layout.encoding or "",
        "decimal_mark": "comma" if layout.decimal_comma else "point",
        "date_format": layout.date_format,
        "header_row": "" if layout.header_row is None else str(layout.header_row),
        "sheet": layout.sheet or "",
        "files": layout.files,
    }


def column_cells(layout: DeclaredLayout, column: LayoutColumn) -> dict[str, str]:
    """Return a column as a row of its table."""
    place = "|".join(column.names) if column.at is None else str(column.at + 1)
    return {
        "layout": layout.name,
        "field": column.field,
        "column": place,
        "start": "" if column.start is None else str(column.start + 1),
        "width": "" if column.width is None else str(column.width),
        "default": column.default,
        "constant": column.constant,
        "decimals": "" if column.decimals is None else str(column.decimals),
        "optional": "yes" if column.is_optional else "",
        "values": "|".join(f"{word}={means}" for word, means in column.values.items()),
    }


def _with_rows(content: bytes | None, name: str, rows: Sequence[Mapping[str, str]]) -> bytes:
    """Return a table with rows behind its own, as it was saved; a new one has all columns."""
    if content is None:
        header = LAYOUT_CELLS if name == LAYOUTS_FILE else COLUMN_CELLS
        content = (",".join(header) + "\n").encode()
    (layout,) = (each for each in layout_tables() if each.file == name)
    table = sheet.read(layout, content, Notes())
    if table is None:
        raise SiteError([f"{name} can't be read; mend it first"])
    end = table.style.line_end
    text = "".join(table.lines)
    text += "" if text.endswith(("\n", "\r")) else end
    made = text + "".join(sheet.written(table, row) for row in rows)
    return made.encode("utf-8-sig" if table.style.has_bom else "utf-8")
