"""Which order a line is of that a file names by our id of it alone, as the trade's API does (8.4).

An id of ours is one line's for good. It means nothing to who hasn't that order: a stranger's line
is as unknown as one that there is not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import func, or_, select

from daemon.ledger.schema import boxes, order_lines, orders
from daemon.ledger.states import GoodsState, OrderState
from daemon.trade.desk import Desk
from daemon.trade.step import StepAtHand, our_id
from formats.steps import OrderChange, ShipNotice, ShippedBox

_NO_NUMBER = ""
_WITH_VENDOR = [
    each.value for each in (OrderState.APPROVED, OrderState.CONFIRMED, OrderState.SHIPPED)
]


def unknown_line(key: str | None) -> str:
    """Say that no order has a line of this id."""
    return f"no line {key or '-'} of an order of yours is here; name one by the id that we gave it"


def with_orders(desk: Desk, step: StepAtHand[Any]) -> StepAtHand[Any]:
    """Return a shipment or a change with the orders of the lines that it names; else the step.

    What is of no line of the sender's keeps an empty number.
    """
    record = step.record
    if isinstance(record, ShipNotice) and (vendor := step.vendor()) is not None:
        boxes = _of_orders(desk, (step.origin.name, vendor), record.boxes)
        return _saying(step, boxes=boxes) if boxes is not record.boxes else step
    if isinstance(record, OrderChange) and record.number == _NO_NUMBER:
        return _saying(step, number=_changed(desk, step.origin.name, record))
    return step


def _saying(step: StepAtHand[Any], **said: object) -> StepAtHand[Any]:
    return replace(step, record=step.record.model_copy(update=said))


def _of_orders(
    desk: Desk, sides: tuple[str, str], shipped: tuple[ShippedBox, ...]
) -> tuple[ShippedBox, ...]:
    """Return boxes with the order of their line, as many as that has left where all are meant.

    `sides` are the sender and the vendor for whom it speaks.
    """
    nameless = {box.po_item for box in shipped if box.number == _NO_NUMBER}
    whole = {box.po_item for box in shipped if box.is_all}
    if not nameless and not whole:
        return shipped
    numbers, counts = _numbers(desk, sides, nameless), _left(desk, whole)
    return tuple(
        replace(
            box,
            number=box.number or numbers.get(box.po_item or "", _NO_NUMBER),
            boxes=counts.get(box.po_item or "", 1) if box.is_all else box.boxes,
        )
        for box in shipped
    )


def _keys(said: Iterable[str | None]) -> list[int]:
    return [key for each in said if (key := our_id(each)) is not None]


def _numbers(desk: Desk, sides: tuple[str, str], items: Iterable[str | None]) -> dict[str, str]:
    """Return by line the order that its vendor has, or that the sender made itself."""
    sender, vendor = sides
    desk.write_stock()
    query = (
        select(order_lines.c.id, orders.c.number)
        .join(orders, orders.c.id == order_lines.c.order_id)
        .where(
            order_lines.c.id.in_(_keys(items)),
            orders.c.vendor == vendor,
            or_(orders.c.state.in_(_WITH_VENDOR), orders.c.origin == sender),
            orders.c.kind == "purchase_order",
            orders.c.is_test.is_(False),
        )
    )
    return {str(key): number for key, number in desk.post.conn.execute(query)}


def _left(desk: Desk, items: Iterable[str | None]) -> dict[str, int]:
    """Return by line how many boxes are to be shipped; all that were, where none is left."""
    desk.write_stock()
    query = (
        select(boxes.c.order_line_id, boxes.c.state, func.count())
        .where(boxes.c.order_line_id.in_(_keys(items)), boxes.c.state != GoodsState.CANCELLED.value)
        .group_by(boxes.c.order_line_id, boxes.c.state)
    )
    waiting: dict[str, int] = {}
    gone: dict[str, int] = {}
    for key, state, count in desk.post.conn.execute(query):
        of = waiting if state == GoodsState.ALLOTTED.value else gone
        of[str(key)] = of.get(str(key), 0) + count
    return gone | waiting


def _changed(desk: Desk, sender: str, record: OrderChange) -> str:
    """Return the number of the one order whose lines a change names."""
    said = [(each.po_item, each.line.prebook_item) for each in record.changes]
    own, made_of = _keys(item for item, _ in said), _keys(item for _, item in said)
    desk.write_stock()
    query = (
        select(orders.c.number)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .where(
            or_(order_lines.c.id.in_(own), order_lines.c.prebook_line_id.in_(made_of)),
            or_(orders.c.origin == sender, orders.c.buyer == sender),
            orders.c.kind == "purchase_order",
            orders.c.is_test.is_(record.is_test),
        )
        .distinct()
    )
    numbers = list(desk.post.conn.execute(query).scalars())
    return numbers[0] if len(numbers) == 1 else _NO_NUMBER
