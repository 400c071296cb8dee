"""The X12 dictionary: segments, data elements and code lists of the releases read here.

Facts stand in the text files of `definitions`; this module reads them once per process. A release
is a family: `4010` stands for GS08 004010 with any industry suffix, `5010` for 005010. Anything
else has no dictionary and is refused by the reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from formats.grammar import definitions

RELEASES = ("4010", "5010")
_VERSION = re.compile(r"00(401|501)[0-9A-Z]{0,7}", re.ASCII)
_ANY_VERSION = re.compile(r"00([2-8][0-9]{2})", re.ASCII)
_5010 = "500"
"""The first draft of what became 005010."""
_REPEATED = re.compile(r"([0-9]{1,2})\*\(([^()]+)\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Element:
    """One data element: its number as AK402 reports it, type, and least and most characters."""

    number: str
    type: str
    least: int
    most: int
    name: str
    codes: frozenset[str] | None = None
    components: tuple[Element, ...] = ()


@dataclass(frozen=True, slots=True)
class Use:
    """A data element at its place in a segment."""

    element: Element
    is_mandatory: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between elements of a segment, kinds P, R, C, L and E of the standard."""

    kind: str
    positions: tuple[int, ...]

    def is_broken(self, present: tuple[bool, ...]) -> bool:
        """Tell whether the elements present (index 0 is element 01) break this relation."""
        there = [position <= len(present) and present[position - 1] for position in self.positions]
        if self.kind == "P":
            return any(there) and not all(there)
        if self.kind == "R":
            return not any(there)
        if self.kind == "C":
            return there[0] and not all(there)
        if self.kind == "L":
            return there[0] and not any(there[1:])
        return sum(there) > 1


@dataclass(frozen=True, slots=True)
class Segment:
    """The elements of a segment in order, and the relations between them."""

    tag: str
    uses: tuple[Use, ...]
    relations: tuple[Relation, ...]


Dictionary: TypeAlias = definitions.Dictionary[Segment]


def release_of(version: str) -> str | None:
    """Return the release family of a GS08 or ISA12 version, None when it isn't read here."""
    match = _VERSION.fullmatch(version) if len(version) <= 12 else None
    return f"{match[1]}0" if match else None


def nearest_release(version: str) -> str | None:
    """Return the release family that another version is nearest to, None where it is none."""
    match = _ANY_VERSION.match(version)
    return None if match is None else RELEASES[match[1] >= _5010]


def is_unit(text: str) -> bool:
    """Tell whether a text is a unit of measure as X12 has it (code list 355)."""
    return is_of_list(text, "355")


def is_of_list(text: str, number: str) -> bool:
    """Tell whether a text is a code of list `number`, which is one that is whole."""
    return text in _codes()[number]


def lines_of(name: str) -> Iterator[str]:
    """Return the lines of a definition file without comments and blank lines."""
    return definitions.lines_in("formats.x12", name)


@cache
def dictionary(release: str) -> Dictionary:
    """Return the dictionary of `release`, one of RELEASES."""
    elements = _elements(release)
    segments: dict[str, Segment] = {}
    others: set[str] = set()
    for (tag,), text in _rows("segments.txt", release):
        if tag == "other":
            others.update(text.split())
        else:
            segments[tag] = _segment(tag, text, elements)
    return definitions.Dictionary(release, segments, frozenset(segments) | others)


def _rows(name: str, release: str, words: int = 1) -> Iterator[tuple[list[str], str]]:
    return definitions.held_in(release, RELEASES, lines_of(name), words=words)


def _segment(tag: str, text: str, elements: dict[str, Element]) -> Segment:
    body, _, relations = text.partition("|")
    expanded = _REPEATED.sub(lambda m: " ".join([m[2]] * int(m[1])), body)
    uses = [Use(elements[word.rstrip("!")], word.endswith("!")) for word in expanded.split()]
    found = [each for word in relations.split() for each in _relations(word)]
    return Segment(tag, tuple(uses), tuple(found))


def _relations(word: str) -> Iterator[Relation]:
    """Read `R0203`, or a run of pairs such as `P0405..25`."""
    head, _, last = word.partition("..")
    digits = head[1:]
    positions = tuple(int(digits[i : i + 2]) for i in range(0, len(digits), 2))
    yield Relation(head[0], positions)
    for first in range(positions[0] + 2, int(last or 0), 2):
        yield Relation(head[0], (first, first + 1))


def _elements(release: str) -> dict[str, Element]:
    codes = _codes()
    rows = {
        number: (kind, size, name)
        for (number, kind, size), name in _rows("elements.txt", release, words=3)
    }
    plain: dict[str, Element] = {}
    for number, (kind, size, name) in rows.items():
        if kind != "C":
            least, _, most = size.partition("/")
            plain[number] = Element(number, kind, int(least), int(most), name, codes.get(number))
    for number, (kind, size, name) in rows.items():
        if kind == "C":
            label, _, numbers = name.partition(":")
            parts = tuple(plain[each] for each in numbers.split())
            least, _, most = size.partition("/")
            plain[number] = Element(number, kind, int(least), int(most), label, None, parts)
    return plain


@cache
def _codes() -> dict[str, frozenset[str]]:
    lists: dict[str, set[str]] = {}
    number, is_grouped = "", False
    for line in lines_of("codes.txt"):
        head, colon, rest = line.partition(":")
        if colon:
            number, _, grouped = head.partition("/")
            is_grouped = bool(grouped)
        words = (rest if colon else line).split()
        found = lists.setdefault(number, set())
        if is_grouped and words:
            found.update(words[0] + second for second in words[1])
        else:
            found.update(words)
    return {key: frozenset(values) for key, values in lists.items()}
