"""Read an X12 file: its interchanges, its documents one by one, and what a 997 will say of them.

Documents come in file order and are read when asked for, so that a file of any size takes the room
of one set. A set is used only if its interchange, its group and itself are sound; every other
one comes without a record and says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from mmap import mmap

from formats.documents import ReadDocument
from formats.findings import Finding, Severity, Where, warning
from formats.grammar.check import Checked
from formats.limits import DEFAULT_LIMITS, Limits
from formats.pages import Pages, Source
from formats.text import guessed, is_utf8
from formats.x12.acknowledgement_reader import interchange_documents, read_acknowledgement
from formats.x12.check import checker
from formats.x12.dictionary import nearest_release, release_of
from formats.x12.envelope import scan
from formats.x12.outcomes import (
    ACCEPTED,
    ACKNOWLEDGEMENT_SETS,
    GroupOutcome,
    InterchangeOutcome,
    SetOutcome,
    findings_of,
)
from formats.x12.parts import Problems
from formats.x12.policy import STRICT, Policy
from formats.x12.segments import Places, Segmenter
from formats.x12.sets import BUILDERS, X12Record
from formats.x12.spans import Group, Interchange, SetSpan, rejected
from formats.x12.tree import tree

__all__ = ["Policy", "X12Reading", "read"]

OTHER_RELEASE = "2"
"""AK905 of a group whose version isn't read."""


@dataclass(slots=True)
class X12Reading:
    """A file being read. `outcomes` is complete once `documents()` ran out."""

    data: Source
    interchanges: tuple[Interchange, ...]
    findings: tuple[Finding, ...]
    policy: Policy
    limits: Limits
    outcomes: list[InterchangeOutcome] = field(default_factory=list)

    def envelope_findings(self) -> tuple[Finding, ...]:
        """Return everything found outside the sets: of the file, its interchanges and groups."""
        found = list(self.findings)
        for interchange in self.interchanges:
            found += interchange.findings
            for group in interchange.groups:
                found += group.findings
        return tuple(found)

    def documents(self) -> Iterator[ReadDocument]:
        """Yield every set of the file, and every TA1; each call starts from the beginning."""
        self.outcomes.clear()
        for index, interchange in enumerate(self.interchanges):
            yield from interchange_documents(interchange, index)
            groups: list[GroupOutcome] = []
            for group in interchange.groups:
                reader = _GroupReader(index, interchange, group, self.policy, self.limits)
                outcomes: list[SetOutcome] = []
                for span in group.sets:
                    document, outcome = reader.document(span, self.data[span.start : span.end])
                    outcomes.append(outcome)
                    yield document
                groups.append(GroupOutcome(group, tuple(outcomes)))
            kept = () if interchange.is_rejected else tuple(groups)
            self.outcomes.append(InterchangeOutcome(interchange, kept))


def read(
    data: bytes | mmap | memoryview | Pages,
    limits: Limits = DEFAULT_LIMITS,
    policy: Policy = STRICT,
) -> X12Reading:
    """Scan a file and return it ready to be read; never raises for what the file holds.

    Of a mapped file only a few MiB are in memory at a time.
    """
    if isinstance(data, mmap):
        data = Pages(data)
    found = scan(bytes(data) if isinstance(data, memoryview) else data, limits)
    interchanges = tuple(_admitted(each, policy) for each in found.interchanges)
    return X12Reading(found.data, interchanges, found.findings, policy, limits)


def _admitted(interchange: Interchange, policy: Policy) -> Interchange:
    """Reject an interchange that isn't for us, or a test where none is taken."""
    receiver = (interchange.receiver_qualifier, interchange.receiver)
    where = Where("ISA", None, 8, byte=interchange.start)
    if policy.receivers is not None and receiver not in policy.receivers:
        message = (
            f"the receiver {'/'.join(receiver)} isn't known here (TA1 009); check ISA07 and ISA08"
        )
        return rejected(interchange, "009", Finding("x12.ISA08.unknown", message, where))
    if interchange.is_test and not policy.accepts_test:
        message = "test interchanges aren't taken here (TA1 020); send ISA15 P"
        return rejected(interchange, "020", Finding("x12.ISA15.test", message, where))
    if not policy.warns:
        return interchange
    return replace(
        interchange, groups=tuple(_tolerant(each, policy) for each in interchange.groups)
    )


