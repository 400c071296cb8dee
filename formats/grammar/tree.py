"""The segment tree of a document, compiled so that one lookup per segment checks its place.

For every place in the tree a table gives the segments that may follow, each with the place it then
stands at and the mandatory segments that were passed over. Where a segment fits twice, the place
nearest to the current one wins, as in every X12 and EDIFACT reader.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

START = 0
"""Index of the node of the first segment, ST or UNH."""


class Step(NamedTuple):
    """What a segment means at some place: its node, and what it does to the counts."""

    node: int
    missing: tuple[str, ...]
    """Mandatory segments that should have come before it."""
    most: int
    """Greatest number here, 0 for no limit."""
    first: int
    """Nodes first..last belong to the loop it opens, and are counted anew; 0 for a plain one."""
    last: int


@dataclass(slots=True, eq=False)
class _Node:
    tag: str
    is_mandatory: bool
    most: int
    parent: _Node | None
    index: int = 0
    last: int = 0
    children: list[_Node] = field(default_factory=list)

    @property
    def path(self) -> str:
        above = self.parent.path if self.parent is not None and self.parent.parent else ""
        return f"{above}/{self.tag}" if above else self.tag


@dataclass(frozen=True, slots=True)
class Tree:
    """A compiled tree: `steps[node][tag]`, and for people the path of every node (`PO1/PID`)."""

    code: str
    functional_id: str
    """The group it belongs in: GS01, or the 0038 of a UNG."""
    steps: tuple[dict[str, Step], ...]
    paths: tuple[str, ...]
    tags: frozenset[str]
    loops: frozenset[int]
    """Nodes that open a loop."""
    _places: dict[str, tuple[tuple[int, frozenset[int]], ...]]
    _open: tuple[frozenset[int], ...]

    def recover(self, node: int, tag: str) -> tuple[int, bool]:
        """Return where a misplaced `tag` belongs and whether the loop around it is open.

        The nearest place before `node` wins, else the first one after it.
        """
        places = self._places[tag]
        reachable = [index for index, around in places if around <= self._open[node]]
        before = [index for index in reachable if index <= node]
        if before:
            return before[-1], True
        return (reachable or [index for index, _ in places])[0], bool(reachable)


def compiled(code: str, functional_id: str, root_tag: str, lines: Iterable[str]) -> Tree:
    """Return the tree of `lines`: `tag requirement most`, two blanks deeper inside a loop.

    `requirement` is M where the segment must come, `most` a number, or `*` where there is no limit.
    """
    nodes = _numbered(_read(root_tag, lines))
    ancestors = [frozenset(each.index for each in _above(node)) for node in nodes]
    places: dict[str, tuple[tuple[int, frozenset[int]], ...]] = {}
    for node in nodes:
        around = ancestors[node.index]
        places[node.tag] = (*places.get(node.tag, ()), (node.index, around))
    return Tree(
        code,
        functional_id,
        tuple(_steps(node) for node in nodes),
        tuple(node.path for node in nodes),
        frozenset(node.tag for node in nodes),
        frozenset(node.index for node in nodes if node.children),
        places,
        tuple(ancestors[node.index] | {node.index} for node in nodes),
    )


def _read(root_tag: str, lines: Iterable[str]) -> _Node:
    root = _Node(root_tag, is_mandatory=True, most=1, parent=None)
    open_at = [root]
    for line in lines:
        depth = (len(line) - len(line.lstrip())) // 2
        tag, requirement, most = line.split()
        del open_at[depth + 1 :]
        parent = open_at[depth]
        node = _Node(tag, requirement == "M", 0 if most == "*" else int(most), parent)
        parent.children.append(node)
        open_at.append(node)
    return root


def _numbered(root: _Node) -> list[_Node]:
    nodes: list[_Node] = []

    def visit(node: _Node) -> None:
        node.index = len(nodes)
        nodes.append(node)
        for child in node.children:
            visit(child)
        node.last = len(nodes) - 1

    visit(root)
    return nodes


def _above(node: _Node) -> list[_Node]:
    above = []
    parent = node.parent
    while parent is not None:
        above.append(parent)
        parent = parent.parent
    return above


def _steps(node: _Node) -> dict[str, Step]:
    """Offer what may follow: inside the node's loop, then around it, level by level."""
    steps: dict[str, Step] = {}
    missing: list[str] = []

    def offer(target: _Node) -> None:
        if target.tag not in steps:
            first = target.index + 1 if target.children else 0
            steps[target.tag] = Step(
                target.index, tuple(missing), target.most, first, target.last + 1
            )

    def offer_all(children: list[_Node]) -> None:
        for child in children:
            offer(child)
            if child.is_mandatory:
                missing.append(child.tag)

    offer_all(node.children)
    level = node
    while level.parent is not None:
        # The segment (or loop) itself may come again; then those after it.
        offer(level)
        siblings = level.parent.children
        offer_all(siblings[siblings.index(level) + 1 :])
        level = level.parent
    return steps
