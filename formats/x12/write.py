"""X12 segments to bytes: one interchange, one functional group, counts and lengths right.

X12 has no release character, so data must never hold a delimiter: in a text it becomes a blank and
is reported, in a code the interchange is refused, because a changed code is a wrong code; so is a
text where the envelope says so. The same holds for lengths: a text is cut and reported, a code or a
number that does not fit is a ValueError.
Every segment is held against the dictionary that we read with: what our own reader would refuse in
one is never written. The writer never guesses control numbers and never reads a clock.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

from formats.findings import Finding, Where, warning
from formats.grammar.check import SEPARATOR
from formats.grammar.writing import day
from formats.x12.dictionary import dictionary
from formats.x12.elements import element_errors
from formats.x12.patterns import patterns
from formats.x12.write_envelope import MAX_CONTROL, ControlNumbers, Envelope, Separators

__all__ = [
    "MAX_CONTROL",
    "ControlNumbers",
    "Element",
    "Envelope",
    "Passage",
    "Segment",
    "Separators",
    "interchange",
    "minute",
]

Element: TypeAlias = str | tuple[str, ...]
"""Text of an element, or the components of a composite one."""

Segment: TypeAlias = tuple[Element, ...]
"""Segment id and its elements: `("CUR", "BY", "USD")`. An empty string is an absent element."""

_PAIRS = " c2 c48" * 10

# Kind and length of every element we write (X12 data element dictionary, 004010 and 005010):
# c code, n number, t free text; `2-80` minimum and maximum, `30/50` maximum in 4010 and 5010.
_LAYOUTS = {
    "ACK": "c2 n15 c2 c3 c8 c45" + _PAIRS,
    "BAK": "c2 c2 c1-22 c8 c30 c45 c30 c30/50 c8",
    "BEG": "c2 c2 c1-22 c30 c8",
    "BGN": "c2-2 c30/50 c8-8 c4-8",
    "BIA": "c2 c2 c30/50 c8 c4-8 c2",
    "BIG": "c8-8 c1-22 c8-8 c1-22 c30 c8 c2-2 c2-2",
    "CAD": "c2 c4 c10/15 c2-4 t35 c2 c2-3 c30/50",
    "CTP": "c2 c3 n17 n15 c2",
    "CTT": "n6 n10",
    "CUR": "c2-3 c3-3",
    "DTM": "c3-3 c8-8 c4-8",
    "FOB": "c2-2 c2 t80 c2-2 c3-3",
    "G23": "c2-2 c1-2 c8 c2 n6 c8-8 n3 c8-8 n3 n10 n10 n10 n10 n5 t60",
    "G27": "c1-2 c4 c10 c2-4 t35 c2",
    "G69": "t45",
    "G73": "t45",
    "IT1": "c20 n10/15 c2-2 n17 c2-2" + _PAIRS,
    "ITD": "c2 c2 n6 c8-8 n3 c8-8 n3 n10 c8 n10 n5 t80",
    "LIN": "c20" + _PAIRS,
    "MAN": "c1-2 c48",
    "MSG": "t264",
    "MTX": "c3-3 t4096",
    "N1": "c2-3 t60 c2 c2-80",
    "N2": "t60 t60",
    "N3": "t55 t55",
    "N4": "t30 c2-2 c3-15 c2-3 c2 t30",
    "N9": "c2-3 c30/50 t45",
    "NTE": "c3-3 t80",
    "OTI": "c1-2 c2-3 c30/50 c2-15 c2-15 c8-8 c4-8 n9 c4-9 c3-3",
    "PAM": "c2 n15 c2-2 c3 n18",
    "PID": "c1 c2-3 c2 c12 t80",
    "PO1": "c20 n15 c2-2 n17 c2-2" + _PAIRS,
    "PO4": "n6 n8 c2 c3-5 c2 n9 c2 n9 c2 n8 n8 n8 c2 n6",
    "QTY": "c2 n15 c2-2",
    "REF": "c2-3 c30/50 t80",
    "SAC": "c1 c4-4 c2-2 c10 n15 c1 n6 n9 c2 n15 n15 c2 c30 c20 t80",
    "SLN": "c20 c20 c1 n15 c2-2 n17 c2-2 c1" + _PAIRS,
    "TDS": "n15",
    "TED": "c3 t60 c2-3 n6/10 n2 n4 t99 t99",
    "TD5": "c2 c2 c2-80 c2 t35",
    "TXI": "c2-2 n18 n10 c2 c10 c1 c1 n9",
}


@dataclass(slots=True, eq=False)
class Passage:
    """Segments that stand in many sets alike: made into text once for each envelope's rules."""

    segments: tuple[Segment, ...]
    _texts: dict[_Writer, str] = field(default_factory=dict)

    def text(self, writer: _Writer, position: int, end: str, found: list[Finding]) -> str:
        """Return the segments, `end` between them; `position` is that of the first one.

        What had to be replaced or cut is added to `found`, every time.
        """
        known = self._texts.get(writer)
        if known is not None:
            return known
        before = len(found)
        numbered = enumerate(self.segments, position)
        text = end.join([writer.segment(each, at, found) for at, each in numbered])
        if len(found) == before:
            self._texts[writer] = text
        return text


