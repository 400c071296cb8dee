"""Read an EDIFACT file: its interchanges, its documents one by one, and what CONTRL will say.

Documents come in file order and are read when asked for, so that a file of any size takes the room
of one message. A message is used only if its interchange, its group and itself are sound; every
other one comes without a record and says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from mmap import mmap

from formats.documents import ReadDocument
from formats.edifact.header import fault
from formats.edifact.message import MessageReader
from formats.edifact.outcomes import GroupOutcome, InterchangeOutcome, MessageOutcome
from formats.edifact.policy import STRICT, Policy
from formats.edifact.scan import scan
from formats.edifact.segments import Tagged
from formats.edifact.spans import Fault, Group, Interchange, tolerated
from formats.findings import Finding
from formats.limits import DEFAULT_LIMITS, Limits

__all__ = ["EdifactReading", "Policy", "read"]


@dataclass(slots=True)
class EdifactReading:
    """A file being read. `outcomes` is complete once `documents()` ran out."""

    data: bytes
    interchanges: tuple[Interchange, ...]
    findings: tuple[Finding, ...]
    policy: Policy
    limits: Limits
    outcomes: list[InterchangeOutcome] = field(default_factory=list)

    def envelope_findings(self) -> tuple[Finding, ...]:
        """Return everything found outside the messages: of the file, interchanges and groups."""
        found = list(self.findings)
        for interchange in self.interchanges:
            found += interchange.findings
            found += [each.finding for group in interchange.groups for each in group.faults]
        return tuple(found)

    def documents(self) -> Iterator[ReadDocument]:
        """Yield every message of the file in order; each call starts again from the beginning."""
        self.outcomes.clear()
        for index, interchange in enumerate(self.interchanges):
            reader = MessageReader(interchange, self.policy, self.limits)
            groups: list[GroupOutcome] = []
            for group in interchange.groups:
                outcomes: list[MessageOutcome] = []
                for span in group.messages:
                    raw = self.data[span.start : span.end]
                    record, findings, outcome = reader.read(group, span, raw)
                    outcomes.append(outcome)
                    yield ReadDocument(
                        record,
                        tuple(findings),
                        f"{interchange.control}/{group.control}/{span.control}",
                        index,
                        hashlib.sha256(raw).hexdigest(),
                    )
                groups.append(GroupOutcome(group, tuple(outcomes)))
            kept = () if interchange.is_rejected else tuple(groups)
            self.outcomes.append(InterchangeOutcome(interchange, kept))


def read(
    data: bytes | mmap | memoryview,
    limits: Limits = DEFAULT_LIMITS,
    policy: Policy = STRICT,
) -> EdifactReading:
    """Scan a file and return it ready to be read; never raises for what the file holds."""
    found = scan(data if isinstance(data, bytes) else bytes(data), limits)
    interchanges = tuple(_admitted(each, policy) for each in found.interchanges)
    return EdifactReading(found.data, interchanges, found.findings, policy, limits)


def _admitted(interchange: Interchange, policy: Policy) -> Interchange:
    """Refuse an interchange that isn't for us, or from nobody we know, or a test where none is."""
    if not interchange.is_trusted:
        return interchange
    faults, notes = tolerated((*interchange.faults, *_refusals(interchange, policy)), policy.warns)
    groups: list[Group] = []
    for group in interchange.groups:
        kept, others = tolerated(group.faults, policy.warns)
        groups.append(replace(group, faults=kept) if others else group)
        notes += others
    noted = (*interchange.notes, *notes)
    return replace(interchange, faults=faults, notes=noted, groups=tuple(groups))


def _refusals(interchange: Interchange, policy: Policy) -> Iterator[Fault]:
    header = Tagged(interchange.header, interchange.start, interchange.end)
    sender = (interchange.sender_qualifier, interchange.sender)
    recipient = (interchange.recipient_qualifier, interchange.recipient)
    if not policy.is_recipient(*recipient):
        sentence = f"the recipient {_named(recipient)} isn't known here; check UNB03"
        yield fault("7", header, 3, sentence)
    if not policy.is_sender(*sender):
        sentence = f"the sender {_named(sender)} isn't known here; check UNB02"
        yield fault("23", header, 2, sentence)
    if interchange.is_test and not policy.accepts_test:
        yield fault("25", header, 11, "tests aren't taken here; leave out the test indicator")


def _named(party: tuple[str, str]) -> str:
    qualifier, name = party
    return f"{name}:{qualifier}" if qualifier else name
