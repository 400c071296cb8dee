"""What each buyer sees of each vendor now, and why a lot is not visible, or has no price.

For people: it reads the books and changes nothing. Why the calendar hides a lot is `hidden`, what a
price lacks `charges`; here stand the reasons beside them: no connection, no mapping, nothing left,
no rate, no cost.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import or_, select

from daemon.config import Configuration, Connection, Partner
from daemon.ledger import holds
from daemon.ledger.holds import HoldKind
from daemon.ledger.schema import stock_lots
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from daemon.terms.connection import Modality
from daemon.terms.pricing import Agreed
from daemon.trade.calendar.lot_dates import vendors_day
from daemon.trade.calendar.plan import Plan
from daemon.trade.calendar.plans import Plans
from daemon.trade.calendar.why_hidden import Reason, why_hidden
from daemon.trade.orders.carrier_loads import FullDays
from daemon.trade.prices.asking import Asked
from daemon.trade.prices.charges import Missing as MissingPart
from daemon.trade.prices.pricing import landed, price
from daemon.trade.stock.gathered import UNKNOWN_UNIT
from daemon.trade.stock.reserves import NOTHING, Kept, for_others, is_ahead
from daemon.trade.stock.staging import lacks_pack
from daemon.trade.views.activation import Missing, is_stopped
from daemon.trade.views.asked import stated
from daemon.trade.views.readiness import lacking
from daemon.trade.views.shelf import (
    LOT_COLUMNS,
    Goods,
    Lot,
    Shelf,
    changed_lots,
    kept_of,
    lot_of,
    shelf,
)
from daemon.trade.views.told import Feed, Told, is_told, last_changes, told_feeds
from daemon.trade.views.view import Eyes, asking, buyer_cost, eyes, is_known, view
from formats.offers import OfferRow
from formats.values import normalised


@dataclass(frozen=True, slots=True)
class Waiting:
    """Codes of a vendor's stock that no table knows (K-05, K-06)."""

    products: tuple[str, ...] = ()
    box_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A connection as it stands at a moment."""

    connection: Connection
    vendor: Partner
    buyer: Partner
    missing: tuple[Missing, ...]
    told: Told | None
    """What the buyer was told last; None where it knows of nothing."""
    by: Eyes

    @property
    def is_shown(self) -> bool:
        """Whether anything of the vendor's stock may be shown to the buyer."""
        return is_told(self.connection, self.buyer) and not is_stopped(self.missing, Modality.SALES)

    @property
    def plan(self) -> Plan:
        return self.by.plan


@dataclass(frozen=True, slots=True)
class Explained:
    """One lot of a connection: what the buyer is shown of it, or why it isn't, or has no price."""

    lot: Lot
    offer: OfferRow | None
    """What the buyer is shown; None where nothing."""
    hidden: tuple[Reason, ...]
    unpriced: tuple[Reason, ...]
    asked: Asked
    """What the vendor asks of this buyer, and what that is made of (K-60)."""


def links(
    conn: DatabaseConnection,
    site: Configuration,
    tables: Tables,
    at: datetime,
    *,
    location: str | None = None,
    customer: tuple[str, ...] = (),
) -> list[Link]:
    """Return the site's connections in the order of `k2kd.toml`.

    `location` and `customer` are of the buyers, for days and prices of their own.
    """
    feeds, today = told_feeds(conn), at.astimezone(site.site.zone).date()
    waiting = {name: waiting_codes(conn, name) for name in {c.vendor for c in site.connection}}
    found, plans = [], Plans()
    full = FullDays.at(conn, tables, at, site.site.zone)
    for link in site.connection:
        vendor, buyer = site.partner_named(link.vendor), site.partner_named(link.buyer)
        by = eyes(
            *(site, tables, link),
            at=at,
            plans=plans,
            full=full.of(link),
            location=location,
            customer=customer,
        )
        if vendor is None or buyer is None or by is None:
            continue
        codes = waiting[link.vendor]
        lacks = lacking(
            site, tables, link, today, products=codes.products, box_types=codes.box_types
        )
        told = feeds.get(Feed(link.vendor, link.buyer))
        found.append(Link(link, vendor, buyer, lacks, told, by))
    return found


