"""What is checked out of a cart goes on: with other purchases, or to its vendor (4.4 step 3).

What a vendor's own shop has sold may wait for its buyer first (P-06).
A cart may be for any day while it is one. With its checkout it gets the ship date that an order
gets (K-23), because its vendor has to know when to ship.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.ledger.moves import ORDERS, Cause, move
from daemon.ledger.states import OrderState
from daemon.trade.carts.book import save
from daemon.trade.desk import Desk
from daemon.trade.orders.dated import day_of_goods
from daemon.trade.orders.gathering import Gathered, gather, may_gather
from daemon.trade.orders.line_boxes import fit_boxes
from daemon.trade.orders.own_prebooks import follow
from daemon.trade.orders.standing import StandingOrder, save_record
from formats.records import AxerrioOrder


def go_together(desk: Desk, found: StandingOrder, cause: Cause, **columns: object) -> Gathered:
    """Put a cart of which all is checked out into an order with others.

    `columns` are those of the books that its file changed.
    """
    _date(desk, found, **columns)
    return gather(desk, found, cause)


def waits_for_buyer(desk: Desk, found: StandingOrder) -> bool:
    """Tell whether a cart of a vendor's own shop is an order only once its buyer says so (P-06)."""
    link = desk.connection(found.booked.vendor or "", found.booked.buyer or "")
    return isinstance(found.order, AxerrioOrder) and link is not None and not link.automatic_po


def wait(desk: Desk, found: StandingOrder, cause: Cause, **columns: object) -> Gathered:
    """Let a cart of which all is checked out wait for its buyer; its goods stay taken."""
    _date(desk, found, **columns)
    booked, after = found.booked, OrderState.PENDING_APPROVAL
    move(desk.post, ORDERS, booked.id, booked.state, after, what=booked.what, cause=cause)
    follow(desk, found.prebooks, booked.id, after, cause)
    found.booked = replace(booked, state=after)
    desk.pasts.clear()
    return Gathered(found, {})


def approve(desk: Desk, found: StandingOrder, cause: Cause, **columns: object) -> None:
    """Make a cart of which anything is checked out an order at its vendor."""
    _date(desk, found, **columns)
    booked, after = found.booked, OrderState.APPROVED
    move(desk.post, ORDERS, booked.id, booked.state, after, what=booked.what, cause=cause)
    found.booked = replace(booked, state=after)
    desk.pasts.clear()


def go_on(desk: Desk, found: StandingOrder, cause: Cause) -> Gathered | None:
    """Let a cart go on of which no more than what is checked out is left.

    It goes to its vendor where its connection puts purchases together no more. Where they are not
    connected any more it waits for its buyer, for nothing can go to the vendor; and where its buyer
    wants to be asked.
    """
    link = desk.connection(found.booked.vendor or "", found.booked.buyer or "")
    if link is None or may_gather(desk, found):
        return go_together(desk, found, cause)
    if waits_for_buyer(desk, found):
        waiting = wait(desk, found, cause)
        save(desk, found, None)
        return waiting
    approve(desk, found, cause)
    for line in found.lines:
        if line.is_live:
            fit_boxes(desk, found, line, cause)
    follow(desk, found.prebooks, found.booked.id, OrderState.APPROVED, cause)
    save(desk, found, None)
    return None


def _date(desk: Desk, found: StandingOrder, **columns: object) -> None:
    """Give a cart the ship date that it names none of, and keep what its file says (K-23)."""
    link = desk.connection(found.booked.vendor or "", found.booked.buyer or "")
    day = None
    if link is not None and found.order.ship_date is None:
        keys = [line.key for line in found.lines if line.is_live and line.is_checked_out]
        day = day_of_goods(desk, link, found.order, found.booked.origin, keys)
    if day is not None:
        found.said = found.said.model_copy(update={"ship_date": day})
        found.order = found.order.model_copy(update={"ship_date": day})
        columns["ship_date"] = day
    if columns:
        save_record(desk, found, **columns)
