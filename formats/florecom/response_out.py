"""Write a confirmation as a Florecom `PutOrderResponse` (document type 231).

Public sources show the id (VN) of an answered line. Beside it stand the buyer's number and line,
and a note with the answer in a word, so that nobody has to conclude it from quantities.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from formats.florecom.names import (
    ANSWER_NOTE,
    CANCELLED,
    RESPONSE_TYPE,
    SUPPLIERS_LINE,
    TEST_NOTE,
    line_id,
)
from formats.florecom.tree import (
    FERAM,
    ORDER,
    Sending,
    add,
    buyers_line,
    day,
    identity,
    message,
    moment,
    note,
    party,
    price,
    product,
    quantity,
    travel_days,
    written,
)
from formats.steps import ConfirmedLine, LineAnswer, OrderConfirmation

if TYPE_CHECKING:
    from lxml.etree import _Element


def write_response(
    confirmation: OrderConfirmation, sending: Sending, *, issuer: str | None = None
) -> bytes:
    """Return the answer to an order as UTF-8 XML; `issuer` is the GLN of who answers.

    Every line is answered by name: ValueError where the whole order is, and where a line has
    neither the buyer's line nor ours. The MessageID of the file is `sending`'s.
    """
    if confirmation.is_whole or confirmation.is_rejection or confirmation.is_held:
        raise ValueError(f"order {confirmation.number}: the layout answers lines, not whole orders")
    root, body = message("PutOrderResponse", ORDER, sending)
    holder = add(body, ORDER, "OrderResponse")
    for line in confirmation.lines:
        _line(holder, confirmation, line, sending, issuer)
    return written(root)


def _line(
    holder: _Element,
    confirmation: OrderConfirmation,
    line: ConfirmedLine,
    sending: Sending,
    issuer: str | None,
) -> None:
    if not line.reference:
        raise ValueError(f"order {confirmation.number}: an answer names no line")
    made = add(holder, ORDER, "OrderResponseTradeLineItem")
    identity(made, SUPPLIERS_LINE, line_id(confirmation.number, line.reference), issuer)
    add(made, FERAM, "DocumentType", RESPONSE_TYPE)
    said_on = confirmation.confirmed_on
    add(made, FERAM, "LineDateTime", day(said_on) if said_on else moment(sending.at))
    buyers_line(made, confirmation.number, line.reference)
    note(made, line.answer.value, ANSWER_NOTE)
    if confirmation.is_test:
        note(made, "true", TEST_NOTE)
    party(made, "BuyerParty", confirmation.buyer)
    party(made, "SupplierParty", confirmation.vendor)
    product(made, line.seller_item, line.buyer_item, None)
    _amounts(made, confirmation, line)
    _delivery(made, line)
    is_rejected = line.answer is LineAnswer.REJECTED
    if is_rejected or line.message:
        status = add(made, FERAM, "Status")
        if is_rejected and not line.quantity:
            add(status, FERAM, "ConditionCode", CANCELLED)
        if line.message:
            add(status, FERAM, "DescriptionText", line.message)


def _amounts(made: _Element, confirmation: OrderConfirmation, line: ConfirmedLine) -> None:
    is_rejected = line.answer is LineAnswer.REJECTED
    if line.quantity is not None or is_rejected:
        quantity(made, "Quantity", line.quantity or Decimal(0), line.unit or "Box")
    if line.unit_price is not None:
        price(made, line.unit_price, line.price_unit, confirmation.currency)


def _delivery(made: _Element, line: ConfirmedLine) -> None:
    if line.ship_date or line.delivery_date:
        travel_days(add(made, FERAM, "Delivery"), line.ship_date, line.delivery_date)
