"""How the rules judged the orders of a file: refused, or taken with something that isn't plain.

A file that could be read is not for that reason accepted (L-08): what its sender reads of it as a
whole follows from here. Orders that wait are known by the state of their document.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select

from daemon.ledger.posting import Posting
from daemon.ledger.schema import documents, order_lines, orders
from daemon.ledger.states import DocumentState, LineState, OrderState

_OF_SENDER = ("purchase_order", "prebook")
_OVER = (OrderState.CANCELLED.value, OrderState.REJECTED.value)


@dataclass(frozen=True, slots=True)
class Judged:
    """Documents of a file whose order was refused, and those of which not every line is accepted.

    A document counts once. One that only repeats an earlier one has no order of its own here.
    """

    refused: int = 0
    partly: int = 0


def judged(post: Posting, arrival_id: int, document_id: int | None = None) -> Judged:
    """Return how the orders of an arrival were judged, or those of one document of it."""
    post.flush()
    is_plain = order_lines.c.state == LineState.ACCEPTED.value
    is_refused = orders.c.state == OrderState.REJECTED.value
    query = (
        select(
            func.max(case((is_refused, 1), else_=0)).label("refused"),
            func.max(case((orders.c.state.in_(_OVER) | is_plain, 0), else_=1)).label("partly"),
        )
        .select_from(documents)
        .join(orders, orders.c.document_id == documents.c.id)
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .where(
            documents.c.arrival_id == arrival_id,
            documents.c.state != DocumentState.HELD.value,
            orders.c.kind.in_(_OF_SENDER),
        )
        .group_by(documents.c.id)
    )
    if document_id is not None:
        query = query.where(documents.c.id == document_id)
    found = post.conn.execute(query).all()
    refused = sum(row.refused for row in found)
    return Judged(refused, sum(row.partly for row in found if not row.refused))
