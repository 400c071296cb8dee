"""What the messages have in common when they become records: elements, dates, numbers, findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from formats import values
from formats.edifact.patterns import COMPONENT
from formats.edifact.segments import Places
from formats.grammar import building, filling
from formats.grammar.check import SEPARATOR
from formats.grammar.filling import Draft, Elements, Handler, Table, Whole
from formats.grammar.tree import Tree

__all__ = ["Draft", "Elements", "Handler", "Table", "Whole"]

_PADDING = [""] * 10

first_of = building.first_of
fill = filling.fill

_DATE_FORMATS = {
    "": ("%Y%m%d", 8),
    "102": ("%Y%m%d", 8),
    "203": ("%Y%m%d%H%M", 12),
    "204": ("%Y%m%d%H%M%S", 14),
    "101": ("%y%m%d", 6),
    "201": ("%y%m%d%H%M", 10),
    "2": ("%d%m%y", 6),
}
"""2379: how a date or a time is written, and its digits. One without a format is taken for 102."""
_BEGINNINGS = {"303": "203", "304": "204", "718": "102"}
"""2379 of a time with a zone behind it, or of a period, and of what either begins with."""


class Problems(building.Problems[Places]):
    """Findings about the content of a message; they never reach a CONTRL."""

    __slots__ = ()
    family = "edifact"


def elements_of(text: str) -> Elements:
    """Split a segment, and pad it so that every element can be asked for."""
    elements = text.split(SEPARATOR)
    elements += _PADDING
    return elements


def handlers_for(
    tree: Tree,
    handlers: Mapping[str, Handler[Draft]],
    whole: Mapping[object, Whole[Draft]] = MappingProxyType({}),
) -> Table[Draft]:
    """Return what takes each segment of a message; `whole` as in `table_of`."""
    return filling.table_of(tree, handlers, whole, _PADDING)


def components(element: str) -> Elements:
    """Return the components of a composite; index 0 is the first, and ten can be asked for."""
    return element.split(COMPONENT) + _PADDING


def first_component(element: str) -> str:
    """Return the first component of a composite, stripped."""
    return element.partition(COMPONENT)[0].strip()


def joined(parts: Sequence[str], between: str) -> str | None:
    """Return the texts of `parts` that say something, None where none does."""
    return between.join(text for part in parts if (text := part.strip())) or None


# The same quantities, prices and days come again and again within a file.


@lru_cache(maxsize=4096)
def number(text: str) -> Decimal | None:
    """Return a number with either decimal mark, None where nothing, or no number, was sent.

    ISO 9735 has no mark between thousands, so one comma or one point is always the decimal mark.
    """
    try:
        return values.decimal(text.strip().replace(",", ".")) if text else None
    except ValueError:
        return None


MOST_WHOLE = 999_999_999
"""What the integers of every database hold."""


@lru_cache(maxsize=1024)
def whole(text: str) -> int | None:
    """Return a whole number, None where none was sent, or one beyond MOST_WHOLE."""
    return whole_of(number(text))


def whole_of(found: Decimal | None) -> int | None:
    """Return a quantity as a whole number, None where it is none, or beyond MOST_WHOLE."""
    if found is None or abs(found) > MOST_WHOLE or found != found.to_integral_value():
        return None
    return int(found)


@lru_cache(maxsize=1024)
def moment(text: str, form: str) -> datetime | None:
    """Return a time as written (2380) in `form` (2379), without its zone.

    None where it isn't one, or where the form isn't read here. Of a period it is the beginning.
    """
    written = _DATE_FORMATS.get(_BEGINNINGS.get(form, form))
    if written is None:
        return None
    pattern, digits = written
    if form in _BEGINNINGS:
        text = text[:digits]
    # Python would read 2026124 as well.
    if len(text) != digits or not (text.isascii() and text.isdigit()):
        return None
    try:
        return datetime.strptime(text, pattern)  # noqa: DTZ007  (partners don't name their zone)
    except ValueError:
        return None


def day(text: str, form: str) -> date | None:
    """Return the day of a time as `moment` reads it."""
    found = moment(text, form)
    return found.date() if found is not None else None
