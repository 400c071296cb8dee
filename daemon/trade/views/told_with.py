"""A fingerprint of what decides a view besides stock and time: settings and mapping tables.

Where it is another one, nobody can say any more what the buyer was shown, so it is told everything
anew. What doesn't reach the buyer (a row that maps another partner's code) leaves it as it is.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from operator import attrgetter

from daemon.config import Configuration, Connection, Partner
from daemon.mapping.parse import CATALOGUE_FILE, PACKS_FILE, RATES_FILE
from daemon.mapping.prices import ListPrice
from daemon.mapping.rows import ATTRIBUTES, EVERY_PARTNER, Kind, Row
from daemon.mapping.tables import Tables

FILES = (CATALOGUE_FILE, PACKS_FILE, RATES_FILE, Kind.BOX_TYPES.file)
SIDES = {"name", "title", "currency", "time_zone", "locations", "selling", "buying", "x12"}
"""What decides of a company; the way by which it exchanges files does not."""
# A row keeps its meaning, though not its number, when another is written above it.
_OF_ROW = attrgetter(*(each.name for each in fields(Row) if each.name not in {"kind", "number"}))
_OF_PRICE = attrgetter(*(each.name for each in fields(ListPrice) if each.name != "number"))


@dataclass(slots=True)
class ToldWith:
    """The fingerprints of one configuration with one set of tables, each computed once."""

    site: Configuration
    tables: Tables
    _known: dict[tuple[str, str], str] = field(default_factory=dict)
    _codes: Mapping[str, str] | None = None
    _words: Mapping[str, str] = field(default_factory=dict)
    _common: str = ""

    def of(self, link: Connection, full: frozenset[date] = frozenset()) -> str:
        """Return the fingerprint of a connection: 64 hexadecimal digits.

        `full` are the ship dates on which its carrier has no more room.
        """
        key = link.vendor, link.buyer
        if key not in self._known:
            self._known[key] = self._made(link)
        known = self._known[key]
        return _digest(known.encode(), repr(sorted(full)).encode()) if full else known

    def _made(self, link: Connection) -> str:
        if self._codes is None:
            self._codes = _own_rows(self.tables, Kind.PRODUCTS)
            self._words = _own_rows(self.tables, *ATTRIBUTES)
            own = self.tables.entries[Kind.CATEGORIES].values()
            divisions = repr(sorted((each.code, each.division) for each in own if each.division))
            files = (self.tables.files.get(name, b"") for name in FILES)
            self._common = _digest(*files, divisions.encode())
        sides = [self.site.partner_named(name) for name in (link.vendor, link.buyer)]
        buyer = sides[1]
        said = (
            self.site.site.time_zone,
            link.model_dump_json(),
            *(_side(partner) for partner in sides),
            buyer.receives_availability if buyer else "",
            self._codes.get(link.buyer, ""),
            *(self._words.get(who, "") for who in (link.vendor, link.buyer, EVERY_PARTNER)),
            self._common,
            *_reserves(self.site, link.vendor),
            *_prices(self.tables, link),
        )
        return _digest(*(text.encode() for text in said))


def _reserves(site: Configuration, vendor: str) -> list[str]:
    """Return what connections of a vendor keep for their buyers: the others see less of it."""
    return [
        each.model_dump_json(include={"buyer", "is_on", "reserved_percent"})
        for each in site.connection
        if each.vendor == vendor and each.reserved_percent
    ]


def _prices(tables: Tables, link: Connection) -> list[str]:
    """Return the vendor's price list for the buyer, its own rows and those for every buyer."""
    sides = ((link.vendor, link.buyer), (link.vendor, EVERY_PARTNER))
    rows = (row for each in sides for same in tables.prices.get(each, {}).values() for row in same)
    return [repr(_OF_PRICE(row)) for row in rows]


def _side(partner: Partner | None) -> str:
    return partner.model_dump_json(include=SIDES) if partner else ""


def _own_rows(tables: Tables, *kinds: Kind) -> Mapping[str, str]:
    """Return by partner a digest of its rows of these tables: how it calls goods, or what they are
    like."""
    rows: dict[str, list[bytes]] = defaultdict(list)
    for row in (each for kind in kinds for each in tables.rows[kind]):
        rows[row.partner].append(repr(_OF_ROW(row)).encode())
    return {partner: _digest(*own) for partner, own in rows.items()}


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()
