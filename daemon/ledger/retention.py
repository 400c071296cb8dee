"""Let go of what is past its retention time, a little at a time; who sent what and when stays.

| what | goes | but never |
|---|---|---|
| bytes of an arrival | `bytes_days` after it ended | of a held or an unseen quarantined one |
| bytes of what was sent unasked (orders, availability, labels) | `bytes_days` after delivery | |
| bytes of answers | `hashes_days` after: until then a copy is answered like the first (P4) | |
| findings, records of documents | `hashes_days` after | of what is held or unseen |
| stock lots that are over | a week after their last day | sold, awaited, or of the newest count |

Nothing is decided by what goes: the hashes, states, numbers and sizes that tell a copy from a new
file stay in their rows. Each step is a transaction of its own over a few hundred rows, so that a
posting waits for one step at most, however much there is to remove.

A SQLite file does not get smaller by this. Its freed pages take what comes next, so that it grows
to what one retention time holds and stays there; to shrink it as well would cost every posting the
upkeep of a page map, and the file would only grow again. After a change of the settings a stopped
site's file is made smaller with `sqlite3 ledger.db VACUUM`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
    update,
)

from daemon.ledger.posting import posting
from daemon.ledger.schema import (
    arrivals,
    documents,
    findings,
    holds,
    outgoing,
    outgoing_bodies,
    stock_lots,
    stock_reservations,
)
from daemon.ledger.states import ArrivalState, DocumentState, HoldState, OutgoingState
from daemon.ledger.store import Ledger

SPAN = 2_000
"""Rows looked at in a step."""
MOST_ROWS = 500
MOST_BYTES = 16 << 20
"""What one transaction removes: SQLite walks through every page that it frees."""
LOT_DAYS = 7
"""Days after its last one that a lot is kept for people to look at."""

ZERO = Decimal(0)
_ENDED = (ArrivalState.POSTED.value, ArrivalState.DUPLICATE.value)


@dataclass(frozen=True, slots=True)
class Removed:
    """What went: how many of each, and the spool files that nothing refers to any more."""

    arrivals: int = 0
    sent: int = 0
    findings: int = 0
    records: int = 0
    lots: int = 0
    spool: tuple[str, ...] = ()

    def __add__(self, other: Removed) -> Removed:
        return Removed(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))


def purge(
    ledger: Ledger, now: datetime, today: date, *, bytes_days: int, hashes_days: int
) -> Iterator[Removed]:
    """Remove what is past its time, step by step; each step says what it removed, or nothing.

    The caller removes the spool files. A step that is never taken is made up for by the next purge.
    """
    bytes_end, hashes_end = now - timedelta(days=bytes_days), now - timedelta(days=hashes_days)
    yield from _arrival_bytes(ledger, bytes_end)
    # What can be replayed can be answered as well.
    yield from _sent_bytes(ledger, bytes_end, min(bytes_end, hashes_end))
    yield from _findings(ledger, hashes_end)
    yield from _records(ledger, hashes_end)
    yield from _lots(ledger, now - timedelta(days=LOT_DAYS), today - timedelta(days=LOT_DAYS))


def _is_over(before: datetime) -> ColumnElement[bool]:
    """Ended before then: quarantined bytes go once a person has seen them, held ones never."""
    return and_(
        arrivals.c.updated_at < before,
        or_(
            arrivals.c.state.in_(_ENDED),
            and_(arrivals.c.state == ArrivalState.QUARANTINED.value, arrivals.c.is_seen),
        ),
    )


def _arrival_bytes(ledger: Ledger, before: datetime) -> Iterator[Removed]:
    columns = arrivals.c
    has_bytes = or_(columns.data.is_not(None), columns.spool.is_not(None))
    for within in _spans(ledger, arrivals, before):
        with ledger.read() as conn:
            query = select(columns.id, columns.size_bytes).where(
                within, _is_over(before), has_bytes
            )
            due = conn.execute(query.order_by(columns.id)).all()
        yield Removed()
        for ids in _batches([(row.id, row.size_bytes) for row in due]):
            with ledger.write() as conn:
                removed = _drop_bytes(conn, ids, before)
            yield removed


def _drop_bytes(conn: Connection, ids: Sequence[int], before: datetime) -> Removed:
    # Asked again, because one may have been released or replayed since.
    where = and_(arrivals.c.id.in_(ids), _is_over(before))
    names = conn.execute(select(arrivals.c.spool).where(where, arrivals.c.spool.is_not(None)))
    spool = tuple(str(name) for name in names.scalars())
    gone = conn.execute(update(arrivals).where(where).values(data=None, spool=None))
    return Removed(arrivals=gone.rowcount, spool=spool)


def _sent_bytes(ledger: Ledger, before: datetime, answers_before: datetime) -> Iterator[Removed]:
    columns = outgoing.c
    is_due = and_(
        columns.state == OutgoingState.DELIVERED.value,
        or_(
            and_(~columns.is_answer, columns.updated_at < before),
            and_(columns.is_answer, columns.updated_at < answers_before),
        ),
    )
    with ledger.read() as conn:
        first = conn.execute(select(func.min(outgoing_bodies.c.outgoing_id))).scalar()
    for within in _spans(ledger, outgoing, before, first=first):
        with ledger.read() as conn:
            query = (
                select(columns.id, columns.size_bytes)
                .where(within, is_due, exists().where(outgoing_bodies.c.outgoing_id == columns.id))
                .order_by(columns.id)
            )
            due = conn.execute(query).all()
        yield Removed()
        for ids in _batches([(row.id, row.size_bytes) for row in due]):
            with ledger.write() as conn:
                where = outgoing_bodies.c.outgoing_id.in_(ids)
                gone = conn.execute(delete(outgoing_bodies).where(where))
            yield Removed(sent=gone.rowcount)


def _findings(ledger: Ledger, before: datetime) -> Iterator[Removed]:
    """Remove findings, driven by themselves: most files have none, and some a hundred thousand."""
    columns = findings.c
    with ledger.read() as conn:
        last = _last_before(conn, arrivals, before)
    after = (0, 0)
    while True:
        with ledger.read() as conn:
            query = (
                select(columns.arrival_id, columns.id, _is_over(before).label("is_over"))
                .join(arrivals, arrivals.c.id == columns.arrival_id)
                .where(
                    tuple_(columns.arrival_id, columns.id) > tuple_(*after),
                    columns.arrival_id <= last,
                )
                .order_by(columns.arrival_id, columns.id)
                .limit(SPAN)
            )
            seen = conn.execute(query).all()
        yield Removed()
        for ids in _batches([(row.id, 0) for row in seen if row.is_over]):
            with ledger.write() as conn:
                gone = conn.execute(delete(findings).where(columns.id.in_(ids)))
            yield Removed(findings=gone.rowcount)
        if len(seen) < SPAN:
            return
        after = (seen[-1].arrival_id, seen[-1].id)


def _records(ledger: Ledger, before: datetime) -> Iterator[Removed]:
    columns = documents.c
    is_due = and_(
        columns.state != DocumentState.HELD.value,
        columns.updated_at < before,
        columns.record.is_not(None),
    )
    for within in _spans(ledger, documents, before):
        with ledger.read() as conn:
            size = func.length(columns.record).label("size_bytes")
            due = conn.execute(select(columns.id, size).where(within, is_due)).all()
        yield Removed()
        for ids in _batches([(row.id, row.size_bytes) for row in due]):
            with ledger.write() as conn:
                gone = conn.execute(
                    update(documents).where(columns.id.in_(ids), is_due).values(record=None)
                )
            yield Removed(records=gone.rowcount)


def _lots(ledger: Ledger, before: datetime, day: date) -> Iterator[Removed]:
    """Remove lots that can't be sold any more and of which nothing was.

    One that a person is asked about stays. So do those of the newest count: by its time an older
    one is known to be superseded.
    """
    lot = stock_lots.c
    is_dead = and_(
        lot.bought == ZERO,
        lot.updated_at < before,
        or_(lot.available_to < day.isoformat(), lot.published == ZERO),
        ~exists().where(stock_reservations.c.lot_id == lot.id),
        ~exists().where(holds.c.lot_id == lot.id, holds.c.state == HoldState.OPEN.value),
    )
    with ledger.read() as conn:
        newest = conn.execute(select(lot.vendor, func.max(lot.as_of)).group_by(lot.vendor)).all()
    kept = {(vendor, as_of) for vendor, as_of in newest if as_of is not None}
    for within in _spans(ledger, stock_lots, before):
        with ledger.read() as conn:
            found = conn.execute(select(lot.id, lot.vendor, lot.as_of).where(within, is_dead)).all()
        yield Removed()
        for ids in _batches([(row.id, 0) for row in found if (row.vendor, row.as_of) not in kept]):
            # A posting, because on PostgreSQL only postings are one after another: one that sells
            # from a lot must not have it removed in between.
            with posting(ledger) as post:
                gone = post.conn.execute(delete(stock_lots).where(lot.id.in_(ids), is_dead))
            yield Removed(lots=gone.rowcount)


def _spans(
    ledger: Ledger, table: Table, before: datetime, *, first: int | None = 1
) -> Iterator[ColumnElement[bool]]:
    """Yield conditions that cut the rows made before then into spans of their keys."""
    if first is None:
        return
    with ledger.read() as conn:
        last = _last_before(conn, table, before)
    for start in range(first, last + 1, SPAN):
        yield table.c.id.between(start, min(start + SPAN - 1, last))


def _last_before(conn: Connection, table: Table, moment: datetime) -> int:
    """Return the last key of the rows made before `moment`, 0 without any; keys follow time.

    Found by halving: there is no index on times, and behind a blob SQLite reads all of it.
    """
    low, high = 0, int(conn.execute(select(func.max(table.c.id))).scalar() or 0)
    while low < high:
        middle = (low + high + 1) // 2
        query = select(table.c.created_at).where(table.c.id >= middle).order_by(table.c.id)
        made = conn.execute(query.limit(1)).scalar()
        if made is not None and made < moment:
            low = middle
        else:
            high = middle - 1
    return low


def _batches(rows: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Cut rows of (key, bytes) into what one transaction may remove."""
    batch: list[int] = []
    size = 0
    for key, size_bytes in rows:
        if batch and (len(batch) >= MOST_ROWS or size + size_bytes > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(key)
        size += size_bytes
    if batch:
        yield batch
