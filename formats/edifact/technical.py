"""CONTRL: could we read it, and where not, as a whole file (syntax 3: D.3, syntax 4: 4.1).

What isn't named was accepted: a UCI of 7 with one UCM of 4 refuses that message alone. Ids stand as
they were received in the UCI, and turned round in the envelope. Nothing is ever answered to a
CONTRL, nor to an interchange whose header can't be trusted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from formats.edifact.header import MOST_ID, MOST_REFERENCE, SERVICE_TAGS, is_repeatable, sendable
from formats.edifact.outcomes import GroupOutcome, InterchangeOutcome, MessageOutcome
from formats.edifact.repertoire import CODECS
from formats.edifact.service import DEFAULT
from formats.edifact.spans import Composite, Elements, Fault, Group, Interchange, MessageSpan
from formats.edifact.write_envelope import SYNTAX_4, Envelope
from formats.edifact.write_segment import Element, Segment, rendered, trimmed
from formats.grammar.errors import SegmentError

REJECTED = "4"
ACKNOWLEDGED = "7"
DUPLICATE = "26"
MESSAGE_REFERENCE = "1"
_MOST_SEGMENTS = 999
_MOST_ELEMENTS = 99


def is_answered(interchange: Interchange) -> bool:
    """Tell whether an interchange can be answered at all: not a CONTRL, nor one without ids.

    Nor one whose ids or reference can't be repeated in an answer.
    """
    syntax = interchange.syntax
    return (
        interchange.is_trusted
        and not interchange.is_acknowledgement
        and is_repeatable(interchange.sender, syntax, is_reference=False)
        and is_repeatable(interchange.recipient, syntax, is_reference=False)
        and is_repeatable(interchange.control, syntax, is_reference=True)
        and bool(interchange.control.strip())
    )


def control_message(
    outcome: InterchangeOutcome, *, reference: str, at: datetime, override: str | None = None
) -> bytes | None:
    """Return an interchange with one CONTRL; None where there is nobody or nothing to answer.

    `reference` is our 0020, `at` the time to write into the envelope, in our own zone. `override`
    refuses the interchange with a code that only the ledger knows, as 26 for a duplicate.
    """
    interchange = outcome.interchange
    if not is_answered(interchange):
        return None
    envelope = _envelope(interchange)
    version = ("4", "1") if envelope.version == "4" else ("D", "3")
    lines: list[Segment] = [("UNH", MESSAGE_REFERENCE, ("CONTRL", *version, "UN"))]
    lines += _lines(outcome, override)
    lines.append(("UNT", str(len(lines) + 1), MESSAGE_REFERENCE))
    lines.insert(0, envelope.header(reference, at))
    lines.append(("UNZ", "1", reference))
    end = envelope.after_segment
    text = "".join(rendered(line, envelope.service) + end for line in lines)
    return (envelope.service.una + end.encode()) + text.encode(envelope.codec, errors="ignore")


def _envelope(interchange: Interchange) -> Envelope:
    """Return the envelope of an answer: the received one turned round, without asking for more."""
    header = interchange.header
    version = interchange.syntax_version
    known: Literal["1", "2", "3", "4"] = (
        "1" if version == "1" else "2" if version == "2" else "4" if version == "4" else "3"
    )
    syntax = interchange.syntax if interchange.syntax in CODECS else "UNOC"
    sender, recipient = _party(header[3], syntax), _party(header[2], syntax)
    return Envelope(
        sender=sender[0],
        sender_qualifier=sender[1],
        sender_internal=sender[2],
        recipient=recipient[0],
        recipient_qualifier=recipient[1],
        recipient_internal=recipient[2],
        syntax=syntax,
        version=known,
        is_test=interchange.is_test,
        service=SYNTAX_4 if known == "4" else DEFAULT,
    )


def _party(found: Composite, syntax: str) -> tuple[str, str, str]:
    """Return id, qualifier and internal id as far as they can be sent back."""
    name, qualifier, internal = (*found, "", "")[:3]
    return (
        sendable(name, syntax).strip()[:MOST_ID],
        sendable(qualifier, syntax)[:4],
        sendable(internal, syntax)[:MOST_ID],
    )


def _lines(outcome: InterchangeOutcome, override: str | None) -> Iterator[Segment]:
    interchange = outcome.interchange
    header = interchange.header
    first = interchange.faults[0] if interchange.faults else None
    syntax = interchange.syntax
    reference = _reference(interchange.control, syntax)
    head: Segment = ("UCI", reference, *_pair(header, syntax, 2, 3))
    if override is not None:
        yield (*head, REJECTED, override)
        return
    if first is not None:
        yield (*head, REJECTED, *_reason(first))
        return
    yield (*head, ACKNOWLEDGED)
    for group in outcome.groups:
        yield from _group_lines(group, syntax)


def _group_lines(outcome: GroupOutcome, syntax: str) -> Iterator[Segment]:
    group = outcome.group
    if group.is_explicit:
        refused = bool(group.faults)
        if not refused and all(each.is_accepted for each in outcome.messages):
            return
        reference = _reference(group.control, syntax)
        head: Segment = ("UCF", reference, *_pair(group.header, syntax, 2, 3))
        if refused:
            yield (*head, REJECTED, *_reason(group.faults[0]))
            return
        yield (*head, ACKNOWLEDGED)
    yield from _message_lines(group, outcome.messages, syntax)


def _message_lines(
    group: Group, outcomes: tuple[MessageOutcome, ...], syntax: str
) -> Iterator[Segment]:
    for index, outcome in enumerate(outcomes):
        if outcome.is_accepted:
            continue
        span = group.messages[index]
        reason = _reason(outcome.fault) if outcome.fault is not None else ()
        reference = _reference(span.control, syntax)
        yield ("UCM", reference, _type(span, syntax), REJECTED, *reason)
        for error in outcome.errors[:_MOST_SEGMENTS]:
            yield from _error_lines(error)


def _error_lines(error: SegmentError) -> Iterator[Segment]:
    yield ("UCS", str(error.position), error.code)
    for each in error.elements[:_MOST_ELEMENTS]:
        yield ("UCD", each.code, _place(each.element, each.component))


def _reason(fault: Fault) -> tuple[Element, ...]:
    """Return 0085, 0013 and S011 of a fault; only service segments can stand in 0013."""
    if fault.segment not in SERVICE_TAGS:
        return (fault.code,)
    if fault.element is None:
        return (fault.code, fault.segment)
    return (fault.code, fault.segment, _place(fault.element, fault.component))


def _place(element: int, component: int | None) -> Element:
    """Return S011, in which the tag is position 1 and the first element 2."""
    position = str(element + 1)
    return position if component is None else (position, str(component))


def _pair(header: Elements, syntax: str, *positions: int) -> tuple[Element, ...]:
    """Return composites of a header as they were received, without what can't be sent back."""
    found = (header[each] if each < len(header) else () for each in positions)
    return tuple(trimmed(*(sendable(part, syntax)[:MOST_ID] for part in each)) for each in found)


def _reference(text: str, syntax: str) -> str:
    return sendable(text, syntax).strip()[:MOST_REFERENCE].strip() or "?"


def _type(span: MessageSpan, syntax: str) -> Element:
    found = next(iter(span.header[2:3]), ())
    return tuple(sendable(each, syntax)[:6] for each in found) or ""
