"""What a connection of the site lacks today, told from settings, tables and what waits.

`activation` has the rules; this is where their facts come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from daemon.config import Configuration, Connection
from daemon.mapping.rates import rate
from daemon.mapping.tables import Tables
from daemon.trade.views.activation import (
    Facts,
    Missing,
    in_the_way_of_orders,
    is_stopped,
    missing,
)


def lacking(
    site: Configuration,
    tables: Tables,
    link: Connection,
    today: date,
    *,
    products: Sequence[str] = (),
    box_types: Sequence[str] = (),
) -> tuple[Missing, ...]:
    """Return every unmet precondition of a connection (K-01 to K-10) on the site's day `today`.

    `products` and `box_types` are codes of the vendor's that wait for a row (K-05, K-06).
    """
    vendor, buyer = site.partner_named(link.vendor), site.partner_named(link.buyer)
    if vendor is None or buyer is None:
        return ()
    pairs = tables.rates
    facts = Facts(
        today,
        unmapped_products=tuple(products),
        unmapped_box_types=tuple(box_types),
        rates=frozenset(pair for pair in pairs if rate(pairs, *pair, today) is not None),
    )
    return missing(link, vendor, buyer, facts)


class _Known(NamedTuple):
    link: Connection
    tables: Tables
    today: date
    unmet: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Readiness:
    """What keeps orders from connections, found once for each configuration, tables and day.

    Several threads may ask: two at once for the same work it out twice.
    """

    _known: dict[tuple[str, str], _Known] = field(default_factory=dict)

    def of_orders(
        self, site: Configuration, tables: Tables, link: Connection, today: date
    ) -> tuple[Missing, ...]:
        """Return what is in the way of orders over `link` on the site's day `today`."""
        key = link.vendor, link.buyer
        known = self._known.get(key)
        if known and known.link is link and known.tables is tables and known.today == today:
            return known.unmet
        unmet = in_the_way_of_orders(lacking(site, tables, link, today))
        self._known[key] = _Known(link, tables, today, unmet)
        return unmet


def incomplete(site: Configuration, tables: Tables, today: date) -> list[Connection]:
    """Return the connections that can't be used for something that they are for."""
    return [
        link
        for link in site.connection
        if any(is_stopped(lacking(site, tables, link, today), each) for each in link.modality)
    ]
