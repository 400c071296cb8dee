"""The segment tree of a transaction set, compiled from its definition file."""

from __future__ import annotations

from functools import cache

from formats.grammar.tree import Tree, compiled
from formats.x12.dictionary import lines_of

VERSIONS = {"4010": "004010", "5010": "005010"}


@cache
def tree(code: str, release: str) -> Tree:
    """Return the compiled tree of a set with a definition file in `release` (`4010` or `5010`)."""
    head, *lines = lines_of(f"{code}_{VERSIONS[release]}.txt")
    return compiled(code, head.split()[2], "ST", lines)
