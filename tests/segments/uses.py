"""What becomes of the elements of a transaction set, as the definitions list it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from formats.x12.dictionary import lines_of

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
            for element in range(int(first), int(last or first) + 1):
                assert element not in found[code][head], f"{code} {head}{element:02} stands twice"
                found[code][head][element] = words
    return found
