"""Buyers are told everything once, then what changed, and that nothing is left where it isn't."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.daemon.network import NETWORK
from tests.daemon.pipeline.market import (
    CLOSING,
    EXPLORER,
    FREEDOM,
    MONDAY,
    PRICED,
    Market,
    left,
    nobody_is_told,
    opened,
    told,
)
from tests.daemon.sites import only
from tests.daemon.trade.views.showroom import (
    NEW_YORK,
    Goods,
    advice,
    told_to,
)


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Market]:
    with opened(tmp_path, NETWORK) as made:
        yield made


@pytest.fixture
def priced(tmp_path: Path) -> Iterator[Market]:
    """Where buyers have the price terms of domain 4.5's example."""
    with opened(tmp_path, PRICED) as made:
        yield made


@pytest.fixture
def closing(tmp_path: Path) -> Iterator[Market]:
    """Where florsol's carrier leaves at 14:00."""
    with opened(tmp_path, CLOSING) as made:
        yield made


# --- everything, then changes --------------------------------------------------------------------


def test_the_first_file_tells_everything_and_the_next_what_changed(market: Market) -> None:
    first = market.publish(EXPLORER, FREEDOM)
    assert told(first).is_full
    assert told(first, "tulipan").is_full
    assert left(first) == {"BLM-100": 600, "BLM-110": 300}
    after = market.order(1)
    assert (told(after).is_full, told(after, "tulipan").is_full) == (False, False)
    assert (left(after), left(after, "tulipan")) == ({"BLM-100": 300}, {"TUL-EXP60": 300})


def test_a_change_names_the_offer_as_the_first_file_did(market: Market) -> None:
    first, after = market.publish(EXPLORER, FREEDOM), market.order(1)
    for buyer in ("bloom", "tulipan"):
        known = {offer.item: name for name, offer in told(first, buyer).offers.items()}
        ((name, offer),) = told(after, buyer).offers.items()
        assert known[offer.item] == name


def test_a_lot_that_is_sold_out_is_told_with_0_once(market: Market) -> None:
    market.publish(EXPLORER, FREEDOM)
    assert left(market.order(2)) == {"BLM-100": 0}
    assert left(market.order(1, "BLM-110")) == {"BLM-110": 0}
    assert nobody_is_told(market.at(MONDAY + timedelta(days=1)))


def test_a_lot_that_was_never_to_be_had_is_not_told(market: Market) -> None:
    market.publish(EXPLORER)
    assert nobody_is_told(market.publish(EXPLORER, Goods("FS-1160", 0)))
    assert left(market.publish(EXPLORER, FREEDOM)) == {"BLM-110": 300}


def test_a_file_that_says_the_same_again_makes_no_file(market: Market) -> None:
    market.publish(EXPLORER, FREEDOM)
    assert nobody_is_told(market.publish(EXPLORER, FREEDOM))
    assert left(market.publish(EXPLORER, Goods("FS-1160", 600))) == {"BLM-110": 600}
    assert left(market.order(1)) == {"BLM-100": 300}


def test_a_stock_of_unmapped_goods_is_told_once_it_is_mapped(market: Market) -> None:
    assert nobody_is_told(market.publish(Goods("MYSTERY", 300)))
    market.site.map_row("products", "florsol,,MYSTERY,,ROS-FRE-60,,yes,,,")
    assert left(market.site.run()) == {"BLM-110": 300}


def test_goods_that_are_not_mapped_any_more_are_told_with_0(market: Market) -> None:
    market.site.map_row("products", "florsol,,NEW,,ROS-MON-60,,yes,,2026-11-23,")
    first = market.publish(Goods("NEW", 300), FREEDOM)
    (name,) = [n for n, offer in told(first).offers.items() if offer.item == "BLM-121"]
    market.at(MONDAY + timedelta(days=1))
    files = market.publish(Goods("NEW", 300, begins=-1), FREEDOM)
    for buyer in ("bloom", "tulipan"):
        assert told(files, buyer).offers[name].quantity == 0


# --- days pass -----------------------------------------------------------------------------------


def test_goods_that_are_over_at_midnight_are_told_with_0(market: Market) -> None:
    market.publish(EXPLORER, Goods("FS-1160", 300, ends=0))
    midnight = datetime(2026, 11, 24, tzinfo=NEW_YORK)
    assert nobody_is_told(market.at(midnight - timedelta(seconds=1)))
    files = market.at(midnight)
    assert told(files).is_full
    assert left(files) == {"BLM-100": 600, "BLM-110": 0}
    assert left(files, "tulipan") == {"TUL-EXP60": 600, "TUL-FRE60": 0}
    # And the next day nobody speaks of it any more.
    assert left(market.at(midnight + timedelta(days=1))) == {"BLM-100": 600}


