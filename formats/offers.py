"""Offers: what is for sale, and what one buyer is told of it, whatever the outgoing format.

Shared by the writers of the availability CSV and the X12 846. Nothing here carries a mapping: the
codes are already those of the partner who will read them. What all buyers are told alike is one
`Offer`, made once, so that a writer can put it into words once for all of them.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Offer(NamedTuple):
    """What every buyer is told of an offer alike.

    `quantity` counts `unit`s (the partner's unit text); `unit_cost` is money of `currency` per
    `cost_unit`, or per `unit` where that is None. None means that nothing is said, which is never
    the same as zero (domain U-16).
    """

    name: str | None = None
    """Names the offer in every file about it, so that a change finds what it changes."""
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
    grade: str | None = None


class OfferRow(NamedTuple):
    """An offer as one buyer sees it; a tuple, because a network is told of half a million at once.

    `price`, `landed_cost` and `price_direct` are in the buyer's currency, per unit of the offer
    (domain 4.5).
    """

    offer: Offer
    buyer_item: str | None = None
    available_from: date | None = None
    """The first truck date on which it can be had (domain 4.2)."""
    price: Decimal | None = None
    landed_cost: Decimal | None = None
    price_direct: Decimal | None = None
    """The price of goods that ship direct from the grower: cost and margin alone (D-01)."""
    cut_on: date | None = None
    """When the goods were cut; None where nobody knows, or this buyer isn't told (K-29)."""

    def said(self) -> dict[str, object]:
        """Return everything that the buyer is told, by name, on one level."""
        alike = self.offer._asdict()
        own = self._asdict() | {"offer": alike.pop("name")}
        return own | alike
