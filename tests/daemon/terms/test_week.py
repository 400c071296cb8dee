"""Cut-offs and schedules are read as people write them, and nothing else is."""

from __future__ import annotations

from datetime import UTC, date, time

import pytest
from pydantic import ValidationError

from daemon.terms.week import CutOffs, Schedule, Weekday, weekday_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("14:00", time(14)),
        ("1400", time(14)),
        ("00:00", time(0)),
        ("2359", time(23, 59)),
        (time(10, 30), time(10, 30)),
        ("closed", "closed"),
        ("", None),
        (" ", None),
    ],
)
def test_a_cut_off_is_read(written: object, meant: object) -> None:
    assert CutOffs.model_validate({"mon": written}).on(Weekday.MON) == meant


@pytest.mark.parametrize(
    "written",
    [
        *("24:00", "14:60", "2 pm", "14", "14:0", "140000", "14.00", "Closed", "14:000", "1٤00"),
        *(1400, 14.5, True, [], time(14, 0, 1), time(14, tzinfo=UTC)),
    ],
)
def test_what_is_no_cut_off_is_refused_with_what_is(written: object) -> None:
    with pytest.raises(ValidationError, match='"14:00", in quotes, or "closed"'):
        CutOffs.model_validate({"mon": written})


def test_daily_stands_for_the_weekdays_that_are_left_out() -> None:
    cut_offs = CutOffs.model_validate({"daily": "14:00", "tue": "", "sun": "closed"})
    said = [cut_offs.on(day) for day in (Weekday.MON, Weekday.TUE, Weekday.SUN)]
    assert said == [time(14), None, "closed"]
    assert CutOffs().on(Weekday.MON) is None


def test_a_schedule_says_days_by_ship_day() -> None:
    schedule = Schedule.model_validate({"fri": 3, "mon": 0})
    assert schedule.has_days
    assert not Schedule().has_days
    assert [schedule.days_from(day) for day in Weekday] == [0, None, None, None, 3, None, None]


@pytest.mark.parametrize(("days", "is_right"), [(-1, False), (0, True), (60, True), (61, False)])
def test_transit_has_a_bound(days: int, *, is_right: bool) -> None:
    if is_right:
        assert Schedule.model_validate({"mon": days}).days_from(Weekday.MON) == days
    else:
        with pytest.raises(ValidationError):
            Schedule.model_validate({"mon": days})


def test_weekdays_are_those_of_the_calendar() -> None:
    assert weekday_of(date(2026, 11, 23)) is Weekday.MON
    assert weekday_of(date(2026, 11, 29)) is Weekday.SUN
