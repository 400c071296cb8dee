"""Notices to a buyer of orders that have not reached their vendor, and of their end (domain 13).

The buyer is told once that a transfer failed, and once more when the order is there after all; not
why, for that is of files between us and the vendor, and the operator's to mend. An order that ended
meanwhile is told of no more, nor is a test (P-29).
"""

from __future__ import annotations

from sqlalchemy import Row, select, update

from daemon.ledger import schema
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import OrderState, TransferState
from daemon.trade.desk import Desk
from formats.notices import Notice, Reader, write_notice

_ORDERS = schema.orders
_OVER = (OrderState.CANCELLED.value, OrderState.REJECTED.value)
FAILED, REACHED = "transfer.failed", "transfer.reached"


def transfer_notices(desk: Desk, order_id: int) -> list[OutgoingFile]:
    """Return what the buyer of an order is told of its transfer now, and note that it was told."""
    query = select(_ORDERS).where(_ORDERS.c.id == order_id)
    order = desk.post.conn.execute(query).one()
    has_failed = order.transfer == TransferState.FAILED.value
    told = order.transfer if has_failed else None
    if told == order.transfer_told:
        return []
    own = update(_ORDERS).where(_ORDERS.c.id == order_id)
    desk.post.conn.execute(own.values(transfer_told=told))
    buyer = desk.partner(order.buyer)
    if buyer is None or order.is_test or order.state in _OVER:
        return []
    body = write_notice(_notice(desk, order, has_failed=has_failed))
    return [OutgoingFile(buyer.name, "notice", order.number, "json", body, is_answer=False)]


def _notice(desk: Desk, order: Row[tuple[object, ...]], *, has_failed: bool) -> Notice:
    buyer, vendor = desk.partner(order.buyer), desk.partner(order.vendor)
    name = (vendor.title or vendor.name) if vendor else order.vendor or "its vendor"
    subject = f"Order {order.number}: has reached {name} after all"
    text = f"{name} has order {order.number} now. There is nothing to do."
    if has_failed:
        subject = f"Order {order.number}: has not reached {name}"
        text = (
            f"Order {order.number} could not be delivered to {name}, or was not taken there. The"
            " operator of the network sends it again under the same number; do not send it anew."
            " You are told when it is there. Where the goods are urgent, call the vendor."
        )
    return Notice(
        subject=subject,
        text=text,
        reader=Reader.PROCUREMENT,
        to=(),
        order=order.number,
        at=desk.post.at,
        lines=[],
        code=FAILED if has_failed else REACHED,
        buyer=(buyer.title or buyer.name) if buyer else order.buyer,
        vendor=name,
        customer=order.customer,
        ship_date=order.ship_date,
    )
