"""What of a lot decides when it can be had, told once for what is shown and for what is ordered."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from daemon.config import Partner
from daemon.trade.calendar.plan import LotDates


class DatedLot(Protocol):
    """A lot as the ledger has it; days are ISO text."""

    @property
    def product(self) -> str | None: ...
    @property
    def location(self) -> str: ...
    @property
    def cut_on(self) -> str | None: ...
    @property
    def available_from(self) -> str: ...
    @property
    def available_to(self) -> str | None: ...


def lot_dates(lot: DatedLot, vendor: Partner, category: str | None, today: date) -> LotDates:
    """Return the dates of a vendor's `lot` on the site's day `today`.

    `category` is the network's word for the lot's, by which the vendor may limit its age (K-21).
    """
    cut = day_of(lot.cut_on)
    return LotDates(
        age_days=(today - cut).days if cut else 0,
        available_from=day_of(lot.available_from),
        available_to=day_of(lot.available_to),
        local_after_days=vendor.selling.local_after_days(lot.product, category),
        location=lot.location or None,
    )


def day_of(text: str | None) -> date | None:
    """Return the day that an ISO text of the ledger says, None for none."""
    return date.fromisoformat(text) if text else None
