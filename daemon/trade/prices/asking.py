"""What a vendor asks of one buyer for goods: the cost of its file, or what its terms make of it.

The buyer's flower cost is the vendor's selling price to it (K-60): the price list first, which
stands as it is; else the cost of the vendor's file with the markup set for the buyer; then the fuel
surcharge, where it is inside the cost. Without such terms goods cost what the file says, untouched.

A surcharge that can't be divided by the units of a box leaves the cost empty and says why: a cost
without it would be too low, and nobody would notice (U-16).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from daemon.config import Connection, Partner
from daemon.mapping.prices import ListPrice, has_prices, list_price
from daemon.mapping.rates import rate
from daemon.mapping.tables import Tables
from daemon.trade.prices.charges import HUNDRED, Missing, Packing, basis_of, units_per_box
from daemon.trade.prices.currency import rounded

COST_PLACES = 4
"""Decimals of a cost that isn't the vendor's own; the books keep as many."""


class Stated(NamedTuple):
    """Goods as their vendor states them: `cost` is per `packing.unit`; None where it says none."""

    product: str | None
    cost: Decimal | None
    currency: str | None
    packing: Packing


@dataclass(frozen=True, slots=True)
class Asked:
    """What a buyer is asked for a unit of `packing`, and what that is made of.

    `cost` is None where nothing is stated, or where `missing` says what can't be told.
    """

    cost: Decimal | None
    currency: str | None
    packing: Packing
    listed: ListPrice | None = None
    """The row of the price list that stands."""
    markup_percent: Decimal = Decimal(0)
    surcharge: Decimal | None = None
    """Of a unit, inside the cost; None where none is."""
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """How one vendor asks one buyer on one day."""

    link: Connection
    vendor: Partner
    tables: Tables
    today: date

    @property
    def is_set(self) -> bool:
        """Whether any cost may be another than the vendor's file says."""
        link = self.link
        return link.asking.is_set or has_prices(self.tables.prices, link.vendor, link.buyer)

    def listed(self, product: str | None) -> ListPrice | None:
        """Return the row of the vendor's price list that holds for a product."""
        link = self.link
        return list_price(self.tables.prices, link.vendor, link.buyer, product, self.today)

    def of(self, goods: Stated) -> Asked:
        """Return what the buyer is asked for goods."""
        row = self.listed(goods.product)
        if row is not None:
            packing = _in_unit(goods.packing, row)
            listed = Asked(row.price, row.currency or self.vendor.currency, packing, listed=row)
            return self._surcharged(listed)
        if goods.cost is None:
            return Asked(None, goods.currency, goods.packing)
        markup = self.link.asking.markup_of(goods.product, goods.packing.category)
        cost = goods.cost
        if markup:
            cost = rounded(cost * (HUNDRED + markup) / HUNDRED, COST_PLACES)
        asked = Asked(cost, goods.currency, goods.packing, markup_percent=markup)
        return self._surcharged(asked)

    def _surcharged(self, asked: Asked) -> Asked:
        """Put the fuel surcharge into a cost, where it is to be inside."""
        terms = self.link.asking
        if asked.cost is None or not terms.show_fob_price or terms.fuel_surcharge is None:
            return asked
        missing: list[Missing] = []
        charge = terms.fuel_surcharge
        measure = basis_of("fuel surcharge", charge.basis, asked.packing.box, missing)
        units = units_per_box(asked.packing, missing)
        into = self._into(asked.currency, missing)
        if measure is None or units is None or into is None:
            return Asked(None, asked.currency, asked.packing, missing=tuple(missing))
        added = charge.amount * measure * into / units
        return Asked(
            rounded(asked.cost + added, COST_PLACES),
            *(asked.currency, asked.packing, asked.listed, asked.markup_percent),
            surcharge=added,
        )

    def _into(self, currency: str | None, missing: list[Missing]) -> Decimal | None:
        """Return what one of the vendor's currency is in that of a cost."""
        own = self.vendor.currency
        if own is None or currency is None or own == currency:
            return Decimal(1)
        found = rate(self.tables.rates, own, currency, self.today)
        if found is None:
            text = f"in {own}, and the cost in {currency}; add a row {own},{currency} to rates.csv"
            missing.append(Missing("fuel surcharge", text))
        return found


def _in_unit(packing: Packing, row: ListPrice) -> Packing:
    return Packing(row.unit, packing.pack, packing.box, packing.port, packing.category)
