"""Tell connected buyers what is left after anyone bought or a vendor published (domain K-40).

A vendor's changed lots are read once for all its buyers; then each buyer's file is a posting of its
own, so that nobody waits for fifty of them. The first file of a buyer tells everything, and so does
the first after a cut-off or midnight; every other one tells what changed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from daemon.clock import Clock
from daemon.config import Configuration, Connection
from daemon.errors import EnvironmentFault
from daemon.eventlog import Say
from daemon.ledger.posting import posting
from daemon.ledger.store import Ledger, now_utc
from daemon.mapping.rates import rate
from daemon.mapping.tables import Tables
from daemon.mapping.tableset import TableSet
from daemon.replies.availability import StockWriter
from daemon.terms.connection import Modality
from daemon.trade.activation import Facts, Missing, is_stopped, missing
from daemon.trade.availability import (
    DueFeed,
    Feed,
    due_feeds,
    last_change,
    lock_due,
    mark_told,
)
from daemon.trade.views import Eyes, Shelf, changed_lots, eyes, shelf, view


@dataclass(frozen=True, slots=True)
class Failure:
    """A view that can't be written with the tables as they are."""

    feed: Feed
    error: Exception


@dataclass(frozen=True, slots=True)
class Blocked:
    """A view of a connection that lacks what it needs (K-01 to K-10)."""

    feed: Feed
    missing: tuple[Missing, ...]


@dataclass(slots=True)
class Announced:
    """How many views were brought up to date, and how many files that made."""

    feeds: int = 0
    files: int = 0
    failures: list[Failure] = field(default_factory=list)
    blocked: list[Blocked] = field(default_factory=list)


@dataclass(slots=True)
class Announcer:
    """Tells buyers, and what can't be told says once, until the tables are others."""

    site: Configuration
    ledger: Ledger
    tables: TableSet
    clock: Clock
    say: Say
    _skipped: set[Feed] = field(default_factory=set)
    _skipped_with: str = ""

    def run(self) -> int:
        """Tell every buyer whose view is due; return how many files that made."""
        tables = self.tables.current
        if tables.hash != self._skipped_with:
            self._skipped.clear()
            self._skipped_with = tables.hash
        done = announce(self.ledger, self.site, tables, at=self.clock.now(), skipped=self._skipped)
        for failure in done.failures:
            advice = "mend the codes in the mapping tables"
            self._skip("announce_failed", failure.feed, str(failure.error), advice)
        for blocked in done.blocked:
            stopping = [each for each in blocked.missing if each.stops_connection]
            codes = ", ".join(dict.fromkeys(each.code for each in stopping))
            reason = "; ".join(each.sentence for each in stopping)
            self._skip("connection_incomplete", blocked.feed, f"{codes}: {reason}", "")
        return done.files

    def _skip(self, event: str, feed: Feed, reason: str, advice: str) -> None:
        self._skipped.add(feed)
        self.say(
            event, partner=feed.buyer, vendor=feed.vendor, reason=reason, advice=advice or None
        )


@dataclass(frozen=True, slots=True)
class _Round:
    """One round of telling."""

    ledger: Ledger
    site: Configuration
    tables: Tables
    at: datetime
    done: Announced


def announce(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    *,
    at: datetime | None = None,
    skipped: Collection[Feed] = (),
) -> Announced:
    """Tell every buyer whose view is due; `at` is the moment whose ship days hold.

    Views in `skipped` failed or were blocked before with the same tables and are left alone; they
    stay marked.
    """
    this = _Round(ledger, site, tables, at or now_utc(), Announced())
    with ledger.read() as conn:
        due = [each for each in due_feeds(conn, this.at) if each.feed not in skipped]
    for _, same in groupby(due, key=lambda each: (each.feed.vendor, each.told, each.is_full)):
        _tell(this, list(same))
    return this.done


def _tell(this: _Round, due: list[DueFeed]) -> None:
    """Tell buyers of one vendor who were told up to the same change."""
    vendor = this.site.partner_named(due[0].feed.vendor)
    looking = [(each, by) for each in due if (by := _looking(this, each)) is not None]
    if vendor is None or not looking:
        return
    writer = StockWriter(this.site, vendor)
    since = None if due[0].is_full else due[0].told
    today = this.at.astimezone(this.site.site.zone).date()
    with this.ledger.read() as conn:
        told = last_change(conn, vendor.name)
        pieces = changed_lots(conn, vendor.name, since=since)
        piece, following = next(pieces, []), next(pieces, None)
        while True:
            made = shelf(piece, vendor, this.tables, today)
            for each, by in looking:
                _tell_one(this, writer, made, each, by, told=None if following else told)
            if following is None:
                return
            piece, following = following, next(pieces, None)


def _looking(this: _Round, due: DueFeed) -> Eyes | None:
    """Return how a buyer looks; None for one that takes no files, or may not be told yet."""
    link = this.site.connection_of(due.feed.vendor, due.feed.buyer)
    buyer = this.site.partner_named(due.feed.buyer)
    if link is None or buyer is None or buyer.receives_availability == "none":
        return None
    lacking = _lacking(this, link)
    if is_stopped(lacking, Modality.SALES):
        this.done.blocked.append(Blocked(due.feed, lacking))
        return None
    return eyes(
        this.site,
        this.tables,
        link,
        at=this.at,
        told_at=due.planned_at,
        is_full=due.is_full,
    )


def _lacking(this: _Round, link: Connection) -> tuple[Missing, ...]:
    vendor, buyer = this.site.partner_named(link.vendor), this.site.partner_named(link.buyer)
    if vendor is None or buyer is None:
        return ()
    today = this.at.astimezone(this.site.site.zone).date()
    pairs = this.tables.rates
    known = {pair for pair in pairs if rate(pairs, *pair, today) is not None}
    return missing(link, vendor, buyer, Facts(today, rates=frozenset(known)))


def _tell_one(
    this: _Round,
    writer: StockWriter,
    made: Shelf,
    due: DueFeed,
    by: Eyes,
    *,
    told: int | None,
) -> None:
    """Write one buyer's file; `told` is the last change that it tells of, None while more follows.

    One buyer's view that can't be written must not end the telling of all others.
    """
    try:
        rows = view(made, by)
        with posting(this.ledger) as post:
            if not lock_due(post.conn, due, this.at):
                return
            if rows:
                file = writer.file(post, by.buyer, rows, is_full=due.is_full)
                post.send(file, arrival_id=None, document_id=None)
                this.done.files += 1
            if told is not None:
                mark_told(
                    post.conn,
                    due,
                    told=told,
                    planned_at=this.at,
                    valid_until=by.plan.changes_at,
                )
                this.done.feeds += 1
    except EnvironmentFault:
        raise
    # As said above: the lane's catch-all for one view.
    except Exception as error:
        this.done.failures.append(Failure(due.feed, error))
