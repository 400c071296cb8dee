"""A vendor's lots as all its buyers find them: what they are, and what decides date and price.

A vendor's lots are read once for all its buyers and put into groups of what decides a date
(`calendar`) and a price (`quotes`), so that a buyer needs to judge each group only once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import Row, select

from daemon.config import Configuration, Partner
from daemon.ledger.schema import stock_lots
from daemon.mapping.classes import goods_class
from daemon.mapping.rows import ATTRIBUTES, Kind
from daemon.mapping.tables import Tables
from daemon.trade.calendar.lot_dates import day_of, lot_dates
from daemon.trade.calendar.plan import LotDates
from daemon.trade.prices.box_types import BoxType
from daemon.trade.prices.charges import Packing
from daemon.trade.stock.gathered import UNKNOWN_UNIT
from daemon.trade.stock.reserves import NOTHING, Kept, is_ahead, is_future
from daemon.trade.stock.reserves import kept as kept_units
from daemon.trade.stock.units import PackRate
from daemon.trade.views.wording import network_word
from formats.offers import Offer
from formats.records import UnitType

if TYPE_CHECKING:
    import pandas as pd

ZERO = Decimal(0)
CHUNK = 20_000
"""Lots that are looked at together, and the most offers of one file."""


class Lot(NamedTuple):
    """A lot as the ledger has it; days are ISO text."""

    id: int
    product: str | None
    unit: str
    unit_type: str | None
    source_key: str
    source_code: str | None
    description: str | None
    available_from: str
    available_to: str | None
    location: str
    box_type: str | None
    bunches_per_box: int | None
    stems_per_bunch: int | None
    category: str | None
    color: str | None
    grade: str | None
    is_confirmed: bool
    unit_cost: Decimal | None
    cost_unit: str | None
    currency: str | None
    published: Decimal
    bought: Decimal
    cut_on: str | None
    change: int
    first_change: int
    post_harvest: str = ""
    tag: str | None = None
    counted_on: str | None = None

    @property
    def is_mapped(self) -> bool:
        """Whether it is known what it is, and in what unit it is sold."""
        return self.product is not None and self.unit_type is not None

    @property
    def is_on_sale(self) -> bool:
        """Whether it can be sold at all; else it is staged (M-12)."""
        return self.is_mapped and self.is_confirmed

    @property
    def left(self) -> Decimal:
        return max(ZERO, self.published - self.bought)


LOT_COLUMNS = tuple(stock_lots.c[name] for name in Lot._fields)


def changed_lots(
    conn: DatabaseConnection, vendor: str, *, since: int, up_to: int
) -> Iterator[list[Lot]]:
    """Yield the lots of `vendor` that changed after number `since` (-1: all), by key.

    In pieces, so that a stock of a million lots takes the room of one piece. What changes after
    number `up_to`, while the pieces are read, is left for the next time.
    """
    table = stock_lots.c
    query = select(*LOT_COLUMNS).where(
        table.vendor == vendor, table.change > since, table.change <= up_to
    )
    after = 0
    while rows := conn.execute(query.where(table.id > after).order_by(table.id).limit(CHUNK)).all():
        after = rows[-1].id
        yield [lot_of(row) for row in rows]


def lot_of(row: Row[Any]) -> Lot:
    """Return a row of `LOT_COLUMNS`."""
    return Lot._make(row)


class Goods(NamedTuple):
    """What decides the price of a lot: its cost and currency, and how it travels."""

    cost: Decimal | None
    currency: str | None
    packing: Packing


@dataclass(frozen=True, slots=True)
class Shelf:
    """Lots of one vendor, made ready once for every buyer that looks at them.

    `frame` has a row for each lot: the offer that every buyer is told alike, and `product`, `days`
    and `goods`, which name the groups that a buyer's codes, dates and prices are found for.
    """

    vendor: Partner
    lots: Sequence[Lot]
    frame: pd.DataFrame
    days: Sequence[LotDates]
    goods: Sequence[Goods]
    kept: Kept = field(default_factory=dict)
    """What of them is kept for which buyer (K-45)."""

    @property
    def products(self) -> list[str | None]:
        """Return the different products of the lots; None is what isn't mapped."""
        return list(dict.fromkeys(lot.product for lot in self.lots))


