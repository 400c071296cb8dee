"""What a buyer sees of a vendor's stock: lots in the buyer's codes, dates and prices.

available = published - bought by anyone (domain K-40). Each group of lots on the `shelf` is judged
once for a buyer, so that fifty buyers of ten thousand lots are a matter of seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from daemon.config import Configuration, Connection, Partner
from daemon.mapping.rates import rate
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from daemon.terms.company import name_with_terms
from daemon.terms.pricing import Agreed
from daemon.trade.calendar.lot_dates import vendors_day
from daemon.trade.calendar.plan import LotDates, Plan, visible
from daemon.trade.calendar.plans import Plans
from daemon.trade.prices.asking import Asking
from daemon.trade.prices.currency import FixedRate, rounded
from daemon.trade.prices.pricing import landed
from daemon.trade.prices.quotes import Quotes
from daemon.trade.stock.reserves import for_others
from daemon.trade.views.asked import asked_shelf
from daemon.trade.views.shelf import ZERO, Goods, Shelf
from daemon.trade.views.told import NOTHING, Told
from daemon.trade.views.wording import in_words_of, vendor_display
from formats.offers import OfferRow
from formats.records import ShipVia

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
    """Days of the vendor since it was told last."""
    location: str | None = None
    """The buyer's location that looks, for its GPM and its days; None for the company."""
    customer: tuple[str, ...] = ()
    """What the buyer's customer is called that it looks for, with its markup and its days."""

    @property
    def terms(self) -> Agreed:
        """Return the terms of price that hold for whoever looks (K-61, K-64)."""
        return self.link.agreed_with(
            self.buyer.buying, location=self.location, customer=self.customer
        )


def eyes(
    site: Configuration,
    tables: Tables,
    link: Connection,
    *,
    at: datetime,
    plans: Plans,
    told: Told = NOTHING,
    terms: str | None = None,
    full: frozenset[date] = frozenset(),
    location: str | None = None,
    customer: tuple[str, ...] = (),
) -> Eyes | None:
    """Return how the buyer of `link` looks at its vendor's stock; None where one is unknown.

    `terms` is the fingerprint of the connection now. Where it was told with another one, or was
    not told to the end, `before` is None: it may have been shown anything. `full` are the ship
    dates on which the carrier of the connection has no more room. `location` and `customer` are
    the buyer's, where it asks for one of them.
    """
    vendor, buyer = site.partner_named(link.vendor), site.partner_named(link.buyer)
    if vendor is None or buyer is None:
        return None
    zone = site.site.zone
    is_sure = told.at is not None and told.begun is None and told.terms == terms
    # In the order of time: mostly it is the same plan still.
    by_carrier = partial(plans.of, zone=zone, carrier=link.warehouse_carrier, full=full)
    before = by_carrier(link, vendor, buyer, told.at) if is_sure and told.at else None
    days_of = name_with_terms(buyer.buying.customers_with_days, *customer)
    now = by_carrier(link, vendor, buyer, at, location=location, customer=days_of)
    today = at.astimezone(zone).date()
    last = vendors_day(vendor, told.at, zone) if told.at else now.rules.today
    elapsed_days = (now.rules.today - last).days
    return Eyes(link, buyer, tables, today, now, told, before, elapsed_days, location, customer)


