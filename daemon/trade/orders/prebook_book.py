"""Prebooks of buyers in the books: rows of `orders` of the kind prebook, sent by a buyer itself."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import func, select, update

from daemon.ledger import holds as hold_book
from daemon.ledger import schema
from daemon.ledger.documents import set_state as set_document_state
from daemon.ledger.moves import Cause
from daemon.ledger.states import DocumentState, HoldState, OrderState
from daemon.trade.desk import Desk, Earlier
from daemon.trade.orders.book import (
    COLUMNS,
    Past,
    add_line,
    add_order,
    as_earlier,
    cause_of,
    line_row,
    set_sides,
    set_state,
)
from daemon.trade.orders.transfer import truck_date
from daemon.trade.outcome import OrderOutcome
from formats.records import AxerrioOrder, Order, Party

KIND = "prebook"
_JOINABLE = (OrderState.PENDING_APPROVAL.value, OrderState.APPROVED.value)


def past_prebook(desk: Desk, origin: str, number: str, *, is_test: bool) -> Past:
    """Return the past of a prebook's number with the buyer `origin`."""
    desk.post.flush()
    table = schema.orders.c
    query = (
        select(*COLUMNS)
        .where(table.origin == origin, table.number == number, table.kind == KIND)
        .order_by(table.revision.desc())
    )
    known = [as_earlier(tuple(row)) for row in desk.post.conn.execute(query)]
    found = next((each for each in known if each.is_test is is_test), None)
    return Past(found, known[0].revision + 1 if known else 0)


def buyers_prebooks(desk: Desk, number: str, buyer: str | None = None) -> list[int]:
    """Return the newest prebook of each buyer that has `number`; of one where it is named."""
    desk.post.flush()
    table = schema.orders.c
    query = select(table.id, table.origin, table.is_test).where(
        table.number == number, table.kind == KIND, table.origin == table.buyer
    )
    if buyer is not None:
        query = query.where(table.buyer == buyer)
    rows = desk.post.conn.execute(query.order_by(table.revision)).all()
    return list({(row.origin, row.is_test): row.id for row in rows}.values())


def write_prebook(desk: Desk, draft: OrderOutcome, digest: str, revision: int) -> OrderOutcome:
    """Record a new prebook with its lines."""
    key = add_order(desk, draft, KIND, digest, revision=revision)
    for line in draft.lines:
        add_line(desk, key, line, None)
    return replace(draft, order_id=key)


def rewrite_prebook(desk: Desk, draft: OrderOutcome, own: Earlier) -> OrderOutcome:
    """Bring a held prebook up to date after what it waited for has come (M-02)."""
    desk.post.flush()
    set_state(desk, own.id, draft.state, cause_of(draft))
    set_sides(desk, draft, own.id)
    table = schema.order_lines
    for line in draft.lines:
        desk.post.conn.execute(
            update(table)
            .where(table.c.order_id == own.id, table.c.line == line.line.line)
            .values(line_row(line))
        )
    return replace(draft, order_id=own.id)


def wants_to_join(draft: OrderOutcome) -> bool:
    """Tell whether an order may join an earlier prebook: as its file says, else its system (A-05).

    A body that could say so and doesn't is a prebook of its own; `use_existing` is False there.
    """
    said = draft.order.use_existing
    return draft.origin.merges_prebooks if said is None else said


def join(desk: Desk, draft: OrderOutcome) -> OrderOutcome:
    """Let an order's lines join an earlier prebook of its system, where there is one (A-05).

    It is one of the same customer, customer order, ship-to, location, carrier, way and truck date.
    """
    order, table = draft.order, schema.orders
    desk.post.flush()
    query = (
        select(table.c.id, func.coalesce(table.c.amended, schema.documents.c.record).label("said"))
        .join(schema.documents, schema.documents.c.id == table.c.document_id)
        .where(
            table.c.kind == KIND,
            table.c.origin == draft.origin.name,
            table.c.buyer == (draft.buyer.name if draft.buyer else None),
            table.c.truck_date == truck_date(order),
            table.c.is_test.is_(order.is_test),
            table.c.state.in_(_JOINABLE),
            schema.documents.c.kind == AxerrioOrder.model_fields["kind"].default,
            schema.documents.c.record.is_not(None),
        )
        .order_by(table.c.id)
    )
    for row in desk.post.conn.execute(query).all():
        if _goes_with(AxerrioOrder.model_validate_json(row.said), order):
            return _joined(desk, draft, row.id)
    return draft


def _goes_with(other: AxerrioOrder, order: Order) -> bool:
    names = ("customer_po", "location", "carrier", "ship_via")
    if any(getattr(other, name) != getattr(order, name) for name in names):
        return False
    return who(other.customer) == who(order.customer) and who(other.ship_to) == who(order.ship_to)


def who(party: Party | None) -> tuple[str | None, str | None]:
    """Return a party by its code, or its name where it has none."""
    if party is None:
        return None, None
    return (party.code, None) if party.code else (None, party.name)


def _joined(desk: Desk, draft: OrderOutcome, prebook_id: int) -> OrderOutcome:
    lines = schema.order_lines.c
    query = select(func.max(lines.line)).where(lines.order_id == prebook_id)
    last = desk.post.conn.execute(query).scalar() or 0
    made_of = {
        line.line.line: add_line(desk, prebook_id, line, None, at=last + place)
        for place, line in enumerate(draft.lines, 1)
    }
    return replace(draft, prebook_lines=made_of)


def withdraw_prebook(desk: Desk, prebook: Earlier, cause: Cause) -> None:
    """Cancel a prebook that a newer file takes the place of, and end what it waited for: else it
    would take its place back once that has come."""
    set_state(desk, prebook.id, OrderState.CANCELLED, cause)
    if prebook.state is OrderState.HELD:
        desk.post.flush()
        waiting = [each.id for each in hold_book.of_document(desk.post.conn, prebook.document_id)]
        hold_book.end(desk.post.conn, waiting, HoldState.SUPERSEDED)
        set_document_state(desk.post, prebook.document_id, DocumentState.SUPERSEDED)
