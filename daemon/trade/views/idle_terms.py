"""Terms of a site that have no effect, because what they name is nothing or not one thing.

A price for a location that its company doesn't have, a location that words are mapped to and nobody
has, a cut-off of a carrier that nobody knows, an age limit of a category that is a vendor's word
and not the network's, a code that stands for two companies: no file is wrong because of it, so only
a person can see it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from daemon.config import Configuration
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from daemon.terms.pricing import EVERY_OTHER
from formats.values import normalised

RIGHT = "name our own code or word, not a partner's (4.5, K-21, K-45, K-60)"


class Idle(NamedTuple):
    """A term without effect: where it stands, and what to do about it."""

    place: str
    sentence: str


class _Known(NamedTuple):
    """What a term may name, in words, and as normalised codes."""

    what: str
    words: set[str]


def idle_terms(site: Configuration, tables: Tables) -> Iterator[Idle]:
    """Yield the terms of price, cut-offs and codes that nothing can ever ask for."""
    yield from _locations(site)
    yield from _own_locations(site, tables)
    yield from _carriers(site, tables)
    yield from _goods(site, tables)
    yield from _codes(site)


def _locations(site: Configuration) -> Iterator[Idle]:
    terms = [(each.name, each.name, each.buying.pricing) for each in site.partner]
    terms += [(link.title, link.buyer, link.pricing) for link in site.connection]
    for place, name, pricing in terms:
        buyer = site.partner_named(name)
        known = {normalised(each) for each in buyer.locations} if buyer else set()
        for location in sorted(set(pricing.location_gpm_percent or ()) - known):
            yield Idle(
                place,
                f"location_gpm_percent names {location}, which is no location of {name}; add it to"
                " locations, or correct it (K-64)",
            )


def _own_locations(site: Configuration, tables: Tables) -> Iterator[Idle]:
    """Yield locations that words are mapped to and that no company has, so that orders are refused.

    A network whose companies have none named takes any.
    """
    known = {normalised(code) for partner in site.partner for code in partner.locations}
    file = Kind.LOCATIONS.file
    for code in tables.ours(Kind.LOCATIONS):
        if known and normalised(code) not in known:
            yield Idle(
                file,
                f"{code} is no location of any partner; add it to locations of the company whose it"
                " is, or take it out of the own list (E-23)",
            )


def _carriers(site: Configuration, tables: Tables) -> Iterator[Idle]:
    known = tables.ours(Kind.CARRIERS)
    for partner in site.partner:
        for code in partner.selling.carrier_cut_offs:
            if code not in known:
                yield Idle(
                    partner.name,
                    f"carrier_cut_offs names {code}, which is no carrier of carriers.csv; name our"
                    " own code (K-27)",
                )
        services = partner.buying.customer_services
        named = {each.carrier for days in services.values() for each in days.values()}
        for code in sorted({code for code in named if code} - known.keys()):
            yield Idle(
                partner.name,
                f"customer_services names {code}, which is no carrier of carriers.csv; name our own"
                " code (2.1)",
            )


def _goods(site: Configuration, tables: Tables) -> Iterator[Idle]:
    """Yield products, categories and box types that terms name and the network doesn't have."""
    products = {normalised(code) for code in tables.catalogue}
    categories = {normalised(code) for code in tables.ours(Kind.CATEGORIES)}
    categories |= {normalised(p.category) for p in tables.catalogue.values() if p.category}
    boxes = {normalised(code) for code in tables.ours(Kind.BOX_TYPES)}
    goods = _Known("product of catalogue.csv, nor a category of the network", products | categories)
    known = {
        **dict.fromkeys(("local_after", "reserved_percent", "asking.markup_percent"), goods),
        "pricing.box_charge": _Known("category of the network", categories),
        "pricing.price_list": _Known("product of catalogue.csv", products),
        "pricing.surcharge": _Known("box type of box_types.csv", boxes),
    }
    for place, key, named in _named_goods(site):
        # Without any category of its own the network has its vendors' words.
        words = known[key].words if categories else None
        for word in sorted({*named} - {EVERY_OTHER} - (words or {*named})):
            yield Idle(place, f"{key} names {word}, which is no {known[key].what}; {RIGHT}")


def _named_goods(site: Configuration) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Yield where a term stands, its key, and the normalised goods that it names."""
    for partner in site.partner:
        yield partner.name, "local_after", partner.selling.local_after
    for link in site.connection:
        yield link.title, "reserved_percent", link.reserved_percent
        yield link.title, "asking.markup_percent", link.asking.markup_percent
    terms = [(each.name, each.buying.pricing) for each in site.partner]
    terms += [(link.title, link.pricing) for link in site.connection]
    for place, pricing in terms:
        yield place, "pricing.box_charge", pricing.box_charge or ()
        yield place, "pricing.price_list", pricing.price_list or ()
        yield place, "pricing.surcharge", pricing.surcharge or ()


def _codes(site: Configuration) -> Iterator[Idle]:
    """Yield codes by which a company's books call several others, so that they mean none."""
    sides = [
        *((link.buyer, "vendor_code", link.vendor_code) for link in site.connection),
        *((link.vendor, "customer_code", link.customer_code) for link in site.connection),
    ]
    counts = Counter((who, key, normalised(code)) for who, key, code in sides if code)
    for (who, key, code), count in counts.items():
        if count > 1:
            others = "vendors" if key == "vendor_code" else "buyers"
            yield Idle(
                who,
                f"{key} {code} stands for {count} {others} of {who}, so its files can name none of"
                " them by it; give each its own (K-01)",
            )
