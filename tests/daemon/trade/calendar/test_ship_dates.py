"""An order gets the date that it asks for, or is refused with the next one (E-10, E-12, E-13)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from daemon.trade.calendar.plan import LotDates, ShipDay
from daemon.trade.calendar.ship_dates import DateRefusal, answer_date, next_ship_date
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

LOT = LotDates()
TWO_CUT_OFFS = {"carrier_cut_off": {"daily": "14:00"}, "ecommerce_cut_off": {"daily": "12:00"}}


def test_after_the_earlier_cut_off_an_order_gets_the_next_date() -> None:
    # Scenario 5.
    vendor = farm(**TWO_CUT_OFFS)
    of = planned(link(schedule=NEXT_DAY), at(MONDAY, 12, 30), vendor=vendor)
    answer = answer_date(of, LOT, MONDAY)
    assert answer.refusal == "E-10"
    assert answer.ship_day == ShipDay(TUESDAY, WEDNESDAY)
    assert answer.sentence == (
        "orders for 2026-11-23 had to reach farm on 2026-11-23 by 12:00 America/New_York (the"
        " cut-off); the next ship date is 2026-11-24, with the truck date 2026-11-25"
    )


def test_a_cut_off_may_pass_between_cart_and_checkout() -> None:
    # Edge case 5: what the cart was promised is judged again when it is checked out.
    vendor = farm(**TWO_CUT_OFFS)
    cart = planned(link(), at(MONDAY, 11, 59), vendor=vendor)
    checkout = planned(link(), at(MONDAY, 12, 1), vendor=vendor)
    assert answer_date(cart, LOT, MONDAY).refusal is None
    assert answer_date(checkout, LOT, MONDAY).refusal is DateRefusal.CUT_OFF


def test_with_an_offset_the_cut_off_takes_the_day_that_it_would_have_shipped() -> None:
    of = planned(link(ship_days_offset=2), at(MONDAY, 12, 30), vendor=farm(**TWO_CUT_OFFS))
    assert answer_date(of, LOT, WEDNESDAY).refusal is DateRefusal.CUT_OFF
    # Tuesday was never to be had: that is no matter of the hour.
    assert answer_date(of, LOT, TUESDAY).refusal is DateRefusal.LATER


def test_the_buyers_own_cut_off_refuses_too() -> None:
    of = planned(link(), at(MONDAY, 12, 30), buyer=shop(**TWO_CUT_OFFS))
    answer = answer_date(of, LOT, MONDAY, is_truck_date=True)
    assert answer.refusal is DateRefusal.CUT_OFF
    assert "had to reach shop" in answer.sentence


@pytest.mark.parametrize(
    ("asked", "refusal", "given"),
    [
        (None, None, MONDAY),
        (MONDAY, None, MONDAY),
        (WEDNESDAY, None, WEDNESDAY),
        (TUESDAY, "E-13", WEDNESDAY),
        (SATURDAY, "E-13", date(2026, 11, 30)),
        (date(2026, 12, 20), "E-12", None),
    ],
)
def test_a_date_is_kept_or_the_next_one_is_named(
    asked: date | None, refusal: str | None, given: date | None
) -> None:
    of = planned(link(schedule={"mon": 1, "wed": 1}, max_order_days=9), at(MONDAY, 9))
    answer = answer_date(of, LOT, asked)
    assert answer.refusal == refusal
    assert (answer.ship_day.ship if answer.ship_day else None) == given
    assert (answer.sentence == "") == (refusal is None)


def test_a_truck_date_is_made_by_the_last_ship_day_that_makes_it() -> None:
    of = planned(link(schedule={"tue": 3, "thu": 1, "sat": 1}), at(MONDAY, 9))
    answer = answer_date(of, LOT, FRIDAY, is_truck_date=True)
    assert answer.ship_day == ShipDay(THURSDAY, FRIDAY)
    assert answer.refusal is None
    later = next_ship_date(of, LOT, SATURDAY, is_truck_date=True)
    assert later == ShipDay(SATURDAY, SUNDAY)
    assert next_ship_date(of, LOT, date(2027, 6, 1), is_truck_date=True) is None


@pytest.mark.parametrize(
    ("lot", "asked", "words"),
    [
        (LotDates(age_days=11), MONDAY, "for the ship date 2026-11-23: its age is 11 days"),
        (LotDates(age_days=11), None, "there is none: its age is 11 days"),
        (
            LotDates(available_to=MONDAY),
            TUESDAY,
            "there is none for the ship date 2026-11-24; the last ship date is 2026-11-23,"
            " with the truck date 2026-11-23",
        ),
    ],
)
def test_what_can_not_be_had_at_all_says_why(lot: LotDates, asked: date, words: str) -> None:
    answer = answer_date(planned(link(), at(MONDAY, 9)), lot, asked)
    assert (answer.refusal, answer.ship_day) == (DateRefusal.NOTHING, None)
    assert words in answer.sentence


def test_goods_that_are_never_offered_are_not_late() -> None:
    of = planned(link(), at(MONDAY, 13), vendor=farm(**TWO_CUT_OFFS))
    assert answer_date(of, LotDates(age_days=30), MONDAY).refusal is DateRefusal.NOTHING


def test_a_lot_whose_last_day_the_cut_off_took_has_no_later_date() -> None:
    of = planned(link(), at(MONDAY, 13), vendor=farm(**TWO_CUT_OFFS))
    answer = answer_date(of, LotDates(available_to=MONDAY), MONDAY)
    assert (answer.refusal, answer.ship_day) == (DateRefusal.CUT_OFF, None)
    assert "there is no later date" in answer.sentence


@pytest.mark.parametrize("terms", [{"schedule": None}, {"days_of_service": None}])
def test_a_connection_without_a_calendar_gives_no_date(terms: dict[str, Any]) -> None:
    answer = answer_date(planned(link(**terms), at(MONDAY, 9)), LOT, None)
    assert answer.refusal is DateRefusal.NOTHING
    assert "set for shop" in answer.sentence


@pytest.mark.parametrize(
    ("now", "asked", "refusal", "ship", "truck"),
    [
        (at(MONDAY, 11), None, None, WEDNESDAY, THURSDAY),
        (at(MONDAY, 12, 30), None, None, WEDNESDAY, THURSDAY),
        (at(MONDAY, 12, 30), TUESDAY, "E-13", WEDNESDAY, THURSDAY),
        (at(TUESDAY, 12, 30), WEDNESDAY, "E-10", FRIDAY, date(2026, 11, 30)),
    ],
)
def test_the_worked_example_of_the_page_holds(
    now: datetime, asked: date | None, refusal: str | None, ship: date, truck: date
) -> None:
    terms = link(
        ship_days_offset=1,
        schedule={"mon": 1, "wed": 1, "fri": 3},
        days_of_service=WORKDAYS,
        max_order_days=14,
    )
    answer = answer_date(planned(terms, now, vendor=farm(**TWO_CUT_OFFS)), LOT, asked)
    assert (answer.refusal, answer.ship_day) == (refusal, ShipDay(ship, truck))
