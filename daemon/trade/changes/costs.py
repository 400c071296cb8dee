"""What a change may not do: give goods of a vendor's stock another cost than it sells them at.

The row that says nothing else is refused with K-67; another one is carried out in all else, and
its answer says which cost stands. Costs that the vendor doesn't state are the buyer's to change.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.trade.changes.at_work import ChangeAtWork
from daemon.trade.orders.standing import StandingLine
from daemon.trade.orders.stock_costs import COST_STANDS, Sale, costed, is_stated, stands
from daemon.trade.outcome import LineOutcome, OrderOutcome
from daemon.trade.prices.order_rate import currency_of
from formats.records import OrderLine, copy_of
from formats.steps import LineChange


def keep_cost(
    work: ChangeAtWork, change: LineChange, line: StandingLine
) -> tuple[LineChange, str | None]:
    """Return a change of a line without a cost that can't change, and a sentence where it had one.

    The file of a cart says every line anew, so nothing is said of it there.
    """
    new, has = change.line, line.line.unit_price
    is_per_the_same = new.price_unit in (None, line.line.price_unit)
    if new.unit_price is None or has is None or (is_per_the_same and new.unit_price == has):
        return change, None
    sale = _sale(work)
    if sale is None or not is_stated(work.desk, sale, line.line, line.key, line.pack):
        return change, None
    kept = copy_of(new)
    kept.unit_price, kept.price_unit = None, None
    work.costs[new.line] = has if is_per_the_same else None
    said = None if work.is_cart else stands(replace(line.line, unit_price=new.unit_price), has)
    return replace(change, line=kept), said


def at_stock_cost(work: ChangeAtWork, draft: OrderOutcome, judged: LineOutcome) -> LineOutcome:
    """Return a line that is new, or of another product, at what its vendor sells it at.

    Raises CostUnknownError.
    """
    link, vendor = draft.connection, draft.vendor
    if link is None or vendor is None or not link.asking.cost_stands:
        return judged
    return costed(work.desk, Sale(vendor, link, currency_of(draft)), judged)


def cost_note(judged: LineOutcome) -> str | None:
    """Return the sentence about the cost of a line that was judged, where there is one."""
    return judged.reason if judged.code == COST_STANDS else None


def with_cost(said: OrderLine, judged: OrderLine) -> OrderLine:
    """Return a line in its sender's words at the cost that stands."""
    own = copy_of(said)
    own.unit_price = judged.unit_price
    return own


def _sale(work: ChangeAtWork) -> Sale | None:
    """Return between whom the goods are sold; None where a system of the vendor sold them."""
    booked, link = work.order.booked, work.connection
    vendor = work.desk.partner(booked.vendor)
    if link is None or vendor is None or work.is_sold_already or not link.asking.cost_stands:
        return None
    return Sale(vendor, link, work.order.order.currency or vendor.currency)
