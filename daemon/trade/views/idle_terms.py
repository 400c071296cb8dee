"""Terms of a site that have no effect, because what they name is nothing or not one thing.

A price for a location that its company doesn't have, a location that words are mapped to and nobody
has, a cut-off of a carrier that nobody knows, a code that stands for two companies: no file is
wrong because of it, so only a person can see it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from daemon.config import Configuration
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from formats.values import normalised


class Idle(NamedTuple):
    """A term without effect: where it stands, and what to do about it."""

    place: str
    sentence: str


def idle_terms(site: Configuration, tables: Tables) -> Iterator[Idle]:
    """Yield the terms of price, cut-offs and codes that nothing can ever ask for."""
    yield from _locations(site)
    yield from _own_locations(site, tables)
    yield from _carriers(site, tables)
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
