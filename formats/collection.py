"""Keeps the garbage collector from walking through large tables while they are made.

A table of a million rows becomes a million lines, none of which refers to itself, so there is no
garbage among them that only the collector would find; yet it walks through all of them again and
again while they grow, which costs a quarter of the time of reading them.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """Let the collector rest until the block ends; it stays off where it was off before.

    It rests in the whole process, so a block is a few seconds long and makes no cycles. Two threads
    may be in such blocks at once: whoever switched it off switches it on, and the other one then
    goes on a little slower.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
