"""The days on which a connection can ship, and what of a vendor's stock they make visible.

`plan` works them out once for a connection and a moment (domain 4.2); `visible` then judges a lot
by a look-up. There is no clock in it: the moment is an argument, and `Plan.changes_at` says until
when the answer holds. What each day and age must pass:

* the age window of the vendor, or its own-market limit (K-20, K-21), and the buyer's own (K-26);
* the ship-days offset (K-22), and a day more once the vendor's cut-off has passed (K-27, K-28);
* the schedule from ship day to truck date (K-23) and weekdays on which nothing leaves (K-28);
* days of service (K-24), the buyer's own cut-off on a truck date of today (K-28), and the horizon
  (K-25).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from daemon.config import Connection, Partner
from daemon.terms.company import Buying, Selling
from daemon.terms.connection import LONGEST_ORDER_DAYS
from daemon.terms.week import WEEK, Schedule, Weekday
from daemon.trade.calendar.cut_offs import CutOff, closed_weekdays, todays
from daemon.trade.calendar.wall_clock import next_midnight
from formats.values import normalised

OLDEST_PUBLISHED_DAYS = 10
"""No age limit of a vendor's lies above it; only `local_after` does (K-20, K-21)."""
_INSTANT = timedelta(microseconds=1)


class LotDates(NamedTuple):
    """What of a lot decides whether it is visible: lots that agree in it share one answer.

    `age_days` counts from the cut date, else from when the vendor named it last;
    `local_after_days` is `Selling.local_after_days` of its product. Both days of availability are
    included.
    """

    age_days: int = 0
    available_from: date | None = None
    available_to: date | None = None
    local_after_days: int | None = None
    location: str | None = None
    has_cut_date: bool = True


class ShipDay(NamedTuple):
    """A day on which goods leave the vendor, and the truck date: when they leave the buyer."""

    ship: date
    truck: date


@dataclass(frozen=True, slots=True)
class Visibility:
    """When a lot can be had; without ship days it isn't visible."""

    ship_days: tuple[ShipDay, ...] = ()
    """Earliest first."""
    truck_dates: tuple[date, ...] = ()

    @property
    def is_visible(self) -> bool:
        return bool(self.truck_dates)

    @property
    def available_from(self) -> date | None:
        """Return the first truck date: what the buyer is told (domain 4.2)."""
        return self.truck_dates[0] if self.truck_dates else None


HIDDEN = Visibility()


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings and the moment that decide the ship days of a plan."""

    today: date
    """The vendor's."""
    buyer_today: date
    offset_days: int
    is_late: bool
    """Whether the vendor's cut-off of today has passed."""
    is_buyer_late: bool
    transit_days: tuple[tuple[int, ...], ...]
    """By weekday of shipping from Monday, the least first; of several locations there may be
    several, and none where no schedule has one."""
    closed: frozenset[Weekday]
    buyer_closed: frozenset[Weekday]
    service: frozenset[Weekday]
    max_order_days: int
    full: frozenset[date] = frozenset()
    """Ship dates on which the carrier that takes the goods has no more room (domain 2.1)."""

    @property
    def first_ship_date(self) -> date:
        """Return the day before which nothing ordered now leaves the vendor (K-22, K-27)."""
        return self.today + timedelta(days=self.offset_days + self.is_late)

    @property
    def last_truck_date(self) -> date:
        return self.buyer_today + timedelta(days=self.max_order_days)

    def ship_days(self) -> tuple[ShipDay, ...]:
        return tuple(self._ship_days())

    def missed(self) -> frozenset[ShipDay]:
        """Return the days that only a cut-off of today took away."""
        if not (self.is_late or self.is_buyer_late):
            return frozenset()
        in_time = replace(self, is_late=False, is_buyer_late=False)
        return frozenset(in_time.ship_days()) - frozenset(self.ship_days())

    def _ship_days(self) -> Iterator[ShipDay]:
        first, last = self.buyer_today + timedelta(days=self.is_buyer_late), self.last_truck_date
        week = [self._transits(number) for number in range(len(WEEK))]
        for ahead in range((last - self.first_ship_date).days + 1):
            ship = self.first_ship_date + timedelta(days=ahead)
            if ship in self.full:
                continue
            for transit in week[ship.weekday()]:
                if first <= (truck := ship + timedelta(days=transit)) <= last:
                    yield ShipDay(ship, truck)

    def _transits(self, number: int) -> list[int]:
        """Return the transit days of goods that leave on this weekday for one of service."""
        if WEEK[number] in self.closed:
            return []
        served = self.service - self.buyer_closed
        return [days for days in self.transit_days[number] if WEEK[(number + days) % 7] in served]


