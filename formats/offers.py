"""Offer rows: what a buyer is told of one vendor offer, whatever the outgoing format.

Shared by the writers of the availability CSV and the X12 846. A row carries no mapping: the codes
in it are already those of the partner who will read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class OfferRow:
    """One offer as a buyer sees it.

    `quantity` counts `unit`s (the partner's unit text); `unit_cost` is money of `currency` per
    `cost_unit`, or per `unit` where that is None. None means that nothing is said, which is never
    the same as zero (domain U-16).
    """

    buyer_item: str | None
    seller_item: str | None
    description: str
    quantity: Decimal
    unit: str
    box_type: str | None = None
    bunches_per_box: int | None = None
    stems_per_bunch: int | None = None
    unit_cost: Decimal | None = None
    cost_unit: str | None = None
    currency: str | None = None
    available_from: date | None = None
    available_to: date | None = None
    color: str | None = None
    category: str | None = None
    location: str | None = None
    vendor_display: str | None = None
