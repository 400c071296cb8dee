"""The errors of a check as located findings, whatever the standard that has the words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from formats.findings import Finding, Severity
from formats.grammar.building import Locating
from formats.grammar.errors import ElementError, SegmentError


@dataclass(frozen=True, slots=True)
class Wording:
    """How one standard says what is wrong with a segment, and with an element of one."""

    of_segment: Callable[[SegmentError, Locating, Severity], Finding]
    of_element: Callable[[SegmentError, ElementError, Locating, Severity], Finding]

    def findings_of(
        self,
        errors: Iterable[SegmentError],
        places: Locating,
        severity: Severity = Severity.ERROR,
    ) -> list[Finding]:
        """Return the errors of a check as located findings in words."""
        found: list[Finding] = []
        for error in errors:
            if error.elements:
                found += [self.of_element(error, each, places, severity) for each in error.elements]
            else:
                found.append(self.of_segment(error, places, severity))
        return found
