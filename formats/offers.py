"""Offer rows: what a buyer is told of one vendor offer, whatever the outgoing format.

Shared by the writers of the availability CSV and the X12 846. A row carries no mapping: the codes
in it are already those of the partner who will read it. What differs from buyer to buyer stands
first, so that a writer can put the rest into words once for all of them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

PARTICULAR = 4
"""How many of the first fields differ from buyer to buyer."""


class OfferRow(NamedTuple):
    """One offer as a buyer sees it; a tuple, because a network is told of half a million at once.

    `quantity` counts `unit`s (the partner's unit text); `unit_cost` is money of `currency` per
    `cost_unit`, or per `unit` where that is None; `price` and `landed_cost` are the same in the
    buyer's currency (domain 4.5). None means that nothing is said, which is never the same as zero
    (domain U-16).
    """

    buyer_item: str | None
    available_from: date | None = None
    """The first truck date on which it can be had (domain 4.2)."""
    price: Decimal | None = None
    landed_cost: Decimal | None = None
    seller_item: str | None = None
    description: str = ""
    quantity: Decimal = Decimal(0)
    unit: str = ""
    box_type: str | None = None
    bunches_per_box: int | None = None
    stems_per_bunch: int | None = None
    unit_cost: Decimal | None = None
    cost_unit: str | None = None
    currency: str | None = None
    available_to: date | None = None
    color: str | None = None
    category: str | None = None
    location: str | None = None
    vendor_display: str | None = None
    offer: str | None = None
    """Names the offer in every file about it, so that a change finds what it changes."""

    @property
    def shared(self) -> tuple[object, ...]:
        """Return what every buyer of the offer is told alike."""
        return self[PARTICULAR:]
