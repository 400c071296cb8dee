"""What a buyer may ask for goods that go another way now, or to another of its locations.

A change of ship via prices every line anew (domain 6): direct goods carry cost and GPM alone
(D-01). The answer to the change says so, because the answer to the order has said otherwise.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.trade.changes.at_work import ChangeAtWork
from daemon.trade.orders.rulings import outcome_of
from daemon.trade.prices.line_prices import suggested
from daemon.trade.prices.order_rate import booked_rate

_PRICED_BY = {"ship_via", "location"}


def price_anew(work: ChangeAtWork) -> None:
    """Let the answer to a change say the prices that follow from its new header."""
    whole = next((at for at, row in enumerate(work.rows) if row.line == 0), None)
    if whole is None or not _PRICED_BY & work.columns.keys():
        return
    desk, order = work.desk, work.order
    outcome = replace(
        outcome_of(desk, order),
        connection=work.connection,
        rate=booked_rate(desk.post, order.booked.id),
    )
    said = [
        f"line {line.line.reference} {price:f}"
        for line, own in zip(outcome.lines, order.lines, strict=True)
        if own.is_live and (price := suggested(desk, outcome, line).price) is not None
    ]
    if said:
        row = work.rows[whole]
        work.rows[whole] = replace(
            row, message=f"{row.message}; the price is now: {', '.join(said)}"
        )
