"""What an order says besides that it is ordered, once it is approved: confirmed, and shipped.

An order that a vendor makes of a buyer's prebook is confirmed with that, where the buyer agreed to
it (P-23). A line with an air waybill has left the farm already, so its order is confirmed and
shipped; so has any line of a vendor that ships as it sells, under a temporary number (A-07). All of
it goes the way of the files that say the same.
"""

from __future__ import annotations

from daemon.ledger.states import LineState, OrderState
from daemon.trade.orders.prebook_links import names_prebook
from daemon.trade.outcome import LineOutcome, OrderOutcome
from formats.awb import is_short
from formats.records import AxerrioOrder, Party
from formats.steps import OrderConfirmation, ShipNotice, ShippedBox

_ENDED = (LineState.REFUSED, LineState.CANCELLED)


def confirmation_of(outcome: OrderOutcome) -> OrderConfirmation | None:
    """Return the confirmation that a newly approved order is at once; None where it isn't one."""
    order, buyer = outcome.order, outcome.buyer
    if not isinstance(order, AxerrioOrder) or outcome.state is not OrderState.APPROVED:
        return None
    if buyer is None or outcome.repeats_document is not None:
        return None
    is_agreed = names_prebook(order) and buyer.buying.answers_to_prebooks == "confirmed"
    if not is_agreed and not _travelling(outcome):
        return None
    return OrderConfirmation(
        number=order.number,
        message_id=order.message_id,
        is_whole=True,
        is_test=order.is_test,
        buyer=Party(code=buyer.name),
    )


def shipment_of(outcome: OrderOutcome) -> ShipNotice | None:
    """Return the shipment of the lines with an air waybill; None where there is none, or a test."""
    order, buyer = outcome.order, outcome.buyer
    lines = _travelling(outcome)
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


def _travelling(outcome: OrderOutcome) -> list[LineOutcome]:
    vendor = outcome.vendor
    ships_as_sold = vendor is not None and vendor.selling.ships_as_sold
    return [
        line
        for line in outcome.lines
        if line.state not in _ENDED and _is_under_way(line.line.awb, ships_as_sold=ships_as_sold)
    ]


def _is_under_way(awb: str | None, *, ships_as_sold: bool) -> bool:
    """Tell whether goods have left; the last digits of a number alone say nothing certain."""
    return ships_as_sold if awb is None else not is_short(awb)


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
