"""A vendor's stock lots: published by its files, bought by orders, never below zero.

available = published - bought by anyone (domain K-40). Lots are read for update once a posting and
changed in memory; the posting writes them back when it closes. The ledger's lock on them is what
keeps two buyers from getting the last box.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from sqlalchemy import bindparam, delete, select, update

from daemon.ledger.posting import Posting
from daemon.ledger.schema import order_lines, stock_lots, stock_reservations
from daemon.trade.calendar.plan import LotDates
from daemon.trade.stock.units import PackRate, convert, whole
from formats.records import UnitType

NO_DATE = ""
ZERO = Decimal(0)
SMALLEST = Decimal("0.000001")
"""Part of a unit that the books tell from nothing."""


@dataclass(slots=True)
class Lot:
    """What a posting knows of one lot; quantities in the lot's own unit."""

    id: int
    unit_type: UnitType
    available_from: str
    available_to: str | None
    pack: PackRate
    published: Decimal
    bought: Decimal
    product: str | None = None
    location: str = ""
    """The vendor's."""
    category: str | None = None
    """As the vendor calls it."""
    box_type: str | None = None
    cut_on: str | None = None
    counted_on: str | None = None
    dates: LotDates | None = None
    """What decides when it can be had; None until asked for."""
    kept: Decimal = ZERO
    """What whoever asks can't have of it, because it is kept for others (K-45)."""
    _bought_before: Decimal = field(init=False)

    def __post_init__(self) -> None:
        self._bought_before = self.bought

    @property
    def is_changed(self) -> bool:
        """Whether anything was taken, or put back, for good."""
        return self.bought != self._bought_before

    @property
    def available(self) -> Decimal:
        """What is left; never below zero even where a file published less than was sold."""
        return max(ZERO, self.published - self.bought - self.kept)

    def is_open_on(self, day: date | None, today: date) -> bool:
        """Tell whether the lot can be sold for `day`; without one, whether it is not over yet."""
        if self.available_to and self.available_to < (day or today).isoformat():
            return False
        return day is None or self.available_from <= day.isoformat()


@dataclass(frozen=True, slots=True)
class Taking:
    """Units of one lot that an order line gets."""

    lot_id: int
    units: Decimal


@dataclass(slots=True)
class StockInHand:
    """The lots a posting has read for update, by vendor and product."""

    lots: dict[tuple[str, str], list[Lot]] = field(default_factory=dict)

    def of(self, post: Posting, vendor: str, product: str) -> list[Lot]:
        """Return the lots of a vendor's product, the soonest available first, locked."""
        key = (vendor, product)
        if key not in self.lots:
            self.lots[key] = _read_for_update(post, vendor, product)
        return self.lots[key]

    def put_back(self, takings: Iterable[Taking]) -> None:
        """Undo takings of this posting."""
        by_id = {lot.id: lot for lots in self.lots.values() for lot in lots}
        for taking in takings:
            by_id[taking.lot_id].bought -= taking.units


def _read_for_update(post: Posting, vendor: str, product: str) -> list[Lot]:
    query = (
        select(
            stock_lots.c.id,
            stock_lots.c.unit_type,
            stock_lots.c.available_from,
            stock_lots.c.available_to,
            stock_lots.c.bunches_per_box,
            stock_lots.c.stems_per_bunch,
            stock_lots.c.published,
            stock_lots.c.bought,
            stock_lots.c.location,
            stock_lots.c.category,
            stock_lots.c.box_type,
            stock_lots.c.cut_on,
            stock_lots.c.counted_on,
        )
        .where(
            stock_lots.c.vendor == vendor,
            stock_lots.c.product == product,
            stock_lots.c.unit_type.is_not(None),
            stock_lots.c.is_confirmed,
        )
        .order_by(stock_lots.c.available_from, stock_lots.c.id)
        .with_for_update()
    )
    return [
        Lot(
            id=row.id,
            unit_type=UnitType(row.unit_type),
            available_from=row.available_from,
            available_to=row.available_to,
            pack=PackRate(row.bunches_per_box, row.stems_per_bunch),
            published=row.published,
            bought=row.bought,
            product=product,
            location=row.location,
            category=row.category,
            box_type=row.box_type,
            cut_on=row.cut_on,
            counted_on=row.counted_on,
        )
        for row in post.conn.execute(query)
    ]


