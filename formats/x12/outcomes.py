"""What became of every set, group and interchange: the facts that a 997 or TA1 reports."""

from __future__ import annotations

from dataclasses import dataclass

from formats.findings import Finding, Severity, Where
from formats.grammar.building import Locating
from formats.grammar.errors import ElementError, SegmentError
from formats.grammar.wording import Wording
from formats.x12 import words
from formats.x12.spans import Group, Interchange

ACKNOWLEDGEMENT_SETS = frozenset({"997", "999"})
ACKNOWLEDGEMENT_GROUP = "FA"


@dataclass(frozen=True, slots=True)
class SetOutcome:
    """One set: `status` is AK501 (A, E or R), `codes` AK502 and after, `errors` AK3 and AK4."""

    status: str = "A"
    codes: tuple[str, ...] = ()
    errors: tuple[SegmentError, ...] = ()

    @property
    def is_accepted(self) -> bool:
        return self.status != "R"


ACCEPTED = SetOutcome()


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """One group and its sets, in order."""

    group: Group
    sets: tuple[SetOutcome, ...]

    @property
    def is_acknowledgement(self) -> bool:
        """Acknowledgements are never acknowledged."""
        if self.group.functional_id == ACKNOWLEDGEMENT_GROUP:
            return True
        spans = self.group.sets
        # The first alone tells of nearly every group that it is none.
        if not spans or spans[0].code not in ACKNOWLEDGEMENT_SETS:
            return False
        return all(each.code in ACKNOWLEDGEMENT_SETS for each in spans)

    @property
    def accepted(self) -> int:
        """Number of accepted sets (AK904): none in a group with an error of its own."""
        return 0 if self.group.errors else sum(each.is_accepted for each in self.sets)

    @property
    def status(self) -> str:
        """AK901: R when nothing was accepted, P when some sets were, E with errors, else A."""
        if self.accepted == 0 and (self.sets or self.group.errors):
            return "R"
        if self.accepted < len(self.sets):
            return "P"
        has_errors = self.group.noted or any(each.status == "E" for each in self.sets)
        return "E" if has_errors else "A"


@dataclass(frozen=True, slots=True)
class InterchangeOutcome:
    """One interchange and its groups; a rejected one has none, its TA1 says it all."""

    interchange: Interchange
    groups: tuple[GroupOutcome, ...]


def _segment_finding(error: SegmentError, places: Locating, severity: Severity) -> Finding:
    where = places.where(error.tag, error.position, None)
    is_tag = error.tag.isascii() and error.tag.isalnum() and len(error.tag) <= 3
    name = error.tag if is_tag else "segment"
    reason = words.SEGMENT[error.code]
    advice = {
        "3": f"{error.tag} belongs before the segment at position {error.position}; add it",
        "1": "leave it out",
        "6": "leave it out",
    }.get(error.code, "put the segments in the order of the standard")
    message = f"{error.tag[:10]} at position {error.position}: {reason}; {advice}."
    code = f"x12.{name}.{words.SEGMENT_NAMES.get(error.code, 'error')}"
    return Finding(code, message, where, severity, error.tag[:40])


def _element_finding(
    error: SegmentError, element: ElementError, places: Locating, severity: Severity
) -> Finding:
    where: Where = places.where(error.tag, error.position, element.element, element.component)
    name = f"{error.tag}{element.element:02}"
    label = f"{name} ({element.name})" if element.name else name
    reason = words.ELEMENT[element.code]
    message = f"{label}: {reason}; {element.expected} is expected. Correct it and send it again."
    code = f"x12.{name}.{words.ELEMENT_NAMES.get(element.code, 'error')}"
    return Finding(code, message, where, severity, element.value or None)


findings_of = Wording(_segment_finding, _element_finding).findings_of
"""Says the errors of a check as located findings in words."""
