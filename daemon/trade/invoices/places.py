"""Where billed goods went and who pays: the Ship To and the bill-to of an invoice (D-02, D-05).

Of a direct shipment the buyer's customer is the Ship To, and the bill-to stays the buyer, unless
the two sides agreed that the final customer is billed (P-03). What the vendor leaves out is filled
in; what it says otherwise is refused, since goods and money would part.
"""

from __future__ import annotations

from dataclasses import dataclass

from daemon.config import Partner
from daemon.trade.desk import Desk
from daemon.trade.invoices.match import Matched
from daemon.trade.orders import transfer
from daemon.trade.orders.ship_tos import Way, address_of, place_of
from daemon.trade.orders.standing import AnyOrder, StandingOrder, placed
from formats.records import Party
from formats.values import normalised


@dataclass(frozen=True, slots=True)
class Places:
    """What an order says of an invoice for it, in the vendor's words."""

    ship_to: Party | None
    """Of a direct order; None for the warehouse."""
    bill_to: Party | None
    """The final customer, where that is agreed (P-03)."""
    known: tuple[Party, ...] = ()
    """Other ways to say the same place."""


def way_between(desk: Desk, order: StandingOrder) -> Way | None:
    """Return between whom an order goes."""
    booked = order.booked
    buyer, vendor = desk.partner(booked.buyer), desk.partner(booked.vendor)
    if buyer is None or vendor is None:
        return None
    return Way(booked.origin, buyer, vendor, desk.connection(vendor.name, buyer.name))


def places_of(desk: Desk, order: StandingOrder) -> Places:
    """Return the Ship To and the bill-to of an order as its vendor knows them."""
    way = way_between(desk, order)
    if way is None or not transfer.is_direct(order.order):
        return Places(None, None)
    booked = order.booked
    told = placed(desk, order, arrival_id=booked.arrival_id, document_id=booked.document_id)
    at = place_of(desk, order.order, way) or _said_place(desk, order.order)
    others = (order.order.ship_to, order.order.customer, _said_place(desk, order.order))
    known = tuple(party for party in others if party is not None)
    return Places(at, transfer.terms(desk, told).bill_to, known)


def _said_place(desk: Desk, order: AnyOrder) -> Party | None:
    return address_of(desk, order) or order.ship_to or order.customer


def buyers_place(desk: Desk, order: StandingOrder) -> Party | None:
    """Return where a direct order goes, in its buyer's own words."""
    return _said_place(desk, order.said) if transfer.is_direct(order.order) else None


def settle_places(desk: Desk, matched: Matched) -> None:
    """Fill in Ship To and bill-to of an invoice from its orders, or note what contradicts them."""
    found = [places_of(desk, order) for order in matched.orders.values()]
    if not found:
        return
    first, invoice = found[0], matched.invoice
    if len({_key(each.ship_to) for each in found}) > 1:
        matched.wrong("its orders ship to different places; send each its own invoice", code="D-02")
        return
    if len({_key(each.bill_to) for each in found}) > 1:
        matched.wrong("its orders are billed to different companies; send each its own invoice")
        return
    filled: dict[str, object] = {}
    if first.ship_to is not None:
        said = invoice.ship_to
        if said is not None and not _is_any(said, (first.ship_to, *first.known)):
            matched.wrong(
                f"it ships to {_name(said)}, and {_orders(matched)} to {_name(first.ship_to)}",
                code="D-02",
            )
        filled["ship_to"] = first.ship_to
    if first.bill_to is not None:
        if invoice.bill_to is not None and not _is_any(invoice.bill_to, (first.bill_to,)):
            matched.wrong(
                f"it bills {_name(invoice.bill_to)}; {_orders(matched)} is billed to"
                f" {_name(first.bill_to)}, as agreed",
                code="P-03",
            )
        filled["bill_to"] = first.bill_to
        matched.bills_customer = True
    elif invoice.bill_to is not None and not _is_buyer(desk, matched, invoice.bill_to):
        buyer = matched.buyer
        who = (buyer.title or buyer.name) if buyer else "its buyer"
        matched.wrong(f"it bills {_name(invoice.bill_to)}; the bill-to is {who}", code="D-02")
    matched.invoice = invoice.model_copy(update=filled)


def _is_buyer(desk: Desk, matched: Matched, party: Party) -> bool:
    buyer = matched.buyer
    if buyer is None:
        return False
    link = desk.connection(matched.vendor.name, buyer.name)
    names = {normalised(name) for name in _names(buyer, link.customer_code if link else None)}
    return any(normalised(text) in names for text in (party.code, party.name) if text)


def _names(partner: Partner, code: str | None) -> list[str]:
    names = (partner.name, partner.title, partner.x12.id if partner.x12 else "", code or "")
    return [name for name in names if name]


def _is_any(said: Party, places: tuple[Party, ...]) -> bool:
    """Tell whether a party is one of `places`: by its code, else by its name or street."""
    for place in places:
        if said.code and place.code:
            if normalised(said.code) == normalised(place.code):
                return True
            continue
        if _key(said) == _key(place):
            return True
        if not said.street and said.name and normalised(said.name) == normalised(place.name or ""):
            return True
    address = (said.street, said.postal_code)
    return any(
        said.street and _text(address) == _text((place.street, place.postal_code))
        for place in places
    )


def _key(party: Party | None) -> tuple[str, ...] | None:
    if party is None:
        return None
    return _text((party.name, party.street, party.postal_code))


def _text(parts: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(normalised(part or "") for part in parts)


def _name(party: Party) -> str:
    return ", ".join(each for each in (party.name or party.code, party.street, party.city) if each)


def _orders(matched: Matched) -> str:
    numbers = list(matched.orders)
    return f"order {numbers[0]}" if len(numbers) == 1 else f"orders {', '.join(numbers)}"
