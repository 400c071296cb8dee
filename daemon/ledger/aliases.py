"""Vendors' words for products, as orders taught them (domain A-04, 9.4 step 3)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from daemon.ledger.schema import vendor_aliases


@dataclass(frozen=True, slots=True)
class AliasRow:
    """An alias; `key` is the description as it is compared."""

    vendor: str
    key: str
    description: str
    product: str
    arrival_id: int


def aliases(conn: Connection, vendor: str | None = None) -> list[AliasRow]:
    """Return what was learnt of a vendor's words, or of every vendor's, in order."""
    table = vendor_aliases.c
    query = select(table.vendor, table.key, table.description, table.product, table.arrival_id)
    if vendor is not None:
        query = query.where(table.vendor == vendor)
    return [AliasRow(*row) for row in conn.execute(query.order_by(table.vendor, table.id))]
