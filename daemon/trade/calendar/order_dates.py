"""The day that an order asks for, judged when it comes: given, or refused with the next valid one.

Every connection with a calendar (a schedule and days of service) is judged so: past the cut-off
(E-10), nothing at all (E-12), not on that day but later (E-13). One without a calendar is not. The
moment that counts is the one at which an order comes into the books, because that is when its
vendor gets it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from daemon.config import Connection
from daemon.terms.company import name_with_terms
from daemon.trade.calendar.plan import LotDates, Plan
from daemon.trade.calendar.ship_dates import DateAnswer, DateRefusal, answer_date, next_ship_date
from daemon.trade.customers import customer_names
from daemon.trade.desk import Desk, OrderPlan
from daemon.trade.orders.transfer import carriage, is_direct
from formats.records import Order


@dataclass(frozen=True, slots=True)
class NoDay:
    """Why an order, or a line of it, can't have its day."""

    code: str | None
    """E-10, E-12 or E-13; None where no rule of dates speaks."""
    sentence: str
    next_ship_date: date | None


def plan_of(desk: Desk, link: Connection, order: Order, origin: str) -> Plan | None:
    """Return the ship days for `order`; None where its connection has no calendar."""
    days = plan_with(desk, link, order, origin)
    return days if days.is_calendar else None


def plan_with(desk: Desk, link: Connection, order: Order, origin: str) -> Plan:
    """Return the ship days of a connection at the moment of the posting, for whom an order is and
    with the carrier that takes it (K-24, K-27).

    `origin` is the partner that sent the order, in whose words it names its carrier.
    """
    last = desk.last_plan
    if last is not None and last.order is order and last.link is link and last.origin == origin:
        return last.plan
    found = _plan_with(desk, link, order, origin)
    desk.last_plan = OrderPlan(order, link, origin, found)
    return found


def _plan_with(desk: Desk, link: Connection, order: Order, origin: str) -> Plan:
    vendor, buyer = desk.partner(link.vendor), desk.partner(link.buyer)
    if vendor is None or buyer is None:
        raise AssertionError(f"the connection {link.title} has a side that is no partner")
    carrier = None
    services = buyer.buying.customer_services
    if vendor.selling.carrier_cut_offs or services:
        carrier = carriage(desk, order, origin, vendor, link).code
    return desk.plans.of(
        *(link, vendor, buyer, desk.post.at),
        zone=desk.site.site.zone,
        location=order.place,
        customer=name_with_terms(buyer.buying.customers_with_days, *customer_names(order)),
        carrier=carrier,
        brings=carrier if services and is_direct(order) else None,
    )


def refused_day(desk: Desk, link: Connection, order: Order, origin: str) -> NoDay | None:
    """Return why the connection doesn't ship on the day that `order` asks for, else None.

    An order that asks for no day is given the first there is.
    """
    days = plan_of(desk, link, order, origin)
    if days is None:
        return None
    asked, is_truck_date = _asked(order)
    return _no_day(answer_date(days, _freshest(days), asked, is_truck_date=is_truck_date))


def refused_lots(
    desk: Desk, link: Connection, order: Order, origin: str, lots: Iterable[LotDates], *, why: str
) -> NoDay | None:
    """Return the refusal of a line on whose day nothing is left, though there is of `lots`.

    Where some are there on a later day it is named (E-13); else there are none (E-12), and `why`
    says it. None for a connection without a calendar.
    """
    days = plan_of(desk, link, order, origin)
    if days is None:
        return None
    asked, is_truck_date = _asked(order)
    later = (next_ship_date(days, lot, asked, is_truck_date=is_truck_date) for lot in lots)
    found = min((day for day in later if day is not None), default=None)
    if found is None:
        return NoDay(DateRefusal.NOTHING.value, why, None)
    sentence = f"{why}; the next ship date is {found.ship}, with the truck date {found.truck}"
    return NoDay(DateRefusal.LATER.value, sentence, found.ship)


def given_day(desk: Desk, link: Connection, order: Order, origin: str) -> date | None:
    """Return the ship date that makes the truck date of an order which names no ship date (K-23).

    None where there is none, and for a connection without a calendar.
    """
    days = plan_of(desk, link, order, origin)
    if days is None or order.delivery_date is None:
        return None
    asked = order.delivery_date
    found = next_ship_date(days, _freshest(days), asked, is_truck_date=True)
    return found.ship if found is not None and found.truck == asked else None


def first_day(
    desk: Desk, link: Connection, order: Order, origin: str, lots: Iterable[LotDates]
) -> date | None:
    """Return the first ship date of any of `lots`; None for a connection without a calendar."""
    days = plan_of(desk, link, order, origin)
    if days is None:
        return None
    found = (next_ship_date(days, lot) for lot in lots)
    return min((day.ship for day in found if day is not None), default=None)


def _asked(order: Order) -> tuple[date | None, bool]:
    """Return the day that an order asks for, and whether it is a truck date."""
    if order.ship_date is None and order.delivery_date is not None:
        return order.delivery_date, True
    return order.ship_date, False


def _no_day(answer: DateAnswer) -> NoDay | None:
    if answer.refusal is None:
        return None
    ship = answer.ship_day.ship if answer.ship_day else None
    return NoDay(answer.refusal.value, answer.sentence, ship)


def _freshest(days: Plan) -> LotDates:
    """Return goods of which nothing but the connection's days decides."""
    buyers = days.connection.buyer_age_days
    least = max(days.selling.age_days.min or 0, (buyers.min or 0) if buyers else 0)
    return LotDates(age_days=least)
