"""Tell connected buyers what is left after anyone bought or a vendor published (domain K-40)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from daemon.config import Configuration
from daemon.ledger.posting import posting
from daemon.ledger.store import Ledger
from daemon.mapping.tables import Tables
from daemon.replies.availability import availability_file
from daemon.trade.availability import dirty_feeds, mark_clean


@dataclass(frozen=True, slots=True)
class Announced:
    """How many views were brought up to date, and how many files that made."""

    feeds: int
    files: int


def announce(ledger: Ledger, site: Configuration, tables: Tables, today: date) -> Announced:
    """Write the availability of every changed view, in one posting, and call the views clean."""
    with ledger.read() as conn:
        if not dirty_feeds(conn):
            return Announced(0, 0)
    with posting(ledger) as post:
        feeds = dirty_feeds(post.conn, for_update=True)
        files = 0
        for feed in feeds:
            file = availability_file(post, site, tables, feed, today)
            if file is not None:
                post.send(file, arrival_id=None, document_id=None)
                files += 1
            mark_clean(post.conn, feed)
    return Announced(len(feeds), files)
