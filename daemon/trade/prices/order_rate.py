"""The rate of an order: fixed when the order is made, and kept whatever is sent later (K-80, K-82).

Costs are in the currency that the order names, else in the vendor's; the buyer's own currency is
what they are seen in. A company without a currency in the site's configuration has no rate.
"""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import select

from daemon.config import Partner
from daemon.ledger import schema
from daemon.ledger.posting import Posting
from daemon.trade.desk import Desk, Earlier
from daemon.trade.outcome import OrderOutcome
from daemon.trade.prices.currency import FixedRate, RateMissingError, kept
from formats.records import Order

OrderT = TypeVar("OrderT", bound=Order)


def currency_of(draft: OrderOutcome) -> str | None:
    """Return the currency of an order's costs (K-80)."""
    return draft.order.currency or (draft.vendor.currency if draft.vendor else None)


def in_its_currency(order: OrderT, vendor: Partner | None, buyer: Partner | None) -> OrderT:
    """Return an order as its buyer is answered: with the currency of its costs (K-80).

    Where it names none, and its buyer reckons in another than its vendor, nobody could tell.
    """
    foreign = vendor.currency if vendor else None
    own = buyer.currency if buyer else None
    if order.currency is not None or foreign is None or foreign == own:
        return order
    return order.model_copy(update={"currency": foreign})


def foreign_currency(order: Order, buyer: Partner | None) -> str | None:
    """Return the currency of an order's costs where its buyer reckons in another (K-80)."""
    return order.currency if buyer is None or order.currency != buyer.currency else None


def rate_of(desk: Desk, draft: OrderOutcome, earlier: Earlier | None) -> FixedRate | None:
    """Return the rate of an order; the earlier order's, where it takes the place of one.

    None where a currency is not known. Raises RateMissingError (E-29), and CurrencyChangedError
    where the earlier order was made in another currency (K-81).
    """
    source = currency_of(draft)
    target = draft.buyer.currency if draft.buyer else None
    if source is None or target is None:
        return None
    fixed = booked_rate(desk.post, earlier.id) if earlier else None
    return kept(fixed, desk.tables.rates, source, target, desk.today)


def missing_rate(desk: Desk, draft: OrderOutcome) -> RateMissingError | None:
    """Return why an order has no rate although it needs one (E-29)."""
    if draft.rate is not None:
        return None
    try:
        rate_of(desk, draft, None)
    except RateMissingError as error:
        return error
    return None


def booked_rate(post: Posting, order_id: int) -> FixedRate | None:
    """Return the rate that was fixed with an order of the books (K-82), where there is one."""
    post.flush()
    table = schema.orders.c
    query = select(table.currency, table.rate, table.rate_currency, table.created_at)
    row = post.conn.execute(query.where(table.id == order_id)).one()
    if row.rate is None or row.currency is None or row.rate_currency is None:
        return None
    return FixedRate(row.currency, row.rate_currency, row.rate, row.created_at.date())
