"""Purchases of a shop that are put together: one order for their vendor (domain 4.4 step 3).

Where a connection says `separate_po_per_ecommerce_purchase = false`, the lines of a cart that is
checked out whole, and always those of a prebook that orders its goods (`presales`), join the order
of the same vendor and ship date that waits for its buyer's approval; where none fits, they make
one. The cart stays in the books as a purchase, under the number that its buyer knows, and follows
the order. Its goods are bought already: they only change hands. Whole boxes of one product each,
out of the vendor's stock, are put together; nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update

from daemon.ledger import schema
from daemon.ledger.moves import ORDERS, Cause, move
from daemon.ledger.states import LineProgress, LineState, OrderState, TransferState
from daemon.trade.desk import Desk
from daemon.trade.goods.boxes import MAX_BOXES_PER_ORDER, whole_boxes
from daemon.trade.orders.own_prebooks import PURCHASE
from daemon.trade.orders.prebook_book import who
from daemon.trade.orders.standing import (
    StandingLine,
    StandingOrder,
    add_line,
    save_record,
    standing,
)
from daemon.trade.outcome import LineOutcome
from daemon.trade.step import BookedOrder, order_of_key
from formats.records import CartStatus, OrderLine, PurchaseOrder, ShipVia, copy_of

MOST_MARK = 20
_ORDERS, _LINES, _HELD = schema.orders, schema.order_lines, schema.stock_reservations
_FROM_STOCK = (LineState.ACCEPTED, LineState.CUT)
_SAME = (
    *("ship_date", "delivery_date", "ship_via", "ship_to", "bill_to", "location", "currency"),
    *("carrier", "carrier_account", "order_type", "comments"),
    *("cargo_agency", "incoterm", "custom_fields"),
)
"""What purchases must say alike to stand in one order."""
_SAME_IN_BOOKS = ("fee_percent", "rate", "rate_currency")
"""What was fixed with purchases, and must be alike too."""
_SAME_IF_DIRECT = ("customer", "customer_po")
"""What goes to its customer is billed and labelled for it; what goes to a warehouse is not."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """An order that a purchase was put into.

    `places` has, by the number of a line in the purchase, its number in the order.
    """

    order: StandingOrder
    places: Mapping[str, str]


def may_gather(desk: Desk, cart: StandingOrder) -> bool:
    """Tell whether a cart's connection wants purchases put together, and its lines can be."""
    booked = cart.booked
    link = desk.connection(booked.vendor or "", booked.buyer or "")
    if not isinstance(cart.order, PurchaseOrder) or booked.origin != booked.buyer or link is None:
        return False
    # What a prebook orders always waits for its buyer's word; who shops has given it.
    if link.separate_po_per_ecommerce_purchase and not cart.order.is_prebook:
        return False
    return all(_is_solid(line) for line in cart.lines if line.is_live)


def _is_solid(line: StandingLine) -> bool:
    """Whether a line is whole boxes of one product, out of the vendor's stock (K-30)."""
    is_plain = not line.line.contents and line.state in _FROM_STOCK
    return is_plain and whole_boxes(line.held, line.unit, line.pack) > 0


def gather(desk: Desk, cart: StandingOrder, cause: Cause) -> Gathered:
    """Put the lines of a cart into the order that waits for approval, or into a new one."""
    desk.write_stock()
    into = _waiting(desk, cart)
    _become_purchase(desk, cart, cause)
    is_new = into is None
    into = into or _begin(desk, cart)
    lines = [line for line in cart.lines if line.is_live]
    numbers = _numbers(into, lines, is_new=is_new)
    for line, (at, reference) in zip(lines, numbers, strict=True):
        _put(desk, into, cart, line, at=at, reference=reference)
    save_record(desk, into, **({} if is_new else _shared_header(into, cart)))
    places = {
        line.line.reference: reference for line, (_, reference) in zip(lines, numbers, strict=True)
    }
    return Gathered(into, places)


def _waiting(desk: Desk, cart: StandingOrder) -> StandingOrder | None:
    """Return the oldest order that waits for approval and that a cart's lines may join."""
    booked, table = cart.booked, _ORDERS.c
    if cart.order.ship_date is None:
        return None
    # The network's fee and the exchange rate are those of a whole order (A-08, K-82).
    own = _ORDERS.alias("own").c
    alike = [
        table[name].is_not_distinct_from(
            select(own[name]).where(own.id == booked.id).scalar_subquery()
        )
        for name in _SAME_IN_BOOKS
    ]
    query = select(table.id).where(
        *(table.kind == "purchase_order", table.origin == booked.origin),
        *(table.vendor == booked.vendor, table.buyer == booked.buyer),
        *(table.ship_date == cart.order.ship_date, table.is_test.is_(booked.is_test)),
        table.state == OrderState.PENDING_APPROVAL.value,
        *alike,
    )
    for key in desk.post.conn.execute(query.order_by(table.id)).scalars().all():
        found = standing(desk, order_of_key(desk, key))
        if _go_together(found, cart) and _boxes(found) + _boxes(cart) <= MAX_BOXES_PER_ORDER:
            return found
    return None


