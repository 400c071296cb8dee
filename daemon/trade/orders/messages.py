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
from formats.records import AxerrioOrder

_TAKEN = [
    state.value for state in (DocumentState.POSTED, DocumentState.HELD, DocumentState.DUPLICATE)
]


def other_with_id(desk: Desk, origin: str, order: AnyOrder) -> str | None:
    """Return the number of another order that came under the message id of `order`, or None.

    One that was refused does not count: its sender mends it and sends it again.
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
    digest = content_digest(order)
    for row in desk.post.conn.execute(query):
        if content_digest(AxerrioOrder.model_validate_json(row.record)) != digest:
            return str(row.number)
    return None
