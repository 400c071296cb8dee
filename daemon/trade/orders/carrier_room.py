"""Whether an order's carrier has room for it on its ship date (domain 2.1).

A line whose boxes don't all fit is refused, with the next ship date on which they do (E-13), or as
one that can't be had with that carrier at all (E-12). What a vendor's own system has sold is not
judged: it travels when the system says, and the room that it takes counts for others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from daemon.config import Connection
from daemon.ledger.states import LineState
from daemon.terms.connection import LONGEST_ORDER_DAYS
from daemon.trade.calendar.order_dates import plan_with
from daemon.trade.calendar.ship_dates import DateRefusal
from daemon.trade.desk import Desk
from daemon.trade.orders.carrier_loads import ZERO, Goods, booked_cubes, cubes_of
from daemon.trade.orders.standing import StandingLine
from daemon.trade.orders.transfer import carriage
from daemon.trade.outcome import LineOutcome
from formats.records import Order, UnitType

_TAKES_ROOM = (LineState.ACCEPTED, LineState.CUT, LineState.PENDING)
_SHOWN = Decimal("0.01")


@dataclass(slots=True)
class Room:
    """A carrier's room for one order."""

    desk: Desk
    link: Connection
    order: Order
    origin: str
    carrier: str
    """Our code."""
    without: int | None
    """The order's own key, where it stands in the books and moves as a whole."""
    taken: Mapping[date, Decimal] | None = None

    @property
    def capacity(self) -> Decimal:
        return self.desk.tables.rooms[self.carrier]

    def left_on(self, day: date) -> Decimal:
        """Return the cubic feet that are left on `day`."""
        if self.taken is None:
            # Stock in hand stays in hand: what doesn't fit is put back.
            self.desk.post.flush()
            self.taken = booked_cubes(
                *(self.desk.post.conn, self.desk.tables, self.carrier),
                (day, day + timedelta(days=LONGEST_ORDER_DAYS)),
                on=self.desk.today,
                without=self.without,
            )
        return max(ZERO, self.capacity - self.taken.get(day, ZERO))

    def next_day(self, day: date, needed: Decimal) -> date | None:
        """Return the first ship date after `day` with room for `needed`; None where none has."""
        days = plan_with(self.desk, self.link, self.order, self.origin)
        later = sorted({each.ship for each in days.ship_days if each.ship > day})
        if not days.is_calendar:
            ahead = range(1, LONGEST_ORDER_DAYS)
            later = [day + timedelta(days=number) for number in ahead]
        return next((each for each in later if self.left_on(each) >= needed), None)


@dataclass(frozen=True, slots=True)
class NoRoom:
    """Why goods don't fit."""

    code: str
    sentence: str
    next_ship_date: date | None


def room_for(
    desk: Desk, link: Connection | None, order: Order, origin: str, *, without: int | None = None
) -> Room | None:
    """Return the room for an order whose carrier has a limit; None where there is none to obey."""
    vendor = desk.partner(link.vendor) if link is not None and desk.tables.rooms else None
    if vendor is None or link is None:
        return None
    code = carriage(desk, order, origin, vendor, link).code
    if code is None or code not in desk.tables.rooms:
        return None
    return Room(desk, link, order, origin, code, without)


def fit(room: Room | None, lines: Sequence[LineOutcome]) -> tuple[LineOutcome, ...]:
    """Refuse those of an order's lines that its carrier has no room for; first come, first served.

    Of a line that is added to, the outcome counts what is added alone.
    """
    day = room.order.ship_date if room is not None else None
    if room is None or day is None:
        return tuple(lines)
    fitted, used = [], ZERO
    for line in lines:
        cubes = _cubes(room, line) if line.state in _TAKES_ROOM else ZERO
        objection = _objection(room, day, cubes, used) if cubes else None
        if objection is None:
            used += cubes
            fitted.append(line)
            continue
        room.desk.stock.put_back(line.takings)
        fitted.append(_refused(line, objection))
    return tuple(fitted)


def _refused(line: LineOutcome, objection: NoRoom) -> LineOutcome:
    return replace(
        line,
        state=LineState.REFUSED,
        accepted=ZERO,
        takings=(),
        reason=objection.sentence,
        code=objection.code,
        next_ship_date=objection.next_ship_date,
    )


def moved(room: Room | None, lines: Sequence[StandingLine]) -> NoRoom | None:
    """Return why an order that stands can't go with its carrier on its day, all of it."""
    day = room.order.ship_date if room is not None else None
    if room is None or day is None:
        return None
    goods = [_goods(room, line.line.product, line.held, line.unit, line) for line in lines]
    cubes = sum((cubes_of(each, room.desk.tables, room.desk.today) for each in goods), ZERO)
    return _objection(room, day, cubes, ZERO) if cubes else None


def _cubes(room: Room, line: LineOutcome) -> Decimal:
    unit = line.line.unit_type or UnitType.BOX
    goods = _goods(room, line.line.product, line.accepted, unit, line)
    return cubes_of(goods, room.desk.tables, room.desk.today)


def _goods(
    room: Room,
    product: str | None,
    quantity: Decimal,
    unit: UnitType,
    line: LineOutcome | StandingLine,
) -> Goods:
    return Goods(room.link.vendor, product, quantity, unit, line.line.box_type, line.pack)


def _objection(room: Room, day: date, cubes: Decimal, used: Decimal) -> NoRoom | None:
    left = max(ZERO, room.left_on(day) - used)
    if cubes <= left:
        return None
    then = room.next_day(day, used + cubes)
    name = room.order.carrier or room.carrier
    why = (
        f"{name} has room for {left.quantize(_SHOWN)} of its {room.capacity} cubic feet on {day},"
        f" and this takes {cubes.quantize(_SHOWN)}"
    )
    if then is None:
        return NoRoom(DateRefusal.NOTHING, f"{why}; name another carrier, or order less", None)
    sentence = f"{why}; the next ship date with room for it is {then}"
    return NoRoom(DateRefusal.LATER, sentence, then)
