"""Which ship date an order gets: the one that it asks for, or a refusal with the next valid one.

The refusals are those of domain 14: the cut-off has passed (E-10), nothing at all (E-12), not on
that day but later (E-13).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from daemon.trade.calendar.plan import LotDates, Plan, ShipDay, in_window, is_offered, visible
from daemon.trade.calendar.why_hidden import why_hidden


class DateRefusal(StrEnum):
    """Why an order can't have the date that it asks for."""

    CUT_OFF = "E-10"
    NOTHING = "E-12"
    LATER = "E-13"


@dataclass(frozen=True, slots=True)
class DateAnswer:
    """What an order is told about its date.

    `ship_day` is the day that it gets; with a refusal it is the next valid one, None where there
    is none. `sentence` is for the partner, empty where nothing is refused.
    """

    ship_day: ShipDay | None
    refusal: DateRefusal | None = None
    sentence: str = ""


def next_ship_date(
    of: Plan, lot: LotDates, asked: date | None = None, *, is_truck_date: bool = False
) -> ShipDay | None:
    """Return the first ship day of `lot` at `asked` or after it; None where there is none.

    `asked` is a ship date of the vendor's, with `is_truck_date` a truck date of the buyer's. Of
    the ship days that make the same truck date the last one is meant: its goods are freshest.
    """
    days = visible(of, lot).ship_days
    if not is_truck_date:
        return next((day for day in days if asked is None or day.ship >= asked), None)
    trucks = [day.truck for day in days if asked is None or day.truck >= asked]
    return max((day for day in days if trucks and day.truck == min(trucks)), default=None)


def answer_date(
    of: Plan, lot: LotDates, asked: date | None, *, is_truck_date: bool = False
) -> DateAnswer:
    """Judge the date that an order asks for; one that asks for none gets the first there is."""
    found = next_ship_date(of, lot, asked, is_truck_date=is_truck_date)
    if found is not None and asked in (None, found.truck if is_truck_date else found.ship):
        return DateAnswer(found)
    missed = _missed(of, lot, asked, is_truck_date=is_truck_date)
    if missed is not None:
        late = f"{_deadline(of, missed)}; {_next(found)}"
        return DateAnswer(found, DateRefusal.CUT_OFF, late)
    wanted = f" for the {'truck' if is_truck_date else 'ship'} date {asked}" if asked else ""
    if found is None:
        return DateAnswer(None, DateRefusal.NOTHING, f"there is none{wanted}{_why(of, lot)}")
    return DateAnswer(found, DateRefusal.LATER, f"there is none{wanted}; {_next(found)}")


def _missed(of: Plan, lot: LotDates, asked: date | None, *, is_truck_date: bool) -> ShipDay | None:
    """Return the ship day that the order would have had before today's cut-off."""
    if not is_offered(of, lot):
        return None
    days = in_window(tuple(sorted(of.missed)), lot)
    return next((day for day in days if asked == (day.truck if is_truck_date else day.ship)), None)


def _deadline(of: Plan, missed: ShipDay) -> str:
    is_vendors = of.rules.is_late and missed.ship < of.rules.first_ship_date
    cut_off = of.cut_off if is_vendors else of.buyer_cut_off
    company = of.connection.vendor if is_vendors else of.connection.buyer
    today = of.rules.today if is_vendors else of.rules.buyer_today
    day = missed.ship if is_vendors else missed.truck
    return f"orders for {day} had to reach {company} on {today} by {cut_off} (the cut-off)"


def _why(of: Plan, lot: LotDates) -> str:
    """Say what hides a lot, or until when it can be had, where a later day was asked for."""
    days = visible(of, lot).ship_days
    if days:
        last = max(days)
        return f"; the last ship date is {last.ship}, with the truck date {last.truck}"
    return "".join(f": {reason.sentence}" for reason in why_hidden(of, lot)[:1])


def _next(found: ShipDay | None) -> str:
    if found is None:
        return "there is no later date"
    return f"the next ship date is {found.ship}, with the truck date {found.truck}"
