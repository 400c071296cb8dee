"""Time as the service sees it: monotonic seconds for logic, wall clock for documents and people.

Nothing else in the service reads a clock, so a test can let an hour pass in no time.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What tells the time."""

    def monotonic(self) -> float:
        """Return seconds since some fixed point; never runs backward."""

    def now(self) -> datetime:
        """Return the time of day, aware, in UTC; may jump."""


class SystemClock:
    """The clock of the machine."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)


FURTHEST_BACK_S = 300.0
FURTHEST_AHEAD_S = 86_400.0


class JumpWatch:
    """Notices when the wall clock jumps: more than 5 minutes back, or a day ahead."""

    def __init__(self, clock: Clock, *, ahead_s: float = FURTHEST_AHEAD_S) -> None:
        """`ahead_s` is how far ahead is no jump yet."""
        self._clock = clock
        self._ahead_s = ahead_s
        self._offset = self._now_offset()
        self.has_jumped = False

    def _now_offset(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

    def check(self) -> float | None:
        """Return the jump since the last look in seconds, negative for back; None without one."""
        offset = self._now_offset()
        jump, self._offset = offset - self._offset, offset
        if -FURTHEST_BACK_S <= jump <= self._ahead_s:
            return None
        self.has_jumped = True
        return jump
