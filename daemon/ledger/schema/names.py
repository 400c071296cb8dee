"""What was learnt of partners' words, beside what people write into the mapping tables."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint

from daemon.ledger.schema.base import arrival_key, metadata
from daemon.ledger.types import Key, Moment

MOST_KEY = 400
"""Characters of a description that are compared."""

# A vendor's words for a product of ours, from an order that named it by code (domain A-04); `key`
# is the description as it is compared (`daemon.mapping.rows.description_key`).
vendor_aliases = Table(
    "vendor_aliases",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(),
    Column("document_id", Key, ForeignKey("documents.id"), nullable=False),
    Column("vendor", String(40), nullable=False),
    Column("key", String(MOST_KEY), nullable=False),
    Column("description", String(MOST_KEY), nullable=False),
    Column("product", String(60), nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("vendor", "key"),
)
