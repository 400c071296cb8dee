"""Read the messages of one interchange, step by step: is it ours, is it sound, what does it say."""

from __future__ import annotations

from formats.acknowledgements import Acknowledgement
from formats.edifact import repertoire
from formats.edifact.check import checker
from formats.edifact.contrl import acknowledgement
from formats.edifact.editions import Edition
from formats.edifact.elements import BAD_CHARACTER
from formats.edifact.header import fault
from formats.edifact.messages import KINDS, EdifactRecord, MessageKind
from formats.edifact.outcomes import (
    ACCEPTED,
    ACKNOWLEDGEMENT,
    MessageOutcome,
    findings_of,
    tolerated_errors,
)
from formats.edifact.parts import Problems
from formats.edifact.patterns import COMPONENT
from formats.edifact.policy import Policy
from formats.edifact.segments import Places, Tagged
from formats.edifact.service import translation
from formats.edifact.spans import Group, Interchange, MessageSpan, tolerated
from formats.findings import Finding, Severity, Where, warning
from formats.grammar.check import SEPARATOR
from formats.grammar.errors import ElementError, SegmentError
from formats.limits import Limits

Read = tuple[EdifactRecord | Acknowledgement | None, list[Finding], MessageOutcome]
"""The record of a message, what was found, and what a CONTRL says of it."""


class MessageReader:
    """Reads the messages of one interchange."""

    def __init__(self, interchange: Interchange, policy: Policy, limits: Limits) -> None:
        self._interchange = interchange
        self._policy = policy
        self._longest = limits.segment_bytes
        self._translation = translation(interchange.service)
        self._codec = interchange.encoding.codec

    def read(self, group: Group, span: MessageSpan, raw: bytes) -> Read:
        """Return what a message says; `raw` is its bytes."""
        kind = KINDS.get(span.code)
        warns = self._policy.warns | kind.tolerates if kind else self._policy.warns
        faults, notes = tolerated(span.faults, warns)
        findings = [*notes, *(each.finding for each in faults)]
        if span.code == ACKNOWLEDGEMENT:
            return self._acknowledgement(span, raw, findings), findings, ACCEPTED
        blocked = self._blocked(group, span)
        if blocked is not None:
            first = MessageOutcome(faults[0]) if faults else ACCEPTED
            return None, [*findings, blocked], first
        if faults:
            errors = self._errors(kind, span, raw)
            places = Places(raw, span.start, self._interchange.service)
            findings += findings_of(errors, places)
            return None, findings, MessageOutcome(faults[0], errors)
        if kind is None:
            header = Tagged(span.header, span.start, span.end)
            sentence = f"message type {span.code[:10]} isn't read here; send {', '.join(KINDS)}"
            wrong = fault("12", header, 2, sentence, part=1)
            return None, [*findings, wrong.finding], MessageOutcome(wrong)
        edition = self._edition(kind, span)
        if edition is None:
            header = Tagged(span.header, span.start, span.end)
            named = f"{span.version}.{span.release}"[:10]
            sentence = f"{span.code} of {named} isn't read here; send {_editions(kind)}"
            wrong = fault("17", header, 2, sentence, part=3)
            return None, [*findings, wrong.finding], MessageOutcome(wrong)
        if (span.version, span.release) not in kind.editions:
            findings.append(_other_release(span, edition))
        return self._check(kind, edition, span, raw, findings)

    def _acknowledgement(
        self, span: MessageSpan, raw: bytes, findings: list[Finding]
    ) -> Acknowledgement | None:
        """Return what a partner says of a file of ours; how it is wrapped doesn't matter."""
        segments = self._translation.segments(raw, self._codec)
        problems = Problems(Places(raw, span.start, self._interchange.service), findings)
        number, is_test = self._interchange.control, self._interchange.is_test
        return acknowledgement(segments, number, problems, is_test=is_test)

    def _edition(self, kind: MessageKind, span: MessageSpan) -> Edition | None:
        nearest = self._policy.accepts_other_releases
        return kind.edition(span.version, span.release, nearest=nearest)

    def _errors(
        self, kind: MessageKind | None, span: MessageSpan, raw: bytes
    ) -> tuple[SegmentError, ...]:
        """Return what is wrong inside of a message that is refused for its envelope."""
        edition = self._edition(kind, span) if kind else None
        if kind is None or edition is None:
            return ()
        segments = self._translation.segments(raw, self._codec)
        found = checker(span.code, *edition).check(segments, COMPONENT)
        return self._parted(kind, found.errors, segments)[0]

    def _parted(
        self, kind: MessageKind, errors: tuple[SegmentError, ...], segments: list[str]
    ) -> tuple[tuple[SegmentError, ...], tuple[SegmentError, ...]]:
        """Part errors into those that refuse a message, and those that are only warned of."""
        agreed = self._policy.warns
        return tolerated_errors(errors, segments, kind=kind.tolerates, agreed=agreed)

    def _check(
        self,
        kind: MessageKind,
        edition: Edition,
        span: MessageSpan,
        raw: bytes,
        findings: list[Finding],
    ) -> Read:
        segments = self._translation.segments(raw, self._codec)
        # A message that is shorter than a segment may be has no segment that is too long.
        is_short = len(raw) <= self._longest
        longest = 0 if is_short else len(max(segments, key=len, default=""))
        if longest > self._longest:
            header = Tagged(span.header, span.start, span.end)
            sentence = f"a segment has {longest} characters, at most {self._longest} are read"
            wrong = fault("39", header, None, sentence)
            return None, [*findings, wrong.finding], MessageOutcome(wrong)
        checked = checker(span.code, *edition).check(segments, COMPONENT)
        places = Places(raw, span.start, self._interchange.service)
        problems = Problems(places, findings)
        errors = checked.errors
        if not repertoire.is_plain(self._interchange.syntax, raw):
            errors = _with_characters(errors, segments, self._interchange.syntax)
        if errors:
            errors, others = self._parted(kind, errors, segments)
            findings += findings_of(errors, places)
            findings += findings_of(others, places, Severity.WARNING)
        if checked.is_cut_short:
            message = "the message has more errors than are listed; correct these first"
            findings.append(warning("edifact.more_errors", message, Where(byte=span.start)))
        if checked.is_cut_short and not errors:
            errors = checked.errors
        if errors:
            return None, findings, MessageOutcome(None, errors)
        is_test = self._interchange.is_test
        record = kind.build(segments, checked.nodes, edition, problems, is_test=is_test)
        return record, findings, ACCEPTED

    def _blocked(self, group: Group, span: MessageSpan) -> Finding | None:
        """Tell why nothing of this message can be used: what is around it was refused."""
        where = Where("UNH", 1, byte=span.start)
        if self._interchange.is_rejected:
            code = self._interchange.faults[0].code
            message = f"the interchange around this message was refused (CONTRL {code})"
            return Finding("edifact.interchange_rejected", f"{message}; send it again", where)
        if group.faults:
            message = f"the group around this message was refused (CONTRL {group.faults[0].code})"
            return Finding("edifact.group_rejected", f"{message}; send it again", where)
        return None


