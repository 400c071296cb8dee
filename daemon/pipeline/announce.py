"""Tell connected buyers what is left after anyone bought or a vendor published (domain K-40).

A vendor's changed lots are read once for all its buyers; then each buyer's file is a posting of its
own, so that nobody waits for fifty of them. The first file of a buyer tells everything, and so does
the first after a cut-off, a midnight or an edit of settings and tables; every other one tells what
changed. What is too much for one file goes on in files that tell a change. A connection that has
ended, or that lacks what it needs, tells its buyer once that nothing is left.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from daemon.clock import Clock
from daemon.config import Configuration, Connection, Partner
from daemon.errors import EnvironmentFault
from daemon.eventlog import Level, Say
from daemon.ledger.posting import Posting, posting
from daemon.ledger.store import Ledger, now_utc
from daemon.mapping.tables import Tables
from daemon.mapping.tableset import TableSet
from daemon.replies.availability import StockWriter
from daemon.terms.connection import Modality
from daemon.trade.calendar.lot_dates import vendors_day
from daemon.trade.calendar.plans import Plans
from daemon.trade.calendar.wall_clock import next_midnight
from daemon.trade.orders.carrier_loads import NEVER_FULL, FullDays
from daemon.trade.views.activation import Missing, is_stopped
from daemon.trade.views.readiness import lacking
from daemon.trade.views.shelf import Shelf, changed_lots, kept_of, shelf
from daemon.trade.views.told import (
    NOTHING,
    DueFeed,
    Feed,
    Told,
    due_feeds,
    forget,
    last_changes,
    lock,
    mark_begun,
    mark_told,
)
from daemon.trade.views.told_with import ToldWith
from daemon.trade.views.view import Eyes, eyes, view, withdrawn
from formats.offers import OfferRow


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
    """Tells buyers, and says once what can't be told.

    It is tried again when the tables are others, and every day: agreements and rates have their
    first day.
    """

    site: Configuration
    ledger: Ledger
    tables: TableSet
    clock: Clock
    say: Say
    _skipped: set[Feed] = field(default_factory=set)
    _skipped_with: tuple[str, date] | None = None
    _told_with: ToldWith | None = None
    _said: dict[Feed, str] = field(default_factory=dict)
    _plans: Plans = field(default_factory=Plans)

    def run(self) -> int:
        """Tell every buyer whose view is due; return how many files that made."""
        tables, at = self.tables.current, self.clock.now()
        now_with = tables.hash, at.astimezone(self.site.site.zone).date()
        if now_with != self._skipped_with:
            self._skipped.clear()
            self._skipped_with = now_with
        if self._told_with is None or self._told_with.tables is not tables:
            self._told_with = ToldWith(self.site, tables)
        done = announce(
            self.ledger,
            self.site,
            tables,
            at=at,
            skipped=self._skipped,
            told_with=self._told_with,
            plans=self._plans,
        )
        for failure in done.failures:
            advice = "mend the codes in the mapping tables"
            self._skip("announce_failed", failure.feed, str(failure.error), advice=advice)
        for blocked in done.blocked:
            stopping = [each for each in blocked.missing if each.stops_connection]
            codes = ", ".join(dict.fromkeys(each.code for each in stopping))
            reason = "; ".join(dict.fromkeys(each.sentence for each in stopping))
            said = f"{codes}: {reason}"
            self._skip("connection_incomplete", blocked.feed, said, level=Level.WARNING)
        return done.files

    def _skip(
        self,
        event: str,
        feed: Feed,
        reason: str,
        *,
        level: Level | None = None,
        advice: str | None = None,
    ) -> None:
        self._skipped.add(feed)
        if self._said.get(feed) != reason:
            self._said[feed] = reason
            buyer, vendor = feed.buyer, feed.vendor
            self.say(event, level=level, partner=buyer, vendor=vendor, reason=reason, advice=advice)


@dataclass(frozen=True, slots=True)
class _Round:
    """One round of telling."""

    ledger: Ledger
    site: Configuration
    tables: Tables
    at: datetime
    told_with: ToldWith
    plans: Plans
    done: Announced
    full: dict[Feed, frozenset[date]] = field(default_factory=dict)
    """Ship dates on which the carrier of a connection has no more room, as the round found them."""

    def full_of(self, link: Connection) -> frozenset[date]:
        return self.full.get(Feed(link.vendor, link.buyer), NEVER_FULL)

    def terms(self, link: Connection) -> str:
        """Return the fingerprint of what decides the view of a connection now."""
        return self.told_with.of(link, self.full_of(link))

    @property
    def today(self) -> date:
        return self.at.astimezone(self.site.site.zone).date()


@dataclass(slots=True)
class _Teller:
    """The telling of one buyer; `by` is None where it is told that nothing is left."""

    due: DueFeed
    buyer: Partner
    by: Eyes | None
    files: int = 0
    is_over: bool = False

    @property
    def since(self) -> int:
        """Return the change after which lots are told of; -1 for all of them."""
        return -1 if self.by is None else self.due.since


def announce(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    *,
    at: datetime | None = None,
    skipped: Collection[Feed] = (),
    told_with: ToldWith | None = None,
    plans: Plans | None = None,
) -> Announced:
    """Tell every buyer whose view is due; `at` is the moment whose ship days hold.

    Views in `skipped` failed or were blocked before with the same tables and are left alone; they
    stay due.
    """
    told_with = told_with or ToldWith(site, tables)
    this = _Round(ledger, site, tables, at or now_utc(), told_with, plans or Plans(), Announced())
    with ledger.read() as conn:
        if tables.rooms:
            days = FullDays.at(conn, tables, this.at, site.site.zone)
            this.full.update({Feed(c.vendor, c.buyer): days.of(c) for c in site.connection})
        found = due_feeds(conn, site, this.at, this.terms)
    due = [each for each in found if each.feed not in skipped]
    tellers = [teller for each in due if (teller := _teller(this, each)) is not None]
    tellers.sort(key=lambda each: (each.due.feed.vendor, each.since, each.due.feed.buyer))
    for (name, since), same in groupby(tellers, lambda t: (t.due.feed.vendor, t.since)):
        vendor = site.partner_named(name)
        if vendor is not None:
            _tell(this, vendor, since, list(same))
    return this.done


def _teller(this: _Round, due: DueFeed) -> _Teller | None:
    """Return how a view is told; None where there is nobody to tell, or nothing to take back."""
    buyer = this.site.partner_named(due.feed.buyer)
    vendor = this.site.partner_named(due.feed.vendor)
    if buyer is None or vendor is None or buyer.receives_availability == "none":
        with posting(this.ledger) as post:
            forget(post.conn, due.feed)
        return None
    if due.link is None:
        return _Teller(due, buyer, None)
    lacks = lacking(this.site, this.tables, due.link, this.today)
    if is_stopped(lacks, Modality.SALES):
        this.done.blocked.append(Blocked(due.feed, lacks))
        return _Teller(due, buyer, None) if due.told.known_to > NOTHING.known_to else None
    by = eyes(
        *(this.site, this.tables, due.link),
        at=this.at,
        plans=this.plans,
        told=due.told,
        terms=this.terms(due.link),
        full=this.full_of(due.link),
    )
    return None if by is None else _Teller(due, buyer, by)


def _tell(this: _Round, vendor: Partner, since: int, tellers: list[_Teller]) -> None:
    """Tell buyers of one vendor who were told up to the same change."""
    writer = StockWriter(this.site, vendor, this.tables.layouts)
    with this.ledger.read() as conn:
        newest = last_changes(conn, {vendor.name}).get(vendor.name, 0)
        pieces = changed_lots(conn, vendor.name, since=since, up_to=newest)
        piece, following = next(pieces, []), next(pieces, None)
        while True:
            kept = kept_of(conn, this.site, this.tables, vendor.name, piece)
            day = vendors_day(vendor, this.at, this.site.site.zone)
            made = shelf(piece, vendor, this.tables, this.today, vendors_day=day, kept=kept)
            for teller in tellers:
                _tell_one(this, writer, made, teller, newest, has_more=following is not None)
            tellers = [teller for teller in tellers if not teller.is_over]
            if following is None or not tellers:
                return
            piece, following = following, next(pieces, None)


def _tell_one(
    this: _Round,
    writer: StockWriter,
    made: Shelf,
    teller: _Teller,
    newest: int,
    *,
    has_more: bool,
) -> None:
    """Write one buyer's file, and where it is the last one, up to which change it was told.

    One buyer's view that can't be written must not end the telling of all others.
    """
    try:
        rows = _rows(this, made, teller)
        with posting(this.ledger) as post:
            if not lock(post.conn, teller.due):
                teller.is_over = True
                return
            post.awaits = this.site.acknowledges_within
            post.in_workbooks = this.site.in_workbooks
            if rows:
                _send(post, writer, rows, teller)
            if not has_more:
                _end(this, post, teller, newest)
            elif rows:
                mark_begun(post.conn, teller.due, newest)
        this.done.files += bool(rows)
        this.done.feeds += not has_more
        teller.files += bool(rows)
    except EnvironmentFault:
        raise
    # As said above: the lane's catch-all for one view.
    except Exception as error:
        teller.is_over = True
        this.done.failures.append(Failure(teller.due.feed, error))


def _rows(this: _Round, made: Shelf, teller: _Teller) -> list[OfferRow]:
    if teller.by is not None:
        return view(made, teller.by)
    return withdrawn(made, teller.buyer, this.tables, this.today, teller.due.told)


def _send(post: Posting, writer: StockWriter, rows: list[OfferRow], teller: _Teller) -> None:
    # A file of everything takes the place of what the buyer had; the next ones of it must not.
    is_full = teller.by is not None and teller.due.is_full and not teller.files
    file = writer.file(post, teller.buyer, rows, is_full=is_full)
    post.send(file, arrival_id=None, document_id=None)


def _end(this: _Round, post: Posting, teller: _Teller, newest: int) -> None:
    """Note that a buyer was told to the end."""
    due, by = teller.due, teller.by
    if by is None or due.link is None:
        forget(post.conn, due.feed)
        return
    told = Told(
        change=newest,
        at=this.at,
        valid_until=min(by.plan.changes_at, next_midnight(this.at, this.site.site.zone)),
        terms=this.terms(due.link),
        full_at=this.at if due.is_full else due.told.full_at,
    )
    mark_told(post.conn, due, told)
