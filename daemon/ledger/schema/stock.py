"""Stock on sale, what is taken of it, and what buyers were told."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from daemon.ledger.schema.base import arrival_key, metadata
from daemon.ledger.types import Exact, Key, Moment

stock_lots = Table(
    "stock_lots",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(),
    Column("vendor", String(40), nullable=False),
    Column("source_key", String(600), nullable=False),
    Column("source_code", String(200)),
    # What else it goes by, best first, a line each: other item codes, VBN codes.
    Column("codes", Text),
    Column("description", Text),
    Column("available_from", String(10), nullable=False),
    Column("available_to", String(10)),
    Column("post_harvest", String(20), nullable=False),
    Column("location", String(80), nullable=False),
    Column("product", String(60)),
    Column("unit", String(20), nullable=False),
    Column("unit_type", String(8)),
    Column("box_type_code", String(20)),
    Column("box_type", String(20)),
    Column("bunches_per_box", Integer),
    Column("stems_per_bunch", Integer),
    Column("category", Text),
    Column("color", Text),
    Column("variety", Text),
    Column("grade", Text),
    Column("tag", Text),
    Column("unit_cost", Exact),
    Column("cost_unit", String(8)),
    Column("currency", String(3)),
    # Six places: stems are sold out of boxes, and a stem of a box has no end of decimals.
    Column("published", Exact(6), nullable=False),
    Column("bought", Exact(6), nullable=False),
    Column("as_of", Moment),
    # Whether it is on sale; else it is staged (M-12). One that was once is so for its product.
    Column("is_confirmed", Boolean, nullable=False, server_default=text("true")),
    # The day it was cut, as ISO text; age counts from it (K-20).
    Column("cut_on", String(10)),
    # The vendor's day on which a file of it named the lot last, as ISO text; age counts from it
    # where nobody says when it was cut.
    Column("counted_on", String(10)),
    # Counts on with every change of a vendor's stock, so that a view knows what it has not told.
    Column("change", BigInteger, nullable=False, server_default="0"),
    # The change that brought the lot: a buyer who was told less than that has never heard of it.
    Column("first_change", BigInteger, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("vendor", "source_key", "available_from", "post_harvest", "location"),
    Index("ix_stock_lots_vendor_product", "vendor", "product"),
    Index("ix_stock_lots_vendor_change", "vendor", "change"),
    Index("ix_stock_lots_vendor_as_of", "vendor", "as_of"),
    # Few lots are staged, and every file of their vendor asks for them.
    Index(
        "ix_stock_lots_staged",
        "vendor",
        sqlite_where=text("NOT is_confirmed"),
        postgresql_where=text("NOT is_confirmed"),
    ),
)

stock_reservations = Table(
    "stock_reservations",
    metadata,
    Column("id", Key, primary_key=True),
    Column("lot_id", Key, ForeignKey("stock_lots.id"), nullable=False, index=True),
    Column("order_line_id", Key, ForeignKey("order_lines.id"), nullable=False, index=True),
    Column("units", Exact(6), nullable=False),
)

# What each buyer was told of each vendor; no row where it knows of nothing.
# What both sides of each connection were told of it last (K-09).
connections_told = Table(
    "connections_told",
    metadata,
    Column("vendor", String(40), primary_key=True),
    Column("buyer", String(40), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("updated_at", Moment, nullable=False),
)

availability_feeds = Table(
    "availability_feeds",
    metadata,
    Column("vendor", String(40), primary_key=True),
    Column("buyer", String(40), primary_key=True),
    # Up to which change of the vendor's stock; None until the first full file.
    Column("told", BigInteger),
    # The moment whose ship days it was told, and when they may be others.
    Column("planned_at", Moment),
    Column("valid_until", Moment),
    # Fingerprint of the settings and tables that it was told with.
    Column("told_with", String(64)),
    # Up to which change it is being told in several files; None where nothing was cut off.
    Column("begun", BigInteger),
    # When it was told everything.
    Column("full_at", Moment),
    Column("updated_at", Moment, nullable=False),
)
