"""Complete documents that waited: their codes are known now, or their order came (M-02)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pydantic import TypeAdapter
from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import select

from daemon.config import Partner
from daemon.errors import UsageError
from daemon.ledger import holds as hold_book
from daemon.ledger.documents import findings_of, forget_notes, set_state
from daemon.ledger.holds import Hold
from daemon.ledger.moves import Cause
from daemon.ledger.schema import documents, orders
from daemon.ledger.states import DocumentState, HoldState, LineState, OrderState
from daemon.mapping.apply import map_order
from daemon.trade.desk import Desk
from daemon.trade.exceptions import note_order
from daemon.trade.orders.book import set_state as set_order_state
from daemon.trade.orders.early_changes import taken_for
from daemon.trade.orders.parties import sides
from daemon.trade.orders.place import AnyOrder, content_digest, place
from daemon.trade.outcome import LineOutcome, OrderOutcome
from formats.records import Document, InventoryAdvice

_RECORDS: TypeAdapter[Document] = TypeAdapter(Document)


def ready_documents(conn: DatabaseConnection, ended: list[Hold]) -> list[int]:
    """Return the documents of `ended` holds that nothing else holds."""
    ids = {hold.document_id for hold in ended if hold.document_id is not None}
    closing = {hold.id for hold in ended}
    return sorted(
        document
        for document in ids
        if all(hold.id in closing for hold in hold_book.of_document(conn, document))
    )


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A held order document, as stored."""

    document_id: int
    arrival_id: int
    origin: Partner
    addressee: str | None
    order: AnyOrder


def _waiting(desk: Desk, document_id: int) -> _Waiting:
    row = desk.post.conn.execute(
        select(
            documents.c.arrival_id,
            documents.c.partner,
            documents.c.addressee,
            documents.c.record,
            documents.c.state,
        ).where(documents.c.id == document_id)
    ).first()
    origin = desk.partner(row.partner) if row else None
    if row is None or origin is None or row.record is None:
        raise UsageError(f"document {document_id} can't be completed: it is not an order at hand")
    if row.state != DocumentState.HELD.value:
        raise UsageError(f"document {document_id} is {row.state}; only a held one is completed")
    order = _RECORDS.validate_json(row.record)
    if isinstance(order, InventoryAdvice):
        raise UsageError(f"document {document_id} is an inventory advice, not an order")
    return _Waiting(document_id, row.arrival_id, origin, row.addressee, order)


def complete_order(desk: Desk, document_id: int, *, may_replace: bool = False) -> OrderOutcome:
    """Place the order of a held document anew, with today's tables; its open holds end.

    `may_replace` is a person's word that it may take the place of an order with the same number.
    """
    held = _waiting(desk, document_id)
    waiting = [hold.id for hold in hold_book.of_document(desk.post.conn, document_id)]
    hold_book.end(desk.post.conn, waiting, HoldState.RELEASED)
    forget_notes(desk.post, document_id)
    # The answer repeats what its reader found, and nothing that is noted of it from here on.
    desk.findings[held.arrival_id, held.order.number] = findings_of(desk.post, document_id)
    parties = sides(desk.site, held.order, held.origin, held.addressee)
    mapped = map_order(
        held.order,
        desk.tables,
        partner=held.origin.name,
        vendor=parties.vendor.name if parties.vendor else None,
        on=desk.today,
        aliases=desk.aliases,
    )
    outcome = place(
        desk,
        mapped.document,
        mapped.unmapped,
        parties,
        origin=held.origin,
        digest=content_digest(held.order),
        arrival_id=held.arrival_id,
        document_id=document_id,
        may_replace=may_replace,
    )
    set_state(desk.post, document_id, state_of(outcome))
    note_order(desk, outcome)
    return outcome


def refuse_order(desk: Desk, document_id: int, reason: str) -> OrderOutcome:
    """Refuse the order of a held document on a person's word; return the outcome to answer."""
    held = _waiting(desk, document_id)
    parties = sides(desk.site, held.order, held.origin, held.addressee)
    set_state(desk.post, document_id, DocumentState.REJECTED)
    cause = Cause(f"refused by a person: {reason}", held.arrival_id)
    made = select(orders.c.id).where(orders.c.document_id == document_id)
    for order_id in desk.post.conn.execute(made).scalars().all():
        set_order_state(desk, order_id, OrderState.REJECTED, cause)
    lines = tuple(
        LineOutcome(line, LineState.REFUSED, Decimal(0), reason) for line in held.order.lines
    )
    return OrderOutcome(
        order=held.order,
        state=OrderState.REJECTED,
        lines=lines,
        origin=held.origin,
        document_id=document_id,
        arrival_id=held.arrival_id,
        buyer=parties.buyer,
        vendor=parties.vendor,
        addressee=parties.addressee,
        hold=reason,
    )


def state_of(outcome: OrderOutcome) -> DocumentState:
    """Return the state of the document that led to `outcome`."""
    if outcome.repeats_document is not None:
        return DocumentState.DUPLICATE
    if outcome.state is OrderState.HELD:
        return DocumentState.HELD
    return DocumentState.POSTED


def waiting_change(desk: Desk, origin: str, order: AnyOrder) -> int | None:
    """Return the document that was to change `order` before it came (reliability E, order)."""
    return taken_for(desk, origin, order)


def keep_waiting(desk: Desk, document_id: int, error: Exception) -> None:
    """Let a change that could not follow its order wait for a person, who is told why."""
    message = f"its order has come, but the change can't follow it: {error}"
    hold_book.explain(desk.post.conn, document_id, f"{message}. Release it then, or reject it")
