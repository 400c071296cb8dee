"""The notice that a vendor's salesperson gets when a buyer checks out (domain 4.4 step 4).

It is a small file in the vendor's outbox, for the addresses of `notify_checkout_to`; without any
nobody asked for it, and the order alone tells the vendor.
"""

from __future__ import annotations

from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import LineState
from daemon.trade.desk import Desk
from daemon.trade.outcome import LineOutcome, OrderOutcome
from formats.notices import Notice, NoticeLine, Reader, write_notice
from formats.records import UnitType

_GONE = (LineState.REFUSED, LineState.CANCELLED)


def checkout_notices(desk: Desk, outcome: OrderOutcome) -> list[OutgoingFile]:
    """Return the notice of what a cart's file checked out; none of a test (P-29)."""
    theirs = outcome.for_vendor
    if theirs is None or theirs.vendor is None or theirs.buyer is None or theirs.order.is_test:
        return []
    link = desk.connection(theirs.vendor.name, theirs.buyer.name)
    lines = [each for each in theirs.lines if _is_out(each)]
    if link is None or not link.notify_checkout_to or not lines:
        return []
    body = write_notice(_notice(desk, theirs, link.notify_checkout_to, lines))
    number = theirs.order.number
    return [OutgoingFile(theirs.vendor.name, "notice", number, "json", body, is_answer=False)]


def _is_out(line: LineOutcome) -> bool:
    return line.line.is_checked_out is not False and line.state not in _GONE


def _notice(
    desk: Desk, theirs: OrderOutcome, to: tuple[str, ...], lines: list[LineOutcome]
) -> Notice:
    order, buyer, vendor = theirs.order, theirs.buyer, theirs.vendor
    if buyer is None or vendor is None:
        raise AssertionError("a notice of a checkout is between two companies")
    name = buyer.title or buyer.name
    count = "1 line is" if len(lines) == 1 else f"{len(lines)} lines are"
    customer = order.customer
    return Notice(
        subject=f"Order {order.number}: {name} has checked out",
        text=f"{count} checked out of order {order.number} of {name}. Confirm what you ship.",
        reader=Reader.VENDOR_CHECKOUT,
        to=to,
        order=order.number,
        at=desk.post.at,
        lines=[_line(desk, line) for line in lines],
        buyer=name,
        vendor=vendor.title or vendor.name,
        customer=(customer.name or customer.code) if customer else None,
        ship_date=order.ship_date,
    )


def _line(desk: Desk, outcome: LineOutcome) -> NoticeLine:
    line = outcome.line
    known = desk.tables.catalogue.get(line.product or "")
    return NoticeLine(
        line=line.reference,
        product=line.seller_item or line.product,
        description=known.description if known else line.description,
        quantity=outcome.accepted,
        unit=(line.unit_type or UnitType.BOX).value,
    )
