"""What holds for every calendar: offsets, days of service, horizons, cut-offs, and the reasons."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from daemon.config import Partner
from daemon.trade.calendar.plan import LotDates, Plan, visible
from daemon.trade.calendar.ship_dates import DateRefusal, answer_date
from daemon.trade.calendar.why_hidden import why_hidden
from tests.daemon.trade.calendar.calendars import EVERY_DAY, farm, link, planned, shop

DAYS = st.lists(st.sampled_from(EVERY_DAY), min_size=1, unique=True)
TIMES = st.one_of(st.sampled_from(["closed", ""]), st.times().map(lambda t: t.strftime("%H:%M")))
CUT_OFFS = st.dictionaries(st.sampled_from(["daily", *EVERY_DAY]), TIMES, max_size=4)
START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 2 * 365 * 24 * 3600).map(lambda s: START + timedelta(seconds=s))
ASKED = st.one_of(st.none(), st.integers(-3, 30))
"""Days from the vendor's today."""
TERMS = st.fixed_dictionaries(
    {
        "ship_days_offset": st.integers(0, 6),
        "schedule": st.dictionaries(st.sampled_from(EVERY_DAY), st.integers(0, 6)),
        "days_of_service": DAYS,
        "max_order_days": st.integers(0, 21),
    }
)
SELLING = st.fixed_dictionaries(
    {
        "carrier_cut_off": CUT_OFFS,
        "ecommerce_cut_off": CUT_OFFS,
        "age_days": st.fixed_dictionaries({"min": st.integers(0, 3), "max": st.integers(3, 14)}),
    }
)
BUYING = st.fixed_dictionaries({"carrier_cut_off": CUT_OFFS})
ZONES = st.sampled_from(["America/New_York", "America/Bogota", "Europe/Amsterdam"])
LOTS = st.tuples(
    st.integers(-1, 15),
    st.one_of(st.none(), st.integers(-3, 25)),
    st.one_of(st.none(), st.integers(-3, 25)),
    st.one_of(st.none(), st.integers(0, 14)),
)
"""Age, first and last day from the vendor's today, and age for its own market."""


@st.composite
def sides(draw: st.DrawFn) -> tuple[Partner, Partner]:
    return (
        farm(**draw(SELLING), time_zone=draw(ZONES)),
        shop(**draw(BUYING), time_zone=draw(ZONES)),
    )


def made(terms: dict[str, Any], partners: tuple[Partner, Partner], now: datetime) -> Plan:
    return planned(link(**terms), now, vendor=partners[0], buyer=partners[1])


@given(TERMS, sides(), MOMENTS, st.integers(1, 5))
@settings(deadline=None)
def test_an_offset_never_makes_a_date_earlier(
    terms: dict[str, Any], partners: tuple[Partner, Partner], now: datetime, more: int
) -> None:
    near = made(terms, partners, now).ship_days
    far = made({**terms, "ship_days_offset": terms["ship_days_offset"] + more}, partners, now)
    assert set(far.ship_days) <= set(near)
    assert far.ship_days[:1] >= near[:1] or not far.ship_days


def lot_of(of: Plan, numbers: tuple[int, int | None, int | None, int | None]) -> LotDates:
    age, begin, end, local = numbers
    return LotDates(age, ahead(of, begin), ahead(of, end), local)


def ahead(of: Plan, days: int | None) -> date | None:
    return None if days is None else of.rules.today + timedelta(days=days)


@given(TERMS, sides(), MOMENTS)
@settings(deadline=None)
def test_every_ship_day_keeps_every_rule(
    terms: dict[str, Any], partners: tuple[Partner, Partner], now: datetime
) -> None:
    of = made(terms, partners, now)
    rules = of.rules
    for day in of.ship_days:
        assert day.truck.strftime("%a").lower() in terms["days_of_service"]
        assert rules.buyer_today <= day.truck
        assert (day.truck - rules.buyer_today).days <= terms["max_order_days"]
        assert (day.ship - rules.today).days >= terms["ship_days_offset"]
        assert (day.truck - day.ship).days == terms["schedule"][day.ship.strftime("%a").lower()]
    assert list(of.ship_days) == sorted(of.ship_days)


