"""An order confirmation to an ORDRSP: what becomes of an order, or of its change, line by line.

Each answer is a LIN that bears the number that the order gave to the line, where that has up to six
digits, else RFF LI names it. What comes later of a line (QTY 83) stands in the LIN of what comes
now (QTY 113). Nothing is left out in silence: what can't be sent raises ValueError, what was
replaced or cut is reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from formats.edifact.order_response import ACCEPTED, CHANGE, COMES, HELD, LATER, REJECTED
from formats.edifact.order_response import CHANGED as WITH_CHANGES
from formats.edifact.order_response import VENDOR_NUMBER as VENDORS_OWN
from formats.edifact.segments_out import (
    dated,
    ids_left_out,
    in_currency,
    is_line_number,
    item,
    parties,
    price,
    remarks,
)
from formats.edifact.step_lines import ORDER, SUBSTITUTE
from formats.edifact.write import Envelope, MessageType, Segment, interchange
from formats.findings import Finding
from formats.grammar.writing import lines_of, number
from formats.steps import ConfirmedLine, LineAnswer, OrderConfirmation

RESPONSE = "231"
"""1001 of a response to an order."""
AMENDED_HEADING = "28"
"""1225: taken, but not as the heading says; words say what."""
_ACTIONS = {
    LineAnswer.ACCEPTED: "5",
    LineAnswer.CHANGED: "6",
    LineAnswer.BACKORDERED: "6",
    LineAnswer.REJECTED: "7",
    LineAnswer.HELD: "4",
}
_TAKEN = (LineAnswer.ACCEPTED, LineAnswer.CHANGED)
_TEXT_LINES = 5
_TEXT_WIDTH = 70


def write_order_response(
    confirmation: OrderConfirmation,
    envelope: Envelope,
    message: MessageType,
    *,
    reference: str,
    at: datetime,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with `confirmation` as one ORDRSP (D.96A or D.01B, by `message`).

    `reference` is our interchange control reference. An answer without a day of its own gets that
    of `at`. Raises ValueError with a sentence where a code or number doesn't fit its element, or
    where a line doesn't say what our own reader asks of it.
    """
    found = [] if warnings is None else warnings
    body = [*_header(confirmation, at)]
    groups = [*_groups(confirmation.lines)]
    for position, (line, later) in enumerate(groups, 1):
        body += _line(line, later, position)
    if any(line.po_item for line in confirmation.lines):
        ids_left_out("An ORDRSP", found)
    body += [("UNS", "S"), ("CNT", ("2", str(len(groups))))]
    return interchange(envelope, message, [body], reference=reference, at=at, warnings=found)


def function_of(confirmation: OrderConfirmation) -> str:
    """Return 1225 of an answer; raises ValueError where lines contradict the whole."""
    for flag, codes, answer in (
        (confirmation.is_rejection, REJECTED, LineAnswer.REJECTED),
        (confirmation.is_whole, ACCEPTED, LineAnswer.ACCEPTED),
        (confirmation.is_held, HELD, None),
    ):
        if not flag:
            continue
        other = [line for line in confirmation.lines if answer not in (None, line.answer)]
        if other:
            raise ValueError(
                f"the answer to order {confirmation.number} says that all is {answer}, and line"
                f" {other[0].reference} is {other[0].answer}: answer line by line"
            )
        return codes[0]
    if not confirmation.lines:
        if not confirmation.message:
            raise ValueError(f"the answer to order {confirmation.number} says nothing: say what")
        return AMENDED_HEADING
    return WITH_CHANGES[0]


