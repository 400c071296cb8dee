"""Check a functional group and its transaction sets from their headers and trailers.

Everything that is wrong becomes an AK905 code of the group or an AK502 code of the set, with a
finding that says both numbers: the one that was sent and the one that was counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from formats import values
from formats.findings import Finding, Where, warning
from formats.pages import Source
from formats.x12 import words
from formats.x12.dictionary import release_of
from formats.x12.separators import Separators
from formats.x12.spans import DECORATION, Group, SetSpan, SetSpans
from formats.x12.tags import Tagged

_GROUP_CONTROL = re.compile(r"[0-9]{1,9}", re.ASCII)
_SHOWN_CHARACTERS = 40
MOST_TOLD_SETS = 1000
"""Sets of one group whose envelope errors are put in words; the others have their codes only."""


@dataclass(slots=True)
class OpenGroup:
    """A group while it is read: `header` is its GS."""

    header: Tagged
    release: str | None = field(init=False)
    sets: SetSpans = field(default_factory=SetSpans)
    errors: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _highest: tuple[int, str] = (0, "")
    _controls: set[str] | None = None
    _told: int = 0

    def __post_init__(self) -> None:
        self.release = release_of(self.header.element(8))

    @property
    def is_usable(self) -> bool:
        """False when GS lacks what an acknowledgement needs: GS01, GS02, GS03, GS06 and GS08."""
        return all(self.header.element(each).strip() for each in (1, 2, 3, 6, 8))

    def check_header(self, controls: set[str]) -> None:
        """Check GS; `controls` are the group control numbers used before in the interchange."""
        header = self.header
        control = header.element(6)
        if not _GROUP_CONTROL.fullmatch(control):
            self._error("6", header, 6, "GS06 holds 1 to 9 digits")
        elif plain_number(control) in controls:
            code = "19" if self.release == "5010" else "6"
            self._error(code, header, 6, "number the groups of an interchange differently")
        controls.add(plain_number(control))
        if self.release is None:
            sentence = f"GS08 is {header.element(8)[:12]}; send version 004010 or 005010"
            self._error("2", header, 8, sentence)
        self.findings += _sloppy_times(header)

    def take_set(
        self, header: bytes, trailer: bytes, place: tuple[int, int, int], separators: Separators
    ) -> bool:
        """Add a set by the elements of its ST and SE, where these are as they ought to be.

        Tell whether it was added. `place` is where it starts and ends, and its number of segments.
        """
        element = separators.element
        code, _, control = header.partition(element)
        if trailer != b"%d%b%b" % (place[2], element, control):
            return False
        set_code, set_control = code.decode("latin-1"), control.decode("latin-1")
        if control != control.rstrip(DECORATION) or element in control:
            return False
        if not _is_set(set_code, set_control) or self._repeats(set_control):
            return False
        self.sets.add_sound(set_code, set_control, place)
        return True

    def end_set(self, header: Tagged, trailer: Tagged | None, end: int, counted: int) -> None:
        """Add the set from `header` to `end`; `trailer` is its SE, None when that is missing."""
        code, control, implementation = (*header.elements, "", "", "")[:3]
        is_repeated = self._repeats(control)
        is_sound = trailer is not None and trailer.elements == [str(counted), control]
        if is_sound and not is_repeated and _is_set(code, control):
            self.sets.append(SetSpan(code, control, header.start, end, counted, implementation))
            return
        wrong = [
            *_trailer_errors(control, trailer, counted, end),
            *_control_errors(header, control, self.release, is_repeated=is_repeated),
        ]
        if not _is_code(code):
            wrong.append(_SetError("6", header, 1, "ST01 holds a transaction set such as 850"))
        findings: tuple[Finding, ...] = ()
        if wrong:
            if self._told < MOST_TOLD_SETS:
                findings = tuple(each.finding(header, counted) for each in wrong)
            self._told += 1
        self.sets.append(
            SetSpan(
                code,
                control,
                header.start,
                end,
                counted,
                implementation,
                tuple([each.code for each in wrong]),
                findings,
            )
        )

    def _repeats(self, control: str) -> bool:
        """Tell whether a set had this ST02 before. Numbers that ascend needn't be remembered."""
        if self._controls is None:
            order = (len(control), control)
            if order > self._highest:
                self._highest = order
                return False
            self._controls = {each.control for each in self.sets}
        is_repeated = control in self._controls
        self._controls.add(control)
        return is_repeated

    def end(self, trailer: Tagged | None, end: int) -> Group:
        """Return the group, ended by its GE or, where that is missing, at `end`."""
        if trailer is None:
            self._error(
                "3", Tagged("GE", [], end, end, is_terminated=False), None, "end it with GE"
            )
        else:
            self._check_trailer(trailer)
        texts = [self.header.element(position).strip() for position in range(1, 9)]
        functional_id, sender, receiver, day, clock, control, agency, version = texts
        return Group(
            functional_id,
            sender,
            receiver,
            day,
            clock,
            control,
            agency,
            version,
            start=self.header.start,
            end=end,
            declared_sets=trailer.element(1) if trailer else "",
            sets=self.sets,
            errors=tuple(dict.fromkeys(self.errors)),
            findings=tuple(self.findings),
        )

    def _check_trailer(self, trailer: Tagged) -> None:
        declared, counted = trailer.element(1), len(self.sets)
        if not is_number(declared, counted):
            sentence = f"GE01 says {declared or 'nothing'}, {counted} transaction sets were counted"
            self._error("5", trailer, 1, sentence)
        control = self.header.element(6)
        if plain_number(trailer.element(2)) != plain_number(control):
            sentence = f"GE02 says {trailer.element(2) or 'nothing'}, GS06 says {control}"
            self._error("4", trailer, 2, sentence)

    def _error(self, code: str, at: Tagged, position: int | None, sentence: str) -> None:
        self.errors.append(code)
        self.findings.append(
            _finding(at, position, None, sentence, f"997 group code {code}: {words.GROUP[code]}")
        )