@given(TERMS, sides(), MOMENTS, st.timedeltas(timedelta(), timedelta(days=3)))
@settings(deadline=None)
def test_waiting_never_brings_an_earlier_ship_date(
    terms: dict[str, Any], partners: tuple[Partner, Partner], now: datetime, wait: timedelta
) -> None:
    first, later = made(terms, partners, now), made(terms, partners, now + wait)
    assert first.rules.first_ship_date <= later.rules.first_ship_date
    missing_before = {day for day in later.ship_days if day not in first.ship_days}
    # What comes to be seen by waiting lies behind the horizon of before.
    assert all(day.truck > first.rules.last_truck_date for day in missing_before)


@given(TERMS, sides(), MOMENTS)
@settings(deadline=None)
def test_a_plan_holds_until_it_says(
    terms: dict[str, Any], partners: tuple[Partner, Partner], now: datetime
) -> None:
    of = made(terms, partners, now)
    assert of.changes_at > now
    just_before = of.changes_at - timedelta(microseconds=1)
    assert made(terms, partners, max(now, just_before)).ship_days == of.ship_days


@given(TERMS, sides(), MOMENTS, LOTS)
@settings(deadline=None)
def test_a_lot_is_hidden_exactly_when_there_is_a_reason(
    terms: dict[str, Any],
    partners: tuple[Partner, Partner],
    now: datetime,
    numbers: tuple[int, int | None, int | None, int | None],
) -> None:
    of = made(terms, partners, now)
    lot = lot_of(of, numbers)
    reasons = why_hidden(of, lot)
    assert bool(reasons) is not visible(of, lot).is_visible
    assert all(each.sentence and each.setting and each.wanted for each in reasons)


@given(TERMS, sides(), MOMENTS, LOTS)
@settings(deadline=None)
def test_what_the_reasons_want_shows_the_lot(
    terms: dict[str, Any],
    partners: tuple[Partner, Partner],
    now: datetime,
    numbers: tuple[int, int | None, int | None, int | None],
) -> None:
    of = made(terms, partners, now)
    lot = lot_of(of, (3, *numbers[1:3], None))
    assume(not (lot.available_from and lot.available_to and lot.available_to < lot.available_from))
    reasons = why_hidden(of, lot)
    changed = {**terms, "schedule": dict(terms["schedule"])}
    for reason in reasons:
        event(reason.rule)
        if reason.rule == "K-22":
            changed["ship_days_offset"] = int(reason.wanted)
        elif reason.rule == "K-23":
            shortest = min(terms["schedule"].values(), default=0)
            changed["schedule"][reason.wanted] = shortest
        elif reason.rule == "K-24":
            changed["days_of_service"] = [*terms["days_of_service"], reason.wanted]
        elif reason.rule == "K-25":
            changed["max_order_days"] = int(reason.wanted)
        elif reason.rule == "2.3":
            lot = lot._replace(available_to=date.fromisoformat(reason.wanted))
        else:
            partners = (without_cut_offs(partners[0]), without_cut_offs(partners[1]))
    assert visible(made(changed, partners, now), lot).is_visible


def without_cut_offs(partner: Partner) -> Partner:
    make = farm if partner.name == "farm" else shop
    return make(time_zone=partner.time_zone)


@given(TERMS, sides(), MOMENTS, LOTS, ASKED)
@settings(deadline=None)
def test_the_date_that_is_given_is_one_of_the_lots(
    terms: dict[str, Any],
    partners: tuple[Partner, Partner],
    now: datetime,
    numbers: tuple[int, int | None, int | None, int | None],
    wanted: int | None,
) -> None:
    of = made(terms, partners, now)
    lot, asked = lot_of(of, numbers), ahead(of, wanted)
    answer = answer_date(of, lot, asked)
    days = visible(of, lot).ship_days
    assert answer.ship_day is None or answer.ship_day in days
    gets_it = answer.ship_day is not None and asked in (None, answer.ship_day.ship)
    assert gets_it is (answer.refusal is None)
    if answer.refusal is DateRefusal.LATER:
        assert asked and answer.ship_day and answer.ship_day.ship > asked
