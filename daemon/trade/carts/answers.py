"""What a buyer is answered about each line of a cart: in it, checked out, not changed, or gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from daemon.ledger.states import LineState, OrderState
from daemon.trade.calendar.order_dates import NoDay
from daemon.trade.desk import Desk
from daemon.trade.orders.gathering import Gathered, Whereabouts
from daemon.trade.orders.standing import ZERO, StandingLine, StandingOrder
from daemon.trade.outcome import LineOutcome, OrderOutcome, RowOutcome, RowStatus
from formats.records import CartStatus, OrderLine

EXPIRED = "E-11"
IN_CART, CHECKED_OUT = CartStatus.DRAFT.value, CartStatus.CHECKED_OUT.value
"""Where a line stands, as the code of its answer."""
_OVER = (OrderState.CANCELLED, OrderState.REJECTED)
Limits = tuple[datetime | None, NoDay | None]
"""When the cart ends, and why nothing can be had on its day any more."""


def is_unchecked(found: StandingOrder, line: StandingLine) -> bool:
    """Tell whether a line is still in the cart: nobody has checked it out or confirmed it."""
    if not line.is_live or line.confirmed is not None:
        return False
    if found.booked.state is OrderState.DRAFT:
        return line.is_checked_out is not True
    return line.is_checked_out is False


def own_line(found: StandingOrder, reference: str) -> StandingLine | None:
    """Return the line of a cart that its buyer means by a number, if it is still there."""
    return next((each for each in found.named(reference) if each.is_live), None)


def _until(desk: Desk, ends: datetime | None) -> str | None:
    if ends is None:
        return None
    zone = desk.site.site.zone
    return f"in the cart until {ends.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"


def of_new(
    desk: Desk, found: StandingOrder, line: LineOutcome, ends: datetime | None
) -> LineOutcome:
    """Answer a line of a cart that was just written."""
    own = own_line(found, line.line.reference)
    if own is None or line.state is LineState.REFUSED:
        return line
    return _answered(desk, own, line.line, line.reason, ends)


def _answered(
    desk: Desk, own: StandingLine, line: OrderLine, reason: str | None, ends: datetime | None
) -> LineOutcome:
    """Answer a line as it stands in the cart."""
    until = None if own.is_checked_out else _until(desk, ends)
    said = "; ".join(text for text in (reason, until) if text)
    code = CHECKED_OUT if own.is_checked_out else IN_CART
    told = _at_cost(line, own.line)
    return LineOutcome(told, own.state, own.held, said or None, own.pack, code=code)


def _at_cost(line: OrderLine, own: OrderLine) -> OrderLine:
    """Say what a line costs, where its file doesn't: what its vendor asked when it came (K-67)."""
    if line.unit_price is not None or own.unit_price is None:
        return line
    return replace(
        line,
        unit_price=own.unit_price,
        price_unit=own.price_unit,
        price_unit_type=own.price_unit_type,
    )


def answers(
    desk: Desk,
    draft: OrderOutcome,
    found: StandingOrder,
    rows: Sequence[RowOutcome],
    limits: Limits,
) -> tuple[LineOutcome, ...]:
    """Answer every line of a file, and then those that stay in the cart without being in it."""
    ends, no_day = limits
    refused = {row.line: row for row in rows if row.status is RowStatus.REFUSED}
    lines = []
    for line in draft.order.lines:
        row = refused.get(line.line) or refused.get(0)
        own = own_line(found, line.reference)
        if row is not None or own is None:
            lines.append(_not_done(line, own, row, no_day))
        elif no_day is not None and line.is_checked_out and not own.is_checked_out:
            lines.append(_without_day(line, no_day))
        else:
            lines.append(_answered(desk, own, line, _why(own, line), ends))
    named = {line.reference for line in draft.order.lines}
    for own in found.lines:
        if own.is_live and own.line.reference not in named:
            stays = "it is checked out already, so it stays; end it by a change of the order"
            lines.append(_answered(desk, own, own.line, stays, ends))
    return tuple(lines)


def with_places(
    lines: tuple[LineOutcome, ...], gathered: Gathered | None
) -> tuple[LineOutcome, ...]:
    """Say of each line of a purchase where it stands in the order that it was put into."""
    if gathered is None:
        return lines
    number, places = gathered.order.booked.number, gathered.places
    found = []
    for line in lines:
        place = places.get(line.line.reference)
        if place is None or line.state is LineState.REFUSED:
            found.append(line)
            continue
        stands = f"line {place} of order {number}, which waits for your approval"
        reason = "; ".join(text for text in (line.reason, stands) if text)
        found.append(replace(line, reason=reason))
    return tuple(found)


def _not_done(
    line: OrderLine, own: StandingLine | None, row: RowOutcome | None, no_day: NoDay | None
) -> LineOutcome:
    """Answer a line that could not be as the file says; what the cart has of it stays."""
    code, why = (row.code, row.message) if row else (None, None)
    ship = no_day.next_ship_date if no_day and no_day.code == code else None
    state, has = (LineState.CUT, own.held) if own else (LineState.REFUSED, ZERO)
    return LineOutcome(line, state, has, why, code=code, next_ship_date=ship)


def _why(own: StandingLine, line: OrderLine) -> str | None:
    if own.is_checked_out and own.line.quantity != line.quantity:
        return f"it is checked out already and stays at {own.held}; change the order instead"
    return own.reason


def _without_day(line: OrderLine, no_day: NoDay) -> LineOutcome:
    return LineOutcome(
        *(line, LineState.REFUSED, ZERO, no_day.sentence),
        code=no_day.code,
        next_ship_date=no_day.next_ship_date,
    )


def refused(draft: OrderOutcome, no_day: NoDay) -> OrderOutcome:
    """Answer a file for a day that the order can't have; the cart stays as it was."""
    lines = tuple(_without_day(line, no_day) for line in draft.order.lines)
    return replace(draft, lines=lines, state=OrderState.REJECTED, is_cart=True)


def closed(
    draft: OrderOutcome, found: StandingOrder, stands: Whereabouts | None = None
) -> OrderOutcome:
    """Answer a file of a cart of which nothing can be changed any more.

    `stands` says where the lines of a purchase are that was put into an order with others.
    """
    state = found.booked.state
    lines = tuple(_of_closed(found, line, stands) for line in draft.order.lines)
    if state in _OVER or all(line.state is LineState.REFUSED for line in lines):
        state = OrderState.REJECTED
    return replace(draft, lines=lines, state=state, is_cart=True)


def _of_closed(found: StandingOrder, line: OrderLine, stands: Whereabouts | None) -> LineOutcome:
    own = own_line(found, line.reference)
    if own is not None:
        why = _why(own, line)
        if stands is not None:
            place = f"line {stands.places[line.reference]} of {stands.order.what}"
            why = f"it is {place} now and stays at {own.held}; change that line instead"
        told = _at_cost(line, own.line)
        return LineOutcome(told, own.state, own.held, why, own.pack, code=CHECKED_OUT)
    ended = next(iter(found.named(line.reference)), None)
    if found.booked.state in _OVER:
        # Of one that somebody cancelled, a line may say still why it was cut when it came.
        why = f"{found.booked.what} is {found.booked.state.value}"
        if ended is not None and ended.reason and EXPIRED in ended.reason:
            why = ended.reason
        return LineOutcome(line, LineState.REFUSED, ZERO, f"{why}; begin a new one", code=EXPIRED)
    why = (ended and ended.reason) or "the cart is checked out"
    return LineOutcome(line, LineState.REFUSED, ZERO, f"{why}; order it in a new one")
