"""The tables of the ledger.

Every state is text and changes only as `daemon.ledger.states` allows; order comes from the integer
key; every row traces to the arrival that made it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from daemon.ledger.types import Exact, Key, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _arrival(*, nullable: bool = False) -> Column[int]:
    return Column("arrival_id", Key, ForeignKey("arrivals.id"), nullable=nullable, index=True)


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
    _arrival(),
    Column("key", String(120), nullable=False, unique=True),
    Column("digest", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Key, primary_key=True),
    _arrival(),
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
)

findings = Table(
    "findings",
    metadata,
    Column("id", Key, primary_key=True),
    _arrival(),
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
    _arrival(),
    Column("document_id", Key, ForeignKey("documents.id"), index=True),
    Column("lot_id", Key, index=True),
    Column("kind", String(24), nullable=False),
    Column("partner", String(40), nullable=False),
    Column("vendor", String(40)),
    Column("mapping_kind", String(20)),
    Column("source_code", String(200)),
    Column("source_description", String(400)),
    Column("line", Integer),
    Column("place", String(200), nullable=False, server_default=""),
    Column("message", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("ix_holds_state_kind", "state", "kind"),
)

orders = Table(
    "orders",
    metadata,
    Column("id", Key, primary_key=True),
    _arrival(),
    Column("document_id", Key, ForeignKey("documents.id"), nullable=False, index=True),
    Column("kind", String(24), nullable=False),
    Column("origin", String(40), nullable=False),
    Column("number", String(22), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("buyer", String(40)),
    Column("vendor", String(40)),
    Column("customer", String(200)),
    Column("ship_date", Date),
    Column("ship_via", String(12), nullable=False),
    Column("currency", String(3)),
    Column("is_test", Boolean, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("prebook_id", Key),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("origin", "kind", "number", "revision"),
    Index("ix_orders_number", "number"),
    Index("ix_orders_state", "state"),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("id", Key, primary_key=True),
    Column("order_id", Key, ForeignKey("orders.id"), nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("reference", String(20), nullable=False),
    Column("description", String(400)),
    Column("source_code", String(200)),
    Column("product", String(60)),
    Column("quantity", Exact, nullable=False),
    Column("accepted", Exact, nullable=False),
    Column("unit_type", String(8)),
    Column("box_type", String(20)),
    Column("bunches_per_box", Integer),
    Column("stems_per_bunch", Integer),
    Column("unit_price", Exact),
    Column("price_unit", String(8)),
    Column("prebook_line_id", Key),
    Column("state", String(20), nullable=False),
    Column("reason", Text),
    UniqueConstraint("order_id", "line"),
)

boxes = Table(
    "boxes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code", String(20), nullable=False),
    Column("vendor", String(40), nullable=False),
    Column("order_line_id", Key, ForeignKey("order_lines.id"), nullable=False, index=True),
    Column("sequence", Integer, nullable=False),
    UniqueConstraint("vendor", "code"),
)

stock_lots = Table(
    "stock_lots",
    metadata,
    Column("id", Key, primary_key=True),
    _arrival(),
    Column("vendor", String(40), nullable=False),
    Column("source_key", String(400), nullable=False),
    Column("source_code", String(200)),
    Column("description", String(400)),
    Column("available_from", String(10), nullable=False),
    Column("available_to", String(10)),
    Column("post_harvest", String(20), nullable=False),
    Column("location", String(20), nullable=False),
    Column("product", String(60)),
    Column("unit", String(20), nullable=False),
    Column("unit_type", String(8)),
    Column("box_type_code", String(20)),
    Column("box_type", String(20)),
    Column("bunches_per_box", Integer),
    Column("stems_per_bunch", Integer),
    Column("category", String(200)),
    Column("color", String(200)),
    Column("unit_cost", Exact),
    Column("cost_unit", String(8)),
    Column("currency", String(3)),
    # Six places: stems are sold out of boxes, and a stem of a box has no end of decimals.
    Column("published", Exact(6), nullable=False),
    Column("bought", Exact(6), nullable=False),
    Column("as_of", Moment),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("vendor", "source_key", "available_from", "post_harvest", "location"),
    Index("ix_stock_lots_vendor_product", "vendor", "product"),
)

stock_reservations = Table(
    "stock_reservations",
    metadata,
    Column("id", Key, primary_key=True),
    Column("lot_id", Key, ForeignKey("stock_lots.id"), nullable=False, index=True),
    Column("order_line_id", Key, ForeignKey("order_lines.id"), nullable=False, index=True),
    Column("units", Exact(6), nullable=False),
)

availability_feeds = Table(
    "availability_feeds",
    metadata,
    Column("vendor", String(40), primary_key=True),
    Column("buyer", String(40), primary_key=True),
    Column("is_dirty", Boolean, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

outgoing = Table(
    "outgoing",
    metadata,
    Column("id", Key, primary_key=True),
    _arrival(nullable=True),
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

mapping_sets = Table(
    "mapping_sets",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("files", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)
