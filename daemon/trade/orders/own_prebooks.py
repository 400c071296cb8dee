"""The prebook that a vendor's system made with its order, or that several of its orders share.

A shared prebook (A-05) is no further than the least advanced of its orders, and over only when all
of them are. What a buyer's own prebook says is not for an order to change: it is never moved here.
"""

from __future__ import annotations

from sqlalchemy import select

from daemon.ledger.moves import ORDERS, Cause, move_where_allowed
from daemon.ledger.schema import order_lines, orders
from daemon.ledger.states import OrderState
from daemon.trade.desk import Desk

_OVER = frozenset({OrderState.CANCELLED, OrderState.REJECTED})
_WAY = (
    OrderState.HELD,
    OrderState.DRAFT,
    OrderState.PENDING_APPROVAL,
    OrderState.APPROVED,
    OrderState.CONFIRMED,
    OrderState.SHIPPED,
)
"""From the least advanced to the most."""


def joined(desk: Desk, order_id: int) -> int | None:
    """Return the prebook of the same system that an order's lines joined; None where it is none."""
    desk.post.flush()
    own, lines = orders.alias("own"), order_lines.alias("own_lines")
    query = (
        select(orders.c.id)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .join(lines, lines.c.prebook_line_id == order_lines.c.id)
        .join(own, own.c.id == lines.c.order_id)
        .where(own.c.id == order_id, orders.c.origin == own.c.origin, orders.c.kind == "prebook")
    )
    return desk.post.conn.execute(query.limit(1)).scalar()


def follow(desk: Desk, prebook_id: int, order_id: int, after: OrderState, cause: Cause) -> None:
    """Let a prebook follow its order to `after`, as far as its other orders are (A-05)."""
    states = (after, *_states_of_others(desk, prebook_id, order_id))
    live = [state for state in states if state not in _OVER]
    target = min(live, key=_WAY.index) if live else after
    move_where_allowed(desk.post, ORDERS, [prebook_id], target, cause=cause)


def _states_of_others(desk: Desk, prebook_id: int, order_id: int) -> list[OrderState]:
    desk.post.flush()
    of_prebook = select(order_lines.c.id).where(order_lines.c.order_id == prebook_id)
    query = (
        select(orders.c.id, orders.c.state)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .where(order_lines.c.prebook_line_id.in_(of_prebook), orders.c.id != order_id)
        .distinct()
    )
    return [OrderState(row.state) for row in desk.post.conn.execute(query)]
