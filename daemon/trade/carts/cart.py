"""Carts: goods that a buyer's customer has picked, kept for a while, and checked out line by line.

A cart takes stock like any order, but nobody else hears of it (K-41). Its file says what it holds
now; the same number again with other lines changes it, by the difference. With the first line that
is checked out it is an order at the vendor, approved by itself (domain 4.4 step 3), which lists the
other lines too; with the last one it is an order like any other. Where its connection puts
purchases together it becomes part of an order when all of it is checked out (see `gathering`), and
its vendor hears of it with that. What is checked out stays: it is changed as any order is. A
checkout after the cut-off is refused (domain 4.8, 5), and so is one of a cart that has ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from daemon.config import Connection
from daemon.ledger.moves import Cause
from daemon.ledger.states import LineState, OrderState
from daemon.trade.calendar.order_dates import NoDay, plan_with, refused_day
from daemon.trade.calendar.plan import cart_ends
from daemon.trade.carts.answers import (
    answers,
    closed,
    is_unchecked,
    of_new,
    own_line,
    refused,
    with_places,
)
from daemon.trade.carts.book import drop_older, ends_at, forget, out_of_cart, save
from daemon.trade.carts.checkout import approve, go_together, wait, waits_for_buyer
from daemon.trade.changes.at_work import ChangeAtWork
from daemon.trade.changes.headers import change_header
from daemon.trade.changes.lines import change_lines, end_line
from daemon.trade.desk import Desk, Earlier
from daemon.trade.orders.carrier_room import NoRoom, moved, room_for
from daemon.trade.orders.dated import day_of_goods
from daemon.trade.orders.gathering import Gathered, may_gather
from daemon.trade.orders.judgement import judge
from daemon.trade.orders.line_boxes import fit_boxes
from daemon.trade.orders.own_prebooks import follow
from daemon.trade.orders.ready import in_the_way
from daemon.trade.orders.standing import (
    ZERO,
    AnyOrder,
    StandingLine,
    StandingOrder,
    placed,
    read_said,
    save_line,
    settle,
    standing,
)
from daemon.trade.outcome import OrderOutcome, RowStatus
from daemon.trade.step import StepAtHand, order_of_key
from daemon.trade.stock.line_stock import places_of
from formats.records import AxerrioOrder, CartStatus, copy_of
from formats.steps import LineAction, LineChange, OrderChange

_OPEN = (OrderState.DRAFT, OrderState.APPROVED)
NOT_THERE = "E-12"


@dataclass(slots=True)
class _Cart:
    """A cart on its way through one file."""

    desk: Desk
    draft: OrderOutcome
    """The file, mapped."""
    work: ChangeAtWork
    no_day: NoDay | None
    """Why nothing can be had on its day any more."""
    gathered: Gathered | None = None
    """The order that its lines were put into, with others or as the first."""

    @property
    def found(self) -> StandingOrder:
        return self.work.order

    @property
    def cause(self) -> Cause:
        return self.work.step.cause


def opened(desk: Desk, new: OrderOutcome) -> OrderOutcome:
    """Start the timer of a cart that was just written; what is checked out goes to its vendor."""
    if new.order_id is None or new.connection is None:
        raise AssertionError("a cart is opened once it stands in the books")
    found = standing(desk, order_of_key(desk, new.order_id))
    cart = _Cart(desk, new, _work(desk, new, found, ()), None)
    ends = None
    if not new.order.is_test:
        days = plan_with(desk, new.connection, new.order, new.origin.name)
        ends = cart_ends(days, desk.post.at)
    chosen = [line for line in found.lines if line.is_live and line.line.is_checked_out]
    ends = _check_out(cart, chosen, ends)
    save(desk, found, ends)
    lines = tuple(of_new(desk, found, line, ends) for line in new.lines)
    is_told = found.booked.state is OrderState.APPROVED
    return replace(
        new,
        state=found.booked.state,
        lines=with_places(lines, cart.gathered),
        is_cart=True,
        for_vendor=_for_vendor(cart, chosen if is_told else []),
        gathered=asked(desk, cart.gathered),
        given_day=None if new.order.ship_date else found.order.ship_date,
    )


def asked(desk: Desk, gathered: Gathered | None) -> OrderOutcome | None:
    """Return the order that a purchase went into, as its buyer is asked about it."""
    if gathered is None:
        return None
    found = gathered.order
    booked = found.booked
    whole = placed(desk, found, arrival_id=booked.arrival_id, document_id=booked.document_id)
    return out_of_cart(replace(whole, state=booked.state))


def earlier_cart(desk: Desk, draft: OrderOutcome, earlier: Earlier) -> StandingOrder | None:
    """Return the cart that stands under the number of `draft`, between the same two."""
    found = standing(desk, order_of_key(desk, earlier.id))
    sides = (draft.buyer and draft.buyer.name, draft.vendor and draft.vendor.name)
    if found.said.cart is None or (found.booked.buyer, found.booked.vendor) != sides:
        return None
    return found


def go_on(desk: Desk, draft: OrderOutcome, found: StandingOrder, digest: str) -> OrderOutcome:
    """Let a cart be as its newest file says; return what became of each of its lines."""
    is_open = found.booked.state in _OPEN and any(is_unchecked(found, e) for e in found.lines)
    if not is_open:
        return closed(draft, found)
    link = desk.connection(found.booked.vendor or "", found.booked.buyer or "")
    is_unready = found.booked.state is OrderState.DRAFT and in_the_way(desk, draft)
    if draft.unmapped or link is None or is_unready:
        # It waits, and the cart stays as it is meanwhile; its timer goes on.
        return judge(desk, draft)
    drop_older(desk, draft)
    wanted = _with_days(draft.order, found)
    no_day = refused_day(desk, link, wanted, draft.origin.name)
    if no_day is not None and _days(wanted) != _days(found.order):
        return refused(draft, no_day)
    forget(desk, found, [each for each in found.lines if each.state is LineState.REFUSED])
    said = read_said(desk, draft.document_id)
    cart = _Cart(desk, draft, _work(desk, draft, found, _changes(said, found), said), no_day)
    ends, was = ends_at(desk, found), found.booked.state
    _change(cart, said)
    _keep_from_checkout(cart, link)
    chosen = _chosen(cart)
    ends = _check_out(cart, chosen, ends)
    settle(desk, found, cart.cause, when_empty=OrderState.REJECTED)
    save(
        desk,
        found,
        ends,
        digest=digest,
        document_id=draft.document_id,
        arrival_id=draft.arrival_id,
        **cart.work.columns,
    )
    is_news = bool(chosen) or was is OrderState.DRAFT or cart.work.has_new_header
    is_told = is_news and found.booked.state is OrderState.APPROVED
    before = found.booked.vendor if was is OrderState.APPROVED else None
    return replace(
        draft,
        state=found.booked.state,
        lines=with_places(
            answers(desk, draft, found, cart.work.rows, (ends, no_day)), cart.gathered
        ),
        order_id=found.booked.id,
        connection=link,
        is_cart=True,
        for_vendor=_for_vendor(cart, found.lines if is_told else [], before),
        gathered=asked(desk, cart.gathered),
        given_day=None if draft.order.ship_date else found.order.ship_date,
    )


def _with_days(order: AnyOrder, found: StandingOrder) -> AnyOrder:
    """Return what a file asks for with the days of its cart, where it names none itself."""
    stands = found.order
    is_other_truck = order.delivery_date not in (None, stands.delivery_date)
    ship = order.ship_date or (None if is_other_truck else stands.ship_date)
    days = {"ship_date": ship, "delivery_date": order.delivery_date or stands.delivery_date}
    return order.model_copy(update=days)


def _days(order: AnyOrder) -> tuple[object, object]:
    return order.ship_date, order.delivery_date


def _work(
    desk: Desk,
    draft: OrderOutcome,
    found: StandingOrder,
    changes: tuple[LineChange, ...],
    said: AnyOrder | None = None,
) -> ChangeAtWork:
    """Return the file as a change of the cart: by that way stock moves by the difference."""
    step = OrderChange(number=draft.order.number, is_test=draft.order.is_test, changes=changes)
    if said is not None:
        kept = ("ship_date", "delivery_date", "carrier", "ship_via", "customer_po", "location")
        more = ("mark_code", "comments", "ship_to", "order_type")
        names = (*kept, *more, "cargo_agency", "incoterm", "custom_fields")
        step = step.model_copy(update={name: getattr(said, name) for name in names})
    at_hand = StepAtHand(step, draft.origin, draft.arrival_id, draft.document_id)
    return ChangeAtWork(desk, at_hand, found, is_cart=True)


def _changes(said: AnyOrder, found: StandingOrder) -> tuple[LineChange, ...]:
    """Return what the file changes, what takes less first: its stock serves what takes more."""
    changes = []
    for line in said.lines:
        own = own_line(found, line.reference)
        if own is not None and not is_unchecked(found, own):
            continue
        action = LineAction.ADD if own is None else LineAction.CHANGE
        more = line.quantity - (own.line.quantity if own else ZERO)
        changes.append((own is None, more, LineChange(action, copy_of(line))))
    return tuple(each for _, _, each in sorted(changes, key=lambda each: each[:2]))


def _change(cart: _Cart, said: AnyOrder) -> None:
    """Carry out what the file says of the lines that are still in the cart."""
    work, found = cart.work, cart.found
    named = {line.reference for line in said.lines}
    gone = [
        each
        for each in found.lines
        if is_unchecked(found, each) and each.line.reference not in named
    ]
    for line in gone:
        end_line(work, line)
    forget(cart.desk, found, gone)
    change_header(work, work.step.record)
    customer = cart.draft.order.customer
    if said.customer != found.said.customer:
        found.said = found.said.model_copy(update={"customer": said.customer})
        found.order = found.order.model_copy(update={"customer": customer})
        work.columns["customer"] = (customer.name or customer.code) if customer else None
    change_lines(work, work.step.record)


def _keep_from_checkout(cart: _Cart, link: Connection) -> None:
    """Refuse to check out what lies where its vendor publishes no more (domain 4.8, 9), or what its
    carrier has no room for on the day that it gets with that (domain 2.1).

    It stays in the cart, which keeps it from others until it ends.
    """
    wanted = {line.reference: line for line in cart.draft.order.lines if line.is_checked_out}
    lines = [each for each in cart.found.lines if is_unchecked(cart.found, each)]
    lines = [each for each in lines if each.line.reference in wanted]
    full = _no_room(cart, link, lines)
    if full is not None:
        for line in lines:
            why = f"line {line.line.reference}: {full.sentence}"
            cart.work.row(wanted[line.line.reference].line, RowStatus.REFUSED, why, code=full.code)
        return
    if not link.vendor_locations or not lines:
        return
    places = places_of(cart.desk, [line.key for line in lines])
    for line in lines:
        if all(link.publishes_from(place) for place in places.get(line.key, ())):
            continue
        reference = line.line.reference
        why = (
            f"line {reference}: its vendor sells it to you no more; take it out of the cart and"
            " order what you are shown"
        )
        cart.work.row(wanted[reference].line, RowStatus.REFUSED, why, code=NOT_THERE)


def _no_room(cart: _Cart, link: Connection, lines: Sequence[StandingLine]) -> NoRoom | None:
    """Say why a cart without a day can't have the one that its checkout gives it."""
    desk, found = cart.desk, cart.found
    if not desk.tables.rooms or found.order.ship_date is not None or not lines:
        return None
    origin, keys = found.booked.origin, [line.key for line in lines]
    day = day_of_goods(desk, link, found.order, origin, keys)
    then = found.order.model_copy(update={"ship_date": day})
    return moved(room_for(desk, link, then, origin, without=found.booked.id), lines)


