"""Confirms what a vendor ships of an order that its own system has sold (domain 8.2, step 9).

Such an order is the vendor's own word, its buyer has approved it, and no step of the flow confirms
it besides: nothing but a confirmed order goes on an air waybill (P-22, E-20), so the shipment says
both. An order of a buyer waits for its vendor's confirmation as ever.
"""

from __future__ import annotations

from typing import Any

from daemon.ledger.states import OrderState
from daemon.pipeline.vendor_made import tell_confirmed
from daemon.trade.changes.confirmations import confirm
from daemon.trade.desk import Desk
from daemon.trade.orders.presales import systems_of
from daemon.trade.step import StepAtHand, orders_numbered
from formats.records import Party, Purpose
from formats.steps import OrderConfirmation, ShipNotice


def confirm_sold(desk: Desk, step: StepAtHand[Any]) -> int:
    """Confirm the approved orders of a vendor's systems that a ship notice is of.

    Returns how many files that makes. Of several orders with a number none is confirmed, and none
    by a notice that takes an earlier one back. Raises UnwritableError.
    """
    record, vendor = step.record, step.vendor()
    if not isinstance(record, ShipNotice) or record.is_test or record.purpose is Purpose.CANCEL:
        return 0
    systems = {system.name for system in systems_of(desk.site, vendor)}
    if not systems:
        return 0
    files = 0
    for number in dict.fromkeys(box.number for box in record.boxes):
        found = [each for each in orders_numbered(desk, number, vendor=vendor) if not each.is_test]
        if len(found) != 1 or found[0].origin not in systems:
            continue
        if found[0].state is OrderState.APPROVED:
            files += _confirm(desk, step, number, found[0].buyer)
    return files


def _confirm(desk: Desk, step: StepAtHand[Any], number: str, buyer: str | None) -> int:
    said = OrderConfirmation(number=number, is_whole=True, buyer=Party(code=buyer))
    at_hand = (step.origin, step.arrival_id, step.document_id)
    return tell_confirmed(desk, confirm(desk, StepAtHand(said, *at_hand)))
