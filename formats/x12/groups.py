"""Check a functional group and its transaction sets from their headers and trailers.

Everything that is wrong becomes an AK905 code of the group or an AK502 code of the set, with a
finding that says both numbers: the one that was sent and the one that was counted.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from formats import values
from formats.findings import Finding, Where, warning
from formats.x12 import words
from formats.x12.dictionary import release_of
from formats.x12.spans import DECORATION, Group, SetSpan
from formats.x12.tags import Tagged

_GROUP_CONTROL = re.compile(r"[0-9]{1,9}", re.ASCII)
_SET_CONTROL = re.compile(r"[ -~]{4,9}", re.ASCII)
_SHOWN_CHARACTERS = 40
MOST_TOLD_SETS = 1000
"""Sets of one group whose envelope errors are put in words; the others have their codes only."""


@dataclass(slots=True)
class OpenGroup:
    """A group while it is read: `header` is its GS."""

    header: Tagged
    sets: list[SetSpan] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    _controls: set[str] = field(default_factory=set)
    _told: int = 0

    @property
    def release(self) -> str | None:
        return release_of(self.header.element(8))

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

    def end_set(self, header: Tagged, trailer: Tagged | None, end: int, counted: int) -> None:
        """Add the set from `header` to `end`; `trailer` is its SE, None when that is missing."""
        check = _SetCheck(header, trailer, counted, is_told=self._told < MOST_TOLD_SETS)
        check.check_trailer(end)
        check.check_header(self._controls, is_5010=self.release == "5010")
        self._told += bool(check.errors)
        self._controls.add(header.element(2))
        self.sets.append(
            SetSpan(
                # A file of 50,000 orders need not hold the text "850" as many times.
                sys.intern(header.element(1)),
                header.element(2),
                header.start,
                end,
                counted,
                header.element(3),
                tuple(check.errors),
                tuple(check.findings),
            )
        )

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
            sets=tuple(self.sets),
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


@dataclass(slots=True)
class _SetCheck:
    """The checks of one set's envelope."""

    header: Tagged
    trailer: Tagged | None
    counted: int
    is_told: bool
    errors: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def check_trailer(self, end: int) -> None:
        trailer, control = self.trailer, self.header.element(2)
        if trailer is None:
            missing = Tagged("SE", [], end, end, is_terminated=False)
            self._error("2", missing, None, "end every transaction set with SE")
            return
        declared = trailer.element(1)
        if not is_number(declared, self.counted):
            sentence = f"SE01 says {declared or 'nothing'} segments, {self.counted} were counted"
            self._error("4", trailer, 1, sentence)
        if trailer.element(2) != control:
            sentence = f"SE02 says {trailer.element(2) or 'nothing'}, ST02 says {control}"
            self._error("3", trailer, 2, sentence)

    def check_header(self, controls: set[str], *, is_5010: bool) -> None:
        header = self.header
        code, control = header.element(1), header.element(2)
        if not _SET_CONTROL.fullmatch(control):
            self._error("7", header, 2, "ST02 holds 4 to 9 characters")
        elif control in controls:
            sentence = f"ST02 {control} was used before in this group"
            self._error("23" if is_5010 else "7", header, 2, sentence)
        if len(code) != 3 or not code.isalnum():
            self._error("6", header, 1, "ST01 holds a transaction set such as 850")

    def _error(self, code: str, at: Tagged, position: int | None, sentence: str) -> None:
        self.errors.append(code)
        if not self.is_told:
            return
        row = 1 if at is self.header else self.counted
        self.findings.append(
            _finding(at, position, row, sentence, f"997 set code {code}: {words.SET[code]}")
        )


def is_number(text: str, expected: int) -> bool:
    """Tell whether `text` is the whole number `expected`."""
    return text.isascii() and text.isdigit() and len(text) < 11 and int(text) == expected


def plain_number(text: str) -> str:
    """Return a control number for comparison: leading zeros mean nothing."""
    return text.strip().lstrip("0")


def count_segments(
    data: bytes, terminator: bytes, header: Tagged, trailer: Tagged | None, end: int
) -> int:
    """Count the segments of a set; empty ones are told apart only when that may matter."""
    body = data[header.start : end]
    counted = body.count(terminator)
    if trailer is not None and not trailer.is_terminated:
        counted += 1
    if trailer is not None and is_number(trailer.element(1), counted):
        return counted
    return sum(1 for each in body.split(terminator) if each.strip(DECORATION))


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
