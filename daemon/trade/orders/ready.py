"""May this order go over its connection yet? What is in the way, each with its rule (K-01 to K-10).

An order needs what availability needs but for the showing itself (K-04); products and box types
wait line by line (K-05, K-06). It doesn't need what it doesn't use: one that ships direct from the
grower no inbound truck (K-03, D-01), one that a vendor's own system has sold nothing but that both
sides agree (K-09), one whose rate is fixed no rate of today (K-82). Decision 9 says why.

Nothing that was agreed on is stopped: an order in place of one that the vendor has goes on.
"""

from __future__ import annotations

from collections.abc import Sequence

from daemon.trade.desk import Desk
from daemon.trade.orders.transfer import is_direct
from daemon.trade.outcome import OrderOutcome
from daemon.trade.prices.order_rate import missing_rate
from daemon.trade.views.activation import RATES, Missing
from formats.records import AxerrioOrder

AGREED, TRUCK = "K-09", "K-03"


def in_the_way(desk: Desk, draft: OrderOutcome) -> tuple[Missing, ...]:
    """Return what keeps an order from going over its connection; nothing where it may."""
    buyer, vendor = draft.buyer, draft.vendor
    if buyer is None or vendor is None or draft.replaced == vendor.name:
        return ()
    link = desk.connection(vendor.name, buyer.name)
    if link is None:
        return ()
    unmet = desk.readiness.of_orders(desk.site, desk.tables, link, desk.today)
    return tuple(each for each in unmet if _is_needed(draft, each)) if unmet else ()


def is_rate_alone(desk: Desk, draft: OrderOutcome, unmet: Sequence[Missing]) -> bool:
    """Tell whether nothing but the order's own rate is missing: then it waits for that (E-29)."""
    return all(each.place == RATES for each in unmet) and missing_rate(desk, draft) is not None


def codes_of(unmet: Sequence[Missing]) -> str:
    """Return the rules that are unmet, as `K-02, K-09`."""
    return ", ".join(dict.fromkeys(each.code for each in unmet))


def _is_needed(draft: OrderOutcome, lack: Missing) -> bool:
    if isinstance(draft.order, AxerrioOrder) and draft.order.cart is None:
        return lack.code == AGREED
    if lack.place == RATES and draft.rate is not None and draft.vendor is not None:
        return draft.rate.source != draft.vendor.currency
    return lack.code != TRUCK or not is_direct(draft.order)
