"""The boxes of an order line, after its quantity changed: the last ones end, or more are allotted.

A code that was given is never given again (L-03), so boxes that end keep theirs.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.moves import BOXES, Cause, move
from daemon.ledger.states import GoodsState, OrderState
from daemon.trade.desk import Desk
from daemon.trade.goods.boxes import allot, codes_in_use, whole_boxes
from daemon.trade.orders.ship_tos import Way
from daemon.trade.orders.standing import ZERO, StandingLine, StandingOrder
from daemon.trade.papers.shown import kept_codes
from daemon.trade.stock.units import convert
from formats.records import UnitType

_BOXED = (OrderState.APPROVED, OrderState.CONFIRMED)


def fit_boxes(desk: Desk, found: StandingOrder, line: StandingLine, cause: Cause) -> None:
    """Let a line have as many boxes as what it holds fills; notes where they changed.

    Only boxes that nobody has shipped end. An order that its vendor does not have, and a test,
    have none.
    """
    booked = found.booked
    if booked.state not in _BOXED or booked.is_test or booked.vendor is None:
        return
    desk.post.flush()
    table = schema.boxes.c
    query = (
        select(table.id, table.code, table.state, table.sequence)
        .where(table.order_line_id == line.key)
        .order_by(table.sequence)
    )
    boxes = desk.post.conn.execute(query).all()
    live = [box for box in boxes if box.state != GoodsState.CANCELLED.value]
    wanted = _wanted(line, has_boxes=bool(live))
    for box in reversed(live[wanted:]):
        if box.state == GoodsState.ALLOTTED.value:
            before, after = GoodsState.ALLOTTED, GoodsState.CANCELLED
            what = f"box {box.code}"
            move(desk.post, BOXES, box.id, before, after, what=what, cause=cause)
            found.boxes_changed = True
    if wanted > len(live):
        given = _given(desk, found, line) if not boxes else ()
        last = boxes[-1].sequence if boxes else 0
        allot(desk, booked.vendor, line.key, wanted - len(live), given, after=last)
        found.boxes_changed = True


def without_used_codes(desk: Desk, found: StandingOrder, line: StandingLine) -> str | None:
    """Take codes off a line that other boxes have or had (L-03), and say so."""
    booked = found.booked
    if booked.state not in _BOXED or booked.is_test or booked.vendor is None:
        return None
    used = codes_in_use(desk, booked.vendor, line.line.box_codes)
    if not used:
        return None
    line.line.box_codes = tuple(code for code in line.line.box_codes if code not in used)
    names = ", ".join(sorted(used))
    return f"line {line.line.reference}: box codes {names} are in use, so others are given"


def _given(desk: Desk, found: StandingOrder, line: StandingLine) -> tuple[str, ...]:
    """Return the codes that the order gives a line's boxes, where they may bear them (H-04)."""
    booked = found.booked
    buyer, vendor = desk.partner(booked.buyer), desk.partner(booked.vendor)
    if buyer is None or vendor is None:
        return line.line.box_codes
    link = desk.connection(vendor.name, buyer.name)
    way = Way(booked.origin, buyer, vendor, link)
    return kept_codes(desk, found.order, way, line.line.box_codes)


def _wanted(line: StandingLine, *, has_boxes: bool) -> int:
    # Nobody packs what is still in a cart.
    quantity: Decimal = ZERO if line.is_checked_out is False else line.held
    if not has_boxes or not quantity:
        return whole_boxes(quantity, line.unit, line.pack)
    # A box that isn't full any more is a box all the same.
    boxes = convert(quantity, line.unit, UnitType.BOX, line.pack)
    return int(boxes.to_integral_value(ROUND_CEILING))