def shelf(
    lots: Sequence[Lot],
    vendor: Partner,
    tables: Tables,
    today: date,
    *,
    vendors_day: date | None = None,
    kept: Kept = NOTHING,
) -> Shelf:
    """Put `lots` on a shelf for all buyers of `vendor`.

    `today` is the site's day, by which rows of tables hold, and `vendors_day` the vendor's, by
    which goods age and are there; None is the same.
    """
    import pandas as pd  # noqa: PLC0415  (a third of a second, only where stock is shown)

    day = today if vendors_day is None else vendors_day
    days: dict[LotDates, int] = {}
    goods: dict[Goods, int] = {}
    rows = []
    for lot in map(_stated, lots):
        offer = _offer(lot, vendor, tables, today, day)
        dates = lot_dates(lot, vendor, offer.category, day)
        traded = _goods(lot, offer, tables)
        rows.append(
            {
                "offer": offer,
                "product": lot.product,
                "is_left": lot.is_on_sale
                and lot.left > 0
                and not is_ahead(vendor, lot.available_from, day),
                "change": lot.change,
                "first_change": lot.first_change,
                "cut_on": day_of(lot.cut_on),
                "days": days.setdefault(dates, len(days)),
                "goods": goods.setdefault(traded, len(goods)),
            }
        )
    frame = pd.DataFrame(rows, dtype=object)
    return Shelf(vendor, lots, frame, tuple(days), tuple(goods), kept)


def kept_of(
    conn: DatabaseConnection, site: Configuration, tables: Tables, vendor: str, lots: Sequence[Lot]
) -> Kept:
    """Return what is kept of lots for which buyer (K-45)."""
    return kept_units(
        conn, site, tables, vendor, ((lot.id, lot.product, lot.published) for lot in lots)
    )


def _stated(lot: Lot) -> Lot:
    """Leave out a cost of which nobody knows what it is per."""
    is_unknown = (lot.cost_unit or "").startswith(UNKNOWN_UNIT)
    return lot._replace(unit_cost=None, cost_unit=None) if is_unknown else lot


def _offer(lot: Lot, vendor: Partner, tables: Tables, today: date, day: date) -> Offer:
    """Return what every buyer is told alike; `day` is the vendor's."""
    known = tables.catalogue.get(lot.product) if lot.product else None
    pack = tables.pack(vendor.name, lot.product, today) if lot.product else None
    said = (lot.category, lot.grade, lot.color)
    category, grade, color = (
        network_word(kind, text, lot.product, vendor=vendor.name, tables=tables, on=today)
        for kind, text in zip(ATTRIBUTES, said, strict=True)
    )
    classed = goods_class(tables, lot.product, today)
    return Offer(
        name=f"{vendor.name}-{lot.id}",
        seller_item=lot.product,
        description=known.description if known else lot.product or lot.description or "",
        quantity=lot.left,
        unit=UnitType(lot.unit_type).value if lot.unit_type else "",
        box_type=lot.box_type or (pack.box_type if pack else None),
        bunches_per_box=lot.bunches_per_box or (pack.bunches_per_box if pack else None),
        stems_per_bunch=lot.stems_per_bunch or (pack.stems_per_bunch if pack else None),
        unit_cost=lot.unit_cost,
        cost_unit=lot.cost_unit,
        currency=lot.currency,
        available_to=day_of(lot.available_to),
        future_sale_from=_future(lot, day),
        color=color,
        category=category,
        location=lot.location or None,
        vendor_display=vendor.title or vendor.name,
        grade=grade,
        post_harvest=lot.post_harvest or None,
        tag=lot.tag,
        division=classed.division,
        tags=classed.tags,
    )


def _future(lot: Lot, day: date) -> date | None:
    return day_of(lot.available_from) if is_future(lot.available_from, day) else None


def _goods(lot: Lot, offer: Offer, tables: Tables) -> Goods:
    box = tables.entries[Kind.BOX_TYPES].get(offer.box_type or "")
    return Goods(
        lot.unit_cost,
        lot.currency,
        Packing(
            unit=_unit(lot.cost_unit) or _unit(lot.unit_type) or UnitType.STEM,
            pack=PackRate(offer.bunches_per_box, offer.stems_per_bunch),
            box=BoxType.of(box) if box else None,
            category=offer.category,
        ),
    )


def _unit(name: str | None) -> UnitType | None:
    """Return the unit a cost is per; None where it is the lot's own."""
    return UnitType(name) if name in set(UnitType) else None
