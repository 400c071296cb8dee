"""The answer to an order line by line, in parts that add up to it, as an 855 or an ORDRSP."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import LineState, OrderState
from daemon.replies import edifact_answers
from daemon.replies.edifact_answers import Answered
from daemon.replies.envelopes import answering, numbers
from daemon.replies.x12_units import unit_in_x12
from daemon.trade.desk import Desk
from daemon.trade.orders.stock_costs import COST_STANDS
from daemon.trade.outcome import LineOutcome, OrderOutcome
from daemon.trade.prices.line_prices import suggested
from formats.findings import Finding
from formats.records import OrderLine, PurchaseOrder
from formats.x12 import order_acknowledgement as x855

_CODES = {
    LineState.ACCEPTED: x855.LineStatus.ACCEPTED,
    LineState.CUT: x855.LineStatus.QUANTITY_CHANGED,
    LineState.REFUSED: x855.LineStatus.REJECTED,
    LineState.UNMAPPED: x855.LineStatus.ON_HOLD,
    LineState.PENDING: x855.LineStatus.ON_HOLD,
    LineState.CANCELLED: x855.LineStatus.DELETED,
}


def in_x12(
    desk: Desk, outcome: OrderOutcome, order: PurchaseOrder, message: str | None
) -> OutgoingFile:
    """Return the 855 of an order; `message` is what holds for all of it."""
    envelope = answering(
        desk,
        outcome.origin,
        outcome.document_id,
        is_test=order.is_test,
        addressee=outcome.addressee,
    )
    kind = x855.AcknowledgementType.HOLD if outcome.state is OrderState.HELD else None
    order = order.model_copy(update={"lines": tuple(map(_in_x12, order.lines))})
    cuts: list[Finding] = []
    body = x855.write_order_acknowledgement(
        order,
        _priced(desk, outcome),
        envelope=envelope,
        control=numbers(desk.post, envelope),
        at=desk.post.at.astimezone(desk.site.site.zone),
        acknowledgement_type=kind,
        seller_number=f"{outcome.order_id}" if outcome.order_id else None,
        message=message,
        warnings=cuts,
    )
    return OutgoingFile(
        *(outcome.origin.name, "855", order.number, "edi", body),
        is_answer=True,
        notes=tuple(cuts),
    )


def _priced(desk: Desk, outcome: OrderOutcome) -> list[x855.LineAcknowledgement]:
    """Return the answers in units of X12, with what the buyer may ask for the goods (K-61)."""
    prices = {line.line.line: suggested(desk, outcome, line).price for line in outcome.lines}
    parts = [_said_in_x12(each) for each in _parts(outcome)]
    return [replace(each, resale=prices[each.line.line]) for each in parts]


def _in_x12(line: OrderLine) -> OrderLine:
    """Return a line in units that X12 has: others came with a warning that was agreed."""
    price_unit = line.price_unit and unit_in_x12(line.price_unit, line.price_unit_type)
    unit = unit_in_x12(line.unit, line.unit_type)
    return replace(line, unit=unit, price_unit=price_unit)


def _said_in_x12(part: x855.LineAcknowledgement) -> x855.LineAcknowledgement:
    line = _in_x12(part.line)
    return replace(part, line=line, unit=line.unit)


def in_edifact(
    desk: Desk, outcome: OrderOutcome, order: PurchaseOrder, message: str | None
) -> OutgoingFile:
    """Return the ORDRSP of an order; `message` is what holds for all of it."""
    parts = _parts(outcome)
    is_held = outcome.state is OrderState.HELD
    kind = x855.derive_acknowledgement_type(order, parts, is_held=is_held)
    said = Answered(outcome.origin, outcome.addressee, kind, parts, message, outcome.order_id)
    return edifact_answers.order_response(desk, order, outcome.vendor, said)


def _parts(outcome: OrderOutcome) -> list[x855.LineAcknowledgement]:
    return [part for line in outcome.lines for part in _line_parts(line, outcome.given_day)]


def _line_parts(line: LineOutcome, day: date | None) -> list[x855.LineAcknowledgement]:
    """Answer a line; what is cut off it is a part of its own, so that the parts add up.

    `day` is when it ships, where the order named no ship date.
    """
    code = x855.LineStatus.PRICE_CHANGED if line.code == COST_STANDS else _CODES[line.state]
    whole = line.line.quantity
    if line.state is LineState.CUT:
        return [
            _part(line, code, line.accepted, line.reason, day),
            _part(line, x855.LineStatus.REJECTED, whole - line.accepted, None),
        ]
    is_refused = line.state is LineState.REFUSED
    return [_part(line, code, whole, line.reason, None if is_refused else day)]


def _part(
    line: LineOutcome,
    code: x855.LineStatus,
    quantity: Decimal,
    message: str | None,
    day: date | None = None,
) -> x855.LineAcknowledgement:
    return x855.LineAcknowledgement(
        *(line.line, code, quantity, line.line.unit),
        ship_date=line.next_ship_date or day,
        message=message,
    )