def test_goods_that_ship_only_today_are_told_with_0_after_the_cut_off(closing: Market) -> None:
    closing.publish(EXPLORER, Goods("FS-1160", 300, ends=0))
    cut_off = MONDAY.replace(hour=14)
    assert nobody_is_told(closing.at(cut_off))
    files = closing.at(cut_off + timedelta(seconds=1))
    assert left(files) == {"BLM-100": 600, "BLM-110": 0}
    assert {offer.first_truck for offer in told(files).offers.values()} == {
        date(2026, 11, 24),
        None,
    }


def test_what_changed_before_midnight_and_is_over_after_it_is_told_with_0(market: Market) -> None:
    """The daemon sleeps over a file that ends a lot and over a midnight."""
    market.publish(EXPLORER, Goods("FS-1160", 300, ends=3))
    body = advice(Goods("FS-1160", 300, ends=0), control=99, at=market.clock.now())
    market.site.drop("florsol", "late.edi", body)
    market.site.p.intake.look_all()
    while market.site.p.work("florsol"):
        pass
    assert left(market.at(MONDAY + timedelta(days=1))) == {"BLM-100": 600, "BLM-110": 0}


def test_a_connection_begins_on_the_day_that_both_agreed_on(tmp_path: Path) -> None:
    """Nothing but the day changes (K-09)."""
    agreed = "agreed = { vendor = 2026-01-05, buyer = 2026-01-05 }"
    network = NETWORK.replace(agreed, agreed.replace("buyer = 2026-01-05", "buyer = 2026-11-24"), 1)
    with opened(tmp_path, network) as market:
        assert not told_to(market.publish(EXPLORER), "bloom")
        files = market.at(MONDAY + timedelta(days=1))
        assert (told(files).is_full, left(files)) == (True, {"BLM-100": 600})


# --- prices and currencies -----------------------------------------------------------------------


def test_the_buyers_file_has_the_price_of_the_example(priced: Market) -> None:
    """Scenario 7 of the domain: 0.30 a stem comes to 0.4199 landed and 0.5832."""
    files = priced.publish(EXPLORER)
    (offer,) = told(files).offers.values()
    assert offer.price == Decimal("0.5832")
    row = only(files, "tulipan/availability").decode().splitlines()[1].split(",")
    assert row[:5] == ["TUL-EXP60", "2026-11-23", "0.5832", "0.4199", "0.4167"]


def test_other_terms_are_told_with_everything(priced: Market) -> None:
    priced.publish(EXPLORER, FREEDOM)
    files = priced.edit(PRICED.replace("gpm_percent = 28", "gpm_percent = 20"))
    assert told(files).is_full
    assert {offer.price for offer in told(files).offers.values()} == {Decimal("0.5249")}
    assert nobody_is_told(priced.site.run())


def test_a_mapping_row_of_somebody_else_tells_nobody_anew(market: Market) -> None:
    market.publish(EXPLORER, FREEDOM)
    market.site.map_row("products", "andes,,AND-XX,,ROS-EXP-60,,yes,,,")
    assert nobody_is_told(market.site.run())
    market.site.map_row("products", "tulipan,,TUL-OWN,,ROS-EXP-50,,yes,,,")
    files = market.site.run()
    assert not told_to(files, "bloom")
    assert told(files, "tulipan").is_full


def test_a_cost_per_nobody_knows_what_is_not_told_until_it_is_known(priced: Market) -> None:
    (offer,) = told(priced.publish(Goods("FS-1060", 600, cost_unit="ZZ"))).offers.values()
    assert (int(offer.quantity), offer.price) == (600, None)
    priced.site.map_row("units", "florsol,,ZZ,,Stem,,yes,,,")
    (offer,) = told(priced.site.run()).offers.values()
    assert offer.price == Decimal("0.5832")


def test_goods_in_a_currency_without_rate_are_told_once_there_is_one(priced: Market) -> None:
    """K-07, E-29."""
    priced.publish(EXPLORER)
    assert left(priced.publish(EXPLORER, currency="GBP")) == {"BLM-100": 0}
    priced.site.map_row("rates", "GBP,USD,1.2500,2026-11-24,")
    assert left(priced.site.run()) == {"BLM-100": 0}
    (offer,) = told(priced.at(MONDAY + timedelta(days=1))).offers.values()
    assert (int(offer.quantity), offer.price) == (600, Decimal("0.6942"))


