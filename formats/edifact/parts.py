"""What the messages have in common when they become records: elements, dates, numbers, findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Generic, TypeVar

from formats import values
from formats.edifact.patterns import COMPONENT
from formats.edifact.segments import Places
from formats.grammar import building
from formats.grammar.check import SEPARATOR
from formats.grammar.tree import Tree

Draft = TypeVar("Draft")

Elements = Sequence[str]
"""A segment split: index 1 is the first element, empty where the partner sent nothing.

Composites are split by `components`. It may be asked for nine elements more than were sent.
"""
Handler = Callable[[Draft, Elements, int], None]
"""Takes a segment at its place into a draft; the number is its position, UNH = 1."""

Whole = Callable[[Draft, str, int], None]
"""The same with the segment unsplit: elements parted by SEPARATOR, components by COMPONENT."""

_PADDING = [""] * 10

first_of = building.first_of

_DATE_FORMATS = {
    "": "%Y%m%d",
    "102": "%Y%m%d",
    "203": "%Y%m%d%H%M",
    "204": "%Y%m%d%H%M%S",
    "101": "%y%m%d",
    "201": "%y%m%d%H%M",
    "2": "%d%m%y",
}
"""2379: how a date or a time is written. One without a format is taken for 102."""
_ZONED = {"303": 12, "304": 14}
"""2379 of a time with a zone behind it, and how many digits stand ahead of the zone."""
_PERIODS = {"718": 8}
"""2379 of a period, and how many digits its first day has."""


class Problems(building.Problems[Places]):
    """Findings about the content of a message; they never reach a CONTRL."""

    __slots__ = ()
    family = "edifact"


class Table(tuple[Handler[Draft] | None, ...], Generic[Draft]):
    """A handler per node of a tree; `whole` has for each what takes the segment as it stands.

    To split a segment takes longer than to look it up, and most of a message's lines come again.
    """

    whole: Sequence[Whole[Draft] | None]


def fill(
    draft: Draft,
    table: Sequence[Handler[Draft] | None],
    segments: Sequence[str],
    nodes: Sequence[int],
) -> Draft:
    """Fill `draft` with the segments of a checked message, each by the function for its place."""
    whole = table.whole if isinstance(table, Table) else [*map(_splitting, table)]
    handlers = map(whole.__getitem__, nodes)
    for position, (handler, text) in enumerate(zip(handlers, segments, strict=True), 1):
        if handler is not None:
            handler(draft, text, position)
    return draft


def elements_of(text: str) -> Elements:
    """Split a segment, and pad it so that every element can be asked for."""
    elements = text.split(SEPARATOR)
    elements += _PADDING
    return elements


def handlers_for(
    tree: Tree,
    handlers: Mapping[str, Handler[Draft]],
    whole: Mapping[object, Whole[Draft]] | None = None,
) -> Table[Draft]:
    """Return a handler per node of `tree`, by path; the last entry serves a misplaced segment.

    `whole` may name, by handler, one that does the same with the segment unsplit.
    """
    found = [*(handlers.get(path) for path in tree.paths), None]
    table = Table(found)
    quick = whole or {}
    table.whole = tuple(quick.get(each) or _splitting(each) for each in found)
    return table


def _splitting(handler: Handler[Draft] | None) -> Whole[Draft] | None:
    """Return what splits a segment for `handler`."""
    if handler is None:
        return None

    def split(draft: Draft, text: str, position: int) -> None:
        elements = text.split(SEPARATOR)
        elements += _PADDING
        handler(draft, elements, position)

    return split


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


@lru_cache(maxsize=1024)
def whole(text: str) -> int | None:
    """Return a whole number, None where none was sent."""
    found = number(text)
    return int(found) if found is not None and found == found.to_integral_value() else None


@lru_cache(maxsize=1024)
def moment(text: str, form: str) -> datetime | None:
    """Return a time as written (2380) in `form` (2379), without its zone.

    None where it isn't one, or where the form isn't read here. Of a period it is the beginning.
    """
    if form in _ZONED:
        text, form = text[: _ZONED[form]], "204" if _ZONED[form] > 12 else "203"
    elif form in _PERIODS:
        text, form = text[: _PERIODS[form]], "102"
    pattern = _DATE_FORMATS.get(form)
    width = len(datetime(2000, 1, 1).strftime(pattern)) if pattern else 0  # noqa: DTZ001  (for its length)
    if pattern is None or len(text) != width or not (text.isascii() and text.isdigit()):
        return None
    try:
        return datetime.strptime(text, pattern)  # noqa: DTZ007  (partners don't name their zone)
    except ValueError:
        return None


def day(text: str, form: str) -> date | None:
    """Return the day of a time as `moment` reads it."""
    found = moment(text, form)
    return found.date() if found is not None else None
