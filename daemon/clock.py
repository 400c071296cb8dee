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
