"""The stock behind one order line, after it was ordered: given back, lost, or found again.

A buyer that takes less gives stock back: it is on sale again. A vendor that confirms less says that
it does not have the goods, so to sell them again would fail again: they are taken off the published
side as well, and what is available stays as it was (K-40). The vendor's next availability counts
anew. Where more was sold than published, what is lost first makes up for that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from sqlalchemy import select, update

from daemon.ledger import holds as hold_book
from daemon.ledger.schema import stock_lots, stock_reservations
from daemon.trade.desk import Desk
from daemon.trade.orders.standing import ZERO, StandingLine
from daemon.trade.stock.lots import SMALLEST
from daemon.trade.stock.units import PackRate, convert
from formats.records import UnitType


def places_of(desk: Desk, keys: Collection[int]) -> dict[int, set[str]]:
    """Return by line, of those with `keys`, the vendor's locations at which what it holds lies."""
    desk.write_stock()
    held, lots = stock_reservations.c, stock_lots.c
    query = (
        select(held.order_line_id, lots.location)
        .join(stock_lots, lots.id == held.lot_id)
        .where(held.order_line_id.in_(keys), held.units > ZERO)
    )
    found: dict[int, set[str]] = {}
    for key, place in desk.post.conn.execute(query):
        found.setdefault(key, set()).add(place)
    return found


@dataclass(frozen=True, slots=True)
class _Share:
    """What a line has of one lot: in the lot's unit, and in whole units of the line."""

    key: int
    lot_id: int
    units: Decimal
    quantity: Decimal
    lot_unit: UnitType
    pack: PackRate


def keep(desk: Desk, vendor: str, line: StandingLine, quantity: Decimal, *, is_lost: bool) -> None:
    """Let a line keep the stock of `quantity` of its units, from the soonest lots.

    The rest goes back on sale, or with `is_lost` off the published stock too; a larger quantity
    than before (`is_lost`) is found again. A line that was never served from stock has none.
    """
    desk.write_stock()
    shares = _shares(desk, line)
    left, is_changed = quantity, False
    for position, share in enumerate(shares, 1):
        kept = left if is_lost and position == len(shares) else min(left, share.quantity)
        left -= kept
        exact = convert(kept, line.unit, share.lot_unit, share.pack)
        units = exact.quantize(SMALLEST, ROUND_FLOOR)
        if units != share.units:
            _change(desk, vendor, share, units - share.units, is_lost=is_lost)
            is_changed = True
    if is_changed:
        hold_book.end_oversold(desk.post.conn)


def _shares(desk: Desk, line: StandingLine) -> list[_Share]:
    table, lots = stock_reservations.c, stock_lots.c
    query = (
        select(
            *(table.id, table.lot_id, table.units, lots.unit_type),
            *(lots.bunches_per_box, lots.stems_per_bunch),
        )
        .join(stock_lots, lots.id == table.lot_id)
        .where(table.order_line_id == line.key)
        .order_by(table.id)
    )
    shares = []
    for key, lot_id, units, lot_unit, bunches, stems in desk.post.conn.execute(query).all():
        unit = UnitType(lot_unit)
        # As it was sold: the vendor may have packed what it counted since otherwise.
        pack = line.pack.or_else(PackRate(bunches, stems))
        # Units were cut to the books' places when taken, never by as much as half a unit.
        quantity = convert(units, unit, line.unit, pack).to_integral_value()
        shares.append(_Share(key, lot_id, units, quantity, unit, pack))
    return shares


def _change(desk: Desk, vendor: str, share: _Share, delta: Decimal, *, is_lost: bool) -> None:
    """Change a reservation by `delta` units of its lot."""
    conn, lots = desk.post.conn, stock_lots
    own = select(lots.c.published, lots.c.bought).where(lots.c.id == share.lot_id)
    published, bought = conn.execute(own).one()
    if is_lost:
        oversold = max(ZERO, bought - published)
        published += delta if delta > 0 else min(ZERO, delta + oversold)
    conn.execute(
        update(lots)
        .where(lots.c.id == share.lot_id)
        .values(
            published=published,
            bought=bought + delta,
            change=desk.change_of(vendor),
            updated_at=desk.post.at,
        )
    )
    table = stock_reservations
    conn.execute(update(table).where(table.c.id == share.key).values(units=share.units + delta))
