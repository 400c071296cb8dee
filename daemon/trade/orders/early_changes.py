"""What came to change an order before the order itself; it waits for it (reliability E, order).

The newest says what is to be, so an older one for the same order waits no more. An order is known
by its vendor too (domain 2.4): one that names another vendor goes on waiting for its own.
"""

from __future__ import annotations

from sqlalchemy import select

from daemon.ledger import holds as hold_book
from daemon.ledger import schema
from daemon.ledger.documents import set_state
from daemon.ledger.holds import HoldKind
from daemon.ledger.states import DocumentState, HoldState
from daemon.trade.desk import Desk
from daemon.trade.outcome import OrderOutcome
from formats.records import AxerrioOrder, PurchaseOrder

AnyOrder = PurchaseOrder | AxerrioOrder


def wait(desk: Desk, draft: OrderOutcome) -> int | None:
    """Let a change wait for its order; return the older document that waits for it no more."""
    vendor = draft.vendor.name if draft.vendor else None
    waiting = _waiting(desk).setdefault(waits_as(draft.origin.name, draft.order), {})
    older = waiting.get(vendor)
    waiting[vendor] = draft.document_id
    if older is None or older == draft.document_id:
        return None
    _supersede(desk, older)
    return older


def taken_for(desk: Desk, origin: str, order: AnyOrder) -> int | None:
    """Return the document that was to change `order` before it came, once."""
    waiting = _waiting(desk).get(waits_as(origin, order))
    if not waiting:
        return None
    desk.post.flush()
    table = schema.orders.c
    newest = select(table.vendor).where(table.origin == origin, table.number == order.number)
    vendor = desk.post.conn.execute(newest.order_by(table.id.desc()).limit(1)).scalar()
    return waiting.pop(vendor, None) or waiting.pop(None, None)


def waits_as(origin: str, order: AnyOrder) -> tuple[str, str]:
    """Return how a change and its order find each other; tests and real orders never do (P-29)."""
    return origin, f"test order {order.number}" if order.is_test else f"order {order.number}"


def _waiting(desk: Desk) -> dict[tuple[str, str], dict[str | None, int]]:
    """Return the documents that wait for an order to change it; the newest for each vendor."""
    if desk.changes_waiting is None:
        desk.post.flush()
        found = desk.changes_waiting = {}
        for each in hold_book.open_holds(desk.post.conn, [HoldKind.NO_ORIGINAL]):
            if each.document_id is not None:
                waiting = found.setdefault((each.partner, each.place), {})
                older = waiting.get(each.vendor)
                if older is not None:
                    _supersede(desk, older)
                waiting[each.vendor] = each.document_id
    return desk.changes_waiting


def _supersede(desk: Desk, document_id: int) -> None:
    """End what a document waited for: a newer one says what is to be."""
    desk.post.flush()
    waiting = [each.id for each in hold_book.of_document(desk.post.conn, document_id)]
    hold_book.end(desk.post.conn, waiting, HoldState.SUPERSEDED)
    set_state(desk.post, document_id, DocumentState.SUPERSEDED)
