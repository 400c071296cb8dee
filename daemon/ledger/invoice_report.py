"""Invoices for people: whose, over how much, how far, and every step on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Connection, select

from daemon.ledger import schema


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice; `revision` counts the changes of its vendor."""

    id: int
    number: str
    type: str
    refers_to: str | None
    vendor: str
    buyer: str
    order: str | None
    invoice_date: date
    due_date: date | None
    amount: Decimal
    fee: Decimal | None
    """The network's transaction fee, which is no part of the amount (A-08)."""
    currency: str | None
    state: str
    revision: int
    approved_by: str | None
    approved_at: datetime | None
    reason: str | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class InvoiceMove:
    """One step of an invoice; `before` is None for its first state."""

    at: datetime
    before: str | None
    after: str
    cause: str


_INVOICES, _ORDERS = schema.invoices.c, schema.orders.c


def invoices(
    conn: Connection,
    *,
    number: str | None = None,
    state: str | None = None,
    partner: str | None = None,
    vendor: str | None = None,
    limit: int,
) -> list[InvoiceRow]:
    """Return invoices, the newest first; `partner` is on either side."""
    query = (
        select(
            *(_INVOICES.id, _INVOICES.number, _INVOICES.type, _INVOICES.refers_to),
            *(_INVOICES.vendor, _INVOICES.buyer, _ORDERS.number.label("order")),
            *(_INVOICES.invoice_date, _INVOICES.due_date, _INVOICES.amount, _INVOICES.fee),
            _INVOICES.currency,
            *(_INVOICES.state, _INVOICES.revision, _INVOICES.approved_by, _INVOICES.approved_at),
            *(_INVOICES.reason, _INVOICES.updated_at),
        )
        .outerjoin(schema.orders, _ORDERS.id == _INVOICES.order_id)
        .order_by(_INVOICES.id.desc())
        .limit(limit)
    )
    if number is not None:
        query = query.where(_INVOICES.number == number)
    if state is not None:
        query = query.where(_INVOICES.state == state)
    if vendor is not None:
        query = query.where(_INVOICES.vendor == vendor)
    if partner is not None:
        query = query.where((_INVOICES.vendor == partner) | (_INVOICES.buyer == partner))
    return [InvoiceRow(**row) for row in conn.execute(query).mappings()]


def record_of(conn: Connection, invoice_id: int) -> str:
    """Return what an invoice says, as its buyer got it: JSON of `formats.invoices.Invoice`."""
    query = select(_INVOICES.record).where(_INVOICES.id == invoice_id)
    return str(conn.execute(query).scalar_one())


def moves(conn: Connection, invoice_id: int) -> list[InvoiceMove]:
    """Return the steps of an invoice, oldest first."""
    table = schema.moves.c
    query = (
        select(table.created_at, table.before, table.after, table.cause)
        .where(table.entity == "invoice", table.entity_id == invoice_id)
        .order_by(table.id)
    )
    return [InvoiceMove(*row) for row in conn.execute(query)]
