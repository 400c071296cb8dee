"""Located findings: what is wrong with a file, where, and what to do about it.

A finding is data, not an exception: reading a document collects all of them, and only the loss of
syntax stops a reader. Its code is stable (`x12.SE01`, `csv.quantity`), so that tests, tables and
people can rely on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    """The thing it names (file, interchange, document or line) can't be used."""
    WARNING = "warning"
    """Used as it is; a person may want to know."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a partner's file. Every number counts from 1, `byte` from 0."""

    segment: str | None = None
    """Segment id, as `BEG`."""
    position: int | None = None
    """Position of the segment in its set, counted from ST = 1 (the AK302 of a 997)."""
    element: int | None = None
    """Element position, as the 3 of `BEG03`."""
    component: int | None = None
    row: int | None = None
    """Line of a delimited file."""
    column: str | None = None
    """Name of the column."""
    path: str | None = None
    """Path in a JSON or XML document, as `order.lines[2].boxType`."""
    byte: int | None = None
    """Offset from the start of the file."""
    sheet: str | None = None
    """Name of the sheet, in a workbook."""
    letter: str | None = None
    """Letter of the column, in a workbook."""

    def __str__(self) -> str:
        parts: list[str] = []
        if self.segment:
            name = self.segment if self.element is None else f"{self.segment}{self.element:02}"
            if self.component is not None:
                name += f"-{self.component}"
            parts.append(name if self.position is None else f"{name} (segment {self.position})")
        if self.sheet is not None:
            parts.append(f"sheet {self.sheet}")
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            letter = f"{self.letter} " if self.letter else ""
            parts.append(f"column {letter}{self.column}")
        elif self.letter is not None:
            parts.append(f"column {self.letter}")
        if self.path is not None:
            parts.append(self.path)
        if self.byte is not None:
            parts.append(f"byte {self.byte}")
        return ", ".join(parts) or "the file"


NOWHERE = Where()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a file: a stable code, a place, and a sentence for the partner.

    `message` says what is wrong and what to do. `value` is the offending text, cut short, and is
    kept out of logs.
    """

    code: str
    message: str
    where: Where = NOWHERE
    severity: Severity = Severity.ERROR
    value: str | None = None

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR


def warning(code: str, message: str, where: Where = NOWHERE, value: str | None = None) -> Finding:
    """Return a finding that stops nothing."""
    return Finding(code, message, where, Severity.WARNING, value)
