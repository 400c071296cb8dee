"""Files that came, what was read in them, and what waits for a person."""

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
    Text,
    UniqueConstraint,
    text,
)

from daemon.ledger.schema.base import arrival_key, metadata
from daemon.ledger.types import Key, Moment

arrivals = Table(
    "arrivals",
    metadata,
    Column("id", Key, primary_key=True),
    Column("partner", String(40), nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("ctime_ns", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("data", LargeBinary),
    Column("spool", String(80)),
    Column("completeness", String(12), nullable=False),
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("replays", Integer, nullable=False, server_default="0"),
    Column("format", String(12)),
    Column("reason_code", String(60)),
    Column("reason", Text),
    Column("original_id", Key),
    Column("mapping_hash", String(64)),
    Column("version", String(20)),
    Column("is_seen", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    # One file in one place at one time: a crash between ledger row and unlink finds its row again.
    # A later drop of the same bytes has another ctime, which no client can set.
    UniqueConstraint("partner", "name", "inode", "ctime_ns", "sha256"),
    Index("ix_arrivals_partner_sha256", "partner", "sha256"),
    Index("ix_arrivals_state_partner", "state", "partner", "id"),
)

refusals = Table(
    "refusals",
    metadata,
    Column("id", Key, primary_key=True),
    Column("partner", String(40), nullable=False),
    Column("name", LargeBinary, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("ctime_ns", BigInteger, nullable=False),
    Column("code", String(60), nullable=False),
    Column("message", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("partner", "name", "inode", "ctime_ns", "code"),
)

interchanges = Table(
    "interchanges",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(),
    Column("key", String(120), nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(),
    Column("partner", String(40), nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("number", String(64), nullable=False),
    Column("control", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("addressee", String(20)),
    Column("record", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("ix_documents_number", "number"),
    Index("ix_documents_state", "state", "id"),
    # Only orders of this kind are looked up by their message id.
    Index(
        "ix_documents_message",
        "partner",
        "control",
        sqlite_where=text("kind = 'axerrio_order'"),
        postgresql_where=text("kind = 'axerrio_order'"),
    ),
)

findings = Table(
    "findings",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(),
    Column("document_id", Key, ForeignKey("documents.id")),
    Column("code", String(60), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("place", String(200), nullable=False),
    Column("message", Text, nullable=False),
)

holds = Table(
    "holds",
    metadata,
    Column("id", Key, primary_key=True),
    # None where what waits is a file of ours that no arrival caused.
    arrival_key(nullable=True),
    Column("document_id", Key, ForeignKey("documents.id"), index=True),
    Column("lot_id", Key, index=True),
    # A file for a partner that it refused, or never acknowledged.
    Column("outgoing_id", Key, index=True),
    Column("kind", String(24), nullable=False),
    Column("partner", String(40), nullable=False),
    Column("vendor", String(40)),
    Column("mapping_kind", String(20)),
    Column("source_code", String(200)),
    Column("source_description", Text),
    Column("line", Integer),
    Column("place", String(200), nullable=False, server_default=""),
    Column("message", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("ix_holds_state_kind", "state", "kind"),
    # What is refused every day is there once: the earlier ones about a thing are looked for.
    Index("ix_holds_place_partner", "place", "partner"),
)

remote_files = Table(
    "remote_files",
    metadata,
    # The key is the identity that its arrival has; it is never used again.
    Column("id", Key, primary_key=True),
    Column("partner", String(40), nullable=False),
    Column("path", LargeBinary, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mtime", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("partner", "path"),
)

mapping_sets = Table(
    "mapping_sets",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("files", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)

# Which of them each host worked with last; another host over the same ledger has tables of its own.
tables_in_use = Table(
    "tables_in_use",
    metadata,
    Column("host", String(64), primary_key=True),
    Column("hash", String(64), ForeignKey("mapping_sets.hash"), nullable=False),
    Column("updated_at", Moment, nullable=False),
)
