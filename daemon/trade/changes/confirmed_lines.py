"""What a vendor's answers to one line add up to, in the line's own unit (P-21, P-27).

Quantities may come in another unit of the same pack. An answer that can't be meant (more than was
ordered, half a box, a price for another unit) is refused with the reason, never bent into shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from daemon.ledger.states import LineProgress
from daemon.trade.desk import Desk
from daemon.trade.orders.standing import ZERO, StandingLine, StandingOrder
from daemon.trade.step import StepAtHand
from daemon.trade.stock.units import PackMissingError, convert
from formats.records import UnitType
from formats.steps import ConfirmedLine, LineAnswer, OrderConfirmation

_NOW = (LineAnswer.ACCEPTED, LineAnswer.CHANGED)
_LATER = (LineAnswer.BACKORDERED, LineAnswer.HELD)
ENDED = "it has ended; what comes all the same needs a new order"
PRICE_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class LineReply:
    """What will come of a line now and later; the rest of what was ordered is lost."""

    confirmed: Decimal
    backordered: Decimal
    price: Decimal | None = None
    """Where it differs from the order."""
    ship_date: date | None = None
    reason: str | None = None
    says_nothing: bool = False
    """The vendor has not decided."""
    note: str | None = None

    def is_as(self, line: StandingLine) -> bool:
        """Tell whether the books say so already."""
        if line.progress is LineProgress.CANCELLED:
            return not self.confirmed and not self.backordered
        said = (self.confirmed, self.backordered, self.price, self.ship_date)
        return said == (line.confirmed, line.backordered, line.price, line.ship_date)


class _By(NamedTuple):
    """In whose words an answer is: its sender's, about goods of the order's vendor."""

    sender: str
    vendor: str | None


class _NotMeantError(ValueError):
    """An answer that can't be carried out; the text is for its sender."""


def reply_of(
    desk: Desk,
    order: StandingOrder,
    line: StandingLine,
    parts: list[ConfirmedLine],
    step: StepAtHand[OrderConfirmation],
) -> LineReply | str:
    """Return what the answers to `line` add up to, or a sentence that says why they can't stand."""
    if all(part.answer is LineAnswer.HELD and part.quantity is None for part in parts):
        return LineReply(ZERO, ZERO, says_nothing=True)
    if line.progress is LineProgress.CANCELLED:
        is_no = all(part.answer is LineAnswer.REJECTED for part in parts)
        return LineReply(ZERO, ZERO) if is_no else ENDED
    by = _By(step.origin.name, order.booked.vendor)
    try:
        confirmed, later = _quantities(desk, line, parts, by)
        price = _price(desk, line, parts, by)
    except PackMissingError as error:
        return f"{error}, so it can't be counted in {line.unit.value}; answer it in that"
    except _NotMeantError as error:
        return str(error)
    reply = LineReply(
        confirmed,
        later,
        price,
        _ship_date(order, line, parts, step.record),
        next((part.message or part.reason_code for part in parts if _has_reason(part)), None),
        note=_note(line, confirmed, later),
    )
    return _objection(line, reply) or reply


def _has_reason(part: ConfirmedLine) -> bool:
    return part.message is not None or (
        part.answer is LineAnswer.REJECTED and part.reason_code is not None
    )


def _objection(line: StandingLine, reply: LineReply) -> str | None:
    if reply.is_as(line):
        return None
    if line.progress is LineProgress.SHIPPED:
        return "it has been shipped, so its answer stands"
    if line.is_checked_out is False and (reply.confirmed or reply.backordered):
        return "the customer has not checked it out, so it can't be confirmed"
    return None


def _quantities(
    desk: Desk,
    line: StandingLine,
    parts: list[ConfirmedLine],
    by: _By,
) -> tuple[Decimal, Decimal]:
    """Return what comes now, and what comes later or is undecided."""
    ordered = line.accepted
    said = [(part, _quantity(desk, line, part, by)) for part in parts]
    now = sum((q for part, q in said if part.answer in _NOW and q is not None), ZERO)
    if any(part.answer in _NOW and q is None for part, q in said):
        now = ordered
    later = sum((q for part, q in said if part.answer in _LATER and q is not None), ZERO)
    if any(part.answer in _LATER and q is None for part, q in said):
        later = max(ZERO, ordered - now)
    refused = sum((q for part, q in said if part.answer is LineAnswer.REJECTED and q), ZERO)
    if now + later > ordered or refused > ordered:
        raise _NotMeantError(
            f"{max(now + later, refused)} {line.unit.value} answered, but only {ordered} were"
            " ordered; answer at most that"
        )
    is_all = any(part.answer is LineAnswer.REJECTED and not q for part, q in said)
    if not now and not later and not is_all:
        # Part of the line is refused and nothing said of the rest, which stays open.
        later = ordered - refused
    return now, later


def _quantity(desk: Desk, line: StandingLine, part: ConfirmedLine, by: _By) -> Decimal | None:
    if part.quantity is None:
        return None
    unit = _unit(desk, part.unit, by) if part.unit else line.unit
    quantity = convert(part.quantity, unit, line.unit, line.pack)
    if quantity < 0 or quantity != quantity.to_integral_value():
        raise _NotMeantError(
            f"{part.quantity} {unit.value} is no whole number of {line.unit.value}, in which it"
            " was ordered"
        )
    return quantity.to_integral_value()


def _unit(desk: Desk, said: str, by: _By) -> UnitType:
    for unit in UnitType:
        if said.lower() == unit.value.lower():
            return unit
    found = desk.tables.unit(by.sender, said, None, by.vendor, desk.today)
    if found is None:
        raise _NotMeantError(
            f"the unit {said} is not in units.csv for {by.sender}; answer in the unit of the"
            f" order, or map it: k2kd map units {by.sender} {said} Box"
        )
    return found


def _price(
    desk: Desk,
    line: StandingLine,
    parts: list[ConfirmedLine],
    by: _By,
) -> Decimal | None:
    """Return the price per unit of the order's price, where the vendor says another."""
    prices = {(part.unit_price, part.price_unit) for part in parts if part.unit_price is not None}
    if not prices:
        return line.price
    if len(prices) > 1:
        raise _NotMeantError("its parts have different prices; one line has one price")
    price, unit = prices.pop()
    ours = line.line.price_unit_type
    if price is None:
        return line.price
    if unit and ours is not None:
        per = convert(Decimal(1), _unit(desk, unit, by), ours, line.pack)
        price = (price / per).quantize(PRICE_PLACES)
    return None if price == line.line.unit_price else price


def _ship_date(
    order: StandingOrder, line: StandingLine, parts: list[ConfirmedLine], record: OrderConfirmation
) -> date | None:
    said = next((part.ship_date for part in parts if part.ship_date), None) or record.ship_date
    if said is None:
        return line.ship_date
    return None if said == order.order.ship_date else said


def _note(line: StandingLine, confirmed: Decimal, later: Decimal) -> str | None:
    lost = line.accepted - confirmed - later
    if not lost:
        return None
    return f"line {line.line.reference}: {lost} {line.unit.value} of {line.accepted} will not come"
