"""The segments of an X12 file, split and nothing more: for looking at, counting and converting.

No count, place or element is checked; `reader` does that. Elements are bytes as they were sent,
without the line ends around segments, so that nothing has to be decoded to be split.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from mmap import mmap
from operator import methodcaller

from formats.pages import Pages, Source
from formats.x12.envelope import headers, plain
from formats.x12.separators import Header, Separators, wrapped_header
from formats.x12.spans import DECORATION

BLOCK_BYTES = 1 << 15
"""Small enough for the segments of a block to stay in the processor's cache."""
_LINE_ENDS = b"\r\n"


def split(data: bytes | mmap) -> Iterator[list[bytes]]:
    """Return the elements of every segment from each ISA on, one by one, its tag first.

    Each interchange is split at its own separators. What stands before the first ISA is left out;
    a damaged ISA comes as it stands, and what follows it is split at what it says.
    """
    source, _ = plain(Pages(data) if isinstance(data, mmap) else data)
    # Chained in C: a segment that comes through a generator costs a fifth more.
    found = (_interchange(source, header, limit) for header, limit in headers(source))
    return chain.from_iterable(chain.from_iterable(found))


def _interchange(source: Source, header: Header, limit: int) -> Iterator[Iterable[list[bytes]]]:
    """Yield the segments of an interchange, some at a time."""
    if header.damage is None:
        header = wrapped_header(source, header, limit)
    marks = header.separators
    into_elements = methodcaller("split", marks.element)
    whole = source[header.start : header.end - len(marks.terminator)]
    yield [into_elements(whole.translate(None, _LINE_ENDS) if marks.is_wrapped else whole)]
    for block in _blocks(source, header.end, limit, marks.terminator):
        yield map(into_elements, _segments(block, marks))


def _blocks(source: Source, start: int, limit: int, terminator: bytes) -> Iterator[bytes]:
    """Yield the bytes from `start` to `limit` in pieces that end with a terminator."""
    rest = b""
    for at in range(start, limit, BLOCK_BYTES):
        block = rest + source[at : min(at + BLOCK_BYTES, limit)]
        end = block.rfind(terminator) + len(terminator)
        if end < len(terminator):
            rest = block
            continue
        yield block[:end]
        rest = block[end:]
    if rest.strip(DECORATION):
        yield rest


def _segments(block: bytes, marks: Separators) -> list[bytes]:
    terminator, decoration = marks.terminator, marks.decoration
    if marks.is_wrapped:
        block = block.translate(None, _LINE_ENDS)
    elif decoration and terminator not in (b"\n", b"\r"):
        # The usual file: the same line end after every terminator and nowhere else.
        parts = block.lstrip(DECORATION).rstrip(DECORATION).removesuffix(terminator)
        found = parts.split(terminator + decoration)
        is_usual = parts.count(decoration[-1:]) == len(found) - 1 == parts.count(terminator)
        if is_usual and b"" not in found:
            return found
    return [part for each in block.split(terminator) if (part := each.strip(DECORATION))]
