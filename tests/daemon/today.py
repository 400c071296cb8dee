"""The day that the files of the tests are dated from, and clocks that keep to it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from daemon.clock import SystemClock

ZONE = ZoneInfo("America/New_York")
TODAY = datetime.now(ZONE).date()
"""The site's calendar day as the tests begin; every file of the tests is dated from it."""


def day(offset: int = 0) -> date:
    """Return the site's today, or a day some days from it."""
    return TODAY + timedelta(days=offset)


class DayClock(SystemClock):
    """The machine's clock, except that TODAY doesn't end: at its last second the hands stop.

    So what a test dates by `day()` and what the site takes for today are the same day, also where
    the calendar turns while tests run.
    """

    _LAST = datetime.combine(TODAY, time_of_day.max, ZONE).astimezone(UTC)

    def now(self) -> datetime:
        return min(super().now(), self._LAST)


class SetClock(SystemClock):
    """A clock whose time of day stands where a test sets it; seconds go by as always."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment.astimezone(UTC)
        self._passed_s = 0.0

    def now(self) -> datetime:
        return self._moment

    def monotonic(self) -> float:
        return super().monotonic() + self._passed_s

    def set(self, moment: datetime) -> None:
        """Let time pass until it is `moment` (aware, any zone)."""
        self._passed_s += (moment - self._moment).total_seconds()
        self._moment = moment.astimezone(UTC)

    def jump(self, moment: datetime) -> None:
        """Put the clock to `moment`, while no time passes."""
        self._moment = moment.astimezone(UTC)
