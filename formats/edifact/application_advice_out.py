"""What could not be used of documents to an APERAK, for the partner who sent them.

A sentence has five lines of 70 characters; what is longer is cut, and that is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from formats.acknowledgements import (
    Acceptance,
    Acknowledged,
    Acknowledgement,
    Fault,
    about_content,
)
from formats.edifact.application_advice import ACCEPTS, INTERCHANGE, KINDS, REFUSES, VERDICTS
from formats.edifact.segments_out import dated
from formats.edifact.write import Envelope, MessageType, Segment, interchange
from formats.findings import Finding, Where, warning
from formats.grammar.writing import lines_of

_ABOUT_ORDERS = ("ORDERS", "ORDCHG", "ORDRSP")
_OWN_LIST = "ZZZ"
"""3055: the codes of errors are agreed between the two."""
_OTHER = "12"
"""An error without a code: something in it isn't valid."""
_LINES, _WIDTH = 5, 70
_MOST_FAULTS = 999


def write_application_advice(
    advice: Acknowledgement,
    envelope: Envelope,
    message: MessageType,
    *,
    reference: str,
    at: datetime,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with one APERAK (D.96A or D.01B, by `message`) for each item of it.

    `reference` is our interchange control reference. Raises ValueError with a sentence where a code
    or number doesn't fit its element, or an item names no document.
    """
    found = [] if warnings is None else warnings
    bodies = [[*_body(advice, item, at, found)] for item in advice.items]
    return interchange(envelope, message, bodies, reference=reference, at=at, warnings=found)


def _body(
    advice: Acknowledgement, item: Acknowledged, at: datetime, found: list[Finding]
) -> Iterator[Segment]:
    acceptance = about_content(item.acceptance)
    code = ACCEPTS if acceptance is Acceptance.ACCEPTED else REFUSES
    verdict = next(key for key, value in VERDICTS.items() if value is acceptance)
    yield ("BGM", code, advice.number, verdict)
    yield from dated("137", at)
    if item.reference:
        yield ("RFF", (_qualifier(item.kind), item.reference))
    elif not item.interchange:
        raise ValueError("the advice names no document: say which it is about")
    if item.interchange:
        yield ("RFF", (INTERCHANGE, item.interchange))
    for fault in item.faults[:_MOST_FAULTS]:
        yield from _fault(fault, found)
    if len(item.faults) > _MOST_FAULTS:
        text = f"the message carries {_MOST_FAULTS} errors; {len(item.faults)} were found"
        found.append(warning("edifact.out.left_out", text, Where("ERC")))


def _qualifier(kind: str) -> str:
    if kind in _ABOUT_ORDERS:
        return "ON"
    return next((key for key, value in KINDS.items() if value and value == kind), "ACW")


def _fault(fault: Fault, found: list[Finding]) -> Iterator[Segment]:
    yield ("ERC", (fault.code or _OTHER, "", _OWN_LIST))
    lines = [*lines_of(" ".join(str(fault).split()), _WIDTH)]
    if len(lines) > _LINES:
        text = f"the text was cut to {_LINES} lines of {_WIDTH} characters"
        found.append(warning("edifact.out.cut", text, Where("FTX"), str(fault)[:80]))
    if lines:
        yield ("FTX", "AAO", "", "", tuple(lines[:_LINES]))
