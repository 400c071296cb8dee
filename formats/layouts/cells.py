"""Cells of a partner's file as cells of ours, and back.

Going in, what can't be turned is marked with a control character, which no reader takes, so that
the row is refused by the same rules as any other; the layout's own sentence then stands in the
finding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from formats import values
from formats.layouts import dates
from formats.layouts.fields import Sort, sort_of
from formats.layouts.layout import DeclaredLayout, LayoutColumn
from formats.layouts.words import UNIT_WORDS
from formats.tabular.cells import column_key
from formats.tabular.write import Cell

POISON = "\x01"
MOST_KNOWN = 20_000


@dataclass(frozen=True, slots=True)
class Refused:
    """A cell that can't be turned; `message` says what is expected."""

    message: str


class ColumnCells(dict[str, "str | Refused"]):
    """The cells of one column, by their text; each text is turned once."""

    def __init__(self, layout: DeclaredLayout, column: LayoutColumn) -> None:
        super().__init__()
        self._turn = _turning(layout, column)
        self._values = {column_key(said): means for said, means in column.values.items()}
        self._column = column

    def __missing__(self, text: str) -> str | Refused:
        cell = self._cell(text)
        if len(self) < MOST_KNOWN:
            self[text] = cell
        return cell

    def _cell(self, text: str) -> str | Refused:
        if not text:
            return self._column.default
        means = self._values.get(column_key(text))
        if means is not None:
            return means
        try:
            return self._turn(text)
        except ValueError as error:
            return Refused(str(error))


def _turning(layout: DeclaredLayout, column: LayoutColumn) -> Callable[[str], str]:
    match sort_of(column.field):
        case Sort.NUMBER:
            return lambda text: number(text, column, comma=layout.decimal_comma)
        case Sort.DATE:
            read = dates.date_reader(layout.date_format)
            return lambda text: read(text).isoformat()
        case Sort.UNIT:
            return lambda text: UNIT_WORDS.get(column_key(text), text)
    return lambda text: text


def number(text: str, column: LayoutColumn, *, comma: bool) -> str:
    """Return a partner's number as plain text: a point, no groups, no leading zeros."""
    if column.decimals is not None:
        return f"{values.implied_decimal(text, column.decimals):f}"
    plain = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if not comma and "," in plain:
        plain = _ungrouped(plain)
    return f"{values.decimal(plain, comma=comma):f}"


def _ungrouped(text: str) -> str:
    """Return `1,234.50` without its commas, where they group thousands."""
    whole, mark, rest = text.partition(".")
    head, *groups = whole.lstrip("-").split(",")
    if not 1 <= len(head) <= 3 or head.startswith("0") or any(len(each) != 3 for each in groups):
        raise ValueError("a number such as 1234.50 is expected")
    return whole.replace(",", "") + mark + rest


def cell_text(value: Cell, layout: DeclaredLayout, column: LayoutColumn) -> str:
    """Return a value of ours as the partner writes it. Raises ValueError where it can't."""
    if column.constant:
        return column.constant
    if value is None or value == "":
        return column.default
    told = _told(column.values).get(values.normalised(str(value)))
    if told is not None:
        return told
    if isinstance(value, date):
        return dates.written(value, layout.date_format)
    if isinstance(value, Decimal | int):
        return _number_text(Decimal(value), layout, column)
    return str(value)


def _told(said: Mapping[str, str]) -> dict[str, str]:
    """Return what to write for what is meant; the first that is declared holds."""
    back: dict[str, str] = {}
    for word, means in said.items():
        back.setdefault(values.normalised(means), word)
    return back


def _number_text(value: Decimal, layout: DeclaredLayout, column: LayoutColumn) -> str:
    if column.decimals is not None:
        scaled = value.scaleb(column.decimals)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{column.title}: {value:f} has more than {column.decimals} decimals")
        return f"{int(scaled)}"
    text = f"{value:f}"
    return text.replace(".", ",") if layout.decimal_comma else text
