"""What makes a difference is found, wherever it stands, and what makes none isn't."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from formats.edifact.patterns import COMPONENT
from formats.grammar.check import SEPARATOR
from formats.grammar.tree import Tree, compiled
from tests.segments.edifact import Edifact
from tests.segments.family import Result, Slot
from tests.segments.watch import watched

DEFINITION = ("AAA M 1", "BBB O *", "  CCC O *")


class Toy(Edifact):
    """A family whose documents have three segments of two elements, the second a composite."""

    def __init__(self, looks_at: tuple[str, int, int]) -> None:
        self._looks_at = looks_at

    def releases(self, code: str) -> Sequence[str]:
        return ("one",)

    def tree(self, code: str, release: str) -> Tree:
        return compiled(code, code, "UNH", DEFINITION)

    def text_of(self, name: str) -> str:
        return "\n".join(("message TOY TOY one", *DEFINITION))

    def slots(self, code: str, release: str, tag: str) -> Sequence[Slot] | None:
        values = ("1", "2", "A7")
        plain = Slot(1, 1, "", "first", "", is_needed=True, values=values)
        parts = [
            Slot(2, part, "", "second", "", is_needed=False, values=values, is_in_composite=True)
            for part in (1, 2)
        ]
        return None if tag == "UNH" else (plain, *parts)

    def built(
        self, code: str, release: str, segments: Sequence[str], nodes: Sequence[int]
    ) -> Result:
        path, element, part = self._looks_at
        paths = self.tree(code, release).paths
        found = [
            _component(text, element, part)
            for text, node in zip(segments, nodes, strict=True)
            if paths[node] == path
        ]
        return Result(found, ())


@lru_cache(maxsize=64)
def _component(text: str, element: int, part: int) -> str:
    """Return a component, kept as readers keep them: that it was asked for wouldn't show."""
    parts = [*text.split(SEPARATOR), ""][element].split(COMPONENT)
    return parts[part - 1] if part <= len(parts) else ""


def test_one_component_that_is_read_is_found_and_nothing_else() -> None:
    for key in (("AAA", 1, 1), ("BBB", 2, 1), ("BBB/CCC", 2, 2)):
        assert watched(Toy(key), "TOY", {key}) == {key}


def test_nothing_is_found_where_nothing_is_read() -> None:
    assert watched(Toy(("ZZZ", 1, 1)), "TOY", ()) == set()
