"""Orders for a vendor's Axerrio system, and what a buyer is asked about them (domain 8.2, 8.3).

The system that an order came from gets it back with our ids once its buyer has approved it, never
before (8.2 step 7, scenario 9), and is told when it is cancelled. The order goes to that system
alone: it is where the vendor sold the goods, and a second order in another of its systems would
sell them again. Labels go to the vendor as always.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import LineState, OrderState
from daemon.replies import prebooks as prebook_replies
from daemon.replies.checkout_notices import checkout_notices
from daemon.replies.labels import label_files
from daemon.replies.orders import forward, vendor_order
from daemon.replies.system_orders import Told, files
from daemon.trade.carts.book import out_of_cart
from daemon.trade.desk import Desk
from daemon.trade.orders.approvals import ApprovalOutcome
from daemon.trade.orders.line_ids import ids_of
from daemon.trade.orders.parties import as_party
from daemon.trade.orders.rulings import Decided
from daemon.trade.orders.standing import as_purchase_order
from daemon.trade.orders.vendor_made import confirmation_of
from daemon.trade.outcome import LineOutcome, OrderOutcome, StepOutcome
from formats.axerrio.order_out import LineIds
from formats.records import AxerrioOrder, OrderLine, PurchaseOrder
from formats.tabular.purchase_order import write_purchase_order

_REAL = (OrderState.APPROVED, OrderState.CONFIRMED, OrderState.SHIPPED)
_OVER = (LineState.REFUSED, LineState.CANCELLED)
APPROVED = "approved"
"""Kind of the file by which a buyer hears of an order that it wasn't asked about."""


def order_files(desk: Desk, outcome: OrderOutcome) -> list[OutgoingFile]:
    """Return what an Axerrio order makes besides the answer to its sender.

    Its buyer is asked while it waits for approval; its system gets it once it is approved. What was
    approved without asking its buyer hears of all the same: it is its order (P-06, A-06).
    """
    is_news = outcome.repeats_document is None and not outcome.is_cart
    if not is_news or not isinstance(outcome.order, AxerrioOrder):
        return []
    if outcome.state is OrderState.PENDING_APPROVAL:
        return question(desk, outcome)
    if outcome.state not in _REAL:
        return []
    return _to_system(desk, outcome, outcome.order) + _for_buyer(desk, outcome, APPROVED)


def changed_files(desk: Desk, outcome: OrderOutcome, *, by: Partner) -> list[OutgoingFile]:
    """Return what a change of a system's order causes: its buyer is asked anew while it waits.

    After that either is told what the other has changed of it; its vendor's other systems, which
    never had the order, are told nothing.
    """
    if outcome.state is OrderState.PENDING_APPROVAL:
        return question(desk, outcome)
    if by == outcome.origin and outcome.state in _REAL:
        return _for_buyer(desk, outcome, APPROVED)
    if by == outcome.origin or not isinstance(outcome.order, AxerrioOrder):
        return []
    if outcome.state in _REAL:
        return _to_system(desk, outcome, outcome.order)
    return _ended(desk, outcome, outcome.order, None)


def tell(desk: Desk, outcome: StepOutcome) -> list[OutgoingFile]:
    """Return the files that the decisions of an approval cause."""
    decided = outcome.decided if isinstance(outcome, ApprovalOutcome) else ()
    return [file for each in decided for file in decision_files(desk, each)]


def decision_files(desk: Desk, decided: Decided) -> list[OutgoingFile]:
    """Return what one decision causes: the order and its labels, or that it is over."""
    outcome = decided.order
    if outcome is None:
        return []
    if outcome.is_prebook:
        return prebook_replies.cancelled(desk, outcome)
    if isinstance(outcome.order, PurchaseOrder):
        return _of_purchases(desk, decided, out_of_cart(outcome))
    if outcome.state is OrderState.APPROVED:
        # Its buyer has just said so itself.
        told = out_of_cart(outcome)
        own = _to_system(desk, told, outcome.order.model_copy(update={"cart": None}))
        return own + label_files(desk, told)
    if isinstance(outcome.order, AxerrioOrder):
        reason = decided.ruling.reason if decided.ruling else None
        return _ended(desk, outcome, outcome.order, reason)
    return []