class _SetError(NamedTuple):
    """What is wrong with the envelope of a set: an AK502 code, and where it stands."""

    code: str
    at: Tagged
    position: int | None
    sentence: str

    def finding(self, header: Tagged, counted: int) -> Finding:
        row = 1 if self.at is header else counted
        reason = f"997 set code {self.code}: {words.SET[self.code]}"
        return _finding(self.at, self.position, row, self.sentence, reason)


def _is_code(code: str) -> bool:
    return len(code) == 3 and code.isalnum()


def _is_set(code: str, control: str) -> bool:
    """Tell whether ST01 and ST02 are what they may be."""
    return _is_code(code) and _is_set_control(control)


def _is_set_control(control: str) -> bool:
    """Tell whether ST02 holds 4 to 9 characters of ASCII that can be printed."""
    return 4 <= len(control) <= 9 and control.isascii() and control.isprintable()


def _trailer_errors(
    control: str, trailer: Tagged | None, counted: int, end: int
) -> Iterator[_SetError]:
    if trailer is None:
        missing = Tagged("SE", [], end, end, is_terminated=False)
        yield _SetError("2", missing, None, "end every transaction set with SE")
        return
    declared, repeated = (*trailer.elements, "", "")[:2]
    if not is_number(declared, counted):
        sentence = f"SE01 says {declared or 'nothing'} segments, {counted} were counted"
        yield _SetError("4", trailer, 1, sentence)
    if repeated != control:
        sentence = f"SE02 says {repeated or 'nothing'}, ST02 says {control}"
        yield _SetError("3", trailer, 2, sentence)


def _control_errors(
    header: Tagged, control: str, release: str | None, *, is_repeated: bool
) -> Iterator[_SetError]:
    if not _is_set_control(control):
        yield _SetError("7", header, 2, "ST02 holds 4 to 9 characters")
    elif is_repeated:
        sentence = f"ST02 {control} was used before in this group"
        yield _SetError("23" if release == "5010" else "7", header, 2, sentence)


def is_number(text: str, expected: int) -> bool:
    """Tell whether `text` is the whole number `expected`."""
    return text.isascii() and text.isdigit() and len(text) < 11 and int(text) == expected


def plain_number(text: str) -> str:
    """Return a control number for comparison: leading zeros mean nothing."""
    return text.strip().lstrip("0")


def count_segments(
    data: Source, terminator: bytes, header: Tagged, trailer: Tagged | None, end: int
) -> int:
    """Count the segments of a set; empty ones are told apart only when that may matter."""
    counted = data.count(terminator, header.start, end)
    if trailer is not None and not trailer.is_terminated:
        counted += 1
    declared = trailer.element(1) if trailer is not None else ""
    if declared == str(counted) or is_number(declared, counted):
        return counted
    return sum(1 for each in data[header.start : end].split(terminator) if each.strip(DECORATION))


def _finding(
    at: Tagged, position: int | None, row: int | None, sentence: str, reason: str
) -> Finding:
    name = at.tag if position is None else f"{at.tag}{position:02}"
    message = f"{sentence}; correct it and send it again ({reason})."
    value = at.element(position)[:_SHOWN_CHARACTERS] if position else None
    return Finding(f"x12.{name}", message, Where(at.tag, row, position, byte=at.start), value=value)


def _sloppy_times(header: Tagged) -> Iterator[Finding]:
    for position, parse in ((4, values.basic_date), (5, values.basic_time)):
        text = header.element(position)
        try:
            parse(text)
        except ValueError as error:
            where = Where("GS", None, position, byte=header.start)
            message = (
                f"GS{position:02} is {text[:12] or 'empty'}: {error}. It was read all the same."
            )
            yield warning(f"x12.GS{position:02}", message, where, text[:_SHOWN_CHARACTERS])
