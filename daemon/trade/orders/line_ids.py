"""What we call the lines of an order: the ids that its vendor's system gets, and sends back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from daemon.ledger.schema import order_lines, orders
from daemon.trade.desk import Desk


@dataclass(frozen=True, slots=True)
class OrderIds:
    """Our ids of an order: `lines` has those of its lines and of their prebook's, by reference."""

    prebook: int | None
    approved_by: str | None
    lines: dict[str, tuple[int, int | None]]


def ids_of(desk: Desk, order_id: int) -> OrderIds:
    """Return our ids of an order of the books; of a prebook its lines are their own."""
    desk.post.flush()
    conn = desk.post.conn
    head = select(orders.c.kind, orders.c.prebook_id, orders.c.approved_by)
    kind, prebook, by = conn.execute(head.where(orders.c.id == order_id)).one()
    query = select(order_lines.c.reference, order_lines.c.id, order_lines.c.prebook_line_id)
    rows = conn.execute(query.where(order_lines.c.order_id == order_id)).all()
    if kind == "prebook":
        return OrderIds(order_id, by, {row.reference: (row.id, row.id) for row in rows})
    return OrderIds(prebook, by, {row.reference: (row.id, row.prebook_line_id) for row in rows})
