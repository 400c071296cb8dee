"""A connection says all its terms in `k2kd.toml`, needs none of them, and refuses what can't be."""

from __future__ import annotations

import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from daemon import config
from daemon.config import Configuration, Connection
from daemon.errors import SiteError
from daemon.terms.company import Buying, Selling, ShowVendor, said_for
from daemon.terms.connection import Modality
from daemon.terms.week import Weekday

SITE = """
[[partner]]
name = "florsol"
roles = ["vendor"]
currency = "USD"
time_zone = "America/Guayaquil"
locations = ["UIO", "BOG"]
[partner.selling]
carrier_cut_off = { daily = "14:00", sat = "closed", sun = "closed" }
ecommerce_cut_off = { mon = "1200", fri = "", tue = 10:30:00 }
age_days = { min = 0, max = 8 }
local_after = { Roses = 5 }

[[partner]]
name = "bloom"
roles = ["buyer"]
locations = ["MIA", "BOS"]
[partner.buying]
carrier_cut_off = { daily = "16:00" }
port_days = { UIO = { mon = 2 } }
customer_days = { ROSELANE = ["tue", "fri"] }
show_vendor = "code"
show_vendor_to = { ROSELANE = "hidden" }

[[connection]]
vendor = "florsol"
buyer = "bloom"
modality = ["sales", "procurement"]
when_short = "cut"
vendor_code = "FLORSOL"
customer_code = "BLOOM"
agreed = { vendor = 2026-11-01, buyer = 2026-11-01 }
vendor_locations = ["UIO"]
buyer_locations = []
ship_days_offset = 2
days_of_service = ["mon", "tue", "wed", "thu", "fri"]
schedule = { mon = 1, wed = 1, fri = 3 }
location_schedules = { BOS = { mon = 2 } }
max_order_days = 30
buyer_age_days = { max = 6 }
transfer_real_aging = true
transfer_lot_and_vendor_code = true
classify_as_open_market = true
separate_po_per_ecommerce_purchase = true
autoconfirm_staging = true
bill_to_final_customer = true
default_carrier = "TRUCK1"
invoice_sync = { vendor = true, buyer = true }
cart_minutes = 45
show_vendor = "hidden"
notify_cancel_to = "buyer@bloom.example; desk@bloom.example"
notify_checkout_to = ["sales@florsol.example"]
pricing = { truck_per_cube = 1.10 }
"""


def site(text: str) -> Configuration:
    return config.from_values(tomllib.loads(text), Path("/site"))


def test_every_term_is_read_as_written() -> None:
    read = site(SITE)
    (link,) = read.connection
    assert link.modality == (Modality.SALES, Modality.PROCUREMENT)
    assert link.agreed.vendor == date(2026, 11, 1)
    assert link.schedule is not None
    assert link.schedule.days_from(Weekday.FRI) == 3
    assert link.buyer_locations == ()
    assert link.invoice_sync.is_on
    assert link.notify_cancel_to == ("buyer@bloom.example", "desk@bloom.example")
    florsol = read.partner_named("florsol")
    assert florsol is not None
    assert florsol.selling.ecommerce_cut_off.on(Weekday.TUE) == time(10, 30)
    assert florsol.selling.local_after_days("ROS-EXP-60", "roses") == 5


def test_a_connection_of_two_names_is_one() -> None:
    link = Connection(vendor="florsol", buyer="bloom")
    unsaid = ("vendor_code", "customer_code", "schedule", "days_of_service", "max_order_days")
    assert all(getattr(link, key) is None for key in (*unsaid, "vendor_locations"))
    assert (link.cart_minutes, link.ship_days_offset, link.is_on) == (60, 0, True)
    assert link.serves(Modality.SALES)
    assert not link.serves(Modality.PROCUREMENT)
    assert not link.invoice_sync.is_on