def _go_together(one: StandingOrder, other: StandingOrder) -> bool:
    names: tuple[str, ...] = _SAME
    if one.said.ship_via is ShipVia.GROWER:
        names = (*_SAME, *_SAME_IF_DIRECT)
    both = one.said, other.said
    return all(getattr(both[0], name, None) == getattr(both[1], name, None) for name in names)


def _boxes(found: StandingOrder) -> int:
    return sum(whole_boxes(line.held, line.unit, line.pack) for line in found.lines)


def _become_purchase(desk: Desk, cart: StandingOrder, cause: Cause) -> None:
    """Let a cart wait with its order, as the purchase behind it."""
    booked, after = cart.booked, OrderState.PENDING_APPROVAL
    move(desk.post, ORDERS, booked.id, booked.state, after, what=booked.what, cause=cause)
    revision = _next_revision(desk, booked, _ORDERS.c.kind == PURCHASE)
    desk.post.conn.execute(
        update(_ORDERS)
        .where(_ORDERS.c.id == booked.id)
        .values(kind=PURCHASE, revision=revision, expires_at=None)
    )
    desk.pasts.clear()
    cart.booked = replace(booked, state=after, kind=PURCHASE)


def _begin(desk: Desk, cart: StandingOrder) -> StandingOrder:
    """Write the head of an order under the number of its first purchase."""
    booked, conn = cart.booked, desk.post.conn
    row = conn.execute(select(_ORDERS).where(_ORDERS.c.id == booked.id)).mappings().one()
    none_yet = {
        "lines": (),
        "cart": CartStatus.CHECKED_OUT,
        "mark_code": None,
        "is_prebook": False,
    }
    said = cart.said.model_copy(update=none_yet)
    key = desk.post.key(_ORDERS)
    made: dict[str, Any] = {
        **row,
        "id": key,
        "kind": "purchase_order",
        "revision": _next_revision(desk, booked, _ORDERS.c.kind == "purchase_order"),
        "transfer": TransferState.NOT_TRANSFERRED.value,
        "amended": said.to_keep(),
        "created_at": desk.post.at,
        "updated_at": desk.post.at,
    }
    conn.execute(insert(_ORDERS).values(**made))
    return standing(desk, order_of_key(desk, key))


def _next_revision(desk: Desk, booked: BookedOrder, of_kind: ColumnElement[bool]) -> int:
    table = _ORDERS.c
    newest = select(func.max(table.revision)).where(
        of_kind, table.origin == booked.origin, table.number == booked.number
    )
    last: int | None = desk.post.conn.execute(newest).scalar()
    return 0 if last is None else last + 1


def _numbers(
    into: StandingOrder, lines: list[StandingLine], *, is_new: bool
) -> list[tuple[int, str]]:
    """Return place and number of lines in an order: their own, or on from those that it has."""
    if is_new:
        return [(line.line.line, line.line.reference) for line in lines]
    last = max((each.line.line for each in into.lines), default=0)
    named = [each.line.reference for each in into.lines]
    highest = max((int(name) for name in named if name.isascii() and name.isdigit()), default=last)
    return [(last + count, str(highest + count)) for count in range(1, len(lines) + 1)]


def _put(
    desk: Desk,
    into: StandingOrder,
    cart: StandingOrder,
    own: StandingLine,
    *,
    at: int,
    reference: str,
) -> None:
    """Make a line of a purchase one of its order: the goods that it holds are that one's now."""
    customer = cart.said.customer
    mark = own.line.mark_code or cart.said.mark_code or (customer.code if customer else None)
    said = next(each for each in cart.said.lines if each.line == own.line.line)
    lines: list[OrderLine] = []
    for each in (said, own.line):
        line = copy_of(each)
        line.line, line.reference, line.is_checked_out = at, reference, True
        # What tells the boxes of one customer from another's, where several stand in one order.
        line.mark_code = mark if mark and len(mark) <= MOST_MARK else line.mark_code
        lines.append(line)
    into.said = into.said.model_copy(update={"lines": (*into.said.lines, lines[0])})
    added = add_line(
        desk, into, LineOutcome(lines[1], own.state, own.accepted, own.reason, own.pack)
    )
    into.order = into.order.model_copy(update={"lines": (*into.order.lines, added.line)})
    added.is_checked_out, added.prebook_line_id = True, own.key
    conn = desk.post.conn
    linked = update(_LINES).where(_LINES.c.id == added.key)
    conn.execute(linked.values(is_checked_out=True, prebook_line_id=own.key))
    held = update(_HELD).where(_HELD.c.order_line_id == own.key)
    conn.execute(held.values(order_line_id=added.key))


