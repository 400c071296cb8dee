"""What could not be used of documents to an X12 824, for the partner who sent them.

The control numbers are those that the partner gave its set. A sentence that is longer than TED02
goes on in NTE segments, broken between words.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import datetime

from formats.acknowledgements import (
    Acceptance,
    Acknowledged,
    Acknowledgement,
    Fault,
    Level,
    about_content,
)
from formats.findings import Finding, Where, warning
from formats.grammar.writing import day
from formats.x12.write import ControlNumbers, Envelope, Segment, interchange, minute

OTHER = "024"
"""Code of an error that has none in list 647; the sentence beside it says what is wrong."""
_LETTERS = {
    Acceptance.ACCEPTED: "A",
    Acceptance.WITH_ERRORS: "E",
    Acceptance.PARTLY: "P",
    Acceptance.REJECTED: "R",
}
_REFERENCES = {
    "850": "PO",
    "855": "PO",
    "860": "PO",
    "865": "PO",
    "856": "SI",
    "810": "IV",
    "875": "PO",
    "880": "IV",
}
_ANY_REFERENCE = "TN"
_MESSAGE, _NOTE, _NOTES = 60, 80, 100
_PURPOSE = "11"
"""A response to another document."""


def write_application_advice(
    advice: Acknowledgement,
    envelope: Envelope,
    control: ControlNumbers,
    at: datetime,
    *,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with `advice` as one 824 (004010 or 005010, by the envelope).

    Raises ValueError with a sentence where a code or number does not fit its element; texts are
    cut or changed, and that is reported.
    """
    found = [] if warnings is None else warnings
    body: list[Segment] = [("BGN", _PURPOSE, advice.number or "0", day(at), minute(at))]
    for item in advice.items:
        body.extend(_item(item, found))
    return interchange(envelope, "AG", "824", [body], control=control, at=at, warnings=found)


def _item(item: Acknowledged, found: list[Finding]) -> Iterator[Segment]:
    level = "G" if item.level is Level.GROUP else "T"
    reference = item.reference or item.control or item.group or "0"
    yield (
        *("OTI", level + _LETTERS[about_content(item.acceptance)]),
        *(_REFERENCES.get(item.kind, _ANY_REFERENCE), reference, "", "", "", ""),
        *(item.group, item.control, item.kind),
    )
    for fault in item.faults:
        yield from _fault(fault, found)


def _fault(fault: Fault, found: list[Finding]) -> Iterator[Segment]:
    text = " ".join(fault.message.split())
    first, *_ = textwrap.wrap(text, _MESSAGE) or [""]
    rest = text[len(first) :].strip()
    yield (
        *("TED", fault.code if len(fault.code) <= 3 and fault.code else OTHER, first),
        fault.segment if len(fault.segment) in (2, 3) else "",
        *("" if number is None else str(number) for number in (fault.position, fault.element)),
        *("", fault.value),
    )
    notes = textwrap.wrap(rest, _NOTE)
    for note in notes[:_NOTES]:
        yield ("NTE", "", note)
    if len(notes) > _NOTES:
        said = f"the text was cut to {_NOTES} notes of {_NOTE} characters"
        found.append(warning("x12.out.cut", said, Where(segment="NTE"), text[:80]))
