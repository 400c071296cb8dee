"""What a buyer sees of a vendor's stock: lots in the buyer's codes, dates and prices.

available = published - bought by anyone (domain K-40). A vendor's lots are read once for all its
buyers and put into groups of what decides a date (`calendar`) and a price (`quotes`); for a buyer
each group is judged once, so that fifty buyers of ten thousand lots are a matter of seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import Row, select

from daemon.config import Configuration, Connection, Partner
from daemon.ledger.schema import stock_lots
from daemon.mapping.rates import rate
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from daemon.terms.pricing import agreed
from daemon.trade.box_types import BoxType
from daemon.trade.calendar import LotDates, Plan, plan, visible
from daemon.trade.charges import Packing
from daemon.trade.currency import FixedRate, rounded
from daemon.trade.open_market import UNKNOWN_UNIT
from daemon.trade.pricing import landed
from daemon.trade.quotes import Quotes
from daemon.trade.units import PackRate
from formats.offers import OfferRow
from formats.records import UnitType

if TYPE_CHECKING:
    import pandas as pd

ZERO = Decimal(0)
CHUNK = 20_000
"""Lots that are looked at together, and the most offers of one file."""
COST_PLACES = 4


class Lot(NamedTuple):
    """A lot on sale as the ledger has it; days are ISO text."""

    id: int
    product: str
    unit_type: str
    available_from: str
    available_to: str | None
    location: str
    box_type: str | None
    bunches_per_box: int | None
    stems_per_bunch: int | None
    category: str | None
    color: str | None
    unit_cost: Decimal | None
    cost_unit: str | None
    currency: str | None
    published: Decimal
    bought: Decimal
    cut_on: str | None
    created_at: datetime

    @property
    def left(self) -> Decimal:
        return max(ZERO, self.published - self.bought)


_COLUMNS = tuple(stock_lots.c[name] for name in Lot._fields)


def changed_lots(
    conn: DatabaseConnection, vendor: str, *, since: int | None
) -> Iterator[list[Lot]]:
    """Yield the mapped lots of `vendor` that changed after number `since` (None: all), by key.

    In pieces, so that a stock of a million lots takes the room of one piece.
    """
    table = stock_lots.c
    query = select(*_COLUMNS).where(
        table.vendor == vendor, table.product.is_not(None), table.unit_type.is_not(None)
    )
    if since is not None:
        query = query.where(table.change > since)
    after = 0
    while rows := conn.execute(query.where(table.id > after).order_by(table.id).limit(CHUNK)).all():
        after = rows[-1].id
        yield [_lot(row) for row in rows]


def _lot(row: Row[Any]) -> Lot:
    return Lot._make(row)


class Goods(NamedTuple):
    """What decides the price of a lot: its cost and currency, and how it travels."""

    cost: Decimal | None
    currency: str | None
    packing: Packing


@dataclass(frozen=True, slots=True)
class Shelf:
    """Lots of one vendor, made ready once for every buyer that looks at them.

    `frame` has a row for each lot: the columns that every buyer is told alike, and `product`,
    `days` and `goods`, which name the groups that a buyer's codes, dates and prices are found for.
    """

    vendor: Partner
    lots: Sequence[Lot]
    frame: pd.DataFrame
    days: Sequence[LotDates]
    goods: Sequence[Goods]


def shelf(lots: Sequence[Lot], vendor: Partner, tables: Tables, today: date) -> Shelf:
    """Put `lots` on a shelf for all buyers of `vendor`."""
    # Loaded here: pandas costs a third of a second, which other commands should not pay.
    import pandas as pd  # noqa: PLC0415

    days: dict[LotDates, int] = {}
    goods: dict[Goods, int] = {}
    rows = []
    for lot in map(_stated, lots):
        told = _told(lot, vendor, tables, today)
        dates = _dates(lot, vendor, told["category"], today)
        traded = _goods(lot, told, tables)
        rows.append(
            {
                **told,
                "product": lot.product,
                "created_at": lot.created_at,
                "days": days.setdefault(dates, len(days)),
                "goods": goods.setdefault(traded, len(goods)),
            }
        )
    frame = pd.DataFrame(rows, dtype=object)
    return Shelf(vendor, lots, frame, tuple(days), tuple(goods))


def _stated(lot: Lot) -> Lot:
    """Leave out a cost of which nobody knows what it is per."""
    is_unknown = (lot.cost_unit or "").startswith(UNKNOWN_UNIT)
    return lot._replace(unit_cost=None, cost_unit=None) if is_unknown else lot


def _told(lot: Lot, vendor: Partner, tables: Tables, today: date) -> dict[str, Any]:
    """Return what every buyer is told alike; the names are those of `OfferRow`."""
    known = tables.catalogue.get(lot.product)
    pack = tables.pack(vendor.name, lot.product, today)
    return {
        "offer": f"{vendor.name}-{lot.id}",
        "seller_item": lot.product,
        "description": known.description if known else lot.product,
        "quantity": lot.left,
        "unit": UnitType(lot.unit_type).value,
        "box_type": lot.box_type or (pack.box_type if pack else None),
        "bunches_per_box": lot.bunches_per_box or (pack.bunches_per_box if pack else None),
        "stems_per_bunch": lot.stems_per_bunch or (pack.stems_per_bunch if pack else None),
        "unit_cost": lot.unit_cost,
        "cost_unit": lot.cost_unit,
        "currency": lot.currency,
        "available_to": _day(lot.available_to),
        "color": lot.color or (known.color if known else None) or None,
        "category": lot.category or (known.category if known else None) or None,
        "location": lot.location or None,
        "vendor_display": vendor.title or vendor.name,
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _dates(lot: Lot, vendor: Partner, category: str | None, today: date) -> LotDates:
    cut = _day(lot.cut_on)
    return LotDates(
        age_days=(today - cut).days if cut else 0,
        available_from=_day(lot.available_from),
        available_to=_day(lot.available_to),
        local_after_days=vendor.selling.local_after_days(lot.product, category),
        location=lot.location or None,
    )


def _goods(lot: Lot, told: dict[str, Any], tables: Tables) -> Goods:
    box = tables.entries[Kind.BOX_TYPES].get(told["box_type"] or "")
    return Goods(
        lot.unit_cost,
        lot.currency,
        Packing(
            unit=_unit(lot.cost_unit) or UnitType(lot.unit_type),
            pack=PackRate(told["bunches_per_box"], told["stems_per_bunch"]),
            box=BoxType.of(box) if box else None,
            category=told["category"],
        ),
    )


def _unit(name: str | None) -> UnitType | None:
    """Return the unit a cost is per; None where it is the lot's own."""
    return UnitType(name) if name in set(UnitType) else None


