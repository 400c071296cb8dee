"""Find the envelope segments of one interchange: GS, ST, SE, GE, IEA, TA1, and an ISA astray."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from formats.pages import Source, matches
from formats.x12.separators import Separators
from formats.x12.spans import DECORATION

_TAGS = ("GS", "ST", "SE", "GE", "IEA", "TA1", "ISA")
_NAMES = {tag.encode(): tag for tag in _TAGS}
_LINE_ENDS = b"\r\n"


@dataclass(slots=True)
class Tagged:
    """One envelope segment: its elements, where it starts, and where the next one would.

    Never changed. A file of 50,000 sets has 100,000 of them, and a frozen one costs thrice as much.
    """

    tag: str
    elements: list[str]
    start: int
    end: int
    is_terminated: bool

    def element(self, position: int) -> str:
        """Return element `position` (from 1), empty when it wasn't sent."""
        return self.elements[position - 1] if position <= len(self.elements) else ""


def envelope_segments(
    data: Source, separators: Separators, start: int, limit: int
) -> Iterator[Tagged]:
    """Yield the envelope segments between `start` (the end of ISA) and `limit`."""
    terminator, element = separators.terminator, separators.element.decode("latin-1")
    step = len(terminator)
    tail = DECORATION + (b"\r" if terminator == b"\n" else b"")
    for match in matches(data, _pattern(separators), start - step, limit):
        tag, body, ended = match.groups(b"")
        if separators.is_wrapped:
            tag, body = tag.translate(None, _LINE_ENDS), body.translate(None, _LINE_ENDS)
        end = match.end()
        is_terminated = bool(ended)
        if not is_terminated or terminator == b"\n":
            body = body.rstrip(tail)
        elements = body.decode("latin-1").split(element)
        after = end + step if is_terminated else limit
        yield Tagged(_NAMES[tag], elements, match.start(1), after, is_terminated)


@lru_cache(maxsize=64)
def _pattern(separators: Separators) -> re.Pattern[bytes]:
    broken = b"[\r\n]*" if separators.is_wrapped else b""
    tags = b"|".join(broken.join(bytes([b]) for b in tag.encode()) for tag in _TAGS)
    element, ends = re.escape(separators.element), re.escape(separators.terminator)
    # A terminator of several bytes needs the slower form.
    is_single = len(separators.terminator) == 1
    body = b"[^" + ends + b"]*" if is_single else b"(?:(?!" + ends + b").)*"
    blanks = b"[ \\t\\r\\n\\x00\\x1a]*+"
    start = ends + blanks + b"(" + tags + b")" + broken
    return re.compile(
        start + b"(?:" + element + b"(" + body + b"))?(?=(" + ends + b")|\\Z)", re.DOTALL
    )
