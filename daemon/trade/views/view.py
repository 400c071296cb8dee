"""What a buyer sees of a vendor's stock: lots in the buyer's codes, dates and prices.

available = published - bought by anyone (domain K-40). Each group of lots on the `shelf` is judged
once for a buyer, so that fifty buyers of ten thousand lots are a matter of seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from daemon.config import Configuration, Connection, Partner
from daemon.mapping.rates import rate
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from daemon.terms.pricing import agreed
from daemon.trade.calendar.plan import LotDates, Plan, plan, visible
from daemon.trade.prices.currency import FixedRate, rounded
from daemon.trade.prices.pricing import landed
from daemon.trade.prices.quotes import Quotes
from daemon.trade.views.shelf import ZERO, Goods, Shelf
from daemon.trade.views.told import NOTHING, Told
from formats.offers import OfferRow

if TYPE_CHECKING:
    import pandas as pd

COST_PLACES = 4


@dataclass(frozen=True, slots=True)
class Eyes:
    """How one buyer looks at a vendor's stock at one moment, and what it was told before."""

    link: Connection
    buyer: Partner
    tables: Tables
    today: date
    plan: Plan
    told: Told
    before: Plan | None
    """The plan by which it was told last; None where nobody can say what it was shown."""
    elapsed_days: int
    """Site days since it was told last."""


def eyes(
    site: Configuration,
    tables: Tables,
    link: Connection,
    *,
    at: datetime,
    told: Told = NOTHING,
    terms: str | None = None,
) -> Eyes | None:
    """Return how the buyer of `link` looks at its vendor's stock; None where one is unknown.

    `terms` is the fingerprint of the connection now. Where it was told with another one, or was
    not told to the end, `before` is None: it may have been shown anything.
    """
    vendor, buyer = site.partner_named(link.vendor), site.partner_named(link.buyer)
    if vendor is None or buyer is None:
        return None
    zone = site.site.zone
    is_sure = told.at is not None and told.begun is None and told.terms == terms
    before = plan(link, vendor, buyer, told.at, zone=zone) if is_sure and told.at else None
    now = plan(link, vendor, buyer, at, zone=zone)
    today = at.astimezone(zone).date()
    elapsed_days = (today - told.at.astimezone(zone).date()).days if told.at else 0
    return Eyes(link, buyer, tables, today, now, told, before, elapsed_days)


def view(of: Shelf, by: Eyes) -> list[OfferRow]:
    """Return what the buyer is told of the lots on the shelf: those it can have, in its own words.

    A lot that it can't have (any more) is told with 0 where it may have been told of more than
    that, so that its system stops selling it, and else not at all. A lot without an exchange rate
    can't be had (K-07), nor can one that isn't mapped (M-12).
    """
    if not of.lots:
        return []
    seen = of.frame.join(_codes(of, by.buyer, by.tables, by.today), on="product")
    seen = seen.join(_days(of, by), on="days").join(_prices(of, by), on="goods")
    is_shown = (seen["is_left"] & seen["is_visible"] & seen["has_rate"]).astype(bool)
    was_shown = _may_know(seen, by.told)
    if by.before is not None:
        # Of what hasn't changed since, it is known what the buyer was shown of it.
        was_there = (seen["is_left"] & seen["was_visible"]).astype(bool)
        was_shown &= was_there | (seen["change"] > (by.told.change or 0)).astype(bool)
    seen["quantity"] = seen["quantity"].where(is_shown, ZERO)
    return _rows(seen[is_shown | was_shown])


def withdrawn(of: Shelf, buyer: Partner, tables: Tables, today: date, told: Told) -> list[OfferRow]:
    """Return what a buyer is told at the end of a connection: that nothing of the shelf is left."""
    if not of.lots:
        return []
    seen = of.frame.join(_codes(of, buyer, tables, today), on="product")
    known = seen[_may_know(seen, told)]
    alike = [name for name in OfferRow._fields if name in known.columns]
    columns = [known[name].tolist() for name in alike]
    rows = (dict(zip(alike, row, strict=True)) for row in zip(*columns, strict=True))
    return [OfferRow(**{**row, "quantity": ZERO}) for row in rows]


def _may_know(seen: pd.DataFrame, told: Told) -> pd.Series[bool]:
    """Tell of which lots the buyer may ever have heard."""
    return (seen["first_change"] <= told.known_to).astype(bool)


def _rows(told: pd.DataFrame) -> list[OfferRow]:
    columns = [told[name].tolist() for name in OfferRow._fields]
    return [OfferRow._make(row) for row in zip(*columns, strict=True)]


def _codes(of: Shelf, buyer: Partner, tables: Tables, today: date) -> pd.DataFrame:
    """Return the buyer's code of each product; one that has none of its own is told ours."""
    products = [code for code in of.frame["product"].unique().tolist() if code]
    rows = (tables.partner_code(Kind.PRODUCTS, buyer.name, code, today) for code in products)
    items = [(row.source_code if row else "") or p for row, p in zip(rows, products, strict=True)]
    return _frame({"buyer_item": [*items, None]}, [*products, None])


def _days(of: Shelf, by: Eyes) -> pd.DataFrame:
    """Return the first truck date of each group of dates, and whether it could be had before."""
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
    """Tell whether a lot of these dates could be had when the buyer was told last."""
    if by.before is None:
        return True
    age = max(0, dates.age_days - by.elapsed_days)
    return visible(by.before, dates._replace(age_days=age)).is_visible


def _prices(of: Shelf, by: Eyes) -> pd.DataFrame:
    """Return for each group of goods what a unit costs the buyer landed, and what it may ask."""
    terms = agreed(by.buyer.buying.pricing, by.link.pricing)
    quotes = Quotes(terms)
    costs = [buyer_cost(each, of.vendor, by) for each in of.goods]
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


def buyer_cost(goods: Goods, vendor: Partner, by: Eyes) -> Decimal | None:
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
