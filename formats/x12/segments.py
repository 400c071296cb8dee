"""The segments of one transaction set as text, and where each of them starts in the file."""

from __future__ import annotations

from formats.grammar import places
from formats.grammar.check import SEPARATOR
from formats.text import decoded
from formats.x12.separators import Separators
from formats.x12.spans import DECORATION, SetSpan

_BLANKS = DECORATION.decode()
_SUBSTITUTE = "\x1a"
_WITHOUT_LINE_ENDS = str.maketrans("", "", "\r\n")


class Segmenter:
    """Parts the sets of one interchange into segments, elements parted by SEPARATOR."""

    def __init__(self, separators: Separators) -> None:
        self._separators = separators
        marks = separators.terminator + separators.element
        is_usual = marks.isascii() and len(marks) == 2 and not separators.is_wrapped
        self._is_usual = is_usual and separators.terminator not in b"\r\n"
        self._terminator = separators.terminator.decode("latin-1")
        self._element = separators.element.decode("latin-1")
        self._end = self._terminator + separators.decoration.decode("latin-1")

    def usual(self, raw: bytes) -> list[str] | None:
        """Return the segments in `raw` where all end as the first does, None where one doesn't.

        Quicker than `segments_of`, and the same for a set without errors: blanks ahead of a segment
        stay where they are, so that no check knows its tag.
        """
        text = decoded(raw)
        if not self._is_usual or SEPARATOR in text:
            return None
        body = text.removesuffix(self._terminator)
        found = body.replace(self._element, SEPARATOR).split(self._end)
        return found if body.count(self._terminator) == len(found) - 1 else None

    def exact(self, raw: bytes) -> list[str]:
        """Return the segments in `raw`, however they end, without blanks and line ends."""
        return segments_of(raw, self._separators)


def segments_of(raw: bytes, separators: Separators) -> list[str]:
    """Return the segments in `raw`, elements parted by SEPARATOR, without line ends and blanks.

    Empty segments are left out, so that index + 1 is the position a 997 reports.
    """
    text = decoded(raw)
    terminator = _same_text(separators.terminator, text)
    element = _same_text(separators.element, text)
    if separators.is_wrapped:
        text = text.translate(_WITHOUT_LINE_ENDS)
    if element != SEPARATOR:
        if SEPARATOR in text:
            text = text.replace(SEPARATOR, _SUBSTITUTE)
        text = text.replace(element, SEPARATOR)
    if terminator == "\n":
        text = text.replace("\r\n", "\n")
    return [part for each in text.split(terminator) if (part := each.lstrip(_BLANKS))]


def _same_text(mark: bytes, text: str) -> str:
    """Decode a separator as the document around it was."""
    if len(mark) == 1:
        one = decoded(mark)
        return one if one in text or mark.isascii() else mark.decode("latin-1")
    utf8 = decoded(mark)
    return utf8 if utf8 in text else mark.decode("cp1252", errors="replace")


class Places(places.Places[Separators]):
    """Byte offsets of the segments of a set, worked out when the first one is asked for."""

    __slots__ = ()

    def measured(self) -> list[int]:
        offsets = []
        position = self.start
        step = len(self.marks.terminator)
        for each in self.raw.split(self.marks.terminator):
            body = each.lstrip(DECORATION)
            if body:
                offsets.append(position + len(each) - len(body))
            position += len(each) + step
        return offsets


def places_of(raw: bytes, span: SetSpan, separators: Separators) -> Places:
    """Return the places of the segments of a set whose bytes are `raw`."""
    return Places(raw, span.start, separators)