def waiting_codes(conn: DatabaseConnection, vendor: str) -> Waiting:
    """Return what of a vendor's stock waits for a row in a mapping table."""
    codes: dict[str, dict[str, None]] = {}
    for hold in holds.open_holds(conn, [HoldKind.UNMAPPED], partner=vendor):
        text = hold.source_code or hold.source_description
        if hold.lot_id is not None and hold.mapping_kind and text:
            codes.setdefault(hold.mapping_kind, {})[text] = None
    return Waiting(
        tuple(codes.get(Kind.PRODUCTS.value, ())), tuple(codes.get(Kind.BOX_TYPES.value, ()))
    )


def shelves(
    conn: DatabaseConnection, vendor: Partner, tables: Tables, site: Configuration, at: datetime
) -> Iterator[Shelf]:
    """Yield all of a vendor's lots, made ready for every buyer."""
    newest = last_changes(conn, {vendor.name}).get(vendor.name, 0)
    today, day = at.astimezone(site.site.zone).date(), vendors_day(vendor, at, site.site.zone)
    for piece in changed_lots(conn, vendor.name, since=-1, up_to=newest):
        kept = kept_of(conn, site, tables, vendor.name, piece)
        yield shelf(piece, vendor, tables, today, vendors_day=day, kept=kept)


def offered(link: Link, of: Iterable[Shelf]) -> list[OfferRow]:
    """Return what the buyer of a connection can have now."""
    return [row for one in of for row in view(one, link.by)] if link.is_shown else []


def lots_called(conn: DatabaseConnection, link: Link, called: str) -> list[Lot]:
    """Return the vendor's lots that go by a name: ours, the buyer's, or the vendor's own words."""
    by, columns = link.by, stock_lots.c
    names = {called, called.upper()}
    for partner in (link.buyer.name, link.vendor.name):
        for code, text in ((called, None), (None, called)):
            product = by.tables.product(partner, code, text, link.vendor.name, by.today)
            names |= {product} if product else set()
    query = select(*LOT_COLUMNS).where(
        columns.vendor == link.vendor.name,
        or_(
            columns.product.in_(names),
            columns.source_code.in_(names),
            columns.description == called,
            columns.source_key == normalised(called),
        ),
    )
    return [lot_of(row) for row in conn.execute(query.order_by(columns.id))]


def explain(link: Link, lot: Lot, kept: Kept = NOTHING) -> Explained:
    """Return what the buyer is shown of a lot, and every rule that is in the way of more."""
    by = link.by
    day = by.plan.rules.today
    one = shelf([lot], link.vendor, by.tables, by.today, vendors_day=day, kept=kept)
    offers = view(one, by) if link.is_shown else []
    asked = asking(one, by).of(stated(lot.product, one.goods[0]))
    hidden = tuple(_why_hidden(link, lot, one, asked)) if not offers else ()
    unpriced = tuple(_why_unpriced(link, lot, asked)) if lot.is_mapped else ()
    return Explained(lot, offers[0] if offers else None, hidden, unpriced, asked)


