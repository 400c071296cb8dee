"""What a scan of a file finds: interchanges, groups and transaction sets, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, replace

from formats.findings import Finding
from formats.x12.separators import Separators

DECORATION = b" \t\r\n\x00\x1a"
"""Bytes between segments and around interchanges that mean nothing."""


@dataclass(frozen=True, slots=True)
class SetSpan:
    """One transaction set: where it stands (`start` to `end`, in bytes) and its envelope errors."""

    code: str
    """ST01, as `850`."""
    control: str
    """ST02."""
    start: int
    end: int
    segments: int
    """Segments counted, ST and SE included."""
    implementation: str = ""
    """ST03."""
    errors: tuple[str, ...] = ()
    """AK502 codes."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """One functional group. Texts are as sent, `sets` in file order."""

    functional_id: str
    sender: str
    receiver: str
    date: str
    time: str
    control: str
    """GS06."""
    agency: str
    version: str
    """GS08."""
    start: int
    end: int
    declared_sets: str
    """GE01 as sent; empty when GE is missing."""
    sets: tuple[SetSpan, ...] = ()
    errors: tuple[str, ...] = ()
    """AK905 codes."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Interchange:
    """One interchange. Texts are stripped of padding; `start` to `end` are bytes of the file."""

    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    date: str
    """ISA09, YYMMDD as sent."""
    time: str
    control: str
    """ISA13."""
    version: str
    usage: str
    """ISA15: P, T or I."""
    wants_ta1: str
    """ISA14: 0, 1, 2 or 3."""
    standard: str
    """ISA11: `U`, or the repetition separator."""
    separators: Separators
    start: int
    end: int
    status: str = "A"
    """TA104: A accepted, E accepted with errors, R rejected."""
    code: str = "000"
    """TA105."""
    is_trusted: bool = True
    """False when the header is damaged: quarantine it, and answer nobody."""
    acknowledgements: tuple[tuple[str, ...], ...] = ()
    """Elements of the TA1 segments that it carries."""
    findings: tuple[Finding, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def is_rejected(self) -> bool:
        return self.status == "R"

    @property
    def is_test(self) -> bool:
        return self.usage == "T"


def rejected(interchange: Interchange, code: str, finding: Finding) -> Interchange:
    """Return `interchange` rejected with TA105 `code`, unless it was rejected before."""
    findings = (*interchange.findings, finding)
    if interchange.is_rejected:
        return replace(interchange, findings=findings)
    return replace(interchange, status="R", code=code, findings=findings)
