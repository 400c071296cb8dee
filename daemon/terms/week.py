"""Settings that differ by weekday: cut-offs, shipping schedules, days of service.

A cut-off is a time of the wall clock in the company's zone (domain T-02, T-04); `closed` says that
nothing leaves on that weekday (domain K-28).
"""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from daemon.terms.base import Section
from formats.values import basic_time

LONGEST_TRANSIT_DAYS = 60
CLOSED: Literal["closed"] = "closed"


class Weekday(StrEnum):
    """A day of the week, as it is written in `k2kd.toml`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEK = tuple(Weekday)


def weekday_of(day: date) -> Weekday:
    """Return the day of the week of `day`."""
    return WEEK[day.weekday()]


def _cut_off(value: object) -> object:
    """Read `14:00`, `1400`, `closed`, or a blank, which says nothing."""
    if isinstance(value, str) and not value.strip():
        return None
    if value is None or value == CLOSED:
        return value
    if isinstance(value, time) and value == time(value.hour, value.minute):
        return value
    digits = value if isinstance(value, str) else ""
    if len(digits) == len("14:00") and digits[2] == ":":
        digits = digits[:2] + digits[3:]
    try:
        if len(digits) != len("1400"):
            raise ValueError("seconds and other forms are not taken")
        return basic_time(digits)
    except ValueError:
        raise ValueError('a time such as "14:00", in quotes, or "closed" is expected') from None


CutOff = Annotated[time | Literal["closed"] | None, BeforeValidator(_cut_off)]
Days = Annotated[int, Field(ge=0, le=LONGEST_TRANSIT_DAYS)]


class CutOffs(Section):
    """The latest time on each weekday; `daily` stands for the weekdays that are left out."""

    daily: CutOff = None
    mon: CutOff = None
    tue: CutOff = None
    wed: CutOff = None
    thu: CutOff = None
    fri: CutOff = None
    sat: CutOff = None
    sun: CutOff = None

    def on(self, weekday: Weekday) -> time | Literal["closed"] | None:
        """Return the cut-off of that weekday, `closed`, or None where none is set.

        A weekday that is written as a blank has none, whatever `daily` says.
        """
        if weekday.value in self.model_fields_set:
            said: time | Literal["closed"] | None = getattr(self, weekday.value)
            return said
        return self.daily


class Schedule(Section):
    """On which weekdays a vendor ships, and how many days later its goods leave the buyer (K-23).

    `{ mon = 1, fri = 3 }`: what ships on Monday leaves on Tuesday, on Friday leaves on Monday.
    """

    mon: Days | None = None
    tue: Days | None = None
    wed: Days | None = None
    thu: Days | None = None
    fri: Days | None = None
    sat: Days | None = None
    sun: Days | None = None

    def days_from(self, weekday: Weekday) -> int | None:
        """Return the days from that ship day to the truck date; None where nothing ships."""
        days: int | None = getattr(self, weekday.value)
        return days

    @property
    def has_days(self) -> bool:
        """Whether anything ships on any weekday."""
        return any(self.days_from(day) is not None for day in WEEK)
