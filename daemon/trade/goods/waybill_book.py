"""Air waybills of shipments: found again by their number, made where none was sent, and closed.

A vendor that sends no number gets a temporary one, made from ship date and order number; the real
one takes its place later (domain W-04). A waybill closes two days after its ship date (P-25).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.moves import WAYBILLS, Cause, move, record
from daemon.ledger.posting import Posting
from daemon.ledger.states import WaybillState
from daemon.trade.desk import Desk
from daemon.trade.goods.books import Waybill, waybills
from formats import awb as awb_numbers

CLOSES_AFTER = timedelta(days=2)
MOST_NUMBER = 15
MOST_CARRIER = 60


@dataclass(frozen=True, slots=True)
class Travel:
    """How boxes travel, as their vendor says it; `is_dated` where it named the ship date."""

    awb: str | None
    house_awb: str
    ship_date: date
    is_dated: bool

    @property
    def problem(self) -> str | None:
        """Say what of it the books can't hold (W-02, W-06)."""
        for name, number in (("air waybill", self.awb), ("house air waybill", self.house_awb)):
            if number and len(number) > awb_numbers.MAX_LENGTH:
                return (
                    f"{name} {number} has more than {awb_numbers.MAX_LENGTH} characters;"
                    " shorten it and send the shipment again"
                )
        return None

    def is_of(self, waybill: Waybill) -> bool:
        """Tell whether what travels under `waybill` can be said so."""
        if self.is_dated and self.ship_date != waybill.ship_date:
            return False
        if self.awb is None:
            return True
        return waybill.goes_by(self.awb)


@dataclass(frozen=True, slots=True)
class Sides:
    """Who sends the goods, who gets them, and which order they are of."""

    vendor: str
    buyer: str
    number: str
    carrier: str | None = None


class ClosedError(ValueError):
    """The waybill is closed, so no box is put on it any more (P-25)."""


class UnclearError(ValueError):
    """The last digits name several waybills (W-03)."""


def temporary(ship_date: date, number: str) -> str:
    """Return the number of goods that travel without one: `TMP261124-10045` (W-04)."""
    return f"TMP{ship_date:%y%m%d}-{number[-MOST_NUMBER:]}"


def waybill_for(desk: Desk, sides: Sides, travel: Travel) -> Waybill | None:
    """Return the open waybill that boxes join, None where they need a new one.

    Raises ClosedError, or UnclearError where four digits fit several.
    """
    same_day = waybills(desk, vendor=sides.vendor, buyer=sides.buyer, ship_date=travel.ship_date)
    number = travel.awb or temporary(travel.ship_date, sides.number)
    fitting = [
        each
        for each in same_day
        if each.goes_by(number) and (travel.awb is None or _is_house(each, travel.house_awb))
    ]
    if travel.awb is None:
        fitting = [each for each in fitting if each.is_open]
    if awb_numbers.is_short(number) and len({each.awb for each in fitting}) > 1:
        names = " and ".join(sorted({each.awb for each in fitting}))
        raise UnclearError(f"air waybill {number} can be {names}; send it in full")
    is_open = [each for each in fitting if each.is_open]
    if fitting and not is_open:
        raise ClosedError(
            f"air waybill {fitting[0].awb} of {travel.ship_date} is closed: nothing is put on it"
            " two days after its ship date; name another air waybill"
        )
    return is_open[0] if is_open else None


def _is_house(waybill: Waybill, house_awb: str) -> bool:
    return waybill.house_awb == house_awb


def new_waybill(
    desk: Desk, sides: Sides, travel: Travel, *, arrival_id: int, document_id: int, cause: Cause
) -> Waybill:
    """Open a waybill, with a temporary number where the vendor named none."""
    made = None if travel.awb else temporary(travel.ship_date, sides.number)
    carrier = sides.carrier[:MOST_CARRIER] if sides.carrier else None
    key = desk.post.add(
        schema.shipments,
        {
            "arrival_id": arrival_id,
            "document_id": document_id,
            "vendor": sides.vendor,
            "buyer": sides.buyer,
            "awb": travel.awb or made,
            "house_awb": travel.house_awb,
            "is_temporary": made is not None,
            "temporary_awb": made,
            "ship_date": travel.ship_date,
            "arrival_date": None,
            "carrier": carrier,
            "state": WaybillState.OPEN.value,
        },
    )
    record(desk.post, WAYBILLS, key, None, WaybillState.OPEN, cause=cause)
    (made_new,) = waybills(desk, keys=[key])
    return made_new


def close_due(post: Posting, today: date) -> int:
    """Close the waybills whose ship date is two days past (P-25); return how many."""
    post.flush()
    table = schema.shipments.c
    query = select(table.id, table.awb).where(
        table.state == WaybillState.OPEN.value, table.ship_date <= today - CLOSES_AFTER
    )
    due = post.conn.execute(query).all()
    cause = Cause("two days after the ship date")
    for key, number in due:
        what = f"air waybill {number}"
        move(post, WAYBILLS, key, WaybillState.OPEN, WaybillState.CLOSED, what=what, cause=cause)
    return len(due)
