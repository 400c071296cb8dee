"""What the pages and their tests ask of a family of formats that is made of segments.

A family says which documents it reads, of which releases, where segments stand in them and what is
in these; the rest of this package doesn't know which family it looks at.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeAlias

from formats.findings import Finding
from formats.grammar.tree import Tree
from tests.segments.layout import Place, places

Key: TypeAlias = tuple[str, int, int]
"""A path in the tree, an element from 1, and a component of it from 1."""

Values: TypeAlias = Mapping[tuple[int, int], str]
"""What stands in a segment, by element and component."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One element, or one component of a composite; `part` counts from 1.

    `kind` is for people. `is_needed` holds where the composite is there at all, of which
    `is_composite_needed` says whether it must be.
    """

    element: int
    part: int
    number: str
    name: str
    kind: str
    is_needed: bool
    values: Sequence[str]
    """Such as make a difference to a reader, and all in accord with the standard."""
    is_in_composite: bool = False
    is_composite_needed: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a document, as far as it depends on what stands in it."""

    record: object
    findings: tuple[tuple[str, str], ...]


class Family(ABC):
    """A family of formats; `root` is the first segment of a document."""

    package: str
    name: str
    root: str
    envelope: Sequence[str]
    """The first and the last segment: what becomes of them is no record's."""

    @abstractmethod
    def codes(self) -> Sequence[str]:
        """Return the documents that are read, as `850` or `ORDERS`."""

    @abstractmethod
    def releases(self, code: str) -> Sequence[str]:
        """Return the releases of which a document is read."""

    @abstractmethod
    def release_name(self, release: str) -> str:
        """Return a release as people write it."""

    @abstractmethod
    def tree(self, code: str, release: str) -> Tree:
        """Return the compiled tree."""

    @abstractmethod
    def definition(self, code: str, release: str) -> str:
        """Return the name of the file that the tree is compiled from."""

    @abstractmethod
    def slots(self, code: str, release: str, tag: str) -> Sequence[Slot] | None:
        """Return what is in a segment, None where it is checked for its place only."""

    @abstractmethod
    def written(self, tag: str, slots: Sequence[Slot], values: Sequence[str]) -> str:
        """Return a segment as a builder gets it; `values` are those of `slots`."""

    @abstractmethod
    def built(
        self, code: str, release: str, segments: Sequence[str], nodes: Sequence[int]
    ) -> Result:
        """Return what the builder of a document makes of one."""

    def group(self, code: str) -> str:
        """Return the functional group that a document belongs in, where it says something."""
        found = self.tree(code, self.releases(code)[0]).functional_id
        return "" if found == code else found

    def usual(self, code: str) -> Mapping[str, Sequence[Values]]:
        """Return what some segments say in a document that can be used, by their path."""
        return {}

    def places(self, code: str, release: str) -> tuple[Place, ...]:
        """Return what may stand in a document, its first segment included, in order."""
        text = self.text_of(self.definition(code, release))
        _, *lines = (line for line in text.splitlines() if line.strip() and line[0] != "#")
        return places(self.root, lines)

    def title(self, code: str) -> str:
        """Return what a document is called, from the remark at the top of its definition."""
        text = self.text_of(self.definition(code, self.releases(code)[0]))
        return text.partition(":")[0].removeprefix("#").partition(",")[0].strip()

    def text_of(self, name: str) -> str:
        """Return the text of a definition file."""
        return _text_of(self.package, name)


def result(record: object, findings: Iterable[Finding]) -> Result:
    """Return what became of a document; where a finding is, is no part of it."""
    return Result(record, tuple((each.code, each.message) for each in findings))


@cache
def usual_of(segments: tuple[str, ...]) -> Mapping[str, Sequence[Values]]:
    """Return what some segments say, by their path.

    A path comes first, elements follow behind `+`, components behind `:`. `-` stands for an element
    that isn't sent, and nothing for any value.
    """
    found: dict[str, list[Values]] = {}
    for each in segments:
        path, *elements = each.split("+")
        values = {
            (number, part): "" if text == "-" else text
            for number, element in enumerate(elements, 1)
            for part, text in enumerate(element.split(":"), 1)
            if text
        }
        found.setdefault(path, []).append(values)
    return found


@cache
def _text_of(package: str, name: str) -> str:
    return files(package).joinpath("definitions", name).read_text(encoding="ascii")
