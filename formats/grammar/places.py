"""Where the segments of one document start in its file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

from formats.findings import Where

Marks = TypeVar("Marks")


@dataclass(slots=True)
class Places(ABC, Generic[Marks]):
    """Byte offsets of the segments of a document, worked out when the first one is asked for."""

    raw: bytes
    start: int
    marks: Marks
    """What parts its segments and elements."""
    offsets: list[int] | None = None

    def where(self, tag: str, position: int, element: int | None, part: int | None = None) -> Where:
        """Return the place of an element of the segment at `position` (ST or UNH = 1)."""
        if self.offsets is None:
            self.offsets = self.measured()
        last = len(self.offsets)
        byte = self.offsets[min(position, last) - 1] if last else self.start
        return Where(tag, position, element, part, byte=byte)

    @abstractmethod
    def measured(self) -> list[int]:
        """Return where each segment that isn't empty begins in the file."""
