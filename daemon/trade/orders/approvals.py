"""A buyer decides about an order that waits for its approval (domain 8.2 step 6, 13 PO header).

Approved, it is real: it takes what its vendor has of the goods (see `sold`), gets its boxes, and
everybody is told. Purchases that were put together have their goods already (4.4 step 3).
Cancelled, it is over. An approval is taken back by cancelling, as long as the
vendor has confirmed nothing. The prebook that came with the order moves along; a test order moves
too, and touches neither stock nor boxes (P-29). The same decision again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import update

from daemon.config import Partner, Role
from daemon.ledger import schema
from daemon.ledger.holds import HoldKind
from daemon.ledger.moves import ORDERS, Cause, move
from daemon.ledger.states import LineProgress, LineState, OrderState
from daemon.trade.desk import Desk
from daemon.trade.goods.boxes import MAX_BOXES_PER_ORDER, whole_boxes
from daemon.trade.orders.gathered_rulings import (
    is_gathered,
    purchase_meant,
    rule_purchase,
    too_late,
)
from daemon.trade.orders.gathering import purchases_numbered
from daemon.trade.orders.line_boxes import fit_boxes, without_used_codes
from daemon.trade.orders.own_prebooks import PURCHASE, follow
from daemon.trade.orders.parties import vendor_called
from daemon.trade.orders.prebook_book import buyers_prebooks
from daemon.trade.orders.prebook_links import names_prebook
from daemon.trade.orders.prebooks import ordered_in
from daemon.trade.orders.rulings import Decided, Ruling, end_line, outcome_of
from daemon.trade.orders.standing import StandingLine, StandingOrder, save_line, settle, standing
from daemon.trade.outcome import OrderOutcome, RowOutcome, RowStatus, StepOutcome
from daemon.trade.step import (
    BookedOrder,
    StepAtHand,
    hold_row,
    order_of_key,
    orders_numbered,
)
from daemon.trade.stock.sold import take_sold
from formats.steps import Approval, Decision, Verdict

MOST_NAME = 80
_OVER = (OrderState.CANCELLED, OrderState.REJECTED)


@dataclass(frozen=True, slots=True)
class ApprovalOutcome(StepOutcome):
    """What an approval did, order by order."""

    decided: tuple[Decided, ...] = ()


def decide(desk: Desk, step: StepAtHand[Approval]) -> StepOutcome:
    """Carry out an approval file of a buyer, row by row."""
    rows: list[RowOutcome] = []
    done: list[Decided] = []
    for verdict in step.record.verdicts:
        found = _order(desk, step, verdict)
        if isinstance(found, RowOutcome):
            rows.append(found)
            continue
        ruling = Ruling(
            verdict.decision, verdict.by or step.origin.name, verdict.reason, step.cause
        )
        decided = rule(desk, found, ruling)
        rows.append(
            RowOutcome(
                verdict.line,
                verdict.number,
                decided.status,
                message=decided.message,
                is_warning=decided.is_warning,
            )
        )
        done.append(decided)
    orders = tuple(
        each.order.order_id for each in done if each.order and each.order.order_id is not None
    )
    return ApprovalOutcome(
        *(step.record, step.origin, step.document_id, step.arrival_id, tuple(rows)),
        orders=orders,
        decided=tuple(done),
    )


def _order(desk: Desk, step: StepAtHand[Approval], verdict: Verdict) -> BookedOrder | RowOutcome:
    """Return the one order of this buyer that a verdict means, or what to tell it."""
    origin, number = step.origin, verdict.number
    if not origin.has(Role.BUYER):
        why = f"{origin.name} is no buyer here, so it has no orders to approve"
        return RowOutcome(verdict.line, number, RowStatus.REFUSED, message=why)
    vendor = vendor_called(desk.site, origin, verdict.vendor)
    if verdict.vendor is not None and vendor is None:
        why = (
            f"{verdict.vendor} is no vendor that {origin.name} or this site knows; correct"
            " vendor_code"
        )
        return RowOutcome(verdict.line, number, RowStatus.REFUSED, message=why)
    found = candidates(
        desk,
        number,
        buyer=origin.name,
        vendor=vendor.name if vendor else None,
        is_test=True if step.record.is_test else None,
    )
    if not found:
        found = others_meant(
            desk,
            number,
            verdict.decision,
            buyer=origin.name,
            vendor=vendor.name if vendor else None,
            is_test=step.record.is_test or None,
        )
    if len(found) > 1:
        why = f"{several(found)}; name one in vendor_code"
        return RowOutcome(verdict.line, number, RowStatus.REFUSED, message=why)
    if found and found[0].state is not OrderState.HELD:
        return found[0]
    if step.record.is_test and not found:
        why = f"no test order {number} is here, and a test never touches a real one (P-29)"
        return RowOutcome(verdict.line, number, RowStatus.REFUSED, message=why)
    why = f"order {number} has not come for {origin.name}; the decision waits for it"
    if found:
        why = f"order {number} waits for a person itself; the decision follows it"
    return hold_row(desk, step, HoldKind.UNKNOWN_ORDER, (verdict.line, number), why)


def candidates(
    desk: Desk,
    number: str,
    *,
    buyer: str | None = None,
    vendor: str | None = None,
    is_test: bool | None = None,
) -> list[BookedOrder]:
    """Return the orders that `number` may mean to a buyer; to a person where none is named.

    What is over is meant only where nothing else has the number. A decision that does not say that
    it is a test means the real order, and the test one only where there is no other.
    """
    found = orders_numbered(desk, number, vendor=vendor, buyer=buyer)
    if is_test is None:
        found = [each for each in found if not each.is_test] or found
    else:
        found = [each for each in found if each.is_test is is_test]
    return [each for each in found if each.state not in _OVER] or found


def others_meant(
    desk: Desk,
    number: str,
    decision: Decision,
    *,
    buyer: str | None = None,
    vendor: str | None = None,
    is_test: bool | None = None,
) -> list[BookedOrder]:
    """Return what else `number` may mean, where no order has it.

    A purchase that was put into an order with others; or a buyer's prebook, which is cancelled like
    an order.
    """
    found = purchases_numbered(desk, number, buyer=buyer, vendor=vendor)
    if not found and decision is Decision.CANCEL:
        found = [order_of_key(desk, key) for key in buyers_prebooks(desk, number, buyer)]
    if is_test is None:
        return [each for each in found if not each.is_test] or found
    return [each for each in found if each.is_test is is_test]


def several(found: list[BookedOrder]) -> str:
    """Say which orders have one number."""
    who = " and ".join(f"{each.vendor or 'nobody'} (from {each.origin})" for each in found)
    return f"{found[0].what} is there {len(found)} times: of {who}"


def rule(desk: Desk, booked: BookedOrder, ruling: Ruling) -> Decided:
    """Let a decision about one order have its effect; refused where the order is past it."""
    state = booked.state
    if booked.kind == PURCHASE:
        return rule_purchase(desk, booked, ruling)
    if ruling.decision is Decision.APPROVE:
        return _rule_approval(desk, booked, ruling)
    if state not in _OVER and (purchase := purchase_meant(desk, booked)) is not None:
        return rule_purchase(desk, purchase, ruling)
    if state in _OVER:
        return Decided(RowStatus.UNCHANGED, f"{booked.what} is {state.value} already")
    if state is OrderState.HELD:
        why = f"{booked.what} waits for a person itself; refuse it with: k2kd reject HOLD"
        return Decided(RowStatus.REFUSED, why)
    return _cancel(desk, standing(desk, booked), ruling)


def _rule_approval(desk: Desk, booked: BookedOrder, ruling: Ruling) -> Decided:
    state = booked.state
    if state is OrderState.PENDING_APPROVAL:
        return _approve(desk, standing(desk, booked), ruling)
    if state in (OrderState.APPROVED, OrderState.CONFIRMED, OrderState.SHIPPED):
        return Decided(RowStatus.UNCHANGED, f"{booked.what} is {state.value} already")
    hint = "; its buyer checks it out" if state is OrderState.DRAFT else ""
    why = f"{booked.what} is {state.value} and can't be approved{hint}"
    return Decided(RowStatus.REFUSED, why)


def approved_at_once(desk: Desk, outcome: OrderOutcome) -> OrderOutcome:
    """Approve an order that its buyer lets pass as it comes (A-06, P-23).

    A-06 asks for vendor and costs; one that lacks a cost waits for its buyer after all.
    """
    buyer = outcome.buyer
    if outcome.state is not OrderState.PENDING_APPROVAL or buyer is None:
        return outcome
    if not _lets_pass(buyer, outcome):
        return outcome
    if any(line.unit_price is None for line in outcome.order.lines):
        why = (
            "it waits for its buyer: only what has a cost on every line is approved at once (A-06)"
        )
        return replace(outcome, hold=why) if outcome.order.at_once else outcome
    if outcome.order_id is None:
        raise AssertionError("an order that waits for approval stands in the books")
    cause = Cause(f"{buyer.name} approves by itself", outcome.arrival_id)
    ruling = Ruling(Decision.APPROVE, f"{buyer.name}, by itself", None, cause)
    decided = rule(desk, order_of_key(desk, outcome.order_id), ruling)
    if decided.order is None:
        return replace(outcome, hold=decided.message)
    return replace(outcome, state=decided.order.state, lines=decided.order.lines)


def _lets_pass(buyer: Partner, outcome: OrderOutcome) -> bool:
    terms = buyer.buying
    if names_prebook(outcome.order):
        return terms.answers_to_prebooks != "pending"
    if terms.approves_orders == "asked":
        return outcome.order.at_once is True
    return terms.approves_orders == "auto"


def _approve(desk: Desk, found: StandingOrder, ruling: Ruling) -> Decided:
    booked = found.booked
    boxes = sum(whole_boxes(line.held, line.unit, line.pack) for line in found.lines)
    if boxes > MAX_BOXES_PER_ORDER:
        why = f"{booked.what} has {boxes} boxes; at most {MAX_BOXES_PER_ORDER} are approved at once"
        return Decided(RowStatus.REFUSED, f"{why}, so cancel it, and let its sender split it")
    if (late := too_late(desk, found)) is not None:
        return Decided(RowStatus.REFUSED, late)
    _move(desk, found, OrderState.APPROVED, ruling)
    notes = [
        note
        for line in found.lines
        if line.is_live
        for note in _buy(desk, found, line, ruling.cause)
    ]
    message = "; ".join(notes) or None
    order = outcome_of(desk, found)
    return Decided(RowStatus.DONE, message, bool(notes), order, ruling=ruling)


def _move(desk: Desk, found: StandingOrder, after: OrderState, ruling: Ruling) -> None:
    """Move an order and its own prebook on, and write down who decided."""
    booked, post = found.booked, desk.post
    move(post, ORDERS, booked.id, booked.state, after, what=booked.what, cause=ruling.cause)
    keys = [booked.id, *found.prebooks]
    follow(desk, found.prebooks, booked.id, after, ruling.cause)
    table = schema.orders
    post.conn.execute(
        update(table)
        .where(table.c.id.in_(keys))
        .values(approved_by=ruling.by[:MOST_NAME], approved_at=post.at)
    )
    desk.pasts.clear()
    found.booked = replace(booked, state=after)


def _buy(desk: Desk, found: StandingOrder, line: StandingLine, cause: Cause) -> list[str]:
    """Accept a line: take its goods, allot its boxes; return what somebody should read."""
    booked = found.booked
    if is_gathered(found):
        fit_boxes(desk, found, line, cause)
        return []
    line.state = LineState.ACCEPTED
    save_line(desk, line, state=line.state.value)
    if booked.is_test or booked.vendor is None:
        return []
    notes = [
        take_sold(desk, booked.vendor, line, line.accepted, found.order.ship_date),
        without_used_codes(desk, found, line),
    ]
    fit_boxes(desk, found, line, cause)
    return [note for note in notes if note]


def _cancel(desk: Desk, found: StandingOrder, ruling: Ruling) -> Decided:
    """End an order that its vendor has not confirmed: goods and boxes go back."""
    booked = found.booked
    made_of_it = ordered_in(desk, booked.id) if getattr(found.order, "is_prebook", False) else []
    if made_of_it:
        why = f"prebook {booked.number} is ordered already, by order {', '.join(made_of_it)}"
        return Decided(RowStatus.REFUSED, f"{why}; cancel that first")
    answered = [line for line in found.lines if line.is_live and _is_answered(line)]
    if answered:
        names = ", ".join(line.line.reference for line in answered)
        why = (
            f"{booked.what} can't be cancelled any more: its vendor has answered line {names}; ask"
            " the vendor to reject it"
        )
        return Decided(RowStatus.REFUSED, why)
    for line in found.lines:
        if line.is_live:
            end_line(desk, found, line, ruling)
    was = booked.state
    settle(desk, found, ruling.cause, when_empty=OrderState.CANCELLED)
    return Decided(
        RowStatus.DONE,
        order=outcome_of(desk, found),
        was_with_vendor=was is OrderState.APPROVED,
        ruling=ruling,
    )


def _is_answered(line: StandingLine) -> bool:
    return line.progress is not LineProgress.PENDING or line.confirmed is not None
