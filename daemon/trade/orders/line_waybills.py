"""Air waybills that lines of a vendor's order name: whether goods can travel under them (A-07)."""

from __future__ import annotations

from daemon.trade.desk import Desk
from daemon.trade.goods.waybill_book import (
    ClosedError,
    Sides,
    Travel,
    UnclearError,
    waybill_for,
)
from daemon.trade.outcome import OrderOutcome
from formats.records import OrderLine


def unclear_waybill(desk: Desk, outcome: OrderOutcome, line: OrderLine) -> str | None:
    """Say why a line's goods can't travel under its air waybill; None where they can.

    Its last four digits are those of several (W-03), or it is closed (P-25).
    """
    order, vendor, buyer = outcome.order, outcome.vendor, outcome.buyer
    if line.awb is None or vendor is None or buyer is None:
        return None
    travel = Travel(line.awb, "", order.ship_date or desk.today, is_dated=True)
    try:
        waybill_for(desk, Sides(vendor.name, buyer.name, order.number), travel)
    except (UnclearError, ClosedError) as error:
        return f"{error}; nothing of the line is shipped before"
    return None
