"""Carts in the books: which are open, and which are over by the clock (K-41)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, RowMapping, select

from daemon.ledger.schema import order_lines, orders
from daemon.ledger.states import LineProgress, LineState, OrderState

OPEN = (OrderState.DRAFT.value, OrderState.APPROVED.value)
"""A cart of which something is checked out is an approved order; the rest of it may still end."""
_GONE = (LineState.REFUSED.value, LineState.CANCELLED.value)


@dataclass(frozen=True, slots=True)
class CartLine:
    """One line of an open cart; `held` counts `unit`s that nobody else can buy."""

    line: str
    product: str | None
    description: str | None
    held: Decimal
    unit: str
    is_checked_out: bool


@dataclass(frozen=True, slots=True)
class Cart:
    """An open cart."""

    id: int
    number: str
    buyer: str | None
    vendor: str | None
    customer: str | None
    state: str
    ends_at: datetime
    lines: tuple[CartLine, ...] = ()


def due_carts(conn: Connection, now: datetime) -> list[tuple[int, str]]:
    """Return the key and the sender of every cart that is over at `now`, the oldest first."""
    table = orders.c
    query = (
        select(table.id, table.origin)
        .where(
            table.expires_at <= now,
            table.state.in_(OPEN),
            table.kind == "purchase_order",
        )
        .order_by(table.expires_at, table.id)
    )
    return [(row.id, row.origin) for row in conn.execute(query)]


def open_carts(conn: Connection) -> list[Cart]:
    """Return every cart that holds something nobody has checked out, the first to end first."""
    table = orders.c
    query = (
        select(
            *(table.id, table.number, table.buyer, table.vendor, table.customer),
            *(table.state, table.expires_at.label("ends_at")),
        )
        .where(table.expires_at.is_not(None), table.state.in_(OPEN), table.kind == "purchase_order")
        .order_by(table.expires_at, table.id)
    )
    rows = [row._mapping for row in conn.execute(query)]
    lines = _lines(conn, [row["id"] for row in rows])
    found = (Cart(**row, lines=tuple(lines.get(row["id"], ()))) for row in rows)
    return [cart for cart in found if any(not line.is_checked_out for line in cart.lines)]


def _lines(conn: Connection, keys: list[int]) -> dict[int, list[CartLine]]:
    table = order_lines.c
    query = (
        select(order_lines)
        .where(
            table.order_id.in_(keys),
            table.state.not_in(_GONE),
            table.progress != LineProgress.CANCELLED.value,
        )
        .order_by(table.order_id, table.line)
    )
    found: dict[int, list[CartLine]] = {}
    for row in conn.execute(query):
        found.setdefault(row.order_id, []).append(_line(row._mapping))
    return found


def _line(row: RowMapping) -> CartLine:
    return CartLine(
        line=row["reference"],
        product=row["product"],
        description=row["description"],
        held=row["accepted"],
        unit=row["unit_type"] or "Box",
        is_checked_out=bool(row["is_checked_out"]),
    )