@dataclass(frozen=True, slots=True)
class Eyes:
    """How one buyer looks at a vendor's stock at one moment."""

    link: Connection
    buyer: Partner
    tables: Tables
    today: date
    plan: Plan
    before: Plan | None
    """The plan by which the buyer was told last; None where it was told nothing yet."""
    told_at: datetime | None
    is_full: bool
    """Whether everything is told, and not only what changed since."""


def eyes(
    site: Configuration,
    tables: Tables,
    link: Connection,
    *,
    at: datetime,
    told_at: datetime | None,
    is_full: bool,
) -> Eyes | None:
    """Return how the buyer of `link` looks at its vendor's stock; None where one is unknown."""
    vendor, buyer = site.partner_named(link.vendor), site.partner_named(link.buyer)
    if vendor is None or buyer is None:
        return None
    zone = site.site.zone
    before = plan(link, vendor, buyer, told_at, zone=zone) if told_at else None
    now = plan(link, vendor, buyer, at, zone=zone)
    today = at.astimezone(zone).date()
    return Eyes(link, buyer, tables, today, now, before, told_at, is_full)


def view(of: Shelf, by: Eyes) -> list[OfferRow]:
    """Return what the buyer is told of the lots on the shelf.

    A lot that can't be had any more, or of which nothing is left, is told with 0, so that the
    buyer's system stops selling it; one that the buyer was never told of is not told at all. Lots
    without an exchange rate can't be had (K-07).
    """
    seen = of.frame.join(_codes(of, by), on="product")
    seen = seen.join(_days(of, by), on="days").join(_prices(of, by), on="goods")
    is_shown = (seen["is_visible"] & seen["has_rate"]).astype(bool)
    is_known = is_shown
    if by.told_at is not None:
        is_known |= seen["was_visible"].astype(bool) & (seen["created_at"] <= by.told_at)
    seen["quantity"] = seen["quantity"].where(is_shown, ZERO)
    told = seen[is_known]
    columns = [told[name].tolist() for name in OfferRow._fields]
    return [OfferRow._make(row) for row in zip(*columns, strict=True)]


