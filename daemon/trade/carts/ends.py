"""The end of a cart by the clock: what nobody checked out is on sale again (K-41, E-11).

A cart of which nothing is checked out is cancelled whole, with its prebook. Of one that is an order
at its vendor already only the lines still in the cart end; what is checked out or confirmed never
does (domain 4.8, 2). Where purchases are put together, what is checked out goes into its order with
that, or to its vendor where they are put together no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update

from daemon.ledger import arrivals
from daemon.ledger.moves import Cause
from daemon.ledger.schema import orders
from daemon.ledger.states import LineProgress, LineState, OrderState
from daemon.trade.carts.answers import EXPIRED, is_unchecked
from daemon.trade.carts.book import out_of_cart
from daemon.trade.carts.checkout import go_on
from daemon.trade.desk import Desk
from daemon.trade.orders.gathering import Gathered
from daemon.trade.orders.standing import (
    ZERO,
    StandingLine,
    StandingOrder,
    move_line,
    placed,
    save_line,
    settle,
    standing,
)
from daemon.trade.outcome import OrderOutcome
from daemon.trade.step import order_of_key
from daemon.trade.stock.line_stock import keep
from formats.records import PurchaseOrder

RAN_OUT = f"not checked out before its cart ended ({EXPIRED})"
TIMER = Cause("the timer of its cart")


@dataclass(frozen=True, slots=True)
class LinesLeft:
    """Lines that were in a cart and are no more, because nobody checked them out.

    There may be none, where what is checked out of it waited for the timer alone.
    """

    order: StandingOrder
    lines: tuple[StandingLine, ...]
    is_expired: bool
    """Whether the time was over; else the vendor confirmed the order without them."""
    gathered: Gathered | None = None
    """The order that the others were put into, where purchases are put together."""
    is_placed: bool = False
    """Whether the others went to their vendor with that, which had none of them before."""


def end_cart(desk: Desk, order_id: int) -> LinesLeft | None:
    """End what is still in the cart of an order; None where nothing is, and nothing changed."""
    found = standing(desk, order_of_key(desk, order_id))
    lines = tuple(line for line in found.lines if is_unchecked(found, line))
    for line in lines:
        _end(desk, found, line)
    settle(desk, found, TIMER, when_empty=OrderState.CANCELLED)
    gathered = None
    # What of it is checked out waited for the rest alone.
    goes_on = found.booked.state is OrderState.DRAFT
    if goes_on:
        gathered = go_on(desk, found, TIMER)
    # With what is given back a vendor's file may offer enough again, and wait no more (K-43).
    arrivals.settle_all(desk.post.conn)
    _stop_timer(desk, order_id)
    if not lines and not goes_on:
        return None
    is_placed = goes_on and gathered is None
    return LinesLeft(found, lines, is_expired=True, gathered=gathered, is_placed=is_placed)


def rest_of(desk: Desk, left: LinesLeft) -> OrderOutcome | None:
    """Return what is left of an order that its vendor has: one like any other, without a cart.

    None where the vendor never had it, or where it is an order of the vendor's own system.
    """
    found = left.order
    booked = found.booked
    if booked.state is not OrderState.APPROVED or not isinstance(found.order, PurchaseOrder):
        return None
    return out_of_cart(
        placed(desk, found, arrival_id=booked.arrival_id, document_id=booked.document_id)
    )


def _end(desk: Desk, found: StandingOrder, line: StandingLine) -> None:
    """Give the stock of a line back; what it was stays in the books, with why it ended."""
    booked = found.booked
    if booked.vendor is not None and not booked.is_test:
        keep(desk, booked.vendor, line, ZERO, is_lost=False)
    line.state, line.reason = LineState.CANCELLED, RAN_OUT
    save_line(desk, line, state=line.state.value, reason=line.reason)
    move_line(desk, found, line, LineProgress.CANCELLED, TIMER)


def _stop_timer(desk: Desk, order_id: int) -> None:
    desk.post.conn.execute(update(orders).where(orders.c.id == order_id).values(expires_at=None))
    desk.pasts.clear()
