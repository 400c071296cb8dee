"""A canonical purchase order to an EDIFACT ORDERS, in the codes of the vendor who will read it.

The caller has resolved every code before (item, unit, box type, carrier). Nothing is left out in
silence: what can't be sent raises ValueError, what was replaced or cut is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from formats.edifact.segments_out import (
    begin,
    dated,
    described,
    in_currency,
    item,
    marked,
    pack,
    parties,
    price,
    remarks,
    rest_of_line,
    transport,
    warehouse,
)
from formats.edifact.terms import FORWARDER, custom_fields, delivery_terms, named
from formats.edifact.write import Envelope, MessageType, Segment, interchange
from formats.findings import Finding
from formats.grammar.writing import number
from formats.records import OrderLine, PurchaseOrder, Purpose

PURPOSES = {
    Purpose.NEW: "9",
    Purpose.CANCEL: "1",
    Purpose.CHANGE: "4",
    Purpose.REPLACE: "5",
    Purpose.CONFIRM: "6",
    Purpose.DUPLICATE: "7",
}
"""1225."""
ORDER = "220"


def write_purchase_order(
    order: PurchaseOrder,
    envelope: Envelope,
    message: MessageType,
    *,
    reference: str,
    at: datetime,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with `order` as one ORDERS (D.96A or D.01B, by `message`).

    `reference` is our interchange control reference. An order without an order date gets the day of
    `at`, because one DTM is mandatory. Raises ValueError with a sentence where a code or number
    doesn't fit its element.
    """
    found = [] if warnings is None else warnings
    body = [*_header(order, at)]
    counted = 0
    for line in order.lines:
        body += _line(line, counted + 1, found)
        counted += 1 + len(line.contents)
    body += [("UNS", "S"), ("CNT", ("2", str(counted)))]
    return interchange(envelope, message, [body], reference=reference, at=at, warnings=found)


def _header(order: PurchaseOrder, at: datetime) -> Iterator[Segment]:
    code = order.order_type or ORDER
    yield begin(code, order.number, PURPOSES[order.purpose], order.ship_via)
    yield from dated("137", order.order_date or at.date())
    yield from dated("2", order.delivery_date)
    yield from dated("10", order.ship_date)
    yield from remarks(order.comments)
    yield from custom_fields(order.custom_fields)
    if order.customer_po:
        yield ("RFF", ("CO", order.customer_po))
    if order.carrier_account:
        yield ("RFF", ("ADE", order.carrier_account))
    yield from parties(
        ("BY", order.buyer),
        ("SU", order.vendor),
        ("DP", order.ship_to),
        ("IV", order.bill_to),
        ("UC", order.customer),
        ("WH", warehouse(order.location)),
        (FORWARDER, named(order.cargo_agency)),
    )
    yield from in_currency(order.currency, "9")
    yield from transport(order.carrier)
    yield from delivery_terms(order.incoterm)
    yield from marked(order.mark_code)


def _line(line: OrderLine, number_of: int, found: list[Finding]) -> Iterator[Segment]:
    """Yield a line and its sub-lines, numbered from `number_of` on."""
    own = str(number_of)
    yield from item(own, "", (line.seller_item, line.buyer_item, line.gtin), line.vbn)
    yield from described(line.description, line.vbn, line.brand)
    yield ("QTY", ("21", number(line.quantity), line.unit))
    yield from pack(line.bunches_per_box, line.stems_per_bunch, line.vbn)
    yield from price(line.unit_price, line.price_unit)
    yield from rest_of_line(line, own, number_of, found)
