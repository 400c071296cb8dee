"""The network's transaction fee on orders that its API created; internal companies pay none (A-08).

An order keeps the percentage that held when it was made. The fee is no part of any price or total:
it is written down with the order and with each invoice that bills its goods.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import select

from daemon.ledger import schema
from daemon.trade.desk import Desk
from daemon.trade.outcome import OrderOutcome
from daemon.trade.prices.currency import rounded
from daemon.trade.step import form_of
from formats.identify import Format

PLACES = 2
HUNDRED = Decimal(100)


def fee_percent(desk: Desk, draft: OrderOutcome) -> Decimal | None:
    """Return what the network takes of a new order, in per cent; None where it takes nothing."""
    percent = desk.site.site.api_fee_percent
    if not percent or draft.order.is_test:
        return None
    form = desk.forms.get(draft.arrival_id) or form_of(desk, draft.document_id)
    company = desk.partner(draft.origin.vendor) or draft.origin
    return percent if form is Format.JSON and not company.is_internal else None


def fee_of_goods(desk: Desk, billed: Iterable[tuple[int, Decimal]]) -> Decimal | None:
    """Return the fee on goods, by order and what they cost, half up; None where none is due."""
    costs: dict[int, Decimal] = {}
    for order_id, cost in billed:
        costs[order_id] = costs.get(order_id, Decimal(0)) + cost
    table = schema.orders.c
    query = select(table.id, table.fee_percent).where(
        table.id.in_(sorted(costs)), table.fee_percent.is_not(None)
    )
    rows = desk.post.conn.execute(query).all()
    if not rows:
        return None
    return rounded(
        sum((costs[row.id] * row.fee_percent / HUNDRED for row in rows), Decimal(0)), PLACES
    )
