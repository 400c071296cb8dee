"""The segments of an X12 file, split and nothing more: for looking at, counting and converting.

No count, place or element is checked; `reader` does that. Elements are bytes as they were sent,
without the line ends around segments, so that nothing has to be decoded to be split.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from mmap import mmap

from formats.pages import Pages, Source
from formats.x12.envelope import headers, plain
from formats.x12.separators import Header, Separators, wrapped_header
from formats.x12.spans import DECORATION

BLOCK_BYTES = 1 << 15
"""Small enough for the segments of a block to stay in the processor's cache."""
_LINE_ENDS = b"\r\n"
_FIRST = b"!"
"""No segment begins with less; blanks and nothing do."""


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
    marks = header.separators
    whole = source[header.start : header.end - len(marks.terminator)]
    yield [(whole.translate(None, _LINE_ENDS) if marks.is_wrapped else whole).split(marks.element)]
    is_settled = header.damage is not None
    for block in _blocks(source, header.end, limit, marks.terminator):
        found = _usual(block, marks)
        if found is None:
            if not is_settled:
                # Of most files it never has to be known whether their lines are wrapped.
                marks, is_settled = wrapped_header(source, header, limit).separators, True
            found = _segments(block, marks)
        yield map(bytes.split, found, repeat(marks.element))


def _blocks(source: Source, start: int, limit: int, terminator: bytes) -> Iterator[bytes]:
    """Yield the bytes from `start` to `limit` in pieces that end with a terminator."""
    begun: list[bytes] = []
    for at in range(start, limit, BLOCK_BYTES):
        block = source[at : min(at + BLOCK_BYTES, limit)]
        end = block.rfind(terminator) + len(terminator)
        if end < len(terminator):
            begun.append(block)
            continue
        yield b"".join((*begun, block[:end]))
        begun = [block[end:]]
    if rest := b"".join(begun).rstrip(DECORATION):
        yield rest


def _usual(block: bytes, marks: Separators) -> list[bytes] | None:
    """Return the segments of a block that has the same line end after each, and nowhere else.

    None where it has others, blanks ahead of a segment, or segments of nothing.
    """
    terminator, decoration = marks.terminator, marks.decoration
    text = block.lstrip(DECORATION).removesuffix(terminator)
    found = text.split(terminator + decoration)
    between = len(found) - 1
    is_usual = text.count(terminator) == between and all(
        text.count(end) == between * (terminator + decoration).count(end) for end in (b"\r", b"\n")
    )
    return found if is_usual and min(found) >= _FIRST else None


def _segments(block: bytes, marks: Separators) -> list[bytes]:
    if marks.is_wrapped:
        block = block.translate(None, _LINE_ENDS)
    if marks.terminator == b"\n":
        block = block.replace(b"\r\n", b"\n")
    return [part for each in block.split(marks.terminator) if (part := each.lstrip(DECORATION))]
