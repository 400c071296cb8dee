"""What a scan of a file finds: interchanges, groups and messages, each with its place."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, overload

from formats.edifact.repertoire import Encoding
from formats.edifact.service import Service
from formats.findings import Finding, Severity

Composite = tuple[str, ...]
"""The components of an element as sent; at least one, which may be empty."""
Elements = tuple[Composite, ...]
"""A service segment: its tag, and its elements."""


class Fault(NamedTuple):
    """Why an interchange, a group or a message is refused: the 0085 of a UCI, UCF or UCM.

    `segment` is 0013, the service segment in error; `element` counts from 1 after the tag.
    """

    code: str
    segment: str
    element: int | None
    component: int | None
    finding: Finding


class MessageSpan(NamedTuple):
    """One message: where it stands (`start` to `end`, in bytes) and its envelope errors."""

    header: Elements
    """UNH."""
    start: int
    end: int
    segments: int
    """Segments counted, UNH and UNT included."""
    faults: tuple[Fault, ...] = ()

    @property
    def control(self) -> str:
        """Return 0062."""
        return component(self.header, 1)

    @property
    def code(self) -> str:
        """Return the message type, as `ORDERS`."""
        return component(self.header, 2)

    @property
    def version(self) -> str:
        """Return 0052, as `D`."""
        return component(self.header, 2, 2)

    @property
    def release(self) -> str:
        """Return 0054, as `96A`."""
        return component(self.header, 2, 3)

    @property
    def association(self) -> str:
        """Return 0057, as `EAN008`: what a subset says of itself, which changes nothing here."""
        return component(self.header, 2, 5)


class MessageSpans(Sequence[MessageSpan]):
    """The messages of a group in file order, each made when it is asked for.

    A message without faults takes 24 bytes here: its header is read again from the file.
    """

    def __init__(self, read_header: Callable[[int], Elements]) -> None:
        self._read_header = read_header
        self._places = array("q")
        self._faulty: dict[int, MessageSpan] = {}

    def append(self, span: MessageSpan) -> None:
        """Add the next message."""
        if span.faults:
            self._faulty[len(self)] = span
        self._places.extend((span.start, span.end, span.segments))

    def __len__(self) -> int:
        return len(self._places) // 3

    def __iter__(self) -> Iterator[MessageSpan]:
        return map(self._at, range(len(self)))

    @overload
    def __getitem__(self, index: int) -> MessageSpan: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[MessageSpan, ...]: ...

    def __getitem__(self, index: int | slice) -> MessageSpan | tuple[MessageSpan, ...]:
        wanted = range(len(self))[index]
        return self._at(wanted) if isinstance(wanted, int) else tuple(map(self._at, wanted))

    def _at(self, index: int) -> MessageSpan:
        faulty = self._faulty.get(index)
        if faulty is not None:
            return faulty
        start, end, segments = self._places[3 * index : 3 * index + 3]
        return MessageSpan(self._read_header(start), start, end, segments)


@dataclass(frozen=True)
class Group:
    """One functional group (UNG to UNE), or all messages of an interchange that has no groups."""

    header: Elements
    """UNG; empty where the interchange has no groups."""
    start: int
    end: int
    messages: Sequence[MessageSpan] = ()
    codes: frozenset[str] = frozenset()
    """Types of the messages in it."""
    faults: tuple[Fault, ...] = ()

    @property
    def is_explicit(self) -> bool:
        return bool(self.header)

    @property
    def control(self) -> str:
        """Return 0048."""
        return component(self.header, 5)


@dataclass(frozen=True)
class Interchange:
    """One interchange; `start` to `end` are bytes of the file, from its UNA or UNB to its UNZ.

    `is_trusted` is False where the header is so damaged that nobody can be answered. `notes` are
    findings that refuse nothing.
    """

    header: Elements
    """UNB."""
    service: Service
    encoding: Encoding
    start: int
    end: int
    groups: tuple[Group, ...] = ()
    faults: tuple[Fault, ...] = ()
    notes: tuple[Finding, ...] = ()
    is_trusted: bool = True

    @cached_property
    def syntax(self) -> str:
        """Return the syntax identifier, as `UNOC`."""
        return component(self.header, 1)

    @cached_property
    def syntax_version(self) -> str:
        return component(self.header, 1, 2)

    @cached_property
    def sender(self) -> str:
        return component(self.header, 2)

    @cached_property
    def sender_qualifier(self) -> str:
        return component(self.header, 2, 2)

    @cached_property
    def recipient(self) -> str:
        return component(self.header, 3)

    @cached_property
    def recipient_qualifier(self) -> str:
        return component(self.header, 3, 2)

    @cached_property
    def control(self) -> str:
        """Return 0020, the interchange control reference."""
        return component(self.header, 5)

    @cached_property
    def application(self) -> str:
        """Return 0026, often the message type or the program that wrote it."""
        return component(self.header, 7)

    @property
    def wants_acknowledgement(self) -> bool:
        """Tell whether 0031 asks for a CONTRL."""
        return component(self.header, 9) == "1"

    @property
    def is_test(self) -> bool:
        return component(self.header, 11) == "1"

    @property
    def is_rejected(self) -> bool:
        return bool(self.faults)

    @property
    def is_acknowledgement(self) -> bool:
        """Acknowledgements are never acknowledged."""
        codes = frozenset[str]().union(*(group.codes for group in self.groups))
        return codes == {"CONTRL"}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what was found around its groups."""
        return (*self.notes, *(fault.finding for fault in self.faults))

    def messages(self) -> Iterator[tuple[Group, MessageSpan]]:
        """Yield every message with its group, in file order."""
        for group in self.groups:
            for span in group.messages:
                yield group, span


def component(elements: Elements, element: int, part: int = 1) -> str:
    """Return component `part` of an element (both count from 1), empty where it wasn't sent."""
    if element >= len(elements):
        return ""
    found = elements[element]
    return found[part - 1] if part <= len(found) else ""


def tolerated(
    faults: tuple[Fault, ...], codes: frozenset[str]
) -> tuple[tuple[Fault, ...], tuple[Finding, ...]]:
    """Return the faults that stay, and warnings in place of those whose code is one of `codes`."""
    if not faults or not codes:
        return faults, ()
    kept = tuple(fault for fault in faults if fault.code not in codes)
    notes = [
        replace(fault.finding, severity=Severity.WARNING) for fault in faults if fault.code in codes
    ]
    return kept, tuple(notes)
