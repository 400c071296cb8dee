"""How much of a carrier's room each ship date has taken: cubic feet of the boxes that go with it.

A carrier takes so many cubic feet a day (`capacity_cubes` of carriers.csv, domain 2.1), of all
vendors and buyers together. What counts is every order that has goods or will have them, on the
ship date on which its vendor hands them over; a test takes no room (P-29). A box whose type has no
size takes none, because nobody knows how much; `k2kd check` warns of those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import func, select

from daemon.config import Connection
from daemon.ledger.schema import order_lines, orders
from daemon.ledger.states import LineProgress, LineState, OrderState
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from daemon.terms.connection import LONGEST_ORDER_DAYS
from daemon.trade.prices.box_types import BoxType
from daemon.trade.stock.units import PackMissingError, PackRate, convert
from formats.records import UnitType

ZERO = Decimal(0)
NEVER_FULL: frozenset[date] = frozenset()
_TRAVELS = (
    *(OrderState.DRAFT, OrderState.PENDING_APPROVAL, OrderState.APPROVED),
    *(OrderState.CONFIRMED, OrderState.SHIPPED),
)
"""Orders whose goods are taken, or sold already."""


@dataclass(frozen=True, slots=True)
class Goods:
    """What decides how much room a line takes; the vendor's pack fills what it leaves open."""

    vendor: str
    product: str | None
    quantity: Decimal
    unit: UnitType
    box_type: str | None
    pack: PackRate


def cubes_of(goods: Goods, tables: Tables, on: date) -> Decimal:
    """Return the cubic feet of a line's boxes, begun ones whole; 0 where their size is unknown."""
    pack = tables.pack(goods.vendor, goods.product, on) if goods.product else None
    code = goods.box_type or (pack.box_type if pack else None)
    entry = tables.entries[Kind.BOX_TYPES].get(code or "")
    cubes = BoxType.of(entry).cubes if entry is not None else None
    rate = PackRate(
        goods.pack.bunches_per_box or (pack.bunches_per_box if pack else None),
        goods.pack.stems_per_bunch or (pack.stems_per_bunch if pack else None),
    )
    try:
        boxes = convert(goods.quantity, goods.unit, UnitType.BOX, rate)
    except PackMissingError:
        return ZERO
    return boxes.to_integral_value(ROUND_CEILING) * (cubes or ZERO)


def booked_cubes(
    conn: DatabaseConnection,
    tables: Tables,
    carrier: str,
    days: tuple[date, date],
    *,
    on: date,
    without: int | None = None,
) -> Mapping[date, Decimal]:
    """Return by ship date, from the first of `days` to the last, the room that orders have taken.

    `carrier` is our code; `without` leaves out one order, by its key.
    """
    order, line = orders.c, order_lines.c
    still = func.coalesce(line.confirmed + func.coalesce(line.backordered, 0), line.accepted)
    query = (
        select(
            *(order.vendor, order.ship_date, line.product, line.unit_type, line.box_type),
            *(line.bunches_per_box, line.stems_per_bunch),
            func.sum(still, type_=line.accepted.type).label("units"),
        )
        .join(order_lines, line.order_id == order.id)
        .where(
            # The index is that of truck dates, and none lies before its ship date.
            order.truck_date >= days[0],
            order.ship_date.between(*days),
            order.carrier == carrier,
            order.kind == "purchase_order",
            order.is_test.is_(False),
            order.state.in_([state.value for state in _TRAVELS]),
            line.state.not_in([LineState.REFUSED.value, LineState.CANCELLED.value]),
            line.progress != LineProgress.CANCELLED.value,
        )
        .group_by(
            *(order.vendor, order.ship_date, line.product, line.unit_type, line.box_type),
            *(line.bunches_per_box, line.stems_per_bunch),
        )
    )
    if without is not None:
        query = query.where(order.id != without)
    taken: dict[date, Decimal] = defaultdict(lambda: ZERO)
    for row in conn.execute(query):
        unit = UnitType(row.unit_type) if row.unit_type else UnitType.BOX
        pack = PackRate(row.bunches_per_box, row.stems_per_bunch)
        goods = Goods(row.vendor or "", row.product, row.units, unit, row.box_type, pack)
        taken[row.ship_date] += cubes_of(goods, tables, on)
    return taken


@dataclass(slots=True)
class FullDays:
    """The days on which carriers take nothing more, at one moment; each is looked up once."""

    conn: DatabaseConnection
    tables: Tables
    today: date
    _known: dict[str, frozenset[date]]

    @classmethod
    def at(
        cls, conn: DatabaseConnection, tables: Tables, moment: datetime, zone: ZoneInfo
    ) -> FullDays:
        """Begin at `moment`; `zone` is the site's."""
        return cls(conn, tables, moment.astimezone(zone).date(), {})

    def of(self, link: Connection) -> frozenset[date]:
        """Return the ship dates on which not even the smallest box finds room over a connection.

        Only where one carrier takes all that goes to its buyer's warehouse can that be told.
        """
        carrier = link.warehouse_carrier
        if carrier is None or carrier not in self.tables.rooms:
            return NEVER_FULL
        if carrier not in self._known:
            self._known[carrier] = self._full(carrier)
        return self._known[carrier]

    def _full(self, carrier: str) -> frozenset[date]:
        # A vendor's day may be the one before or after the site's.
        first = self.today - timedelta(days=1)
        last = first + timedelta(days=LONGEST_ORDER_DAYS + 2)
        taken = booked_cubes(self.conn, self.tables, carrier, (first, last), on=self.today)
        least = self.tables.rooms[carrier] - smallest_cubes(self.tables)
        return frozenset(day for day, cubes in taken.items() if cubes > least)


def smallest_cubes(tables: Tables) -> Decimal:
    """Return the cubic feet of the smallest box type in use; 0 where none has a size."""
    sizes = (
        BoxType.of(each).cubes for each in tables.entries[Kind.BOX_TYPES].values() if each.is_active
    )
    return min((size for size in sizes if size is not None), default=ZERO)
