"""What makes a record of a checked document, whatever its standard: its findings, the best value.

Findings of this kind are about what a document says. They never change what a 997 or a CONTRL says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Protocol, TypeVar

from formats.findings import Finding, Severity, Where

Value = TypeVar("Value")


class Locating(Protocol):
    """Knows where the segments of a document stand."""

    def where(self, tag: str, position: int, element: int | None, part: int | None = None) -> Where:
        """Return the place of an element of the segment at `position` (ST or UNH = 1)."""


Located = TypeVar("Located", bound=Locating)


@dataclass(slots=True)
class Problems(Generic[Located]):
    """Findings about the content of a document, each with a code of its `family`."""

    family: ClassVar[str]

    places: Located
    found: list[Finding] = field(default_factory=list)

    def error(
        self, code: str, at: tuple[str, int, int | None], message: str, value: str = ""
    ) -> None:
        """Report what can't be used; `at` is tag, position (ST or UNH = 1) and element."""
        self._add(Severity.ERROR, code, at, message, value)

    def warning(
        self, code: str, at: tuple[str, int, int | None], message: str, value: str = ""
    ) -> None:
        """Report what was used all the same, or left out."""
        self._add(Severity.WARNING, code, at, message, value)

    def _add(
        self,
        severity: Severity,
        code: str,
        at: tuple[str, int, int | None],
        message: str,
        value: str,
    ) -> None:
        where = self.places.where(*at)
        self.found.append(Finding(f"{self.family}.{code}", message, where, severity, value or None))


def first_of(found: Mapping[str, Value], keys: Sequence[str]) -> Value | None:
    """Return the value of the first key that was sent with one."""
    for key in keys:
        if key in found and (value := found[key]):
            return value
    return None
