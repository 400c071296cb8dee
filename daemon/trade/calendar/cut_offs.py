"""A company's cut-off of the day: the earlier of its carrier's and its shop's (domain K-28)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from daemon.terms.company import Buying, Selling
from daemon.terms.week import CLOSED, WEEK, Weekday, weekday_of
from daemon.trade.calendar.wall_clock import instant


@dataclass(frozen=True, slots=True)
class CutOff:
    """The latest moment for an order that leaves a company on the same day."""

    at: time
    """On the wall clock of `zone`."""
    zone: str
    moment: datetime
    """The same in UTC."""
    is_past: bool

    def __str__(self) -> str:
        return f"{self.at:%H:%M} {self.zone}"


def todays(
    company: Selling | Buying, now: datetime, zone: ZoneInfo, *, carrier: str | None = None
) -> CutOff | None:
    """Return the cut-off of the day that `now` (aware) is in `zone`, for goods with `carrier`.

    None where no time is set for that weekday, and where nothing leaves on it.
    """
    today = now.astimezone(zone).date()
    at = effective(company, weekday_of(today), carrier)
    if not isinstance(at, time):
        return None
    moment = instant(today, at, zone)
    return CutOff(at, zone.key, moment, is_past=now > moment)


def effective(
    company: Selling | Buying, weekday: Weekday, carrier: str | None = None
) -> time | Literal["closed"] | None:
    """Return the earlier of the two cut-offs of a weekday; a blank one falls back to the other.

    Where either is closed nothing leaves on that weekday. A `carrier` (our code) of which a vendor
    says its own times has those.
    """
    said = _carriers(company, weekday, carrier), company.ecommerce_cut_off.on(weekday)
    times = [each for each in said if isinstance(each, time)]
    return CLOSED if CLOSED in said else min(times, default=None)


def _carriers(
    company: Selling | Buying, weekday: Weekday, carrier: str | None
) -> time | Literal["closed"] | None:
    others = company.carrier_cut_off.on(weekday)
    if carrier is None or not isinstance(company, Selling):
        return others
    cut_offs = company.carrier_cut_offs.get(carrier)
    own = cut_offs.on(weekday) if cut_offs is not None else None
    return others if own is None else own


def closed_weekdays(company: Selling | Buying, *, carrier: str | None = None) -> frozenset[Weekday]:
    """Return the weekdays on which nothing leaves the company, with `carrier`."""
    return frozenset(day for day in WEEK if effective(company, day, carrier) == CLOSED)