def _of_purchases(desk: Desk, decided: Decided, outcome: OrderOutcome) -> list[OutgoingFile]:
    """Return what a decision about an order of a buyer's own causes (4.4 step 3).

    Approved it goes to its vendor as one order; while it waits its buyer is shown what is left.
    """
    if outcome.state is OrderState.PENDING_APPROVAL:
        return question(desk, outcome)
    if outcome.state is OrderState.APPROVED:
        live = tuple(line for line in outcome.lines if line.state not in _OVER)
        told = replace(outcome, lines=live)
        files = forward(desk, told) + label_files(desk, told)
        return files + checkout_notices(desk, replace(told, for_vendor=told))
    if decided.was_with_vendor and outcome.vendor is not None:
        return forward(desk, replace(outcome, replaced=outcome.vendor.name))
    return []


def _to_system(desk: Desk, outcome: OrderOutcome, order: AxerrioOrder) -> list[OutgoingFile]:
    """Return the order in its own words with what became of it: its boxes and our ids."""
    kept = [line for line in outcome.lines if line.state not in _OVER]
    said = order.model_copy(update={"lines": tuple(_own(line) for line in kept)})
    ids = ids_of(desk, outcome.order_id) if outcome.order_id is not None else None
    lines = ids.lines if ids else {}
    told = Told(
        outcome.origin,
        outcome.vendor,
        status=(OrderState.CONFIRMED if confirmation_of(desk, outcome) else outcome.state),
        order_id=outcome.order_id,
        prebook_id=ids.prebook if ids else None,
        approved_by=ids.approved_by if ids else None,
        lines={
            name: LineIds(str(own), str(prebook) if prebook else None)
            for name, (own, prebook) in lines.items()
        },
    )
    return files(desk, said, told)


def _own(line: LineOutcome) -> OrderLine:
    return replace(
        line.line,
        quantity=line.accepted,
        box_codes=line.boxes,
        bunches_per_box=line.line.bunches_per_box or line.pack.bunches_per_box,
        stems_per_bunch=line.line.stems_per_bunch or line.pack.stems_per_bunch,
    )


def _ended(
    desk: Desk, outcome: OrderOutcome, order: AxerrioOrder, reason: str | None
) -> list[OutgoingFile]:
    told = Told(
        outcome.origin,
        outcome.vendor,
        status=outcome.state,
        order_id=outcome.order_id,
        reason=reason,
        is_over=True,
    )
    return files(desk, order, told)


def question(desk: Desk, outcome: OrderOutcome) -> list[OutgoingFile]:
    """Return the order as its buyer reads it, so that it can be approved; of a test none (P-29)."""
    return _for_buyer(desk, outcome, "to-approve")


def _for_buyer(desk: Desk, outcome: OrderOutcome, kind: str) -> list[OutgoingFile]:
    """Return the order as its buyer reads it; of a test none, and none of an order of its own."""
    buyer, vendor = outcome.buyer, outcome.vendor
    if buyer is None or vendor is None or outcome.order.is_test:
        return []
    if kind == APPROVED and buyer == outcome.origin:
        return []
    kept = tuple(line for line in outcome.lines if line.state not in _OVER)
    plain = replace(outcome, order=as_purchase_order(outcome.order), lines=kept)
    theirs = vendor_order(desk, plain, buyer, "csv")
    order = outcome.order
    named = theirs.model_copy(
        update={
            "vendor": as_party(vendor),
            "carrier": order.carrier,
            "ship_to": order.ship_to,
        }
    )
    body = write_purchase_order(named)
    return [OutgoingFile(buyer.name, kind, named.number, "csv", body, is_answer=False)]
