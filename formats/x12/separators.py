"""Read an ISA: its sixteen elements and the separators that it sets for its interchange.

An ISA has fixed places. One that keeps them is read by place. One that doesn't is read by its
separators, and trusted only if its elements can't have lost or gained a character: every id at its
full width, or without padding. A half-padded id means a damaged header (a byte is gone, and with it
the knowledge whose interchange this is): nobody may be answered on the strength of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from operator import itemgetter

from formats.pages import Source, matches

CANDIDATE = re.compile(rb"ISA([^0-9A-Za-z\s]{1,4}?)[^\r\n]{2}\1")
"""Where an ISA may start."""
WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_PLACES = (6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103)
_marks_of = itemgetter(*_PLACES)
_PADDED = frozenset({1, 3, 5, 7})
_CONTROL_NUMBER = 12
_MARKS = 16
"""Element separators of an ISA."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]", re.ASCII)
_WINDOW_BYTES = 480
_FIXED_BYTES = 130
"""Holds an ISA with line ends in it."""
_LENGTH = 106
_LINE_ENDS = b"\r\n"


@dataclass(frozen=True, slots=True)
class Separators:
    """The separators of one interchange, as bytes: a few partners use characters of several."""

    element: bytes = b"*"
    component: bytes = b">"
    terminator: bytes = b"~"
    repetition: bytes | None = None
    decoration: bytes = b""
    """Line end after the segment terminator, of no meaning."""
    is_wrapped: bool = False
    """Lines are broken at a fixed column, inside segments too."""


@dataclass(frozen=True, slots=True)
class Header:
    """An ISA as read. `end` is the offset after its segment terminator."""

    elements: tuple[str, ...]
    separators: Separators
    start: int
    end: int
    has_fixed_places: bool = True
    damage: str | None = None
    """Why it can't be trusted."""


def fixed_header(data: Source, start: int) -> Header | None:
    """Return the ISA at `start` if its separators stand in their fixed places, else None.

    Line ends inside the header are taken out: some senders wrap at 80 columns.
    """
    separator = data[start + 3 : start + 4]
    if _is_fixed(data, start, separator):
        return _fixed_header(data, bytes(data[start : start + _WINDOW_BYTES]), start, 0)
    window = bytes(data[start : start + _FIXED_BYTES])
    unwrapped = window.translate(None, _LINE_ENDS)
    if len(unwrapped) < len(window) and _is_fixed(unwrapped, 0, separator):
        return _fixed_header(data, unwrapped, start, len(window) - len(unwrapped))
    return None


def loose_header(data: Source, start: int) -> Header | None:
    """Return the ISA at `start` read by its separators, None when the bytes there aren't one."""
    window = bytes(data[start : start + _WINDOW_BYTES])
    return _loose_header(data, window, character_at(window, 3), start)


def wrapped_header(data: Source, header: Header, limit: int) -> Header:
    """Return `header` marked as wrapped if line ends stand inside segments before `limit`.

    A terminator that is itself a line end, or none that can be printed, leaves line ends alone.
    """
    separators = header.separators
    terminator = separators.terminator
    if separators.is_wrapped or not b" " < terminator < b"\x7f":
        return header
    start = header.end - len(terminator)
    line_end = separators.decoration[-1:]
    if line_end:
        # The usual file: every line end follows a terminator, which counting shows at once.
        decorated = data.count(terminator + separators.decoration, start, limit)
        if data.count(line_end, start, limit) == decorated:
            return header
    last = data.rfind(terminator, start, limit)
    inside = re.compile(rb"[^\s\x00\x1a" + re.escape(terminator) + rb"][ \t]*[\r\n]")
    if next(matches(data, inside, start, max(last, start)), None) is None:
        return header
    return replace(header, separators=replace(separators, is_wrapped=True))


def character_at(data: Source, offset: int) -> bytes:
    """Return the character at `offset`: one byte, or all bytes of one UTF-8 character."""
    first = data[offset : offset + 1]
    if first < b"\xc2":
        return first
    width = 2 if first < b"\xe0" else 3 if first < b"\xf0" else 4
    character = data[offset : offset + width]
    try:
        return character if len(character.decode()) == 1 else first
    except UnicodeDecodeError:
        return first


def _is_fixed(data: Source, start: int, separator: bytes) -> bool:
    if len(data) < start + _LENGTH:
        return False
    marks: tuple[int, ...] = _marks_of(data[start : start + _LENGTH])
    return marks == tuple(separator) * len(_PLACES)


