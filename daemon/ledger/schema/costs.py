"""What goods cost on their way: charges of air waybills, and the landed cost of their boxes."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from daemon.ledger.schema.base import arrival_key, metadata
from daemon.ledger.types import Exact, Key, Moment

COST_PLACES = 6
"""Decimals of a cost: a stem costs cents, and a landed cost isn't rounded before it is a price."""

# A charge is of all goods of its buyer that travel under the number, on the day, of `shipment_id`.
awb_charges = Table(
    "awb_charges",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(),
    Column("document_id", Key, ForeignKey("documents.id"), nullable=False),
    Column("shipment_id", Key, ForeignKey("shipments.id"), nullable=False, index=True),
    Column("house_awb", String(35), nullable=False, server_default=""),
    Column("kind", String(12), nullable=False),
    # In the buyer's currency; `said` is what was said, in `currency`, at `rate`.
    Column("amount", Exact, nullable=False),
    Column("said", Exact, nullable=False),
    Column("currency", String(3)),
    Column("rate", Exact(10)),
    Column("basis", String(8)),
    Column("reference", String(35)),
    Column("state", String(24), nullable=False),
    Column("approved_by", String(80)),
    Column("approved_at", Moment),
    Column("reason", Text),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)

# The landed cost of an order line's boxes on one waybill, per box but `unit_cost` and
# `unit_landed`. The parts are the estimates, as they were when the first real charge came.
landed_costs = Table(
    "landed_costs",
    metadata,
    Column("id", Key, primary_key=True),
    arrival_key(),
    Column("shipment_id", Key, ForeignKey("shipments.id"), nullable=False),
    Column("order_line_id", Key, ForeignKey("order_lines.id"), nullable=False),
    Column("boxes", Integer, nullable=False),
    Column("unit", String(8), nullable=False),
    Column("units_per_box", Exact(COST_PLACES)),
    Column("unit_cost", Exact(COST_PLACES)),
    Column("freight", Exact(COST_PLACES)),
    Column("handling", Exact(COST_PLACES)),
    Column("duties", Exact(COST_PLACES)),
    Column("truck", Exact(COST_PLACES)),
    Column("extras", Exact(COST_PLACES)),
    Column("box_landed", Exact(COST_PLACES)),
    Column("unit_landed", Exact(COST_PLACES)),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("shipment_id", "order_line_id"),
    Index("ix_landed_costs_order_line_id", "order_line_id"),
)
