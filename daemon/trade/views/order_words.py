"""Words of orders that the network has no word for; for people, who may map them (domain 9.1).

It reads the books and changes nothing, and nothing waits for what it finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pydantic import TypeAdapter
from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import func, select

from daemon.ledger.schema import documents, orders
from daemon.ledger.states import OrderState
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from daemon.mapping.terms import Wording
from formats.records import AxerrioOrder, PurchaseOrder

MOST_ORDERS = 2000
"""Of the newest so many it is looked what they say."""
_LOOKED_AT = (
    *(OrderState.HELD, OrderState.DRAFT, OrderState.PENDING_APPROVAL),
    *(OrderState.APPROVED, OrderState.CONFIRMED, OrderState.REJECTED),
)
_ORDERS: TypeAdapter[PurchaseOrder | AxerrioOrder] = TypeAdapter(PurchaseOrder | AxerrioOrder)
_KINDS = tuple(each.model_fields["kind"].default for each in (PurchaseOrder, AxerrioOrder))


@dataclass(frozen=True, slots=True)
class OrderWord:
    """A word of `partner` that no row maps, and in how many of its orders it stands."""

    kind: Kind
    partner: str
    text: str
    orders: int


def unknown_order_words(
    conn: DatabaseConnection, tables: Tables, today: date, partner: str | None = None
) -> list[OrderWord]:
    """Return the words of orders that are not over, by kind and partner.

    Of those that were refused it is their locations.
    """
    found: Counter[tuple[Kind, str, str]] = Counter()
    for origin, vendor, state, said in _said(conn, partner):
        wording = Wording(tables, origin, vendor, today)
        found.update(
            (term.kind, origin, term.text)
            for term in wording.unknown(said)
            # A location is what an order may have been refused for; it is sent again once mapped.
            if state != OrderState.REJECTED.value or term.kind is Kind.LOCATIONS
        )
    places = {kind: at for at, kind in enumerate(Kind)}
    ordered = sorted(found.items(), key=lambda each: (places[each[0][0]], each[0][1:]))
    return [OrderWord(*key, orders=count) for key, count in ordered]


def _said(
    conn: DatabaseConnection, partner: str | None
) -> Iterator[tuple[str, str | None, str, PurchaseOrder | AxerrioOrder]]:
    """Yield who sent an order, its vendor, its state, and what it says in its sender's words."""
    order, text = orders.c, func.coalesce(orders.c.amended, documents.c.record)
    query = (
        select(order.origin, order.vendor, order.state, text)
        .join(documents, documents.c.id == order.document_id)
        .where(
            order.state.in_([each.value for each in _LOOKED_AT]),
            documents.c.kind.in_(_KINDS),
            text.is_not(None),
        )
        .order_by(order.id.desc())
        .limit(MOST_ORDERS)
    )
    if partner is not None:
        query = query.where(order.origin == partner)
    seen: set[str] = set()
    for origin, vendor, state, said in conn.execute(query):
        # A prebook and the order that is made with it say the same, in the same document.
        if said not in seen:
            seen.add(said)
            yield origin, vendor, state, _ORDERS.validate_json(said)
