"""Orders, boxes, shipments and invoices, and every change of their states."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
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

orders = Table(
    "orders",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(),
    Column("document_id", Key, ForeignKey("documents.id"), nullable=False, index=True),
    Column("kind", String(24), nullable=False),
    Column("origin", String(40), nullable=False),
    Column("number", String(22), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("buyer", String(40)),
    Column("vendor", String(40)),
    Column("customer", String(200)),
    Column("ship_date", Date),
    # When the goods leave for the customer: the truck date, else the ship date (domain 1).
    Column("truck_date", Date, index=True),
    Column("ship_via", String(12), nullable=False),
    Column("currency", String(3)),
    Column("is_test", Boolean, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("state", String(20), nullable=False),
    Column("prebook_id", Key),
    Column("customer_po", String(80)),
    # Our own code of the carrier that takes the goods; None where nobody named one that is known.
    Column("carrier", String(80)),
    Column("location", String(200)),
    Column("transfer", String(20), nullable=False, server_default="not transferred"),
    # Why the order has not reached its vendor; and of which state of that its buyer was told.
    Column("transfer_reason", Text),
    Column("transfer_told", String(20)),
    Column("approved_by", String(80)),
    Column("approved_at", Moment),
    # A cart's stock is given back then (K-41).
    Column("expires_at", Moment),
    # What one unit of the order's currency is in the buyer's, fixed with the order (K-82).
    # Ten decimals, as many as a row of rates.csv may have.
    Column("rate", Exact(10)),
    Column("rate_currency", String(3)),
    # What the network takes of its goods, in per cent, because its API created it.
    Column("fee_percent", Exact),
    # The order's record after changes of its sender; None while it is as its document says.
    Column("amended", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("origin", "kind", "number", "revision"),
    Index("ix_orders_number", "number"),
    Index("ix_orders_state", "state"),
    # Few orders fail to reach their vendor, and the timer asks for those every few seconds.
    Index(
        "ix_orders_transfer_failed",
        "id",
        sqlite_where=text("transfer = 'failed'"),
        postgresql_where=text("transfer = 'failed'"),
    ),
    Index(
        "ix_orders_transfer_told",
        "id",
        sqlite_where=text("transfer_told IS NOT NULL"),
        postgresql_where=text("transfer_told IS NOT NULL"),
    ),
    # Few orders are carts, and the timer asks for those every few seconds.
    Index(
        "ix_orders_expires_at",
        "expires_at",
        sqlite_where=text("expires_at IS NOT NULL"),
        postgresql_where=text("expires_at IS NOT NULL"),
    ),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("id", Key, primary_key=True),
    Column("order_id", Key, ForeignKey("orders.id"), nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("reference", String(20), nullable=False),
    Column("description", Text),
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
    Column("progress", String(20), nullable=False, server_default="pending"),
    Column("confirmed", Exact),
    # What the vendor will ship later, or has not decided about; neither confirmed nor refused.
    Column("backordered", Exact),
    # Price and ship date as the vendor confirmed them, where it said any.
    Column("confirmed_price", Exact),
    Column("confirmed_ship_date", Date),
    # Partner by whose word its answer stands: the vendor, or a buyer that answers for it.
    Column("answered_by", String(40)),
    Column("shipped", Exact),
    # The line that this one was cut off from by a short shipment (P-30).
    Column("split_from", Key),
    Column("is_checked_out", Boolean),
    # What the buyer keeps otherwise in its own books alone, as JSON (K-92).
    Column("own_words", Text),
    UniqueConstraint("order_id", "line"),
    # Few lines are made of a prebook's or a purchase's, and whoever asks for those asks by it.
    Index(
        "ix_order_lines_prebook_line_id",
        "prebook_line_id",
        sqlite_where=text("prebook_line_id IS NOT NULL"),
        postgresql_where=text("prebook_line_id IS NOT NULL"),
    ),
)

boxes = Table(
    "boxes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("code", String(20), nullable=False),
    Column("vendor", String(40), nullable=False),
    Column("order_line_id", Key, ForeignKey("order_lines.id"), nullable=False, index=True),
    Column("sequence", Integer, nullable=False),
    Column("state", String(12), nullable=False, server_default="allotted"),
    Column("shipment_id", Key, index=True),
    Column("lot_number", String(20)),
    Column("rack", String(10)),
    Column("received_at", Moment),
    # A second code that scans as the first does and changes nothing of it (L-09).
    Column("external_code", String(20)),
    UniqueConstraint("vendor", "code"),
    Index(
        "ix_boxes_external_code",
        "external_code",
        sqlite_where=text("external_code IS NOT NULL"),
        postgresql_where=text("external_code IS NOT NULL"),
    ),
)

# Codes that a box had before: an old label still scans, and no code is ever used twice (L-06).
former_box_codes = Table(
    "former_box_codes",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(),
    Column("box_id", Key, ForeignKey("boxes.id"), nullable=False, index=True),
    Column("vendor", String(40), nullable=False),
    Column("code", String(20), nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_former_box_codes_vendor_code", "vendor", "code"),
)

# Places that direct shipments go to, as the vendor knows them (domain 6). `customer` is the buyer's
# code, or the name where it has none.
ship_tos = Table(
    "ship_tos",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(),
    Column("vendor", String(40), nullable=False),
    Column("buyer", String(40), nullable=False),
    Column("customer", String(80), nullable=False),
    Column("code", String(80), nullable=False),
    Column("name", String(200)),
    Column("street", String(200)),
    Column("city", String(200)),
    Column("state", String(200)),
    Column("postal_code", String(200)),
    Column("country", String(200)),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("vendor", "buyer", "code"),
)

# Files for truck lines, and the boxes in them; `status` is what the truck line answered.
manifests = Table(
    "manifests",
    metadata,
    Column("id", Key, primary_key=True),
    Column("partner", String(40), nullable=False),
    Column("batch", String(20), nullable=False),
    Column("carrier_date", Date, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("partner", "batch"),
)

manifest_boxes = Table(
    "manifest_boxes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("manifest_id", Key, ForeignKey("manifests.id"), nullable=False, index=True),
    Column("box_id", Key, ForeignKey("boxes.id"), nullable=False, index=True),
    Column("code", String(20), nullable=False),
    Column("status", String(20), nullable=False, server_default="sent"),
    Column("message", Text),
)

shipments = Table(
    "shipments",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(),
    Column("document_id", Key, ForeignKey("documents.id"), nullable=False),
    Column("vendor", String(40), nullable=False),
    Column("buyer", String(40), nullable=False),
    Column("awb", String(35), nullable=False),
    Column("house_awb", String(35), nullable=False, server_default=""),
    Column("is_temporary", Boolean, nullable=False),
    # Which one we made where none was sent; goods are still found by it (W-04).
    Column("temporary_awb", String(35)),
    Column("ship_date", Date, nullable=False),
    Column("arrival_date", Date),
    Column("carrier", String(60)),
    # What the truck line said last of the goods, and when that was, by the clock of the place.
    Column("haul_status", String(16)),
    Column("haul_status_at", String(16)),
    # When its buyer said that it has all its charges (W-05); None while it is not completed.
    Column("completed_at", Moment),
    Column("state", String(12), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Index("ix_shipments_buyer_awb", "buyer", "awb"),
    Index("ix_shipments_vendor_ship_date", "vendor", "ship_date"),
)

# `record` is the invoice as it was matched, so that it can be shown and sent when its document is
# past retention; `digest` is of what its vendor said.
invoices = Table(
    "invoices",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(),
    Column("document_id", Key, ForeignKey("documents.id"), nullable=False),
    Column("order_id", Key, ForeignKey("orders.id"), index=True),
    Column("vendor", String(40), nullable=False),
    Column("buyer", String(40), nullable=False),
    Column("number", String(35), nullable=False),
    Column("type", String(8), nullable=False),
    Column("refers_to", String(35)),
    Column("revision", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("invoice_date", Date, nullable=False),
    Column("due_date", Date),
    Column("amount", Exact, nullable=False),
    # The network's transaction fee on the goods that it bills; it is not part of the amount.
    Column("fee", Exact),
    Column("currency", String(3)),
    Column("state", String(24), nullable=False),
    Column("approved_by", String(80)),
    Column("approved_at", Moment),
    # Why the buyer's own system did not take it.
    Column("reason", Text),
    Column("record", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("vendor", "number"),
    Index("ix_invoices_buyer_number", "buyer", "number"),
)

# What an invoice bills of an order line, in the line's own unit.
invoice_lines = Table(
    "invoice_lines",
    metadata,
    Column("id", Key, primary_key=True),
    Column("invoice_id", Key, ForeignKey("invoices.id"), nullable=False, index=True),
    Column("line", Integer, nullable=False),
    Column("order_line_id", Key, ForeignKey("order_lines.id"), nullable=False, index=True),
    Column("quantity", Exact, nullable=False),
)

# Every change of state: what, from, to, why. `arrival_id` is None where a person or a timer did it.
moves = Table(
    "moves",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(nullable=True),
    Column("entity", String(20), nullable=False),
    Column("entity_id", Key, nullable=False),
    Column("before", String(24)),
    Column("after", String(24), nullable=False),
    Column("cause", String(200), nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_moves_entity", "entity", "entity_id"),
)
