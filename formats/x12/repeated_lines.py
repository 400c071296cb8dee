"""Fill the drafts of 850s; a line that came before is taken as it was, without reading it again.

Buyers order the same goods for every store of a chain, and again every day: most lines of a large
file say, at the same place of their order, what a line of another order said. Nothing changes a
line once it is made, so both orders may hold the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from formats.grammar.check import LONGEST_SHAPE, MOST_SHAPES
from formats.grammar.kept import Kept
from formats.x12.order_lines import finish
from formats.x12.parts import Whole
from formats.x12.purchase_order_draft import LineDraft, OrderDraft, handlers
from formats.x12.tree import tree

MOST_LINES = 4096
LONGEST_LINE, LONGEST_TEXT = 32, 4096
"""Segments and characters of a line that is remembered; what is longer hardly comes again."""
_LOOP = "PO1"

_Taken = tuple[tuple[Whole[OrderDraft], int], ...]
"""Segments by their index, each with what takes it."""


class Plan(NamedTuple):
    """Where orders of one shape have what: the same tags in the same order."""

    ahead: _Taken
    lines: tuple[tuple[int, int], ...]
    """First index of each line, and the one after its last."""
    behind: _Taken


class Filler:
    """Fills drafts of 850s of one release, and remembers their lines; never more than MOST_LINES,
    and none that is long.

    One serves all files: what it remembers depends on nothing but the segments of a line.
    """

    def __init__(self, release: str) -> None:
        paths = tree("850", release).paths
        self._table = handlers(release)
        self._head = paths.index(_LOOP)
        self._inside = frozenset(
            node for node, path in enumerate(paths) if path.partition("/")[0] == _LOOP
        )
        self._plans: Kept[tuple[int, ...], Plan] = Kept(MOST_SHAPES)
        self.known: Kept[tuple[int | str, ...], LineDraft] = Kept(MOST_LINES, _is_short)
        """By the number of a line and its segments."""

    def fill(self, draft: OrderDraft, segments: Sequence[str], nodes: Sequence[int]) -> None:
        """Fill `draft` with the segments of a checked 850; `nodes` are their places."""
        plan = self._plan(tuple(nodes))
        for take, at in plan.ahead:
            take(draft, segments[at], at + 1)
        known, lines = self.known, draft.lines
        for number, (first, end) in enumerate(plan.lines, 1):
            key: tuple[int | str, ...] = (number, *segments[first:end])
            line = known.get(key)
            if line is not None:
                lines.append(line)
                continue
            for at in range(first, end):
                take_it = self._table[nodes[at]]
                if take_it is not None:
                    take_it(draft, segments[at], at + 1)
            line = lines[-1]
            if finish(line, number):
                known.keep(key, line)
        for take, at in plan.behind:
            take(draft, segments[at], at + 1)

    def _plan(self, nodes: tuple[int, ...]) -> Plan:
        plan = self._plans.get(nodes)
        if plan is None:
            plan = self._planned(nodes)
            if len(nodes) <= LONGEST_SHAPE:
                self._plans.keep(nodes, plan)
        return plan

    def _planned(self, nodes: tuple[int, ...]) -> Plan:
        starts = [at for at, node in enumerate(nodes) if node == self._head]
        ends = [at for at, node in enumerate(nodes) if node in self._inside]
        if not starts or ends != list(range(starts[0], ends[-1] + 1)):
            # Something stands between the lines: it is taken where it stands.
            return Plan(self._taken(nodes, 0, len(nodes)), (), ())
        lines = zip(starts, [*starts[1:], ends[-1] + 1], strict=True)
        behind = self._taken(nodes, ends[-1] + 1, len(nodes))
        return Plan(self._taken(nodes, 0, starts[0]), tuple(lines), behind)

    def _taken(self, nodes: tuple[int, ...], first: int, end: int) -> _Taken:
        found = [(self._table[nodes[at]], at) for at in range(first, end)]
        return tuple((take, at) for take, at in found if take is not None)


def _is_short(key: tuple[int | str, ...]) -> bool:
    texts = [each for each in key if isinstance(each, str)]
    return len(texts) <= LONGEST_LINE and sum(map(len, texts)) <= LONGEST_TEXT


@cache
def filler(release: str) -> Filler:
    """Return what fills the drafts of 850s of `release`."""
    return Filler(release)
