"""What follows an order: confirmations, shipments, box codes and receiving; and carts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_PLACE = ("name", "street", "city", "state", "postal_code", "country")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _orders()
    _boxes()
    _stock()
    _shipments()
    _aliases()
    _moves()
    _direct()
    _acknowledgements()


def _orders() -> None:
    for column in (
        sa.Column("truck_date", sa.Date()),
        sa.Column("customer_po", sa.String(length=80)),
        sa.Column("carrier", sa.String(length=80)),
        sa.Column("fee_percent", sa.BigInteger()),
        sa.Column("location", sa.String(length=200)),
        sa.Column(
            "transfer", sa.String(length=20), nullable=False, server_default="not transferred"
        ),
        sa.Column("transfer_reason", sa.Text()),
        sa.Column("transfer_told", sa.String(length=20)),
        sa.Column("approved_by", sa.String(length=80)),
        sa.Column("approved_at", sa.String(length=32)),
        sa.Column("expires_at", sa.String(length=32)),
        sa.Column("rate", sa.BigInteger()),
        sa.Column("rate_currency", sa.String(length=3)),
        sa.Column("amended", sa.Text()),
    ):
        op.add_column("orders", column)
    op.create_index("ix_orders_truck_date", "orders", ["truck_date"])
    for name, where in (
        ("failed", "transfer = 'failed'"),
        ("told", "transfer_told IS NOT NULL"),
    ):
        op.create_index(
            f"ix_orders_transfer_{name}",
            "orders",
            ["id"],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_index(
        "ix_orders_expires_at",
        "orders",
        ["expires_at"],
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_index(
        "ix_documents_message",
        "documents",
        ["partner", "control"],
        sqlite_where=sa.text("kind = 'axerrio_order'"),
        postgresql_where=sa.text("kind = 'axerrio_order'"),
    )
    op.execute("UPDATE orders SET truck_date = ship_date")
    for column in (
        sa.Column("progress", sa.String(length=20), nullable=False, server_default="pending"),
        sa.Column("confirmed", sa.BigInteger()),
        sa.Column("backordered", sa.BigInteger()),
        sa.Column("confirmed_price", sa.BigInteger()),
        sa.Column("confirmed_ship_date", sa.Date()),
        sa.Column("shipped", sa.BigInteger()),
        sa.Column("split_from", KEY),
        sa.Column("is_checked_out", sa.Boolean()),
        sa.Column("own_words", sa.Text()),
    ):
        op.add_column("order_lines", column)
    op.create_index(
        "ix_order_lines_prebook_line_id",
        "order_lines",
        ["prebook_line_id"],
        sqlite_where=sa.text("prebook_line_id IS NOT NULL"),
        postgresql_where=sa.text("prebook_line_id IS NOT NULL"),
    )


def _boxes() -> None:
    for column in (
        sa.Column("state", sa.String(length=12), nullable=False, server_default="allotted"),
        sa.Column("shipment_id", KEY),
        sa.Column("lot_number", sa.String(length=20)),
        sa.Column("rack", sa.String(length=10)),
        sa.Column("received_at", sa.String(length=32)),
        sa.Column("external_code", sa.String(length=20)),
    ):
        op.add_column("boxes", column)
    op.create_index(
        "ix_boxes_external_code",
        "boxes",
        ["external_code"],
        sqlite_where=sa.text("external_code IS NOT NULL"),
        postgresql_where=sa.text("external_code IS NOT NULL"),
    )
    op.create_index("ix_boxes_shipment_id", "boxes", ["shipment_id"])
    # Codes were counted by vendor; now a buyer of two vendors never meets one code twice.
    op.execute(
        "INSERT INTO sequences (name, last) SELECT 'box', MAX(last) FROM sequences"
        " WHERE name LIKE 'box:%' HAVING COUNT(*) > 0"
    )
    op.create_table(
        "former_box_codes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=False),
        sa.Column("box_id", KEY, nullable=False),
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrivals.id"], name=op.f("fk_former_box_codes_arrival_id")
        ),
        sa.ForeignKeyConstraint(["box_id"], ["boxes.id"], name=op.f("fk_former_box_codes_box_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_box_codes")),
    )
    op.create_index("ix_former_box_codes_arrival_id", "former_box_codes", ["arrival_id"])
    op.create_index("ix_former_box_codes_box_id", "former_box_codes", ["box_id"])
    op.create_index("ix_former_box_codes_vendor_code", "former_box_codes", ["vendor", "code"])


def _stock() -> None:
    for name in ("variety", "grade", "tag"):
        op.add_column("stock_lots", sa.Column(name, sa.Text()))
    op.add_column("stock_lots", sa.Column("codes", sa.Text()))
    op.add_column(
        "stock_lots",
        sa.Column("is_confirmed", sa.Boolean(), nullable=False, server_default=sa.text("true")),
    )
    op.create_index(
        "ix_stock_lots_staged",
        "stock_lots",
        ["vendor"],
        sqlite_where=sa.text("NOT is_confirmed"),
        postgresql_where=sa.text("NOT is_confirmed"),
    )
    op.add_column("stock_lots", sa.Column("cut_on", sa.String(length=10)))
    op.add_column(
        "stock_lots", sa.Column("change", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.add_column(
        "stock_lots", sa.Column("first_change", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.create_index("ix_stock_lots_vendor_change", "stock_lots", ["vendor", "change"])
    op.create_index("ix_stock_lots_vendor_as_of", "stock_lots", ["vendor", "as_of"])
    op.add_column("availability_feeds", sa.Column("told", sa.BigInteger()))
    op.add_column("availability_feeds", sa.Column("planned_at", sa.String(length=32)))
    op.add_column("availability_feeds", sa.Column("valid_until", sa.String(length=32)))
    op.add_column("availability_feeds", sa.Column("told_with", sa.String(length=64)))
    op.add_column("availability_feeds", sa.Column("begun", sa.BigInteger()))
    op.add_column("availability_feeds", sa.Column("full_at", sa.String(length=32)))
    op.drop_column("availability_feeds", "is_dirty")
    op.create_table(
        "connections_told",
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("buyer", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("vendor", "buyer", name=op.f("pk_connections_told")),
    )
    # Who trades already knows of its connections, and is told of changes alone.
    op.execute(
        "INSERT INTO sequences (name, last) SELECT 'connections traded', 1"
        " WHERE EXISTS (SELECT 1 FROM arrivals)"
    )
    # Stock from before changes were counted is what every buyer is told first.
    op.execute(
        "INSERT INTO sequences (name, last) SELECT DISTINCT 'change:' || vendor, 1 FROM stock_lots"
    )


def _shipments() -> None:
    op.create_table(
        "shipments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("buyer", sa.String(length=40), nullable=False),
        sa.Column("awb", sa.String(length=35), nullable=False),
        sa.Column("house_awb", sa.String(length=35), nullable=False, server_default=""),
        sa.Column("is_temporary", sa.Boolean(), nullable=False),
        sa.Column("temporary_awb", sa.String(length=35)),
        sa.Column("ship_date", sa.Date(), nullable=False),
        sa.Column("arrival_date", sa.Date()),
        sa.Column("carrier", sa.String(length=60)),
        sa.Column("haul_status", sa.String(length=16)),
        sa.Column("haul_status_at", sa.String(length=16)),
        sa.Column("completed_at", sa.String(length=32)),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrivals.id"], name=op.f("fk_shipments_arrival_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_shipments_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
    )
    op.create_index("ix_shipments_arrival_id", "shipments", ["arrival_id"])
    op.create_index("ix_shipments_buyer_awb", "shipments", ["buyer", "awb"])
    op.create_index("ix_shipments_vendor_ship_date", "shipments", ["vendor", "ship_date"])


def _aliases() -> None:
    """What orders taught of vendors' words for products."""
    op.create_table(
        "vendor_aliases",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("description", sa.String(length=400), nullable=False),
        sa.Column("product", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrivals.id"], name=op.f("fk_vendor_aliases_arrival_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_vendor_aliases_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_aliases")),
        sa.UniqueConstraint("vendor", "key", name=op.f("uq_vendor_aliases_vendor_key")),
    )
    op.create_index("ix_vendor_aliases_arrival_id", "vendor_aliases", ["arrival_id"])


def _moves() -> None:
    op.create_table(
        "moves",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY),
        sa.Column("entity", sa.String(length=20), nullable=False),
        sa.Column("entity_id", KEY, nullable=False),
        sa.Column("before", sa.String(length=24)),
        sa.Column("after", sa.String(length=24), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["arrival_id"], ["arrivals.id"], name=op.f("fk_moves_arrival_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
    )
    op.create_index("ix_moves_arrival_id", "moves", ["arrival_id"])
    op.create_index("ix_moves_entity", "moves", ["entity", "entity_id"])


def _direct() -> None:
    """Places of direct shipments, and the files for truck lines."""
    places = (sa.Column(name, sa.String(length=200)) for name in _PLACE)
    op.create_table(
        "ship_tos",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=False),
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("buyer", sa.String(length=40), nullable=False),
        sa.Column("customer", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        *places,
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrivals.id"], name=op.f("fk_ship_tos_arrival_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ship_tos")),
        sa.UniqueConstraint("vendor", "buyer", "code", name=op.f("uq_ship_tos_vendor_buyer_code")),
    )
    op.create_index("ix_ship_tos_arrival_id", "ship_tos", ["arrival_id"])
    op.create_table(
        "manifests",
        sa.Column("id", KEY, nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("batch", sa.String(length=20), nullable=False),
        sa.Column("carrier_date", sa.Date(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifests")),
        sa.UniqueConstraint("partner", "batch", name=op.f("uq_manifests_partner_batch")),
    )
    op.create_table(
        "manifest_boxes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("manifest_id", KEY, nullable=False),
        sa.Column("box_id", KEY, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False, server_default="sent"),
        sa.Column("message", sa.Text()),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["manifests.id"], name=op.f("fk_manifest_boxes_manifest_id")
        ),
        sa.ForeignKeyConstraint(["box_id"], ["boxes.id"], name=op.f("fk_manifest_boxes_box_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest_boxes")),
    )
    op.create_index("ix_manifest_boxes_manifest_id", "manifest_boxes", ["manifest_id"])
    op.create_index("ix_manifest_boxes_box_id", "manifest_boxes", ["box_id"])


def _acknowledgements() -> None:
    """What partners said of our files, and holds on those that they refused."""
    for column in (
        sa.Column("sender", sa.String(length=20)),
        sa.Column("interchange_control", sa.Integer()),
        sa.Column("group_control", sa.Integer()),
        sa.Column("acknowledgement", sa.String(length=24)),
        sa.Column("due_at", sa.String(length=32)),
        sa.Column("order_id", KEY),
    ):
        op.add_column("outgoing", column)
    for name, columns in (
        ("group_control", ["partner", "group_control"]),
        ("interchange_control", ["partner", "interchange_control"]),
        ("due_at", ["due_at"]),
        ("order_id", ["order_id"]),
    ):
        op.create_index(
            f"ix_outgoing_{name}",
            "outgoing",
            columns,
            sqlite_where=sa.text(f"{name} IS NOT NULL"),
            postgresql_where=sa.text(f"{name} IS NOT NULL"),
        )
    with op.batch_alter_table("holds") as holds:
        holds.alter_column("arrival_id", existing_type=KEY, nullable=True)
        holds.add_column(sa.Column("outgoing_id", KEY))
    op.create_index("ix_holds_outgoing_id", "holds", ["outgoing_id"])
    op.create_index("ix_holds_place_partner", "holds", ["place", "partner"])
