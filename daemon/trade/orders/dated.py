"""The ship date of an order that names none: of its truck date, or the first there is (K-23).

Its vendor has to know when to ship, and only goods that are there by then can be sold for it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from daemon.config import Connection
from daemon.ledger.schema import stock_lots, stock_reservations
from daemon.trade.calendar.order_dates import first_day, given_day
from daemon.trade.desk import Desk
from daemon.trade.orders.for_sale import dates_of, for_sale
from daemon.trade.outcome import OrderOutcome
from daemon.trade.stock.reserves import keep_from
from formats.records import Order, OrderLine

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
        day = given_day(desk, link, order, draft.origin.name)
    else:
        firsts = [_first_day_of(desk, draft, link, line) for line in order.lines]
        day = max((first for first in firsts if first is not None), default=None)
    if day is None:
        return draft
    dated = order.model_copy(update={"ship_date": day})
    return replace(draft, order=dated, is_amended=True, given_day=day)


def day_of_goods(
    desk: Desk, link: Connection, order: Order, origin: str, lines: Collection[int]
) -> date | None:
    """Return the ship date of an undated order whose lines, by their keys, hold their goods (K-23).

    It is the day that makes its truck date, else the first on which all of the goods are there.
    None for a connection without a calendar.
    """
    if order.delivery_date is not None:
        return given_day(desk, link, order, origin)
    desk.write_stock()
    held, lots = stock_reservations.c, stock_lots.c
    query = (
        select(lots.id, lots.product)
        .join(stock_reservations, held.lot_id == lots.id)
        .where(held.order_line_id.in_(lines), held.units > ZERO)
    )
    products = {row.id: row.product for row in desk.post.conn.execute(query)}
    firsts = [
        first_day(desk, link, order, origin, [dates_of(desk, link, lot)])
        for product in sorted({each for each in products.values() if each is not None})
        for lot in desk.stock.of(desk.post, link.vendor, product)
        if lot.id in products
    ]
    return max((first for first in firsts if first is not None), default=None)


def _first_day_of(
    desk: Desk, draft: OrderOutcome, link: Connection, line: OrderLine
) -> date | None:
    """Return the first day on which its vendor has any of a line's product for the buyer."""
    if line.product is None:
        return None
    lots = desk.stock.of(desk.post, link.vendor, line.product)
    keep_from(desk, link.vendor, line.product, lots, link.buyer)
    order, origin = draft.order, draft.origin.name
    shown = for_sale(desk, link, order, origin, lots).lots
    dates = [dates_of(desk, link, lot) for lot in shown if lot.available > ZERO]
    return first_day(desk, link, order, origin, dates)
