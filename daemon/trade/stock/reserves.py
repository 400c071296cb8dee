"""Stock that is kept for one buyer: nobody else sees it or buys it (domain K-45).

A connection's `reserved_percent` is a share of each lot, by catalogue code, category or `*`, in
whole units. What its buyer has bought of the lot counts as part of the share. The vendor's own
sales are not held back by it: they are made already (K-40).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import func, select

from daemon.config import Configuration, Connection, Partner
from daemon.ledger import schema
from daemon.mapping.tables import Tables
from daemon.trade.calendar.lot_dates import vendors_day
from daemon.trade.desk import Desk
from daemon.trade.stock.lots import ZERO, Lot
from formats.values import normalised

HUNDRED = Decimal(100)
NOTHING: Mapping[int, Mapping[str, Decimal]] = {}
Kept = Mapping[int, Mapping[str, Decimal]]
"""By lot and buyer, the units that are kept for that buyer still."""


def kept(
    conn: DatabaseConnection,
    site: Configuration,
    tables: Tables,
    vendor: str,
    lots: Iterable[tuple[int, str | None, Decimal]],
) -> Kept:
    """Return what is kept of lots of (key, product, published units)."""
    links = [link for link in site.connection if link.vendor == vendor and _reserves(link)]
    shares: dict[int, dict[str, Decimal]] = {}
    for key, product, published in lots if links else ():
        for link in links:
            units = _share(link, tables, product, published)
            if units > ZERO:
                shares.setdefault(key, {})[link.buyer] = units
    if not shares:
        return NOTHING
    for key, buyer, units in _bought(conn, sorted(shares)):
        if buyer in shares[key]:
            shares[key][buyer] = max(ZERO, shares[key][buyer] - units)
    return shares


def _reserves(link: Connection) -> bool:
    return link.is_on and bool(link.reserved_percent)


def _share(link: Connection, tables: Tables, product: str | None, published: Decimal) -> Decimal:
    known = tables.catalogue.get(product) if product else None
    names = (product, known.category if known else None, "*")
    keys = (normalised(name) for name in names if name)
    percent = next(
        (link.reserved_percent[key] for key in keys if key in link.reserved_percent), ZERO
    )
    return (published * percent / HUNDRED).to_integral_value(ROUND_FLOOR)


def _bought(conn: DatabaseConnection, lots: Sequence[int]) -> Iterable[tuple[int, str, Decimal]]:
    """Return (lot, buyer, units) of what buyers hold of lots."""
    held, lines, orders = schema.stock_reservations, schema.order_lines, schema.orders
    query = (
        select(held.c.lot_id, orders.c.buyer, func.sum(held.c.units))
        .join(lines, lines.c.id == held.c.order_line_id)
        .join(orders, orders.c.id == lines.c.order_id)
        .where(held.c.lot_id.in_(lots), orders.c.buyer.is_not(None))
        .group_by(held.c.lot_id, orders.c.buyer)
    )
    return [(key, buyer, units) for key, buyer, units in conn.execute(query)]


def for_others(of: Kept, lot_id: int, buyer: str) -> Decimal:
    """Return how much of a lot `buyer` can't have, because it is kept for others."""
    shares = of.get(lot_id, {})
    return sum((units for name, units in shares.items() if name != buyer), ZERO)


def keep_from(
    desk: Desk, vendor: str, product: str, lots: Sequence[Lot], buyer: str | None
) -> None:
    """Hold back from `buyer` what lots keep for others, and what isn't published yet (K-32)."""
    _keep_for_others(desk, vendor, product, lots, buyer)
    company = desk.partner(vendor)
    if company is None or company.selling.publishes_future_sales:
        return
    day = vendors_day(company, desk.post.at, desk.site.site.zone)
    for lot in lots:
        if is_ahead(company, lot.available_from, day):
            lot.kept = lot.published


def is_ahead(vendor: Partner, available_from: str, today: date) -> bool:
    """Whether goods of a day to come aren't published yet; days are ISO text (K-32).

    `today` is the vendor's day.
    """
    return not vendor.selling.publishes_future_sales and is_future(available_from, today)


def is_future(available_from: str, today: date) -> bool:
    """Whether goods are sold before their vendor has them: a future sale (K-32)."""
    return available_from > today.isoformat()


def _keep_for_others(
    desk: Desk, vendor: str, product: str, lots: Sequence[Lot], buyer: str | None
) -> None:
    if not any(link.vendor == vendor and _reserves(link) for link in desk.site.connection):
        return
    desk.post.flush()
    stock = ((lot.id, product, lot.published) for lot in lots)
    found = kept(desk.post.conn, desk.site, desk.tables, vendor, stock)
    for lot in lots:
        lot.kept = for_others(found, lot.id, buyer or "")
