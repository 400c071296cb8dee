"""Times of a wall clock as instants, right on the days when the clock is put on or back.

A cut-off of 01:30 comes twice when the clock goes back: the first one counts, so that what was
refused stays refused. One that the clock skips counts as the moment of the jump.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
_ONE_SECOND = timedelta(seconds=1)


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return, in UTC, when the clock of `zone` first reads `at` on `day`, or jumps over it."""
    local = datetime.combine(day, at.replace(fold=0), zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    # In a gap the two folds lie on either side of the jump (PEP 495).
    before, after = local.replace(fold=1).astimezone(UTC), found
    while after - before > _ONE_SECOND:
        middle = before + timedelta(seconds=(after - before) // _ONE_SECOND // 2)
        if middle.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset():
            before = middle
        else:
            after = middle
    return after


def next_midnight(now: datetime, zone: ZoneInfo) -> datetime:
    """Return, in UTC, when the day after that of `now` begins in `zone`."""
    return instant(now.astimezone(zone).date() + ONE_DAY, time(), zone)
