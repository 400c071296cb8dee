"""The ship date of an order that names none: of its truck date, or the first there is (K-23).

Its vendor has to know when to ship, and only goods that are there by then can be sold for it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from daemon.config import Connection
from daemon.trade.calendar.order_dates import first_day, given_day
from daemon.trade.desk import Desk
from daemon.trade.orders.for_sale import dates_of, for_sale
from daemon.trade.outcome import OrderOutcome
from daemon.trade.stock.reserves import keep_from
from formats.records import OrderLine

ZERO = Decimal(0)


def on_its_day(desk: Desk, draft: OrderOutcome, link: Connection) -> OrderOutcome:
    """Return an order with the ship date that it gets, where it names none itself (K-23).

    It is the day that makes its truck date; of an order without any day the first on which there
    is something of each product.
    """
    order = draft.order
    if order.ship_date is not None:
        return draft
    if order.delivery_date is not None:
        day = given_day(desk, link, order)
    else:
        firsts = [_first_day_of(desk, draft, link, line) for line in order.lines]
        day = max((first for first in firsts if first is not None), default=None)
    if day is None:
        return draft
    dated = order.model_copy(update={"ship_date": day})
    return replace(draft, order=dated, is_amended=True, given_day=day)


def _first_day_of(
    desk: Desk, draft: OrderOutcome, link: Connection, line: OrderLine
) -> date | None:
    """Return the first day on which its vendor has any of a line's product for the buyer."""
    if line.product is None:
        return None
    lots = desk.stock.of(desk.post, link.vendor, line.product)
    keep_from(desk, link.vendor, line.product, lots, link.buyer)
    there = [lot for lot in for_sale(desk, link, draft.order, lots).lots if lot.available > ZERO]
    return first_day(desk, link, draft.order, [dates_of(desk, link, lot) for lot in there])
