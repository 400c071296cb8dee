"""A file of any size, looked at like bytes, of which a few MiB are in memory at a time.

Readers take a `Source`: bytes, or the pages of a mapped file. The pages that were looked at are
given back to the system as the reading moves on, so that what it costs doesn't grow with the file.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass

WINDOW_BYTES = 8 << 20
OVERLAP_BYTES = 1 << 20
"""A match longer than this may be cut; no segment that is read is as long."""


@dataclass(slots=True)
class Pages:
    """A mapped file; slices of it are bytes."""

    mapped: mmap.mmap
    _looked_at: int = 0
    """Bytes since pages were given back."""

    def __len__(self) -> int:
        return len(self.mapped)

    def __getitem__(self, wanted: slice) -> bytes:
        found = self.mapped[wanted]
        self._looked_at += len(found)
        if self._looked_at >= WINDOW_BYTES:
            self.give_back()
        return found

    def give_back(self) -> None:
        """Let the system have the pages; they are read again where they are needed."""
        self._looked_at = 0
        if hasattr(self.mapped, "madvise"):
            self.mapped.madvise(mmap.MADV_DONTNEED)

    def matches(
        self, pattern: re.Pattern[bytes], start: int, end: int
    ) -> Iterator[re.Match[bytes]]:
        """Yield the matches between `start` and `end`, as `Pattern.finditer` does."""
        position = start
        while position < end:
            border = min(position + WINDOW_BYTES, end)
            after = border
            for match in pattern.finditer(self.mapped, position, min(border + OVERLAP_BYTES, end)):
                if match.start() >= border and border < end:
                    break
                after = max(border, match.end())
                yield match
            self.give_back()
            position = after

    def count(self, mark: bytes, start: int, end: int) -> int:
        """Return how often `mark` stands between `start` and `end`."""
        if end - start <= WINDOW_BYTES:
            return self[start:end].count(mark)
        borders = range(start, end, WINDOW_BYTES)
        pieces = (self[at : min(at + WINDOW_BYTES + len(mark) - 1, end)] for at in borders)
        return sum(piece.count(mark) for piece in pieces)

    def rfind(self, mark: bytes, start: int, end: int) -> int:
        """Return where `mark` stands last between `start` and `end`, -1 where it doesn't."""
        return self.mapped.rfind(mark, start, end)

    def startswith(self, mark: bytes, at: int) -> bool:
        return self.mapped[at : at + len(mark)] == mark


Source = bytes | Pages


def matches(
    source: Source, pattern: re.Pattern[bytes], start: int, end: int
) -> Iterator[re.Match[bytes]]:
    """Yield the matches of `pattern` between `start` and `end` of a source."""
    if isinstance(source, bytes):
        return pattern.finditer(source, start, end)
    return source.matches(pattern, start, end)
