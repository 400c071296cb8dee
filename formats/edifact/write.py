"""EDIFACT messages to bytes: one interchange, its counts and references right.

Every segment is held against the dictionary that we read with, and every message against its tree:
what our own reader would refuse is never written. Delimiters in data are released. A character that
the syntax doesn't have is replaced in a free text and reported, or refused where the envelope says
so; in a code it is refused, because a changed code is a wrong code. The same holds for lengths. The
writer never guesses references and never reads a clock.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from formats.edifact import repertoire
from formats.edifact.check import checker
from formats.edifact.dictionary import Element as Layout
from formats.edifact.dictionary import Segment as SegmentLayout
from formats.edifact.dictionary import Use, dictionary
from formats.edifact.editions import Edition
from formats.edifact.elements import element_errors
from formats.edifact.patterns import COMPONENT, patterns
from formats.edifact.service import DEFAULT, Service
from formats.edifact.write_envelope import SYNTAX_4, Envelope, checked_reference
from formats.edifact.write_segment import Element, Segment, rendered, trimmed
from formats.findings import Finding, Where, warning
from formats.grammar.check import SEPARATOR
from formats.grammar.errors import SegmentError

__all__ = ["Element", "Envelope", "MessageType", "Segment", "interchange", "trimmed"]

TEXTS = frozenset(
    {
        *("1000", "3036", "3042", "3124", "3128", "3164", "3224", "3222", "3232", "3412"),
        *("4052", "4078", "4276", "4294", "4400", "4404", "4440", "5152", "5388"),
        *("7008", "7036", "7064", "7110", "7160", "8066", "8154", "8178", "8212"),
        *("9010", "9012", "9302"),
    }
)
"""Elements that hold words for people, by number: these may be changed to fit, others may not."""
MOST_KNOWN = 65_536


@dataclass(frozen=True, slots=True)
class MessageType:
    """What a message is written as: S009 of its UNH, and the definitions that it keeps to.

    `message` numbers the first message of an interchange; later ones count on from it.
    """

    code: str
    edition: Edition
    version: str = "D"
    release: str = "96A"
    agency: str = "UN"
    association: str = ""

    @property
    def identifier(self) -> Element:
        """Return S009."""
        return trimmed(self.code, self.version, self.release, self.agency, self.association)


def un_message(code: str, release: str = "96A", association: str = "") -> MessageType:
    """Return a message of UN/EDIFACT D.96A or D.01B, as `un_message("ORDERS", "01B")`."""
    name = f"D{release}"
    return MessageType(code, Edition(name, name), release=release, association=association)


def interchange(
    envelope: Envelope,
    message: MessageType,
    bodies: Sequence[Sequence[Segment]],
    *,
    reference: str,
    at: datetime,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return one interchange that holds `bodies`, each a message without its UNH and UNT.

    `reference` is our 0020, given by the caller; messages are numbered from 1. What had to be
    replaced or cut is appended to `warnings`. A code or number that can't be sent as it is, or a
    segment out of its place, raises ValueError with a sentence for an admin. `at` is written as it
    stands: the caller chooses the zone.
    """
    if not bodies:
        raise ValueError("an interchange needs at least one message")
    service = envelope.service
    if envelope.version == "4" and service == DEFAULT:
        service = SYNTAX_4
    found = [] if warnings is None else warnings
    writer = _writer(
        message, envelope.syntax, service, refuses_characters=envelope.refuses_characters
    )
    header = envelope.header(checked_reference(reference), at)
    texts = [service.una.decode("ascii"), rendered(header, service)]
    for number, body in enumerate(bodies, 1):
        texts += writer.message(body, str(number), found)
    texts += (rendered(("UNZ", str(len(bodies)), reference), service), "")
    return envelope.after_segment.join(texts).encode(envelope.codec)


@lru_cache(maxsize=16)
def _writer(
    message: MessageType, syntax: str, service: Service, *, refuses_characters: bool
) -> _Writer:
    """Return the writer of a kind of message in a syntax."""
    return _Writer(message, syntax, service, refuses_characters=refuses_characters)


