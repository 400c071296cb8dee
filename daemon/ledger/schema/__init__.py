"""The tables of the ledger.

Every state is text and changes only as `daemon.ledger.states` allows; order comes from the integer
key; every row traces to the arrival that made it.
"""

from daemon.ledger.schema.answers import (
    outgoing,
    outgoing_bodies,
    sequences,
)
from daemon.ledger.schema.base import metadata
from daemon.ledger.schema.costs import (
    awb_charges,
    landed_costs,
)
from daemon.ledger.schema.files import (
    arrivals,
    documents,
    findings,
    holds,
    interchanges,
    mapping_sets,
    refusals,
    remote_files,
    tables_in_use,
)
from daemon.ledger.schema.names import MOST_KEY, vendor_aliases
from daemon.ledger.schema.stock import (
    availability_feeds,
    connections_told,
    stock_lots,
    stock_reservations,
)
from daemon.ledger.schema.trade import (
    boxes,
    former_box_codes,
    invoice_lines,
    invoices,
    manifest_boxes,
    manifests,
    moves,
    order_lines,
    orders,
    ship_tos,
    shipments,
)

__all__ = [
    "MOST_KEY",
    "arrivals",
    "availability_feeds",
    "awb_charges",
    "boxes",
    "connections_told",
    "documents",
    "findings",
    "former_box_codes",
    "holds",
    "interchanges",
    "invoice_lines",
    "invoices",
    "landed_costs",
    "manifest_boxes",
    "manifests",
    "mapping_sets",
    "metadata",
    "moves",
    "order_lines",
    "orders",
    "outgoing",
    "outgoing_bodies",
    "refusals",
    "remote_files",
    "sequences",
    "ship_tos",
    "shipments",
    "stock_lots",
    "stock_reservations",
    "tables_in_use",
    "vendor_aliases",
]
