"""The EDIFACT dictionary: segments, composites, elements and code lists of D.96A and D.01B.

Facts stand in the text files of `definitions`; this module reads them once per process. Between
releases the sizes of elements differ and some segments, hardly anything else, so both stand in the
same files. SERVICE has the segments of ISO 9735 alone, which CONTRL is made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from formats.grammar import definitions

RELEASES = ("D96A", "D01B", "SERVICE")
_REPRESENTATION = re.compile(r"(an|a|n)(\.\.)?([0-9]{1,3})", re.ASCII)
_REPEATED = re.compile(r"([0-9]{1,2})\*([0-9A-Z]+!?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Element:
    """One data element: its number, kind (a, n or an), and least and most characters."""

    number: str
    kind: str
    least: int
    most: int
    name: str
    codes: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """An element or a composite at its place in a segment, or an element in its composite."""

    number: str
    is_mandatory: bool
    parts: tuple[Element, ...]
    """The element alone, or the components of a composite."""
    required: tuple[bool, ...]
    """Which of `parts` must be there when any of them is."""

    @property
    def is_composite(self) -> bool:
        return self.number[0] in "CS"


@dataclass(frozen=True, slots=True)
class Segment:
    """The elements of a segment in order."""

    tag: str
    uses: tuple[Use, ...]


Dictionary: TypeAlias = definitions.Dictionary[Segment]


def lines_of(name: str) -> Iterator[str]:
    """Return the lines of a definition file without comments and blank lines."""
    return definitions.lines_in("formats.edifact", name)


@cache
def dictionary(release: str) -> Dictionary:
    """Return the dictionary of `release`, one of RELEASES."""
    elements = _elements(release)
    composites = {number: parts for (number,), parts in _rows("composites.txt", release)}
    segments: dict[str, Segment] = {}
    others: set[str] = set()
    for (tag,), text in _rows("segments.txt", release):
        if tag == "other":
            others.update(text.split())
        else:
            uses = tuple(_use(word, composites, elements) for word in _words(text))
            segments[tag] = Segment(tag, uses)
    if release == "SERVICE":
        segments = {tag: each for tag, each in segments.items() if tag.startswith("U")}
    return definitions.Dictionary(release, segments, frozenset(segments) | others)


def _rows(name: str, release: str, words: int = 1) -> Iterator[tuple[list[str], str]]:
    """Yield the lines that hold for `release`; SERVICE takes the newest."""
    wanted = "D01B" if release == "SERVICE" else release
    return definitions.held_in(wanted, RELEASES, lines_of(name), words=words)


def _words(text: str) -> list[str]:
    return _REPEATED.sub(lambda m: " ".join([m[2]] * int(m[1])), text).split()


def _use(word: str, composites: dict[str, str], elements: dict[str, Element]) -> Use:
    number = word.rstrip("!")
    is_mandatory = word.endswith("!")
    if number not in composites:
        return Use(number, is_mandatory, (elements[number],), (True,))
    parts = _words(composites[number])
    return Use(
        number,
        is_mandatory,
        tuple(elements[part.rstrip("!")] for part in parts),
        tuple(part.endswith("!") for part in parts),
    )


def _elements(release: str) -> dict[str, Element]:
    codes = _codes()
    found: dict[str, Element] = {}
    for (number, representation), name in _rows("elements.txt", release, words=2):
        match = _REPRESENTATION.fullmatch(representation)
        if match is None:
            raise ValueError(f"element {number} has no representation in the definitions")
        most = int(match[3])
        least = 1 if match[2] else most
        found[number] = Element(number, match[1], least, most, name, codes.get(number))
    return found


@cache
def _codes() -> dict[str, frozenset[str]]:
    lists: dict[str, set[str]] = {}
    for line in lines_of("codes.txt"):
        number, _, rest = line.partition(":")
        found = lists.setdefault(number, set())
        for word in rest.split():
            first, dash, last = word.partition("-")
            if dash:
                found.update(str(each) for each in range(int(first), int(last) + 1))
            else:
                found.add(word)
    return {key: frozenset(values) for key, values in lists.items()}
