"""Which elements of a transaction set its builder really looks at, found by watching it.

A builder gets segments as text and splits them. Here it gets text that remembers which of its
elements were asked for, in many sets made at random: every place of the tree, elements there or
not, and of all codes those that stand in the source of the reader, because they make a difference.
"""

from __future__ import annotations

import ast
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import SupportsIndex, overload

from formats.grammar.check import SEPARATOR
from formats.x12.dictionary import Element, Segment, dictionary
from formats.x12.parts import Problems
from formats.x12.segments import Places
from formats.x12.separators import Separators
from formats.x12.sets import BUILDERS
from tests.segments.layout import RELEASES, Place, places

SETS = 300
"""For each release: enough that no element that is ever asked for is missed."""
READERS = Path(__file__).resolve().parents[2] / "formats" / "x12"
_NOT_READERS = ("check", "dictionary", "elements", "patterns", "segments", "tree", "words")
"""They know the standard, not what becomes of a set."""
MOST_UNKNOWN = 9
"""Elements of a segment whose place alone is checked."""
_UNKNOWN = "".join(f"{SEPARATOR}{number}" for number in range(1, MOST_UNKNOWN + 1))
_PLAIN: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(("N0", "N2", "R"), ("0", "1", "2", "3", "25")),
    "DT": ("20261204", "20261211"),
    "TM": ("0830",),
}


class _Elements(list[str]):
    """A segment split; it remembers which elements it was asked for."""

    def __init__(self, elements: list[str], asked: set[int]) -> None:
        super().__init__(elements)
        self._asked = asked
        self._count = len(elements)

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> str: ...

    @overload
    def __getitem__(self, index: slice, /) -> list[str]: ...

    def __getitem__(self, index: SupportsIndex | slice, /) -> str | list[str]:
        if isinstance(index, slice):
            self._asked.update(range(*index.indices(self._count)))
        else:
            self._asked.add(int(index))
        return super().__getitem__(index)


class _Text(str):
    """A segment whose elements are watched; `asked` is where they are counted."""

    __slots__ = ("asked",)
    asked: set[int]

    def split(self, sep: str | None = None, maxsplit: SupportsIndex = -1) -> list[str]:
        return _Elements(str(self).split(sep, maxsplit), self.asked)


@cache
def watched(code: str) -> Mapping[str, frozenset[int]]:
    """Return the elements that the builder of a set asks for, by path in the tree, in any release.

    The tag (element 0) and what stands behind the last element aren't counted.
    """
    asked: dict[str, set[int]] = defaultdict(set)
    counts: dict[str, int] = {}
    for release in RELEASES:
        maker = _Maker(code, release, asked)
        for _ in range(SETS):
            segments, nodes = maker.made()
            BUILDERS[code](segments, nodes, release, Problems(Places(b"", 0, Separators())))
        for path, count in maker.counts.items():
            counts[path] = max(count, counts.get(path, 0))
    found = {
        path: frozenset(each for each in those if 0 < each <= counts[path])
        for path, those in asked.items()
    }
    return {path: those for path, those in found.items() if those}


@dataclass(slots=True)
class _Maker:
    """Makes sets of one kind and release at random, the same ones every time."""

    code: str
    release: str
    asked: dict[str, set[int]]
    counts: dict[str, int] = field(default_factory=dict)
    """Elements that a segment has, by path."""
    waiting: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    """What was not yet written in an element at its place: each value has its turn."""
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.code} {self.release}")

    def made(self) -> tuple[list[str], list[int]]:
        """Return the segments of a set, and the place of each in the tree."""
        segments: list[str] = []
        nodes: list[int] = []
        codes = _codes(BUILDERS[self.code].__module__.rpartition(".")[2])
        known = dictionary(self.release).segments
        for place in self._walk(places(self.code, self.release)):
            segment = known.get(place.tag)
            text = _Text(
                self._written(place.path, segment, codes) if segment else f"{place.tag}{_UNKNOWN}"
            )
            text.asked = self.asked[place.path]
            self.counts[place.path] = len(segment.uses) if segment else MOST_UNKNOWN
            segments.append(text)
            nodes.append(place.node)
        return segments, nodes

    def _walk(self, level: Sequence[Place]) -> Iterator[Place]:
        """Yield places in order: each loop up to three times, optional segments sometimes."""
        for place in level:
            is_there = place.is_mandatory or self.chance.random() < 0.6
            times = self.chance.choice((1, 1, 2, 3)) if place.inside and place.most != 1 else 1
            for _ in range(times if is_there else 0):
                yield place
                yield from self._walk(place.inside)

    def _written(self, path: str, segment: Segment, codes: frozenset[str]) -> str:
        values = [
            self._next((path, number), use.element, codes)
            if use.is_mandatory or self.chance.random() < 0.7
            else ""
            for number, use in enumerate(segment.uses)
        ]
        return SEPARATOR.join([segment.tag, *values])

    def _next(self, where: tuple[str, int], element: Element, codes: frozenset[str]) -> str:
        waiting = self.waiting.setdefault(where, [])
        if not waiting:
            waiting += _values(element, codes)
            self.chance.shuffle(waiting)
        return waiting.pop()


@cache
def _values(element: Element, codes: frozenset[str]) -> Sequence[str]:
    """Return what may stand in an element: of its codes those that a reader tells apart."""
    if element.type == "C":
        return _values(element.components[0], codes)
    if element.codes is not None:
        return sorted(element.codes & codes) or sorted(element.codes)
    if element.type in _PLAIN:
        return _PLAIN[element.type]
    return ("1", "2", "A7", *sorted(each for each in codes if len(each) <= element.most))


@cache
def _codes(module: str) -> frozenset[str]:
    """Return every short text in a reader's module and in those that it is made of."""
    found: set[str] = set()
    for source in (ast.parse((READERS / f"{name}.py").read_bytes()) for name in _modules(module)):
        for node in ast.walk(source):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(
                    each for each in node.value.split() if each.isalnum() and len(each) < 4
                )
    return frozenset(each for each in found if each.isupper() or each.isdecimal())


def _modules(first: str) -> set[str]:
    """Return the readers of X12 that a module imports, and they in turn, and itself."""
    seen: set[str] = set()
    waiting = [first]
    while waiting:
        name = waiting.pop()
        path = READERS / f"{name}.py"
        if name in seen or name in _NOT_READERS or not path.exists():
            continue
        seen.add(name)
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("formats.x12"):
                waiting += [
                    (node.module or "").rpartition(".")[2],
                    *(each.name for each in node.names),
                ]
    return seen