def _header(confirmation: OrderConfirmation, at: datetime) -> Iterator[Segment]:
    own = confirmation.message_id or confirmation.number
    yield ("BGM", RESPONSE, own, function_of(confirmation))
    yield from dated("137", confirmation.confirmed_on or at.date())
    yield from _days(confirmation.ship_date, confirmation.delivery_date)
    yield from remarks(confirmation.message)
    yield ("RFF", (ORDER, confirmation.number))
    yield from dated("171", confirmation.order_date)
    if confirmation.vendor_number:
        yield ("RFF", (VENDORS_OWN, confirmation.vendor_number))
    if confirmation.is_to_change:
        if not confirmation.change_number:
            raise ValueError(f"the change of order {confirmation.number} has no number to answer")
        yield ("RFF", (CHANGE, confirmation.change_number))
    yield from parties(("BY", confirmation.buyer), ("SU", confirmation.vendor))
    yield from in_currency(confirmation.currency, "9")


def _days(shipped: date | None, delivered: date | None) -> Iterator[Segment]:
    yield from dated("11", shipped)
    yield from dated("67", delivered)


def _groups(lines: Sequence[ConfirmedLine]) -> Iterator[tuple[ConfirmedLine, ConfirmedLine | None]]:
    """Yield each answer, with the part of its line that comes later where there is one."""
    rest = list(reversed(lines))
    while rest:
        line = rest.pop()
        later = rest[-1] if rest and _is_rest_of(line, rest[-1]) else None
        if later is not None:
            rest.pop()
        yield line, later


def _is_rest_of(line: ConfirmedLine, other: ConfirmedLine) -> bool:
    says_more = (other.ship_date, other.delivery_date, other.message, other.reason_code)
    return (
        line.answer in _TAKEN
        and line.quantity is not None
        and other.answer is LineAnswer.BACKORDERED
        and other.reference == line.reference
        and not any(says_more)
    )


def _line(line: ConfirmedLine, later: ConfirmedLine | None, position: int) -> Iterator[Segment]:
    _check(line)
    own = line.reference if is_line_number(line.reference) else str(position)
    action = _ACTIONS[LineAnswer.CHANGED if later else line.answer]
    yield from item(own, "", (line.seller_item, line.buyer_item, None), None, action)
    if line.substitute:
        yield ("PIA", SUBSTITUTE, (line.substitute, "SA"))
    if line.quantity is not None:
        kind = LATER if line.answer is LineAnswer.BACKORDERED else COMES
        yield ("QTY", (kind, number(line.quantity), line.unit or ""))
    elif line.answer is LineAnswer.REJECTED:
        yield ("QTY", (COMES, "0"))
    if later is not None and later.quantity is not None:
        yield ("QTY", (LATER, number(later.quantity), later.unit or ""))
    yield from _days(line.ship_date, line.delivery_date)
    yield from _words(line)
    yield from price(line.unit_price, line.price_unit)
    if line.reference != own:
        yield ("RFF", ("LI", line.reference))


def _words(line: ConfirmedLine) -> Iterator[Segment]:
    reason = (line.reason_code, "", "92") if line.reason_code else ""
    texts = [*lines_of(line.message, _TEXT_WIDTH)]
    if reason and not texts:
        yield ("FTX", "LIN", "", reason)
    for first in range(0, len(texts), _TEXT_LINES):
        piece = tuple(texts[first : first + _TEXT_LINES])
        yield ("FTX", "LIN", "", "" if first else reason, piece)


def _check(line: ConfirmedLine) -> None:
    """Raise ValueError for an answer that no reader could use."""
    place = f"the answer to line {line.reference or line.line}"
    if not line.reference:
        raise ValueError(f"answer {line.line} names no line of the order: say which")
    if line.quantity is not None and line.quantity < 0:
        raise ValueError(f"{place} has a quantity below 0: say what will come")
    if line.answer in (LineAnswer.REJECTED, LineAnswer.HELD):
        if line.quantity is not None or line.unit_price is not None:
            raise ValueError(f"{place} is {line.answer}, so it can't have a quantity or a price")
    elif line.answer is LineAnswer.BACKORDERED and line.quantity is None:
        raise ValueError(f"{place} is backordered: say how much comes later")
    says = (line.unit_price, line.ship_date, line.delivery_date, line.substitute)
    if (
        line.answer is LineAnswer.CHANGED
        and line.quantity is None
        and all(each is None for each in says)
    ):
        raise ValueError(f"{place} is changed: say what will come")
