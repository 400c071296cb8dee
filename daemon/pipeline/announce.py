"""Tell connected buyers what is left after anyone bought or a vendor published (domain K-40)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from daemon.config import Configuration
from daemon.errors import EnvironmentFault
from daemon.ledger.posting import posting
from daemon.ledger.store import Ledger
from daemon.mapping.tables import Tables
from daemon.replies.availability import availability_file
from daemon.trade.availability import Feed, dirty_feeds, mark_clean


@dataclass(frozen=True, slots=True)
class Failure:
    """A view that can't be written with the tables as they are."""

    feed: Feed
    error: Exception


@dataclass(frozen=True, slots=True)
class Announced:
    """How many views were brought up to date, and how many files that made."""

    feeds: int = 0
    files: int = 0
    failures: tuple[Failure, ...] = ()


def announce(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    skipped: Collection[Feed] = (),
) -> Announced:
    """Write the availability of every changed view, each in a posting of its own.

    Views in `skipped` failed before with the same tables and are left alone; they stay marked.
    """
    with ledger.read() as conn:
        changed = [feed for feed in dirty_feeds(conn) if feed not in skipped]
    feeds, files = 0, 0
    failures: list[Failure] = []
    for feed in changed:
        try:
            files += _announce_one(ledger, site, tables, today, feed=feed)
            feeds += 1
        except EnvironmentFault:
            raise
        # One buyer's view that can't be written must not end the telling of all others.
        except Exception as error:
            failures.append(Failure(feed, error))
    return Announced(feeds, files, tuple(failures))


def _announce_one(
    ledger: Ledger, site: Configuration, tables: Tables, today: date, *, feed: Feed
) -> int:
    """Write one view and call it clean; return how many files that made."""
    with posting(ledger) as post:
        if feed not in dirty_feeds(post.conn, for_update=True):
            return 0
        file = availability_file(post, site, tables, feed, today)
        if file is not None:
            post.send(file, arrival_id=None, document_id=None)
        mark_clean(post.conn, feed)
        return 0 if file is None else 1
