"""Where a direct shipment goes, as its vendor knows the place (domain section 6).

The place is found by the buyer's code for it or for its customer, else by name, street and postal
code; else it is made as `SHIPTO-<buyer>-<customer>` and kept, so that the next order finds it. A
bill-to customer is never made. Without a street and a town there is no place at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sqlalchemy import select

from daemon.config import Connection, Partner
from daemon.ledger import schema
from daemon.mapping.rows import Entry, Kind
from daemon.trade.desk import Desk
from formats.records import AxerrioOrder, Party, PurchaseOrder
from formats.values import normalised

AnyOrder = PurchaseOrder | AxerrioOrder
MOST_OF_PART = 30
_ADDRESS = ("name", "street", "city", "state", "postal_code", "country")
_BY_BUYER = "92"


@dataclass(frozen=True, slots=True)
class Way:
    """Between whom goods go: the sender of the order, and its two sides."""

    origin: str
    buyer: Partner
    vendor: Partner
    link: Connection | None = None


def place_of(desk: Desk, order: AnyOrder, way: Way) -> Party | None:
    """Return the place that a direct order goes to, with the vendor's code for it, or None.

    What the order says of the address stands; what it leaves out is filled in from our own list.
    """
    known = _by_code(desk, order, way)
    if known is not None:
        return known
    said = address_of(desk, order)
    kept = _kept(desk, way)
    same = [each for each in kept if _is_same_place(each.party, said)] if said else []
    customer = _customer(order)
    own = [each for each in kept if each.customer == customer]
    if said is None:
        # The customer's own place, where it has only one.
        return own[0].party if len(own) == 1 else None
    found = next((each for each in own if each in same), None) or next(iter(same), None)
    if found is not None:
        return replace(said, code=found.party.code, qualifier=_BY_BUYER)
    return _by_address(desk, said, way)


def associated(desk: Desk, order: AnyOrder, way: Way, *, arrival_id: int) -> Party | None:
    """Return the place of a direct order, made anew where it is not known; None without address."""
    found = place_of(desk, order, way)
    if found is not None and is_whole(found):
        return found
    said = address_of(desk, order)
    if said is None:
        return None
    taken = {each.party.code for each in _kept(desk, way)}
    code = first = _new_code(order, way)
    number = 1
    while code in taken:
        number += 1
        code = f"{first}-{number}"
    desk.post.add(
        schema.ship_tos,
        {
            "arrival_id": arrival_id,
            "vendor": way.vendor.name,
            "buyer": way.buyer.name,
            "customer": _customer(order),
            "code": code,
            **{name: getattr(said, name) for name in _ADDRESS},
        },
    )
    return replace(said, code=code, qualifier=_BY_BUYER)


def is_whole(place: Party | None) -> bool:
    """Tell whether a truck finds the place: a street, and a town or its code."""
    return place is not None and bool(place.street and (place.city or place.postal_code))


def address_of(desk: Desk, order: AnyOrder) -> Party | None:
    """Return the address that an order says, or else that of its customer in our own list."""
    said = order.ship_to
    if is_whole(said):
        return said
    canonical = order.customer.canonical if order.customer else None
    entry = desk.tables.entries[Kind.CUSTOMERS].get(canonical or "")
    if entry is None:
        return None
    filled = _filled(said or Party(), entry)
    return filled if is_whole(filled) else None


def _filled(said: Party, entry: Entry) -> Party:
    """Return an address with what our own list knows; a whole one stays as it is said."""
    if is_whole(said):
        return replace(said, name=said.name or entry.name or entry.description or None)
    known = {name: getattr(entry, name) or None for name in _ADDRESS if name != "name"}
    return replace(said, name=said.name or entry.name or entry.description or None, **known)


def _by_code(desk: Desk, order: AnyOrder, way: Way) -> Party | None:
    """Find the place in ship_to.csv by the buyer's code of it, then by that of its customer."""
    to, customer = order.ship_to, order.customer
    asked = [(to.code, to.name)] if to else []
    asked += [(customer.code, None)] if customer else []
    for code, name in asked:
        canonical = desk.tables.ship_to(way.origin, code, name, way.vendor.name, desk.today)
        if (code or name) and canonical is not None:
            found = _of_entry(desk, canonical, to or Party(), way)
            if is_whole(found):
                return found
    return None


def _by_address(desk: Desk, said: Party, way: Way) -> Party | None:
    for entry in desk.tables.entries[Kind.SHIP_TO].values():
        place = Party(name=entry.name, street=entry.street, postal_code=entry.postal_code)
        if entry.is_active and _is_same_place(place, said):
            return _of_entry(desk, entry.code, said, way)
    return None


def _of_entry(desk: Desk, canonical: str, said: Party, way: Way) -> Party:
    """Return a place of our own list under the vendor's code for it."""
    row = desk.tables.partner_code(Kind.SHIP_TO, way.vendor.name, canonical, desk.today)
    entry = desk.tables.entries[Kind.SHIP_TO].get(canonical)
    place = _filled(said, entry) if entry else said
    code = (row.source_code or None if row else None) or canonical
    return replace(place, code=code, qualifier=_BY_BUYER, canonical=canonical)


@dataclass(frozen=True, slots=True)
class _Kept:
    customer: str
    party: Party


def _kept(desk: Desk, way: Way) -> list[_Kept]:
    """Return the places that were made for this connection, oldest first."""
    table = schema.ship_tos.c
    desk.post.flush()
    query = (
        select(table.customer, table.code, *(table[name] for name in _ADDRESS))
        .where(table.vendor == way.vendor.name, table.buyer == way.buyer.name)
        .order_by(table.id)
    )
    return [
        _Kept(
            row.customer,
            Party(code=row.code, qualifier=_BY_BUYER, **{n: getattr(row, n) for n in _ADDRESS}),
        )
        for row in desk.post.conn.execute(query)
    ]


def _is_same_place(one: Party, other: Party) -> bool:
    """Compare name, street and postal code without regard to case and blanks (domain 6)."""

    def key(party: Party) -> tuple[str, ...]:
        return tuple(
            normalised(text or "") for text in (party.name, party.street, party.postal_code)
        )

    return bool(one.street) and key(one) == key(other)


def _customer(order: AnyOrder) -> str:
    """Return what the buyer calls its customer; the place itself where it names none."""
    for party in (order.customer, order.ship_to):
        if party is not None and (party.code or party.name):
            return (party.code or party.name or "")[:80]
    return ""


def _new_code(order: AnyOrder, way: Way) -> str:
    buyer = (way.link.customer_code if way.link else None) or way.buyer.name.upper()
    parts = (re.sub(r"[^A-Za-z0-9]+", "-", part).strip("-") for part in (buyer, _customer(order)))
    return "-".join(("SHIPTO", *(part[:MOST_OF_PART] for part in parts if part)))