def available(
    lots: Iterable[Lot], unit: UnitType, pack: PackRate, day: date | None, *, today: date
) -> Decimal:
    """Return how many whole `unit`s all `lots` open on `day` hold."""
    total = sum((_in(lot, unit, pack) for lot in lots if lot.is_open_on(day, today)), ZERO)
    return total.to_integral_value()


def _in(lot: Lot, unit: UnitType, pack: PackRate) -> Decimal:
    return whole(lot.available, lot.unit_type, unit, pack_of(lot, pack))


def pack_of(lot: Lot, pack: PackRate) -> PackRate:
    """Let the lot's own pack stand before the vendor's default (domain K-30)."""
    return lot.pack.or_else(pack)


def take(
    lots: Iterable[Lot],
    quantity: Decimal,
    unit: UnitType,
    pack: PackRate,
    day: date | None,
    *,
    today: date,
) -> list[Taking]:
    """Buy `quantity` whole `unit`s from the lots that are open on `day`, the soonest first.

    The caller has seen that enough is available; a unit is never split over two lots.
    """
    takings: list[Taking] = []
    left = quantity
    for lot in lots:
        if left <= 0:
            break
        if not lot.is_open_on(day, today):
            continue
        share = min(left, _in(lot, unit, pack))
        if share <= 0:
            continue
        exact = convert(share, unit, lot.unit_type, pack_of(lot, pack))
        # A stem of a box has no end of decimals. Cut, not rounded, a thousand of them still make
        # less than one too few, and never one too many to sell.
        units = exact.quantize(SMALLEST, ROUND_FLOOR)
        lot.bought += units
        takings.append(Taking(lot.id, units))
        left -= share
    if left > 0:
        raise AssertionError(f"{left} {unit} taken beyond what is available")
    return takings


def reserve(post: Posting, order_line_id: int, takings: Iterable[Taking]) -> None:
    """Record which lots an order line was served from."""
    for taking in takings:
        post.add(
            stock_reservations,
            {"lot_id": taking.lot_id, "order_line_id": order_line_id, "units": taking.units},
        )


def give_back(post: Posting, order_id: int, change: int) -> None:
    """Return to the lots what an order had taken from them, as number `change` of the vendor."""
    lines = select(order_lines.c.id).where(order_lines.c.order_id == order_id)
    query = select(
        stock_reservations.c.id, stock_reservations.c.lot_id, stock_reservations.c.units
    ).where(stock_reservations.c.order_line_id.in_(lines))
    for row in post.conn.execute(query).all():
        post.conn.execute(
            update(stock_lots)
            .where(stock_lots.c.id == row.lot_id)
            .values(bought=stock_lots.c.bought - row.units, change=change, updated_at=post.at)
        )
        post.conn.execute(delete(stock_reservations).where(stock_reservations.c.id == row.id))


def write_back(post: Posting, stock: StockInHand, change_of: Callable[[str], int]) -> None:
    """Write the lots that this posting changed, and forget what was read.

    `change_of` gives the number of the change for a vendor.
    """
    changed = [
        {"lot": lot.id, "units": lot.bought, "number": change_of(vendor), "at": post.at}
        for (vendor, _product), lots in stock.lots.items()
        for lot in lots
        if lot.is_changed
    ]
    if changed:
        post.conn.execute(
            update(stock_lots)
            .where(stock_lots.c.id == bindparam("lot"))
            .values(
                bought=bindparam("units"), change=bindparam("number"), updated_at=bindparam("at")
            ),
            changed,
        )
    stock.lots.clear()