def _chosen(cart: _Cart) -> list[StandingLine]:
    """Return the lines that the file checks out, and that may be."""
    rows, found = cart.work.rows, cart.found
    refused = {row.line for row in rows if row.status is RowStatus.REFUSED}
    # Row 0 is the order as a whole: on a day that it can't have nothing is checked out.
    if cart.no_day is not None or 0 in refused:
        return []
    wanted = {
        line.reference
        for line in cart.draft.order.lines
        if line.is_checked_out and line.line not in refused
    }
    lines = [each for each in found.lines if is_unchecked(found, each)]
    return [each for each in lines if each.line.reference in wanted]


def _check_out(cart: _Cart, chosen: list[StandingLine], ends: datetime | None) -> datetime | None:
    """Make lines of a cart ordered ones; return when what is left of it ends."""
    desk, found, booked = cart.desk, cart.found, cart.found.booked
    live = [line for line in found.lines if line.is_live]
    for line in live:
        is_out = line in chosen or line.is_checked_out is True
        if line.is_checked_out is not is_out:
            line.is_checked_out = is_out
            save_line(desk, line, is_checked_out=is_out)
        line.line.is_checked_out = is_out
    is_all = bool(live) and all(line.is_checked_out for line in live)
    if booked.state is OrderState.DRAFT and may_gather(desk, found):
        if is_all:
            cart.gathered = go_together(desk, found, cart.cause, **cart.work.columns)
        return None if is_all else ends
    if booked.state is OrderState.DRAFT and waits_for_buyer(desk, found):
        if is_all:
            cart.gathered = wait(desk, found, cart.cause, **cart.work.columns)
        return None if is_all else ends
    out = [line for line in live if line.is_checked_out]
    if out and booked.state is OrderState.DRAFT:
        # Some may have been checked out while its connection put purchases together.
        chosen = out
        approve(desk, found, cart.cause)
    for line in chosen:
        fit_boxes(desk, found, line, cart.cause)
    if is_all and chosen:
        _approve_prebook(cart)
    return None if is_all else ends


def _approve_prebook(cart: _Cart) -> None:
    """Let the prebook follow once every line is checked out (domain 13)."""
    found = cart.found
    follow(cart.desk, found.prebooks, found.booked.id, OrderState.APPROVED, cart.cause)


def _for_vendor(
    cart: _Cart, told: list[StandingLine], before: str | None = None
) -> OrderOutcome | None:
    """Return the order as its vendor gets it; `before` has it already, and gets it anew.

    Nothing goes to it where `told` is empty. An order of which all is checked out is like any.
    """
    draft, found = cart.draft, cart.found
    if not told:
        return None
    theirs = placed(cart.desk, found, arrival_id=draft.arrival_id, document_id=draft.document_id)
    order: AnyOrder = theirs.order
    lines = list(theirs.lines)
    if isinstance(found.order, AxerrioOrder):
        # A system that sold the goods gets its own order back, as far as it is one.
        order, lines = found.order, [each for each in lines if each.line.is_checked_out]
    told_of = replace(theirs, order=order, lines=tuple(lines), replaced=before)
    return out_of_cart(told_of) if order.cart is CartStatus.CHECKED_OUT else told_of
