"""The prebooks behind an order: the one of a vendor's system, or the purchases put together in it.

A prebook that several orders share (A-05) is no further than the least advanced of them, and over
only when all of them are. A purchase of a shop (see `gathering`) is over when none of its own lines
is left, whatever becomes of the others in its order. What a buyer's own prebook says is not for an
order to change: it is never moved here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select

from daemon.ledger.moves import ORDERS, Cause, move_where_allowed
from daemon.ledger.schema import order_lines, orders
from daemon.ledger.states import LineProgress, LineState, OrderState
from daemon.trade.desk import Desk

PURCHASE = "purchase"
"""Kind of the row that a cart becomes when its lines are put into an order with others."""
_OVER = frozenset({OrderState.CANCELLED, OrderState.REJECTED})
_GONE = (LineState.REFUSED.value, LineState.CANCELLED.value)
_WAY = (
    OrderState.HELD,
    OrderState.DRAFT,
    OrderState.PENDING_APPROVAL,
    OrderState.APPROVED,
    OrderState.CONFIRMED,
    OrderState.SHIPPED,
)
"""From the least advanced to the most."""


def joined(desk: Desk, order_id: int) -> tuple[int, ...]:
    """Return the prebooks of the same sender that an order's lines stand in, the oldest first."""
    desk.post.flush()
    own, lines = orders.alias("own"), order_lines.alias("own_lines")
    query = (
        select(orders.c.id)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .join(lines, lines.c.prebook_line_id == order_lines.c.id)
        .join(own, own.c.id == lines.c.order_id)
        .where(
            own.c.id == order_id,
            orders.c.origin == own.c.origin,
            orders.c.kind.in_(["prebook", PURCHASE]),
        )
        .distinct()
        .order_by(orders.c.id)
    )
    return tuple(desk.post.conn.execute(query).scalars())


def follow(
    desk: Desk, prebooks: Iterable[int], order_id: int, after: OrderState, cause: Cause
) -> None:
    """Let prebooks follow their order to `after`, as far as their other orders are (A-05)."""
    keys = list(prebooks)
    end_empty(desk, keys, cause)
    others = _states_of_others(desk, keys, order_id)
    for key in keys:
        states = (after, *others.get(key, ()))
        live = [state for state in states if state not in _OVER]
        target = min(live, key=_WAY.index) if live else after
        move_where_allowed(desk.post, ORDERS, [key], target, cause=cause)


def end_empty(desk: Desk, prebooks: Iterable[int], cause: Cause) -> None:
    """End the purchases among `prebooks` of which nothing is left in their order."""
    asked = list(prebooks)
    if not asked:
        return
    desk.post.flush()
    table = order_lines.c
    purchases = select(orders.c.id).where(orders.c.id.in_(asked), orders.c.kind == PURCHASE)
    alive = select(table.order_id).where(
        table.order_id.in_(asked),
        table.state.not_in(_GONE),
        table.progress != LineProgress.CANCELLED.value,
    )
    empty = set(desk.post.conn.execute(purchases).scalars())
    empty -= set(desk.post.conn.execute(alive).scalars())
    move_where_allowed(desk.post, ORDERS, sorted(empty), OrderState.CANCELLED, cause=cause)


def _states_of_others(
    desk: Desk, prebooks: Collection[int], order_id: int
) -> dict[int, list[OrderState]]:
    """Return by prebook in which states its orders are, but for the one of `order_id`."""
    if not prebooks:
        return {}
    desk.post.flush()
    theirs = order_lines.alias("theirs")
    query = (
        select(theirs.c.order_id.label("prebook"), orders.c.id, orders.c.state)
        .join(order_lines, order_lines.c.prebook_line_id == theirs.c.id)
        .join(orders, orders.c.id == order_lines.c.order_id)
        .where(theirs.c.order_id.in_(prebooks), orders.c.id != order_id)
        .distinct()
    )
    found: dict[int, list[OrderState]] = {}
    for row in desk.post.conn.execute(query):
        found.setdefault(row.prebook, []).append(OrderState(row.state))
    return found
