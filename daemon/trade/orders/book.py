"""Write orders and prebooks, with their lines and boxes, into the books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select, update

from daemon.ledger import holds as hold_book
from daemon.ledger import schema
from daemon.ledger.documents import set_state as set_document_state
from daemon.ledger.moves import BOXES, LINES, ORDERS, Cause, move_where_allowed
from daemon.ledger.states import (
    ORDER,
    DocumentState,
    GoodsState,
    HoldState,
    LineProgress,
    LineState,
    OrderState,
    TransferState,
)
from daemon.trade.desk import Desk, Earlier
from daemon.trade.goods.boxes import allot, whole_boxes
from daemon.trade.orders.own_prebooks import PURCHASE, follow, joined
from daemon.trade.orders.transfer import booked_terms, way_of
from daemon.trade.outcome import LineOutcome, OrderOutcome
from daemon.trade.papers.shown import kept_codes
from daemon.trade.prices.api_fee import fee_percent
from daemon.trade.prices.order_rate import currency_of
from daemon.trade.stock import lots as stock
from formats.records import AxerrioOrder, UnitType

COLUMNS = (
    schema.orders.c.id,
    schema.orders.c.document_id,
    schema.orders.c.digest,
    schema.orders.c.state,
    schema.orders.c.revision,
    schema.orders.c.prebook_id,
    schema.orders.c.vendor,
    schema.orders.c.buyer,
    schema.orders.c.is_test,
    schema.orders.c.kind,
)
OVER = (OrderState.CANCELLED, OrderState.REJECTED)
_TAKING = (OrderState.APPROVED, OrderState.DRAFT)
"""Orders that take stock; of these a draft has no boxes yet."""
# Made once, because it is asked for every batch: to put it together costs more than to run it.
_OF_NUMBERS = (
    select(schema.orders.c.number, *COLUMNS)
    .where(
        schema.orders.c.origin == bindparam("origin"),
        schema.orders.c.number.in_(bindparam("numbers", expanding=True)),
        schema.orders.c.kind.in_(["purchase_order", PURCHASE]),
    )
    .order_by(schema.orders.c.revision.desc())
)


@dataclass(frozen=True, slots=True)
class Past:
    """What stands in the books under one number: `earlier` is what a new order follows."""

    earlier: Earlier | None
    next_revision: int
    purchase: Earlier | None = None
    """The purchase of this number whose lines were put into an order with others (4.4 step 3)."""
    is_first: bool = True
    """Whether nothing of the number stands in the books between the same two sides."""
    sides: tuple[str, ...] = ()
    """Of whom there are orders of the number, where it can't be told which one is meant."""


def look_up_pasts(desk: Desk, origin: str, numbers: Iterable[str]) -> None:
    """Ask the books once for the orders that the documents of a batch may follow."""
    asked = list(dict.fromkeys(numbers))
    if asked:
        desk.pasts.update({(origin, number): [] for number in asked})
        for row in desk.post.conn.execute(_OF_NUMBERS, {"origin": origin, "numbers": asked}):
            number, *rest = row
            desk.pasts[origin, number].append(as_earlier(rest))


def as_earlier(row: Sequence[Any]) -> Earlier:
    key, document, digest, state, revision, prebook, vendor, buyer, is_test, kind = row
    return Earlier(
        *(key, document, digest, OrderState(state), revision, prebook, vendor, buyer),
        *(is_test, kind),
    )


def past(desk: Desk, draft: OrderOutcome) -> Past:
    """Return the past of an order's number between its two sides.

    Buyer, vendor and number together are what an order is known by (domain 2.4): a buyer may give
    two vendors the same number. Tests and real orders never meet (P-29).
    """
    origin, number = draft.origin.name, draft.order.number
    known = desk.pasts.pop((origin, number), None)
    if known is None:
        if (origin, number) in desk.written:
            desk.post.flush()
        look_up_pasts(desk, origin, [number])
        known = desk.pasts.pop((origin, number))
    if not known:
        return Past(None, 0)
    orders = [each for each in known if each.kind != PURCHASE]
    revision = orders[0].revision + 1 if orders else 0
    alike = [each for each in known if _is_between(each, draft)]
    mine = [each for each in alike if each.is_test is draft.order.is_test]
    if draft.vendor is None or draft.buyer is None:
        side = "vendor" if draft.vendor is None else "buyer"
        mine = [each for each in mine if each.state not in OVER] or mine
        sides = {name for each in mine if (name := getattr(each, side)) is not None}
        if len(sides) > 1:
            return Past(None, revision, sides=tuple(sorted(sides)))
    return Past(
        next((each for each in mine if each.kind != PURCHASE), None),
        revision,
        next((each for each in mine if each.kind == PURCHASE), None),
        is_first=all(each.document_id == draft.document_id for each in alike),
    )


def _is_between(earlier: Earlier, draft: OrderOutcome) -> bool:
    """Tell whether an earlier order may be of the same two sides; one that nobody knows is any."""
    pairs = (earlier.vendor, draft.vendor), (earlier.buyer, draft.buyer)
    return all(known is None or said is None or known == said.name for known, said in pairs)