class _Writer:
    """Segments of one kind of message, made to fit its dictionary and a syntax's characters."""

    def __init__(
        self, message: MessageType, syntax: str, service: Service, *, refuses_characters: bool
    ) -> None:
        self._message = message
        self._refuses_characters = refuses_characters
        self._syntax = syntax
        self._service = service
        self._codec = repertoire.CODECS[syntax]
        self._layouts = dictionary(message.edition.release).segments
        self._matches = patterns(message.edition.release)
        # All buyers are told of the same goods, and partners order them day after day: most
        # segments were written before. Each stands beside its text as the check takes it.
        self._known: dict[Segment, tuple[str, str]] = {}

    def message(
        self, body: Sequence[Segment], reference: str, found: list[Finding]
    ) -> Sequence[str]:
        """Return the segments of a message with UNH and UNT, all of them fit to be read.

        What had to be replaced or cut is added to `found`, every time.
        """
        header = self._both(("UNH", reference, self._message.identifier))
        lines = [self._line(segment, position, found) for position, segment in enumerate(body, 2)]
        trailer = self._both(("UNT", str(len(body) + 2), reference))
        marked, texts = zip(header, *lines, trailer, strict=True)
        code, edition = self._message.code, self._message.edition
        errors = checker(code, *edition).check(marked, COMPONENT).errors
        if errors:
            raise ValueError(_sentence(code, errors[0]))
        return texts

    def _line(self, segment: Segment, position: int, found: list[Finding]) -> tuple[str, str]:
        known = self._known.get(segment)
        if known is not None:
            return known
        before = len(found)
        line = self._both(self._fitting(segment, position, found))
        if len(found) == before:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[segment] = line
        return line

    def _both(self, segment: Segment) -> tuple[str, str]:
        """Return a segment as the check takes it, and as it is sent."""
        return _marked(segment), rendered(segment, self._service)

    def _fitting(self, segment: Segment, position: int, found: list[Finding]) -> Segment:
        tag = str(segment[0])
        if self._is_sendable(text := _marked(segment)) and self._matches[tag](text):
            return segment
        layout = self._layouts.get(tag)
        if layout is None:
            raise ValueError(f"segment {tag} isn't in the directory that is written")
        made = self._changed(segment, layout, position, found)
        errors = element_errors(_marked(made), layout)
        if errors:
            raise ValueError(_sentence(tag, SegmentError(tag, position, "", errors)))
        return made

    def _changed(
        self, segment: Segment, layout: SegmentLayout, position: int, found: list[Finding]
    ) -> Segment:
        made: list[Element] = [segment[0]]
        for index, element in enumerate(segment[1:], 1):
            use = layout.uses[index - 1] if index <= len(layout.uses) else None
            where = Where(layout.tag, position, index)
            made.append(self._element(element, use, where, found))
        return tuple(made)

    def _element(
        self, element: Element, use: Use | None, where: Where, found: list[Finding]
    ) -> Element:
        if isinstance(element, str):
            return self._part(element, use.parts[0] if use else None, where, found)
        parts = use.parts if use else ()
        padded = (*parts, *[None] * len(element))
        return tuple(
            self._part(text, layout, where, found)
            for text, layout in zip(element, padded, strict=False)
        )

    def _part(self, text: str, layout: Layout | None, where: Where, found: list[Finding]) -> str:
        """Return the text of one element as it can be sent."""
        is_code = layout is None or layout.number not in TEXTS
        is_sendable = self._is_sendable(text) and (text.isprintable() or not text)
        if not is_sendable and (is_code or self._refuses_characters):
            raise ValueError(
                f"{where} holds {text!r}, which has a character that {self._syntax} lacks: "
                "correct the value, or agree on another syntax with the partner"
            )
        if layout is None or is_code:
            return text
        kept = text
        if not is_sendable:
            kept = "".join(self._character(each) for each in text)
            message = "characters that can't be sent were replaced"
            found.append(_told("replaced", message, where, text))
        if len(kept) > layout.most:
            kept = kept[: layout.most]
            message = f"the text was cut to the {layout.most} characters allowed"
            found.append(_told("cut", message, where, text))
        return kept if kept.strip() or not text else "-"

    def _character(self, character: str) -> str:
        if not character.isprintable():
            return " "
        if self._is_sendable(character):
            return character
        plain = unicodedata.normalize("NFKD", character)
        for text in (plain, plain.upper()):
            kept = "".join(each for each in text if each.isprintable() and self._is_sendable(each))
            if kept:
                return kept
        return "-"

    def _is_sendable(self, text: str) -> bool:
        if repertoire.outside(self._syntax, text) is not None:
            return False
        if text.isascii():
            return True
        try:
            return text.encode(self._codec).isascii() or self._codec != "ascii"
        except UnicodeEncodeError:
            return False


def _told(kind: str, message: str, where: Where, text: str) -> Finding:
    return warning(f"edifact.out.{kind}", message, where, text[:80])


def _marked(segment: Segment) -> str:
    """Return a segment as the check takes it."""
    texts = [each if isinstance(each, str) else COMPONENT.join(trimmed(*each)) for each in segment]
    while len(texts) > 1 and not texts[-1]:
        texts.pop()
    return SEPARATOR.join(texts)


def _sentence(what: str, error: SegmentError) -> str:
    if not error.elements:
        return (
            f"{what} can't be written: segment {error.tag} at position {error.position} has no "
            f"place there, comes too often, or is missing ({error.code})"
        )
    first = error.elements[0]
    name = f"{error.tag}{first.element:02}"
    return (
        f"{name} ({first.name or 'element'}) holds {first.value!r}, and {first.expected} is "
        "expected: correct the value"
    )