@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ("cart_minutes = 45", "cart_minutes = 0", "connection.[florsol -> bloom].cart_minutes"),
        ("fri = 3", "fir = 3", "schedule.fir is not a setting; did you mean fri?"),
        ("UIO = { mon = 2 }", "UIO = { mo = 2 }", "port_days.UIO.mo is not a setting"),
        ("buyer = 2026-11-01", "buyr = 2026-11-01", "did you mean buyer?"),
        ("2026-11-01, b", "2026-11-01T08:00:00, b", "without a time"),
        (
            '["UIO"]\nb',
            '["UI"]\nb',
            "names UI in vendor_locations, which is no location of florsol",
        ),
        ("buyer_locations = []", 'buyer_locations = ["X"]', "add it to locations of bloom"),
        ("{ BOS = { mon = 2 } }", "{ BOX = { mon = 2 } }", "did you mean BOS?"),
        ('"sales", "p', '"sale", "p', "modality.entry 1: Input should be 'sales'"),
        ('["mon", "tue", "wed"', '["mon", "tues", "wed"', "days_of_service.entry 2"),
        ('"hidden"\nn', '"hide"\nn', "'name', 'code' or 'hidden'"),
        ("buyer@bloom.example;", "buyer at bloom;", "orders@farm.example"),
        ('"FLORSOL"', '" FLORSOL"', "write it plainly"),
        ('"FLORSOL"', f'"{"F" * 21}"', "at most 20 characters"),
        ("America/Guayaquil", "America/Guayakil", "did you mean America/Guayaquil?"),
        ("min = 0, max = 8", "min = 9, max = 8", "both 9 days old and at most 8"),
        ('"1200"', '"12h00"', "selling.ecommerce_cut_off.mon: a time such as"),
        ('roles = ["vendor"]', 'roles = ["carrier"]', "selling is for a vendor; add the role"),
        ("{ Roses = 5 }", '{ Roses = 5, "ROSES " = 6 }', "stands twice; keep one"),
    ],
)
def test_what_can_not_be_meant_is_refused_in_words(was: str, becomes: str, words: str) -> None:
    assert SITE.count(was) >= 1
    text = SITE.replace(was, becomes, 1)
    with pytest.raises(SiteError) as refused:
        site(text)
    assert words in "\n".join(refused.value.problems)


@pytest.mark.parametrize(
    ("key", "most"), [("cart_minutes", 1440), ("max_order_days", 365), ("ship_days_offset", 60)]
)
def test_numbers_of_days_and_minutes_have_a_bound(key: str, most: int) -> None:
    def linked(value: Any) -> Connection:
        return Connection.model_validate({"vendor": "a", "buyer": "b", key: value})

    assert getattr(linked(most), key) == most
    for wrong in (most + 1, -1):
        with pytest.raises(ValidationError):
            linked(wrong)


@pytest.mark.parametrize(
    ("of_connection", "customer", "shown"),
    [
        (None, None, ShowVendor.CODE),
        (None, "ROSELANE", ShowVendor.HIDDEN),
        (None, " roselane ", ShowVendor.HIDDEN),
        (None, "OTHER", ShowVendor.CODE),
        ("name", "OTHER", ShowVendor.NAME),
        ("name", "ROSELANE", ShowVendor.HIDDEN),
    ],
)
def test_the_narrowest_setting_says_what_is_shown_of_the_vendor(
    of_connection: str | None, customer: str | None, shown: ShowVendor
) -> None:
    buying = Buying.model_validate(
        {"show_vendor": "code", "show_vendor_to": {"ROSELANE": "hidden"}}
    )
    link = Connection.model_validate({"vendor": "a", "buyer": "b", "show_vendor": of_connection})
    assert link.vendor_shown_to(buying, customer) is shown


@pytest.mark.parametrize(
    ("key", "said"),
    [
        *(("customer_days", ["tue"]), ("show_vendor_to", "code"), ("label_company_to", "none")),
        *(("salespeople", "a@b.example"), ("customer_addresses", "a@b.example")),
    ],
)
def test_a_customer_is_the_same_in_any_letters_and_stands_once(key: str, said: object) -> None:
    one = getattr(Buying.model_validate({key: {"Rose Lane": said}}), key)
    assert said_for(one, "ROSE  LANE") is not None
    assert said_for(one, "nobody", "rose lane") == said_for(one, "ROSE  LANE")
    assert said_for(one, "nobody", None) is None
    with pytest.raises(ValidationError, match="stands twice; keep one"):
        Buying.model_validate({key: {"Rose Lane": said, "ROSE LANE": said}})


@pytest.mark.parametrize(
    ("own", "buyers", "is_shown"),
    [(None, True, True), (None, False, False), (True, False, True), (False, True, False)],
)
def test_connection_decides_before_its_buyer_whether_stock_is_shown(
    own: bool | None, buyers: bool, is_shown: bool
) -> None:
    link = Connection(vendor="florsol", buyer="bloom", shows_k2k_stock=own)
    assert link.is_stock_shown(Buying(shows_k2k_stock=buyers)) is is_shown


def test_purchases_are_put_together_only_where_somebody_asks_for_it() -> None:
    assert Connection(vendor="florsol", buyer="bloom").separate_po_per_ecommerce_purchase


def test_a_product_without_a_limit_of_its_own_has_none() -> None:
    assert Selling().local_after_days("A", "Roses") is None
    assert (
        Selling.model_validate({"local_after": {"Roses": 3}}).local_after_days(None, None) is None
    )