def view(of: Shelf, by: Eyes) -> list[OfferRow]:
    """Return what the buyer is told of the lots on the shelf: those it can have, in its own words.

    A lot that it can't have (any more) is told with 0 where it may have been told of more than
    that, so that its system stops selling it, and else not at all. A lot without an exchange rate
    can't be had (K-07), nor can one that isn't mapped (M-12).
    """
    if not of.lots:
        return []
    of = asked_shelf(of, asking(of, by))
    seen = _with(_for(of, by), "product", _codes(of, by.buyer, by.tables, by.today))
    seen = _with(seen, "product", {"is_known": {p: is_known(p, by) for p in of.products}})
    if not by.link.transfer_real_aging:
        seen = seen.assign(cut_on=None)
    seen = _with(_with(seen, "days", _days(of, by)), "goods", _prices(of, by))
    seen = _listed(seen, by)
    can_be_had = seen["is_left"] & seen["is_known"]
    is_shown = (can_be_had & seen["is_visible"] & seen["has_rate"]).astype(bool)
    was_shown = _may_know(seen, by.told)
    if by.before is not None:
        # Of what hasn't changed since, it is known what the buyer was shown of it.
        was_there = (can_be_had & seen["was_visible"]).astype(bool)
        was_shown &= was_there | (seen["change"] > (by.told.change or 0)).astype(bool)
    rows = _worded(_rows(seen[is_shown | was_shown]), of.vendor, by.buyer, by.tables, by.today)
    rows = _signed(rows, vendor_display(by.link, of.vendor, by.buyer))
    there = is_shown[is_shown | was_shown].tolist()
    return [row if is_there else _gone(row) for row, is_there in zip(rows, there, strict=True)]


def asking(of: Shelf, by: Eyes) -> Asking:
    """Return how the vendor of a shelf asks the buyer (K-60)."""
    return Asking(by.link, of.vendor, by.tables, by.today)


def _for(of: Shelf, by: Eyes) -> pd.DataFrame:
    """Return the lots without what is kept of them for other buyers (K-45)."""
    if not of.kept:
        return of.frame
    offers, is_left = of.frame["offer"].tolist(), of.frame["is_left"].tolist()
    for at, lot in enumerate(of.lots):
        gone = for_others(of.kept, lot.id, by.buyer.name)
        if gone > ZERO:
            rest = max(ZERO, offers[at].quantity - gone)
            offers[at] = offers[at]._replace(quantity=rest)
            is_left[at] = is_left[at] and rest > ZERO
    found: _Found = {"offer": dict(enumerate(offers)), "is_left": dict(enumerate(is_left))}
    return _with(of.frame.assign(row=range(len(offers))), "row", found)


def _listed(seen: pd.DataFrame, by: Eyes) -> pd.DataFrame:
    """Let a price of the buyer's price list stand for what was computed (K-66)."""
    terms = by.terms
    if not terms.price_list:
        return seen
    pairs = zip(seen["product"].tolist(), seen["price"].tolist(), strict=True)
    prices: list[Decimal | None] = []
    for product, computed in pairs:
        listed = terms.listed(product)
        prices.append(computed if listed is None else listed)
    return _with(seen.assign(row=range(len(prices))), "row", {"price": dict(enumerate(prices))})


def withdrawn(of: Shelf, buyer: Partner, tables: Tables, today: date, told: Told) -> list[OfferRow]:
    """Return what a buyer is told at the end of a connection: that nothing of the shelf is left."""
    if not of.lots:
        return []
    seen = _with(of.frame, "product", _codes(of, buyer, tables, today))
    known = seen[_may_know(seen, told)]
    pairs = zip(known["offer"].tolist(), known["buyer_item"].tolist(), strict=True)
    rows = [_gone(OfferRow(offer, item)) for offer, item in pairs]
    rows = _worded(rows, of.vendor, buyer, tables, today)
    # Nobody can say any more whose they may be called: the connection said it, too (H-02).
    return _signed(rows, None)


def _signed(rows: list[OfferRow], display: str | None) -> list[OfferRow]:
    """Say of each offer whose it is as the buyer's customers may read it (H-02)."""
    return [
        row
        if row.offer.vendor_display == display
        else row._replace(offer=row.offer._replace(vendor_display=display))
        for row in rows
    ]


def _worded(
    rows: list[OfferRow], vendor: Partner, buyer: Partner, tables: Tables, today: date
) -> list[OfferRow]:
    """Say of each offer what it is like as the buyer does."""
    offers = in_words_of(buyer.name, vendor.name, [row.offer for row in rows], tables, today)
    pairs = zip(rows, offers, strict=True)
    return [row if row.offer is told else row._replace(offer=told) for row, told in pairs]


