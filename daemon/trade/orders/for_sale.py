"""Which of a vendor's lots one buyer may be sold: those that it is shown, by the same rules.

A lot must lie where the vendor publishes to the buyer (K-10), and be of an age that the vendor
sells and the buyer takes (K-20, K-21, K-26). What lies in several places is not thrown together: a
line gets its goods from one of them (domain 4.8, 10), and of one pack, which is the vendor's: what
an order says of it is a wish (K-30, U-04).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from daemon.config import Connection
from daemon.ledger.states import LineState
from daemon.mapping.rows import Kind
from daemon.trade.calendar.lot_dates import facts_of, lot_dates, vendors_day
from daemon.trade.calendar.order_dates import plan_with
from daemon.trade.calendar.plan import LotDates, is_offered
from daemon.trade.calendar.why_hidden import Reason, why_not_offered
from daemon.trade.desk import Desk
from daemon.trade.outcome import LineOutcome, OrderOutcome
from daemon.trade.stock import lots as stock
from daemon.trade.stock.lots import Lot
from daemon.trade.stock.units import NO_PACK, PackRate
from daemon.trade.views.wording import network_word
from formats.records import Order, OrderLine, UnitType

NOTHING_LEFT = "nothing left"
OF_AGE = ("K-20", "K-21", "K-26")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ForSale:
    """The lots of a product that a buyer may have, and those of an age that it may not."""

    lots: Sequence[Lot]
    why_not: str | None = None
    """Why there is more that it may not have, as a clause; None where there is no more."""

    @property
    def nothing_left(self) -> str:
        """Return what a line is told for which nothing is left."""
        return f"{NOTHING_LEFT}: {self.why_not}" if self.why_not else NOTHING_LEFT


def for_sale(
    desk: Desk, link: Connection, order: Order, origin: str, lots: Sequence[Lot]
) -> ForSale:
    """Return which of `lots`, all of one product, the buyer of `link` may be sold.

    Where goods lie is the vendor's own business: of lots at other places the buyer isn't told.
    """
    vendor = desk.partner(link.vendor)
    if vendor is None or not lots:
        return ForSale(lots)
    days = plan_with(desk, link, order, origin)
    offered, why_not = [], None
    # Most lots of a product agree in what decides here, and are judged once.
    judged: dict[tuple[str | None, ...], tuple[Reason, ...]] = {}
    for lot in lots:
        facts = lot.category, *facts_of(lot)
        reasons = judged.get(facts)
        if reasons is None:
            dates = dates_of(desk, link, lot)
            reasons = () if is_offered(days, dates) else why_not_offered(days, dates)
            judged[facts] = reasons
        if not reasons:
            offered.append(lot)
        elif why_not is None and lot.available > ZERO and _is_of_age(reasons):
            why_not = f"of what there is, {reasons[0].sentence} ({reasons[0].rule})"
    return ForSale(offered, why_not)


def _is_of_age(reasons: Sequence[Reason]) -> bool:
    return all(each.rule in OF_AGE for each in reasons)


def dates_of(desk: Desk, link: Connection, lot: Lot) -> LotDates:
    """Return the dates of a lot of the vendor's, found out once a posting."""
    if lot.dates is None:
        vendor = desk.partner(link.vendor)
        if vendor is None:
            raise AssertionError(f"the connection {link.title} has a vendor that is no partner")
        day = vendors_day(vendor, desk.post.at, desk.site.site.zone)
        category = None
        if vendor.selling.local_after:
            category = network_word(
                *(Kind.CATEGORIES, lot.category, lot.product),
                vendor=vendor.name,
                tables=desk.tables,
                on=desk.today,
            )
        lot.dates = lot_dates(lot, vendor, category, day)
    return lot.dates


@dataclass(frozen=True, slots=True)
class Held:
    """What a line has already to which more is to be added: where that lies, and how packed."""

    quantity: Decimal = ZERO
    places: Collection[str] = ()
    pack: PackRate | None = None


NOTHING_YET = Held()


@dataclass(frozen=True, slots=True)
class Place:
    """The lots of one place and pack, of which a line is served; counts are whole `unit`s."""

    lots: Sequence[Lot]
    unit: UnitType
    pack: PackRate
    left: Decimal = ZERO
    elsewhere: Decimal = ZERO
    """What other places hold, and what is packed otherwise."""
    is_all_there: bool = False
    """Whether none of that is at another place, so that it is its pack that differs."""


def at_one_place(
    lots: Iterable[Lot],
    quantity: Decimal,
    unit: UnitType,
    pack: PackRate,
    day: date | None,
    *,
    today: date,
    has: Held = NOTHING_YET,
) -> Place:
    """Return the place that serves a line of `quantity` for `day`; `pack` is that of goods whose
    lot says none.

    It is the first place that has enough, else the one that has most; the soonest lot's first.
    A line that `has` goods already gets more from where those lie alone, packed as those are.
    Raises PackMissingError.
    """
    best: Sequence[Lot] = ()
    most, total, where = ZERO, ZERO, set[str]()
    for there in _by_place(lots, pack):
        left = stock.available(there, unit, pack, day, today=today)
        total += left
        if left > ZERO:
            where.add(there[0].location)
        if has.places and not _is_like(there[0], has, pack):
            continue
        if most < min(left, quantity):
            best, most = there, left
    packed = stock.pack_of(best[0], pack) if best else has.pack or pack
    packed = packed.or_else(has.pack or NO_PACK)
    here = {best[0].location} if best else {*has.places}
    return Place(best, unit, packed, most, total - most, is_all_there=where <= here)


def _is_like(lot: Lot, has: Held, pack: PackRate) -> bool:
    """Tell whether a lot lies where a line's goods do, and is packed as they are; what only one of
    the two packs says parts nothing."""
    packed, own = stock.pack_of(lot, pack), has.pack or NO_PACK
    return lot.location in has.places and own.or_else(packed) == packed.or_else(own)


def served(
    place: Place, line: OrderLine, has: Held, draft: OrderOutcome, today: date
) -> LineOutcome:
    """Take what a line asks for from a place that has some, or say how much there is for it."""
    there, wanted = has.quantity + place.left, has.quantity + line.quantity
    rest = f"{there} {place.unit.value} left of {wanted}"
    if place.elsewhere:
        which = "one pack" if place.is_all_there else "one place"
        others = "are packed otherwise" if place.is_all_there else "lie elsewhere"
        rest += f" in {which}; {place.elsewhere} more {others}: order them on another line"
    link, is_short = draft.connection, place.left < line.quantity
    is_cut = link is not None and link.when_short == "cut" and place.left > ZERO
    if is_short and not is_cut:
        return LineOutcome(line, LineState.REFUSED, ZERO, rest, place.pack)
    got = min(place.left, line.quantity)
    day = draft.order.ship_date
    takings = stock.take(place.lots, got, place.unit, place.pack, day, today=today)
    state = LineState.CUT if is_short else LineState.ACCEPTED
    reason = f"only {rest}" if is_short else None
    return LineOutcome(line, state, got, reason, place.pack, takings=tuple(takings))


def _by_place(lots: Iterable[Lot], pack: PackRate) -> Iterator[Sequence[Lot]]:
    """Yield the lots of each place that are packed alike."""
    found: dict[tuple[str, int | None, int | None], list[Lot]] = {}
    for lot in lots:
        bunches = lot.pack.bunches_per_box or pack.bunches_per_box
        stems = lot.pack.stems_per_bunch or pack.stems_per_bunch
        found.setdefault((lot.location, bunches, stems), []).append(lot)
    return iter(found.values())
