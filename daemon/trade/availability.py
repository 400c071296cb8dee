"""Which buyers are to be told of a vendor's stock, and up to where they were told.

A view is due when the vendor's stock changed, when its ship days may be others (a cut-off or a
midnight has passed), and at its beginning. What a buyer is told of then is every lot that changed
since, or everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import Row, Select, or_, select

from daemon.config import Configuration
from daemon.ledger.schema import availability_feeds, sequences
from daemon.ledger.store import now_utc
from daemon.terms.connection import Modality


@dataclass(frozen=True, slots=True)
class Feed:
    """One buyer's view of one vendor's stock."""

    vendor: str
    buyer: str


@dataclass(frozen=True, slots=True)
class DueFeed:
    """A view that is no longer what the buyer was last told."""

    feed: Feed
    told: int | None
    """Number of the last change it was told of; None before its first full file."""
    planned_at: datetime | None
    """The moment whose ship days it was told."""
    is_full: bool
    """Whether everything is to be told, and not only what changed."""


def mark_dirty(conn: DatabaseConnection, site: Configuration, vendors: set[str]) -> None:
    """Note that every buyer connected with `vendors` is to be told anew."""
    for link in site.connection:
        buyer = site.partner_named(link.buyer)
        is_told = buyer is not None and buyer.receives_availability != "none"
        if link.vendor not in vendors or not is_told or not link.serves(Modality.SALES):
            continue
        table = availability_feeds
        moved = conn.execute(
            table.update()
            .where(table.c.vendor == link.vendor, table.c.buyer == link.buyer)
            .values(is_dirty=True, updated_at=now_utc())
        )
        if moved.rowcount == 0:
            conn.execute(
                table.insert().values(
                    vendor=link.vendor, buyer=link.buyer, is_dirty=True, updated_at=now_utc()
                )
            )


def due_feeds(conn: DatabaseConnection, at: datetime) -> list[DueFeed]:
    """Return the views that are due at `at`, in the order of vendors."""
    table = availability_feeds.c
    query = _feeds().where(or_(table.is_dirty, table.valid_until <= at))
    return [_due(row, at) for row in conn.execute(query)]


def lock_due(conn: DatabaseConnection, due: DueFeed, at: datetime) -> bool:
    """Lock the row of a view; False where somebody else has told the buyer meanwhile."""
    table = availability_feeds.c
    query = _feeds().where(table.vendor == due.feed.vendor, table.buyer == due.feed.buyer)
    row = conn.execute(query.with_for_update()).first()
    return row is not None and _due(row, at) == due


def _feeds() -> Select[*tuple[Any, ...]]:
    table = availability_feeds.c
    query = select(table.vendor, table.buyer, table.told, table.planned_at, table.valid_until)
    return query.order_by(table.vendor, table.buyer)


def _due(row: Row[*tuple[Any, ...]], at: datetime) -> DueFeed:
    is_over = row.valid_until is not None and row.valid_until <= at
    return DueFeed(
        Feed(row.vendor, row.buyer), row.told, row.planned_at, row.told is None or is_over
    )


def last_change(conn: DatabaseConnection, vendor: str) -> int:
    """Return the number of the last change of a vendor's stock; 0 before the first."""
    query = select(sequences.c.last).where(sequences.c.name == f"change:{vendor}")
    return int(conn.execute(query).scalar() or 0)


def mark_told(
    conn: DatabaseConnection,
    due: DueFeed,
    *,
    told: int,
    planned_at: datetime,
    valid_until: datetime,
) -> None:
    """Note that a buyer knows the stock up to change `told`, with the ship days of `planned_at`."""
    table = availability_feeds
    conn.execute(
        table.update()
        .where(table.c.vendor == due.feed.vendor, table.c.buyer == due.feed.buyer)
        .values(
            is_dirty=last_change(conn, due.feed.vendor) > told,
            told=told,
            planned_at=planned_at,
            valid_until=valid_until,
            updated_at=now_utc(),
        )
    )
