"""Walk over the envelope segments of one interchange and put its groups and sets together.

The segments between ST and SE are only counted. The walk never stops at an error: it reports it and
goes on with what the segments say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from formats.findings import Finding, Where, warning
from formats.pages import Source
from formats.x12 import words
from formats.x12.groups import OpenGroup, count_segments, is_number, plain_number
from formats.x12.isa import header_findings
from formats.x12.separators import Header, wrapped_header
from formats.x12.spans import DECORATION, Group, Interchange
from formats.x12.tags import Tag, Tagged, Tags

MOST_GROUPS = 10_000
"""An interchange with more is not one that anybody meant to send."""
_SHOWN_BYTES = 40
_NETWORK_TAGS = (b"ISB", b"ISE", b"TA3")
"""Between ISA and the first GS: the grade of a service, a deferred delivery, a notice of one."""
_NAMED = re.compile(r"([A-Z][A-Z0-9]{1,2}?)([0-9]{2})?(?:\.|\Z)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Walked:
    """An interchange and how many segments it has."""

    interchange: Interchange
    segments: int


def walk(data: Source, header: Header, limit: int) -> Walked:
    """Return the interchange that starts with `header` and ends before `limit` at the latest."""
    if header.damage is not None:
        return Walked(_damaged(header, limit), 1)
    header = wrapped_header(data, header, limit)
    state = _Walk(data, header, header.end, limit)
    state.errors, state.findings = header_findings(header)
    tags = Tags(data, header.separators, limit)
    for found in tags.after(header.end):
        if isinstance(found, tuple):
            if not state.take_set(*found):
                for each in found:
                    state.take(tags.tagged(each))
            continue
        state.take(tags.tagged(found))
        if state.trailer is not None or len(state.groups) > MOST_GROUPS:
            break
    state.close()
    return Walked(state.interchange(), state.segments)


@dataclass(slots=True)
class _Walk:
    """The state of a walk. `expected` is where the next envelope segment has to start."""

    data: Source
    header: Header
    expected: int
    limit: int
    findings: list[Finding] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    """TA104 and TA105 of every problem of the interchange itself."""
    groups: list[Group] = field(default_factory=list)
    group: OpenGroup | None = None
    set_header: Tagged | None = None
    segments: int = 1
    acknowledgements: list[tuple[str, ...]] = field(default_factory=list)
    controls: set[str] = field(default_factory=set)
    trailer: Tagged | None = None

    def take_set(self, header: Tag, trailer: Tag) -> bool:
        """Take a set from its ST to its SE, where its envelope is as it ought to be.

        Tell whether it was; of any other the two have to be taken one by one.
        """
        separators, group = self.header.separators, self.group
        step = len(separators.terminator)
        is_next = header.start() + step == self.expected
        is_plain = is_next and trailer[3] is not None and not separators.is_wrapped
        if group is None or self.set_header is not None or not is_plain:
            return False
        start, end = header.start(1), trailer.end() + step
        counted = self.data.count(separators.terminator, start, end)
        if not group.take_set(header[2] or b"", trailer[2], (start, end, counted), separators):
            return False
        self.segments += counted
        self.expected = end
        return True

    def take(self, found: Tagged) -> None:
        """Take one envelope segment."""
        if self.set_header is None:
            self._check_gap(found.start)
            self.segments += 1
        tag = found.tag
        if tag == "ST" and self.group is not None:
            self._end_set(None, found.start)
            self.set_header = found
        elif tag == "SE" and self.set_header is not None:
            self._end_set(found, found.end)
        elif tag == "GS":
            self._end_group(None, found.start)
            self._start_group(found)
        elif tag == "GE" and self.group is not None:
            self._end_group(found, found.end)
        elif tag == "IEA":
            self._end_group(None, found.start)
            self.trailer = found
        elif tag == "TA1" and self.group is None:
            self.acknowledgements.append(tuple(found.elements))
        elif self.set_header is None:
            sentence = f"{tag} stands where none is expected; GS needs GE, and ST needs SE"
            self._error(("R", "022"), f"{tag}.misplaced", found.start, sentence)
        self.expected = found.end

    def close(self) -> None:
        """End what is open, and check IEA."""
        trailer, control = self.trailer, self.header.elements[12]
        if trailer is None:
            self._end_group(None, self.limit)
        if len(self.groups) > MOST_GROUPS:
            sentence = f"the interchange has more than {MOST_GROUPS} groups; send several"
            self._error(("R", "022"), "GS.too_many", self.limit, sentence)
        if trailer is None:
            sentence = "the file ends before IEA: it was cut off. Send the whole interchange again"
            self._error(("R", "023"), "IEA", self.limit, sentence)
            return
        if plain_number(trailer.element(2)) != plain_number(control):
            sentence = f"IEA02 says {trailer.element(2) or 'nothing'}, ISA13 says {control}"
            self._error(("R", "001"), "IEA02", trailer.start, sentence)
        if not is_number(trailer.element(1), len(self.groups)):
            declared = trailer.element(1) or "nothing"
            sentence = f"IEA01 says {declared}, {len(self.groups)} groups were counted"
            self._error(("E", "021"), "IEA01", trailer.start, sentence)
        if not trailer.is_terminated:
            message = "the last segment isn't terminated; the file was read all the same."
            where = Where("IEA", byte=trailer.start)
            self.findings.append(warning("x12.IEA.unterminated", message, where))

    def interchange(self) -> Interchange:
        """Return what was found. A refusal outweighs every other error."""
        refusals = [each for each in self.errors if each[0] == "R"]
        status, code = (refusals or self.errors or [("A", "000")])[0]
        return Interchange(
            *_texts(self.header),
            separators=self.header.separators,
            start=self.header.start,
            end=self.trailer.end if self.trailer else self.limit,
            status=status,
            code=code,
            acknowledgements=tuple(self.acknowledgements),
            findings=tuple(self.findings),
            groups=tuple(self.groups),
        )

    def _start_group(self, found: Tagged) -> None:
        self.group = OpenGroup(found)
        if self.group.is_usable:
            self.group.check_header(self.controls)
            return
        sentence = "GS01, GS02, GS03, GS06 and GS08 are needed; without them nobody can be answered"
        self._error(("R", "024"), "GS.elements", found.start, sentence)

    def _end_group(self, trailer: Tagged | None, end: int) -> None:
        self._end_set(None, trailer.start if trailer else end)
        if self.group is not None:
            self.groups.append(self.group.end(trailer, end))
            self.group = None

    def _end_set(self, trailer: Tagged | None, end: int) -> None:
        header, self.set_header = self.set_header, None
        if header is None or self.group is None:
            return
        terminator = self.header.separators.terminator
        counted = count_segments(self.data, terminator, header, trailer, end)
        self.segments += max(0, counted - 1)
        self.group.end_set(header, trailer, end, counted)

    def _check_gap(self, start: int) -> None:
        """Segments where only envelope segments may stand break the control structure."""
        gap = self.data[self.expected : start]
        separators = self.header.separators
        if gap == separators.decoration:
            return
        terminator = separators.terminator
        gap = gap.strip(DECORATION + terminator)
        if not gap:
            return
        self.segments += gap.count(terminator) + 1
        if self.group is None and not self.groups and self._is_for_networks(gap):
            message = (
                "ISB, ISE and TA3 ask something of a network on the way; they aren't used here"
            )
            where = Where(gap[:3].decode("ascii"), byte=start - len(gap))
            self.findings.append(warning("x12.network_segments", message, where))
            return
        shown = gap[:_SHOWN_BYTES].decode("latin-1")
        sentence = f"segments stand outside a transaction set ({shown}); put them between ST and SE"
        self._error(("R", "022"), "stray_segments", start - len(gap), sentence)

    def _is_for_networks(self, gap: bytes) -> bool:
        separators = self.header.separators
        tags = tuple(each + separators.element for each in _NETWORK_TAGS)
        segments = gap.split(separators.terminator)
        return all(each.lstrip(DECORATION).startswith(tags) for each in segments)

    def _error(self, outcome: tuple[str, str], name: str, byte: int, sentence: str) -> None:
        self.errors.append(outcome)
        code = outcome[1]
        message = f"{sentence} (TA1 {code}: {words.INTERCHANGE[code]})."
        self.findings.append(Finding(f"x12.{name}", message, _place(name, byte)))


def _place(name: str, byte: int) -> Where:
    """Return the place of an error whose name begins with its segment, as `IEA02` does."""
    match = _NAMED.match(name)
    if match is None:
        return Where(byte=byte)
    return Where(match[1], None, int(match[2]) if match[2] else None, byte=byte)


_Texts = tuple[str, str, str, str, str, str, str, str, str, str, str]


def _texts(header: Header) -> _Texts:
    """Return ISA05 to ISA10 and ISA11 to ISA15, in the order of the fields of an interchange."""
    sender_qualifier, sender, receiver_qualifier, receiver, day, clock = (
        each.strip() for each in header.elements[4:10]
    )
    standard, version, control, wants_ta1, usage = (each.strip() for each in header.elements[10:15])
    return (
        *(sender_qualifier, sender, receiver_qualifier, receiver),
        *(day, clock, control, version, usage, wants_ta1, standard),
    )


def _damaged(header: Header, limit: int) -> Interchange:
    """Keep a damaged header for people to see: nothing below it is read, nobody is answered."""
    message = (
        f"the ISA header is damaged ({header.damage}), so neither its ids nor its separators can "
        "be trusted. Send the interchange again with an ISA of 106 characters."
    )
    finding = Finding("x12.ISA.damaged", message, Where("ISA", byte=header.start))
    return Interchange(
        *_texts(header),
        separators=header.separators,
        start=header.start,
        end=limit,
        status="R",
        code="022",
        is_trusted=False,
        findings=(finding,),
    )