def _fixed_header(data: Source, window: bytes, start: int, line_ends: int) -> Header:
    """Read by place. `line_ends` tells how many line ends were taken out of the window."""
    component = character_at(window, 104)
    terminator = character_at(window, 104 + len(component))
    elements = tuple(each.decode("latin-1") for each in window[:104].split(window[3:4])[1:16])
    length = 104 + len(component) + len(terminator)
    end = start + length
    if line_ends:
        # Walk over the original bytes until the header's own characters are used up.
        counted, end = 0, start
        while counted < length:
            counted += data[end : end + 1] not in (b"\r", b"\n")
            end += 1
    marks = (window[3:4], component, terminator)
    separators = _separators(data, elements, marks, end, is_wrapped=bool(line_ends))
    damage = _unusable(separators) or _unanswerable(elements, separators)
    if window[:104].count(separators.element) != _MARKS:
        damage = damage or "an element separator stands inside an element"
    return Header(elements, separators, start, end, damage=damage)


def _loose_header(data: Source, window: bytes, separator: bytes, start: int) -> Header | None:
    parts = window.split(separator, 16)
    if len(parts) < 17 or parts[0] != b"ISA" or max(len(each) for each in parts[1:16]) > 40:
        return None
    component = character_at(parts[16], 0)
    terminator = character_at(parts[16], len(component))
    length = len(separator.join(parts[:16])) + len(separator) + len(component) + len(terminator)
    end = start + length
    elements = tuple(_text(each) for each in parts[1:16])
    marks = (separator, component, terminator)
    separators = _separators(data, elements, marks, end, is_wrapped=False)
    damage = _unusable(separators) or _damage(elements) or _unanswerable(elements, separators)
    return Header(elements, separators, start, end, has_fixed_places=False, damage=damage)


def _text(part: bytes) -> str:
    try:
        return part.decode().replace("\xa0", " ")
    except UnicodeDecodeError:
        return part.decode("latin-1").replace("\xa0", " ")


def _separators(
    data: Source,
    elements: tuple[str, ...],
    marks: tuple[bytes, bytes, bytes],
    end: int,
    *,
    is_wrapped: bool,
) -> Separators:
    element, component, terminator = marks
    following = bytes(data[end : end + 2])
    decoration = following[: len(following) - len(following.lstrip(_LINE_ENDS))]
    standard = elements[10].strip()
    repetition = standard.encode() if standard and not standard.isalnum() else None
    # Line ends can't be decoration inside segments where they end them.
    is_wrapped = is_wrapped and terminator not in (b"\r", b"\n")
    return Separators(element, component, terminator, repetition, decoration, is_wrapped)


def _unusable(separators: Separators) -> str | None:
    element, component, terminator = (
        separators.element,
        separators.component,
        separators.terminator,
    )
    if not terminator or terminator == b" " or terminator.isalnum():
        return "the character after ISA16 can't end segments"
    if terminator == element:
        return "the segment terminator is the element separator"
    if component == element:
        return "the component separator is the element separator"
    return None


def _unanswerable(elements: tuple[str, ...], separators: Separators) -> str | None:
    """Tell what stands in an element that would break the header of an answer, which repeats it."""
    terminator, said = separators.terminator.decode("latin-1"), "".join(elements)
    if terminator not in said and not _CONTROLS.search(said):
        return None
    for index, value in enumerate(elements, 1):
        if terminator in value:
            return f"the segment terminator stands inside ISA{index:02}"
        if _CONTROLS.search(value):
            return f"a control character stands inside ISA{index:02}"
    return None


def _damage(elements: tuple[str, ...]) -> str | None:
    """Tell why an ISA without fixed places may have lost a character, None when it can't."""
    is_padded = any(len(elements[i]) == WIDTHS[i] and _padding(elements[i]) > 1 for i in _PADDED)
    for index, value in enumerate(elements):
        width = WIDTHS[index]
        if len(value) == width:
            continue
        may_be_short = len(value) < width and not is_padded
        if may_be_short and index in _PADDED and _padding(value) <= 1:
            continue
        if may_be_short and index == _CONTROL_NUMBER and value.isdigit():
            continue
        return f"ISA{index + 1:02} has {len(value)} characters instead of {width}"
    return None


def _padding(value: str) -> int:
    return len(value) - len(value.rstrip())
