"""The prebook that a transferred order is in the books of its vendor (domain 5.2 step 3).

Over a connection that serves procurement the vendor's customer is the buyer, and the buyer's order
number is the prebook's customer PO. The prebook goes the way of its order from then on: its lines
are linked with the order's, so that whatever moves those moves these (`own_prebooks`, `standing`).
A cart is a sale of the vendor's own shop, a test is nothing (P-29), and what the vendor's own
system sold it has in its books already.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from daemon.ledger import schema
from daemon.ledger.documents import add_findings
from daemon.ledger.states import LineState, TransferState
from daemon.mapping.rows import Kind
from daemon.terms.connection import Modality
from daemon.trade.desk import Desk
from daemon.trade.orders.transfer import way_of
from daemon.trade.outcome import OrderOutcome
from formats.findings import warning

KIND = "vendor_prebook"
UNKNOWN_TO_VENDOR = "products.unknown_to_vendor"
MOST_NAMED = 10
_ORDERS, _LINES = schema.orders, schema.order_lines
_OVER = (LineState.REFUSED, LineState.CANCELLED)


@dataclass(frozen=True, slots=True)
class _Booked:
    """The rows of an order: those gathered in this posting, or those of the books."""

    order: dict[str, Any]
    lines: list[dict[str, Any]]
    is_gathered: bool


def book_prebook(desk: Desk, outcome: OrderOutcome) -> int | None:
    """Write the prebook of an order that goes to its vendor; return its key.

    None where the connection or the order is none of procurement, or the prebook is there.
    """
    if not _is_procurement(desk, outcome):
        return None
    booked = _booked(desk, outcome)
    if booked is None or booked.order["prebook_id"] is not None:
        return None
    if any(line["prebook_line_id"] is not None for line in booked.lines):
        # Of purchases of the vendor's shop that were put together.
        return None
    made = {"kind": KIND, "prebook_id": None, "transfer": TransferState.NOT_TRANSFERRED.value}
    key = desk.post.add(_ORDERS, _copy(booked.order) | made)
    links = {
        line["id"]: desk.post.add(_LINES, _copy(line) | {"order_id": key}) for line in booked.lines
    }
    _link(desk, booked, key, links)
    _say_unknown(desk, outcome)
    return key


def _is_procurement(desk: Desk, outcome: OrderOutcome) -> bool:
    way, order = way_of(desk, outcome), outcome.order
    if outcome.order_id is None or way is None or way.link is None:
        return False
    if order.is_test or order.cart is not None or way.origin != way.buyer.name:
        return False
    return way.link.serves(Modality.PROCUREMENT)


def _booked(desk: Desk, outcome: OrderOutcome) -> _Booked | None:
    """Return an order's rows; what is gathered is not written for it, which costs its batch."""
    key = outcome.order_id
    heads = desk.post.rows.get(_ORDERS.name, [])
    head = next((row for row in reversed(heads) if row["id"] == key), None)
    if head is not None:
        gathered = desk.post.rows.get(_LINES.name, [])
        lines = [row for row in gathered[-len(outcome.lines) :] if row["order_id"] == key]
        if len(lines) == len(outcome.lines):
            return _Booked(head, lines, is_gathered=True)
    desk.post.flush()
    conn = desk.post.conn
    found = conn.execute(select(_ORDERS).where(_ORDERS.c.id == key)).mappings().first()
    if found is None:
        return None
    of_order = select(_LINES).where(_LINES.c.order_id == key).order_by(_LINES.c.line)
    rows = [dict(row) for row in conn.execute(of_order).mappings()]
    return _Booked(dict(found), rows, is_gathered=False)


def _copy(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without what is its own."""
    return {name: value for name, value in row.items() if name not in ("id", "prebook_line_id")}


def _link(desk: Desk, booked: _Booked, key: int, links: dict[int, int]) -> None:
    """Let the order name its prebook, and each line the prebook's."""
    if booked.is_gathered:
        booked.order["prebook_id"] = key
        for line in booked.lines:
            line["prebook_line_id"] = links[line["id"]]
        return
    conn = desk.post.conn
    own = _ORDERS.c.id == booked.order["id"]
    conn.execute(update(_ORDERS).where(own).values(prebook_id=key))
    for line_key, made in links.items():
        conn.execute(update(_LINES).where(_LINES.c.id == line_key).values(prebook_line_id=made))
    desk.pasts.clear()


def _say_unknown(desk: Desk, outcome: OrderOutcome) -> None:
    """Say which products its vendor knows by no word of its own: they arrive as Unknown (step 5).

    The vendor reads our catalogue's code until a row of products.csv gives its own.
    """
    vendor = outcome.vendor
    if vendor is None:
        return
    products = dict.fromkeys(
        line.line.product
        for line in outcome.lines
        if line.line.product is not None and line.state not in _OVER
    )
    unknown = [each for each in products if not is_known(desk, vendor.name, each)]
    if not unknown:
        return
    named = ", ".join(unknown[:MOST_NAMED]) + (" and more" if len(unknown) > MOST_NAMED else "")
    text = (
        f"{vendor.name} knows {named} by no code or words of its own, so it reads ours; say what it"
        f" calls them with: k2kd map products {vendor.name} ITS-CODE {unknown[0]}"
    )
    add_findings(
        desk.post,
        [warning(UNKNOWN_TO_VENDOR, text)],
        arrival_id=outcome.arrival_id,
        document_id=outcome.document_id,
    )


def is_known(desk: Desk, vendor: str, product: str) -> bool:
    """Tell whether a row of products.csv says what a vendor calls a product of our catalogue."""
    return desk.tables.partner_code(Kind.PRODUCTS, vendor, product, desk.today) is not None
