"""What people ask about prebooks: whose, for which day, of which order. Only reads.

A prebook is made in three ways: by the transfer of an order (it stands in the books of the vendor,
with the buyer as its customer), by a buyer that names a vendor, or by a vendor's own system.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from daemon.ledger import schema
from daemon.ledger.states import LineState
from formats.records import Document

_DOCUMENTS: TypeAdapter[Document] = TypeAdapter(Document)
_orders, _lines, _docs = schema.orders.c, schema.order_lines.c, schema.documents.c
TRANSFERRED, OTHERS = "vendor_prebook", "prebook"


class Made(StrEnum):
    """How a prebook came to be."""

    TRANSFER = "transfer"
    """Of a buyer's order, in the vendor's books (domain 5.2 step 3)."""
    BUYER = "buyer"
    """By a buyer that names the vendor (8.3)."""
    SYSTEM = "system"
    """By the vendor's own system, with its order (8.2)."""


@dataclass(frozen=True, slots=True)
class PrebookLine:
    """One line of a prebook; `accepted` and `confirmed` are in `unit_type`."""

    line: str
    product: str | None
    description: str | None
    upc: str | None
    quantity: Decimal
    accepted: Decimal
    confirmed: Decimal | None
    unit_type: str | None
    box_type: str | None
    unit_price: Decimal | None
    state: str
    progress: str
    is_unknown: bool = False
    """Whether its vendor has no word of its own for the product; whoever has the tables says it."""


@dataclass(frozen=True, slots=True)
class PrebookRow:
    """One prebook with its lines.

    `customer` buys of the vendor: of a transferred order the buyer, whose order number is then the
    `customer_po`; `final_customer` is the buyer's own.
    """

    id: int
    made: Made
    vendor: str | None
    customer: str | None
    customer_po: str | None
    final_customer: str | None
    number: str
    truck_date: date | None
    ship_date: date | None
    ship_via: str
    carrier: str | None
    location: str | None
    currency: str | None
    state: str
    is_test: bool
    transfer: str | None
    """How far its order is on its way to the vendor; None where none was transferred."""
    created_at: datetime
    lines: tuple[PrebookLine, ...] = ()


def prebooks(
    conn: Connection,
    *,
    customer: str | None = None,
    buyers: Collection[str] = (),
    truck_date: date | None = None,
    customer_po: str | None = None,
    vendor: str | None = None,
    state: str | None = None,
    limit: int,
) -> list[PrebookRow]:
    """Return prebooks, newest first, that fit everything that is asked (domain 5.2 step 3).

    `customer` is part of a name or code, in any case, and `buyers` are the partners that it may
    mean by their titles; the others are exact.
    """
    where: list[ColumnElement[bool]] = [_orders.kind.in_([TRANSFERRED, OTHERS])]
    is_transferred = _orders.kind == TRANSFERRED
    if customer is not None:
        said = customer.casefold()
        where.append(
            or_(
                func.lower(_orders.customer).contains(said, autoescape=True),
                func.lower(_orders.buyer).contains(said, autoescape=True),
                _orders.buyer.in_(list(buyers)),
            )
        )
    if customer_po is not None:
        own = and_(~is_transferred, _orders.customer_po == customer_po)
        where.append(or_(and_(is_transferred, _orders.number == customer_po), own))
    for column, asked in (
        (_orders.truck_date, truck_date),
        (_orders.vendor, vendor),
        (_orders.state, state),
    ):
        if asked is not None:
            where.append(column == asked)
    query = (
        select(schema.orders, _docs.record)
        .join(schema.documents, _docs.id == _orders.document_id)
        .where(*where)
        .order_by(_orders.id.desc())
        .limit(limit)
    )
    found = conn.execute(query).all()
    transfers = _transfers(conn, [row.id for row in found])
    lines = _lines_of(conn, {row.id: _upcs(row.amended or row.record) for row in found})
    return [_row(row, transfers.get(row.id), lines.get(row.id, ())) for row in found]


def _row(row: Any, transfer: str | None, lines: Iterable[PrebookLine]) -> PrebookRow:
    is_transferred = row.kind == TRANSFERRED
    made = Made.TRANSFER
    if not is_transferred:
        made = Made.BUYER if row.origin == row.buyer else Made.SYSTEM
    return PrebookRow(
        *(row.id, made, row.vendor),
        customer=row.buyer,
        customer_po=row.number if is_transferred else row.customer_po,
        final_customer=row.customer,
        number=row.number,
        truck_date=row.truck_date,
        ship_date=row.ship_date,
        ship_via=row.ship_via,
        carrier=row.carrier,
        location=row.location,
        currency=row.currency,
        state=row.state,
        is_test=row.is_test,
        transfer=transfer if is_transferred else None,
        created_at=row.created_at,
        lines=tuple(lines),
    )


def _transfers(conn: Connection, prebooks: list[int]) -> dict[int, str]:
    """Return how far the orders of transferred prebooks are on their way."""
    query = select(_orders.prebook_id, _orders.transfer).where(
        _orders.prebook_id.in_(prebooks), _orders.kind == "purchase_order"
    )
    return {int(key): str(transfer) for key, transfer in conn.execute(query)}


def _upcs(record: str | None) -> dict[int, str]:
    """Return the UPC of each line of a record, by its number; none past retention."""
    if record is None:
        return {}
    lines = getattr(_DOCUMENTS.validate_json(record), "lines", ())
    return {line.line: line.gtin for line in lines if getattr(line, "gtin", None)}


def _lines_of(conn: Connection, upcs: dict[int, dict[int, str]]) -> dict[int, list[PrebookLine]]:
    """Return the lines that the vendor has ever been asked for, by prebook."""
    query = (
        select(schema.order_lines)
        .where(_lines.order_id.in_(list(upcs)), _lines.state != LineState.REFUSED.value)
        .order_by(_lines.order_id, _lines.line)
    )
    found: dict[int, list[PrebookLine]] = {}
    for row in conn.execute(query):
        line = PrebookLine(
            line=row.reference,
            product=row.product,
            description=row.description,
            upc=upcs[row.order_id].get(row.line),
            quantity=row.quantity,
            accepted=row.accepted,
            confirmed=row.confirmed,
            unit_type=row.unit_type,
            box_type=row.box_type,
            unit_price=row.unit_price,
            state=row.state,
            progress=row.progress,
        )
        found.setdefault(row.order_id, []).append(line)
    return found