def _shared_header(into: StandingOrder, cart: StandingOrder) -> dict[str, object]:
    """Keep what all purchases of an order say alike; return the columns that follow."""
    columns: dict[str, object] = {}
    gone: dict[str, object] = {}
    if who(into.said.customer) != who(cart.said.customer):
        gone["customer"], columns["customer"] = None, None
    if into.said.customer_po != cart.said.customer_po:
        gone["customer_po"] = None
    into.said = into.said.model_copy(update=gone)
    into.order = into.order.model_copy(update=gone)
    return columns


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The order that a purchase's lines stand in, with their numbers there by their own."""

    order: BookedOrder
    places: Mapping[str, str]

    @property
    def what(self) -> str:
        """Name the lines in a sentence: `lines 3 and 4 of order W1`."""
        names = list(self.places.values())
        return (
            f"{'line' if len(names) == 1 else 'lines'} {' and '.join(names)} of {self.order.what}"
        )


def whereabouts(desk: Desk, purchase_id: int) -> Whereabouts:
    """Return where the lines of a purchase stand."""
    desk.post.flush()
    own, lines = _LINES.alias("own"), _LINES.c
    query = (
        select(lines.order_id, own.c.reference, lines.reference.label("place"))
        .join(own, own.c.id == lines.prebook_line_id)
        # A line that a shipment cut in two (P-30) stands there twice under one number.
        .where(own.c.order_id == purchase_id)
        .order_by(lines.line.desc())
    )
    rows = desk.post.conn.execute(query).all()
    places = {row.reference: row.place for row in reversed(rows)}
    return Whereabouts(order_of_key(desk, rows[0].order_id), places)


def is_alone(desk: Desk, purchase_id: int) -> bool:
    """Tell whether an order of a purchase's own number is made of that purchase and no other.

    Who cancels the one then cancels the other, with what a change added to it.
    """
    into = whereabouts(desk, purchase_id).order
    if into.number != order_of_key(desk, purchase_id).number:
        return False
    lines = _LINES.c
    own = select(lines.id).where(lines.order_id == purchase_id)
    others = select(lines.id).where(
        lines.order_id == into.id,
        lines.state.not_in([LineState.REFUSED.value, LineState.CANCELLED.value]),
        lines.progress != LineProgress.CANCELLED.value,
        lines.prebook_line_id.not_in(own),
    )
    return desk.post.conn.execute(others.limit(1)).first() is None


def purchases_numbered(
    desk: Desk,
    number: str,
    *,
    buyer: str | None = None,
    vendor: str | None = None,
    is_test: bool | None = None,
) -> list[BookedOrder]:
    """Return the newest purchase with `number` of each buyer and vendor, or of those named."""
    desk.post.flush()
    table = _ORDERS.c
    query = select(table.id, table.buyer, table.vendor, table.is_test).where(
        table.number == number, table.kind == PURCHASE
    )
    for column, said in ((table.buyer, buyer), (table.vendor, vendor)):
        if said is not None:
            query = query.where(column == said)
    if is_test is not None:
        query = query.where(table.is_test.is_(is_test))
    rows = desk.post.conn.execute(query.order_by(table.revision)).all()
    newest = {(row.buyer, row.vendor, row.is_test): row.id for row in rows}
    return [order_of_key(desk, key) for key in newest.values()]


def own_lines(desk: Desk, purchase_id: int, into: StandingOrder) -> list[StandingLine]:
    """Return the lines of an order that are a purchase's and may still come.

    What a change added to the order belongs to the purchase whose number the order has.
    """
    of_purchase = select(_LINES.c.id).where(_LINES.c.order_id == purchase_id)
    keys: set[int | None] = set(desk.post.conn.execute(of_purchase).scalars())
    if order_of_key(desk, purchase_id).number == into.booked.number:
        keys.add(None)
    return [line for line in into.lines if line.is_live and line.prebook_line_id in keys]
