"""A cut-off is passed once, also on the days when the clock is put on or back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from daemon.trade.calendar.wall_clock import instant, next_midnight
from tests.daemon.trade.calendar.calendars import NEW_YORK, at, farm, link, planned

SPRING = date(2026, 3, 8)
"""New York's clock goes from 02:00 to 03:00."""
AUTUMN = date(2026, 11, 1)
"""New York's clock goes from 02:00 back to 01:00."""


@pytest.mark.parametrize(
    ("day", "clock", "hour", "minute"),
    [
        (date(2026, 1, 15), time(14), 19, 0),
        (date(2026, 7, 15), time(14), 18, 0),
        (SPRING, time(1, 59), 6, 59),
        (SPRING, time(2), 7, 0),
        (SPRING, time(2, 30), 7, 0),
        (SPRING, time(3), 7, 0),
        (SPRING, time(14), 18, 0),
        (AUTUMN, time(0, 59), 4, 59),
        (AUTUMN, time(1, 30), 5, 30),
        (AUTUMN, time(2), 7, 0),
        (AUTUMN, time(14), 19, 0),
    ],
)
def test_a_time_of_the_clock_is_one_moment(day: date, clock: time, hour: int, minute: int) -> None:
    expected = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    assert instant(day, clock, NEW_YORK) == expected
    assert instant(day, clock.replace(fold=1), NEW_YORK) == expected


def test_a_midnight_that_the_clock_skips_is_the_jump() -> None:
    # Santiago's clock goes from 24:00 on Saturday to 01:00 on Sunday.
    santiago = ZoneInfo("America/Santiago")
    saturday = datetime(2026, 9, 5, 12, tzinfo=santiago)
    midnight = next_midnight(saturday, santiago)
    assert midnight == datetime(2026, 9, 6, 4, tzinfo=UTC)
    assert midnight.astimezone(santiago).time() == time(1)


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize("clock", ["00:30", "01:30", "02:00", "02:30", "03:00", "14:00"])
def test_what_was_refused_stays_refused_all_day(day: date, clock: str) -> None:
    vendor = farm(carrier_cut_off={"daily": clock})
    begin = at(day, 0).astimezone(UTC)
    lates = []
    for minutes in range(0, 26 * 60, 5):
        now = begin + timedelta(minutes=minutes)
        if now.astimezone(NEW_YORK).date() == day:
            lates.append(planned(link(), now, vendor=vendor).rules.is_late)
    assert lates == sorted(lates)
    assert {True, False} == set(lates)


@pytest.mark.parametrize(("fold", "is_late"), [(0, False), (1, True)])
def test_the_first_of_two_half_past_ones_is_the_cut_off(fold: int, *, is_late: bool) -> None:
    vendor = farm(carrier_cut_off={"daily": "01:30"})
    of = planned(link(), at(AUTUMN, 1, 20, fold=fold), vendor=vendor)
    assert of.rules.is_late is is_late


def test_a_cut_off_that_the_clock_skips_passes_with_the_jump() -> None:
    vendor = farm(carrier_cut_off={"daily": "02:30"})
    assert not planned(link(), at(SPRING, 1, 59, 59), vendor=vendor).rules.is_late
    assert planned(link(), at(SPRING, 3, 0, 1), vendor=vendor).rules.is_late


def test_the_days_of_a_change_are_as_many_as_any() -> None:
    for day in (SPRING, AUTUMN):
        days = planned(link(max_order_days=3), at(day, 9)).ship_days
        assert [found.ship for found in days] == [day + timedelta(days=n) for n in range(4)]
