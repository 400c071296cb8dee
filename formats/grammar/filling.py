"""Fill a draft with the segments of a checked document, each by the function for its place.

Most functions take a segment split into elements. Of the segments that a document has most, those
that come again and again are quicker looked up as they stand than split: their functions take them
whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from formats.grammar.check import SEPARATOR
from formats.grammar.tree import Tree

Draft = TypeVar("Draft")

Elements = Sequence[str]
"""A segment split: index 1 is the first element, empty where the partner sent nothing."""

Handler = Callable[[Draft, Elements, int], None]
"""Takes a segment at its place into a draft; the number is its position, ST or UNH = 1."""

Whole = Callable[[Draft, str, int], None]
"""The same with the segment unsplit: elements parted by SEPARATOR."""

Table = tuple[Whole[Draft] | None, ...]
"""What takes a segment, by its node in a tree; None where nothing is read."""


def table_of(
    tree: Tree,
    handlers: Mapping[str, Handler[Draft]],
    whole: Mapping[object, Whole[Draft]],
    padding: Sequence[str],
) -> Table[Draft]:
    """Return the table for `tree` of handlers by path; its last entry serves NO_PLACE.

    `whole` names, by handler, what does the same with the segment unsplit. For all others a segment
    is split, and gets `padding` so that every element can be asked for.
    """
    found = [*(handlers.get(path) for path in tree.paths), None]
    return tuple(whole.get(each) or _splitting(each, padding) for each in found)


def fill(draft: Draft, table: Table[Draft], segments: Sequence[str], nodes: Sequence[int]) -> Draft:
    """Fill `draft` with the segments of a checked document; `nodes` are their places."""
    takers = map(table.__getitem__, nodes)
    for position, (take, text) in enumerate(zip(takers, segments, strict=True), 1):
        if take is not None:
            take(draft, text, position)
    return draft


def _splitting(handler: Handler[Draft] | None, padding: Sequence[str]) -> Whole[Draft] | None:
    """Return what splits a segment for `handler`."""
    if handler is None:
        return None

    def split(draft: Draft, text: str, position: int) -> None:
        elements = text.split(SEPARATOR)
        elements += padding
        handler(draft, elements, position)

    return split