def _tolerant(group: Group, policy: Policy) -> Group:
    """Take the errors of a group that are only warned of from those that refuse it."""
    if OTHER_RELEASE in group.errors and nearest_release(group.version) is None:
        # No agreement makes a release of it.
        policy = replace(policy, warns=policy.warns - {f"AK9 {OTHER_RELEASE}"})
    errors, noted = policy.parted_codes("AK9", group.errors)
    if not noted:
        return group
    findings = tuple(policy.softened(group.findings))
    return replace(group, errors=errors, noted=noted, findings=findings)


_Result = tuple[X12Record | None, list[Finding], SetOutcome]


class _GroupReader:
    """Reads the sets of one group, step by step: is it ours, is it sound, what does it say.

    `raw` stands for the bytes of a set.
    """

    def __init__(
        self, index: int, interchange: Interchange, group: Group, policy: Policy, limits: Limits
    ) -> None:
        self._index = index
        self._interchange = interchange
        self._group = group
        self._policy = policy
        self._longest = limits.segment_bytes
        self._release = release_of(group.version)
        if self._release is None and OTHER_RELEASE in group.noted:
            self._release = nearest_release(group.version)
        self._separators = interchange.separators
        self._segmenter = Segmenter(interchange.separators)
        marks = interchange.separators.terminator + interchange.separators.element
        self._has_plain_marks = marks.isascii()
        self._component = interchange.separators.component.decode("latin-1")
        self._is_strict = policy.refuses_trailing_separators and self._release == "5010"
        self._control = f"{interchange.control}/{group.control}/"

    def document(self, span: SetSpan, raw: bytes) -> tuple[ReadDocument, SetOutcome]:
        """Return a set as a document, and what a 997 says of it."""
        record, findings, outcome = self._read(span, raw)
        if self._has_plain_marks and not is_utf8(raw):
            findings.append(guessed(_place(span)))
        digest = hashlib.sha256(raw).hexdigest()
        control = self._control + span.control
        return ReadDocument(record, tuple(findings), control, self._index, digest), outcome

    def _read(self, span: SetSpan, raw: bytes) -> _Result:
        findings = self._envelope_findings(span) if span.errors else []
        if span.code in ACKNOWLEDGEMENT_SETS:
            record, findings = read_acknowledgement(
                span, raw, self._interchange, self._group.version, self._longest
            )
            return record, findings, ACCEPTED
        blocked = self._blocked(span)
        if blocked is not None:
            return (
                None,
                [*findings, blocked],
                SetOutcome("R", span.errors) if span.errors else ACCEPTED,
            )
        release = self._release
        if span.code not in BUILDERS or release is None:
            findings.append(_unsupported(span))
            return None, findings, SetOutcome("R", _codes(("1",), span.errors))
        mismatch = self._mismatch(span, release)
        if mismatch is not None:
            wrong = self._wrong_group(span, mismatch, release)
            findings += self._policy.softened([wrong])
            span = span._replace(errors=_codes((mismatch,), span.errors))
            if self._policy.parted_codes("AK5", (mismatch,))[0]:
                return None, findings, SetOutcome("R", span.errors)
        return self._check(span, raw, release, findings)

    def _envelope_findings(self, span: SetSpan) -> list[Finding]:
        """Return what is wrong with ST and SE of a set, as a warning where that was agreed."""
        found = self._policy.softened(span.findings)
        if found:
            return found
        is_refused = bool(self._policy.parted_codes("AK5", span.errors)[0])
        return [_untold(span, Severity.ERROR if is_refused else Severity.WARNING)]

    def _check(self, span: SetSpan, raw: bytes, release: str, findings: list[Finding]) -> _Result:
        # A set that is shorter than a segment may be has no segment that is too long.
        if len(raw) > self._longest:
            longest = len(max(self._segmenter.exact(raw), key=len, default=""))
            if longest > self._longest:
                findings.append(self._too_long(span, longest))
                return None, findings, SetOutcome("R", _codes(("5",), span.errors))
        segments, checked = self._checked(span, raw, release)
        problems = Problems(Places(raw, span.start, self._separators), findings)
        if not checked.errors and not span.errors:
            record = self._build(span, segments, checked, release, problems)
            return record, findings, ACCEPTED
        kept, noted = self._policy.parted_errors(checked.errors, segments)
        findings += findings_of(kept, problems.places)
        findings += findings_of(noted, problems.places, Severity.WARNING)
        if checked.is_cut_short:
            message = "the set has more errors than are listed; correct these first"
            findings.append(warning("x12.more_errors", message, Where(byte=span.start)))
        codes = _codes(span.errors, ("5",) if checked.errors else ())
        if kept or checked.is_cut_short or self._policy.parted_codes("AK5", span.errors)[0]:
            return None, findings, SetOutcome("R", codes, checked.errors)
        record = self._build(span, segments, checked, release, problems)
        return record, findings, SetOutcome("E", codes, checked.errors)

    def _checked(self, span: SetSpan, raw: bytes, release: str) -> tuple[list[str], Checked]:
        """Return the segments of a set, and what their check found.

        What is sound when it is parted quickly is sound; only of other sets all is looked at.
        """
        check = checker(span.code, release).check
        usual = self._segmenter.usual(raw)
        if usual is not None:
            checked = check(usual, self._component, refuses_trailing=self._is_strict)
            if not checked.errors:
                return usual, checked
        exact = self._segmenter.exact(raw)
        if usual is None or exact != usual:
            checked = check(exact, self._component, refuses_trailing=self._is_strict)
        return exact, checked

    def _build(
        self,
        span: SetSpan,
        segments: list[str],
        checked: Checked,
        release: str,
        problems: Problems,
    ) -> X12Record | None:
        build = BUILDERS[span.code]
        is_test = self._interchange.is_test
        return build(segments, checked.nodes, release, problems, is_test=is_test)

    def _blocked(self, span: SetSpan) -> Finding | None:
        """Tell why nothing of this set can be used: its interchange or group was rejected."""
        if self._interchange.is_rejected:
            message = (
                "the interchange around this set was rejected "
                f"(TA1 {self._interchange.code}); send it again as a whole"
            )
            return Finding("x12.interchange_rejected", message, _place(span))
        if self._group.errors:
            codes = ", ".join(self._group.errors)
            message = f"the group around this set was rejected (997 group code {codes})"
            return Finding("x12.group_rejected", f"{message}; send it again", _place(span))
        return None

    def _mismatch(self, span: SetSpan, release: str) -> str | None:
        """Return the code for a set in the wrong group, None when it's in the right one."""
        if self._group.functional_id == tree(span.code, release).functional_id:
            return None
        return "18" if release == "5010" else "6"

    def _too_long(self, span: SetSpan, longest: int) -> Finding:
        message = (
            f"a segment has {longest} characters, at most {self._longest} are read; "
            "check that every segment is terminated"
        )
        return Finding("x12.segment_too_long", message, _place(span))

    def _wrong_group(self, span: SetSpan, code: str, release: str) -> Finding:
        wanted = tree(span.code, release).functional_id
        message = (
            f"{span.code} belongs in a {wanted} group, GS01 says "
            f"{self._group.functional_id} (997 set code {code}); correct GS01"
        )
        where = Where("GS", None, 1, byte=self._group.start)
        return Finding("x12.GS01.mismatch", message, where, value=self._group.functional_id)


def _untold(span: SetSpan, severity: Severity) -> Finding:
    codes = ", ".join(span.errors)
    message = f"the set has errors (997 set code {codes}); the first of its group say more"
    return Finding("x12.set_rejected", message, _place(span), severity)


def _unsupported(span: SetSpan) -> Finding:
    message = (
        f"transaction set {span.code} isn't read here (997 set code 1); send {', '.join(BUILDERS)}"
    )
    return Finding("x12.ST01.unsupported", message, _place(span), value=span.code)


def _place(span: SetSpan) -> Where:
    return Where("ST", 1, byte=span.start)


def _codes(*codes: tuple[str, ...]) -> tuple[str, ...]:
    """Join set codes without repetition; AK5 has room for five."""
    return tuple(dict.fromkeys(code for each in codes for code in each))[:5]
