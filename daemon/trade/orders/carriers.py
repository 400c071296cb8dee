"""Carriers that can't take an order's goods: not active, or for the other direction (E-21)."""

from __future__ import annotations

from daemon.mapping.rows import Entry, Kind, code_key
from daemon.trade.desk import Desk
from daemon.trade.orders.ship_tos import AnyOrder, Way
from daemon.trade.orders.transfer import default_carrier, is_direct

OUTBOUND = "outbound"


def wrong_carrier(desk: Desk, order: AnyOrder, way: Way) -> str | None:
    """Return why an order's carrier can't take its goods, None where it can.

    Where the connection has a default that takes the goods instead, the buyer's own only brings a
    warning (domain 5.2 step 4). One that is not known, or whose direction isn't, is passed on.
    """
    said = order.carrier
    if not said or default_carrier(order, way.link) is not None:
        return None
    entry = _entry(desk, said, way)
    if entry is None:
        return None
    name = f"carrier {said} ({entry.description or entry.code})"
    if not entry.is_active:
        return f"{name} is not active any more; name another one"
    if entry.direction == OUTBOUND and not is_direct(order):
        return (
            f"{name} takes goods out to customers, and what goes to the warehouse needs an inbound"
            " one; name an inbound carrier, or let the order ship direct"
        )
    return None


def _entry(desk: Desk, said: str, way: Way) -> Entry | None:
    """Return the carrier of our own list that a partner's word means, also one that is inactive."""
    tables, vendor = desk.tables, way.vendor.name
    row = tables.deciding_row(
        Kind.CARRIERS, way.origin, (said,), None, vendor=vendor, on=desk.today
    )
    ours = row.target_code if row is not None else None
    ours = ours or tables.carrier(way.origin, said, None, vendor, desk.today)
    entries = tables.entries[Kind.CARRIERS]
    if ours is not None:
        return entries.get(ours)
    key = code_key(Kind.CARRIERS, said)
    return next((e for e in entries.values() if code_key(Kind.CARRIERS, e.code) == key), None)
