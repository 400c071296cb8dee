"""What a connection's calendar makes visible, and when (domain 4.2, 4.8, scenario 4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from daemon.terms.company import Selling
from daemon.trade.calendar.plan import LotDates, ShipDay, cart_ends, visible
from tests.daemon.trade.calendar.calendars import (
    FRIDAY,
    MONDAY,
    NEXT_DAY,
    SATURDAY,
    SUNDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    WORKDAYS,
    at,
    farm,
    link,
    planned,
    shop,
)

FRESH = LotDates()


def first_ship(of_connection: Any, now: datetime, **partners: Any) -> date:
    return planned(of_connection, now, **partners).ship_days[0].ship


@pytest.mark.parametrize(("offset", "first"), [(0, MONDAY), (2, WEDNESDAY), (3, THURSDAY)])
def test_an_order_of_monday_ships_an_offset_later(offset: int, first: date) -> None:
    # Scenario 4 is the last one; the one before it stands in K-22 as well.
    assert first_ship(link(ship_days_offset=offset), at(MONDAY, 9)) == first


def test_the_offset_counts_calendar_days() -> None:
    # Friday and three days is Monday, though nobody works on the days between.
    closed = farm(carrier_cut_off={"sat": "closed", "sun": "closed"})
    assert first_ship(link(ship_days_offset=3), at(FRIDAY, 9), vendor=closed) == date(2026, 11, 30)


def test_a_day_is_added_once_the_cut_off_has_passed() -> None:
    vendor = farm(carrier_cut_off={"daily": "14:00"})
    terms = link(ship_days_offset=1)
    assert first_ship(terms, at(MONDAY, 14, 0), vendor=vendor) == TUESDAY
    assert first_ship(terms, at(MONDAY, 14, 0, 1), vendor=vendor) == WEDNESDAY


@pytest.mark.parametrize(
    ("carrier", "shop_s", "hour", "first"),
    [
        ("14:00", "12:00", 11, MONDAY),
        ("14:00", "12:00", 13, TUESDAY),
        ("12:00", "14:00", 13, TUESDAY),
        ("14:00", "", 13, MONDAY),
        ("14:00", "", 15, TUESDAY),
        ("", "12:00", 13, TUESDAY),
        ("", "", 23, MONDAY),
        ("14:00", "closed", 9, TUESDAY),
        ("closed", "12:00", 9, TUESDAY),
    ],
)
def test_the_earlier_cut_off_wins_and_a_blank_one_falls_back(
    carrier: str, shop_s: str, hour: int, first: date
) -> None:
    vendor = farm(carrier_cut_off={"mon": carrier}, ecommerce_cut_off={"mon": shop_s})
    assert first_ship(link(), at(MONDAY, hour), vendor=vendor) == first


def test_nothing_ships_on_a_closed_weekday() -> None:
    vendor = farm(carrier_cut_off={"daily": "14:00", "sat": "closed", "sun": "closed"})
    ships = [day.ship for day in planned(link(), at(FRIDAY, 15), vendor=vendor).ship_days]
    assert ships[:2] == [date(2026, 11, 30), date(2026, 12, 1)]


def test_cut_offs_are_read_on_the_vendors_own_clock() -> None:
    # 14:30 in New York is 13:30 in Guayaquil in summer, and the same time in winter.
    vendor = farm(carrier_cut_off={"daily": "14:00"}, time_zone="America/Guayaquil")
    summer = date(2026, 7, 6)
    assert first_ship(link(), at(summer, 14, 30), vendor=vendor) == summer
    assert first_ship(link(), at(MONDAY, 14, 30), vendor=vendor) == TUESDAY


def test_truck_dates_follow_the_schedule() -> None:
    terms = link(schedule={"mon": 1, "wed": 1, "fri": 3})
    days = planned(terms, at(MONDAY, 9)).ship_days[:3]
    assert days == (
        ShipDay(MONDAY, TUESDAY),
        ShipDay(WEDNESDAY, THURSDAY),
        ShipDay(FRIDAY, date(2026, 11, 30)),
    )


def test_truck_dates_lie_on_days_of_service() -> None:
    days = planned(link(schedule=NEXT_DAY, days_of_service=WORKDAYS), at(THURSDAY, 9)).ship_days
    assert days[:2] == (ShipDay(THURSDAY, FRIDAY), ShipDay(SUNDAY, date(2026, 11, 30)))


@pytest.mark.parametrize("customer", ["ROSELANE", "Roselane"])
def test_a_customers_days_of_service_narrow_the_connections(customer: str) -> None:
    buyer = shop(customer_days={"ROSELANE": ["wed", "sat"]})
    terms = link(days_of_service=WORKDAYS)
    seen = planned(terms, at(MONDAY, 9), buyer=buyer, customer=customer).ship_days
    assert {day.truck.weekday() for day in seen} == {2}
    assert planned(terms, at(MONDAY, 9), buyer=buyer, customer="OTHER").ship_days[0].ship == MONDAY


@pytest.mark.parametrize(("days", "last"), [(0, MONDAY), (3, THURSDAY)])
def test_the_horizon_counts_from_today_to_the_truck_date(days: int, last: date) -> None:
    assert planned(link(max_order_days=days), at(MONDAY, 9)).ship_days[-1].truck == last
    assert planned(link(max_order_days=days, schedule=NEXT_DAY), at(MONDAY, 9)).ship_days == tuple(
        ShipDay(day, day + timedelta(days=1))
        for day in (MONDAY, TUESDAY, WEDNESDAY)
        if day + timedelta(days=1) <= last
    )


def test_a_horizon_that_nobody_set_is_a_year() -> None:
    last = planned(link(max_order_days=None), at(MONDAY, 9)).ship_days[-1].truck
    assert last == MONDAY + timedelta(days=365)


def test_the_buyers_own_cut_off_takes_a_truck_date_of_today_only() -> None:
    buyer = shop(carrier_cut_off={"daily": "10:00", "wed": "closed"})
    days = planned(link(), at(MONDAY, 11), buyer=buyer).ship_days
    assert [day.truck for day in days[:2]] == [TUESDAY, THURSDAY]
    # What leaves the buyer tomorrow is in time for it.
    later = planned(link(schedule=NEXT_DAY), at(MONDAY, 11), buyer=buyer).ship_days
    assert later[0] == ShipDay(MONDAY, TUESDAY)


@pytest.mark.parametrize(
    ("selling", "limit"),
    [
        ({}, 10),
        ({"age_days": {"max": 6}}, 6),
        ({"age_days": {"max": 14}}, 10),
        ({"local_after": {"roses": 4}}, 4),
        ({"age_days": {"max": 6}, "local_after": {"Roses": 21}}, 21),
        ({"local_after": {" ROSES ": 4, "ros-exp-60": 12}}, 12),
        ({"local_after": {"Carnations": 4}}, 10),
    ],
)
def test_goods_are_published_up_to_an_age(selling: dict[str, Any], limit: int) -> None:
    local = Selling.model_validate(selling).local_after_days("ROS-EXP-60", "Roses")
    of = planned(link(), at(MONDAY, 9), vendor=farm(**selling))
    seen = [visible(of, LotDates(age, local_after_days=local)).is_visible for age in (0, limit)]
    assert seen == [True, True]
    assert not visible(of, LotDates(limit + 1, local_after_days=local)).is_visible


def test_goods_are_published_from_an_age() -> None:
    of = planned(link(), at(MONDAY, 9), vendor=farm(age_days={"min": 2}))
    assert [visible(of, LotDates(age)).is_visible for age in (1, 2)] == [False, True]


def test_a_buyer_may_have_an_age_window_of_its_own() -> None:
    of = planned(link(buyer_age_days={"min": 1, "max": 3}), at(MONDAY, 9))
    seen = [visible(of, LotDates(age)).is_visible for age in range(5)]
    assert seen == [False, True, True, True, False]


def test_a_lot_ships_while_it_is_there() -> None:
    of = planned(link(schedule=NEXT_DAY), at(MONDAY, 9))
    found = visible(of, LotDates(available_from=WEDNESDAY, available_to=FRIDAY))
    assert found.truck_dates == (THURSDAY, FRIDAY, SATURDAY)
    assert found.available_from == THURSDAY
    assert visible(of, LotDates(available_to=date(2026, 11, 22))).available_from is None


def test_truck_dates_that_two_ship_days_make_stand_once_and_in_order() -> None:
    of = planned(link(schedule={"mon": 4, "tue": 1, "fri": 0}), at(MONDAY, 9))
    assert visible(of, FRESH).truck_dates[:2] == (WEDNESDAY, FRIDAY)


@pytest.mark.parametrize(
    ("published", "where", "is_seen"),
    [
        (None, "UIO", True),
        ([], "UIO", True),
        (["UIO"], "UIO", True),
        (["UIO"], "BOG", False),
        (["UIO"], None, True),
    ],
)
def test_only_locations_that_publish_are_seen(
    published: list[str] | None, where: str | None, *, is_seen: bool
) -> None:
    of = planned(link(vendor_locations=published), at(MONDAY, 9))
    assert visible(of, LotDates(location=where)).is_visible is is_seen


def test_an_offset_over_a_weekend_may_leave_no_day_inside_the_horizon() -> None:
    # Edge case 6: Friday + 1 is Saturday, on which nothing ships, and Monday lies too far ahead.
    vendor = farm(carrier_cut_off={"daily": "14:00", "sat": "closed", "sun": "closed"})
    of = planned(link(ship_days_offset=1, max_order_days=2), at(FRIDAY, 9), vendor=vendor)
    assert not visible(of, FRESH).is_visible
    wider = planned(link(ship_days_offset=1, max_order_days=3), at(FRIDAY, 9), vendor=vendor)
    assert visible(wider, FRESH).available_from == date(2026, 11, 30)


def test_a_buyers_location_may_be_without_a_schedule() -> None:
    # Edge case 7.
    terms = link(schedule=None, location_schedules={"MIA": {"mon": 1}, "BOS": {}})
    assert visible(planned(terms, at(MONDAY, 9), location="MIA"), FRESH).is_visible
    assert not visible(planned(terms, at(MONDAY, 9), location="BOS"), FRESH).is_visible
    assert not visible(planned(terms, at(MONDAY, 9), location="ATL"), FRESH).is_visible
    assert not visible(planned(terms, at(MONDAY, 9)), FRESH).is_visible


def test_the_port_of_origin_serves_where_the_connection_has_no_schedule() -> None:
    buyer = shop(port_days={"UIO": {"tue": 2}})
    terms = link(schedule=None, pricing={"port_of_origin": "uio"})
    first = planned(terms, at(MONDAY, 9), buyer=buyer).ship_days[0]
    assert first == ShipDay(TUESDAY, THURSDAY)
    own = link(schedule={"mon": 1}, pricing={"port_of_origin": "UIO"})
    assert planned(own, at(MONDAY, 9), buyer=buyer).ship_days[0] == ShipDay(MONDAY, TUESDAY)


def test_unsaid_settings_open_nothing() -> None:
    assert planned(link(schedule=None), at(MONDAY, 9)).ship_days == ()
    assert planned(link(days_of_service=None), at(MONDAY, 9)).ship_days == ()


def test_lots_that_agree_share_one_answer() -> None:
    of = planned(link(), at(MONDAY, 9))
    one, other = LotDates(1, MONDAY, FRIDAY), LotDates(1, MONDAY, FRIDAY)
    assert visible(of, one) is visible(of, other)


def test_a_moment_must_say_its_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        planned(link(), datetime(2026, 11, 23, 9))  # noqa: DTZ001 - that is what is refused


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        (at(MONDAY, 9), at(MONDAY, 10)),
        (at(MONDAY, 11), at(MONDAY, 14)),
        (at(MONDAY, 15), at(TUESDAY, 0)),
    ],
)
def test_a_plan_says_until_when_it_holds(now: datetime, changes: datetime) -> None:
    vendor = farm(carrier_cut_off={"daily": "14:00"})
    buyer = shop(carrier_cut_off={"daily": "10:00"})
    of = planned(link(), now, vendor=vendor, buyer=buyer)
    assert timedelta(0) <= of.changes_at - changes <= timedelta(microseconds=1)
    assert of.changes_at.tzinfo is UTC
    before = planned(link(), of.changes_at - timedelta(microseconds=1), vendor=vendor, buyer=buyer)
    after = planned(link(), of.changes_at, vendor=vendor, buyer=buyer)
    assert before.rules == of.rules != after.rules
    assert before.ship_days == of.ship_days


def test_the_cut_off_shortens_a_cart() -> None:
    vendor = farm(carrier_cut_off={"daily": "14:00"})
    for started, ends in (
        (at(MONDAY, 12, 30), at(MONDAY, 13, 30)),
        (at(MONDAY, 13, 30), at(MONDAY, 14)),
        (at(MONDAY, 14, 30), at(MONDAY, 15, 30)),
    ):
        assert cart_ends(planned(link(), started, vendor=vendor), started) == ends
    longer = planned(link(cart_minutes=120), at(MONDAY, 9), vendor=farm())
    assert cart_ends(longer, at(MONDAY, 9)) == at(MONDAY, 11)
