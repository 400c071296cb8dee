"""Who sends an X12 interchange to whom, with which separators and control numbers.

Everything is checked when it is made, so that a wrong partner setting is a sentence at the start
and not a broken file later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MAX_CONTROL = 999_999_999


@dataclass(frozen=True, slots=True)
class Separators:
    """The four service characters. `repetition` is used from version 00402 on."""

    element: str = "*"
    component: str = ">"
    segment: str = "~"
    repetition: str = "^"

    def __post_init__(self) -> None:
        marks = (self.element, self.component, self.segment, self.repetition)
        # A letter, digit, blank, point or minus stands in ordinary data, numbers above all.
        if any(len(m) != 1 or not m.isascii() or m.isalnum() or m in " .-" for m in marks):
            raise ValueError(
                "a separator must be one ASCII character that is no letter, digit, blank, point or"
                " minus; use * > ~ ^"
            )
        if len(set(marks)) != len(marks):
            raise ValueError("the four separators must differ from each other; use * > ~ ^")

    def in_use(self, *, is_5010: bool) -> frozenset[str]:
        """Return the characters that data must not hold."""
        marks = {self.element, self.component, self.segment}
        return frozenset(marks | {self.repetition} if is_5010 else marks)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, and how (ISA, GS). `group_sender` and `group_receiver` default to ISA ids.

    `after_segment` follows every terminator (a line end, for people who look into the file).
    `charset` other than ASCII needs the partner's agreement; without it letters lose their accents.
    With `refuses_characters` a text that can't be sent as it is raises ValueError instead.
    """

    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    usage: Literal["P", "T"] = "P"
    version: Literal["00401", "00501"] = "00401"
    group_version: str = ""
    group_sender: str = ""
    group_receiver: str = ""
    separators: Separators = Separators()
    after_segment: Literal["", "\n", "\r\n"] = "\n"
    charset: Literal["ascii", "latin-1", "utf-8"] = "ascii"
    wants_ta1: bool = False
    refuses_characters: bool = False

    def __post_init__(self) -> None:
        for name, text, low, high in (
            ("sender qualifier (ISA05)", self.sender_qualifier, 2, 2),
            ("sender id (ISA06)", self.sender, 1, 15),
            ("receiver qualifier (ISA07)", self.receiver_qualifier, 2, 2),
            ("receiver id (ISA08)", self.receiver, 1, 15),
            ("group sender (GS02)", self.group_sender or self.sender, 2, 15),
            ("group receiver (GS03)", self.group_receiver or self.receiver, 2, 15),
            ("group version (GS08)", self.group_version or self.default_group_version, 6, 12),
        ):
            if not (low <= len(text) <= high and text.isascii() and text.isprintable()):
                raise ValueError(f"the {name} {text!r} must have {low} to {high} ASCII characters")
            if bad := sorted(set(text) & self.delimiters):
                raise ValueError(f"the {name} {text!r} holds the separator {bad[0]!r}: change one")
            if text != text.strip():
                raise ValueError(f"the {name} {text!r} must not begin or end with a blank")
        if self.version not in ("00401", "00501"):
            raise ValueError(f"version {self.version!r} is not written; use 00401 or 00501")
        if self.usage not in ("P", "T"):
            raise ValueError(f"usage {self.usage!r} is unknown; use P or T")

    @property
    def default_group_version(self) -> str:
        return "004010" if self.version == "00401" else "005010"

    @property
    def is_5010(self) -> bool:
        return self.version == "00501"

    @property
    def delimiters(self) -> frozenset[str]:
        """Characters that data must not hold."""
        return self.separators.in_use(is_5010=self.is_5010)


@dataclass(frozen=True, slots=True)
class ControlNumbers:
    """Numbers of one interchange: ISA13, GS06 and the first ST02; later sets count on from it."""

    interchange: int
    group: int
    set: int = 1

    def __post_init__(self) -> None:
        for number in (self.interchange, self.group, self.set):
            if not 1 <= number <= MAX_CONTROL:
                raise ValueError(f"control number {number} must lie from 1 to {MAX_CONTROL}")
