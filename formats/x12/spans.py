"""What a scan of a file finds: interchanges, groups and transaction sets, each with its place."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, overload

from formats.findings import Finding
from formats.x12.separators import Separators

DECORATION = b" \t\r\n\x00\x1a"
"""Bytes between segments and around interchanges that mean nothing."""
_CONTROL_BYTES = 9
"""ST02 has no more."""


class SetSpan(NamedTuple):
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


class SetSpans(Sequence[SetSpan]):
    """The sets of a group in file order, each made when it is asked for.

    A set without errors takes 33 bytes here and seven times as much as a SetSpan: a large file has
    hundreds of thousands.
    """

    def __init__(self) -> None:
        self._code = ""
        self._places = array("q")
        self._controls = bytearray()
        self._others: dict[int, SetSpan] = {}
        """Sets that say more than the rest, by index."""

    def append(self, span: SetSpan) -> None:
        """Add the next set."""
        if not self._places:
            self._code = span.code
        code, control, start, end, segments, implementation, errors, findings = span
        is_short = len(control) <= _CONTROL_BYTES and control.isascii() and control.isprintable()
        if implementation or errors or findings or code != self._code or not is_short:
            self._others[len(self)] = span
            control = ""
        self._places.extend((start, end, segments))
        self._controls += control.encode().ljust(_CONTROL_BYTES, b"\0")

    def add_sound(self, code: str, control: str, place: tuple[int, int, int]) -> None:
        """Add the next set, one without errors, of an ST02 that is ASCII and short enough.

        `place` is where it starts and ends, and how many segments it has.
        """
        if code != self._code:
            self.append(SetSpan(code, control, *place))
            return
        self._places.extend(place)
        self._controls += control.encode().ljust(_CONTROL_BYTES, b"\0")

    def __len__(self) -> int:
        return len(self._places) // 3

    def __iter__(self) -> Iterator[SetSpan]:
        code, others, controls = self._code, self._others, self._controls
        places = iter(self._places)
        last = 0
        for index, (start, end, segments) in enumerate(zip(places, places, places, strict=True)):
            first, last = last, last + _CONTROL_BYTES
            other = others.get(index)
            if other is not None:
                yield other
                continue
            control = controls[first:last].rstrip(b"\0").decode()
            yield SetSpan(code, control, start, end, segments)

    @overload
    def __getitem__(self, index: int) -> SetSpan: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[SetSpan, ...]: ...

    def __getitem__(self, index: int | slice) -> SetSpan | tuple[SetSpan, ...]:
        wanted = range(len(self))[index]
        return self._at(wanted) if isinstance(wanted, int) else tuple(map(self._at, wanted))

    def _at(self, index: int) -> SetSpan:
        other = self._others.get(index)
        if other is not None:
            return other
        start, end, segments = self._places[3 * index : 3 * index + 3]
        first = _CONTROL_BYTES * index
        control = self._controls[first : first + _CONTROL_BYTES].rstrip(b"\0").decode()
        return SetSpan(self._code, control, start, end, segments)


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
    sets: Sequence[SetSpan] = ()
    errors: tuple[str, ...] = ()
    """AK905 codes."""
    findings: tuple[Finding, ...] = ()
    noted: tuple[str, ...] = ()
    """AK905 codes that are told and refuse nothing, because that was agreed."""


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
