"""Why is my product not visible? Every rule that hides a lot, and the value that would show it.

The answer is found by asking the calendar again with one rule out of the way. A rule whose absence
alone would show the lot is a reason; where no single one would, the fewest that would together are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from daemon.terms.connection import LONGEST_ORDER_DAYS
from daemon.terms.week import WEEK, weekday_of
from daemon.trade.calendar.plan import (
    OLDEST_PUBLISHED_DAYS,
    LotDates,
    Plan,
    Rules,
    ShipDay,
    age_limit,
    age_windows,
    in_window,
    visible,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that hides a lot.

    `rule` is its id in the trade's rules, `setting` what decides it, and `wanted` the value that
    would make the lot visible as far as this rule goes, as an admin would write it: in place of
    what is set, or beside it where it `is_added`.
    """

    rule: str
    sentence: str
    setting: str
    wanted: str
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    """A lot and the rules it is judged by, some of them out of the way."""

    of: Plan
    lot: LotDates
    rules: Rules

    def days(self) -> tuple[ShipDay, ...]:
        return in_window(self.rules.ship_days(), self.lot)


Easing = Callable[[_Case], _Case]
Telling = Callable[[_Case, ShipDay], Reason]


def why_hidden(of: Plan, lot: LotDates) -> tuple[Reason, ...]:
    """Return what hides `lot`, the vendor's own terms first; nothing where it is visible."""
    if visible(of, lot).is_visible:
        return ()
    reasons = why_not_offered(of, lot)
    return (*reasons, *_days(of, lot)) if not in_window(of.ship_days, lot) else reasons


def why_not_offered(of: Plan, lot: LotDates) -> tuple[Reason, ...]:
    """Return what keeps `lot` from the buyer whatever the day is: its place, and its age."""
    return (*_location(of, lot), *_ages(of, lot))


def _location(of: Plan, lot: LotDates) -> Iterator[Reason]:
    link = of.connection
    if not link.publishes_from(lot.location):
        known = ", ".join(link.vendor_locations or ())
        yield Reason(
            "K-10",
            f"it lies at {lot.location}, and {link.vendor} publishes to {link.buyer} from {known}",
            f"vendor_locations of {link.title}",
            str(lot.location),
            is_added=True,
        )


def _ages(of: Plan, lot: LotDates) -> Iterator[Reason]:
    link, age, said = of.connection, lot.age_days, _age(lot)
    (vendors_min, vendors_max), (buyers_min, buyers_max) = age_windows(of, lot)
    own = f"buyer_age_days of {link.title}"
    for rule, least, setting in (
        ("K-20", vendors_min, f"selling.age_days of {link.vendor}"),
        ("K-26", buyers_min, own),
    ):
        if age < least:
            day = of.rules.today + timedelta(days=least - age)
            sentence = f"{said}; it is shown from an age of {least} on, so from {day}"
            yield Reason(rule, sentence, f"{setting}, min", str(max(age, 0)))
    if age > vendors_max:
        yield _too_old(of, lot)
    if buyers_max is not None and age > buyers_max:
        sentence = f"{said}; {link.buyer} takes it up to an age of {buyers_max}"
        yield Reason("K-26", sentence, f"{own}, max", str(age))


def _age(lot: LotDates) -> str:
    since = "" if lot.has_cut_date else " since its vendor named it last, or has it"
    return f"its age is {lot.age_days} days{since}"


def _too_old(of: Plan, lot: LotDates) -> Reason:
    vendor, age = of.connection.vendor, lot.age_days
    limit = age_limit(of.selling, lot.local_after_days)
    sentence = f"{_age(lot)}; it is published up to an age of {limit}"
    own = f"selling.local_after for its category, of {vendor}"
    if lot.local_after_days is not None:
        return Reason("K-21", sentence, own, str(age))
    # The window can't be widened above ten days; only a limit of the product's own goes further.
    is_in_reach = age <= OLDEST_PUBLISHED_DAYS
    setting = f"selling.age_days, max, of {vendor}" if is_in_reach else own
    return Reason("K-20", sentence, setting, str(age))