def earlier_of(desk: Desk, order_id: int) -> Earlier:
    """Return an order of the books as a newer one finds it."""
    desk.post.flush()
    query = select(*COLUMNS).where(schema.orders.c.id == order_id)
    return as_earlier(desk.post.conn.execute(query).one())


def withdraw(desk: Desk, earlier: Earlier, cause: Cause) -> None:
    """Cancel an order, give its stock back and end what it waited for; one that is over stays."""
    if OrderState.CANCELLED not in ORDER[earlier.state]:
        return
    desk.write_stock()
    if earlier.vendor is not None:
        stock.give_back(desk.post, earlier.id, desk.change_of(earlier.vendor))
    set_state(desk, earlier.id, OrderState.CANCELLED, cause)
    own = earlier.prebook_id
    prebooks = (own,) if own is not None else joined(desk, earlier.id)
    follow(desk, prebooks, earlier.id, OrderState.CANCELLED, cause)
    conn = desk.post.conn
    waiting = [hold.id for hold in hold_book.of_document(conn, earlier.document_id)]
    hold_book.end(conn, waiting, HoldState.RELEASED)
    hold_book.end_oversold(conn)
    if earlier.state is OrderState.HELD:
        set_document_state(desk.post, earlier.document_id, DocumentState.SUPERSEDED)
    _end_lines(desk, earlier.id, cause, has_prebook=bool(prebooks))


def _end_lines(desk: Desk, order_id: int, cause: Cause, *, has_prebook: bool) -> None:
    """End the lines of an order, those of its prebook, and the boxes that nobody has shipped."""
    conn, boxes, table = desk.post.conn, schema.boxes.c, schema.order_lines.c
    of_order = select(table.id, table.prebook_line_id).where(table.order_id == order_id)
    rows = conn.execute(of_order).all()
    lines = [row.id for row in rows]
    if has_prebook:
        lines += [row.prebook_line_id for row in rows if row.prebook_line_id is not None]
    move_where_allowed(desk.post, LINES, lines, LineProgress.CANCELLED, cause=cause)
    of_lines = select(boxes.id).where(boxes.order_line_id.in_(lines))
    codes = list(conn.execute(of_lines).scalars())
    move_where_allowed(desk.post, BOXES, codes, GoodsState.CANCELLED, cause=cause)


def is_answered(desk: Desk, order_id: int) -> bool:
    """Tell whether its vendor has confirmed or shipped anything of an order."""
    desk.post.flush()
    lines = schema.order_lines.c
    query = select(lines.confirmed).where(lines.order_id == order_id, lines.confirmed.is_not(None))
    return any(row.confirmed for row in desk.post.conn.execute(query))


def set_state(desk: Desk, order_id: int, state: OrderState, cause: Cause) -> None:
    """Move an order to `state` if the table of transitions allows it."""
    desk.pasts.clear()
    move_where_allowed(desk.post, ORDERS, [order_id], state, cause=cause)


def cause_of(draft: OrderOutcome) -> Cause:
    """Say in the books that the file of an order moved what it moves."""
    return Cause(f"order {draft.order.number} of {draft.origin.name}", draft.arrival_id)


def write(desk: Desk, draft: OrderOutcome, digest: str, revision: int) -> OrderOutcome:
    """Record a new order with its lines; an Axerrio order makes its prebook too (domain 8.2)."""
    prebook_id = None
    prebook_lines: dict[int, int] = {}
    if draft.prebook_lines is not None:
        prebook_lines = dict(draft.prebook_lines)
    elif isinstance(draft.order, AxerrioOrder):
        prebook_id = add_order(desk, draft, "prebook", digest, revision=revision)
        for line in draft.lines:
            prebook_lines[line.line.line] = add_line(desk, prebook_id, line, None)
    order_id = add_order(
        desk, draft, "purchase_order", digest, revision=revision, prebook_id=prebook_id
    )
    lines = []
    for line in draft.lines:
        key = add_line(desk, order_id, line, prebook_lines.get(line.line.line))
        lines.append(_carry_out(desk, draft, line, key))
    return replace(draft, order_id=order_id, lines=tuple(lines))


def rewrite(desk: Desk, draft: OrderOutcome, own: Earlier) -> OrderOutcome:
    """Bring a held order and its prebook up to date after what it waited for has come (M-02)."""
    desk.post.flush()
    conn, lines = desk.post.conn, []
    set_state(desk, own.id, draft.state, cause_of(draft))
    set_sides(desk, draft, own.id)
    prebook = select(schema.orders.c.prebook_id).where(schema.orders.c.id == own.id)
    prebook_id = conn.execute(prebook).scalar()
    if prebook_id is not None:
        set_state(desk, prebook_id, draft.state, cause_of(draft))
        set_sides(desk, draft, prebook_id)
    keys = {
        (row.order_id, row.line): row.id
        for row in conn.execute(
            select(
                schema.order_lines.c.order_id, schema.order_lines.c.line, schema.order_lines.c.id
            ).where(schema.order_lines.c.order_id.in_([own.id, prebook_id or own.id]))
        )
    }
    for line in draft.lines:
        for order_id in {own.id, prebook_id or own.id}:
            key = keys[(order_id, line.line.line)]
            conn.execute(
                update(schema.order_lines)
                .where(schema.order_lines.c.id == key)
                .values(line_row(line))
            )
        lines.append(_carry_out(desk, draft, line, keys[(own.id, line.line.line)]))
    return replace(draft, order_id=own.id, lines=tuple(lines))