def _why_hidden(link: Link, lot: Lot, one: Shelf, asked: Asked) -> Iterator[Reason]:
    for_all = tuple(stopped(link))
    yield from for_all
    yield from _unmapped(link.vendor, lot)
    yield from _staged(link, lot)
    if is_ahead(link.vendor, lot.available_from, link.plan.rules.today):
        sentence = f"it is there from {lot.available_from}, and sold from that day alone"
        setting = f"selling.publishes_future_sales of [[partner]] {link.vendor.name}"
        yield Reason("K-32", sentence, setting, "true")
    known = {_CALENDAR_KEYS.get(each.setting.partition(" of ")[0]) for each in for_all}
    yield from (each for each in why_hidden(link.plan, one.days[0]) if each.rule not in known)
    if lot.left <= 0:
        yield _sold(link.vendor, lot)
    elif lot.left <= (held := for_others(one.kept, lot.id, link.buyer.name)):
        sentence = f"what is left, {lot.left} {lot.unit}, is kept for others: {held}"
        setting = f"reserved_percent of the other connections of {link.vendor.name}"
        yield Reason("K-45", sentence, setting, "a smaller share")
    if (reason := _without_rate(link, _goods(asked))) is not None:
        yield reason


def stopped(link: Link) -> Iterator[Reason]:
    """Tell what keeps all of a vendor's stock from a buyer (K-01 to K-10)."""
    if not link.connection.serves(Modality.SALES):
        title = link.connection.title
        sentence = "the connection is not for sales, so no stock is shown over it"
        yield Reason("2.1", sentence, f"modality of {title}", "sales")
    if not link.connection.is_stock_shown(link.buyer.buying):
        sentence = f"{link.buyer.name} hides the stock of vendors; it can order it all the same"
        setting = f"shows_k2k_stock of [[connection]] {link.connection.title}"
        yield Reason("K-31", sentence, setting, "true")
    for each in link.missing:
        if each.stops_connection and each.modality is Modality.SALES:
            yield Reason(each.code, each.sentence, each.place, "")


def _staged(link: Link, lot: Lot) -> Iterator[Reason]:
    """Tell why a lot that is mapped is not on sale, or not to this buyer (M-12, M-13, M-15)."""
    vendor = link.vendor
    if not is_known(lot.product, link.by):
        sentence = (
            f"{lot.product} came by itself with a file of {vendor.name}, and {link.buyer.name}"
            " takes no such products"
        )
        setting = f"adds_products of [[connection]] {link.connection.title}"
        yield Reason("M-15", sentence, setting, "true, or a row of the buyer in products.csv")
    if lot.is_on_sale or not lot.is_mapped:
        return
    if lacks_pack(lot._asdict(), vendor, link.by.tables, link.by.today):
        row = f"{vendor.name},{lot.product},BOX,BUNCHES,STEMS,{lot.unit_type},yes,,,"
        sentence = f"it is staged: nobody said how {vendor.name} packs it"
        yield Reason("M-12", sentence, "packs.csv", row)
        return
    sentence = "it is staged: it waits for a person's word"
    yield Reason("M-13", sentence, f"k2kd staged {vendor.name}", "--confirm")


def _unmapped(vendor: Partner, lot: Lot) -> Iterator[Reason]:
    """Tell why a lot is staged (M-12)."""
    words = lot.source_code or lot.description or lot.source_key
    if lot.product is None:
        sentence = f"it is staged: no row says what {words!r} of {vendor.name} is"
        code, text = lot.source_code, lot.description or (None if lot.source_code else words)
        row = _row(vendor.name, "", code, text, "OUR-CODE")
        yield Reason("K-05", sentence, "products.csv", row)
    if lot.unit_type is None:
        sentence = f"it is staged: no row says what the unit {lot.unit!r} of {vendor.name} is"
        yield Reason("M-12", sentence, "units.csv", _row(vendor.name, "", lot.unit, "", "Stem"))


def _row(*cells: str | None) -> str:
    """Return a row of a mapping table, as it is written into its file."""
    out = StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def _sold(vendor: Partner, lot: Lot) -> Reason:
    sentence = f"nothing is left: {lot.published} {lot.unit} published, {lot.bought} of them bought"
    return Reason(
        "K-40", sentence, f"quantity in the next file of {vendor.name}", f"above {lot.bought}"
    )


def _goods(asked: Asked) -> Goods:
    return Goods(asked.cost, asked.currency, asked.packing)


