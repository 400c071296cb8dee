"""Carries out what a document says besides: a newly approved order of a vendor's system that it is
confirmed and shipped (P-23, A-07), a confirmation that the goods travel (domain 4.4 step 6)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from daemon.errors import UnwritableError
from daemon.ledger.documents import add_findings
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import OrderState
from daemon.replies import confirmations as confirmation_replies
from daemon.replies import landing as landing_replies
from daemon.replies import shipments as shipment_replies
from daemon.trade.changes.confirmations import ConfirmationOutcome, confirm
from daemon.trade.desk import Desk
from daemon.trade.goods.shipments import ship
from daemon.trade.landing.recount import recount
from daemon.trade.orders.line_waybills import unclear_waybill
from daemon.trade.orders.standing import standing
from daemon.trade.orders.vendor_made import (
    confirmation_of,
    shipment_of,
    shipment_of_confirmed,
)
from daemon.trade.outcome import OrderOutcome, RowStatus, StepOutcome
from daemon.trade.step import StepAtHand, order_of_key
from formats.findings import warning
from formats.records import AxerrioOrder
from formats.steps import ShipNotice

_ODD = "axerrio.awb"
_NOT_SHIPPED = "goods.not_shipped"


def carry_on(desk: Desk, outcome: OrderOutcome) -> int:
    """Confirm and ship what a newly approved order says so of; return how many files that makes."""
    _note_unclear(desk, outcome)
    confirmation = confirmation_of(desk, outcome)
    if confirmation is None:
        return 0
    at_hand = StepAtHand(confirmation, outcome.origin, outcome.arrival_id, outcome.document_id)
    done = confirm(desk, at_hand)
    files = tell_confirmed(desk, done)
    shipment = shipment_of(desk, outcome)
    if shipment is None:
        return files + ship_confirmed(desk, done)
    return files + _ship(desk, done, shipment, _ODD)


def tell_confirmed(desk: Desk, done: StepOutcome) -> int:
    """Send everybody the files of a confirmation that no file made; return how many."""
    with _written("the confirmation"):
        told = confirmation_replies.tell(desk, done)
    return _send(desk, done, told)


def _note_unclear(desk: Desk, outcome: OrderOutcome) -> None:
    """Note at the document which lines of an approved order stay, for their air waybill (W-03)."""
    if not isinstance(outcome.order, AxerrioOrder) or outcome.state is not OrderState.APPROVED:
        return
    unclear = [
        warning(_ODD, f"line {line.line.reference}: {why}")
        for line in outcome.lines
        if (why := unclear_waybill(desk, outcome, line.line)) is not None
    ]
    add_findings(desk.post, unclear, arrival_id=outcome.arrival_id, document_id=outcome.document_id)


def ship_confirmed(desk: Desk, done: StepOutcome) -> int:
    """Ship what a step has confirmed of a vendor that ships with that; return how many files that
    makes. What a ship notice that waited has shipped is not shipped again.
    """
    if not isinstance(done, ConfirmationOutcome) or done.order is None:
        return 0
    vendor = desk.partner(done.order.booked.vendor)
    if vendor is None or not vendor.selling.ships_as_confirmed:
        return 0
    found = standing(desk, order_of_key(desk, done.order.booked.id))
    shipment = shipment_of_confirmed(desk, found)
    if shipment is None:
        return 0
    if done.in_its_name is not None:
        # Whoever confirmed for the vendor, the goods are the vendor's to ship.
        done = replace(done, origin=vendor)
    return _ship(desk, done, shipment, _NOT_SHIPPED)


def _ship(desk: Desk, done: StepOutcome, shipment: ShipNotice, code: str) -> int:
    """Ship as a ship notice does; what can't be is noted with `code` at the document."""
    at_hand = (done.origin, done.arrival_id, done.document_id)
    shipped = ship(desk, StepAtHand(shipment, *at_hand))
    with _written("the shipment"):
        files = shipment_replies.tell(desk, shipped)
        files += landing_replies.tell(desk, recount(desk, shipped.shipments, done.arrival_id))
    bad = [row for row in shipped.rows if row.status in (RowStatus.REFUSED, RowStatus.HELD)]
    add_findings(
        desk.post,
        [warning(code, row.message or "not shipped") for row in bad],
        arrival_id=done.arrival_id,
        document_id=done.document_id,
    )
    return _send(desk, done, files)


@contextmanager
def _written(what: str) -> Iterator[None]:
    """Say of a value that no writer takes what it follows from, and what can be done."""
    try:
        yield
    except ValueError as error:
        raise UnwritableError(
            f"what follows from {what} can't be written: {error}. Mend the codes in the mapping"
            " tables and release the file from quarantine"
        ) from error


def _send(desk: Desk, done: StepOutcome, files: list[OutgoingFile]) -> int:
    for file in files:
        desk.post.send(file, arrival_id=done.arrival_id, document_id=done.document_id)
    return len(files)
