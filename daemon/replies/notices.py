"""Notices of lines that nobody checked out: to whom they are of interest, as small files (E-11).

When a cart ends by the clock the customer and its salesperson are told. When a vendor confirms an
order without them, the vendor's two addresses are told as well (domain 4.4 step 5). The buyer's
outbox has those for its own people and its customer, who learns of the vendor only what the buyer
shows it (H-03).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from daemon.config import Connection, Partner
from daemon.ledger.posting import OutgoingFile
from daemon.terms.company import said_for
from daemon.trade.carts.answers import EXPIRED
from daemon.trade.carts.ends import LinesLeft
from daemon.trade.customers import customer_names
from daemon.trade.desk import Desk
from daemon.trade.orders.standing import StandingLine
from daemon.trade.views.wording import vendor_display
from formats.notices import Notice, NoticeLine, Reader, write_notice
from formats.records import Order

EVERY_OTHER = "*"


@dataclass(frozen=True, slots=True)
class _Sides:
    """Between whom the lines were."""

    buyer: Partner
    vendor: Partner
    link: Connection | None


def lines_left_notices(desk: Desk, left: LinesLeft) -> list[OutgoingFile]:
    """Return the notices of lines that left an order; of a test order none (P-29)."""
    booked, order = left.order.booked, left.order.order
    buyer, vendor = desk.partner(booked.buyer), desk.partner(booked.vendor)
    if buyer is None or vendor is None or booked.is_test or not left.lines:
        return []
    sides = _Sides(buyer, vendor, desk.connection(vendor.name, buyer.name))
    readers = [(buyer, Reader.SALESPERSON, addresses_of(buyer.buying.salespeople, order))]
    if order.customer is not None:
        readers.append(
            (buyer, Reader.CUSTOMER, addresses_of(buyer.buying.customer_addresses, order))
        )
    if sides.link is not None and not left.is_expired:
        readers.append((vendor, Reader.VENDOR_CHECKOUT, sides.link.notify_checkout_to))
        readers.append((vendor, Reader.VENDOR_CANCEL, sides.link.notify_cancel_to))
    return [
        OutgoingFile(
            owner.name,
            "notice",
            order.number,
            "json",
            write_notice(_notice(desk, left, sides, reader, to)),
            is_answer=False,
        )
        for owner, reader, to in readers
    ]


def addresses_of(addresses: Mapping[str, tuple[str, ...]], order: Order) -> tuple[str, ...]:
    """Return the addresses that a buyer set for an order's customer, else those for every other."""
    found = said_for(addresses, *customer_names(order), EVERY_OTHER)
    return () if found is None else found


def _notice(
    desk: Desk, left: LinesLeft, sides: _Sides, reader: Reader, to: tuple[str, ...]
) -> Notice:
    order, lines = left.order.order, left.lines
    count = "1 line" if len(lines) == 1 else f"{len(lines)} lines"
    was = "was" if len(lines) == 1 else "were"
    if left.is_expired:
        subject = f"Order {order.number}: the cart has ended"
        why = f"{count} of order {order.number} {was} not checked out in time and {was} cancelled."
    else:
        subject = f"Order {order.number}: confirmed without {count}"
        why = (
            f"Order {order.number} is confirmed. {count} {was} not checked out before that and"
            f" {was} deleted."
        )
    customer = order.customer
    return Notice(
        subject=subject,
        text=f"{why} The goods are on sale again; order them anew where they are still wanted.",
        reader=reader,
        to=to,
        order=order.number,
        at=desk.post.at,
        lines=[_line(desk, line, reader) for line in lines],
        code=EXPIRED if left.is_expired else None,
        buyer=sides.buyer.title or sides.buyer.name,
        vendor=_vendor(sides, order, reader),
        customer=(customer.name or customer.code) if customer else None,
        ship_date=order.ship_date,
    )


def _vendor(sides: _Sides, order: Order, reader: Reader) -> str | None:
    """Return what the reader may know of the vendor (H-03)."""
    vendor, link = sides.vendor, sides.link
    if reader is not Reader.CUSTOMER:
        return vendor.title or vendor.name
    if link is None:
        return None
    return vendor_display(link, vendor, sides.buyer, *customer_names(order))


def _line(desk: Desk, line: StandingLine, reader: Reader) -> NoticeLine:
    """Return a line in the words of the buyer or of the catalogue, which give no vendor away."""
    product = line.line.product or ""
    known = desk.tables.catalogue.get(product)
    is_vendors = reader in (Reader.VENDOR_CHECKOUT, Reader.VENDOR_CANCEL)
    code = line.line.seller_item if is_vendors else line.line.buyer_item
    return NoticeLine(
        line=line.line.reference,
        product=code or product or None,
        description=known.description if known else line.line.description,
        quantity=line.accepted,
        unit=line.unit.value,
        reason=line.reason,
    )
