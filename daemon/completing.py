"""What waited is completed: by the mapping tables that free it, or on a person's word.

Each document is a posting of its own, so that one that fails holds up none of the others. It works
beside a running daemon, which delivers what it causes; without one that is delivered at the next
start.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from daemon.config import Configuration
from daemon.errors import EnvironmentFault
from daemon.ledger import arrivals, holds, mapping_sets
from daemon.ledger.holds import Hold
from daemon.ledger.posting import Posting, posting
from daemon.ledger.schema import arrivals as arrival_table
from daemon.ledger.schema import documents
from daemon.ledger.states import DocumentState, HoldState
from daemon.ledger.store import Ledger
from daemon.mapping.tables import Tables
from daemon.pipeline.documents import complete_waiting_for, reply
from daemon.pipeline.steps import complete_step, is_step
from daemon.trade.desk import Desk
from daemon.trade.freed import resolved
from daemon.trade.outcome import OrderOutcome
from daemon.trade.redrive import complete_order, ready_documents
from daemon.trade.stock.remap import is_remapped, remap_lots, vendors_staging
from daemon.trade.stock.staged import complete_lots
from formats.identify import Format

LOTS = 0
"""Stands for the waiting stock, where a failure names a document."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A document (or `LOTS`) that could not be completed; it stays held."""

    document_id: int
    error: Exception


@dataclass(frozen=True, slots=True)
class Completed:
    """What a set of mapping tables, or a release, completed."""

    orders: tuple[OrderOutcome, ...] = ()
    lots: int = 0
    holds: int = 0
    """Holds that ended."""
    failures: tuple[Failure, ...] = ()
    has_more: bool = False
    """Whether documents are left that the tables free."""


def redrive(
    ledger: Ledger,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    skipped: Collection[int] = (),
    most: int | None = None,
) -> Completed:
    """Complete every document and lot that `site` and `tables` free (domain 9.5, M-02).

    Each document is a posting of its own, so that one that fails holds up none of the others; those
    in `skipped` failed before with the same tables and are left alone. Not more than `most`
    documents are completed at a time. Also where they free nothing, it is noted that the tables
    are in use: a start that finds its files spoilt must not go back behind them.
    """
    with ledger.read() as conn:
        is_noted = mapping_sets.is_in_use(conn, site.host, tables.hash)
        ended = resolved(conn, site, tables, today)
        ready = [d for d in ready_documents(conn, ended) if d not in skipped]
        is_stale = not is_remapped(conn, site, tables)
    if not is_noted:
        with posting(ledger) as post:
            mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
    if not ended and not is_stale:
        return Completed()
    outcomes: list[OrderOutcome] = []
    failures: list[Failure] = []
    lots = 0
    if LOTS not in skipped:
        try:
            lots = _redrive_lots(ledger, site, tables, today)
        except EnvironmentFault:
            raise
        # As below: what fails on stock must not keep orders, or the daemon, from going on.
        except Exception as error:
            failures.append(Failure(LOTS, error))
    for document_id in ready[:most]:
        try:
            outcomes += _redrive_document(ledger, site, tables, today, document_id=document_id)
        except EnvironmentFault:
            raise
        # A bug met on one document must not keep the others, or the daemon, from going on.
        except Exception as error:
            failures.append(Failure(document_id, error))
    has_more = most is not None and len(ready) > most
    return Completed(tuple(outcomes), lots, len(ended) - len(failures), tuple(failures), has_more)


def _redrive_lots(ledger: Ledger, site: Configuration, tables: Tables, today: date) -> int:
    """Bring the stock in line with the tables (M-14), and put on sale what waited for them."""
    with posting(ledger) as post:
        ended = resolved(post.conn, site, tables, today, lots_only=True)
        is_stale = not is_remapped(post.conn, site, tables)
        if not ended and not is_stale:
            return 0
        desk = Desk(post, site, tables, today)
        mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
        lots = remap_lots(desk) if is_stale else 0
        holds.end(post.conn, [hold.id for hold in ended], HoldState.RELEASED)
        waiting = {hold.partner for hold in ended} | (vendors_staging(desk) if is_stale else set())
        lots += complete_lots(desk, waiting) if waiting else 0
        settle(desk, ended)
        return lots


def _redrive_document(
    ledger: Ledger, site: Configuration, tables: Tables, today: date, *, document_id: int
) -> list[OrderOutcome]:
    with posting(ledger) as post:
        if not _is_order(post, document_id):
            return []
        desk = Desk(post, site, tables, today)
        mapping_sets.use(post.conn, site.host, tables.hash, tables.files)
        waiting = holds.of_document(post.conn, document_id)
        outcomes = complete(desk, [document_id])
        settle(desk, waiting)
        return outcomes


def _is_order(post: Posting, document_id: int) -> bool:
    query = select(documents.c.record, documents.c.state).where(documents.c.id == document_id)
    row = post.conn.execute(query).first()
    return row is not None and row.record is not None and row.state == DocumentState.HELD.value


def complete(desk: Desk, ready: Sequence[int], *, may_replace: bool = False) -> list[OrderOutcome]:
    """Carry out documents that waited, and answer them: orders, steps and what waited for those.

    With `may_replace` an order takes the place of the earlier one with its number.
    """
    outcomes: list[OrderOutcome] = []
    for document_id in ready:
        if is_step(desk, document_id):
            complete_step(desk, document_id, answering_form(desk, _arrival_of(desk, document_id)))
            continue
        outcome = complete_order(desk, document_id, may_replace=may_replace)
        reply(desk, outcome, answering_form(desk, outcome.arrival_id))
        complete_waiting_for(desk, outcome)
        outcomes.append(outcome)
    return outcomes


def _arrival_of(desk: Desk, document_id: int) -> int:
    query = select(documents.c.arrival_id).where(documents.c.id == document_id)
    return int(desk.post.conn.execute(query).scalar_one())


def answering_form(desk: Desk, arrival_id: int) -> Format:
    """Return the format an arrival came in, in which it is answered."""
    query = select(arrival_table.c.format).where(arrival_table.c.id == arrival_id)
    return Format(desk.post.conn.execute(query).scalar_one())


def settle(desk: Desk, ended: Sequence[Hold]) -> None:
    """Write the stock, and post the arrivals that nothing holds any more."""
    desk.write_stock()
    arrivals.settle_all(desk.post.conn)