@dataclass(frozen=True, slots=True)
class Plan:
    """The ship days of a connection as they are at one moment; see `plan`.

    It remembers its answers, so that a million lots cost as much as they differ.
    """

    connection: Connection
    selling: Selling
    buying: Buying
    location: str | None
    customer: str | None
    carrier: str | None
    """Our code of who takes the goods from the vendor, where that decides anything."""
    rules: Rules
    cut_off: CutOff | None
    """The vendor's of today; None where there is none or nothing ships today."""
    buyer_cut_off: CutOff | None
    changes_at: datetime
    """When the plan may be another one, in UTC: the next cut-off or midnight."""
    ship_days: tuple[ShipDay, ...]
    is_calendar: bool
    """Whether the connection says on which days goods travel, so that orders are judged by it."""
    missed: frozenset[ShipDay]
    """Days that only a cut-off of today took away: asking for one is E-10."""
    _seen: dict[LotDates, Visibility] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )
    _windows: dict[tuple[date | None, date | None], Visibility] = field(
        init=False, default_factory=dict, compare=False, repr=False
    )


def plan(
    connection: Connection,
    vendor: Partner,
    buyer: Partner,
    now: datetime,
    *,
    zone: ZoneInfo,
    location: str | None = None,
    customer: str | None = None,
    carrier: str | None = None,
    full: frozenset[date] = frozenset(),
    brings: str | None = None,
) -> Plan:
    """Return the ship days of a connection for orders placed at `now` (aware, any zone).

    `zone` is the site's: it holds for a company without a `time_zone` of its own (T-04).
    `location` is the buyer's, which may have a schedule of its own; without one the days of every
    location that takes part count. `customer` is the buyer's customer code, whose days of service
    narrow the truck dates (K-24). `carrier` is our code of who takes the goods from the vendor,
    which may have cut-offs of its own (K-27), and `full` are the ship dates on which it takes
    nothing more; `brings` is the one that takes them to the customer, of goods that go there from
    the grower (domain 2.1). Unsaid settings open nothing: without a schedule or days of service
    there are no ship days.
    """
    if now.tzinfo is None:
        raise ValueError("now must say its zone")
    selling, buying = vendor.selling, buyer.buying
    own, theirs = zone_of(vendor, zone), zone_of(buyer, zone)
    cut_off = todays(selling, now, own, carrier=carrier)
    buyer_cut_off = todays(buying, now, theirs)
    rules = Rules(
        today=now.astimezone(own).date(),
        buyer_today=now.astimezone(theirs).date(),
        offset_days=connection.ship_days_offset,
        is_late=cut_off is not None and cut_off.is_past,
        is_buyer_late=buyer_cut_off is not None and buyer_cut_off.is_past,
        transit_days=_transit_days(schedules(connection, buyer, location)),
        closed=closed_weekdays(selling, carrier=carrier),
        buyer_closed=closed_weekdays(buying),
        service=_service(connection, buying, customer, brings),
        max_order_days=_horizon(connection),
        full=full,
    )
    return Plan(
        connection=connection,
        selling=selling,
        buying=buying,
        location=location,
        customer=customer,
        carrier=carrier,
        rules=rules,
        cut_off=cut_off,
        buyer_cut_off=buyer_cut_off,
        changes_at=_changes_at(now, (own, theirs), (cut_off, buyer_cut_off)),
        ship_days=rules.ship_days(),
        is_calendar=connection.days_of_service is not None and bool(schedules(connection, buyer)),
        missed=rules.missed(),
    )


def _service(
    connection: Connection, buying: Buying, customer: str | None, brings: str | None
) -> frozenset[Weekday]:
    """Return the weekdays on which goods leave for a customer of the buyer (K-24)."""
    service = frozenset(connection.days_of_service or ())
    if customer is None or normalised(customer) not in buying.customers_with_days:
        return service
    return service & buying.service_days(customer, brings)


