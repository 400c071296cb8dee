"""An order of a vendor's Axerrio system is the same order, whatever body it came in (domain 8.2).

What the system of a vendor sends is a sale of that vendor, which its buyer approves or doesn't. So
an order that was read from rows, Florecom XML, X12, EDIFACT or JSON of the network's API becomes
what one of `floral.order/1` is: an `AxerrioOrder`, with the prebook and the purchase order that are
made of it. This is the only place that knows of the difference.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from daemon.config import Partner, Role
from formats.documents import ReadDocument
from formats.identify import Format
from formats.records import AxerrioOrder, Body, OrderLine, PurchaseOrder, copy_of

_BODIES = {
    Format.JSON: Body.API,
    Format.XML: Body.FLORECOM,
    Format.DELIMITED: Body.TABLE,
    Format.XLSX: Body.TABLE,
    Format.X12: Body.X12,
    Format.EDIFACT: Body.EDIFACT,
}
_NAMED = (Body.FLORECOM,)
"""Bodies whose documents have an id of their message; control numbers say nothing of an order."""
_HASH = 12
_SHARED = set(PurchaseOrder.model_fields) & set(AxerrioOrder.model_fields) - {"kind", "lines"}


def of_system(
    origin: Partner, document: ReadDocument, form: Format, *, at: datetime
) -> ReadDocument:
    """Return a document as its sender means it; `at` is when it came, for what has no time.

    A buyer's prebook stays one: it is refused to whoever buys nothing. Only `prebook.create` of the
    network's API is how a vendor's system orders.
    """
    order = document.record
    if not speaks_for_vendor(origin) or not isinstance(order, PurchaseOrder):
        return document
    body = _BODIES[form]
    if order.is_prebook and (body is not Body.API or document.control):
        return document
    return replace(document, record=_sale(origin, order, document, body, at))


def speaks_for_vendor(origin: Partner) -> bool:
    """Whether what a partner orders is what its vendor has sold; who buys itself, orders so."""
    return origin.has(Role.AXERRIO) and not origin.has(Role.BUYER)


def _sale(
    origin: Partner, order: PurchaseOrder, document: ReadDocument, body: Body, at: datetime
) -> AxerrioOrder:
    said = {name: getattr(order, name) for name in _SHARED}
    lines = order.lines
    if body is Body.TABLE:
        lines = tuple(_own_code(line) for line in lines)
    return AxerrioOrder(
        **said,
        lines=lines,
        message_id=_message_id(order, document, body),
        created_at=at,
        sender=origin.name,
        receiver=order.buyer.code or order.buyer.name or "",
        body=body,
    )


def _message_id(order: PurchaseOrder, document: ReadDocument, body: Body) -> str:
    """Return what tells the sending of an order from others: the id of its message, where it has
    one, else its number with a digest of what it says.
    """
    if body in _NAMED and document.control:
        return document.control
    return f"{order.number}-{document.digest[:_HASH]}"


def _own_code(line: OrderLine) -> OrderLine:
    """Return a line of rows, which have one column for codes: the sender's own, the seller's."""
    own = copy_of(line)
    if own.seller_item is None:
        own.seller_item, own.buyer_item = own.buyer_item, None
    return own
