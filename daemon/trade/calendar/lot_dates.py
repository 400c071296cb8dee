"""What of a lot decides when it can be had, told once for what is shown and for what is ordered.

Age counts from the day goods were cut. Most files say none: then it counts from the day on which
the vendor named them last, or on which they were there at the earliest if that is later, so that
nobody is offered for ever what a vendor has long ceased to speak of (K-20). Goods of which the
vendor says a last day end with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from daemon.config import Connection, Partner
from daemon.trade.calendar.plan import LotDates, age_limit, zone_of


class DatedLot(Protocol):
    """A lot as the ledger has it; days are ISO text."""

    @property
    def product(self) -> str | None: ...
    @property
    def location(self) -> str: ...
    @property
    def cut_on(self) -> str | None: ...
    @property
    def counted_on(self) -> str | None: ...
    @property
    def available_from(self) -> str: ...
    @property
    def available_to(self) -> str | None: ...


def vendors_day(vendor: Partner, at: datetime, site: ZoneInfo) -> date:
    """Return the day that it is at a vendor, by which its goods age and are there.

    A farm that has cut today is a day ahead of a site to its west, until midnight there.
    """
    return at.astimezone(zone_of(vendor, site)).date()


def lot_dates(lot: DatedLot, vendor: Partner, category: str | None, today: date) -> LotDates:
    """Return the dates of a vendor's `lot` on the vendor's day `today`.

    `category` is the network's word for the lot's, by which the vendor may limit its age (K-21).
    """
    return LotDates(
        age_days=_age(lot, today),
        available_from=day_of(lot.available_from),
        available_to=day_of(lot.available_to),
        local_after_days=vendor.selling.local_after_days(lot.product, category),
        location=lot.location or None,
        has_cut_date=lot.cut_on is not None,
    )


def facts_of(lot: DatedLot) -> tuple[str | None, ...]:
    """Return what of a lot decides whether its age and place allow it to be sold, whatever the day.

    Lots of one product and category that agree in it share one answer.
    """
    cut = (lot.cut_on,) if lot.cut_on else (None, lot.counted_on, lot.available_from)
    return (lot.location, *cut, lot.available_to and "ends")


class AgeLimits(NamedTuple):
    """The ages at which what anybody is offered of a vendor's goods may change."""

    most_days: int
    """The smallest of all greatest ages."""
    has_least: bool
    """Whether anybody asks for a least age."""

    def are_told_apart(self, counted_on: str | None, today: date) -> bool:
        """Tell whether naming goods today may change who is offered them, where they have no cut
        date and their vendor named them last on `counted_on`."""
        named = day_of(counted_on)
        if named is None or named == today:
            return False
        return self.has_least or (today - named).days > self.most_days


def age_limits(vendor: Partner, connections: Iterable[Connection]) -> AgeLimits:
    """Return the limits of a vendor and of its buyers (K-20, K-21, K-26)."""
    buyers = [link.buyer_age_days for link in connections if link.vendor == vendor.name]
    ages = [vendor.selling.age_days, *(each for each in buyers if each is not None)]
    most = [
        age_limit(vendor.selling, None),
        *vendor.selling.local_after.values(),
        *(each.max for each in ages if each.max is not None),
    ]
    return AgeLimits(min(most), any(each.min for each in ages))


def _age(lot: DatedLot, today: date) -> int:
    """Return a lot's age in days; below 0 for what is to be cut yet."""
    cut = day_of(lot.cut_on)
    if cut is not None:
        return (today - cut).days
    named = day_of(lot.counted_on)
    if named is None or lot.available_to:
        return 0
    there = day_of(lot.available_from)
    return max(0, (today - (max(named, there) if there else named)).days)


def day_of(text: str | None) -> date | None:
    """Return the day that an ISO text of the ledger says, None for none."""
    return date.fromisoformat(text) if text else None
