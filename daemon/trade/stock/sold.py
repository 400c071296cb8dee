"""What a vendor's own system has sold comes out of its stock, however much of it is published.

An order of the vendor's Axerrio system says that the vendor has sold these goods: they are bought
by anyone in the sense of K-40. So it takes what there is, in whatever unit, down to the last stem,
and is never refused for lack of published stock: the vendor need not publish what it sells itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from daemon.trade.desk import Desk
from daemon.trade.orders.standing import StandingLine
from daemon.trade.stock import lots as stock
from daemon.trade.stock.lots import SMALLEST, ZERO, Lot, Taking
from daemon.trade.stock.units import PackMissingError, PackRate, convert
from formats.records import UnitType


def take_sold(
    desk: Desk, vendor: str, line: StandingLine, quantity: Decimal, ship_date: date | None
) -> str | None:
    """Take from the vendor's lots `quantity` of what a line of its own order has sold.

    `quantity` is in units of the line: all of it, or what a change has added. Returns a sentence
    where nothing could be taken though there is stock, for want of a pack. An assorted box without
    a product of its own has no stock.
    """
    if line.line.product is None or not quantity:
        return None
    lots = desk.stock.of(desk.post, vendor, line.line.product)
    try:
        takings = _takings(lots, quantity, line.unit, line.pack, ship_date, today=desk.today)
    except PackMissingError as error:
        return (
            f"line {line.line.reference}: {error}, so it was not taken off what {vendor} publishes;"
            f" add {line.line.product} to packs.csv before the next order"
        )
    stock.reserve(desk.post, line.key, takings)
    return None


def _takings(
    lots: Iterable[Lot],
    quantity: Decimal,
    unit: UnitType,
    pack: PackRate,
    day: date | None,
    *,
    today: date,
) -> list[Taking]:
    """Buy up to `quantity` from the lots open on `day`, the soonest first, parts of units too.

    How it packed what it has sold its vendor knows best: `pack` goes before that of a lot.
    """
    open_lots = [lot for lot in lots if lot.is_open_on(day, today)]
    # Asked before anything is taken, so that a missing pack leaves every lot as it was.
    sizes = [convert(Decimal(1), unit, lot.unit_type, pack.or_else(lot.pack)) for lot in open_lots]
    takings: list[Taking] = []
    left = quantity
    for lot in open_lots:
        # What is kept for a buyer is kept from others' orders, not from what is sold already.
        lot.kept = ZERO
    for lot, size in zip(open_lots, sizes, strict=True):
        wanted = (left * size).quantize(SMALLEST, ROUND_FLOOR)
        units = min(lot.available, wanted)
        if units > ZERO:
            lot.bought += units
            takings.append(Taking(lot.id, units))
            left = ZERO if units == wanted else left - units / size
    return takings
