"""What a buyer may ask for the goods of an order line: landed cost, then price (K-61, D-01).

What availability says holds for the company and all its customers; this is of the location and the
customer that the order names (K-64), and of its way: direct goods carry cost and GPM alone (K-63).
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from daemon.config import Connection, Partner
from daemon.mapping.rows import Kind
from daemon.terms.pricing import Agreed
from daemon.trade.customers import customer_names
from daemon.trade.desk import Desk
from daemon.trade.outcome import LineOutcome, OrderOutcome
from daemon.trade.prices.box_types import box_of
from daemon.trade.prices.charges import ONE, Packing
from daemon.trade.prices.currency import PLACES, rounded
from daemon.trade.prices.pricing import landed, price
from daemon.trade.stock.units import PackMissingError, convert
from formats.records import OrderLine, ShipVia, UnitType

ZERO = Decimal(0)


class Suggested(NamedTuple):
    """Amounts in the buyer's currency, per unit of the line's cost; None where a part is missing.

    The landed cost has 4 decimals, the price those of its terms.
    """

    landed_cost: Decimal | None = None
    price: Decimal | None = None


NOTHING = Suggested()


def suggested(desk: Desk, outcome: OrderOutcome, line: LineOutcome) -> Suggested:
    """Return what the goods of a line cost its buyer on arrival, and what it may ask for them.

    Nothing for goods that it doesn't get, and nothing in what anybody else reads. What ships
    direct lands nowhere: it has a price alone.
    """
    link, buyer, vendor = outcome.connection, outcome.buyer, outcome.vendor
    if link is None or buyer is None or vendor is None or line.accepted <= ZERO:
        return NOTHING
    if outcome.origin.name != buyer.name:
        return NOTHING
    way, terms = outcome.order.ship_via, _terms(link, buyer, outcome)
    packing = _packing(desk, vendor, line)
    lands = landed(_cost(outcome, buyer, line.line), packing, terms, ship_via=way)
    if way is ShipVia.GROWER:
        return Suggested(price=price(lands, terms).amount)
    typed = _listed(desk, vendor, terms, line.line.product, packing)
    cost = None if lands.per_unit is None else rounded(lands.per_unit, PLACES)
    return Suggested(cost, price(lands, terms, typed=typed).amount)


def _terms(link: Connection, buyer: Partner, outcome: OrderOutcome) -> Agreed:
    order = outcome.order
    return link.agreed_with(buyer.buying, location=order.place, customer=customer_names(order))


def _packing(desk: Desk, vendor: Partner, outcome: LineOutcome) -> Packing:
    """Return how the goods of a line travel, in their vendor's boxes (P-04)."""
    line, tables = outcome.line, desk.tables
    return Packing(
        line.price_unit_type or line.unit_type or UnitType.BOX,
        outcome.pack,
        box_of(tables, vendor.name, line.box_type, line.product, desk.today),
        None,
        tables.word_of(Kind.CATEGORIES, line.product, desk.today),
    )


def _cost(outcome: OrderOutcome, buyer: Partner, line: OrderLine) -> Decimal | None:
    """Return a line's cost in the buyer's currency, at the rate that is fixed with its order."""
    if line.unit_price is None:
        return None
    if outcome.rate is not None:
        return outcome.rate.converted(line.unit_price)
    is_own = outcome.order.currency in (None, buyer.currency)
    return line.unit_price if is_own else None


def _listed(
    desk: Desk, vendor: Partner, terms: Agreed, product: str | None, packing: Packing
) -> Decimal | None:
    """Return the price of the buyer's list in the line's unit; it is per unit of sale (K-66)."""
    said = terms.listed(product)
    known = desk.tables.pack(vendor.name, product, desk.today) if product else None
    if said is None or known is None:
        return said
    try:
        return said * convert(ONE, packing.unit, known.unit_type, packing.pack)
    except PackMissingError:
        return None
