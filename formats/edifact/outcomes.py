"""What became of every message, group and interchange: the facts that a CONTRL reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from formats.edifact import words
from formats.edifact.spans import Fault, Group, Interchange
from formats.edifact.usable import is_usable
from formats.findings import Finding, Severity
from formats.grammar.building import Locating
from formats.grammar.errors import ElementError, SegmentError
from formats.grammar.wording import Wording

ACKNOWLEDGEMENT = "CONTRL"


@dataclass(frozen=True, slots=True)
class MessageOutcome:
    """One message: refused for `fault` (the 0085 of its UCM) or for `errors` (UCS and UCD)."""

    fault: Fault | None = None
    errors: tuple[SegmentError, ...] = ()

    @property
    def is_accepted(self) -> bool:
        return self.fault is None and not self.errors


ACCEPTED = MessageOutcome()


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """One group and its messages, in order."""

    group: Group
    messages: tuple[MessageOutcome, ...]


@dataclass(frozen=True, slots=True)
class InterchangeOutcome:
    """One interchange and its groups; a rejected one has none, its UCI says it all."""

    interchange: Interchange
    groups: tuple[GroupOutcome, ...]


def tolerated_errors(
    errors: tuple[SegmentError, ...],
    segments: Sequence[str],
    *,
    kind: frozenset[str],
    agreed: frozenset[str],
) -> tuple[tuple[SegmentError, ...], tuple[SegmentError, ...]]:
    """Part the errors of a message into those that refuse it and those whose code is tolerated.

    `segments` are those of the message, UNH first. Codes of its `kind` are tolerated whatever they
    are about; for those that were `agreed` on what can neither be kept nor repeated in an answer
    refuses it all the same.
    """
    if not errors or not (kind or agreed):
        return errors, ()
    kept: list[SegmentError] = []
    others: list[SegmentError] = []
    for error in errors:
        if not error.elements:
            (others if error.code in kind | agreed else kept).append(error)
            continue
        found: dict[bool, list[ElementError]] = {True: [], False: []}
        for each in error.elements:
            is_agreed = each.code in agreed and is_usable(each, segments[error.position - 1])
            found[each.code in kind or is_agreed].append(each)
        for is_tolerated, into in ((True, others), (False, kept)):
            if found[is_tolerated]:
                elements = tuple(found[is_tolerated])
                into.append(SegmentError(error.tag, error.position, error.code, elements))
    return tuple(kept), tuple(others)


def _segment_finding(error: SegmentError, places: Locating, severity: Severity) -> Finding:
    where = places.where(error.tag[:3], error.position, None)
    reason = words.explain(error.code)
    advice = {
        "13": f"{error.tag} belongs ahead of the segment at position {error.position}; add it",
        "35": "leave out what is too much",
        "36": "leave out what is too much",
    }.get(error.code, "leave it out, or put it where the directory has it")
    message = f"{error.tag[:10]} at position {error.position}: {reason}; {advice}."
    code = f"edifact.{_name(error)}.{words.NAMES.get(error.code, 'error')}"
    return Finding(code, message, where, severity, error.tag[:40])


def _element_finding(
    error: SegmentError, element: ElementError, places: Locating, severity: Severity
) -> Finding:
    where = places.where(error.tag[:3], error.position, element.element, element.component)
    name = f"{_name(error)}{element.element:02}"
    if element.component is not None:
        name += f"-{element.component}"
    label = f"{name} ({element.number} {element.name})" if element.name else name
    reason = words.explain(element.code)
    message = f"{label}: {reason}; {element.expected} is expected. Correct it and send it again."
    code = f"edifact.{name}.{words.NAMES.get(element.code, 'error')}"
    return Finding(code, message, where, severity, element.value or None)


def _name(error: SegmentError) -> str:
    tag = error.tag
    return tag if tag.isascii() and tag.isalnum() and len(tag) == 3 else "segment"


findings_of = Wording(_segment_finding, _element_finding).findings_of
"""Says the errors of a check as located findings in words."""
