"""A buyer scans boxes at its door (domain 4.4 step 8, 5.2 step 9; L-01).

The label is the vendor's, with the code that the box has or had. A scanned box is received, and in
the inventory once its arrival date is known, from the file or from its air waybill. Each row
answers with a status code of the trade's box count (domain 7): 1 done, 2 not found, 3 that status
already, 4 sold already, 11 not in the staging area. A row with `sold_on` sells a box of the
inventory on: the buyer's own invoice is in books of its own, so the way of a box ends there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from daemon.config import Role
from daemon.ledger.states import GoodsState
from daemon.trade.desk import Desk
from daemon.trade.goods.books import (
    Box,
    CodedBoxes,
    Waybill,
    boxes_coded,
    change_box,
    change_waybill,
    move_box,
    only_a_test,
    waybills,
)
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from daemon.trade.step import StepAtHand
from formats.steps import ReceivingScan, Scan

OK, NOT_FOUND, SAME_ALREADY, SOLD_ALREADY, NOT_IN_STAGING = "1", "2", "3", "4", "11"
MOST_RACK = 10


@dataclass(slots=True)
class _Work:
    """One file of scans on its way, and the waybills of its boxes."""

    desk: Desk
    step: StepAtHand[ReceivingScan]
    bills: dict[int, Waybill]
    received: dict[int, Box] = field(default_factory=dict)
    """Boxes that this file changed, as they are now."""


def receive(desk: Desk, step: StepAtHand[ReceivingScan]) -> StepOutcome:
    """Carry out a file of scans, row by row."""
    record = step.record
    if record.is_test:
        return only_a_test(step, [(scan.line, scan.box_code) for scan in record.scans])
    if not step.origin.has(Role.BUYER):
        why = f"{step.origin.name} is no buyer here, so it receives no boxes"
        rows = [_row(scan, RowStatus.REFUSED, NOT_FOUND, why) for scan in record.scans]
        return _outcome(step, rows)
    known = boxes_coded(desk, {scan.box_code for scan in record.scans}, buyer=step.origin.name)
    boxes = [box for found in known.values() for box in found.best]
    keys = {box.shipment_id for box in boxes if box.shipment_id is not None}
    bills = {bill.id: bill for bill in waybills(desk, keys=keys)} if keys else {}
    work = _Work(desk, step, bills)
    return _outcome(step, [_scan(work, scan, known.get(scan.box_code)) for scan in record.scans])


def _outcome(step: StepAtHand[ReceivingScan], rows: list[RowOutcome]) -> StepOutcome:
    return StepOutcome(step.record, step.origin, step.document_id, step.arrival_id, tuple(rows))


def _row(scan: Scan, status: RowStatus, code: str, message: str | None = None) -> RowOutcome:
    return RowOutcome(scan.line, scan.box_code, status, code, message)


def _scan(work: _Work, scan: Scan, found: CodedBoxes | None) -> RowOutcome:
    if found is None:
        why = "no box on its way to you has this code; check the label"
        return _row(scan, RowStatus.REFUSED, NOT_FOUND, why)
    # What was never shipped can't be at the door.
    arriving = [box for box in found.best if box.is_shipped]
    if len(arriving) > 1:
        who = " and ".join(f"{box.vendor} (order {box.order_number})" for box in arriving)
        why = f"{who} both sent a box with this code; ask one of them to change its code"
        return _row(scan, RowStatus.REFUSED, NOT_FOUND, why)
    if not arriving:
        return _row(scan, RowStatus.REFUSED, NOT_IN_STAGING, _not_shipped(found.best[0]))
    box = work.received.get(arriving[0].id, arriving[0])
    return _receive(work, scan, box) if scan.sold_on is None else _sell(work, scan, box)


def _sell(work: _Work, scan: Scan, box: Box) -> RowOutcome:
    """Note that the buyer has sold a box of its inventory on (domain 13)."""
    if box.state is GoodsState.SOLD:
        return _row(scan, RowStatus.UNCHANGED, SAME_ALREADY, "the box is sold already")
    if box.state is not GoodsState.INVENTORY:
        why = f"the box is {box.state.value}; scan it in, with its arrival date, before it is sold"
        return _row(scan, RowStatus.REFUSED, NOT_IN_STAGING, why)
    work.received[box.id] = move_box(work.desk, box, GoodsState.SOLD, work.step.cause)
    return _row(scan, RowStatus.DONE, OK, _now(scan, box))


def _not_shipped(box: Box) -> str:
    if box.state is GoodsState.CANCELLED:
        return "the box ended with the goods that were not confirmed; send it back to its vendor"
    return f"{box.vendor} has not said that it shipped the box; scan it again once it has"


def _receive(work: _Work, scan: Scan, box: Box) -> RowOutcome:
    """Move a box of the staging area on; one that needed no scan gets its place all the same."""
    if box.state is GoodsState.SOLD:
        return _row(scan, RowStatus.UNCHANGED, SOLD_ALREADY, "the box is sold already")
    desk, cause = work.desk, work.step.cause
    arrived = _arrived(work, box)
    was = box
    if not box.is_received:
        rack = scan.rack[:MOST_RACK] if scan.rack else box.rack
        box = change_box(desk, box, rack=rack, received_at=_when(work, scan))
        if box.state is GoodsState.STAGING:
            box = move_box(desk, box, GoodsState.RECEIVED, cause)
    if box.state is GoodsState.RECEIVED and arrived:
        box = move_box(desk, box, GoodsState.INVENTORY, cause)
    work.received[box.id] = box
    if box == was:
        return _row(
            scan, RowStatus.UNCHANGED, SAME_ALREADY, f"the box is {box.state.value} already"
        )
    return _row(scan, RowStatus.DONE, OK, _now(scan, box))


def _when(work: _Work, scan: Scan) -> datetime:
    """Return when a box was scanned; a time without a zone is by the buyer's own clock."""
    at = scan.scanned_at or work.desk.post.at
    if at.tzinfo is not None:
        return at
    zone = work.step.origin.time_zone
    return at.replace(tzinfo=ZoneInfo(zone) if zone else work.desk.site.site.zone)


def _now(scan: Scan, box: Box) -> str | None:
    return None if scan.box_code == box.code else f"its code is {box.code} now"


def _arrived(work: _Work, box: Box) -> date | None:
    """Return when the goods of a box arrived; the file says it where nobody has said it yet."""
    bill = work.bills.get(box.shipment_id or 0)
    said = work.step.record.arrival_date
    if bill is None:
        return said
    if bill.arrival_date is None and said is not None and said >= bill.ship_date:
        bill = work.bills[bill.id] = change_waybill(work.desk, bill, arrival_date=said)
    return bill.arrival_date or said
