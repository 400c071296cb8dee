"""Why is my product not visible? Each rule says so, and which value would show it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from daemon.trade.calendar.plan import LotDates, visible
from daemon.trade.calendar.why_hidden import Reason, why_hidden
from tests.daemon.trade.calendar.calendars import (
    FRIDAY,
    MONDAY,
    NEXT_DAY,
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
WEEKEND_OFF = {"daily": "14:00", "sat": "closed", "sun": "closed"}


def told(reasons: tuple[Reason, ...]) -> dict[str, str]:
    """Return the wanted value by rule."""
    return {reason.rule: reason.wanted for reason in reasons}


def test_what_is_visible_has_no_reason() -> None:
    assert why_hidden(planned(link(), at(MONDAY, 9)), FRESH) == ()


@pytest.mark.parametrize(
    ("selling", "terms", "lot", "wanted"),
    [
        ({"age_days": {"min": 2}}, {}, LotDates(0), {"K-20": "0"}),
        ({"age_days": {"max": 5}}, {}, LotDates(7), {"K-20": "7"}),
        ({}, {}, LotDates(12), {"K-20": "12"}),
        ({}, {}, LotDates(6, local_after_days=4), {"K-21": "6"}),
        ({}, {"buyer_age_days": {"min": 1}}, LotDates(0), {"K-26": "0"}),
        ({}, {"buyer_age_days": {"max": 3}}, LotDates(5), {"K-26": "5"}),
        ({}, {"vendor_locations": ["UIO"]}, LotDates(location="BOG"), {"K-10": "BOG"}),
        (
            {"age_days": {"max": 5}},
            {"buyer_age_days": {"max": 3}, "vendor_locations": ["UIO"]},
            LotDates(7, location="BOG"),
            {"K-10": "BOG", "K-20": "7", "K-26": "7"},
        ),
    ],
)
def test_a_lot_that_is_not_offered_says_every_rule(
    selling: dict[str, Any], terms: dict[str, Any], lot: LotDates, wanted: dict[str, str]
) -> None:
    of = planned(link(**terms), at(MONDAY, 9), vendor=farm(**selling))
    assert told(why_hidden(of, lot)) == wanted


def test_above_ten_days_only_the_products_own_limit_helps() -> None:
    of = planned(link(), at(MONDAY, 9), vendor=farm(age_days={"max": 14}))
    (reason,) = why_hidden(of, LotDates(12))
    assert reason.setting == "selling.local_after for its category, of farm"
    assert reason.sentence == "its age is 12 days; it is published up to an age of 10"
    (reason,) = why_hidden(
        planned(link(), at(MONDAY, 9), vendor=farm(age_days={"max": 5})), LotDates(7)
    )
    assert reason.setting == "selling.age_days, max, of farm"


def test_an_age_without_a_cut_date_says_since_when_it_is_counted() -> None:
    (reason,) = why_hidden(planned(link(), at(MONDAY, 9)), LotDates(12, has_cut_date=False))
    assert reason.sentence.startswith("its age is 12 days since its vendor named it last")


def test_what_is_set_beside_others_says_so() -> None:
    terms = {"schedule": {"mon": 1}, "days_of_service": ["wed"], "vendor_locations": ["UIO"]}
    found = why_hidden(planned(link(**terms), at(MONDAY, 9)), LotDates(location="BOG"))
    assert {each.rule for each in found if each.is_added} == {"K-10", "K-23", "K-24"}
    (offset, _) = why_hidden(
        planned(link(ship_days_offset=3), at(MONDAY, 9)), LotDates(available_to=TUESDAY)
    )
    assert not offset.is_added


def test_young_goods_say_from_when_they_are_shown() -> None:
    of = planned(link(), at(MONDAY, 9), vendor=farm(age_days={"min": 2}))
    assert "so from 2026-11-25" in why_hidden(of, FRESH)[0].sentence


@pytest.mark.parametrize(
    ("terms", "lot", "wanted"),
    [
        (
            {"ship_days_offset": 3},
            LotDates(available_to=TUESDAY),
            {"K-22": "1", "2.3": "2026-11-26"},
        ),
        ({"schedule": {"fri": 1}, "max_order_days": 2}, FRESH, {"K-25": "5", "K-23": "mon"}),
        (
            {"schedule": {"mon": 1}, "days_of_service": ["wed"]},
            FRESH,
            {"K-24": "tue", "K-23": "tue"},
        ),
        (
            {"schedule": {"wed": 1}},
            LotDates(0, MONDAY, TUESDAY),
            {"K-23": "mon", "2.3": "2026-11-25"},
        ),
        ({"schedule": None}, FRESH, {"K-23": "mon"}),
        ({"schedule": {}}, FRESH, {"K-23": "mon"}),
        ({"days_of_service": None}, FRESH, {"K-24": "mon"}),
        ({"schedule": None, "days_of_service": None}, FRESH, {"K-23": "mon", "K-24": "mon"}),
        ({}, LotDates(available_from=date(2026, 12, 10)), {"K-25": "17"}),
        ({}, LotDates(available_from=date(2028, 1, 1)), {"2.3": "2027-11-23"}),
    ],
)
def test_a_lot_without_a_ship_day_says_what_would_give_one(
    terms: dict[str, Any], lot: LotDates, wanted: dict[str, str]
) -> None:
    assert told(why_hidden(planned(link(**terms), at(MONDAY, 9)), lot)) == wanted


def test_edge_case_of_offset_and_weekend_names_both_ways_out() -> None:
    of = planned(
        link(ship_days_offset=1, max_order_days=2),
        at(FRIDAY, 9),
        vendor=farm(carrier_cut_off=WEEKEND_OFF),
    )
    reasons = why_hidden(of, FRESH)
    assert told(reasons) == {"K-22": "0", "K-25": "3", "K-28": "a time"}
    sentence = next(reason.sentence for reason in reasons if reason.rule == "K-28")
    assert sentence == "farm ships nothing on sat, where its cut-off says closed"


def test_a_location_without_a_schedule_is_named() -> None:
    terms = link(schedule=None, location_schedules={"MIA": {"mon": 1}})
    (reason,) = why_hidden(planned(terms, at(MONDAY, 9), location="BOS"), FRESH)
    assert reason.rule == "K-23"
    assert reason.sentence == "no shipping schedule is set for shop, location BOS"


def test_a_passed_cut_off_is_a_reason_for_a_lot_of_today() -> None:
    of = planned(link(), at(MONDAY, 15), vendor=farm(carrier_cut_off={"daily": "14:00"}))
    reasons = why_hidden(of, LotDates(available_to=MONDAY))
    assert told(reasons) == {"K-27": "a time to come", "2.3": "2026-11-24"}
    assert "(14:00 America/New_York) has passed" in reasons[1].sentence


def test_the_buyers_own_days_and_cut_off_are_told_as_its_own() -> None:
    late = planned(
        link(max_order_days=0), at(MONDAY, 15), buyer=shop(carrier_cut_off={"daily": "14:00"})
    )
    assert [(r.rule, r.wanted) for r in why_hidden(late, FRESH)] == [
        ("K-28", "a time to come"),
        ("K-25", "1"),
    ]
    closed = planned(
        link(max_order_days=0), at(MONDAY, 9), buyer=shop(carrier_cut_off={"mon": "closed"})
    )
    reason = why_hidden(closed, FRESH)[0]
    assert reason.sentence == "nothing leaves shop on mon, where its cut-off says closed"


def test_a_customers_day_of_service_is_told_as_its_own() -> None:
    buyer = shop(customer_days={"ROSELANE": ["sat"]})
    terms = link(schedule={"tue": 1}, days_of_service=WORKDAYS)
    of = planned(terms, at(MONDAY, 9), buyer=buyer, customer="ROSELANE")
    reason = next(r for r in why_hidden(of, FRESH) if r.rule == "K-24")
    assert "ROSELANE, a customer of shop" in reason.sentence
    assert reason.wanted == "wed"


def test_where_no_single_rule_helps_the_fewest_that_do_are_told() -> None:
    terms = {"schedule": {"fri": 1}, "days_of_service": WORKDAYS, "max_order_days": 3}
    reasons = why_hidden(planned(link(**terms), at(MONDAY, 9)), LotDates(available_from=FRIDAY))
    assert told(reasons) == {"K-25": "5", "K-24": "sat"}
    changed = link(**{**terms, "max_order_days": 5, "days_of_service": [*WORKDAYS, "sat"]})
    assert visible(planned(changed, at(MONDAY, 9)), LotDates(available_from=FRIDAY)).is_visible


def test_values_that_are_told_together_open_one_day() -> None:
    # Wednesday's goods leave on a day of service, Monday's sooner: both can't be meant at once.
    terms = {"schedule": {"mon": 0, "wed": 6}, "days_of_service": ["wed"], "max_order_days": 0}
    reasons = why_hidden(planned(link(**terms), at(THURSDAY, 9)), FRESH)
    assert told(reasons) == {"K-25": "4", "K-24": "mon"}
    changed = link(**{**terms, "days_of_service": ["wed", "mon"], "max_order_days": 4})
    assert visible(planned(changed, at(THURSDAY, 9)), FRESH).is_visible


def test_a_lot_that_is_over_says_so() -> None:
    of = planned(link(schedule=NEXT_DAY), at(WEDNESDAY, 9))
    (reason,) = why_hidden(of, LotDates(available_to=MONDAY))
    assert reason.sentence == "it ships until 2026-11-23, and the first ship date is 2026-11-25"