def _gone(row: OfferRow) -> OfferRow:
    return row._replace(offer=row.offer._replace(quantity=ZERO))


def _may_know(seen: pd.DataFrame, told: Told) -> pd.Series[bool]:
    """Tell of which lots the buyer may ever have heard."""
    return (seen["first_change"] <= told.known_to).astype(bool)


def _rows(told: pd.DataFrame) -> list[OfferRow]:
    columns = [told[name].tolist() for name in OfferRow._fields]
    return [OfferRow._make(row) for row in zip(*columns, strict=True)]


_Found = dict[str, dict[Any, Any]]
"""Columns of a view, each by the groups of one kind."""


def _with(frame: pd.DataFrame, group: str, found: _Found) -> pd.DataFrame:
    """Return `frame` with what was found for each group; a join costs four times as much."""
    import pandas as pd  # noqa: PLC0415  (as in `shelf`)

    groups = frame[group].tolist()
    columns = {
        name: pd.Series([of[each] for each in groups], index=frame.index, dtype=object)
        for name, of in found.items()
    }
    return frame.assign(**columns)


def _codes(of: Shelf, buyer: Partner, tables: Tables, today: date) -> _Found:
    """Return the buyer's code of each product; one that has none of its own is told ours."""
    items: dict[Any, Any] = {}
    for product in of.products:
        row = tables.partner_code(Kind.PRODUCTS, buyer.name, product, today) if product else None
        items[product] = (row.source_code if row else "") or product
    return {"buyer_item": items}


def is_known(product: str | None, by: Eyes) -> bool:
    """Tell whether a product is among those that the buyer trades in.

    One that came by itself with a vendor's file is so for buyers that take such (M-15), or that a
    person gave a row for it.
    """
    known = by.tables.catalogue.get(product) if product else None
    if product is None or known is None or not known.from_vendor or by.link.adds_products:
        return True
    return (
        by.tables.partner_code(Kind.PRODUCTS, by.buyer.name, product, by.today, by.link.vendor)
        is not None
    )


def _days(of: Shelf, by: Eyes) -> _Found:
    """Return the first truck date of each group of dates, and whether it could be had before."""
    now = [visible(by.plan, dates) for dates in of.days]
    return {
        "available_from": dict(enumerate(each.available_from for each in now)),
        "is_visible": dict(enumerate(each.is_visible for each in now)),
        "was_visible": dict(enumerate(_was_visible(dates, by) for dates in of.days)),
    }


def _was_visible(dates: LotDates, by: Eyes) -> bool:
    """Tell whether a lot of these dates could be had when the buyer was told last."""
    if by.before is None:
        return True
    age = max(0, dates.age_days - by.elapsed_days)
    return visible(by.before, dates._replace(age_days=age)).is_visible


def _prices(of: Shelf, by: Eyes) -> _Found:
    """Return for each group of goods what a unit costs the buyer landed, and what it may ask."""
    terms = by.terms
    quotes, direct = Quotes(terms), Quotes(terms, ShipVia.GROWER)
    found: _Found = {"price": {}, "landed_cost": {}, "price_direct": {}, "has_rate": {}}
    for number, goods in enumerate(of.goods):
        cost = buyer_cost(goods, of.vendor, by)
        lands = landed(cost, goods.packing, terms).per_unit
        found["price"][number] = quotes.amount(cost, goods.packing)
        found["price_direct"][number] = direct.amount(cost, goods.packing)
        found["landed_cost"][number] = None if lands is None else rounded(lands, COST_PLACES)
        found["has_rate"][number] = goods.cost is None or cost is not None
    return found


def buyer_cost(goods: Goods, vendor: Partner, by: Eyes) -> Decimal | None:
    """Return the cost in the buyer's currency; None where none is stated, or no rate is known."""
    source, target = goods.currency or vendor.currency, by.buyer.currency
    if goods.cost is None or source is None or target is None or source == target:
        return goods.cost
    today = by.today
    found = rate(by.tables.rates, source, target, today)
    return None if found is None else FixedRate(source, target, found, today).converted(goods.cost)
