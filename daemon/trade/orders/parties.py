"""Who buys and who sells: the partners that an order names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from daemon.config import Configuration, Connection, Partner, Role
from formats.records import AxerrioOrder, Order, Party, PurchaseOrder
from formats.values import normalised


@dataclass(frozen=True, slots=True)
class Sides:
    """The two sides of an order; None where the site knows no such partner."""

    buyer: Partner | None
    vendor: Partner | None
    addressee: str | None = None
    """Whom the envelope named as receiver; the answer comes from the same."""


def as_party(partner: Partner) -> Party:
    """Return a partner of ours as the party that a document names."""
    return Party(code=partner.name, name=partner.title or None)


def sides(
    site: Configuration,
    order: PurchaseOrder | AxerrioOrder,
    origin: Partner,
    addressee: str | None,
) -> Sides:
    """Return the buyer and the vendor of `order`, which `origin` sent.

    `addressee` is the receiver of the envelope, as `ZZ/FLORSOL`. An Axerrio system speaks for the
    vendor that runs it (domain 8). A buyer's order names its vendor, or is addressed to it; where
    it says nothing of a vendor it goes to the only one that the buyer is connected with.
    """
    if isinstance(order, AxerrioOrder):
        buyer = _buyer_of_system(site, order, origin, addressee)
        return Sides(buyer, site.partner_named(origin.vendor or ""), addressee)
    buyer = origin if origin.has(Role.BUYER) else _by_party(site, order.buyer, Role.BUYER)
    vendor = vendor_meant(site, buyer, order.vendor, addressee)
    if vendor is None and not (order.vendor.code or order.vendor.name):
        vendor = _only_vendor_of(site, buyer)
    return Sides(buyer, vendor, addressee)


def _buyer_of_system(
    site: Configuration, order: AxerrioOrder, origin: Partner, addressee: str | None
) -> Partner | None:
    """Return who buys what a vendor's system has sold.

    It is whom the file names, by our name or as the vendor's customer; where it names nobody, whom
    it is addressed to, the buyer that the system serves, or the vendor's only one. Never a guess:
    an order that names somebody unknown waits for a person.
    """
    vendor = site.partner_named(origin.vendor or "")
    names = (order.receiver, order.buyer.code, order.buyer.name)
    if any(names):
        return buyer_called(site, vendor, *names)
    served = site.partner_named(origin.buyer) if origin.buyer else None
    return _by_envelope(site, addressee, Role.BUYER) or served or _only_buyer_of(site, origin)


def vendor_called(site: Configuration, buyer: Partner | None, *names: str | None) -> Partner | None:
    """Return the vendor that a buyer means by the first of `names` that stands for one (K-01).

    What the buyer's books call a vendor (`vendor_code` of the connection) goes before our names;
    a code that they have for several is none.
    """
    links = [link for link in site.connection if buyer is not None and link.buyer == buyer.name]
    own = [(link.vendor_code, link.vendor) for link in links]
    return _called(site, Role.VENDOR, names, own)


def vendor_meant(
    site: Configuration, buyer: Partner | None, said: Party, addressee: str | None
) -> Partner | None:
    """Return the vendor that a buyer's document names, else the one that its envelope addresses."""
    named = vendor_called(site, buyer, said.code, said.name)
    return named or _by_envelope(site, addressee, Role.VENDOR)


def buyer_called(site: Configuration, vendor: Partner | None, *names: str | None) -> Partner | None:
    """Return the buyer that a vendor means by the first of `names` that stands for one (K-01).

    What the vendor's books call a buyer (`customer_code` of the connection) goes before our names;
    a code that they have for several is none.
    """
    links = [link for link in site.connection if vendor is not None and link.vendor == vendor.name]
    own = [(link.customer_code, link.buyer) for link in links]
    return _called(site, Role.BUYER, names, own)


def _called(
    site: Configuration,
    role: Role,
    names: Iterable[str | None],
    own: Sequence[tuple[str | None, str]],
) -> Partner | None:
    """Return whom a name means: `own` are the sender's codes with the partners they stand for."""
    for name in names:
        wanted = normalised(name or "")
        meant = {partner for code, partner in own if wanted and normalised(code or "") == wanted}
        found = site.partner_named(meant.pop()) if len(meant) == 1 else find(site, name, role)
        if found is not None:
            return found
    return None


def _only_buyer_of(site: Configuration, origin: Partner) -> Partner | None:
    buyers = {link.buyer for link in site.connection if link.vendor == origin.vendor}
    return site.partner_named(buyers.pop()) if len(buyers) == 1 else None


def find(site: Configuration, code: str | None, role: Role) -> Partner | None:
    """Return the partner with `role` whose name, title, X12 or EDIFACT id or GLN is `code`."""
    if not code:
        return None
    wanted = normalised(code)
    for partner in site.partner:
        x12 = partner.x12.id if partner.x12 else ""
        edifact = partner.edifact.id if partner.edifact else ""
        names = [partner.name, partner.title, x12, edifact, partner.gln or ""]
        if partner.has(role) and wanted in {normalised(name) for name in names if name}:
            return partner
    return None


def _by_party(site: Configuration, party: Party, role: Role) -> Partner | None:
    return find(site, party.code, role) or find(site, party.name, role)


def _by_envelope(site: Configuration, addressee: str | None, role: Role) -> Partner | None:
    for partner in site.partner:
        named = {f"{each.qualifier}/{each.id}" for each in (partner.x12, partner.edifact) if each}
        if partner.has(role) and addressee in named:
            return partner
    return None


def _only_vendor_of(site: Configuration, buyer: Partner | None) -> Partner | None:
    vendors = {c.vendor for c in site.connection if buyer and c.buyer == buyer.name}
    return site.partner_named(vendors.pop()) if len(vendors) == 1 else None


def without_location(order: Order, buyer: Partner, link: Connection | None) -> str | None:
    """Return why an order can't be placed for want of its location (E-23), else None.

    One of a company with several must name one of them that takes part in the connection
    (`buyer_locations`), and one that names a location must name one there is: by its own code, or
    by one that `locations.csv` maps to it (domain 9.1).
    """
    said = order.place
    if not buyer.locations or (said is None and len(buyer.locations) < 2):
        return None
    taking_part = link.taking_part(buyer.locations) if link else buyer.locations
    known = ", ".join(taking_part)
    if said is None:
        return f"{buyer.name} has the locations {known}; name the one that orders"
    key = said.casefold()
    if key in {each.casefold() for each in taking_part}:
        return None
    if key in {each.casefold() for each in buyer.locations}:
        return f"{order.location} does not buy over this connection; name one of {known}"
    return f"{order.location} is no location of {buyer.name}; name one of {known}"
