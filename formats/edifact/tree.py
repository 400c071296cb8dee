"""The segment tree of a message, compiled from its definition file."""

from __future__ import annotations

from functools import cache

from formats.edifact.dictionary import lines_of
from formats.grammar.tree import Tree, compiled


@cache
def tree(code: str, edition: str) -> Tree:
    """Return the compiled tree of message `code` in `edition`, as `ORDERS` in `D96A`.

    The definition file is `<code>_<edition>.txt`, in small letters.
    """
    head, *lines = lines_of(f"{code}_{edition}.txt".lower())
    return compiled(code, head.split()[2], "UNH", lines)
