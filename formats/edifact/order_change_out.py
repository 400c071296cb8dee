"""An order change to an ORDCHG, in the codes of the vendor who will read it.

QTY 21 is the quantity after the change; a line that keeps its own has none. The order is RFF ON,
the message's own number tells one change from another. Nothing is left out in silence: what can't
be sent raises ValueError, what was replaced or cut is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from formats.edifact.order_change import CANCELLATION, CHANGE, REPLACEMENT
from formats.edifact.segments_out import (
    begin,
    dated,
    described,
    in_currency,
    is_line_number,
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
from formats.edifact.step_lines import ORDER
from formats.edifact.terms import FORWARDER, custom_fields, delivery_terms, named
from formats.edifact.write import Envelope, MessageType, Segment, interchange
from formats.findings import Finding
from formats.grammar.writing import number
from formats.steps import LineAction, LineChange, OrderChange

REQUEST = "230"
"""1001 of a request to change an order."""
_ACTIONS = {LineAction.ADD: "1", LineAction.CANCEL: "2", LineAction.CHANGE: "3"}


def write_order_change(
    change: OrderChange,
    envelope: Envelope,
    message: MessageType,
    *,
    reference: str,
    at: datetime,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with `change` as one ORDCHG (D.96A or D.01B, by `message`).

    `reference` is our interchange control reference. A change without a day gets that of `at`, and
    one without a number of its own that of its order. Raises ValueError with a sentence where a
    code or number doesn't fit its element, or a line doesn't say what our own reader asks of it.
    """
    found = [] if warnings is None else warnings
    if change.is_replacement and not change.changes:
        raise ValueError(f"the change of order {change.number} replaces it with nothing: end it")
    body = [*_header(change, at)]
    counted = 0
    for each in change.changes:
        body += _line(each, counted + 1, found)
        counted += 1 + len(each.line.contents)
    body += [("UNS", "S"), ("CNT", ("2", str(counted)))]
    return interchange(envelope, message, [body], reference=reference, at=at, warnings=found)


def _header(change: OrderChange, at: datetime) -> Iterator[Segment]:
    function = REPLACEMENT if change.is_replacement else CHANGE
    if change.is_cancellation:
        function = CANCELLATION
    yield begin(REQUEST, change.message_id or change.number, function, change.ship_via)
    yield from dated("137", change.change_date or at.date())
    yield from _days(change.ship_date, change.delivery_date)
    yield from remarks(change.comments)
    yield from custom_fields(change.custom_fields)
    yield ("RFF", (ORDER, change.number))
    yield from dated("171", change.order_date)
    if change.customer_po:
        yield ("RFF", ("CO", change.customer_po))
    yield from parties(
        ("BY", change.buyer),
        ("SU", change.vendor),
        ("DP", change.ship_to),
        ("WH", warehouse(change.location)),
        (FORWARDER, named(change.cargo_agency)),
    )
    yield from in_currency(change.currency, "9")
    yield from transport(change.carrier)
    yield from delivery_terms(change.incoterm)
    yield from marked(change.mark_code)


def _days(shipped: date | None, delivered: date | None) -> Iterator[Segment]:
    yield from dated("2", delivered)
    yield from dated("10", shipped)


def _line(change: LineChange, number_of: int, found: list[Finding]) -> Iterator[Segment]:
    """Yield a line with what is new of it, and its sub-lines, numbered from `number_of` on."""
    line = change.line
    _check(change)
    own = line.reference if is_line_number(line.reference) else str(number_of)
    ids = (line.seller_item, line.buyer_item, line.gtin)
    yield from item(own, "", ids, line.vbn, _ACTIONS[change.action])
    yield from described(line.description, line.vbn, line.brand)
    if change.says_quantity and (line.unit or change.action is not LineAction.CANCEL):
        yield ("QTY", ("21", number(line.quantity), line.unit))
    yield from pack(line.bunches_per_box, line.stems_per_bunch, line.vbn)
    yield from _days(change.ship_date, change.delivery_date)
    yield from price(line.unit_price, line.price_unit)
    yield from rest_of_line(line, own, number_of, found)


def _check(change: LineChange) -> None:
    """Raise ValueError for a line that no reader could use."""
    line = change.line
    if not line.reference:
        raise ValueError(f"change {line.line} names no line of the order: say which")
    if change.action is LineAction.ADD and not change.says_quantity:
        raise ValueError(f"the added line {line.reference} has no quantity: say how many")
    if line.quantity < 0:
        raise ValueError(f"the quantity of line {line.reference} is below 0: say how many it has")
