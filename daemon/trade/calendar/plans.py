"""The plans of a site's connections, each worked out once for as long as it holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from daemon.config import Connection, Partner
from daemon.trade.calendar.plan import Plan, plan

MOST_KEPT = 10_000
"""Plans at once: one for each connection, and for each location and customer with days."""


class _Key(NamedTuple):
    vendor: str
    buyer: str
    location: str | None
    customer: str | None
    carrier: str | None
    full: frozenset[date]
    brings: str | None


class _Known(NamedTuple):
    since: datetime
    plan: Plan


@dataclass(frozen=True, slots=True)
class Plans:
    """Keeps plans between postings: working one out costs more than everything else of an order.

    Several threads may ask: two at once for the same work it out twice.
    """

    _known: dict[_Key, _Known] = field(default_factory=dict)

    def of(
        self,
        link: Connection,
        vendor: Partner,
        buyer: Partner,
        at: datetime,
        *,
        zone: ZoneInfo,
        location: str | None = None,
        customer: str | None = None,
        carrier: str | None = None,
        full: frozenset[date] = frozenset(),
        brings: str | None = None,
    ) -> Plan:
        """Return the ship days of a connection at `at`; see `plan`."""
        if carrier not in vendor.selling.carrier_cut_offs and not full:
            carrier = None
        key = _Key(link.vendor, link.buyer, location, customer, carrier, full, brings)
        known = self._known.get(key)
        if known and known.plan.connection is link and known.since <= at < known.plan.changes_at:
            return known.plan
        made = plan(
            *(link, vendor, buyer, at),
            zone=zone,
            location=location,
            customer=customer,
            carrier=carrier,
            full=full,
            brings=brings,
        )
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[key] = _Known(at, made)
        return made
