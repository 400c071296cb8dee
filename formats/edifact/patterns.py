"""One compiled pattern per segment: a match means that every element of the segment is right.

The pattern is the fast path and never too generous; a segment that doesn't match may still be
right, which `elements` decides. Elements are parted by SEPARATOR and components by COMPONENT,
whatever the partner used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from formats.edifact.dictionary import Element, Use, dictionary
from formats.grammar.check import SEPARATOR, Match

COMPONENT = "\x1f"
"""Stands for the component separator in the segments that are checked."""
REPETITION = "\x1e"
"""Stands for the repetition separator of syntax 4; no segment read here has repeated elements."""
_TEXT = "[^\x00-\x1f\x7f-\x9f]"
_DECIMALS = 4


class Patterns(dict[str, Match]):
    """Full-match functions by segment tag, compiled when a tag is first seen.

    A segment without a known layout matches always. Tags that aren't EDIFACT at all must not be
    asked for: they would fill the table.
    """

    def __init__(self, release: str) -> None:
        super().__init__()
        self._segments = dictionary(release).segments

    def __missing__(self, tag: str) -> Match:
        segment = self._segments.get(tag)
        pattern = f"{_TEXT}*(?:[{SEPARATOR}{COMPONENT}]{_TEXT}*)*"
        if segment is not None:
            pattern = tag + _sequence(
                [(_use(use), use.is_mandatory) for use in segment.uses], SEPARATOR, is_first=False
            )
        match = re.compile(pattern).fullmatch
        self[tag] = match
        return match


@cache
def patterns(release: str) -> Patterns:
    """Return the pattern table of `release`."""
    return Patterns(release)


def _use(use: Use) -> str:
    if not use.is_composite:
        return _element(use.parts[0])
    parts = [(_element(part), must) for part, must in zip(use.parts, use.required, strict=True)]
    return _sequence(parts, COMPONENT, is_first=True)


def _sequence(parts: Sequence[tuple[str, bool]], separator: str, *, is_first: bool) -> str:
    """Return a pattern for `parts` (each with whether it is mandatory), of which the last may lack.

    With `is_first` no separator stands ahead of the first part.
    """
    last = max((index for index, (_, must) in enumerate(parts) if must), default=-1)
    body = ""
    for index in range(len(parts) - 1, -1, -1):
        pattern, is_mandatory = parts[index]
        ahead = "" if is_first and index == 0 else separator
        if is_mandatory:
            body = f"{ahead}(?:{pattern}){body}"
        elif index < last or not ahead:
            body = f"{ahead}(?:{pattern})?{body}"
        else:
            body = f"(?:{ahead}(?:{pattern})?{body})?"
    return body


def _element(element: Element) -> str:
    """Return a pattern for a present element."""
    least, most = element.least, element.most
    if element.codes is not None:
        return "|".join(sorted(element.codes, key=lambda code: (-len(code), code)))
    if element.kind == "an":
        return f"{_TEXT}{{{least},{most}}}"
    if element.kind == "a":
        return f"[^\x00-\x1f\x7f-\x9f0-9]{{{least},{most}}}"
    whole = f"[0-9]{{{least},{most}}}"
    if least > 1 or most <= _DECIMALS:
        return f"-?{whole}"
    # Short enough with its decimals that no count of its digits is wrong.
    return f"-?(?:{whole}|[0-9]{{1,{most - _DECIMALS}}}[.,][0-9]{{1,{_DECIMALS}}})"
