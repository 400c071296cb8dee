"""A declared layout as a value: what its file is, and which of its columns is which field.

`problems` says everything that is wrong with one, each with the cell of the table that is at fault,
so that whoever declared it can mend it in one go.
"""

from __future__ import annotations

import codecs
import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from formats.layouts.dates import pattern_of
from formats.layouts.fields import TOLD_FIELDS, fields_of, needed
from formats.tabular.dialect import DELIMITERS
from formats.tabular.kinds import Kind

MAX_LINE = 10_000
"""Characters of one line of a fixed-width file."""


class Form(StrEnum):
    """How a file of the layout is written; one with named columns is read in either of the first
    two."""

    CSV = "csv"
    XLSX = "xlsx"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class LayoutColumn:
    """One column of a partner's file.

    It's found by one of its `names`, by its place `at` (from 0) where there is no header, or by
    `start` (from 0) and `width` in a fixed-width file. A `constant` needs no column.
    """

    field: str
    names: tuple[str, ...] = ()
    at: int | None = None
    start: int | None = None
    width: int | None = None
    default: str = ""
    constant: str = ""
    decimals: int | None = None
    """Digits behind a decimal mark that isn't written: `1250` with 2 is 12.50."""
    values: Mapping[str, str] = dataclasses.field(default_factory=lambda: MappingProxyType({}))
    """What the partner writes, and what it means here."""

    is_optional: bool = False
    """Whether a file may leave the column out."""

    @property
    def title(self) -> str:
        """Return how the partner knows the column."""
        return self.names[0] if self.names else self.field

    @property
    def is_read(self) -> bool:
        """Whether the column stands in the file and means something."""
        return self.is_ours and not self.constant

    @property
    def is_ours(self) -> bool:
        """Whether what stands in it is used where the layout is read."""
        return bool(self.field) and self.field not in TOLD_FIELDS


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a layout: `column` is the index of one of its columns, `cell` the part."""

    text: str
    cell: str
    column: int | None = None


@dataclass(frozen=True, slots=True)
class DeclaredLayout:
    """One layout, as declared."""

    name: str
    kind: Kind
    form: Form = Form.CSV
    delimiter: str | None = None
    encoding: str | None = None
    decimal_comma: bool = False
    date_format: str = "YYYY-MM-DD"
    header_row: int | None = None
    """Row of the column names, from 1; 0 where there is none, None to search for it."""
    sheet: str | None = None
    files: str = ""
    """Shell pattern of file names; empty fits any."""
    columns: tuple[LayoutColumn, ...] = ()

    @property
    def has_header(self) -> bool:
        return self.form is not Form.FIXED and self.header_row != 0

    def says(self, field: str) -> bool:
        """Tell whether each row that is written has a cell of its own for a field."""
        return any(column.field == field and not column.constant for column in self.columns)

    def problems(self) -> Iterator[Problem]:
        """Yield everything that keeps the layout from being used."""
        yield from self._own_problems()
        known = fields_of(self.kind)
        seen: dict[str, int] = {}
        for at, column in enumerate(self.columns):
            if column.field and column.field not in known:
                text = f"{column.field} is no field of {self.kind.value}; fields: "
                yield Problem(text + ", ".join(known), "field", at)
            if column.field and column.field in seen:
                yield Problem(f"{column.field} stands twice; keep one", "field", at)
            seen[column.field] = at
            yield from self._problems_of(column, at)
        for group in needed(self.kind):
            if not any(name in seen for name in group):
                text = f"no column fills {' or '.join(group)}; add a row with that field"
                yield Problem(text, "field")

    def _own_problems(self) -> Iterator[Problem]:
        if self.delimiter is not None and self.delimiter not in tuple(DELIMITERS):
            text = "one of comma, semicolon, tab and bar is expected, or nothing to find it out"
            yield Problem(text, "delimiter")
        if self.encoding is not None:
            try:
                codecs.lookup(self.encoding)
            except LookupError:
                yield Problem(f"{self.encoding} is no encoding; cp1252 is one", "encoding")
        try:
            pattern_of(self.date_format)
        except ValueError as error:
            yield Problem(str(error), "date_format")

    def _problems_of(self, column: LayoutColumn, at: int) -> Iterator[Problem]:
        if self.form is Form.FIXED:
            if column.start is None or column.width is None:
                if not column.constant or not column.field:
                    yield Problem("a fixed-width column needs start and width", "start", at)
            elif not 0 < column.width <= MAX_LINE - column.start:
                text = f"width is from 1, and a line has at most {MAX_LINE} characters"
                yield Problem(text, "width", at)
        elif self.has_header and not column.names and not column.constant:
            text = "write the column's name in the partner's header, or set header_row to 0"
            yield Problem(text, "column", at)
        elif not self.has_header and column.at is None and not column.constant:
            yield Problem("without a header, write the column's number, from 1", "column", at)