class _Layout(NamedTuple):
    kind: str
    low: int
    high: int


def minute(value: datetime) -> str:
    """Return a time of day as HHMM."""
    return f"{value.hour:02}{value.minute:02}"


def interchange(
    envelope: Envelope,
    functional_id: str,
    set_id: str,
    sets: Sequence[Sequence[Segment | Passage]],
    *,
    control: ControlNumbers,
    at: datetime,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return one interchange with one group that holds `sets` (each without its ST and SE).

    What had to be replaced or cut is appended to `warnings`, with set and segment positions. A code
    or number that can't be sent as it is raises ValueError with a sentence for an admin. `at` is
    written as it stands: the caller chooses the zone.
    """
    if not sets:
        raise ValueError("an interchange needs at least one transaction set")
    if control.set + len(sets) - 1 > MAX_CONTROL:
        raise ValueError(f"set control numbers would pass {MAX_CONTROL}: start from 1 again")
    writer = _writer_for(envelope)
    found: list[Finding] = [] if warnings is None else warnings
    end = envelope.separators.segment + envelope.after_segment
    pieces = [_isa(envelope, control, at), writer.plain(_gs(envelope, functional_id, control, at))]
    for index, body in enumerate(sets):
        set_control = f"{control.set + index:04}"
        pieces.append(writer.plain(("ST", set_id, set_control)))
        count = writer.body(body, end, pieces, found)
        pieces.append(writer.plain(("SE", str(count + 2), set_control)))
    pieces.append(writer.plain(("GE", str(len(sets)), str(control.group))))
    pieces.append(writer.plain(("IEA", "1", f"{control.interchange:09}")))
    return (end.join(pieces) + end).encode(envelope.charset)


def _isa(envelope: Envelope, control: ControlNumbers, at: datetime) -> str:
    marks = envelope.separators
    elements = (
        *("ISA", "00", " " * 10, "00", " " * 10),
        *(envelope.sender_qualifier, envelope.sender.ljust(15)),
        *(envelope.receiver_qualifier, envelope.receiver.ljust(15)),
        *(day(at)[2:], minute(at), marks.repetition if envelope.is_5010 else "U"),
        *(envelope.version, f"{control.interchange:09}", "1" if envelope.wants_ta1 else "0"),
        *(envelope.usage, marks.component),
    )
    return marks.element.join(elements)


def _gs(envelope: Envelope, functional_id: str, control: ControlNumbers, at: datetime) -> Segment:
    return (
        *("GS", functional_id),
        *(envelope.group_sender or envelope.sender, envelope.group_receiver or envelope.receiver),
        *(day(at), minute(at), str(control.group), "X"),
        envelope.group_version or envelope.default_group_version,
    )


MOST_KNOWN = 65_536


class _Writer:
    """Elements to text under one envelope's rules; what had to be changed is told every time."""

    def __init__(
        self, separators: Separators, charset: str, *, is_5010: bool, refuses_characters: bool
    ) -> None:
        self._marks = separators
        self._refuses_characters = refuses_characters
        self._delimiters = separators.in_use(is_5010=is_5010)
        self._charset = charset
        self._is_5010 = is_5010
        release = "5010" if is_5010 else "4010"
        self._segments, self._matches = dictionary(release).segments, patterns(release)
        # Nearly every element is plain; this spares it the look at each character.
        marks = "".join(f"\\x{ord(mark):02x}" for mark in self._delimiters)
        self._plain = re.compile(rf"(?:(?![{marks}])[ -~])*(?<! )", re.ASCII).fullmatch
        # Partners order the same goods day after day: most segments were written before.
        self._known: dict[Segment, str] = {}

    def plain(self, segment: Segment) -> str:
        """Return an envelope segment, whose elements we made ourselves."""
        return self._marks.element.join(str(element) for element in segment)

    def body(
        self,
        body: Sequence[Segment | Passage],
        end: str,
        pieces: list[str],
        found: list[Finding],
    ) -> int:
        """Add the segments of a set to `pieces`, without ST and SE; return how many they are."""
        position = 2
        for each in body:
            if not isinstance(each, Passage):
                pieces.append(self.segment(each, position, found))
                position += 1
            elif each.segments:
                pieces.append(each.text(self, position, end, found))
                position += len(each.segments)
        return position - 2

    def segment(self, segment: Segment, position: int, found: list[Finding]) -> str:
        """Return one checked segment without the empty elements at its end.

        What had to be replaced or cut is added to `found`.
        """
        known = self._known.get(segment)
        if known is not None:
            return known
        before = len(found)
        text = self._written(segment, position, found)
        if len(found) == before:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[segment] = text
        return text

    def _written(self, segment: Segment, position: int, found: list[Finding]) -> str:
        texts = [str(segment[0]), *self._elements(segment, position, found)]
        while len(texts) > 1 and not texts[-1]:
            texts.pop()
        if len(texts) == 1:
            raise ValueError(
                f"segment {texts[0]} (segment {position}) would be empty: leave it out"
            )
        self._refuse_wrong(texts, position)
        return self._marks.element.join(texts)

    def _refuse_wrong(self, texts: list[str], position: int) -> None:
        """Raise ValueError for a segment that no reader would take."""
        tag, marked = texts[0], SEPARATOR.join(texts)
        layout = self._segments.get(tag)
        if layout is None or self._matches[tag](marked):
            return
        for first in element_errors(marked, layout, self._marks.component):
            where = Where(segment=tag, position=position, element=first.element)
            raise ValueError(
                f"{where} holds {first.value!r}, and {first.expected} is expected: correct the"
                " value"
            )

    def _elements(self, segment: Segment, position: int, found: list[Finding]) -> Iterator[str]:
        tag = str(segment[0])
        layout = _layout(tag, is_5010=self._is_5010)
        for index, element in enumerate(segment[1:], start=1):
            if not element:
                yield ""
                continue
            rule = layout[index - 1] if index <= len(layout) else _ANY
            if (
                isinstance(element, str)
                and rule.low <= len(element) <= rule.high
                and self._plain(element)
            ):
                yield element
                continue
            where = Where(segment=tag, position=position, element=index)
            if isinstance(element, tuple):
                parts = [self._code(part, rule, where) for part in element]
                yield self._marks.component.join(parts).rstrip(self._marks.component)
            elif rule.kind == "t":
                yield self._text(element, rule, where, found)
            else:
                yield self._code(element, rule, where)

    def _code(self, text: str, rule: _Layout, where: Where) -> str:
        if not text:
            return text
        self._refuse_others(text, where)
        size = len(text.replace("-", "").replace(".", "")) if rule.kind == "n" else len(text)
        if not rule.low <= size <= rule.high:
            raise ValueError(
                f"{where} holds {text!r} of {size} characters, and {rule.low} to {rule.high} are"
                " allowed: correct the value"
            )
        return text

    def _refuse_others(self, text: str, where: Where) -> None:
        """Raise ValueError for a character that can't be sent."""
        for character in text:
            if not self._is_sendable(character):
                raise ValueError(
                    f"{where} holds {text!r}, and {character!r} is a separator of this partner or"
                    f" not in its character set ({self._charset}): correct the value, or agree on"
                    " other separators or another character set"
                )

    def _text(self, text: str, rule: _Layout, where: Where, found: list[Finding]) -> str:
        if self._refuses_characters:
            self._refuse_others(text, where)
        kept = "".join(self._character(character) for character in text)
        if kept != text:
            message = "Characters that can't be sent were replaced"
            found.append(_changed("x12.out.replaced", message, where, text))
            # Nothing but separators: the element may be mandatory, so it must not vanish.
            kept = kept if kept.strip() else "-"
        if len(kept) > rule.high:
            message = f"The text was cut to the {rule.high} characters allowed"
            found.append(_changed("x12.out.cut", message, where, text))
        return kept[: rule.high].rstrip(" ")

    def _character(self, character: str) -> str:
        if self._is_sendable(character):
            return character
        # A letter with an accent keeps its letter. Canonical forms only: compatible ones would turn
        # a half into twelve.
        bare = unicodedata.normalize("NFD", character)
        return "".join(c if self._is_sendable(c) else "" for c in bare) or " "

    def _is_sendable(self, character: str) -> bool:
        if character in self._delimiters or not character.isprintable():
            return False
        if character.isascii() or self._charset == "utf-8":
            return True
        return self._charset == "latin-1" and ord(character) < 256


def _writer_for(envelope: Envelope) -> _Writer:
    """Return the writer for the rules of an envelope."""
    return _writer(
        envelope.separators,
        envelope.charset,
        is_5010=envelope.is_5010,
        refuses_characters=envelope.refuses_characters,
    )


@lru_cache(maxsize=16)
def _writer(
    separators: Separators, charset: str, *, is_5010: bool, refuses_characters: bool
) -> _Writer:
    return _Writer(separators, charset, is_5010=is_5010, refuses_characters=refuses_characters)


def _changed(code: str, message: str, where: Where, value: str) -> Finding:
    return warning(code, f"{message}; shorten or correct it at the source.", where, value[:80])


_ANY = _Layout("c", 1, 264)


@cache
def _layout(tag: str, *, is_5010: bool) -> tuple[_Layout, ...]:
    return tuple(_rule(word, is_5010=is_5010) for word in _LAYOUTS.get(tag, "").split())


def _rule(word: str, *, is_5010: bool) -> _Layout:
    low, _, high = word[1:].rpartition("-")
    short, _, long = high.partition("/")
    return _Layout(word[0], int(low or 1), int(long if long and is_5010 else short))
