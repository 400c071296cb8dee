"""What a partner says of a file that it was sent: could it read it, could it use it, where not.

One record for every family: the TA1, 997 and 999 of X12 say whether a file was read, its 824
whether it could be used; CONTRL and APERAK are the same in EDIFACT. Things are named by the control
numbers that the sender of the file had given them. Nothing ever acknowledges an acknowledgement.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from formats.records import Record


class Level(StrEnum):
    """What an acknowledgement speaks of."""

    INTERCHANGE = "interchange"
    GROUP = "group"
    DOCUMENT = "document"
    """A transaction set, or a message."""


class Acceptance(StrEnum):
    """What became of it (A, E, P and R of X12; 8, 7 and 4 of CONTRL)."""

    RECEIVED = "received"
    """It is there; nothing is said yet of what is in it."""
    ACCEPTED = "accepted"
    WITH_ERRORS = "accepted with errors"
    PARTLY = "partly accepted"
    REJECTED = "rejected"

    @property
    def is_refusal(self) -> bool:
        """Tell whether something of it was not taken."""
        return self in (Acceptance.PARTLY, Acceptance.REJECTED)


@dataclass(frozen=True, slots=True)
class Fault:
    """One error that the partner found: its code, what that means, and where it stands."""

    code: str
    """As sent; which list it is from follows from the form and the place."""
    message: str
    segment: str = ""
    position: int | None = None
    """Position of the segment in its set, counted from ST or UNH = 1."""
    element: int | None = None
    component: int | None = None
    value: str = ""
    """The bad text, where the partner repeats it."""

    def __str__(self) -> str:
        # A CONTRL names a segment by its position alone.
        name = self.segment or "element "
        place = self.segment if self.element is None else f"{name}{self.element:02}"
        if self.component is not None:
            place += f"-{self.component}"
        if self.position is not None:
            place = f"{place or 'the segment'} (segment {self.position})"
        said = f"{self.message} [{self.value}]" if self.value else self.message
        return f"{place}: {said}" if place else said


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One thing that the partner speaks of; numbers are as it wrote them, empty where it did not.

    What it says of a group stands before what it says of the documents in it.
    """

    level: Level
    acceptance: Acceptance
    interchange: str = ""
    group: str = ""
    control: str = ""
    """Control number of the set or message."""
    kind: str = ""
    """The set or message, as `850`; of a group its functional id, as `PO`."""
    reference: str = ""
    """The document's own number, as that of an order, where the form has one."""
    faults: tuple[Fault, ...] = ()


def about_content(acceptance: Acceptance) -> Acceptance:
    """Return what an application advice says; ValueError where nothing is known of the content."""
    if acceptance is Acceptance.RECEIVED:
        raise ValueError("an advice says what became of a document, not only that it was received")
    return acceptance


class Acknowledgement(Record):
    """One acknowledgement, and everything it speaks of."""

    kind: Literal["acknowledgement"] = "acknowledgement"
    form: Literal["TA1", "997", "999", "824", "CONTRL", "APERAK"]
    number: str = ""
    """The partner's own number of it, where the form has one."""
    is_test: bool = False
    items: tuple[Acknowledged, ...]

    @property
    def is_about_content(self) -> bool:
        """Tell whether it says that documents could be used, not only that they were read."""
        return self.form in ("824", "APERAK")
