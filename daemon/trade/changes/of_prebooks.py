"""A buyer's change of its own pre-sale, which orders nothing and so is no order (domain 8.3).

It is ended by its number as an order is, until an order was made of it. It is changed by sending it
anew: the newer one takes its place. Where an order or a purchase has the number, that is meant; and
none is meant where another vendor is named (domain 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.ledger.states import OrderState
from daemon.trade.desk import Desk
from daemon.trade.orders.approvals import rule
from daemon.trade.orders.book import earlier_of
from daemon.trade.orders.gathering import purchases_numbered
from daemon.trade.orders.parties import vendor_called
from daemon.trade.orders.prebook_book import buyers_prebooks, withdraw_prebook
from daemon.trade.orders.rulings import Ruling
from daemon.trade.outcome import OrderOutcome, RowOutcome, RowStatus, StepOutcome
from daemon.trade.step import BookedOrder, StepAtHand, order_of_key, orders_numbered
from formats.steps import Decision, OrderChange

_OVER = (OrderState.CANCELLED, OrderState.REJECTED)


@dataclass(frozen=True, slots=True)
class PrebookOutcome(StepOutcome):
    """What became of a change of a prebook; `ended` is one that its vendor's system is told of."""

    ended: OrderOutcome | None = None


def change_prebook(desk: Desk, step: StepAtHand[OrderChange]) -> PrebookOutcome | None:
    """Carry out a change that can only mean a prebook of its sender's; None where it doesn't."""
    found = _meant(desk, step)
    if found is None:
        return None
    status, why, ended = RowStatus.DONE, None, None
    if not step.record.is_cancellation:
        status = RowStatus.REFUSED
        why = f"prebook {found.number} is changed by sending it anew, all of it"
    elif found.state in _OVER:
        status = RowStatus.UNCHANGED
    elif found.state is OrderState.HELD:
        withdraw_prebook(desk, earlier_of(desk, found.id), step.cause)
    else:
        reason, by = step.record.comments, step.origin.name
        decided = rule(desk, found, Ruling(Decision.CANCEL, by, reason, step.cause))
        status, why, ended = decided.status, decided.message, decided.order
    row = RowOutcome(0, found.number, status, message=why)
    at_hand = (step.record, step.origin, step.document_id, step.arrival_id)
    return PrebookOutcome(*at_hand, (row,), ended=ended)


def _meant(desk: Desk, step: StepAtHand[OrderChange]) -> BookedOrder | None:
    number, name, is_test = step.record.number, step.origin.name, step.record.is_test
    prebooks = (order_of_key(desk, key) for key in buyers_prebooks(desk, number, name))
    found = next((each for each in prebooks if each.is_test is is_test), None)
    said = step.record.vendor
    vendor = vendor_called(desk.site, step.origin, said.code, said.name)
    if found is None or (vendor is not None and found.vendor not in (vendor.name, None)):
        return None
    alike = [*orders_numbered(desk, number), *purchases_numbered(desk, number, buyer=name)]
    is_other = any(name in (each.origin, each.buyer) and each.is_test is is_test for each in alike)
    return None if is_other else found
