"""Write a purchase order as a Florecom `PutOrderRequest`, which our own reader reads back.

The layout counts pieces and packaging units, so bunches are written as stems. Nothing public says
how an order is replaced: such an order, and one that is a test, say so in a note of our own code.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from formats.florecom.names import (
    BUYERS_ORDER,
    CANCELLED,
    LINE_TYPE,
    ORDER_TYPE,
    PURPOSE_NOTE,
    TEST_NOTE,
)
from formats.florecom.tree import (
    FEC,
    FERAM,
    ORDER,
    RAM,
    Sending,
    add,
    buyers_line,
    called_off,
    day,
    identity,
    known_stems,
    message,
    moment,
    note,
    packing,
    party,
    price,
    product,
    quantity,
    travel_days,
    written,
)
from formats.records import OrderLine, PurchaseOrder, Purpose, UnitType
from formats.vbn import Vbn

if TYPE_CHECKING:
    from lxml.etree import _Element

_BUNCH = UnitType.BUNCH.value
_STEM = UnitType.STEM.value


def write_order(
    order: PurchaseOrder, sending: Sending, *, ended: frozenset[str] = frozenset()
) -> bytes:
    """Return an order as UTF-8 XML; a cancelled one has quantity 0 and condition 64 on each line.

    `ended` are the references of lines that alone are cancelled. Raises ValueError where the layout
    can't say it: a line in bunches whose stems nobody knows, an assorted box, a time without zone.
    """
    root, body = message("PutOrderRequest", ORDER, sending)
    holder = add(body, ORDER, "Order")
    is_cancelled = order.purpose is Purpose.CANCEL
    for line in order.lines:
        is_over = is_cancelled or line.reference in ended
        told = _over(line) if is_over else _in_stems(order, line)
        _line(holder, order, told, sending, is_over=is_over)
    return written(root)


def _over(line: OrderLine) -> OrderLine:
    """Return a line of which nothing is left but what it was of."""
    unit = _STEM if line.unit == _BUNCH else line.unit
    return replace(line, unit=unit, unit_price=None, price_unit=None, contents=())


def _in_stems(order: PurchaseOrder, line: OrderLine) -> OrderLine:
    """Return a line that counts what the layout counts."""
    if line.contents:
        raise ValueError(
            f"order {order.number}, line {line.reference}: an assorted box has no place"
        )
    if _BUNCH not in (line.unit, line.price_unit):
        return line
    stems = known_stems(f"order {order.number}, line {line.reference}", line.stems_per_bunch)
    is_counted = line.unit == _BUNCH
    changed = replace(line, quantity=line.quantity * stems, unit=_STEM) if is_counted else line
    if line.price_unit != _BUNCH or line.unit_price is None:
        return changed
    return replace(changed, unit_price=line.unit_price / stems, price_unit=_STEM)


def _line(
    holder: _Element, order: PurchaseOrder, line: OrderLine, sending: Sending, *, is_over: bool
) -> None:
    made = add(holder, ORDER, "OrderTradeLineItem")
    identity(made, BUYERS_ORDER, order.number)
    add(made, FERAM, "DocumentType", ORDER_TYPE if is_over else LINE_TYPE)
    said_at = day(order.order_date) if order.order_date else moment(sending.at)
    add(made, FERAM, "LineDateTime", said_at)
    buyers_line(made, order.number, line.reference)
    if line.prebook_item:
        called_off(made, line.prebook_item)
    _notes(made, order, is_first=line.line == order.lines[0].line)
    for local, who in (
        ("BuyerParty", order.buyer),
        ("SupplierParty", order.vendor),
        ("EndUserParty", order.customer),
    ):
        party(made, local, who)
    vbn = (line.vbn or Vbn()).with_pack(line.bunches_per_box, line.stems_per_bunch)
    product(made, line.seller_item, line.buyer_item, line.description, vbn)
    quantity(made, "Quantity", Decimal(0) if is_over else line.quantity, line.unit)
    if line.unit_price is not None:
        price(made, _plain(line.unit_price), line.price_unit, order.currency)
    packing(made, vbn, line.box_type_code)
    _delivery(made, order)
    if is_over:
        status = add(made, FERAM, "Status")
        add(status, FERAM, "ConditionCode", CANCELLED)


def _plain(amount: Decimal) -> Decimal:
    """Return a price of six places at most; what a division left behind is rounded."""
    rounded = amount.quantize(Decimal("0.000001"))
    return amount if rounded == amount else rounded


def _notes(made: _Element, order: PurchaseOrder, *, is_first: bool) -> None:
    if order.comments and is_first:
        for at in range(0, len(order.comments), 200):
            note(made, order.comments[at : at + 200])
    if order.purpose in (Purpose.CHANGE, Purpose.REPLACE):
        note(made, order.purpose.value, PURPOSE_NOTE)
    if order.is_test:
        note(made, "true", TEST_NOTE)


def _delivery(made: _Element, order: PurchaseOrder) -> None:
    said = (order.ship_to, order.incoterm, order.carrier, order.ship_date, order.delivery_date)
    if not any(said):
        return
    delivery = add(made, FERAM, "Delivery")
    if order.ship_to is not None or order.incoterm:
        terms = add(delivery, FERAM, "DeliveryTerms")
        if order.incoterm:
            add(terms, RAM, "DeliveryTypeCode", order.incoterm)
    if order.ship_to is not None:
        place = add(terms, RAM, "RelevantTradeLocation")
        add(place, RAM, "ID", order.ship_to.code or "", FEC)
        if order.ship_to.name:
            add(place, RAM, "Name", order.ship_to.name)
    if order.carrier:
        carrier = add(delivery, FERAM, "CarrierParty")
        add(carrier, RAM, "PrimaryID", order.carrier, FEC)
    travel_days(delivery, order.ship_date, order.delivery_date)
