"""Confirmations from the lines of a Florecom order response: one for each order that it answers.

Public sources show only the id (VN) of an answered line. That its quantity is what is confirmed,
that 0 or the condition 64 refuses it, and that ON with a LineID names the buyer's line, are
agreements of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from formats.findings import Where
from formats.florecom.element import Notes
from formats.florecom.header import Header
from formats.florecom.line import TradeLine
from formats.florecom.names import (
    ANSWER_NOTE,
    BUYERS_ORDER,
    CANCELLED,
    MAX_NUMBER,
    SUPPLIERS_LINE,
    TEST_NOTE,
    named_line,
)
from formats.records import Party
from formats.step_checks import settled_lines
from formats.steps import ConfirmedLine, LineAnswer, OrderConfirmation

_Placed = tuple[Where, TradeLine, ConfirmedLine]


def confirmations_of(
    lines: Iterable[TradeLine], header: Header, notes: Notes, vendor: Party
) -> Iterator[OrderConfirmation]:
    """Yield a confirmation for each order that the lines name, in the order of its first line."""
    of_orders: dict[str, list[_Placed]] = {}
    for line in lines:
        named = _named(line)
        if named is None:
            continue
        number, reference = named
        placed = of_orders.setdefault(number, [])
        answer = _answer(line, len(placed) + 1, reference)
        placed.append((line.part.where, line, answer))
    for number, placed in of_orders.items():
        answers = settled_lines([(where, one) for where, _, one in placed], notes.found)
        if answers:
            yield _confirmation(number, placed[0][1], header, vendor, answers)


def _confirmation(
    number: str,
    first: TradeLine,
    header: Header,
    vendor: Party,
    lines: tuple[ConfirmedLine, ...],
) -> OrderConfirmation:
    parties = first.parties
    return OrderConfirmation(
        number=number,
        message_id=header.message_id or None,
        is_test=first.notes.get(TEST_NOTE) == "true",
        confirmed_on=first.said_at.date() if first.said_at else None,
        currency=first.currency,
        vendor=parties.get("SupplierParty") or parties.get("SellerParty") or vendor,
        buyer=parties.get("BuyerParty") or first.agent or Party(),
        lines=lines,
    )


def _named(line: TradeLine) -> tuple[str, str] | None:
    """Return order and line that are answered; None, noted, where nothing names them."""
    cited = line.ids.get(SUPPLIERS_LINE) or line.references.get(SUPPLIERS_LINE)
    ours = named_line(cited) if cited else None
    number = line.references.get(BUYERS_ORDER) or line.ids.get(BUYERS_ORDER)
    reference = line.line_reference
    if number and reference and len(number) <= MAX_NUMBER:
        return number, reference
    if ours is not None and number in (None, ours[0]) and len(ours[0]) <= MAX_NUMBER:
        return ours
    message = (
        "Nothing says which line of which order is answered. Name the order (ON) and its line"
        " (LineID) as the order did. The line was left out."
    )
    line.part.notes.found.error("florecom.ON", message, line.part.where, number or cited)
    return None


def _answer(line: TradeLine, position: int, reference: str) -> ConfirmedLine:
    price = line.price_for(line.quantity)
    answer = _word(line)
    is_rejected = answer is LineAnswer.REJECTED
    return ConfirmedLine(
        line=position,
        reference=reference,
        answer=answer,
        quantity=None if is_rejected and not line.quantity else line.quantity,
        unit=line.unit,
        unit_price=price.amount if price else None,
        price_unit=price.unit if price else None,
        ship_date=line.ship_date,
        delivery_date=line.delivery_date,
        seller_item=line.seller_item,
        buyer_item=line.buyer_item,
        message=line.reason,
    )


def _word(line: TradeLine) -> LineAnswer:
    """Return what becomes of a line: the word of our own note, else as its quantity says."""
    said = line.notes.get(ANSWER_NOTE)
    if said in tuple(LineAnswer):
        return LineAnswer(said)
    if line.condition == CANCELLED or line.quantity == 0:
        return LineAnswer.REJECTED
    return LineAnswer.ACCEPTED
