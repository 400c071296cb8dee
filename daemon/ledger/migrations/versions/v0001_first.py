"""The first ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "arrivals",
        sa.Column("id", KEY, nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("inode", sa.BigInteger(), nullable=False),
        sa.Column("ctime_ns", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("spool", sa.String(length=80), nullable=True),
        sa.Column("completeness", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("replays", sa.Integer(), server_default="0", nullable=False),
        sa.Column("format", sa.String(length=12), nullable=True),
        sa.Column("reason_code", sa.String(length=60), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("original_id", KEY, nullable=True),
        sa.Column("mapping_hash", sa.String(length=64), nullable=True),
        sa.Column("version", sa.String(length=20), nullable=True),
        sa.Column("is_seen", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
        sa.UniqueConstraint(
            "partner",
            "name",
            "inode",
            "ctime_ns",
            "sha256",
            name=op.f("uq_arrivals_partner_name_inode_ctime_ns_sha256"),
        ),
    )
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.create_index("ix_arrivals_partner_sha256", ["partner", "sha256"], unique=False)
        batch_op.create_index("ix_arrivals_state_partner", ["state", "partner", "id"], unique=False)

    op.create_table(
        "availability_feeds",
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("buyer", sa.String(length=40), nullable=False),
        sa.Column("is_dirty", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("vendor", "buyer", name=op.f("pk_availability_feeds")),
    )
    op.create_table(
        "mapping_sets",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("files", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_mapping_sets")),
    )
    op.create_table(
        "refusals",
        sa.Column("id", KEY, nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("inode", sa.BigInteger(), nullable=False),
        sa.Column("ctime_ns", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusals")),
        sa.UniqueConstraint(
            "partner",
            "name",
            "inode",
            "ctime_ns",
            "code",
            name=op.f("uq_refusals_partner_name_inode_ctime_ns_code"),
        ),
    )
    op.create_table(
        "sequences",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sequences")),
    )
    op.create_table(
        "documents",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("control", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("addressee", sa.String(length=20), nullable=True),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrivals.id"], name=op.f("fk_documents_arrival_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_arrival_id"), ["arrival_id"], unique=False)
        batch_op.create_index("ix_documents_number", ["number"], unique=False)
        batch_op.create_index("ix_documents_state", ["state", "id"], unique=False)

    op.create_table(
        "interchanges",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrivals.id"], name=op.f("fk_interchanges_arrival_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interchanges")),
        sa.UniqueConstraint("key", name=op.f("uq_interchanges_key")),
    )
    with op.batch_alter_table("interchanges", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_interchanges_arrival_id"), ["arrival_id"], unique=False
        )

    op.create_table(
        "stock_lots",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=False),
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("source_key", sa.String(length=600), nullable=False),
        sa.Column("source_code", sa.String(length=200), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("available_from", sa.String(length=10), nullable=False),
        sa.Column("available_to", sa.String(length=10), nullable=True),
        sa.Column("post_harvest", sa.String(length=20), nullable=False),
        sa.Column("location", sa.String(length=80), nullable=False),
        sa.Column("product", sa.String(length=60), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("unit_type", sa.String(length=8), nullable=True),
        sa.Column("box_type_code", sa.String(length=20), nullable=True),
        sa.Column("box_type", sa.String(length=20), nullable=True),
        sa.Column("bunches_per_box", sa.Integer(), nullable=True),
        sa.Column("stems_per_bunch", sa.Integer(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("color", sa.Text(), nullable=True),
        sa.Column("unit_cost", sa.BigInteger(), nullable=True),
        sa.Column("cost_unit", sa.String(length=8), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("bought", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrivals.id"], name=op.f("fk_stock_lots_arrival_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_lots")),
        sa.UniqueConstraint(
            "vendor",
            "source_key",
            "available_from",
            "post_harvest",
            "location",
            name=op.f("uq_stock_lots_vendor_source_key_available_from_post_harvest_location"),
        ),
    )
    with op.batch_alter_table("stock_lots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_lots_arrival_id"), ["arrival_id"], unique=False)
        batch_op.create_index("ix_stock_lots_vendor_product", ["vendor", "product"], unique=False)

    op.create_table(
        "findings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrivals.id"], name=op.f("fk_findings_arrival_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_findings_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_findings_arrival_id"), ["arrival_id"], unique=False)

    op.create_table(
        "holds",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("lot_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("vendor", sa.String(length=40), nullable=True),
        sa.Column("mapping_kind", sa.String(length=20), nullable=True),
        sa.Column("source_code", sa.String(length=200), nullable=True),
        sa.Column("source_description", sa.Text(), nullable=True),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=200), server_default="", nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrivals.id"], name=op.f("fk_holds_arrival_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_holds_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holds_arrival_id"), ["arrival_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_holds_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_holds_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index("ix_holds_state_kind", ["state", "kind"], unique=False)

    op.create_table(
        "orders",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=22), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("buyer", sa.String(length=40), nullable=True),
        sa.Column("vendor", sa.String(length=40), nullable=True),
        sa.Column("customer", sa.String(length=200), nullable=True),
        sa.Column("ship_date", sa.Date(), nullable=True),
        sa.Column("ship_via", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("prebook_id", KEY, nullable=True),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrivals.id"], name=op.f("fk_orders_arrival_id")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_orders_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint(
            "origin",
            "kind",
            "number",
            "revision",
            name=op.f("uq_orders_origin_kind_number_revision"),
        ),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_arrival_id"), ["arrival_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_document_id"), ["document_id"], unique=False)
        batch_op.create_index("ix_orders_number", ["number"], unique=False)
        batch_op.create_index("ix_orders_state", ["state"], unique=False)

    op.create_table(
        "outgoing",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=True),
        sa.Column("document_id", KEY, nullable=True),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("is_answer", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrivals.id"], name=op.f("fk_outgoing_arrival_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_outgoing_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
        sa.UniqueConstraint("name", name=op.f("uq_outgoing_name")),
    )
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_arrival_id"), ["arrival_id"], unique=False)
        batch_op.create_index("ix_outgoing_state", ["state", "id"], unique=False)

    op.create_table(
        "outgoing_bodies",
        sa.Column("outgoing_id", KEY, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outgoing_id"], ["outgoing.id"], name=op.f("fk_outgoing_bodies_outgoing_id")
        ),
        sa.PrimaryKeyConstraint("outgoing_id", name=op.f("pk_outgoing_bodies")),
    )
    op.create_table(
        "order_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("source_code", sa.String(length=200), nullable=True),
        sa.Column("product", sa.String(length=60), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("unit_type", sa.String(length=8), nullable=True),
        sa.Column("box_type", sa.String(length=20), nullable=True),
        sa.Column("bunches_per_box", sa.Integer(), nullable=True),
        sa.Column("stems_per_bunch", sa.Integer(), nullable=True),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("price_unit", sa.String(length=8), nullable=True),
        sa.Column("prebook_line_id", KEY, nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint("order_id", "line", name=op.f("uq_order_lines_order_id_line")),
    )
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_lines_order_id"), ["order_id"], unique=False)

    op.create_table(
        "boxes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("order_line_id", KEY, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_boxes_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boxes")),
        sa.UniqueConstraint("vendor", "code", name=op.f("uq_boxes_vendor_code")),
    )
    with op.batch_alter_table("boxes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_boxes_order_line_id"), ["order_line_id"], unique=False)

    op.create_table(
        "stock_reservations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("lot_id", KEY, nullable=False),
        sa.Column("order_line_id", KEY, nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["stock_lots.id"], name=op.f("fk_stock_reservations_lot_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_stock_reservations_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_reservations")),
    )
    with op.batch_alter_table("stock_reservations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_reservations_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_stock_reservations_order_line_id"), ["order_line_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("stock_reservations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stock_reservations_order_line_id"))
        batch_op.drop_index(batch_op.f("ix_stock_reservations_lot_id"))

    op.drop_table("stock_reservations")
    with op.batch_alter_table("boxes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_boxes_order_line_id"))

    op.drop_table("boxes")
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_lines_order_id"))

    op.drop_table("order_lines")
    op.drop_table("outgoing_bodies")
    with op.batch_alter_table("outgoing", schema=None) as batch_op:
        batch_op.drop_index("ix_outgoing_state")
        batch_op.drop_index(batch_op.f("ix_outgoing_arrival_id"))

    op.drop_table("outgoing")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_state")
        batch_op.drop_index("ix_orders_number")
        batch_op.drop_index(batch_op.f("ix_orders_document_id"))
        batch_op.drop_index(batch_op.f("ix_orders_arrival_id"))

    op.drop_table("orders")
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.drop_index("ix_holds_state_kind")
        batch_op.drop_index(batch_op.f("ix_holds_lot_id"))
        batch_op.drop_index(batch_op.f("ix_holds_document_id"))
        batch_op.drop_index(batch_op.f("ix_holds_arrival_id"))

    op.drop_table("holds")
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_findings_arrival_id"))

    op.drop_table("findings")
    with op.batch_alter_table("stock_lots", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_lots_vendor_product")
        batch_op.drop_index(batch_op.f("ix_stock_lots_arrival_id"))

    op.drop_table("stock_lots")
    with op.batch_alter_table("interchanges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interchanges_arrival_id"))

    op.drop_table("interchanges")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index("ix_documents_state")
        batch_op.drop_index("ix_documents_number")
        batch_op.drop_index(batch_op.f("ix_documents_arrival_id"))

    op.drop_table("documents")
    op.drop_table("sequences")
    op.drop_table("refusals")
    op.drop_table("mapping_sets")
    op.drop_table("availability_feeds")
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.drop_index("ix_arrivals_state_partner")
        batch_op.drop_index("ix_arrivals_partner_sha256")

    op.drop_table("arrivals")
