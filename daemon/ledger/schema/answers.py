"""Files that go out, and the counters that number them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
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
    # By what a partner's acknowledgement names an X12 file: our id in it, ISA13 and GS06. None of
    # what nobody acknowledges.
    Column("sender", String(20)),
    Column("interchange_control", Integer),
    Column("group_control", Integer),
    # What the partner said of it; None where nothing was said and nothing is waited for.
    Column("acknowledgement", String(24)),
    # When an acknowledgement is overdue; None once it has come, or was missed.
    Column("due_at", Moment),
    # The order that this file brings to its vendor; None of every other file.
    Column("order_id", Key),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("ix_outgoing_state", "state", "id"),
    Index(
        "ix_outgoing_group_control",
        "partner",
        "group_control",
        sqlite_where=text("group_control IS NOT NULL"),
        postgresql_where=text("group_control IS NOT NULL"),
    ),
    Index(
        "ix_outgoing_interchange_control",
        "partner",
        "interchange_control",
        sqlite_where=text("interchange_control IS NOT NULL"),
        postgresql_where=text("interchange_control IS NOT NULL"),
    ),
    Index(
        "ix_outgoing_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_outgoing_order_id",
        "order_id",
        sqlite_where=text("order_id IS NOT NULL"),
        postgresql_where=text("order_id IS NOT NULL"),
    ),
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
