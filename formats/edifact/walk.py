"""Walk through one interchange: its groups and messages, and what is wrong around them.

Only segments whose tags begin with UN are looked at. Codes are those of 0085.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from formats.edifact.groups import GroupDraft
from formats.edifact.header import fault
from formats.edifact.segments import (
    Tagged,
    begins_segment,
    count_segments,
    is_number,
    segment_at,
)
from formats.edifact.service import DECORATION, Service
from formats.edifact.spans import Elements, Fault, Group, MessageSpan
from formats.findings import Finding, Where


@dataclass(slots=True)
class Walked:
    """What stands between a UNB and its UNZ. `end` is behind the UNZ."""

    groups: tuple[Group, ...]
    faults: tuple[Fault, ...]
    end: int
    segments: int


MOST_TOLD = 1000
"""Messages of one interchange whose faults are told one by one."""


def walk(data: bytes, header: Tagged, limit: int, service: Service, most_segments: int) -> Walked:
    """Return the groups of the interchange whose UNB is `header`; the next one starts at `limit`.

    Nothing is looked at once more than `most_segments` were counted: such a file isn't read. Every
    byte up to `end` is in a service segment or in a message, or is named in a fault.
    """
    walker = _Walker(data, header, limit, service)
    for match in _tags(service).finditer(data, header.end, limit):
        if begins_segment(data, header.end, match.start(), service):
            walker.step(segment_at(data, match.start(), limit, service))
            if walker.is_over or walker.segments > most_segments:
                break
    return walker.result()


@cache
def _tags(service: Service) -> re.Pattern[bytes]:
    return re.compile(b"UN[EGHTZ](?=[" + re.escape(service.element + service.terminator) + b"])")


@dataclass(slots=True)
class _Walker:
    data: bytes
    header: Tagged
    limit: int
    service: Service
    groups: list[Group] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    group: GroupDraft | None = None
    message: Tagged | None = None
    controls: set[str] = field(default_factory=set)
    position: int = 0
    """End of what was accounted for."""
    messages: int = 0
    segments: int = 2
    told: int = 0
    is_over: bool = False
    is_stray_told: bool = False

    def __post_init__(self) -> None:
        self.position = self.header.end

    def step(self, found: Tagged) -> None:
        """Take the next service segment."""
        tag = found.tag
        if self.message is None:
            self._account(found.start)
        if tag == "UNT" and self.message is not None:
            self._end_message(found, found.end)
            return
        if self.message is not None:
            self._end_message(None, found.start)
        if tag == "UNH":
            self.message = found
        elif tag == "UNG":
            self._begin_group(found)
        elif tag == "UNE" and self.group is not None and self.group.is_explicit:
            self._end_group(found, found.end)
        elif tag == "UNZ":
            self._end(found)
        else:
            sentence = f"{tag} ends nothing here; send it behind what it ends, or leave it out"
            self.faults.append(fault("33", found, None, sentence))
        self.position = found.end

    def result(self) -> Walked:
        """Return what was found, also where the interchange has no end."""
        if not self.is_over:
            end = self.limit
            if self.message is not None:
                self._end_message(None, end)
            else:
                self._account(end)
            self._end_group(None, end)
            self._check_counts()
            sentence = "the interchange has no UNZ, so its end is missing; send it again, complete"
            place = Where("UNZ", byte=end)
            self.faults.append(fault("13", self.header, None, sentence, segment="UNZ", place=place))
            self.position = end
        return Walked(tuple(self.groups), tuple(self.faults), self.position, self.segments)

    def _account(self, end: int) -> None:
        """Name bytes from the last segment to `end` that are in no message."""
        gap = self.data[self.position : end]
        # A terminator with nothing ahead of it is an empty segment, and stands for nothing.
        nothing = DECORATION + self.service.terminator
        if self.is_stray_told or not gap or not gap.strip(nothing):
            return
        self.is_stray_told = True
        start = end - len(gap.lstrip(nothing))
        stray = segment_at(self.data, start, end, self.service)
        tag = stray.tag[:3]
        is_tag = tag.isascii() and tag.isalnum()
        what = f"segment {tag}" if is_tag else "something that is no segment"
        sentence = f"{what} stands outside of messages; send segments between UNH and UNT"
        place = Where(tag if is_tag else None, byte=start)
        self.faults.append(fault("33", stray, None, sentence, place=place))

    def _end_message(self, trailer: Tagged | None, end: int) -> None:
        header, self.message = self.message, None
        if header is None:
            return
        expected = trailer.text(1) if trailer else ""
        counted = count_segments(self.data, header.start, end, self.service, expected)
        faults = tuple(self._message_faults(header, trailer, counted, end))
        if faults:
            self.told += 1
            if self.told > MOST_TOLD:
                faults = tuple(_untold(each.code, each.segment) for each in faults)
        if self.group is None:
            self.group = GroupDraft(None, header.start, self._header_at)
            if self.groups:
                self._mixed(header)
        self.group.add(header, MessageSpan(header.elements, header.start, end, counted, faults))
        self.messages += 1
        self.segments += counted
        self.position = end

    def _header_at(self, start: int) -> Elements:
        return segment_at(self.data, start, self.limit, self.service).elements

    def _message_faults(
        self, header: Tagged, trailer: Tagged | None, counted: int, end: int
    ) -> list[Fault]:
        control = header.text(1)
        is_new = bool(control) and control not in self.controls
        sound = (("UNT",), (str(counted),), (control,))
        if is_new and trailer is not None and trailer.elements == sound:
            self.controls.add(control)
            return []
        faults: list[Fault] = []
        if not control:
            faults.append(fault("13", header, 1, "the message reference is missing; send one"))
        elif control in self.controls:
            sentence = f"message reference {control[:20]} was used before; number them differently"
            faults.append(fault("26", header, 1, sentence))
        self.controls.add(control)
        if trailer is None:
            sentence = "the message has no UNT; end every message with one"
            place = Where("UNT", counted + 1, byte=end)
            faults.append(fault("13", header, None, sentence, segment="UNT", place=place))
            return faults
        declared, repeated = trailer.text(1), trailer.text(2)
        if not is_number(declared, counted):
            said = declared[:20] or "nothing"
            sentence = f"UNT says {said}, {counted} segments were counted; correct the count"
            faults.append(fault("29", trailer, 1, sentence))
        if repeated != control:
            sentence = f"UNT says {repeated[:20] or 'nothing'}, UNH says {control[:20]}"
            faults.append(fault("28", trailer, 2, f"{sentence}; send the same reference"))
        return faults

    def _begin_group(self, header: Tagged) -> None:
        if self.group is not None:
            if not self.group.is_explicit:
                self._mixed(header)
            self._end_group(None, header.start)
        self.group = GroupDraft(header, header.start, self._header_at)
        self.segments += 2

    def _end_group(self, trailer: Tagged | None, end: int) -> None:
        if self.group is not None:
            self.groups.append(self.group.result(trailer, end))
            self.group = None

    def _mixed(self, at: Tagged) -> None:
        sentence = "some messages are in a group (UNG) and some are not; send all of them alike"
        self.faults.append(fault("30", at, None, sentence))

    def _end(self, trailer: Tagged) -> None:
        self.is_over = True
        self._end_group(None, trailer.start)
        self._check_counts()
        explicit = sum(group.is_explicit for group in self.groups)
        counted, noun = (explicit, "groups") if explicit else (self.messages, "messages")
        declared, repeated = trailer.text(1), trailer.text(2)
        if not is_number(declared, counted):
            said = declared[:20] or "nothing"
            sentence = f"UNZ says {said}, {counted} {noun} were counted; correct the count"
            self.faults.append(fault("29", trailer, 1, sentence))
        control = self.header.text(5)
        if repeated != control:
            sentence = f"UNZ says {repeated[:20] or 'nothing'}, UNB says {control[:20]}"
            self.faults.append(fault("28", trailer, 2, f"{sentence}; send the same reference"))

    def _check_counts(self) -> None:
        if not self.messages and not self.groups:
            sentence = "there is no message in the interchange; send one, or nothing at all"
            self.faults.append(fault("32", self.header, None, sentence))


@cache
def _untold(code: str, segment: str) -> Fault:
    """Return a fault that many messages share: a file of nothing else must not fill the memory."""
    message = f"{segment} is wrong, as those of the messages ahead are (CONTRL {code}); see there"
    return Fault(code, segment, None, None, Finding(f"edifact.{segment}", message, Where(segment)))
