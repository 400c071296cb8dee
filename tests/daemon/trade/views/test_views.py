"""What a buyer is told of lots on the shelf: its codes, days and prices, and 0 where it must."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from daemon.config import Configuration, from_values
from daemon.mapping.load import load
from daemon.mapping.tables import Tables
from daemon.terms.pricing import PricingTerms, agreed
from daemon.trade.calendar.plans import Plans
from daemon.trade.prices.charges import Packing
from daemon.trade.prices.pricing import landed, price
from daemon.trade.stock.units import NO_PACK
from daemon.trade.views.shelf import Lot, shelf
from daemon.trade.views.told import NOTHING, Told
from daemon.trade.views.view import eyes, view, withdrawn
from formats.offers import OfferRow
from formats.records import ShipVia, UnitType
from tests.daemon.network import SAMPLE_SITE
from tests.daemon.trade.calendar.calendars import EVERY_DAY, SAME_DAY, TUESDAY, WEDNESDAY, at

NOW = at(TUESDAY, 9)
EXAMPLE: dict[str, Any] = {
    "freight": 48,
    "handling": 6,
    "duty_percent": 6.5,
    "truck_per_cube": 1.10,
    "gpm_percent": 28,
}
"""The parameters of domain 4.5."""
LOT = Lot(
    id=7,
    product="ROS-EXP-60",
    unit="Stem",
    unit_type="Stem",
    source_key="rosa explorer 60cm",
    source_code="FS-1060",
    description="Rosa Explorer 60cm",
    available_from="",
    available_to=None,
    location="",
    box_type="HB",
    bunches_per_box=None,
    stems_per_bunch=None,
    category=None,
    color=None,
    grade=None,
    is_confirmed=True,
    unit_cost=Decimal("0.30"),
    cost_unit=None,
    currency="USD",
    published=Decimal(900),
    bought=Decimal(300),
    cut_on=None,
    change=1,
    first_change=1,
)


@pytest.fixture(scope="module")
def tables() -> Tables:
    names = ["florsol", "andes", "bloom", "tulipan", "axerrio-florsol"]
    return load(SAMPLE_SITE / "mappings", partners=names, today=TUESDAY)


def network(*, link: dict[str, Any] | None = None, **sides: dict[str, Any]) -> Configuration:
    """Return florsol -> bloom; `florsol`, `bloom` and `link` say what differs."""
    vendor = {"name": "florsol", "roles": ["vendor"], "currency": "USD"} | sides.get("florsol", {})
    buyer = {"name": "bloom", "roles": ["buyer"], "currency": "USD"} | sides.get("bloom", {})
    connected = {"vendor": "florsol", "buyer": "bloom", "pricing": EXAMPLE}
    calendar = {"schedule": SAME_DAY, "days_of_service": EVERY_DAY, "max_order_days": 14}
    connection = connected | calendar | (link or {})
    values = {"site": {}, "partner": [vendor, buyer], "connection": [connection]}
    return from_values(values, Path())


def told_of(
    tables: Tables,
    *lots: Lot,
    site: Configuration | None = None,
    now: datetime = NOW,
    told: Told = NOTHING,
) -> list[OfferRow]:
    """Return what bloom is told of `lots`."""
    site = site or network()
    by = eyes(site, tables, site.connection[0], at=now, plans=Plans(), told=told, terms="as before")
    assert by is not None
    today = now.astimezone(site.site.zone).date()
    return view(shelf(lots, site.partner[0], tables, today), by)


def before(change: int = 1, **said: Any) -> Told:
    """Return what bloom was told on the morning before, up to `change`."""
    known = {"at": NOW - timedelta(days=1), "valid_until": NOW, "terms": "as before"}
    return Told(change=change, **{**known, **said})


def test_an_offer_speaks_the_buyers_language(tables: Tables) -> None:
    (row,) = told_of(tables, LOT)
    assert (row.buyer_item, row.offer.seller_item, row.offer.name) == (
        "BLM-100",
        "ROS-EXP-60",
        "florsol-7",
    )
    assert (int(row.offer.quantity), row.offer.unit, row.available_from) == (600, "Stem", TUESDAY)
    assert (row.offer.description, row.offer.category) == ("Rose Explorer Red 60 cm", "Roses")
    assert (row.offer.box_type, row.offer.bunches_per_box, row.offer.stems_per_bunch) == (
        "HB",
        12,
        25,
    )


def test_a_price_is_that_of_the_warehouse(tables: Tables) -> None:
    """Scenario 7 of the domain."""
    (row,) = told_of(tables, LOT)
    assert (row.landed_cost, row.price) == (Decimal("0.4199"), Decimal("0.5832"))


@pytest.mark.parametrize(
    ("said", "price"),
    [
        ({"price_list": {"ROS-EXP-60": 0.75}}, "0.5832"),
        ({"price_list": {"ros-exp-60": 0.75}, "price_list_holds": True}, "0.75"),
        ({"price_list": {"ROS-FRE-60": 0.75}, "price_list_holds": True}, "0.5832"),
    ],
)
def test_a_price_list_counts_only_where_it_is_switched_on(
    tables: Tables, said: dict[str, Any], price: str
) -> None:
    """K-66: price lists don't apply to these goods unless they are switched on."""
    (row,) = told_of(tables, LOT, site=network(link={"pricing": EXAMPLE | said}))
    assert (row.landed_cost, row.price) == (Decimal("0.4199"), Decimal(price))