def _codes(of: Shelf, by: Eyes) -> pd.DataFrame:
    """Return the buyer's code of each product; one that has none of its own is told ours."""
    products = of.frame["product"].unique().tolist()
    rows = (by.tables.partner_code(Kind.PRODUCTS, by.buyer.name, p, by.today) for p in products)
    items = [(row.source_code if row else None) or p for row, p in zip(rows, products, strict=True)]
    return _frame({"buyer_item": items}, products)


def _days(of: Shelf, by: Eyes) -> pd.DataFrame:
    """Return the first truck date of each group of dates, and whether the buyer was told of it."""
    now = [visible(by.plan, dates) for dates in of.days]
    return _frame(
        {
            "available_from": [each.available_from for each in now],
            "is_visible": [each.is_visible for each in now],
            "was_visible": [_was_visible(dates, by) for dates in of.days],
        },
        range(len(now)),
    )


def _was_visible(dates: LotDates, by: Eyes) -> bool:
    """Tell whether a lot of these dates could be had when the buyer was told last.

    A lot that changed since may have had other dates then: better a 0 too many than goods that
    nobody has.
    """
    if by.before is None or not by.is_full:
        return by.before is not None
    elapsed = (by.plan.rules.today - by.before.rules.today).days
    return visible(by.before, dates._replace(age_days=max(0, dates.age_days - elapsed))).is_visible


def _prices(of: Shelf, by: Eyes) -> pd.DataFrame:
    """Return for each group of goods what a unit costs the buyer landed, and what it may ask."""
    terms = agreed(by.buyer.buying.pricing, by.link.pricing)
    quotes = Quotes(terms)
    costs = [_cost(each, of.vendor, by) for each in of.goods]
    lands = [landed(cost, each.packing, terms) for cost, each in zip(costs, of.goods, strict=True)]
    amounts = [quotes.amount(c, each.packing) for c, each in zip(costs, of.goods, strict=True)]
    return _frame(
        {
            "price": amounts,
            "landed_cost": [
                None if each.per_unit is None else rounded(each.per_unit, COST_PLACES)
                for each in lands
            ],
            "has_rate": [
                each.cost is None or cost is not None
                for cost, each in zip(costs, of.goods, strict=True)
            ],
        },
        range(len(costs)),
    )


def _cost(goods: Goods, vendor: Partner, by: Eyes) -> Decimal | None:
    """Return the cost in the buyer's currency; None where none is stated, or no rate is known."""
    source, target = goods.currency or vendor.currency, by.buyer.currency
    if goods.cost is None or source is None or target is None or source == target:
        return goods.cost
    today = by.today
    found = rate(by.tables.rates, source, target, today)
    return None if found is None else FixedRate(source, target, found, today).converted(goods.cost)


def _frame(columns: dict[str, list[Any]], index: Iterable[Any]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame(columns, index=pd.Index(list(index)), dtype=object)
