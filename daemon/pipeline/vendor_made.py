"""Carries out what a newly approved order of a vendor's system says besides (P-23, A-07)."""

from __future__ import annotations

from daemon.ledger.documents import add_findings
from daemon.ledger.posting import OutgoingFile
from daemon.replies import confirmations as confirmation_replies
from daemon.replies import shipments as shipment_replies
from daemon.trade.changes.confirmations import confirm
from daemon.trade.desk import Desk
from daemon.trade.goods.shipments import ship
from daemon.trade.orders.vendor_made import confirmation_of, shipment_of
from daemon.trade.outcome import OrderOutcome, RowStatus
from daemon.trade.step import StepAtHand
from formats.findings import Finding, warning

_ODD = "axerrio.awb"


def carry_on(desk: Desk, outcome: OrderOutcome) -> int:
    """Confirm and ship what a newly approved order says so of; return how many files that makes."""
    confirmation = confirmation_of(outcome)
    if confirmation is None:
        return 0
    at_hand = (outcome.origin, outcome.arrival_id, outcome.document_id)
    done = confirm(desk, StepAtHand(confirmation, *at_hand))
    files = confirmation_replies.tell(desk, done)
    shipment = shipment_of(outcome)
    if shipment is not None:
        shipped = ship(desk, StepAtHand(shipment, *at_hand))
        files += shipment_replies.tell(desk, shipped)
        bad = [row for row in shipped.rows if row.status in (RowStatus.REFUSED, RowStatus.HELD)]
        _note(desk, outcome, [warning(_ODD, row.message or "not shipped") for row in bad])
    return _send(desk, outcome, files)


def _note(desk: Desk, outcome: OrderOutcome, found: list[Finding]) -> None:
    add_findings(desk.post, found, arrival_id=outcome.arrival_id, document_id=outcome.document_id)


def _send(desk: Desk, outcome: OrderOutcome, files: list[OutgoingFile]) -> int:
    for file in files:
        desk.post.send(file, arrival_id=outcome.arrival_id, document_id=outcome.document_id)
    return len(files)