def _horizon(connection: Connection) -> int:
    said = connection.max_order_days
    return LONGEST_ORDER_DAYS if said is None else said


def schedules(
    connection: Connection, buyer: Partner, location: str | None = None
) -> tuple[Schedule, ...]:
    """Return the schedules by which goods reach a location of the buyer; without one, any of them
    that takes part."""
    places = (location,) if location else connection.taking_part(buyer.locations) or (None,)
    found = (connection.schedule_for(buyer.buying, place) for place in places)
    return tuple(dict.fromkeys(each for each in found if each is not None and each.has_days))


def visible(of: Plan, lot: LotDates) -> Visibility:
    """Return when `lot` can be had; `daemon.trade.calendar.why_hidden` says why it can't."""
    found = of._seen.get(lot)
    if found is None:
        found = of._seen[lot] = _judge(of, lot)
    return found


def cart_ends(of: Plan, started_at: datetime) -> datetime:
    """Return when a cart begun at `started_at` gives its goods back (K-41).

    The timer runs for the connection's `cart_minutes`; the vendor's cut-off can shorten it.
    """
    end = started_at + timedelta(minutes=of.connection.cart_minutes)
    if of.cut_off is not None and started_at <= of.cut_off.moment:
        return min(end, of.cut_off.moment.astimezone(started_at.tzinfo))
    return end


def age_limit(selling: Selling, local_after_days: int | None) -> int:
    """Return the greatest age in days at which goods are published (K-20, K-21)."""
    if local_after_days is not None:
        return local_after_days
    own = selling.age_days.max
    return OLDEST_PUBLISHED_DAYS if own is None else min(own, OLDEST_PUBLISHED_DAYS)


def in_window(ship_days: tuple[ShipDay, ...], lot: LotDates) -> tuple[ShipDay, ...]:
    """Return the ship days on which the lot is there; `ship_days` run from the earliest."""
    begin, end = 0, len(ship_days)
    if lot.available_from is not None:
        begin = bisect_left(ship_days, lot.available_from, key=lambda day: day.ship)
    if lot.available_to is not None:
        end = bisect_right(ship_days, lot.available_to, key=lambda day: day.ship)
    return ship_days[begin:end]


def is_offered(of: Plan, lot: LotDates) -> bool:
    """Whether the lot's location publishes and its age lies in every window, whatever the day."""
    (vendors_min, vendors_max), (buyers_min, buyers_max) = age_windows(of, lot)
    return (
        max(vendors_min, buyers_min) <= lot.age_days <= vendors_max
        and (buyers_max is None or lot.age_days <= buyers_max)
        and of.connection.publishes_from(lot.location)
    )


def age_windows(of: Plan, lot: LotDates) -> tuple[tuple[int, int], tuple[int, int | None]]:
    """Return the least and the greatest age in days: the vendor's, and the buyer's (K-26)."""
    vendors = (of.selling.age_days.min or 0, age_limit(of.selling, lot.local_after_days))
    buyers = of.connection.buyer_age_days
    return vendors, (buyers.min or 0, buyers.max) if buyers else (0, None)


def _judge(of: Plan, lot: LotDates) -> Visibility:
    if not is_offered(of, lot):
        return HIDDEN
    window = lot.available_from, lot.available_to
    found = of._windows.get(window)
    if found is None:
        days = in_window(of.ship_days, lot)
        found = of._windows[window] = Visibility(days, tuple(sorted({day.truck for day in days})))
    return found


def _transit_days(of: tuple[Schedule, ...]) -> tuple[tuple[int, ...], ...]:
    by_weekday = ({schedule.days_from(day) for schedule in of} for day in WEEK)
    return tuple(tuple(sorted(days for days in all if days is not None)) for all in by_weekday)


def zone_of(company: Partner, site: ZoneInfo) -> ZoneInfo:
    """Return where a company's days begin: its own zone, else the site's (T-04)."""
    return ZoneInfo(company.time_zone) if company.time_zone else site


def _changes_at(
    now: datetime, zones: tuple[ZoneInfo, ...], cut_offs: tuple[CutOff | None, ...]
) -> datetime:
    # At the cut-off itself an order is still in time, so the plan changes right after it.
    ahead = [each.moment + _INSTANT for each in cut_offs if each and not each.is_past]
    return min([*ahead, *(next_midnight(now, zone) for zone in zones)])