def test_a_listed_price_stands_without_a_cost(tables: Tables) -> None:
    said = {"price_list": {"ROS-EXP-60": 0.75}, "price_list_holds": True}
    lot = LOT._replace(unit_cost=None)
    (row,) = told_of(tables, lot, site=network(link={"pricing": EXAMPLE | said}))
    assert (row.landed_cost, row.price) == (None, Decimal("0.75"))


@pytest.mark.parametrize(
    ("holds_for", "is_open_market", "price"),
    [
        (None, False, "0.6124"),
        ("all", False, "0.6124"),
        ("open market", False, "0.5832"),
        ("open market", True, "0.6124"),
    ],
)
def test_a_markup_is_for_all_goods_or_for_the_open_market_alone(
    tables: Tables, holds_for: str | None, is_open_market: bool, price: str
) -> None:
    """K-66: the network's pages say both, so it is a setting."""
    said = EXAMPLE | {"markup_percent": 5} | ({"markup_holds_for": holds_for} if holds_for else {})
    link = {"pricing": said, "classify_as_open_market": is_open_market}
    (row,) = told_of(tables, LOT, site=network(link=link))
    assert row.price == Decimal(price)


def test_direct_from_the_grower_is_the_flower_alone() -> None:
    """Scenario 6 of the domain: a price request Ship Via Grower (D-01)."""
    terms = agreed(PricingTerms.model_validate(EXAMPLE), PricingTerms())
    cost = landed(Decimal("0.30"), Packing(UnitType.STEM, NO_PACK), terms, ship_via=ShipVia.GROWER)
    assert (cost.per_unit, cost.missing) == (Decimal("0.30"), ())
    assert price(cost, terms).amount == Decimal("0.4167")


@pytest.mark.parametrize("cost_unit", ["?CAJA", "?"])
def test_a_cost_per_nobody_knows_what_is_no_cost(tables: Tables, cost_unit: str) -> None:
    (row,) = told_of(tables, LOT._replace(cost_unit=cost_unit))
    assert (row.offer.unit_cost, row.offer.cost_unit, row.price, row.landed_cost) == (None,) * 4
    assert row.offer.quantity == 600


def test_a_cost_per_bunch_is_priced_per_bunch(tables: Tables) -> None:
    (row,) = told_of(tables, LOT._replace(cost_unit="Bunch", unit_cost=Decimal("7.50")))
    assert (row.price, row.offer.cost_unit) == (Decimal("14.5812"), "Bunch")


def test_a_cost_in_another_currency_is_priced_in_the_buyers(tables: Tables) -> None:
    """K-80: 0.30 EUR at 1.0850 is 0.3255 USD."""
    (row,) = told_of(tables, LOT._replace(currency="EUR"))
    (same,) = told_of(tables, LOT._replace(unit_cost=Decimal("0.3255")))
    assert (row.price, row.landed_cost) == (same.price, same.landed_cost)
    assert (row.offer.unit_cost, row.offer.currency) == (Decimal("0.30"), "EUR")


def test_goods_without_a_rate_are_not_to_be_had(tables: Tables) -> None:
    """K-07; without a cost no rate is needed."""
    pounds = LOT._replace(currency="GBP")
    assert told_of(tables, pounds) == []
    assert [row.offer.quantity for row in told_of(tables, pounds, told=before())] == [0]
    (row,) = told_of(tables, pounds._replace(unit_cost=None))
    assert (int(row.offer.quantity), row.price) == (600, None)


@pytest.mark.parametrize(
    "gone",
    [
        {"bought": Decimal(900)},
        {"bought": Decimal(1200)},
        {"product": None},
        {"unit_type": None},
        {"available_to": "2026-11-23"},
        {"available_from": "2027-01-01"},
    ],
)
def test_what_can_not_be_had_is_told_with_0_to_who_may_know_it(
    tables: Tables, gone: dict[str, Any]
) -> None:
    lot = LOT._replace(change=2, **gone)
    assert told_of(tables, lot) == []
    assert told_of(tables, lot._replace(first_change=2), told=before()) == []
    (row,) = told_of(tables, lot, told=before())
    assert (row.offer.name, int(row.offer.quantity)) == ("florsol-7", 0)


def test_what_was_told_with_0_is_not_told_again(tables: Tables) -> None:
    assert told_of(tables, LOT._replace(bought=Decimal(900)), told=before()) == []
    over = LOT._replace(available_to=(TUESDAY - timedelta(days=2)).isoformat())
    assert told_of(tables, over, told=before()) == []