def _without_rate(link: Link, goods: Goods) -> Reason | None:
    source, target = goods.currency or link.vendor.currency, link.buyer.currency
    if goods.cost is None or buyer_cost(goods, link.vendor, link.by) is not None:
        return None
    sentence = f"it costs {source}, {link.buyer.name} reckons in {target}, and no rate is set today"
    return Reason("E-29", sentence, "rates.csv", f"{source},{target},RATE")


def _why_unpriced(link: Link, lot: Lot, asked: Asked) -> Iterator[Reason]:
    """Tell what the price of a lot lacks; nothing where it has one."""
    goods = _goods(asked)
    if asked.missing:
        for part in asked.missing:
            yield Reason("K-60", f"no cost: {part}", f"asking of {link.connection.title}", "")
        return
    words = (lot.cost_unit or "").partition(UNKNOWN_UNIT)[2]
    if asked.cost is None and (lot.cost_unit or "").startswith(UNKNOWN_UNIT):
        named = repr(words) if words else "a unit that is too long to keep"
        sentence = f"its cost is per {named}, and no row says what that is"
        row = _row(link.vendor.name, "", words, "", "Stem") if words else ""
        yield Reason("U-13", sentence, "units.csv", row)
        return
    terms = link.by.terms
    cost = buyer_cost(goods, link.vendor, link.by)
    if goods.cost is not None and cost is None:
        return  # Without a rate it isn't visible either, and that is said there.
    typed = terms.listed(lot.product)
    found = price(landed(cost, goods.packing, terms), terms, typed=typed)
    lacks: Sequence[MissingPart] = found.missing
    for each in lacks:
        yield _unpriced(link, lot, each, is_unset=each.part in _unset_parts(terms))


def _unset_parts(terms: Agreed) -> Iterator[str]:
    """Yield the parts of a price that nobody stated, as `charges` and `pricing` name them."""
    named = {
        "freight": terms.freight,
        "handling": terms.handling,
        "duty": terms.duty_percent,
        "truck": terms.truck_per_cube,
        "GPM": terms.gpm_percent,
    }
    yield from (part for part, said in named.items() if said is None)


def _unpriced(link: Link, lot: Lot, lack: MissingPart, *, is_unset: bool) -> Reason:
    """Return what a part that is missing asks for."""
    rule = _PRICE_RULES.get(lack.part, "K-62")
    if is_unset:
        key, wanted = _PRICE_SETTINGS[lack.part]
        setting = f"pricing.{key} of [[connection]] {link.connection.title}"
        return Reason(rule, f"no price: nobody said the {lack.part}", setting, wanted)
    sentence = f"no price: {lack.part}: {lack.text}"
    if lack.part == "units per box":
        unit = lot.unit_type or "Stem"
        row = f"{link.vendor.name},{lot.product},BOX,BUNCHES,STEMS,{unit},yes,,,"
        return Reason(rule, sentence, "packs.csv", row)
    if lack.part == "flower":
        setting = f"unit cost in the next file of {link.vendor.name}"
        return Reason(rule, sentence, setting, "an amount; 0.00 where it is free")
    return Reason(rule, sentence, "", "")


_CALENDAR_KEYS = {"schedule": "K-23", "days_of_service": "K-24"}
"""Settings of a connection without which the calendar has the same to say."""
_PRICE_RULES = {
    "units per box": "M-12",
    "flower": "U-16",
    "truck": "K-03",
    "GPM": "K-61",
    "box charge": "K-68",
    "surcharge": "K-70",
}
_PRICE_SETTINGS = {
    "freight": ("freight", "an amount per FBE; 0 for none"),
    "handling": ("handling", "an amount per FBE; 0 for none"),
    "duty": ("duty_percent", '{ "*" = PER CENT }; 0 for none'),
    "truck": ("truck_per_cube", "an amount per cubic foot; 0 for none"),
    "GPM": ("gpm_percent", "a margin in per cent, such as 28"),
}
"""The key of the pricing terms, and what it takes."""
