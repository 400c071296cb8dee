"""Which order a confirmation means, and who may answer it (P-20; domain 13, PO header).

A vendor answers the orders that have come to it. A buyer's procurement answers its own orders in
their vendor's name where the connection says `buyer_confirms`: lines that nobody else has answered,
at the cost that stands. Nobody is ever told of another company's order.
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.config import Partner, Role
from daemon.ledger.holds import HoldKind
from daemon.ledger.states import OrderState
from daemon.trade.changes.confirmed_lines import LineReply
from daemon.trade.desk import Desk
from daemon.trade.orders.parties import buyer_called, vendor_called
from daemon.trade.orders.standing import StandingLine, StandingOrder, standing
from daemon.trade.outcome import RowOutcome, RowStatus
from daemon.trade.step import BookedOrder, StepAtHand, hold_row, orders_numbered
from formats.steps import OrderConfirmation

ANSWERABLE = (OrderState.APPROVED, OrderState.CONFIRMED)
_NOT_YET = (OrderState.HELD, OrderState.DRAFT, OrderState.PENDING_APPROVAL)
_OVER = (OrderState.CANCELLED, OrderState.REJECTED)
_FIRST = {
    OrderState.HELD: "it waits for a person itself, see k2kd holds",
    OrderState.DRAFT: "its buyer checks it out first",
    OrderState.PENDING_APPROVAL: "approve it first, with k2kd approve",
}


@dataclass(frozen=True, slots=True)
class Meant:
    """The order that a confirmation answers; `buyer` where that speaks for the vendor."""

    order: StandingOrder
    buyer: Partner | None = None


def order_meant(desk: Desk, step: StepAtHand[OrderConfirmation]) -> Meant | RowOutcome:
    """Return the one order that the sender means, or what to tell it."""
    vendor, origin = step.vendor(), step.origin
    if vendor is not None:
        visible = _come_to(desk, step, vendor)
        if visible or not _answers_for_vendors(desk, origin):
            return _of_vendor(desk, step, vendor, visible)
    if origin.has(Role.BUYER):
        return _of_buyer(desk, step)
    why = f"{origin.name} is no vendor here, so it has no orders to confirm"
    return RowOutcome(1, step.record.number, RowStatus.REFUSED, message=why)


def why_not(booked: BookedOrder) -> str | None:
    """Return why nobody can confirm an order, in the state that it is in; else None.

    A shipped one is left to the rules of its lines: the same answer again is no error.
    """
    if booked.state in (*ANSWERABLE, OrderState.SHIPPED):
        return None
    way = _FIRST.get(booked.state, "what comes all the same needs a new order")
    allowed = " or ".join(state.value for state in ANSWERABLE)
    return f"{booked.what} is {booked.state.value}, and only an {allowed} one is answered; {way}"


def objection(buyer: Partner, line: StandingLine, reply: LineReply) -> str | None:
    """Return why a buyer can't say of a line what it says in its vendor's name, else None."""
    if line.confirmed is not None and line.answered_by != buyer.name:
        return "its vendor has answered it, so only its vendor, or the operator, answers it anew"
    if reply.price != line.price:
        return "what it costs is for its vendor to say; leave the cost out, or as it was ordered"
    return None


def _come_to(desk: Desk, step: StepAtHand[OrderConfirmation], vendor: str) -> list[StandingOrder]:
    """Return the orders of the number that the vendor knows of."""
    record = step.record
    found = [
        each
        for each in orders_numbered(desk, record.number, vendor=vendor)
        if each.is_test is record.is_test
    ]
    visible = [order for order in (standing(desk, each) for each in found) if order.is_visible]
    said = record.buyer
    buyer = buyer_called(desk.site, desk.partner(vendor), said.code, said.name)
    if len(visible) > 1 and buyer is not None:
        return [order for order in visible if order.booked.buyer == buyer.name]
    return visible


def _of_vendor(
    desk: Desk,
    step: StepAtHand[OrderConfirmation],
    vendor: str,
    visible: list[StandingOrder],
) -> Meant | RowOutcome:
    number = step.record.number
    if len(visible) == 1:
        return Meant(visible[0])
    if visible:
        who = " and ".join(str(each.booked.buyer or each.booked.origin) for each in visible)
        why = f"{who} each have an order {number}; name the buyer in the confirmation"
        return RowOutcome(1, number, RowStatus.REFUSED, message=why)
    if step.record.is_test:
        return _no_test(number)
    message = f"order {number} has not come to {vendor}; the confirmation waits for it"
    return hold_row(desk, step, HoldKind.UNKNOWN_ORDER, (1, number), message)


def _no_test(number: str) -> RowOutcome:
    # It must not wait for a real order, which has nothing to do with it (P-29).
    why = f"no test order {number} is here, and a test never touches a real one"
    return RowOutcome(1, number, RowStatus.REFUSED, message=why)


def _answers_for_vendors(desk: Desk, buyer: Partner) -> bool:
    return any(link.buyer == buyer.name and link.buyer_confirms for link in desk.site.connection)


def _of_buyer(desk: Desk, step: StepAtHand[OrderConfirmation]) -> Meant | RowOutcome:
    """Return the order of its own that a buyer answers for the vendor, or what to tell it."""
    record, origin, number = step.record, step.origin, step.record.number
    said = record.vendor
    # A file that names no vendor is said to be its sender's.
    is_said = said.code != origin.name and any((said.code, said.name))
    vendor = vendor_called(desk.site, origin, said.code, said.name) if is_said else None
    if is_said and vendor is None:
        who = said.code or said.name
        why = f"{who} is no vendor that {origin.name} or this site knows; correct vendor_code"
        return RowOutcome(1, number, RowStatus.REFUSED, message=why)
    found = [
        each
        for each in orders_numbered(
            desk, number, buyer=origin.name, vendor=vendor.name if vendor else None
        )
        if each.is_test is record.is_test
    ]
    found = [each for each in found if each.state not in _OVER] or found
    if len(found) > 1:
        who = " and ".join(str(each.vendor or "nobody") for each in found)
        why = f"{who} each have an order {number} of yours; name one in vendor_code"
        return RowOutcome(1, number, RowStatus.REFUSED, message=why)
    if found:
        return _own(desk, step, found[0])
    if not _answers_for_vendors(desk, origin):
        return _vendors_own(number, "its vendor")
    if record.is_test:
        return _no_test(number)
    message = f"order {number} has not come from {origin.name}; the confirmation waits for it"
    return hold_row(desk, step, HoldKind.UNKNOWN_ORDER, (1, number), message)


def _own(
    desk: Desk, step: StepAtHand[OrderConfirmation], booked: BookedOrder
) -> Meant | RowOutcome:
    number, origin = booked.number, step.origin
    link = desk.connection(booked.vendor or "", origin.name)
    if link is None or not link.buyer_confirms:
        return _vendors_own(number, booked.vendor or "its vendor")
    if booked.state in _NOT_YET:
        message = f"{booked.what} is {booked.state.value}; the confirmation waits for its approval"
        return hold_row(desk, step, HoldKind.UNKNOWN_ORDER, (1, number), message)
    order = standing(desk, booked)
    if not order.is_visible and (why := why_not(booked)) is not None:
        return RowOutcome(1, number, RowStatus.REFUSED, message=why)
    return Meant(order, origin)


def _vendors_own(number: str, vendor: str) -> RowOutcome:
    why = (
        f"order {number} is confirmed by {vendor}, not by its buyer; let it confirm, or agree with"
        " it and the operator that you do, by buyer_confirms of your connection"
    )
    return RowOutcome(1, number, RowStatus.REFUSED, message=why)