def test_goods_past_their_age_are_told_with_0_on_the_day(tables: Tables) -> None:
    """K-20, and K-21 for a limit of the product's own."""
    selling = {"selling": {"age_days": {"min": 1, "max": 4}}}
    site = network(florsol=selling)
    lots = [LOT._replace(cut_on=(TUESDAY - timedelta(days=age)).isoformat()) for age in range(8)]
    seen = {age: told_of(tables, lot, site=site, told=before()) for age, lot in enumerate(lots)}
    told = {age: [int(row.offer.quantity) for row in rows] for age, rows in seen.items()}
    assert told == {0: [], 1: [600], 2: [600], 3: [600], 4: [600], 5: [0], 6: [], 7: []}
    kept = network(florsol={"selling": {"local_after": {"Roses": 6}}})
    assert [bool(told_of(tables, lot, site=kept)) for lot in lots] == [True] * 7 + [False]


@pytest.mark.parametrize(
    "doubt", [{"terms": "others"}, {"begun": 1}, {"begun": 3, "change": None, "at": None}]
)
def test_in_doubt_everything_that_may_be_known_is_told(
    tables: Tables, doubt: dict[str, Any]
) -> None:
    sold = LOT._replace(bought=Decimal(900))
    assert [row.offer.quantity for row in told_of(tables, sold, told=before(**doubt))] == [0]
    new = sold._replace(change=4, first_change=4)
    assert told_of(tables, new, told=before(**doubt)) == []


def test_the_first_truck_date_is_told(tables: Tables) -> None:
    """K-22, K-23: two days' notice, and a day on the way."""
    site = network(link={"ship_days_offset": 2, "schedule": dict.fromkeys(EVERY_DAY, 1)})
    (row,) = told_of(tables, LOT, site=site)
    assert row.available_from == date(2026, 11, 27)
    (late,) = told_of(tables, LOT._replace(available_from="2026-11-30"), site=site)
    assert late.available_from == date(2026, 12, 1)


def test_each_group_of_lots_gets_its_own_answer(tables: Tables) -> None:
    lots = [
        LOT._replace(id=1),
        LOT._replace(id=2, product="ROS-FRE-60", unit_cost=Decimal("0.40")),
        LOT._replace(id=3, available_from=WEDNESDAY.isoformat()),
        LOT._replace(id=4, unit_cost=None),
        LOT._replace(id=5, product="NOT-LISTED", bunches_per_box=10, stems_per_bunch=10),
    ]
    rows = told_of(tables, *lots)
    assert [(row.offer.name, row.buyer_item, row.available_from) for row in rows] == [
        ("florsol-1", "BLM-100", TUESDAY),
        ("florsol-2", "BLM-110", TUESDAY),
        ("florsol-3", "BLM-100", WEDNESDAY),
        ("florsol-4", "BLM-100", TUESDAY),
        ("florsol-5", "NOT-LISTED", TUESDAY),
    ]
    assert [row.price is None for row in rows] == [False, False, False, True, False]
    assert rows[0].price == rows[2].price
    assert rows[0].price != rows[1].price


def test_an_ended_connection_takes_back_all_that_may_be_known(tables: Tables) -> None:
    site = network()
    lots = [LOT, LOT._replace(id=8, first_change=5, change=5), LOT._replace(id=9, product=None)]
    made = shelf(lots, site.partner[0], tables, TUESDAY)
    rows = withdrawn(made, site.partner[1], tables, TUESDAY, before())
    assert [(row.offer.name, int(row.offer.quantity), row.buyer_item) for row in rows] == [
        ("florsol-7", 0, "BLM-100"),
        ("florsol-9", 0, None),
    ]
    assert {(row.price, row.landed_cost, row.available_from) for row in rows} == {
        (None, None, None)
    }


def test_an_empty_shelf_tells_nothing(tables: Tables) -> None:
    assert told_of(tables) == []
    made = shelf([], network().partner[0], tables, TUESDAY)
    assert withdrawn(made, network().partner[1], tables, TUESDAY, before()) == []


def test_a_buyer_is_shown_what_its_vendor_asks_of_it(tables: Tables) -> None:
    link = {"asking": {"markup_percent": {"Roses": 10}}}
    (row,) = told_of(tables, LOT, site=network(link=link))
    (plain,) = told_of(tables, LOT._replace(unit_cost=Decimal("0.33")))
    assert row.offer.unit_cost == Decimal("0.3300")
    assert (row.landed_cost, row.price) == (plain.landed_cost, plain.price)
    assert row.offer.currency == "USD"


def test_goods_of_other_products_and_one_cost_are_priced_apart(tables: Tables) -> None:
    link = {"asking": {"markup_percent": {"ROS-EXP-60": 10}}}
    other = LOT._replace(id=8, product="ROS-FRE-50")
    rows = told_of(tables, LOT, other, site=network(link=link))
    assert [row.offer.unit_cost for row in rows] == [Decimal("0.3300"), Decimal("0.30")]


def test_a_buyer_without_terms_shares_the_offers_of_all(tables: Tables) -> None:
    site = network()
    of = shelf([LOT], site.partner[0], tables, TUESDAY)
    by = eyes(site, tables, site.connection[0], at=NOW, plans=Plans())
    assert by is not None
    (row,) = view(of, by)
    assert row.offer is of.frame["offer"].tolist()[0]
