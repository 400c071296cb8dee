"""Prices of very many goods: each distinct one is computed once, to the same digit as `pricing`.

A million lots of a network share a few thousand costs and packings. So lots are grouped once, for
every buyer; a buyer's prices are those of the groups; and what does not depend on the cost is
computed once for a packing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from daemon.terms.pricing import Agreed
from daemon.trade.prices.charges import HUNDRED, ONE, Packing, charges
from daemon.trade.prices.currency import rounded
from daemon.trade.prices.pricing import margin
from formats.records import ShipVia


@dataclass(frozen=True, slots=True)
class Grouped:
    """Lots by what they have in common: cost and packing decide a price, nothing else does.

    `places[i]` is the group of lot `i`.
    """

    groups: tuple[tuple[Decimal | None, Packing], ...]
    places: Sequence[int]


def grouped(lots: Iterable[tuple[Decimal | None, Packing]]) -> Grouped:
    """Return the lots, each a unit cost and a packing, in groups of the same price."""
    numbers: dict[tuple[Decimal | None, Packing], int] = {}
    places = [numbers.setdefault(lot, len(numbers)) for lot in lots]
    return Grouped(tuple(numbers), places)


@dataclass(frozen=True, slots=True)
class Line:
    """The price of a unit as it follows from its cost: a straight line, then rounded half up."""

    slope: Decimal
    """What a unit's cost counts for in the cost of a box: its units, and the duty on them."""
    fixed: Decimal
    earned: Decimal
    shared: Decimal
    places: int

    def at(self, unit_cost: Decimal) -> Decimal:
        total = unit_cost * self.slope + self.fixed
        return rounded(total * self.earned / self.shared, self.places)


@dataclass(slots=True)
class Quotes:
    """One buyer's prices on the terms and tables of a moment; a change of either needs new ones.

    Not for several threads at once.
    """

    terms: Agreed
    ship_via: ShipVia = ShipVia.WAREHOUSE
    _lines: dict[Packing, Line | None] = field(default_factory=dict)

    def amount(self, unit_cost: Decimal | None, packing: Packing) -> Decimal | None:
        """Return the amount of `price(landed(unit_cost, packing, terms, ...), terms)`.

        None where a part is missing; `landed` and `price` say which.
        """
        try:
            line = self._lines[packing]
        except KeyError:
            line = self._lines[packing] = self._line(packing)
        return None if line is None or unit_cost is None else line.at(unit_cost)

    def amounts(self, lots: Grouped) -> list[Decimal | None]:
        """Return the price of each lot, in their order."""
        of_group = [self.amount(unit_cost, packing) for unit_cost, packing in lots.groups]
        return [of_group[place] for place in lots.places]

    def _line(self, packing: Packing) -> Line | None:
        box = charges(packing, self.terms, ship_via=self.ship_via)
        units = ONE if self.ship_via is ShipVia.GROWER else box.units_per_box
        share = None if units is None else margin(units, self.terms)
        if units is None or share is None or box.duty_percent is None or box.fixed is None:
            return None
        slope = units * (HUNDRED + box.duty_percent) / HUNDRED
        return Line(slope, box.fixed, *share, self.terms.price_places)
