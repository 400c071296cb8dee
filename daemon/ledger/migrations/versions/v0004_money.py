"""What goods cost in the end: invoices, charges of air waybills, landed costs.

And which mapping tables each host uses, for a start that finds its files spoilt.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _invoices()
    _costs()
    _tables()
    # What is on sale already has no age until its vendor names it again.
    op.add_column("stock_lots", sa.Column("counted_on", sa.String(length=10)))
    op.add_column("order_lines", sa.Column("answered_by", sa.String(length=40)))


def _invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("order_id", KEY),
        sa.Column("vendor", sa.String(length=40), nullable=False),
        sa.Column("buyer", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=35), nullable=False),
        sa.Column("type", sa.String(length=8), nullable=False),
        sa.Column("refers_to", sa.String(length=35)),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("invoice_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date()),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("fee", sa.BigInteger()),
        sa.Column("currency", sa.String(length=3)),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("approved_by", sa.String(length=80)),
        sa.Column("approved_at", sa.String(length=32)),
        sa.Column("reason", sa.Text()),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrivals.id"], name=op.f("fk_invoices_arrival_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_invoices_document_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_invoices_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("vendor", "number", name=op.f("uq_invoices_vendor_number")),
    )
    op.create_index("ix_invoices_arrival_id", "invoices", ["arrival_id"])
    op.create_index("ix_invoices_order_id", "invoices", ["order_id"])
    op.create_index("ix_invoices_buyer_number", "invoices", ["buyer", "number"])
    op.create_table(
        "invoice_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("order_line_id", KEY, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_lines_invoice_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_invoice_lines_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_lines")),
    )
    op.create_index("ix_invoice_lines_invoice_id", "invoice_lines", ["invoice_id"])
    op.create_index("ix_invoice_lines_order_line_id", "invoice_lines", ["order_line_id"])


def _costs() -> None:
    """Real charges of air waybills, and the landed cost of their goods."""
    op.create_table(
        "awb_charges",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=False),
        sa.Column("document_id", KEY, nullable=False),
        sa.Column("shipment_id", KEY, nullable=False),
        sa.Column("house_awb", sa.String(length=35), nullable=False, server_default=""),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3)),
        sa.Column("rate", sa.BigInteger()),
        sa.Column("basis", sa.String(length=8)),
        sa.Column("reference", sa.String(length=35)),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("approved_by", sa.String(length=80)),
        sa.Column("approved_at", sa.String(length=32)),
        sa.Column("reason", sa.Text()),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrivals.id"], name=op.f("fk_awb_charges_arrival_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_awb_charges_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_awb_charges_shipment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awb_charges")),
    )
    op.create_index("ix_awb_charges_arrival_id", "awb_charges", ["arrival_id"])
    op.create_index("ix_awb_charges_shipment_id", "awb_charges", ["shipment_id"])
    per_box = ("units_per_box", "unit_cost", "freight", "handling", "duties", "truck", "extras")
    op.create_table(
        "landed_costs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("arrival_id", KEY, nullable=False),
        sa.Column("shipment_id", KEY, nullable=False),
        sa.Column("order_line_id", KEY, nullable=False),
        sa.Column("boxes", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        *(sa.Column(name, sa.BigInteger()) for name in per_box),
        sa.Column("box_landed", sa.BigInteger()),
        sa.Column("unit_landed", sa.BigInteger()),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["arrival_id"], ["arrivals.id"], name=op.f("fk_landed_costs_arrival_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_landed_costs_shipment_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_landed_costs_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_landed_costs")),
        sa.UniqueConstraint(
            "shipment_id", "order_line_id", name=op.f("uq_landed_costs_shipment_id_order_line_id")
        ),
    )
    op.create_index("ix_landed_costs_arrival_id", "landed_costs", ["arrival_id"])
    op.create_index("ix_landed_costs_order_line_id", "landed_costs", ["order_line_id"])


def _tables() -> None:
    op.create_table(
        "tables_in_use",
        sa.Column("host", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("updated_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["hash"], ["mapping_sets.hash"], name=op.f("fk_tables_in_use_hash")
        ),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_tables_in_use")),
    )
