"""The messageId by which an Axerrio system tells its orders apart: the same one says the same.

A message that comes twice is answered as before (A-05, P4). One that has the id of another and says
something else is somebody's mistake, and waits for a person: to take it could order twice, to drop
it could lose an order.
"""

from __future__ import annotations

from sqlalchemy import literal_column, select

from daemon.ledger.schema import documents
from daemon.ledger.states import DocumentState
from daemon.trade.desk import Desk
from daemon.trade.orders.place import AnyOrder, content_digest
from formats.records import AxerrioOrder, Body

_TAKEN = [
    state.value for state in (DocumentState.POSTED, DocumentState.HELD, DocumentState.DUPLICATE)
]


def other_with_id(desk: Desk, origin: str, order: AnyOrder, arrival_id: int) -> str | None:
    """Return the number of another order that came under the message id of `order`, or None.

    One that was refused does not count: its sender mends it and sends it again. Nor do the other
    orders of a Florecom message, which may hold several.
    """
    if not isinstance(order, AxerrioOrder):
        return None
    desk.post.flush()
    table = documents.c
    query = (
        select(table.number, table.record)
        .where(
            # Written out, so that the small index for these documents alone is used.
            table.kind == literal_column("'axerrio_order'"),
            table.partner == origin,
            table.control == order.message_id,
            table.state.in_(_TAKEN),
            table.record.is_not(None),
        )
        .order_by(table.id)
    )
    if order.body is Body.FLORECOM:
        query = query.where(table.arrival_id != arrival_id)
    rows = desk.post.conn.execute(query).all()
    digest = content_digest(order)
    if any(content_digest(AxerrioOrder.model_validate_json(row.record)) == digest for row in rows):
        return None
    return str(rows[0].number) if rows else None
