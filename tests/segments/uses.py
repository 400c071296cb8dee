"""What becomes of the elements of a document, as the definitions of its family list it.

`850 846` after `documents` names those that the lines below are about: a path, elements and words.
`04`, `02-05` are elements; `02.1`, `02-06.1-2` components of them. An element that is no composite
is its own first component.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from tests.segments.family import Family, Key

_ANYWHERE = "*/"
Uses = Mapping[Key, str]
"""Words by path in the tree, element and component."""


@cache
def uses(family: Family) -> Mapping[str, Uses]:
    """Return the uses of every document that is listed, by its code."""
    found: dict[str, dict[Key, str]] = defaultdict(dict)
    codes: list[str] = []
    for line in family.text_of("uses.txt").splitlines():
        head, _, rest = line.strip().partition(" ")
        if not head or head.startswith("#"):
            continue
        if head == "documents":
            codes = rest.split()
            continue
        numbers, _, words = rest.partition(" ")
        for code in codes:
            for path in _paths(family, code, head):
                for element, part in _places(numbers):
                    key = (path, element, part)
                    assert key not in found[code], f"{code} {key} twice"
                    found[code][key] = words
    return found


def _places(text: str) -> Iterator[tuple[int, int]]:
    elements, _, parts = text.partition(".")
    for element in _range(elements):
        for part in _range(parts or "1"):
            yield element, part


def _range(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _paths(family: Family, code: str, path: str) -> list[str]:
    """Return a path, or for `*/L11` every place of that segment in any release."""
    if not path.startswith(_ANYWHERE):
        return [path]
    tag = path.removeprefix(_ANYWHERE)
    listed = (one for release in family.releases(code) for one in family.tree(code, release).paths)
    return list(dict.fromkeys(each for each in listed if each.rpartition("/")[2] == tag))