def _days(of: Plan, lot: LotDates) -> tuple[Reason, ...]:
    case = _Case(of, lot, of.rules)
    alone = [(tell, eased) for ease, tell in _EASINGS if (eased := ease(case)).days()]
    if alone:
        return tuple(tell(case, _soonest(eased)) for tell, eased in alone)
    needed = _fewest(case, [ease for ease, _ in _EASINGS])
    if not needed:
        return (_never(case),)
    # All speak of one ship day: values that open different days open none together.
    target = _soonest(_eased(case, needed))
    return tuple(tell(case, target) for ease, tell in _EASINGS if ease in needed)


def _soonest(eased: _Case) -> ShipDay:
    return min(eased.days(), key=lambda day: (day.truck, day.ship))


def _fewest(case: _Case, easings: list[Easing]) -> list[Easing]:
    """Return easings that show the lot together and none of which can be spared, or none."""
    if not _eased(case, easings).days():
        return []
    for ease in tuple(easings):
        rest = [each for each in easings if each is not ease]
        if _eased(case, rest).days():
            easings = rest
    return easings


def _eased(case: _Case, easings: list[Easing]) -> _Case:
    for ease in easings:
        case = ease(case)
    return case


def _offered_longer(case: _Case) -> _Case:
    return replace(case, lot=case.lot._replace(available_to=None))


def _tell_offered_longer(case: _Case, target: ShipDay) -> Reason:
    until, ship = case.lot.available_to, target.ship
    sentence = f"it ships until {until}, and the first ship date is {ship}"
    return Reason("2.3", sentence, "available_to of the lot", ship.isoformat())


def _in_time(case: _Case) -> _Case:
    return replace(case, rules=replace(case.rules, is_late=False, is_buyer_late=False))


def _tell_in_time(case: _Case, target: ShipDay) -> Reason:
    del target
    is_vendors = case.rules.is_late
    link = case.of.connection
    rule, company = ("K-27", link.vendor) if is_vendors else ("K-28", link.buyer)
    cut_off = case.of.cut_off if is_vendors else case.of.buyer_cut_off
    sentence = f"today's cut-off of {company} ({cut_off}) has passed"
    setting = f"carrier_cut_off, ecommerce_cut_off of {company}"
    return Reason(rule, sentence, setting, "a time to come")


def _without_offset(case: _Case) -> _Case:
    return replace(case, rules=replace(case.rules, offset_days=0))


def _tell_without_offset(case: _Case, target: ShipDay) -> Reason:
    rules = case.rules
    # Where this rule is the only one, the last day asks for the least change.
    last = max((target, *_without_offset(case).days()))
    most = max((last.ship - rules.today).days - rules.is_late, 0)
    sentence = (
        f"with {rules.offset_days} days from order to shipping nothing ships before"
        f" {rules.first_ship_date}"
    )
    title = case.of.connection.title
    return Reason("K-22", sentence, f"ship_days_offset of {title}", str(most))


def _without_closed(case: _Case) -> _Case:
    return replace(case, rules=replace(case.rules, closed=frozenset()))


def _tell_without_closed(case: _Case, target: ShipDay) -> Reason:
    vendor, weekday = case.of.connection.vendor, weekday_of(target.ship)
    sentence = f"{vendor} ships nothing on {weekday}, where its cut-off says closed"
    return Reason("K-28", sentence, f"carrier_cut_off of {vendor}, {weekday}", "a time")


def _without_buyer_closed(case: _Case) -> _Case:
    return replace(case, rules=replace(case.rules, buyer_closed=frozenset()))


def _tell_without_buyer_closed(case: _Case, target: ShipDay) -> Reason:
    buyer, weekday = case.of.connection.buyer, weekday_of(target.truck)
    sentence = f"nothing leaves {buyer} on {weekday}, where its cut-off says closed"
    return Reason("K-28", sentence, f"carrier_cut_off of {buyer}, {weekday}", "a time")


