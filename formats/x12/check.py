"""Check one transaction set against its definition: the place and the elements of every segment.

The result is what a 997 reports (AK3 and AK4), plus the place of every segment in the tree, so
that the records are built without looking for loops again. Nothing is thrown: all errors of a set
are collected, up to MOST_ERRORS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from formats.x12.dictionary import Dictionary, dictionary
from formats.x12.elements import ElementError, element_errors
from formats.x12.kept import Kept
from formats.x12.patterns import SEPARATOR, Patterns, patterns
from formats.x12.tree import START, Step, Tree, tree

MOST_ERRORS = 500
MOST_SEEN = 8192
MOST_SHAPES = 128
LONGEST_SHAPE = 512
NO_PLACE = -1
"""Node of a segment that has no place in the set."""

_Shape = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class SegmentError:
    """One wrong segment: the AK3 of a 997 with its AK4s. `position` counts from ST = 1."""

    tag: str
    position: int
    code: str
    elements: tuple[ElementError, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `nodes[i]` is the place of segment i in the tree, or NO_PLACE."""

    nodes: tuple[int, ...]
    errors: tuple[SegmentError, ...]
    is_cut_short: bool = False


@dataclass(slots=True)
class _Errors:
    """The errors of one set, in order, and the segments that were found out of order."""

    found: list[SegmentError]
    misplaced: set[str]
    is_full: bool = False

    def add_missing(self, tags: tuple[str, ...], position: int) -> None:
        for tag in tags:
            self.add(SegmentError(tag, position, "3"))

    def add_surplus(self, tag: str, position: int, *, is_loop: bool) -> None:
        self.add(SegmentError(tag, position, "4" if is_loop else "5"))

    def add(self, error: SegmentError) -> None:
        if len(self.found) < MOST_ERRORS:
            self.found.append(error)
        else:
            self.is_full = True


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks sets of one kind; made once per (set, release) and used for many."""

    tree: Tree
    dictionary: Dictionary
    patterns: Patterns
    seen: dict[str, str] = field(default_factory=dict)
    """Segments that matched, with their tags: a file repeats itself. Cleared when it grows."""
    shapes: Kept[_Shape, Checked] = field(default_factory=lambda: Kept(MOST_SHAPES))
    """Sound sets by the tags of their segments: others like them need not be followed again."""

    def check(
        self, segments: Sequence[str], component: str, *, refuses_trailing: bool = False
    ) -> Checked:
        """Check `segments` (ST first, elements parted by SEPARATOR).

        `component` is the interchange's component separator. With `refuses_trailing` a segment
        that ends with empty elements is an error (720 code 10).
        """
        shape = self._shape(segments)
        known = self.shapes.get(shape)
        if known is not None and not refuses_trailing:
            return known
        errors = _Errors([], set())
        nodes = self._follow(segments, shape, component, errors)
        if not errors.found and all(shape) and len(shape) <= LONGEST_SHAPE:
            self.shapes.keep(shape, Checked(nodes, ()))
        if refuses_trailing:
            _check_trailing(segments, errors)
        return _result(nodes, errors)

    def _shape(self, segments: Sequence[str]) -> _Shape:
        """Return the tags of `segments`, None for those whose elements don't match."""
        seen, known, table = self.seen, self.tree.tags, self.patterns
        if len(seen) > MOST_SEEN:
            seen.clear()
        tags = [*map(seen.get, segments)]
        for index, text in enumerate(segments):
            if tags[index] is None:
                tag = text.partition(SEPARATOR)[0]
                if tag in known and table[tag](text):
                    tags[index] = seen[text] = tag
        return tuple(tags)

    def _follow(
        self, segments: Sequence[str], shape: _Shape, component: str, errors: _Errors
    ) -> tuple[int, ...]:
        """Follow the tree segment by segment, and look closer at those that didn't match."""
        steps = self.tree.steps
        counts = [0] * len(steps)
        zeros = tuple(counts)
        nodes = [START]
        here = START
        if shape[0] is None:
            self._check_elements(segments[0], "ST", 1, component, errors)
        for position, matched in enumerate(shape[1:], 2):
            if errors.is_full:
                nodes += [START] * (len(segments) - len(nodes))
                break
            tag = matched or segments[position - 1].partition(SEPARATOR)[0]
            step = steps[here].get(tag)
            if step is None:
                step = self._misplaced(tag, here, position, errors)
                if step is None:
                    nodes.append(NO_PLACE)
                    continue
            here, missing, most, first, last = step
            nodes.append(here)
            if missing:
                errors.add_missing(missing, position)
            if most:
                counts[here] += 1
                if counts[here] > most:
                    errors.add_surplus(tag, position, is_loop=bool(first))
            if first:
                counts[first:last] = zeros[first:last]
            if matched is None:
                self._check_elements(segments[position - 1], tag, position, component, errors)
        return tuple(nodes)

    def _misplaced(self, tag: str, here: int, position: int, errors: _Errors) -> Step | None:
        """Report a segment without a place; return where reading goes on, None for right here."""
        if tag not in self.tree.tags:
            code = "6" if tag in self.dictionary.tags else "1"
            errors.add(SegmentError(tag, position, code))
            return None
        node, is_open = self.tree.recover(here, tag)
        errors.add(SegmentError(tag, position, "7" if is_open else "2"))
        if not is_open:
            return None
        errors.misplaced.add(tag)
        return Step(node, (), 0, 0, 0)

    def _check_elements(
        self, text: str, tag: str, position: int, component: str, errors: _Errors
    ) -> None:
        segment = self.dictionary.segments.get(tag)
        found = element_errors(text, segment, component) if segment else ()
        if found:
            errors.add(SegmentError(tag, position, "8", found))


@cache
def checker(code: str, release: str) -> Checker:
    """Return the checker for set `code` in `release`."""
    return Checker(tree(code, release), dictionary(release), patterns(release))


def _check_trailing(segments: Sequence[str], errors: _Errors) -> None:
    for position, text in enumerate(segments, 1):
        if text.endswith(SEPARATOR):
            errors.add(SegmentError(text.partition(SEPARATOR)[0], position, "10"))


def _result(nodes: tuple[int, ...], errors: _Errors) -> Checked:
    """Drop "missing" for segments that did come, only later, and put the errors in order."""
    kept = [
        error for error in errors.found if not (error.code == "3" and error.tag in errors.misplaced)
    ]
    kept.sort(key=lambda error: error.position)
    return Checked(nodes, tuple(kept), errors.is_full)
