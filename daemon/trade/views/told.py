"""What each buyer was told of each vendor's stock, and who is to be told anew.

A view is due when the vendor's stock changed, when its ship days may be others (a cut-off or a
midnight has passed), when settings or tables are others, and at its beginning. What a buyer is told
of then is every lot that changed since, or everything; once a connection has ended, that nothing is
left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import delete, select

from daemon.config import Configuration, Connection, Partner
from daemon.ledger.schema import availability_feeds, sequences
from daemon.ledger.store import now_utc
from daemon.terms.connection import Modality


@dataclass(frozen=True, slots=True)
class Feed:
    """One buyer's view of one vendor's stock."""

    vendor: str
    buyer: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a buyer was told of a vendor's stock; all None for nothing yet."""

    change: int | None = None
    """Number of the last change it was told of; None before its first full file."""
    at: datetime | None = None
    """The moment whose ship days it was told."""
    valid_until: datetime | None = None
    terms: str | None = None
    """Fingerprint of the settings and tables that it was told with."""
    begun: int | None = None
    """Up to which change a telling of several files had begun that was cut off."""
    full_at: datetime | None = None

    @property
    def known_to(self) -> int:
        """Return the last change of which it may have heard; -1 for none."""
        heard = [number for number in (self.change, self.begun) if number is not None]
        return max(heard, default=-1)


NOTHING = Told()


@dataclass(frozen=True, slots=True)
class DueFeed:
    """A view that is no longer what the buyer was last told."""

    feed: Feed
    told: Told
    link: Connection | None
    """None where the buyer is no longer connected with the vendor, or wants no more files."""
    is_full: bool
    """Whether everything is to be told, and not only what changed."""

    @property
    def since(self) -> int:
        """Return the change after which lots are to be told of; -1 for all of them."""
        return -1 if self.is_full or self.told.change is None else self.told.change


def due_feeds(
    conn: DatabaseConnection,
    site: Configuration,
    at: datetime,
    terms: Callable[[Connection], str],
) -> list[DueFeed]:
    """Return the views that are due at `at`; `terms` gives the fingerprint of a connection now."""
    known = told_feeds(conn)
    links = {Feed(link.vendor, link.buyer): link for link in told_links(site)}
    newest = last_changes(conn, {feed.vendor for feed in links})
    due = [DueFeed(feed, known[feed], None, is_full=True) for feed in known if feed not in links]
    for feed, link in links.items():
        told = known.get(feed, NOTHING)
        is_over = told.valid_until is None or told.valid_until <= at
        is_full = told.change is None or is_over or told.terms != terms(link)
        has_changed = newest.get(feed.vendor, 0) > (told.change or 0)
        if has_changed or (is_full and feed in known):
            due.append(DueFeed(feed, told, link, is_full=is_full))
    return due


def told_links(site: Configuration) -> Iterator[Connection]:
    """Yield the connections whose buyers are sent availability."""
    for link in site.connection:
        buyer = site.partner_named(link.buyer)
        if buyer is not None and is_told(link, buyer):
            yield link


def is_told(link: Connection, buyer: Partner) -> bool:
    """Whether the buyer of a connection is sent the vendor's availability at all."""
    is_wanted = buyer.receives_availability != "none" and link.is_stock_shown(buyer.buying)
    return link.serves(Modality.SALES) and is_wanted


def told_feeds(conn: DatabaseConnection) -> dict[Feed, Told]:
    """Return what each buyer was told of each vendor, in the order of vendors."""
    table = availability_feeds.c
    query = select(*_COLUMNS).order_by(table.vendor, table.buyer)
    return {Feed(vendor, buyer): Told(*told) for vendor, buyer, *told in conn.execute(query)}


_COLUMNS = tuple(
    availability_feeds.c[name]
    for name in (
        *("vendor", "buyer", "told", "planned_at", "valid_until", "told_with", "begun", "full_at"),
    )
)


def last_changes(conn: DatabaseConnection, vendors: set[str]) -> dict[str, int]:
    """Return the number of the last change of each vendor's stock that ever had one."""
    names = {f"change:{vendor}": vendor for vendor in vendors}
    query = select(sequences.c.name, sequences.c.last).where(sequences.c.name.in_(names))
    return {names[row.name]: int(row.last) for row in conn.execute(query)}


def lock(conn: DatabaseConnection, due: DueFeed) -> bool:
    """Lock what the buyer was told; False where somebody else has told it something meanwhile."""
    table = availability_feeds.c
    query = select(*_COLUMNS).where(table.vendor == due.feed.vendor, table.buyer == due.feed.buyer)
    row = conn.execute(query.with_for_update()).first()
    found = Told(*row[2:]) if row is not None else NOTHING
    return (found.change, found.at) == (due.told.change, due.told.at)


def mark_told(conn: DatabaseConnection, due: DueFeed, told: Told) -> None:
    """Note what a buyer was told now."""
    _write(
        conn,
        due.feed,
        {
            "told": told.change,
            "planned_at": told.at,
            "valid_until": told.valid_until,
            "told_with": told.terms,
            "begun": told.begun,
            "full_at": told.full_at,
        },
    )


def mark_begun(conn: DatabaseConnection, due: DueFeed, change: int) -> None:
    """Note that a buyer is being told up to `change`, and that more files follow."""
    _write(conn, due.feed, {"begun": change})


def forget(conn: DatabaseConnection, feed: Feed) -> None:
    """Note that a buyer knows nothing of a vendor's stock."""
    table = availability_feeds
    conn.execute(delete(table).where(table.c.vendor == feed.vendor, table.c.buyer == feed.buyer))


def _write(conn: DatabaseConnection, feed: Feed, values: dict[str, object]) -> None:
    table = availability_feeds
    stamped = {**values, "updated_at": now_utc()}
    where = (table.c.vendor == feed.vendor, table.c.buyer == feed.buyer)
    if conn.execute(table.update().where(*where).values(stamped)).rowcount == 0:
        conn.execute(table.insert().values(vendor=feed.vendor, buyer=feed.buyer, **stamped))