def _with_characters(
    errors: tuple[SegmentError, ...], segments: list[str], syntax: str
) -> tuple[SegmentError, ...]:
    """Add the characters that the syntax doesn't have, each at its element."""
    found = [
        error
        for position, text in enumerate(segments, 1)
        if (error := _wrong_character(text, position, syntax)) is not None
    ]
    return tuple(sorted((*errors, *found), key=lambda each: each.position)) if found else errors


def _wrong_character(text: str, position: int, syntax: str) -> SegmentError | None:
    match = repertoire.outside(syntax, text)
    if match is None or match[0] < " ":
        return None
    ahead = text[: match.start()]
    element = ahead.count(SEPARATOR)
    in_element = ahead.rpartition(SEPARATOR)[2]
    whole = text.split(SEPARATOR)[element]
    part = in_element.count(COMPONENT) + 1 if COMPONENT in whole else None
    value = whole.split(COMPONENT)[(part or 1) - 1][:99]
    expected = f"a character of {syntax}, which has no {match[0]!r}"
    wrong = ElementError(element, BAD_CHARACTER, "", "", value, expected, part)
    return SegmentError(text[:3], position, "", (wrong,))


def _other_release(span: MessageSpan, edition: Edition) -> Finding:
    message = (
        f"{span.code} of {span.version}.{span.release} was read as {edition.tree}; check that"
        " nothing is missing"
    )
    return warning("edifact.UNH02.release", message, Where("UNH", 1, 2, 3, byte=span.start))


def _editions(kind: MessageKind) -> str:
    return " or ".join(f"{version}.{release}" for version, release in kind.editions)
