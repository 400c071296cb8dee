"""What is past its time goes, bit by bit and said; what may still be asked for stays."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from daemon.eventlog import EventLog
from daemon.ledger import retention, schema
from daemon.ledger.outgoing import latest_answers
from daemon.ledger.posting import OutgoingFile, posting
from daemon.ledger.purging import EVERY_S, Purging
from daemon.ledger.retention import MOST_BYTES, MOST_ROWS, Removed, purge
from daemon.ledger.states import ArrivalState, DocumentState, OutgoingState
from daemon.ledger.store import Ledger, advance, open_ledger
from daemon.sections import Retention
from tests.daemon.ledger.books import add_arrivals, claim
from tests.daemon.ledgers import prepare

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
_numbers = count(1)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def purged(ledger: Ledger, *, bytes_days: int = 90, hashes_days: int = 400) -> Removed:
    total = Removed()
    for removed in purge(ledger, NOW, NOW.date(), bytes_days=bytes_days, hashes_days=hashes_days):
        total += removed
    return total


def arrived(
    ledger: Ledger,
    days: float,
    state: ArrivalState = ArrivalState.POSTED,
    *,
    is_seen: bool = False,
    spool: str | None = None,
) -> int:
    """Return an arrival that came and ended so many days ago."""
    number = next(_numbers)
    (key,) = add_arrivals(ledger, [claim(b"%d" % number, ino=number, spool=spool)])
    values = {
        "state": state.value,
        "is_seen": is_seen,
        "created_at": ago(days),
        "updated_at": ago(days),
    }
    with ledger.write() as conn:
        conn.execute(update(schema.arrivals).where(schema.arrivals.c.id == key).values(values))
    return key


def bytes_left(ledger: Ledger) -> list[int]:
    has_bytes = schema.arrivals.c.data.is_not(None) | schema.arrivals.c.spool.is_not(None)
    with ledger.read() as conn:
        query = select(schema.arrivals.c.id).where(has_bytes).order_by(schema.arrivals.c.id)
        return list(conn.execute(query).scalars())


def test_bytes_of_ended_arrivals_go_and_their_rows_stay(ledger: Ledger) -> None:
    for state in (ArrivalState.POSTED, ArrivalState.DUPLICATE):
        arrived(ledger, 91, state)
    arrived(ledger, 91, ArrivalState.QUARANTINED, is_seen=True)
    kept = [
        arrived(ledger, 91, ArrivalState.HELD),
        arrived(ledger, 91, ArrivalState.CLAIMED),
        arrived(ledger, 91, ArrivalState.QUARANTINED),
        arrived(ledger, 89),
    ]
    assert purged(ledger) == Removed(arrivals=3)
    assert bytes_left(ledger) == kept
    with ledger.read() as conn:
        assert conn.execute(select(func.count(schema.arrivals.c.sha256))).scalar() == 7
    assert purged(ledger) == Removed()


def test_spool_files_are_named_once_nothing_refers_to_them(ledger: Ledger) -> None:
    arrived(ledger, 91, spool="large-1")
    arrived(ledger, 89, spool="large-2")
    assert purged(ledger) == Removed(arrivals=1, spool=("large-1",))


def sent(
    ledger: Ledger,
    days: float,
    *,
    is_answer: bool,
    state: OutgoingState = OutgoingState.DELIVERED,
    body: bytes = b"ISA*",
    arrival: int | None = None,
) -> int:
    with posting(ledger) as post:
        file = OutgoingFile("bloom", "855", "1", "edi", body, is_answer=is_answer)
        key = post.send(file, arrival_id=arrival, document_id=None)
        post.flush()
        post.conn.execute(
            update(schema.outgoing)
            .where(schema.outgoing.c.id == key)
            .values(state=state.value, created_at=ago(days), updated_at=ago(days))
        )
    return key


def bodies_left(ledger: Ledger) -> list[int]:
    with ledger.read() as conn:
        column = schema.outgoing_bodies.c.outgoing_id
        return list(conn.execute(select(column).order_by(column)).scalars())


def test_answers_stay_as_long_as_a_copy_is_known_and_other_files_as_long_as_bytes(
    ledger: Ledger,
) -> None:
    sent(ledger, 401, is_answer=True)
    sent(ledger, 401, is_answer=False)
    kept = [
        sent(ledger, 401, is_answer=True, state=OutgoingState.BLOCKED),
        sent(ledger, 399, is_answer=True),
    ]
    sent(ledger, 91, is_answer=False)
    kept += [
        sent(ledger, 91, is_answer=False, state=OutgoingState.STAGED),
        sent(ledger, 89, is_answer=False),
    ]
    assert purged(ledger) == Removed(sent=3)
    assert bodies_left(ledger) == kept
    with ledger.read() as conn:
        assert conn.execute(select(func.sum(schema.outgoing.c.size_bytes))).scalar() == 7 * 4


def test_what_can_be_replayed_can_be_answered(ledger: Ledger) -> None:
    arrival = arrived(ledger, 450)
    sent(ledger, 450, is_answer=True, arrival=arrival)
    assert purged(ledger, bytes_days=500, hashes_days=400) == Removed()
    with ledger.read() as conn:
        assert len(latest_answers(conn, arrival_id=arrival)) == 1


def read(ledger: Ledger, arrival: int, days: float, state: DocumentState, found: int = 2) -> None:
    """Record a document of an arrival, with findings."""
    with posting(ledger) as post:
        document = {
            "arrival_id": arrival,
            "partner": "bloom",
            "position": 1,
            "kind": "purchase_order",
            "number": "1",
            "control": "",
            "digest": "",
            "state": state.value,
            "record": "{}",
        }
        key = post.add(schema.documents, document)
        for _ in range(found):
            finding = {"code": "x", "severity": "error", "place": "row 1", "message": "no"}
            post.add(schema.findings, {"arrival_id": arrival, "document_id": key, **finding})
        post.flush()
        post.conn.execute(
            update(schema.documents)
            .where(schema.documents.c.id == key)
            .values(created_at=ago(days), updated_at=ago(days))
        )


def counted(ledger: Ledger, column: Any) -> int:
    with ledger.read() as conn:
        return int(conn.execute(select(func.count(column))).scalar_one())


def test_findings_and_records_go_with_the_hashes_but_not_of_what_waits(ledger: Ledger) -> None:
    read(ledger, arrived(ledger, 401), 401, DocumentState.POSTED)
    read(ledger, arrived(ledger, 401, ArrivalState.HELD), 401, DocumentState.HELD)
    read(ledger, arrived(ledger, 401, ArrivalState.QUARANTINED), 401, DocumentState.REJECTED)
    read(ledger, arrived(ledger, 399), 399, DocumentState.POSTED)
    removed = purged(ledger, bytes_days=500, hashes_days=400)
    assert removed == Removed(findings=2, records=2)
    assert counted(ledger, schema.findings.c.id) == 6
    assert counted(ledger, schema.documents.c.record) == 2
    assert counted(ledger, schema.documents.c.id) == 4


def test_a_file_with_more_findings_than_a_step_takes_loses_them_all(ledger: Ledger) -> None:
    many = retention.SPAN + 1
    read(ledger, arrived(ledger, 401, ArrivalState.HELD), 401, DocumentState.HELD, found=many)
    read(ledger, arrived(ledger, 401), 401, DocumentState.POSTED, found=many)
    assert purged(ledger, bytes_days=500).findings == many
    assert counted(ledger, schema.findings.c.id) == many


@dataclass(frozen=True)
class Lot:
    """A lot to be judged; days count from today."""

    to: int | None = -8
    published: int = 5
    bought: int = 0
    changed: float = 8
    as_of: float | None = None


def stock(ledger: Ledger, *lots: Lot) -> list[int]:
    arrival = arrived(ledger, 30)
    keys = []
    with posting(ledger) as post:
        for at, lot in enumerate(lots):
            row = {
                "arrival_id": arrival,
                "vendor": "florsol",
                "source_key": f"item {at}",
                "available_from": "",
                "available_to": None
                if lot.to is None
                else (NOW.date() + timedelta(days=lot.to)).isoformat(),
                "post_harvest": "",
                "location": "",
                "unit": "BX",
                "published": Decimal(lot.published),
                "bought": Decimal(lot.bought),
                "as_of": None if lot.as_of is None else ago(lot.as_of),
            }
            keys.append(post.add(schema.stock_lots, row))
        post.flush()
        for key, lot in zip(keys, lots, strict=True):
            at_that_time = {"created_at": ago(30), "updated_at": ago(lot.changed)}
            post.conn.execute(
                update(schema.stock_lots).where(schema.stock_lots.c.id == key).values(at_that_time)
            )
    return keys


def lots_left(ledger: Ledger) -> list[int]:
    with ledger.read() as conn:
        column = schema.stock_lots.c.id
        return list(conn.execute(select(column).order_by(column)).scalars())


def test_lots_go_a_week_after_they_are_over_if_nothing_of_them_was_sold(ledger: Ledger) -> None:
    keys = stock(
        ledger,
        Lot(),
        Lot(to=-6),
        Lot(to=None),
        Lot(to=None, published=0),
        Lot(bought=1),
        Lot(changed=6),
        Lot(to=3, published=0),
    )
    assert purged(ledger) == Removed(lots=3)
    assert lots_left(ledger) == [keys[1], keys[2], keys[4], keys[5]]


def test_a_lot_that_somebody_is_asked_about_or_that_dates_the_newest_count_stays(
    ledger: Ledger,
) -> None:
    asked, newest, older = stock(ledger, Lot(), Lot(as_of=9), Lot(as_of=10))
    with posting(ledger) as post:
        hold = {"kind": "unmapped", "partner": "florsol", "message": "", "state": "open"}
        post.add(schema.holds, {"arrival_id": 1, "lot_id": asked, "place": "", **hold})
        arrived_at = select(schema.stock_lots.c.arrival_id).limit(1).scalar_subquery()
        post.rows["holds"][0]["arrival_id"] = post.conn.execute(select(arrived_at)).scalar()
    assert purged(ledger) == Removed(lots=1)
    assert lots_left(ledger) == [asked, newest]
    assert older not in lots_left(ledger)


# --- much at once --------------------------------------------------------------------------------


def test_one_transaction_removes_neither_many_rows_nor_many_bytes() -> None:
    batches = list(retention._batches([(key, 1) for key in range(1, 1202)]))
    assert [len(batch) for batch in batches] == [MOST_ROWS, MOST_ROWS, 201]
    large = [(1, MOST_BYTES), (2, 1), (3, MOST_BYTES - 1), (4, MOST_BYTES * 9), (5, 0)]
    assert list(retention._batches(large)) == [[1], [2, 3], [4], [5]]
    assert list(retention._batches([])) == []


def _fill(ledger: Ledger, rows: int) -> None:
    """Write as many delivered answers, old enough to go, as fast as the ledger takes them."""
    made = ago(500)
    with ledger.write() as conn:
        last = advance(conn, "key:outgoing", rows)
        keys: Sequence[int] = range(last - rows + 1, last + 1)
        common = {
            "partner": "bloom",
            "kind": "855",
            "size_bytes": 1000,
            "sha256": "",
            "state": "delivered",
        }
        when = {"is_answer": True, "created_at": made, "updated_at": made}
        conn.execute(
            insert(schema.outgoing), [{"id": k, "name": f"{k}", **common, **when} for k in keys]
        )
        body = bytes(1000)
        conn.execute(
            insert(schema.outgoing_bodies), [{"outgoing_id": k, "body": body} for k in keys]
        )


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_purge_of_100_000_rows_lets_postings_through(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    prepare(url)
    ledger = open_ledger(url)
    _fill(ledger, 100_000)
    removed: list[Removed] = []
    longest_step_s = 0.0

    def let_go() -> None:
        nonlocal longest_step_s
        steps = purge(ledger, NOW, NOW.date(), bytes_days=90, hashes_days=400)
        began = time.monotonic()
        for step in steps:
            removed.append(step)
            longest_step_s = max(longest_step_s, time.monotonic() - began)
            began = time.monotonic()

    at_work = threading.Thread(target=let_go)
    at_work.start()
    waits: list[float] = []
    while at_work.is_alive():
        began = time.monotonic()
        with posting(ledger) as post:
            post.count("stems")
        waits.append(time.monotonic() - began)
        time.sleep(0.005)
    at_work.join()
    assert sum((step.sent for step in removed), 0) == 100_000
    assert max(step.sent for step in removed) <= MOST_ROWS
    # Half a second is a lot; a purge in one transaction takes several on the same machine.
    assert sorted(waits)[len(waits) * 95 // 100] < 0.5, f"postings waited up to {max(waits):.2f} s"
    assert len(waits) > 20
    size = (tmp_path / "ledger.db").stat().st_size
    _fill(ledger, 50_000)
    assert (tmp_path / "ledger.db").stat().st_size < size * 1.2, "freed pages are used again"
    ledger.close()


# --- day by day ----------------------------------------------------------------------------------


@dataclass
class Hand:
    """A clock that moves when told to."""

    at_s: float = 0.0
    ticks_s: float = 0.0

    def monotonic(self) -> float:
        self.at_s += self.ticks_s
        return self.at_s

    def now(self) -> datetime:
        return NOW


def test_a_purge_goes_on_in_slices_says_what_went_and_begins_again_the_next_day(
    ledger: Ledger,
) -> None:
    arrived(ledger, 91, spool="large-1")
    sent(ledger, 91, is_answer=False)
    log, gone, clock = StringIO(), list[str](), Hand(ticks_s=1.0)
    say = EventLog(log, pretty=False)
    purging = Purging(ledger, Retention(), clock, say, today=NOW.date, remove_spool=gone.append)
    slices = 0
    while not log.getvalue():
        purging.go_on()
        slices += 1
        assert slices < 50
    assert slices > 2, "each slice is over with its first step on this clock"
    said = json.loads(log.getvalue())
    assert (said["event"], said["arrivals"], said["sent"], said["spool"]) == ("purged", 1, 1, 1)
    assert gone == ["large-1"]
    arrived(ledger, 91)
    clock.ticks_s = 0.0
    purging.go_on()
    assert len(bytes_left(ledger)) == 1, "once a day is enough"
    clock.at_s += EVERY_S
    purging.go_on()
    assert bytes_left(ledger) == []
