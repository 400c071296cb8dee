"""The service characters of an interchange, and segments with marks of our own in their place.

A release character makes the next character data. It is undone here and nowhere else: separators
become control characters that no data can hold, so that a released `+` is a plain `+` afterwards.
Bytes only: every character set read here keeps ASCII where it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

UNA_BYTES = 9
DECORATION = b" \t\r\n\x00\x1a"
"""Bytes between segments and around interchanges that mean nothing."""

_TERMINATOR = b"\x1c"
_ELEMENT = b"\x1d"
_REPETITION = b"\x1e"
_COMPONENT = b"\x1f"
_HELD = b"\x11\x12\x13\x14\x15"
"""Stand for a released component, element, release, repetition and terminator character."""
_SUBSTITUTE = 0x1A
_ODD = re.compile("\x1c[\x00\x1a]")
"""The beginning of a segment that isn't its tag."""


@dataclass(frozen=True)
class Service:
    """The service characters of one interchange; `release` and `repetition` may be empty."""

    component: bytes = b":"
    element: bytes = b"+"
    decimal: bytes = b"."
    release: bytes = b"?"
    repetition: bytes = b""
    terminator: bytes = b"'"

    @property
    def una(self) -> bytes:
        """Return the UNA segment that announces these characters."""
        marks = self.component + self.element + self.decimal
        return b"UNA" + marks + (self.release or b" ") + (self.repetition or b" ") + self.terminator

    @cached_property
    def translation(self) -> Translation:
        """Return how segments with these characters are read."""
        return translation(self)

    @property
    def problem(self) -> str | None:
        """Say what is wrong with these characters, None where they can be used."""
        used = [self.component, self.element, self.terminator]
        used += [mark for mark in (self.release, self.repetition) if mark]
        if any(mark.isalnum() or mark == b" " or mark >= b"\x7f" for mark in used):
            return "a service character is a letter, a digit, a blank or no ASCII character"
        if len(set(used)) != len(used):
            return "two service characters are the same"
        return None


DEFAULT = Service()


def announced(una: bytes) -> Service:
    """Return what a UNA of 9 bytes announces; a blank release character means that there is none.

    The fifth character is reserved before syntax 4, and the header decides whether it counts.
    """
    component, element, decimal, release, repetition, terminator = (
        una[index : index + 1] for index in range(3, UNA_BYTES)
    )
    return Service(component, element, decimal, release.strip(), repetition.strip(), terminator)


@dataclass(frozen=True, slots=True)
class Translation:
    """Turns the bytes of segments into segments with our own marks, for one set of characters."""

    service: Service
    _plain: bytes
    _with_release: bytes
    _clean: bytes
    _undo: Callable[[bytes], bytes] | None

    def segments(self, raw: bytes, codec: str) -> list[str]:
        """Return the segments in `raw` as text: SEPARATOR between elements, COMPONENT inside.

        Line ends and blanks between segments are left out, line ends inside of them too. Empty
        segments are left out, so that index + 1 is the position a CONTRL reports.
        """
        marked = self.marked(raw)
        if b"\r" in marked:
            marked = marked.replace(b"\x1c\r\n", b"\x1c")
        marked = marked.replace(b"\x1c\n", b"\x1c")
        if self.service.terminator == b"\n":
            marked = marked.replace(b"\r\x1c", b"\x1c")
        is_plain = not (b"\n" in marked or b"\r" in marked)
        text = marked.decode(codec, errors="replace")
        is_odd = ("\x00" in text or "\x1a" in text) and _ODD.search(text) is not None
        if is_plain and not (is_odd or "\x1c " in text or "\x1c\t" in text):
            return [*filter(None, text.split("\x1c"))]
        blanks = DECORATION.decode("ascii")
        parts = (each.lstrip(blanks) for each in text.split("\x1c"))
        return [each.replace("\r", "").replace("\n", "") for each in parts if each]

    def marked(self, raw: bytes) -> bytes:
        """Return `raw` with our marks for the service characters, and released ones as data."""
        if self._undo is None or self.service.release not in raw:
            return raw.translate(self._plain)
        return self._undo(raw.translate(self._clean)).translate(self._with_release)


@cache
def translation(service: Service) -> Translation:
    """Return how segments with these service characters are read."""
    marks = {
        service.component: _COMPONENT,
        service.element: _ELEMENT,
        service.terminator: _TERMINATOR,
    }
    if service.repetition:
        marks[service.repetition] = _REPETITION
    # Data that holds one of our marks is data with a control character in it: wrong all the same.
    ours = _TERMINATOR + _ELEMENT + _REPETITION + _COMPONENT + _HELD
    clean = bytearray(range(256))
    for each in ours:
        if bytes([each]) not in marks and bytes([each]) != service.release:
            clean[each] = _SUBSTITUTE
    plain = bytearray(clean)
    for character, mark in marks.items():
        plain[character[0]] = mark[0]
    if not service.release:
        return Translation(service, bytes(plain), bytes(plain), bytes(clean), None)
    released = (service.component, service.element, service.release, service.repetition)
    held = dict(zip((*released, service.terminator), _split(_HELD), strict=True))
    held.pop(b"", None)
    with_release = bytearray(plain)
    for character, mark in held.items():
        with_release[mark[0]] = character[0]
    # A release character ahead of a line end, or of nothing, releases nothing.
    wrong = bytes([_SUBSTITUTE])
    held |= {b"\r": wrong, b"\n": wrong, b"": wrong}
    pattern = re.compile(re.escape(service.release) + b"(.?)", re.DOTALL)

    def undo(raw: bytes) -> bytes:
        return pattern.sub(lambda match: held.get(match[1], match[1]), raw)

    return Translation(service, bytes(plain), bytes(with_release), bytes(clean), undo)


def _split(marks: bytes) -> list[bytes]:
    return [bytes([each]) for each in marks]
