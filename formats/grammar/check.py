"""Check one document against its definition: the place and the elements of every segment.

The result is what a 997 or a CONTRL reports, plus the place of every segment in the tree, so that
the records are built without looking for loops again. Nothing is thrown: all errors of a document
are collected, up to MOST_ERRORS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from formats.grammar.errors import ElementError, Reasons, SegmentError
from formats.grammar.kept import Kept
from formats.grammar.tree import START, Step, Tree

SEPARATOR = "\x1d"
"""Stands for the element separator in the segments that are checked, whatever the partner used."""
MOST_ERRORS = 500
MOST_SEEN = 8192
LONGEST_SEEN = 1024
"""Characters of a segment that is remembered: what is longer would cost more than it saves."""
MOST_SHAPES = 128
LONGEST_SHAPE = 512
NO_PLACE = -1
"""Node of a segment that has no place in the document."""

Match = Callable[[str], object]
LookCloser = Callable[[str, str, str], tuple[ElementError, ...]]
"""Returns the errors of a segment by its tag, its text and the component separator in it."""

_Shape = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. `nodes[i]` is the place of segment i in the tree, or NO_PLACE."""

    nodes: tuple[int, ...]
    errors: tuple[SegmentError, ...]
    is_cut_short: bool = False


@dataclass(slots=True)
class _Errors:
    """The errors of one document, in order, and the segments that were found out of order."""

    reasons: Reasons
    found: list[SegmentError] = field(default_factory=list)
    misplaced: set[str] = field(default_factory=set)
    is_full: bool = False

    def add_missing(self, tags: tuple[str, ...], position: int) -> None:
        for tag in tags:
            self.add(SegmentError(tag, position, self.reasons.missing))

    def add_surplus(self, tag: str, position: int, *, is_loop: bool) -> None:
        code = self.reasons.surplus_loop if is_loop else self.reasons.surplus
        self.add(SegmentError(tag, position, code))

    def add(self, error: SegmentError) -> None:
        if len(self.found) < MOST_ERRORS:
            self.found.append(error)
        else:
            self.is_full = True


class Seen(dict[str, str | None]):
    """Segments that matched, with their tags: a file repeats itself.

    Asked for a segment it never saw it lets it be matched; None says that it didn't, or that its
    tag is none of `known`.
    """

    def __init__(self, known: frozenset[str], table: Mapping[str, Match]) -> None:
        super().__init__()
        self._known = known
        self._table = table
        self._before: dict[str, str | None] = {}

    def __missing__(self, text: str) -> str | None:
        tag = self._before.get(text)
        if tag is None:
            tag = text.partition(SEPARATOR)[0]
            if tag not in self._known or not self._table[tag](text):
                return None
        if len(text) <= LONGEST_SEEN:
            self[text] = tag
        return tag

    def age(self) -> None:
        """Forget, where they are many, those that weren't met since this was asked for last.

        Segments that never come again so don't drive out those that do. Of a document that has more
        than twice as many as are kept nothing is.
        """
        if len(self) > MOST_SEEN:
            self._before = dict(self) if len(self) <= 2 * MOST_SEEN else {}
            self.clear()


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks documents of one kind; made once per kind and release, and used for many."""

    tree: Tree
    reasons: Reasons
    known: frozenset[str]
    """Tags of the standard; any other is no segment at all."""
    table: Mapping[str, Match]
    """Full-match functions by tag: a match means that every element is right."""
    errors_in: LookCloser
    """Decides on segments that don't match."""
    seen: Seen = field(init=False)
    shapes: Kept[_Shape, Checked] = field(default_factory=lambda: Kept(MOST_SHAPES))
    """Sound documents by the tags of their segments: others like them aren't followed again."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "seen", Seen(self.tree.tags, self.table))

    def check(
        self, segments: Sequence[str], component: str, *, refuses_trailing: bool = False
    ) -> Checked:
        """Check `segments` (ST or UNH first, elements parted by SEPARATOR).

        `component` is the component separator in them. With `refuses_trailing` a segment that ends
        with empty elements is an error.
        """
        shape = self._shape(segments)
        known = self.shapes.get(shape)
        if known is not None and not refuses_trailing:
            return known
        errors = _Errors(self.reasons)
        nodes = self._follow(segments, shape, component, errors)
        if not errors.found and all(shape) and len(shape) <= LONGEST_SHAPE:
            self.shapes.keep(shape, Checked(nodes, ()))
        if refuses_trailing:
            _check_trailing(segments, errors)
        return _result(nodes, errors)

    def _shape(self, segments: Sequence[str]) -> _Shape:
        """Return the tags of `segments`, None for those whose elements don't match."""
        shape = tuple(map(self.seen.__getitem__, segments))
        # A large document leaves nothing behind, though no other may ever follow.
        self.seen.age()
        return shape

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
            root = segments[0].partition(SEPARATOR)[0]
            self._check_elements(segments[0], root, 1, component, errors)
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
                if position < len(segments) and self._strayed(here, step, segments[position]):
                    nodes.append(step.node)
                    if matched is None:
                        text = segments[position - 1]
                        self._check_elements(text, tag, position, component, errors)
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

    def _strayed(self, here: int, step: Step, following: str) -> bool:
        """Tell whether a misplaced segment stands alone, so that reading goes on where it was.

        What follows decides: where it fits as if the segment weren't there, it does.
        """
        tag = following.partition(SEPARATOR)[0]
        return step.node not in self.tree.loops and tag in self.tree.steps[here]

    def _misplaced(self, tag: str, here: int, position: int, errors: _Errors) -> Step | None:
        """Report a segment without a place; return what it is, None where it is nothing here."""
        reasons = self.reasons
        if tag not in self.tree.tags:
            code = reasons.not_in_set if tag in self.known else reasons.unknown
            errors.add(SegmentError(tag, position, code))
            return None
        node, is_open = self.tree.recover(here, tag)
        errors.add(
            SegmentError(tag, position, reasons.out_of_order if is_open else reasons.not_open)
        )
        if not is_open:
            return None
        errors.misplaced.add(tag)
        return Step(node, (), 0, 0, 0)

    def _check_elements(
        self, text: str, tag: str, position: int, component: str, errors: _Errors
    ) -> None:
        found = self.errors_in(tag, text, component)
        if found:
            errors.add(SegmentError(tag, position, self.reasons.elements, found))


def _check_trailing(segments: Sequence[str], errors: _Errors) -> None:
    for position, text in enumerate(segments, 1):
        if text.endswith(SEPARATOR):
            tag = text.partition(SEPARATOR)[0]
            errors.add(SegmentError(tag, position, errors.reasons.trailing))


def _result(nodes: tuple[int, ...], errors: _Errors) -> Checked:
    """Drop "missing" for segments that did come, only later, and put the errors in order."""
    missing = errors.reasons.missing
    kept = [
        error
        for error in errors.found
        if not (error.code == missing and not error.elements and error.tag in errors.misplaced)
    ]
    kept.sort(key=lambda error: error.position)
    return Checked(nodes, tuple(kept), errors.is_full)