def test_a_day_of_the_site_begins_where_its_companies_are_a_day_ahead(tmp_path: Path) -> None:
    """Tables hold by the site's day (T-04), whatever clock vendor and buyer go by."""
    network = PRICED.replace('currency = "USD"', 'currency = "USD"\ntime_zone = "Europe/Amsterdam"')
    with opened(tmp_path, network) as market:
        market.site.map_row("rates", "GBP,USD,1.2500,2026-11-24,")
        market.clock.set(MONDAY.replace(hour=20))
        assert not told_to(market.publish(EXPLORER, currency="GBP"), "bloom")
        midnight = datetime(2026, 11, 24, tzinfo=NEW_YORK)
        assert not told_to(market.at(midnight - timedelta(seconds=1)), "bloom")
        assert left(market.at(midnight)) == {"BLM-100": 600}


# --- connections ---------------------------------------------------------------------------------


def test_a_connection_without_terms_is_told_nothing_and_that_is_said_once(tmp_path: Path) -> None:
    served = 'days_of_service = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]\n'
    network = NETWORK.replace(served, "", 1).replace('vendor_code = "V1"\n', "", 1)
    with opened(tmp_path, network) as market:
        files = market.publish(EXPLORER)
        assert not told_to(files, "bloom")
        assert left(files, "tulipan") == {"TUL-EXP60": 600}
        market.order(1)
        market.at(MONDAY + timedelta(days=1))
        (said,) = market.said("connection_incomplete")
        assert (said["partner"], said["vendor"], said["level"]) == ("bloom", "florsol", "warning")
        assert said["reason"].startswith("K-01, K-08: ")


def test_a_connection_that_is_switched_off_takes_its_offers_back_once(market: Market) -> None:
    market.publish(EXPLORER, Goods("FS-1160", 300, begins=2))
    off = NETWORK.replace('when_short = "cut"', 'when_short = "cut"\nis_on = false')
    files = market.edit(off)
    assert (told(files).is_full, left(files)) == (False, {"BLM-100": 0, "BLM-110": 0})
    assert not told_to(files, "tulipan")
    assert not told_to(market.publish(Goods("FS-1060", 900)), "bloom")
    files = market.edit(NETWORK)
    assert (told(files).is_full, left(files)) == (True, {"BLM-100": 900, "BLM-110": 300})


def test_a_connection_that_is_taken_out_takes_its_offers_back(market: Market) -> None:
    market.publish(EXPLORER)
    begin = NETWORK.index('[[connection]]\nvendor = "florsol"\nbuyer = "tulipan"')
    end = NETWORK.index('[[connection]]\nvendor = "andes"')
    files = market.edit(NETWORK[:begin] + NETWORK[end:])
    assert left(files, "tulipan") == {"TUL-EXP60": 0}
    assert nobody_is_told(market.site.run())


def test_a_location_that_does_not_publish_any_more_is_told_with_0(tmp_path: Path) -> None:
    """Domain 4.8, 9."""
    network = NETWORK.replace('title = "Florsol Farms"', 'locations = ["UIO", "BOG"]')
    publishing = 'customer_code = "C1"\nvendor_locations = []'
    network = network.replace('customer_code = "C1"', publishing, 2)
    with opened(tmp_path, network) as market:
        lots = [Goods("FS-1060", 600, location="UIO"), Goods("FS-1160", 300, location="BOG")]
        market.publish(*lots)
        files = market.edit(network.replace("vendor_locations = []", 'vendor_locations = ["UIO"]'))
        assert left(files) == {"BLM-100": 600, "BLM-110": 0}


def test_a_new_connection_is_told_the_stock_that_is_there(market: Market) -> None:
    begin = NETWORK.index('[[connection]]\nvendor = "florsol"\nbuyer = "tulipan"')
    end = NETWORK.index('[[connection]]\nvendor = "andes"')
    market.edit(NETWORK[:begin] + NETWORK[end:])
    assert not told_to(market.publish(EXPLORER), "tulipan")
    files = market.edit(NETWORK)
    assert not told_to(files, "bloom")
    assert (told(files, "tulipan").is_full, left(files, "tulipan")) == (True, {"TUL-EXP60": 600})


def test_a_buyer_that_wants_another_format_gets_everything_in_it(market: Market) -> None:
    market.publish(EXPLORER)
    files = market.edit(
        NETWORK.replace('receives_availability = "csv"', 'receives_availability = "x12"')
    )
    assert told(files, "tulipan").is_full
    assert any(name.startswith("tulipan/846-") for name in files)
