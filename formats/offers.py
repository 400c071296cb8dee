"""Offers: what is for sale, and what one buyer is told of it, whatever the outgoing format.

Shared by the writers of the availability CSV and the X12 846. Nothing here carries a mapping: the
codes are already those of the partner who will read them. What all buyers are told alike is one
`Offer`, made once, so that a writer can put it into words once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar

MOST_KNOWN = 100_000
_Made = TypeVar("_Made")


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
    post_harvest: str | None = None
    """How the vendor has treated the goods; lots that differ in it alone are apart (domain 2.3)."""
    tag: str | None = None
    """The vendor's own words for the lot."""
    future_sale_from: date | None = None
    """Of a future sale, the day on which the vendor has the goods (K-32); None: they are there."""
    division: str | None = None
    tags: str | None = None
    """The network's words for shops, of the product (domain 2.2)."""


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


class ToldAlike(Generic[_Made]):
    """What a writer makes of offers for all buyers alike, made once of each offer and currency.

    Offers are told apart by identity, because comparing all their fields costs more than writing
    most of them. It never holds more than MOST_KNOWN: then it is emptied and fills again.
    """

    def __init__(self, make: Callable[[Offer, str | None], _Made]) -> None:
        self._make = make
        # An offer is kept beside what was made of it, so that no other one gets its number.
        self._known: dict[tuple[int, str | None], tuple[Offer, _Made]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def of(self, offer: Offer, currency: str | None = None) -> _Made:
        """Return what is told of `offer` in a file whose costs are in `currency`."""
        key = id(offer), currency
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = offer, self._make(offer, currency)
        return known[1]


def one_currency(offers: Iterable[OfferRow]) -> str | None:
    """Return the currency of all costs, None where there are several or none."""
    found = {row.offer.currency for row in offers if row.offer.unit_cost is not None}
    return found.pop() if len(found) == 1 else None


def in_units(offer: Offer, units: Mapping[str, str]) -> Offer:
    """Return an offer in the words of `units`; a unit that they do not know stands as it is."""
    return offer._replace(
        unit=units.get(offer.unit, offer.unit),
        cost_unit=units.get(offer.cost_unit or "", offer.cost_unit),
    )


def nameless(offer: Offer, position: int) -> ValueError:
    """Return what to raise for an offer that nothing names; `position` counts from 1."""
    return ValueError(
        f"offer {position} ({offer.description[:40]!r}) has no item code: map the product, or"
        " leave the offer out"
    )
