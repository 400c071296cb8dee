"""What a buyer decides about purchases that were put together, and when it is too late for that.

The order is approved whole, while its goods may still leave on its day (K-27, K-28) and its
connection may be used. One purchase of several is taken out again by its own number until then,
also the first one, whose number the order has: who cancels a number means what was bought under it.
"""

from __future__ import annotations

from daemon.ledger.states import OrderState
from daemon.trade.calendar.order_dates import refused_day
from daemon.trade.desk import Desk
from daemon.trade.orders.gathering import (
    Whereabouts,
    is_alone,
    own_lines,
    purchases_numbered,
    whereabouts,
)
from daemon.trade.orders.ready import in_the_way
from daemon.trade.orders.rulings import Decided, Ruling, end_line, outcome_of
from daemon.trade.orders.standing import StandingOrder, settle, standing
from daemon.trade.outcome import RowStatus
from daemon.trade.step import BookedOrder, order_of_key
from daemon.trade.views.activation import RATES
from formats.records import PurchaseOrder
from formats.steps import Decision

_OVER = (OrderState.CANCELLED, OrderState.REJECTED)


def is_gathered(found: StandingOrder) -> bool:
    """Tell whether an order that waits for approval holds its goods already.

    What a vendor's own system sold takes them when it is approved; all else bought them before, and
    so did a cart of its shop (P-06).
    """
    return isinstance(found.order, PurchaseOrder) or found.order.cart is not None


def too_late(desk: Desk, found: StandingOrder) -> str | None:
    """Say why an order of purchases can't be approved any more, or not yet; None where it may."""
    booked = found.booked
    link = desk.connection(booked.vendor or "", booked.buyer or "")
    if not is_gathered(found):
        return None
    if link is None:
        return (
            f"{booked.what} can't be approved: {booked.vendor} and {booked.buyer} are not connected"
            " any more, so nothing goes to that vendor. Cancel it, or agree on the connection again"
        )
    # Its rate was fixed with it (K-82), so none of today is needed.
    unmet = [e for e in in_the_way(desk, outcome_of(desk, found)) if e.place != RATES]
    if unmet:
        lacks = "; ".join(f"{each.code}: {each.sentence}" for each in unmet)
        return (
            f"{booked.what} can't be approved: the connection {link.title} may not be used yet."
            f" {lacks}"
        )
    no_day = refused_day(desk, link, found.order, booked.origin)
    if no_day is None:
        return None
    return (
        f"{booked.what} can't be approved any more: {no_day.sentence} ({no_day.code}). Change its"
        " ship date and approve it then, or cancel it"
    )


def purchase_meant(desk: Desk, order: BookedOrder) -> BookedOrder | None:
    """Return the purchase that a cancellation of an order's number means, where it isn't alone.

    An order has the number of its first purchase. Made of that one only, or of none, it is itself
    what ends.
    """
    found = purchases_numbered(
        desk, order.number, buyer=order.buyer, vendor=order.vendor, is_test=order.is_test
    )
    own = (each for each in found if whereabouts(desk, each.id).order.id == order.id)
    return next((each for each in own if not is_alone(desk, each.id)), None)


def rule_purchase(desk: Desk, purchase: BookedOrder, ruling: Ruling) -> Decided:
    """Let a decision about one purchase have its effect: it is taken out, or its order named."""
    stands = whereabouts(desk, purchase.id)
    if purchase.state in _OVER:
        left = _left(desk, standing(desk, stands.order))
        why = f"{purchase.what} is {purchase.state.value} already{left}"
        return Decided(RowStatus.UNCHANGED, why)
    if ruling.decision is Decision.APPROVE:
        why = f"{purchase.what} is {stands.what}; decide about order {stands.order.number}"
        return Decided(RowStatus.REFUSED, why)
    if stands.order.state is not OrderState.PENDING_APPROVAL:
        return Decided(RowStatus.REFUSED, stays_there(purchase, stands))
    into = standing(desk, stands.order)
    for line in own_lines(desk, purchase.id, into):
        end_line(desk, into, line, ruling)
    settle(desk, into, ruling.cause, when_empty=OrderState.CANCELLED)
    said = f"{purchase.what} is taken out of {stands.order.what}{_left(desk, into)}"
    return Decided(RowStatus.DONE, said, order=outcome_of(desk, into), ruling=ruling)


def _left(desk: Desk, order: StandingOrder) -> str:
    """Name the purchases that an order still has lines of; nothing where it is over."""
    left = [key for key in order.prebooks if own_lines(desk, key, order)]
    numbers = [order_of_key(desk, key).number for key in left]
    return f"; {order.booked.what} goes on with {' and '.join(numbers)}" if numbers else ""


def stays_there(purchase: BookedOrder, stands: Whereabouts) -> str:
    """Say that a purchase can't be changed by its own number any more."""
    return (
        f"{purchase.what} is {stands.what}, which is {stands.order.state.value}; change or cancel"
        " those lines"
    )
