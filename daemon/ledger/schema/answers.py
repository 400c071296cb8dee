"""Files that go out, and the counters that number them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
)

from daemon.ledger.schema.base import arrival_key, metadata
from daemon.ledger.types import Key, Moment

outgoing = Table(
    "outgoing",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(nullable=True),
    Column("document_id", Key, ForeignKey("documents.id")),
    Column("partner", String(40), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("name", String(120), nullable=False, unique=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("is_answer", Boolean, nullable=False),
    Column("state", String(12), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("ix_outgoing_state", "state", "id"),
)

# Apart from its row, because SQLite writes a whole row anew whenever its state changes.
outgoing_bodies = Table(
    "outgoing_bodies",
    metadata,
    Column("outgoing_id", Key, ForeignKey("outgoing.id"), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

sequences = Table(
    "sequences",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("last", BigInteger, nullable=False),
)
