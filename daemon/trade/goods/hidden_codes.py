"""Box codes on direct shipments whose customer may not know the vendor (domain H-04)."""

from __future__ import annotations

from daemon.terms.company import ShowVendor
from daemon.trade.desk import Desk
from daemon.trade.orders.ship_tos import AnyOrder, Way
from daemon.trade.orders.standing import standing
from daemon.trade.papers.shown import shown
from daemon.trade.step import BookedOrder, order_of_key


def refused_code(desk: Desk, booked: BookedOrder, order: AnyOrder, code: str) -> str | None:
    """Say why a box of an order may not get a code of its vendor's; None where it may."""
    buyer, vendor = desk.partner(booked.buyer), desk.partner(booked.vendor)
    if buyer is None or vendor is None:
        return None
    way = Way(booked.origin, buyer, vendor, desk.connection(vendor.name, buyer.name))
    if shown(desk, order, way).may_carry(code):
        return None
    return (
        f"{booked.what} goes straight to a customer who is not told of you, so its boxes keep the"
        " codes that were given here"
    )


def refused_new_code(desk: Desk, vendor: str, order_id: int, code: str) -> str | None:
    """Say the same of a box by its order's key; the books are asked only where anyone hides."""
    if not any(_hides(desk, link.buyer, link.show_vendor) for link in desk.site.connection
               if link.vendor == vendor):  # fmt: skip
        return None
    booked = order_of_key(desk, order_id)
    return refused_code(desk, booked, standing(desk, booked).order, code)


def _hides(desk: Desk, buyer: str, said: ShowVendor | None) -> bool:
    partner = desk.partner(buyer)
    buying = partner.buying if partner else None
    ways = [said, *((buying.show_vendor, *buying.show_vendor_to.values()) if buying else ())]
    return any(how not in (None, ShowVendor.NAME) for how in ways)
