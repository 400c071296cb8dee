"""What a document says besides what it is for: an approved order is confirmed and shipped with
that, a confirmed one shipped.

An order that a vendor makes of a buyer's prebook is confirmed with that, where the buyer agreed to
it (P-23). A line with an air waybill, in full or by its last four digits (W-03), has left the farm
already, so its order is confirmed and shipped; so has any line of a vendor that ships as it sells,
under a temporary number (A-07). All of it goes the way of the files that say the same. So does what
a vendor confirms whose confirmation puts the goods on an air waybill (domain 4.4 step 6).
"""

from __future__ import annotations

from daemon.ledger.states import LineProgress, LineState, OrderState
from daemon.trade.desk import Desk
from daemon.trade.orders.line_waybills import unclear_waybill
from daemon.trade.orders.prebook_links import names_prebook
from daemon.trade.orders.standing import StandingOrder, box_codes
from daemon.trade.outcome import LineOutcome, OrderOutcome
from formats.records import AxerrioOrder, Party
from formats.steps import OrderConfirmation, ShipNotice, ShippedBox

_ENDED = (LineState.REFUSED, LineState.CANCELLED)
_CONFIRMED = (LineProgress.CONFIRMED, LineProgress.PARTLY_CONFIRMED)


def confirmation_of(desk: Desk, outcome: OrderOutcome) -> OrderConfirmation | None:
    """Return the confirmation that a newly approved order is at once; None where it isn't one."""
    order, buyer = outcome.order, outcome.buyer
    if not isinstance(order, AxerrioOrder) or outcome.state is not OrderState.APPROVED:
        return None
    if buyer is None or outcome.repeats_document is not None:
        return None
    is_agreed = names_prebook(order) and buyer.buying.answers_to_prebooks == "confirmed"
    if not is_agreed and not _travelling(desk, outcome):
        return None
    return OrderConfirmation(
        number=order.number,
        message_id=order.message_id,
        is_whole=True,
        is_test=order.is_test,
        buyer=Party(code=buyer.name),
    )


def shipment_of(desk: Desk, outcome: OrderOutcome) -> ShipNotice | None:
    """Return the shipment of the lines with an air waybill; None where there is none, or a test."""
    order, buyer = outcome.order, outcome.buyer
    lines = _travelling(desk, outcome)
    if not isinstance(order, AxerrioOrder) or buyer is None or order.is_test or not lines:
        return None
    boxes = [box for line in lines for box in _boxes(order.number, line)]
    numbered = tuple(_at(box, place) for place, box in enumerate(boxes, 1))
    return ShipNotice(
        number=order.message_id,
        ship_date=order.ship_date,
        buyer=Party(code=buyer.name),
        boxes=numbered,
    )


def shipment_of_confirmed(desk: Desk, found: StandingOrder) -> ShipNotice | None:
    """Return the shipment of what a vendor has confirmed of an order and not shipped yet.

    None where nothing is, where the order isn't confirmed, and for a test.
    """
    booked, order = found.booked, found.order
    lines = [line for line in found.lines if line.is_live and line.progress in _CONFIRMED]
    if booked.state is not OrderState.CONFIRMED or booked.is_test or not lines:
        return None
    codes = box_codes(desk, [line.key for line in lines])
    boxes = [
        ShippedBox(
            line=1,
            number=booked.number,
            po_item=str(line.key),
            box_code=code,
            ship_date=line.ship_date or order.ship_date,
        )
        for line in lines
        for code in (codes.get(line.key, ()) or (None,))
    ]
    return ShipNotice(
        number=booked.number,
        buyer=Party(code=booked.buyer),
        boxes=tuple(_at(box, place) for place, box in enumerate(boxes, 1)),
    )


def _travelling(desk: Desk, outcome: OrderOutcome) -> list[LineOutcome]:
    return [
        line
        for line in outcome.lines
        if line.state not in _ENDED
        and _has_left(outcome, line)
        and unclear_waybill(desk, outcome, line.line) is None
    ]


def _has_left(outcome: OrderOutcome, line: LineOutcome) -> bool:
    vendor = outcome.vendor
    return line.line.awb is not None or (vendor is not None and vendor.selling.ships_as_sold)


def _boxes(number: str, line: LineOutcome) -> list[ShippedBox]:
    plain = ShippedBox(line=1, number=number, reference=line.line.reference, awb=line.line.awb)
    if not line.boxes:
        return [plain]
    return [
        ShippedBox(
            line=1,
            number=number,
            reference=line.line.reference,
            box_code=code,
            awb=line.line.awb,
        )
        for code in line.boxes
    ]


def _at(box: ShippedBox, place: int) -> ShippedBox:
    box.line = place
    return box
