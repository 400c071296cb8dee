"""Technical acknowledgements: 997 or 999 for groups and TA1 for interchanges, as whole files.

Ids and qualifiers are those of the received envelope, turned round; version, usage and separators
are the received ones too. Only groups of 5010 can have a 999, which says the same as a 997 and, in
CTX, which element made another one wrong. Nothing is ever answered to an acknowledgement, nor to an
interchange whose header can't be trusted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Literal

from formats.grammar.errors import ElementError, SegmentError
from formats.x12 import words
from formats.x12.outcomes import ACCEPTED, GroupOutcome, InterchangeOutcome, SetOutcome
from formats.x12.separators import Separators
from formats.x12.spans import Group, Interchange, SetSpan

_MOST_ELEMENT_ERRORS = 99
_MOST_COPY_CHARACTERS = 99
_CONTROL_NUMBERS = 1_000_000_000
_REPETITION_RELEASE = "00402"
_DEFAULTS = Separators()
_VERSION = "00401"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]", re.ASCII)
_SPARE_REPETITIONS = "^!&%"
_ONLY_999 = "00501"
_TRIGGER = "SITUATIONAL TRIGGER"
Form = Literal["997", "999"]


@dataclass(frozen=True, slots=True)
class _Tags:
    """The segments of a form of acknowledgement."""

    form: Form
    set: str
    segment: str
    element: str


_997 = _Tags("997", "AK5", "AK3", "AK4")
_999 = _Tags("999", "IK5", "IK3", "IK4")


@dataclass(frozen=True, slots=True)
class ControlNumbers:
    """Numbers for one outgoing interchange, each counted by the caller's durable counters.

    A 997 file takes as many group and set numbers, from `group` and `first_set` on, as
    `numbers_needed` says; past 999 999 999 they start again at 1.
    """

    interchange: int
    group: int
    first_set: int = 1


def numbers_needed(outcome: InterchangeOutcome) -> tuple[int, int]:
    """Return how many group and set control numbers the 997 file for `outcome` takes."""
    answered = _answered(outcome)
    return len({_route(each.group) for each in answered}), len(answered)


def functional_acknowledgement(
    interchange: Interchange,
    outcomes: InterchangeOutcome,
    *,
    control: ControlNumbers,
    at: datetime,
    form: Form = "997",
) -> bytes | None:
    """Return one interchange with a 997 per received group; None when there is nothing to answer.

    With `form` 999 groups of 5010 get that instead. `at` is the time to write into the envelope, in
    our own zone.
    """
    answered = _answered(outcomes)
    if not answered or not interchange.is_trusted or interchange.is_rejected:
        return None
    writer = _Writer(interchange, form)
    routes: dict[tuple[str, str, str], list[GroupOutcome]] = {}
    for each in answered:
        routes.setdefault(_route(each.group), []).append(each)
    return writer.bytes_of(_lines(routes, writer, control, at))


def _lines(
    routes: Mapping[tuple[str, str, str], Sequence[GroupOutcome]],
    writer: _Writer,
    control: ControlNumbers,
    at: datetime,
) -> Iterator[list[str]]:
    """Yield the segments from ISA to IEA: a file of 100,000 sets has as many answers."""
    yield writer.header(control.interchange, at)
    number = control.first_set
    day, clock = f"{at:%Y%m%d %H%M}".split()
    for index, ((sender, receiver, version), groups) in enumerate(routes.items()):
        group = _wrapped(control.group + index)
        yield ["GS", "FA", receiver, sender, day, clock, group, "X", version]
        for each in groups:
            yield from _acknowledgement(each, f"{_wrapped(number):0>4}", writer)
            number += 1
        yield ["GE", str(len(groups)), group]
    yield ["IEA", str(len(routes)), f"{_wrapped(control.interchange):0>9}"]


def interchange_acknowledgement(
    interchange: Interchange,
    *,
    control: int,
    at: datetime,
    override: tuple[str, str] | None = None,
) -> bytes | None:
    """Return an interchange with one TA1; None for a header that can't be trusted.

    `control` is our ISA13. `override` replaces (TA104, TA105), as ("R", "025") for a repeated
    control number, which only the ledger knows.
    """
    if not interchange.is_trusted:
        return None
    status, code = override or (interchange.status, interchange.code)
    writer = _Writer(interchange)
    number = interchange.control.rjust(9, "0")
    lines = [
        writer.header(control, at),
        ["TA1", number, interchange.date, interchange.time, status, code],
        ["IEA", "0", f"{_wrapped(control):0>9}"],
    ]
    return writer.bytes_of(lines)


def wants_interchange_acknowledgement(interchange: Interchange) -> bool:
    """Tell whether ISA14 asks for a TA1: 1 always, 2 when rejected, 3 when not plainly accepted."""
    if not interchange.is_trusted or not interchange.groups:
        # An interchange of acknowledgements only isn't answered.
        return interchange.is_trusted and interchange.is_rejected and interchange.wants_ta1 != "0"
    status = interchange.status
    return {"1": True, "2": status == "R", "3": status in ("R", "E")}.get(
        interchange.wants_ta1, False
    )


def explain(segment: str, code: str) -> str:
    """Return a code of TA1, AK9, AK5, AK3 or AK4 in words, for people."""
    table = {
        "TA1": words.INTERCHANGE,
        "AK9": words.GROUP,
        "AK5": words.SET,
        "AK3": words.SEGMENT,
        "AK4": words.ELEMENT,
        "IK5": words.IMPLEMENTATION_SET,
        "IK3": words.IMPLEMENTATION_SEGMENT,
        "IK4": words.IMPLEMENTATION_ELEMENT,
    }.get(segment, {})
    return table.get(code, f"code {code} of {segment} isn't in the tables here")


def _answered(outcome: InterchangeOutcome) -> list[GroupOutcome]:
    return [each for each in outcome.groups if not each.is_acknowledgement]


def _route(group: Group) -> tuple[str, str, str]:
    return group.sender, group.receiver, group.version


def _wrapped(number: int) -> str:
    """Return a control number as text; after 999 999 999 comes 1."""
    return str((number - 1) % (_CONTROL_NUMBERS - 1) + 1)


def _acknowledgement(outcome: GroupOutcome, control: str, writer: _Writer) -> Iterator[list[str]]:
    """Yield the segments of one 997, ST to SE."""
    group = outcome.group
    is_5010 = group.version.startswith(_ONLY_999)
    tags = _999 if is_5010 and writer.form == "999" else _997
    head = ["AK1", group.functional_id, group.control]
    yield ["ST", tags.form, control]
    yield [*head, group.version] if is_5010 else head
    count = 4
    accepted = [tags.set, ACCEPTED.status]
    for span, each in zip(group.sets, outcome.sets, strict=True):
        if group.errors and each.is_accepted:
            # The group as a whole was refused; sets of their own errors are still named.
            continue
        if each is ACCEPTED and not span.implementation:
            # Nearly all sets of a large file.
            yield ["AK2", span.code, span.control]
            yield accepted
            count += 2
            continue
        for line in _set_lines(span, each, writer, tags, names_implementation=is_5010):
            yield line
            count += 1
    declared = group.declared_sets if _is_count(group.declared_sets) else str(len(outcome.sets))
    counts = [declared, str(len(outcome.sets)), str(outcome.accepted)]
    yield ["AK9", outcome.status, *counts, *(*group.errors, *group.noted)[:5]]
    yield ["SE", str(count), control]


def _set_lines(
    span: SetSpan,
    outcome: SetOutcome,
    writer: _Writer,
    tags: _Tags,
    *,
    names_implementation: bool,
) -> Iterator[list[str]]:
    head = ["AK2", span.code, span.control]
    yield [*head, span.implementation] if names_implementation and span.implementation else head
    for error in outcome.errors:
        yield _segment_line(error, tags)
        for element in error.elements[:_MOST_ELEMENT_ERRORS]:
            yield _element_line(element, writer, tags)
            if tags is _999 and element.because_of is not None:
                place = ["CTX", _TRIGGER, error.tag, str(error.position), ""]
                yield [*place, str(element.because_of)]
    yield [tags.set, outcome.status, *outcome.codes]


def _segment_line(error: SegmentError, tags: _Tags) -> list[str]:
    # An id that isn't one can't be repeated in AK301, which holds two or three characters.
    is_tag = error.tag.isascii() and error.tag.isalnum() and len(error.tag) in (2, 3)
    tag = error.tag if is_tag else "ZZZ"
    return [tags.segment, tag, str(error.position), "", error.code]


def _element_line(error: ElementError, writer: _Writer, tags: _Tags) -> list[str]:
    position = str(error.element)
    if error.component is not None:
        position += f"{writer.component}{error.component}"
    line = [tags.element, position, error.number, error.code]
    return [*line, error.value] if writer.can_carry(error.value) else line


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6


class _Writer:
    """Writes segments with the separators of the received interchange, where they are usable."""

    def __init__(self, interchange: Interchange, form: Form = "997") -> None:
        self._interchange = interchange
        self.form: Form = form
        received = interchange.separators
        usable = received if _are_plain(received) else _DEFAULTS
        self._element = usable.element.decode("ascii")
        self.component = usable.component.decode("ascii")
        self._terminator = usable.terminator.decode("ascii")
        self._decoration = usable.decoration.decode("ascii")
        self._used = {self._element, self.component, self._terminator}
        self._standard = self._repetition()
        if interchange.version >= _REPETITION_RELEASE:
            self._used.add(self._standard)

    def can_carry(self, text: str) -> bool:
        """Tell whether `text` can be repeated in an element: X12 has no way to escape."""
        return (
            0 < len(text) <= _MOST_COPY_CHARACTERS
            and text.isascii()
            and text.isprintable()
            and not any(mark in text for mark in self._used)
        )

    def header(self, control: int, at: datetime) -> list[str]:
        """Return the ISA: the received ids turned round, and what can't stand in one replaced."""
        received = self._interchange
        blanks = " " * 10
        version = received.version if _is_code(received.version, 5) else _VERSION
        usage = received.usage if received.usage in ("P", "T", "I") else "P"
        day, clock = f"{at:%y%m%d %H%M}".split()
        return [
            *("ISA", "00", blanks, "00", blanks),
            *(_qualifier(received.receiver_qualifier), received.receiver.ljust(15)[:15]),
            *(_qualifier(received.sender_qualifier), received.sender.ljust(15)[:15]),
            *(day, clock, self._standard, version),
            *(f"{_wrapped(control):0>9}", "0", usage, self.component),
        ]

    def bytes_of(self, lines: Iterable[list[str]]) -> bytes:
        end = self._terminator + self._decoration
        written = BytesIO()
        for line in lines:
            while not line[-1]:
                line.pop()
            text = self._element.join(line)
            is_plain = text.isprintable() and self._terminator not in text
            if text.count(self._element) >= len(line) or not (is_plain or self._is_safe(text)):
                text = self._element.join(map(self._harmless, line))
            written.write((text + end).encode("latin-1", errors="replace"))
        return written.getvalue()

    def _is_safe(self, text: str) -> bool:
        """Tell whether a text that can't be printed is one segment all the same."""
        return self._terminator not in text and _CONTROLS.search(text) is None

    def _harmless(self, text: str) -> str:
        """Return what a partner sent without what would end our segment, or our element."""
        marks = (self._element, self._terminator)
        return "".join("?" if each in marks or _CONTROLS.match(each) else each for each in text)

    def _repetition(self) -> str:
        """Return ISA11: `U`, or from 00402 on a repetition separator that is none of the others."""
        standard = self._interchange.standard
        if self._interchange.version < _REPETITION_RELEASE:
            return standard if standard.isalnum() else "U"
        is_usable = len(standard) == 1 and standard.isascii() and standard not in self._used
        if is_usable and standard.isprintable() and standard != " ":
            return standard
        return next(mark for mark in _SPARE_REPETITIONS if mark not in self._used)


def _is_code(text: str, size: int) -> bool:
    return len(text) == size and text.isascii() and text.isalnum()


def _qualifier(text: str) -> str:
    return text if _is_code(text, 2) else "ZZ"


def _are_plain(separators: Separators) -> bool:
    """Tell whether separators can be used for any text of an acknowledgement."""
    marks = [separators.element, separators.component, separators.terminator]
    return len(set(marks)) == len(marks) and all(
        len(mark) == 1
        and (b"!" <= mark < b"\x7f" or mark in (b"\n", b"\r", b"\x1c", b"\x1d", b"\x1e", b"\x1f"))
        and not mark.isalnum()
        and mark not in (b"-", b".", b" ")
        for mark in marks
    )
