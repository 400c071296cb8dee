"""What a site and a partner agreed on about the X12 that is read.

A partner's software is often wrong in one way only, and for years. What is then to be warned of in
place of refused is named by the codes of the 997 that would say so, at all places or at one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from formats.findings import Finding, Severity
from formats.grammar.errors import ElementError, SegmentError
from formats.x12.usable import CODES as _MAY_BE_UNUSABLE
from formats.x12.usable import is_usable

WARN_PATTERN = (
    r"^(AK3 [1-7]( [A-Z][A-Z0-9]{1,2})?"
    r"|AK4 ([1-9]|1[0-3])( [A-Z][A-Z0-9]{1,2}[0-9]{2})?"
    r"|AK5 (3|4|6|18)|AK9 [245])$"
)
"""What may be warned of: segments, elements, numbers and counts that differ, the wrong group, and
another release, which is then read as the one of 004010 and 005010 that is nearer.

A repeated control number, a set without its end or one that isn't read are never taken; nor are
control characters, and numbers and codes of a length that no answer could repeat.
"""

_TOLD_AS: Mapping[str, str] = MappingProxyType(
    {
        "x12.SE02": "AK5 3",
        "x12.SE01": "AK5 4",
        "x12.GS01.mismatch": "AK5 6",
        "x12.GS08": "AK9 2",
        "x12.GE02": "AK9 4",
        "x12.GE01": "AK9 5",
    }
)
"""What a finding about an envelope stands for in a 997."""
_WRONG_GROUP = frozenset({"AK5 6", "AK5 18"})
"""The code of 4010 and that of 5010."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Strict unless something else is said.

    Each of `warns` is a segment of the 997 and a code in it, as `AK5 4` for wrong counts; AK3 and
    AK4 may name a place besides, as `AK3 7 ISS` and `AK4 7 PO103`. What has such an error is used
    and accepted with errors. The codes hold for a 999 too, whose IK3 to IK5 have the same ones.
    """

    receivers: frozenset[tuple[str, str]] | None = None
    """Qualifier and id of our own (ISA07, ISA08); None takes any."""
    accepts_test: bool = True
    warns: frozenset[str] = frozenset()
    refuses_trailing_separators: bool = False
    """Applies to 5010 only, whose code list has a code for it."""

    def parted_codes(
        self, segment: str, codes: Iterable[str]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Part codes of AK5 or AK9 into those that refuse, and those that are warned of."""
        listed = tuple(codes)
        noted = tuple(each for each in listed if self._warns(f"{segment} {each}"))
        return tuple(each for each in listed if each not in noted), noted

    def softened(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return findings about envelopes, as warnings where only that was agreed."""
        return [
            replace(each, severity=Severity.WARNING)
            if self._warns(_TOLD_AS.get(each.code, ""))
            else each
            for each in findings
        ]

    def parted_errors(
        self, errors: tuple[SegmentError, ...], segments: Sequence[str]
    ) -> tuple[tuple[SegmentError, ...], tuple[SegmentError, ...]]:
        """Part the errors of a set into those that refuse it, and those that are warned of.

        `segments` are those of the set, ST first. What could neither be kept nor repeated in an
        answer refuses it, whatever was agreed.
        """
        if not self.warns:
            return errors, ()
        kept: list[SegmentError] = []
        noted: list[SegmentError] = []
        for error in errors:
            if not error.elements:
                (noted if self._warns_of("AK3", error.code, error.tag) else kept).append(error)
                continue
            found: dict[bool, list[ElementError]] = {True: [], False: []}
            for each in error.elements:
                place = f"{error.tag}{each.element:02}"
                is_noted = self._warns_of("AK4", each.code, place)
                if is_noted and each.code in _MAY_BE_UNUSABLE:
                    is_noted = is_usable(each, error.tag, segments[error.position - 1])
                found[is_noted].append(each)
            for is_noted, into in ((False, kept), (True, noted)):
                if found[is_noted]:
                    elements = tuple(found[is_noted])
                    into.append(SegmentError(error.tag, error.position, error.code, elements))
        return tuple(kept), tuple(noted)

    def _warns_of(self, segment: str, code: str, place: str) -> bool:
        named = f"{segment} {code}"
        return named in self.warns or f"{named} {place}" in self.warns

    def _warns(self, named: str) -> bool:
        if named in _WRONG_GROUP:
            return not self.warns.isdisjoint(_WRONG_GROUP)
        return named in self.warns


STRICT = Policy()
"""Nothing was agreed."""
