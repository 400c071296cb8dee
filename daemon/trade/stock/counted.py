"""When a vendor counted its stock, and whether a newer count is in the books already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import func, select

from daemon.ledger.schema import stock_lots
from daemon.trade.desk import Desk
from formats.findings import Finding, Where, warning
from formats.records import InventoryAdvice

SKEW = timedelta(minutes=5)
"""How far clocks go apart without anything being wrong."""
EASTERNMOST = timezone(timedelta(hours=14))
"""Where every day begins first."""
ZONES_APART = timedelta(hours=26)
"""How far a time in the wrong zone can be from what was meant."""


def counted_at(
    desk: Desk, advice: InventoryAdvice, vendor: str
) -> tuple[datetime | None, tuple[Finding, ...]]:
    """Return when `vendor` counted, and a warning where that can't be: it is still to come.

    Such a count is taken for as old as the newest one in the books, which it supersedes. As of its
    own date it would supersede every true one until that day, and no file could undo it; as of now,
    the same count with its date put right; and to refuse it would leave the stock of yesterday on
    sale for a slip in one cell. A time without zone is the site's; that it is ahead is sure only
    once it is so in every zone, so that a vendor far to the east keeps its own order of files.
    """
    said = advice.as_of
    if said is None:
        return None, ()
    earliest = said if said.tzinfo else said.replace(tzinfo=EASTERNMOST)
    if earliest > desk.post.at + SKEW:
        message = (
            f"the count is dated {said:%Y-%m-%d %H:%M} (DTM 097, else BIA04 and BIA05), which is"
            " still to come; it is taken all the same, but its date is not. Set the clock or the"
            " date right"
        )
        return _newest(desk, vendor), (warning("stock.ahead", message, Where(segment="BIA")),)
    if said.tzinfo is None:
        said = said.replace(tzinfo=desk.site.site.zone)
    return said.astimezone(UTC), ()


def is_older(desk: Desk, vendor: str, as_of: datetime | None) -> bool:
    """Tell whether the stock at hand was counted after `as_of`: then the advice is superseded."""
    newest = None if as_of is None else _newest(desk, vendor)
    return as_of is not None and newest is not None and newest > as_of


def _newest(desk: Desk, vendor: str) -> datetime | None:
    """Return when the stock at hand was counted.

    A day to come, which versions before took at its word, is none.
    """
    counted = stock_lots.c.as_of
    query = select(func.max(counted)).where(
        stock_lots.c.vendor == vendor, counted <= desk.post.at + ZONES_APART + SKEW
    )
    found = desk.post.conn.execute(query).scalar()
    return found if isinstance(found, datetime) else None
