"""CONTRL as partners send it: what became of an interchange of ours, in facts and in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from formats.edifact import words
from formats.edifact.outcomes import ACKNOWLEDGEMENT
from formats.edifact.parts import Elements, components
from formats.edifact.reader import EdifactReading
from formats.edifact.service import translation
from formats.grammar.check import SEPARATOR

REJECTED = "4"
_PADDING = [""] * 10


@dataclass(slots=True)
class MessageReport:
    """What a UCM says of one message, with the segments that its UCS and UCD name."""

    reference: str
    code: str
    """Message type, as `ORDERS`."""
    action: str
    error: str = ""
    """0085, empty where the segments say it."""
    segments: list[tuple[int, int, int, str]] = field(default_factory=list)
    """Position (UNH = 1), element and component (0 for the segment or element as such), 0085."""

    @property
    def is_accepted(self) -> bool:
        return self.action != REJECTED

    def sentences(self) -> list[str]:
        """Return what was refused, in words."""
        reason = f": {words.explain(self.error)}" if self.error else ""
        said = [f"message {self.reference} ({self.code}) was refused{reason}"]
        for position, element, part, code in self.segments:
            place = f", element {element}" if element else ""
            place += f" component {part}" if part else ""
            said.append(f"segment {position}{place}: {words.explain(code)}")
        return said


@dataclass(slots=True)
class Report:
    """What a CONTRL says of one interchange of ours; messages it doesn't name share its fate."""

    reference: str
    """0020 of the interchange."""
    action: str
    """0083: 4 rejected, 7 acknowledged, 8 received (which says nothing of its content)."""
    error: str = ""
    groups: list[tuple[str, str, str]] = field(default_factory=list)
    """0048, 0083 and 0085 of groups."""
    messages: list[MessageReport] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        return self.action != REJECTED


def reports_of(reading: EdifactReading) -> Iterator[Report]:
    """Yield what every CONTRL of a file says, whether or not anything else is in it."""
    for interchange in reading.interchanges:
        for _group, span in interchange.messages():
            if span.code != ACKNOWLEDGEMENT:
                continue
            raw = reading.data[span.start : span.end]
            translated = translation(interchange.service)
            report = _report(translated.segments(raw, interchange.encoding.codec))
            if report is not None:
                yield report


def _report(segments: list[str]) -> Report | None:
    report: Report | None = None
    position = 0
    for text in segments:
        elements = text.split(SEPARATOR) + _PADDING
        tag = elements[0]
        if tag == "UCI" and report is None:
            report = Report(elements[1], elements[4], elements[5])
        elif report is not None and tag == "UCF":
            report.groups.append((elements[1], elements[4], elements[5]))
        elif report is not None and tag == "UCM":
            kind = components(elements[2])[0]
            report.messages.append(MessageReport(elements[1], kind, elements[3], elements[4]))
        elif report is not None and report.messages:
            position = _add(report.messages[-1], elements, position)
    return report


def _add(message: MessageReport, elements: Elements, position: int) -> int:
    """Add a UCS or UCD to what is known of its message; return the position it is about."""
    if elements[0] == "UCS":
        position = _count(elements[1])
        if elements[2]:
            message.segments.append((position, 0, 0, elements[2]))
    elif elements[0] == "UCD":
        element, part = components(elements[2])[:2]
        # The tag is position 1 there, and no element to us.
        place = (position, max(_count(element) - 1, 0), _count(part))
        message.segments.append((*place, elements[1]))
    return position


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