def set_sides(desk: Desk, draft: OrderOutcome, order_id: int) -> None:
    """Say who buys and sells, and when it ships, which an order may have waited for."""
    table = schema.orders
    amended = {"amended": draft.order.to_keep()} if draft.is_amended else {}
    desk.post.conn.execute(
        update(table)
        .where(table.c.id == order_id)
        .values(
            buyer=draft.buyer.name if draft.buyer else None,
            vendor=draft.vendor.name if draft.vendor else None,
            ship_date=draft.order.ship_date,
            **amended,
            **_terms(desk, draft),
        )
    )


def add_order(
    desk: Desk,
    draft: OrderOutcome,
    kind: str,
    digest: str,
    *,
    revision: int,
    prebook_id: int | None = None,
) -> int:
    """Gather the head of an order or a prebook and return its key."""
    order = draft.order
    customer = order.customer
    desk.written.add((draft.origin.name, order.number))
    return desk.post.add(
        schema.orders,
        {
            "arrival_id": draft.arrival_id,
            "document_id": draft.document_id,
            "kind": kind,
            "origin": draft.origin.name,
            "number": order.number,
            "revision": revision,
            "buyer": draft.buyer.name if draft.buyer else None,
            "vendor": draft.vendor.name if draft.vendor else None,
            "customer": (customer.name or customer.code) if customer else None,
            "ship_date": order.ship_date,
            "ship_via": order.ship_via.value,
            "transfer": TransferState.NOT_TRANSFERRED.value,
            "is_test": order.is_test,
            "digest": digest,
            "state": draft.state.value,
            "prebook_id": prebook_id,
            "fee_percent": fee_percent(desk, draft) if kind == "purchase_order" else None,
            "amended": draft.order.to_keep() if draft.is_amended else None,
            **_terms(desk, draft),
        },
    )


def _terms(desk: Desk, draft: OrderOutcome) -> dict[str, object]:
    """Return how an order travels, and its currency with the rate that was fixed (K-82)."""
    buyer, vendor = draft.buyer, draft.vendor
    link = draft.connection
    if link is None and buyer is not None and vendor is not None:
        link = desk.connection(vendor.name, buyer.name)
    return {
        **booked_terms(desk, draft.order, draft.origin.name, vendor, link),
        "currency": draft.rate.source if draft.rate else currency_of(draft),
        "rate": draft.rate.rate if draft.rate else None,
        "rate_currency": draft.rate.target if draft.rate else None,
    }


def add_line(
    desk: Desk,
    order_id: int,
    line: LineOutcome,
    prebook_line_id: int | None,
    *,
    at: int | None = None,
) -> int:
    """Gather a line and return its key; it stands `at` a place of its own in a joined prebook."""
    return desk.post.add(
        schema.order_lines,
        {
            "order_id": order_id,
            "line": line.line.line if at is None else at,
            "reference": line.line.reference,
            "prebook_line_id": prebook_line_id,
            **line_row(line),
        },
    )


def line_row(outcome: LineOutcome) -> dict[str, object]:
    """Return what the books keep of a line."""
    line = outcome.line
    return {
        "description": line.description,
        "source_code": line.seller_item or line.buyer_item,
        "product": line.product,
        "quantity": line.quantity,
        "accepted": outcome.accepted,
        "unit_type": line.unit_type.value if line.unit_type else None,
        "box_type": line.box_type,
        "bunches_per_box": outcome.pack.bunches_per_box,
        "stems_per_bunch": outcome.pack.stems_per_bunch,
        "unit_price": line.unit_price,
        "price_unit": line.price_unit_type.value if line.price_unit_type else line.price_unit,
        "state": outcome.state.value,
        "reason": outcome.reason,
    }


def _carry_out(desk: Desk, draft: OrderOutcome, line: LineOutcome, key: int) -> LineOutcome:
    """Take the stock of an accepted line and allot its boxes; a test order takes nothing (P-29)."""
    if draft.state not in _TAKING or draft.order.is_test or draft.vendor is None:
        return line
    if line.state in (LineState.ACCEPTED, LineState.CUT) and line.line.product:
        stock.reserve(desk.post, key, line.takings)
    elif line.state is not LineState.PENDING:
        return line
    boxes = whole_boxes(line.accepted, line.line.unit_type or UnitType.BOX, line.pack)
    if not boxes or draft.state is OrderState.DRAFT:
        return line
    given = line.line.box_codes
    way = way_of(desk, draft)
    if given and way is not None:
        given = kept_codes(desk, draft.order, way, given)
    return replace(line, boxes=allot(desk, draft.vendor.name, key, boxes, given))
