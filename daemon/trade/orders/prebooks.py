"""A buyer's prebook that names the vendor: a pre-sale that the vendor makes an order of (8.3).

It takes no stock and orders nothing. Its vendor sees a line only if the prebook has vendor and ship
date and the line a cost, and only while the ship date is yesterday at the earliest; what it does
not see it can't order. A cost of 0.00 is a cost, none is not (U-16). A prebook is never sent to a
vendor that it does not name, not even to the only one there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from daemon.config import Role
from daemon.errors import UnwritableError
from daemon.ledger.holds import HoldKind
from daemon.ledger.schema import order_lines, orders
from daemon.ledger.states import LineProgress, LineState, OrderState
from daemon.trade.desk import Desk
from daemon.trade.orders.book import cause_of
from daemon.trade.orders.judgement import (
    as_ordered,
    hold_order,
    hold_unready,
    red,
    without_link,
    without_partner,
)
from daemon.trade.orders.parties import vendor_called
from daemon.trade.orders.prebook_book import (
    past_prebook,
    rewrite_prebook,
    withdraw_prebook,
    write_prebook,
)
from daemon.trade.orders.ready import in_the_way
from daemon.trade.orders.stock_costs import with_list_costs
from daemon.trade.outcome import LineOutcome, OrderOutcome
from formats.records import Order, OrderLine

ZERO = Decimal(0)
_OVER = (OrderState.CANCELLED, OrderState.REJECTED)


def take_prebook(
    desk: Desk, draft: OrderOutcome, digest: str, *, may_replace: bool = False
) -> OrderOutcome:
    """Take a prebook into the books; return what became of it, line by line.

    The same number with other content takes the place of the earlier one, which its vendor is told,
    until an order was made of it; then a person decides (`may_replace`).
    """
    if not draft.origin.has(Role.BUYER):
        raise UnwritableError(
            f"{draft.origin.name} is no buyer here, so its prebooks are not taken; send it as the"
            " buyer, or let the operator add the role"
        )
    number, is_test = draft.order.number, draft.order.is_test
    before = past_prebook(desk, draft.origin.name, number, is_test=is_test)
    earlier = before.earlier
    if earlier is None:
        return write_prebook(desk, _judged(desk, draft), digest, before.next_revision)
    if earlier.document_id == draft.document_id:
        return rewrite_prebook(desk, _judged(desk, draft), earlier)
    if earlier.digest == digest and earlier.state not in _OVER:
        return replace(draft, state=earlier.state, repeats_document=earlier.document_id)
    if not may_replace and ordered_in(desk, earlier.id):
        return _conflict(desk, draft, ordered_in(desk, earlier.id))
    former = None
    if earlier.state is OrderState.APPROVED:
        former = earlier.vendor
    if earlier.state not in _OVER:
        withdraw_prebook(desk, earlier, cause_of(draft))
    draft = _judged(desk, replace(draft, replaced=former))
    return write_prebook(desk, draft, digest, before.next_revision)


def ordered_in(desk: Desk, prebook_id: int) -> list[str]:
    """Return the numbers of the orders that were made of a prebook and are not over."""
    desk.post.flush()
    lines = select(order_lines.c.id).where(order_lines.c.order_id == prebook_id)
    query = (
        select(orders.c.number)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .where(
            order_lines.c.prebook_line_id.in_(lines),
            orders.c.kind == "purchase_order",
            orders.c.state.not_in([state.value for state in _OVER]),
        )
        .distinct()
        .order_by(orders.c.number)
    )
    return list(desk.post.conn.execute(query).scalars())


def _conflict(desk: Desk, draft: OrderOutcome, numbers: Sequence[str]) -> OrderOutcome:
    number = draft.order.number
    message = (
        f"prebook {number} is here with other content, and order {', '.join(numbers)} is made of"
        " it; release to let this one take its place for what is still to be ordered, or reject it"
    )
    held = hold_order(desk, draft, HoldKind.ORDER_EXISTS, message)
    told = f"prebook {number} is ordered already; a person decides whether it may change"
    return replace(held, hold=told)


def _judged(desk: Desk, draft: OrderOutcome) -> OrderOutcome:
    """Decide who sees which line; nothing of a prebook is ever refused for lack of stock."""
    said = draft.order.vendor
    if said.code or said.name:
        vendor = vendor_called(desk.site, draft.buyer, said.code, said.name)
        draft = replace(draft, vendor=vendor)
        if vendor is None:
            return without_partner(desk, draft)
    else:
        draft = replace(draft, vendor=None)
    if draft.vendor is not None and draft.buyer is not None:
        link = desk.connection(draft.vendor.name, draft.buyer.name)
        draft = replace(draft, connection=link)
        if link is None:
            return without_link(desk, draft)
    if unmet := in_the_way(desk, draft):
        return hold_unready(desk, draft, unmet)
    if draft.unmapped:
        return red(desk, draft)
    draft = with_list_costs(desk, draft)
    if draft.hold is not None:
        return draft
    lines = tuple(_line(desk, draft, line) for line in draft.order.lines)
    return replace(draft, lines=lines, state=OrderState.APPROVED)


def _line(desk: Desk, draft: OrderOutcome, line: OrderLine) -> LineOutcome:
    taken = as_ordered(desk, draft, line)
    why = unseen(draft.order, line, has_vendor=draft.vendor is not None, today=desk.today)
    if why is None:
        return replace(taken, state=LineState.ACCEPTED)
    return replace(taken, state=LineState.PENDING, reason=f"its vendor does not see it: {why}")


def unseen(order: Order, line: OrderLine, *, has_vendor: bool, today: date) -> str | None:
    """Return why the vendor does not see a line of a prebook; None where it does (8.3)."""
    if not has_vendor:
        return "the prebook names no vendor"
    if order.ship_date is None:
        return "the prebook has no ship date"
    if order.ship_date < earliest(today):
        return f"the ship date {order.ship_date.isoformat()} is past"
    if line.unit_price is None:
        return "it has no cost"
    return None


def earliest(today: date) -> date:
    """Return the first ship date that a vendor still sees."""
    return today - timedelta(days=1)


LIVE = tuple(each.value for each in LineProgress if each is not LineProgress.CANCELLED)
"""Progress of order lines that use up the prebook line they are made of."""
