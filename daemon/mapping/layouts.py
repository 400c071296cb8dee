"""The tables of partners' own layouts: `layouts.csv`, and `layout_columns.csv` with their columns.

Every cell is checked when the tables are loaded; what is wrong is said with file, row and column,
like that of any other table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from daemon.mapping.problems import Notes, nearest
from daemon.mapping.sheet import Layout, Record, Sheet
from formats import values
from formats.layouts.layout import DeclaredLayout, Form, LayoutColumn
from formats.tabular.kinds import Kind

LAYOUTS_FILE = "layouts.csv"
COLUMNS_FILE = "layout_columns.csv"
LAYOUT_CELLS = (
    *("layout", "kind", "form", "delimiter", "encoding", "decimal_mark", "date_format"),
    *("header_row", "sheet", "files", "active", "comment"),
)
COLUMN_CELLS = (
    *("layout", "field", "column", "start", "width", "default", "constant", "decimals"),
    *("values", "optional", "comment"),
)
_YES_OR_NO = {"": False, "yes": True, "y": True, "x": True, "no": False, "n": False}
_NO = frozenset({"no", "n", "false", "0"})
_DELIMITERS = {
    **dict.fromkeys(("", "auto"), None),
    **{"comma": ",", ",": ",", "semicolon": ";", ";": ";", "tab": "\t", "bar": "|", "|": "|"},
}
_MARKS = {"": False, "point": False, ".": False, "comma": True, ",": True}
_MOST_PLACES = 10_000
T = TypeVar("T")


def layout_tables() -> tuple[Layout, Layout]:
    """Return the columns of the two tables; a site may do without them."""
    return (
        Layout(LAYOUTS_FILE, LAYOUT_CELLS, LAYOUT_CELLS[:2], is_optional=True),
        Layout(COLUMNS_FILE, COLUMN_CELLS, COLUMN_CELLS[:3], is_optional=True),
    )


@dataclass(slots=True)
class _Cells:
    """One row's cells, with the place to say what is wrong with them."""

    file: str
    record: Record
    notes: Notes

    def text(self, column: str) -> str:
        return self.record.get(column)

    def refuse(self, column: str, text: str) -> None:
        self.notes.refuse(self.file, text, self.record.number, column)

    def place(self, column: str, *, least: int) -> int | None:
        """Return a whole number; None where the cell is empty or refused."""
        text = self.text(column)
        if not text:
            return None
        try:
            number = values.count(text)
        except ValueError:
            number = -1
        if not least <= number <= _MOST_PLACES:
            self.refuse(column, f"{text!r} won't do; write a number from {least}")
            return None
        return number

    def one_of(self, column: str, options: Mapping[str, T], *, otherwise: T) -> T:
        text = self.text(column).casefold()
        if text not in options:
            hint = nearest(text, options, f"one of {', '.join(filter(None, options))}")
            self.refuse(column, f"{text!r} won't do; {hint}")
        return options.get(text, otherwise)


@dataclass(slots=True)
class _Draft:
    """A layout while its columns are gathered, with the row that each stands in."""

    cells: _Cells
    columns: list[LayoutColumn] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


def read_layouts(
    layouts: Sheet | None, columns: Sheet | None, notes: Notes
) -> dict[str, DeclaredLayout]:
    """Return the active layouts by name; says in `notes` everything that is wrong with them."""
    drafts = _drafts(layouts, notes)
    for record in columns.records if columns else ():
        cells = _Cells(COLUMNS_FILE, record, notes)
        draft = drafts.get(cells.text("layout"))
        if draft is None:
            hint = nearest(cells.text("layout"), drafts, "add it there first")
            cells.refuse("layout", f"{cells.text('layout')} isn't in {LAYOUTS_FILE}; {hint}")
            continue
        draft.columns.append(_column(cells, draft))
        draft.rows.append(record.number)
    found: dict[str, DeclaredLayout] = {}
    for name, draft in drafts.items():
        layout = _layout(name, draft)
        if layout is not None and draft.cells.text("active").casefold() not in _NO:
            _check(layout, draft, notes)
            found[name] = layout
    return found


def _drafts(layouts: Sheet | None, notes: Notes) -> dict[str, _Draft]:
    drafts: dict[str, _Draft] = {}
    for record in layouts.records if layouts else ():
        cells = _Cells(LAYOUTS_FILE, record, notes)
        name = cells.text("layout")
        if not name:
            cells.refuse("layout", "empty; give the layout a name")
        elif name in drafts:
            cells.refuse("layout", f"{name} stands twice; keep one")
        else:
            drafts[name] = _Draft(cells)
    return drafts


def _layout(name: str, draft: _Draft) -> DeclaredLayout | None:
    cells = draft.cells
    kinds = {kind.value: kind for kind in Kind}
    kind = cells.one_of("kind", kinds, otherwise=None)
    if kind is None:
        return None
    forms = {"": Form.CSV, **{form.value: form for form in Form}}
    return DeclaredLayout(
        name=name,
        kind=kind,
        form=cells.one_of("form", forms, otherwise=Form.CSV),
        delimiter=cells.one_of("delimiter", _DELIMITERS, otherwise=None),
        encoding=cells.text("encoding") or None,
        decimal_comma=cells.one_of("decimal_mark", _MARKS, otherwise=False),
        date_format=cells.text("date_format") or "YYYY-MM-DD",
        header_row=cells.place("header_row", least=0),
        sheet=cells.text("sheet") or None,
        files=cells.text("files"),
        columns=tuple(draft.columns),
    )


def _column(cells: _Cells, draft: _Draft) -> LayoutColumn:
    said = cells.text("column")
    has_place = draft.cells.text("header_row") == "0"
    at = cells.place("column", least=1) if has_place else None
    start = cells.place("start", least=1)
    return LayoutColumn(
        field=cells.text("field"),
        names=tuple(name.strip() for name in said.split("|") if name.strip()),
        at=None if at is None else at - 1,
        start=None if start is None else start - 1,
        width=cells.place("width", least=1),
        default=cells.text("default"),
        constant=cells.text("constant"),
        decimals=cells.place("decimals", least=0),
        values=_values(cells),
        is_optional=cells.one_of("optional", _YES_OR_NO, otherwise=False),
    )


def _values(cells: _Cells) -> dict[str, str]:
    """Return what is said and what is meant: `bos=Bunch|stuk=Stem`."""
    said: dict[str, str] = {}
    for part in filter(None, cells.text("values").split("|")):
        word, mark, means = part.partition("=")
        if not mark or not word.strip() or not means.strip():
            cells.refuse("values", f"{part!r} won't do; write it like bos=Bunch|stuk=Stem")
            return {}
        said[word.strip()] = means.strip()
    return said


def _check(layout: DeclaredLayout, draft: _Draft, notes: Notes) -> None:
    for problem in layout.problems():
        if problem.column is not None:
            row = draft.rows[problem.column]
            notes.refuse(COLUMNS_FILE, problem.text, row, problem.cell)
        elif problem.cell == "field":
            last = draft.rows[-1] if draft.rows else None
            text = f"layout {layout.name}: {problem.text}"
            notes.refuse(COLUMNS_FILE, text, last, problem.cell)
        else:
            number = draft.cells.record.number
            notes.refuse(LAYOUTS_FILE, problem.text, number, problem.cell)
