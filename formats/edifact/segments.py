"""Service segments in the bytes of a file, and where the segments of a message stand in it."""

from __future__ import annotations

from typing import NamedTuple

from formats.edifact.service import DECORATION, Service
from formats.edifact.spans import Elements, component
from formats.findings import Where
from formats.grammar import places
from formats.text import decoded

_MOST_BYTES = 2048
"""More than any service segment may have; what follows isn't looked at."""


class Tagged(NamedTuple):
    """A service segment where it stands; `end` is behind its terminator."""

    elements: Elements
    start: int
    end: int
    is_terminated: bool = True

    @property
    def tag(self) -> str:
        return self.elements[0][0]

    def text(self, element: int, part: int = 1) -> str:
        """Return a component of an element (both from 1), empty where it wasn't sent."""
        return component(self.elements, element, part)

    def where(self, element: int | None = None, part: int | None = None) -> Where:
        return Where(self.tag, None, element, part, byte=self.start)


def segment_at(data: bytes, start: int, limit: int, service: Service) -> Tagged:
    """Return the service segment that begins at `start`; it ends before `limit` at the latest."""
    end = data.find(service.terminator, start, limit)
    while end >= 0 and is_released(data, start, end, service.release):
        end = data.find(service.terminator, end + 1, limit)
    is_terminated = end >= 0
    stop = end if is_terminated else limit
    raw = data[start : min(stop, start + _MOST_BYTES)].rstrip(DECORATION)
    marked = service.translation.marked(raw)
    text = marked.decode("ascii") if marked.isascii() else decoded(marked)
    if "\n" in text or "\r" in text:
        text = text.replace("\r", "").replace("\n", "")
    elements = tuple([tuple(each.split("\x1f")) for each in text.split("\x1d")])
    return Tagged(elements, start, stop + 1 if is_terminated else stop, is_terminated)


def is_released(data: bytes, start: int, position: int, release: bytes) -> bool:
    """Tell whether the character at `position` is data, because it was released."""
    if not release:
        return False
    first = position
    while first > start and data[first - 1 : first] == release:
        first -= 1
    return (position - first) % 2 == 1


def begins_segment(data: bytes, start: int, position: int, service: Service) -> bool:
    """Tell whether a segment can begin at `position`: at `start`, or behind a terminator."""
    before = position - 1
    while before >= start and data[before : before + 1] != service.terminator:
        if data[before] not in DECORATION:
            return False
        before -= 1
    return before < start or not is_released(data, start, before, service.release)


def count_segments(data: bytes, start: int, end: int, service: Service, expected: str) -> int:
    """Count the segments from `start` to `end`; empty ones don't count.

    `expected` is what the trailer says, which is only believed where it is right.
    """
    counted = data.count(service.terminator, start, end)
    if end > start and data[end - 1 : end] != service.terminator:
        counted += 1
    released = service.release + service.terminator
    has_released = bool(service.release) and data.find(released, start, end) >= 0
    if not has_released and is_number(expected, counted):
        return counted
    return len(service.translation.segments(data[start:end], "latin-1"))


def is_number(text: str, expected: int) -> bool:
    """Tell whether `text` is the whole number `expected`; leading zeros mean nothing."""
    return text.isascii() and text.isdigit() and len(text) < 11 and int(text) == expected


class Places(places.Places[Service]):
    """Byte offsets of the segments of a message, worked out when the first one is asked for."""

    __slots__ = ()

    def measured(self) -> list[int]:
        offsets: list[int] = []
        position = 0
        while position < len(self.raw):
            end = self.raw.find(self.marks.terminator, position)
            while end >= 0 and is_released(self.raw, position, end, self.marks.release):
                end = self.raw.find(self.marks.terminator, end + 1)
            stop = end if end >= 0 else len(self.raw)
            body = self.raw[position:stop].lstrip(DECORATION)
            if body:
                offsets.append(self.start + stop - len(body))
            position = stop + 1
        return offsets
