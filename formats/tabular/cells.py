"""Typed cells of one row: a value, None for an empty cell, or a located finding.

Names of columns are matched without case, blanks and punctuation; an unknown one is reported with
the nearest name. Bounds keep every value inside what the trade's systems can hold.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from formats import values
from formats.findings import Where
from formats.tabular.findings import FindingLog
from formats.tabular.named import NamedValues
from formats.tabular.rows import Row

MAX_COUNT = 999_999_999
MAX_MONEY = Decimal(10**7)
"""Money has up to 7 digits before its mark (domain 2.3: decimal(10,3))."""

_Value = TypeVar("_Value")


def column_key(name: str) -> str:
    """Return a column name as it's compared: `Stems/Bunch` is `stemsbunch`."""
    return "".join(c for c in values.normalised(name) if c.isalnum())


def match_columns(
    row: Row, names: Mapping[str, str], notes: FindingLog, *, required: Iterable[str]
) -> dict[str, int] | None:
    """Return the position of every known column of a header row, or None if one is missing.

    `names` maps keys (and other spellings) to column names.
    """
    found: dict[str, int] = {}
    is_good = True
    for at, cell in enumerate(row.cells):
        name = names.get(column_key(cell))
        where = Where(row=row.line, column=cell[:80] or f"{at + 1}")
        if name is None:
            _warn_unknown(cell, names, notes, where)
        elif name in found:
            notes.error("csv.header", "The column stands twice. Leave one of them out.", where)
            is_good = False
        else:
            found[name] = at
    for name in required:
        if name not in found:
            message = f"The column {name} is missing. Add it to the header and to every row."
            notes.error("csv.header", message, Where(row=row.line, column=name))
            is_good = False
    return found if is_good else None


def _warn_unknown(cell: str, names: Mapping[str, str], notes: FindingLog, where: Where) -> None:
    if not cell:
        return
    near = difflib.get_close_matches(column_key(cell)[:80], list(names), n=1)
    hint = f" Is {names[near[0]]} meant?" if near else ""
    notes.warn("csv.header", f"The column isn't known and was not read.{hint}", where)


class Cells(NamedValues):
    """The cells of one row by column name; `is_bad` once any of them was refused."""

    empty = "the cell is empty, and a value is required"

    def __init__(
        self, row: Row, columns: Mapping[str, int], notes: FindingLog, *, decimal_comma: bool
    ) -> None:
        self.row = row
        self._columns = columns
        self._notes = notes
        self._comma = decimal_comma

    def where(self, name: str) -> Where:
        return Where(row=self.row.line, column=name)

    def raw(self, name: str) -> str:
        at = self._columns.get(name)
        return "" if at is None else self.row.cell(at)

    def fail(self, name: str, expected: str) -> None:
        """Refuse a cell; `expected` completes the sentence."""
        self.is_bad = True
        message = f"{expected[:1].upper()}{expected[1:]}. Correct the cell and send the row again."
        self._notes.error(f"csv.{name}", message, self.where(name), self.raw(name))

    def leave_out(self, code: str, name: str, message: str) -> None:
        """Leave a row out for what stands in another one; `code` is a rule's, as E-25."""
        self.is_bad = True
        self._notes.error(code, message, self.where(name))

    def warn(self, name: str, message: str) -> None:
        self._notes.warn(f"csv.{name}", message, self.where(name), self.raw(name))

    def money(self, name: str, *, required: bool = False) -> Decimal | None:
        """Return an amount of at least 0, below 10 million."""

        def read(text: str) -> Decimal:
            value = values.decimal(text, comma=self._comma)
            if not 0 <= value < MAX_MONEY:
                raise ValueError(f"an amount from 0 to below {MAX_MONEY} is expected")
            return value

        return self.value(name, read, required=required)

    def amount(self, name: str, *, below: Decimal, required: bool = False) -> Decimal | None:
        """Return a number of at least 0, as exact as it is written."""

        def read(text: str) -> Decimal:
            value = values.decimal(text, comma=self._comma)
            if not 0 <= value < below:
                raise ValueError(f"a number from 0 to below {below} is expected")
            return value

        return self.value(name, read, required=required)

    def count(self, name: str, *, least: int = 0, required: bool = False) -> int | None:
        """Return a whole number; zeros behind its decimal mark are accepted."""

        def read(text: str) -> int:
            value = values.decimal(text, comma=self._comma)
            if value != value.to_integral_value() or not least <= value <= MAX_COUNT:
                raise ValueError(f"a whole number from {least} to {MAX_COUNT} is expected")
            return int(value)

        return self.value(name, read, required=required)

    def day(self, name: str, *, required: bool = False) -> date | None:
        return self.value(name, values.iso_date, required=required)

    def choice(
        self, name: str, options: Mapping[str, _Value], *, required: bool = False
    ) -> _Value | None:
        """Return the option whose key the cell is, without regard to case."""

        def read(text: str) -> _Value:
            option = options.get(values.normalised(text))
            if option is None:
                words = dict.fromkeys(str(one) for one in options.values())
                raise ValueError(f"one of {', '.join(words)} is expected")
            return option

        return self.value(name, read, required=required)
