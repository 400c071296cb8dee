"""What becomes of the elements of a transaction set, as the definitions list it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from formats.x12.dictionary import lines_of
from formats.x12.tree import tree
from tests.segments.layout import RELEASES

_ANYWHERE = "*/"
Uses = Mapping[str, Mapping[int, str]]
"""Words by path in the tree and position of the element."""


@cache
def uses() -> Mapping[str, Uses]:
    """Return the uses of every set that is listed, by set."""
    found: dict[str, dict[str, dict[int, str]]] = defaultdict(lambda: defaultdict(dict))
    codes: list[str] = []
    for line in lines_of("uses.txt"):
        head, _, rest = line.strip().partition(" ")
        if head == "sets":
            codes = rest.split()
            continue
        numbers, _, words = rest.partition(" ")
        first, _, last = numbers.partition("-")
        for code in codes:
            for path in _paths(code, head):
                for element in range(int(first), int(last or first) + 1):
                    assert element not in found[code][path], f"{code} {path}{element:02} twice"
                    found[code][path][element] = words
    return found


def _paths(code: str, path: str) -> list[str]:
    """Return a path, or for `*/L11` every place of that segment in any release."""
    if not path.startswith(_ANYWHERE):
        return [path]
    tag = path.removeprefix(_ANYWHERE)
    listed = (each for release in RELEASES for each in tree(code, release).paths)
    return list(dict.fromkeys(each for each in listed if each.rpartition("/")[2] == tag))
