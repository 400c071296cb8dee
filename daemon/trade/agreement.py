"""How far the two sides of a connection and the operator are, and what of it changed (K-09).

Each side agrees from a day on, and the operator turns the connection on; whatever of that changes
is told to both. Here is what changed; in which words they are told, `replies.connection_notices`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from daemon.config import Configuration, Connection
from daemon.ledger.connections import Sides


class Standing(StrEnum):
    """How far a connection is."""

    NOBODY = "nobody agreed"
    VENDOR = "vendor agreed"
    BUYER = "buyer agreed"
    COMING = "agreed for later"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Turned:
    """A connection that stands otherwise than its sides were told."""

    sides: Sides
    before: Standing | None
    """None where they were told nothing."""
    now: Standing | None
    """None where it has ended."""
    link: Connection | None

    @property
    def is_news(self) -> bool:
        """Whether the sides need to know; of a connection that nobody has begun they needn't."""
        is_begun = self.before is not None or self.now not in (Standing.NOBODY, Standing.OFF)
        return is_begun and (self.now is not None or self.before is not Standing.NOBODY)


def standing_of(link: Connection, today: date) -> Standing:
    """Return how far a connection is on the site's day `today`."""
    vendor, buyer = link.agreed.vendor, link.agreed.buyer
    if not link.is_on:
        return Standing.OFF
    if vendor is None or buyer is None:
        halves = {(True, False): Standing.BUYER, (False, True): Standing.VENDOR}
        return halves.get((vendor is None, buyer is None), Standing.NOBODY)
    return Standing.ON if max(vendor, buyer) <= today else Standing.COMING


def turned(site: Configuration, told: Mapping[Sides, str] | None, today: date) -> Iterator[Turned]:
    """Yield what both sides are to be told anew, of the vendors that this host serves.

    `told` is what was told last; None for a ledger that has told nobody anything yet, which begins
    with the connections of all hosts at once, so that no other host tells them again.
    """
    known = told or {}
    links = {(link.vendor, link.buyer): link for link in site.connection}
    for sides in sorted({*links, *known}):
        link = links.get(sides)
        before = Standing(known[sides]) if sides in known else None
        now = standing_of(link, today) if link is not None else None
        if before is not now and (told is None or site.serves(sides[0])):
            yield Turned(sides, before, now, link)
