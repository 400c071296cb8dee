"""Find the envelope segments of one interchange: GS, ST, SE, GE, IEA, TA1, and an ISA astray.

Of a large file nearly all are an ST and its SE, one after another: they come in pairs, as they were
matched, so that what is sound needn't be taken apart.
"""

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
_SPELLED = ((b"S", b"[ET]"), (b"G", b"[ES]"), (b"I", b"[ES]", b"A"), (b"T", b"A", b"1"))
"""The same, letter by letter: most segments then fail at the first of four, not of seven."""
_LINE_ENDS = b"\r\n"


@dataclass(slots=True)
class Tagged:
    """One envelope segment: its elements, where it starts, and where the next one would.

    Never changed. A frozen one costs thrice as much, and a file of faulty sets has many.
    """

    tag: str
    elements: list[str]
    start: int
    end: int
    is_terminated: bool

    def element(self, position: int) -> str:
        """Return element `position` (from 1), empty when it wasn't sent."""
        return self.elements[position - 1] if position <= len(self.elements) else ""


Tag = re.Match[bytes]
"""An envelope segment as it was found: its tag, its elements, and whether it is terminated."""


@dataclass(frozen=True, slots=True)
class Tags:
    """Finds the envelope segments of an interchange that ends before `limit`."""

    data: Source
    separators: Separators
    limit: int

    def after(self, start: int) -> Iterator[Tag | tuple[Tag, Tag]]:
        """Yield those behind `start` (the end of ISA), an ST and the SE that follows it as one."""
        opening: Tag | None = None
        first = start - len(self.separators.terminator)
        for match in matches(self.data, _pattern(self.separators), first, self.limit):
            tag = match[1]
            if opening is not None:
                if tag == b"SE":
                    yield opening, match
                    opening = None
                    continue
                yield opening
            opening = match if tag == b"ST" else None
            if opening is None:
                yield match
        if opening is not None:
            yield opening

    def tagged(self, match: Tag) -> Tagged:
        """Return a segment with its elements."""
        separators, terminator = self.separators, self.separators.terminator
        tag, body, ended = match.groups(b"")
        if separators.is_wrapped:
            tag, body = tag.translate(None, _LINE_ENDS), body.translate(None, _LINE_ENDS)
        is_terminated = bool(ended)
        if not is_terminated or terminator == b"\n":
            body = body.rstrip(DECORATION)
        elements = body.decode("latin-1").split(separators.element.decode("latin-1"))
        after = match.end() + len(terminator) if is_terminated else self.limit
        return Tagged(_NAMES[tag], elements, match.start(1), after, is_terminated)


@lru_cache(maxsize=64)
def _pattern(separators: Separators) -> re.Pattern[bytes]:
    broken = b"[\r\n]*" if separators.is_wrapped else b""
    tags = b"|".join(map(broken.join, _SPELLED))
    element, ends = re.escape(separators.element), re.escape(separators.terminator)
    # A terminator of several bytes needs the slower form.
    is_single = len(separators.terminator) == 1
    body = b"[^" + ends + b"]*" if is_single else b"(?:(?!" + ends + b").)*"
    # Of many line ends in a row, where they end segments, each must be looked at once only.
    blanks = b"[" + re.escape(DECORATION.translate(None, separators.terminator)) + b"]*+"
    start = ends + blanks + b"(" + tags + b")" + broken
    return re.compile(
        start + b"(?:" + element + b"(" + body + b"))?(?=(" + ends + b")|\\Z)", re.DOTALL
    )
