"""Write carts into the books: what they hold now, when they end, and what left them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select

from daemon.ledger import holds as hold_book
from daemon.ledger import schema
from daemon.ledger.documents import set_state
from daemon.ledger.states import DocumentState, HoldState
from daemon.trade.carts.answers import is_unchecked
from daemon.trade.desk import Desk
from daemon.trade.orders.standing import AnyOrder, StandingLine, StandingOrder, save_record
from daemon.trade.outcome import OrderOutcome
from formats.records import CartStatus, OrderLine, copy_of


def save(desk: Desk, found: StandingOrder, ends: datetime | None, **columns: object) -> None:
    """Keep what a cart's file says now, with what is checked out of it and when the rest ends."""
    is_all = all(not is_unchecked(found, line) for line in found.lines)
    status = CartStatus.CHECKED_OUT if is_all else CartStatus.DRAFT
    flags = {line.line.line: line.is_checked_out for line in found.lines}
    for name in ("said", "order"):
        order: AnyOrder = getattr(found, name)
        lines = tuple(flagged(line, is_checked_out=flags.get(line.line)) for line in order.lines)
        setattr(found, name, order.model_copy(update={"cart": status, "lines": lines}))
    save_record(desk, found, expires_at=ends, **columns)


def flagged(line: OrderLine, *, is_checked_out: bool | None) -> OrderLine:
    """Return a copy of a line that says whether it is checked out; None where it is in no cart."""
    copy = copy_of(line)
    copy.is_checked_out = is_checked_out
    return copy


def out_of_cart(outcome: OrderOutcome) -> OrderOutcome:
    """Return an order of which all is checked out as one like any other, without a cart."""
    lines = tuple(
        replace(each, line=flagged(each.line, is_checked_out=None)) for each in outcome.lines
    )
    return replace(outcome, order=outcome.order.model_copy(update={"cart": None}), lines=lines)


def ends_at(desk: Desk, found: StandingOrder) -> datetime | None:
    """Return when a cart gives its goods back."""
    column = schema.orders.c.expires_at
    query = select(column).where(schema.orders.c.id == found.booked.id)
    ends: datetime | None = desk.post.conn.execute(query).scalar()
    return ends


def drop_older(desk: Desk, draft: OrderOutcome) -> None:
    """Let older files of this cart that wait for a code wait no more: this one says what holds."""
    desk.write_stock()
    table = schema.documents.c
    older = select(table.id).where(
        table.number == draft.order.number,
        table.partner == draft.origin.name,
        table.state == DocumentState.HELD.value,
        table.kind == draft.order.kind,
        table.id < draft.document_id,
    )
    for key in desk.post.conn.execute(older).scalars().all():
        waiting = hold_book.of_document(desk.post.conn, key)
        if any(draft.vendor and each.vendor not in (draft.vendor.name, None) for each in waiting):
            # A cart at another vendor may have the same number (domain 2.4).
            continue
        hold_book.end(desk.post.conn, [each.id for each in waiting], HoldState.SUPERSEDED)
        set_state(desk.post, key, DocumentState.SUPERSEDED)


def forget(desk: Desk, found: StandingOrder, lines: list[StandingLine]) -> None:
    """Remove lines that are in the cart no more, or never came into it, from the books.

    Their vendor never had them as ordered; what they were stands in the cart's earlier files.
    """
    if not lines:
        return
    desk.write_stock()
    keys = [key for each in lines for key in (each.key, each.prebook_line_id) if key]
    conn = desk.post.conn
    reserved, table = schema.stock_reservations, schema.order_lines
    conn.execute(delete(reserved).where(reserved.c.order_line_id.in_(keys)))
    conn.execute(delete(table).where(table.c.id.in_(keys)))
    gone = {each.line.line for each in lines}
    found.lines = [each for each in found.lines if each not in lines]
    found.said = _without(found.said, gone)
    found.order = _without(found.order, gone)


def _without(order: AnyOrder, gone: set[int]) -> AnyOrder:
    kept = tuple(line for line in order.lines if line.line not in gone)
    return order.model_copy(update={"lines": kept})