def _any_room(case: _Case) -> _Case:
    return replace(case, rules=replace(case.rules, full=frozenset()))


def _tell_any_room(case: _Case, target: ShipDay) -> Reason:
    carrier = case.of.carrier
    sentence = f"{carrier}, which takes the goods, has no more room on {target.ship}"
    return Reason("2.1", sentence, f"capacity_cubes of {carrier} in carriers.csv", "more")


def _any_horizon(case: _Case) -> _Case:
    return replace(case, rules=replace(case.rules, max_order_days=LONGEST_ORDER_DAYS))


def _tell_any_horizon(case: _Case, target: ShipDay) -> Reason:
    reach = case.rules.last_truck_date
    sentence = f"its first truck date is {target.truck}; orders reach to {reach}"
    wanted = (target.truck - case.rules.buyer_today).days
    return Reason("K-25", sentence, f"max_order_days of {case.of.connection.title}", str(wanted))


def _any_service(case: _Case) -> _Case:
    return replace(case, rules=replace(case.rules, service=frozenset(WEEK)))


def _tell_any_service(case: _Case, target: ShipDay) -> Reason:
    link, weekday = case.of.connection, weekday_of(target.truck)
    setting = f"days_of_service of {link.title}"
    if link.days_of_service is None:
        sentence = f"no days of service are set for {link.buyer}"
        return Reason("K-24", sentence, setting, weekday.value, is_added=True)
    whose = link.buyer
    if case.of.customer is not None and weekday in link.days_of_service:
        whose = f"{case.of.customer}, a customer of {link.buyer}"
        key = "customer_days" if case.of.buying.customer_days else "customer_services"
        setting = f"buying.{key} of {link.buyer}, {case.of.customer}"
    sentence = f"its truck date falls on {weekday}, which is no day of service for {whose}"
    return Reason("K-24", sentence, setting, weekday.value, is_added=True)


def _any_schedule(case: _Case) -> _Case:
    shortest = min((days for known in case.rules.transit_days for days in known), default=0)
    transit = tuple(days or (shortest,) for days in case.rules.transit_days)
    return replace(case, rules=replace(case.rules, transit_days=transit))


def _tell_any_schedule(case: _Case, target: ShipDay) -> Reason:
    link, transit = case.of.connection, case.rules.transit_days
    where = f"{link.buyer}, location {case.of.location}" if case.of.location else link.buyer
    weekday = weekday_of(target.ship)
    setting = f"schedule of {link.title}"
    if link.location_schedules:
        setting = f"schedule, location_schedules of {link.title}"
    if not any(transit):
        sentence = f"no shipping schedule is set for {where}"
        return Reason("K-23", sentence, setting, weekday.value, is_added=True)
    sentence = f"the schedule for {where} has no ship day while it is there, as {weekday} would be"
    return Reason("K-23", sentence, setting, weekday.value, is_added=True)


def _never(case: _Case) -> Reason:
    """Tell of a lot that no setting can show: it ships only after every horizon."""
    sentence = f"it ships from {case.lot.available_from} on, further ahead than any order reaches"
    last = case.rules.today + timedelta(days=LONGEST_ORDER_DAYS)
    return Reason("2.3", sentence, "available_from of the lot", last.isoformat())


_EASINGS: tuple[tuple[Easing, Telling], ...] = (
    # The first ones are spared first where several are needed: what a company set by choice and
    # changes most easily stands last.
    (_offered_longer, _tell_offered_longer),
    (_in_time, _tell_in_time),
    (_any_schedule, _tell_any_schedule),
    (_without_offset, _tell_without_offset),
    (_without_closed, _tell_without_closed),
    (_without_buyer_closed, _tell_without_buyer_closed),
    (_any_room, _tell_any_room),
    (_any_horizon, _tell_any_horizon),
    (_any_service, _tell_any_service),
)
"""Each way to put one rule aside, and what to say if that shows the lot."""
