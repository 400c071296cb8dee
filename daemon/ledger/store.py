"""Open the ledger and run transactions on it: `write()` commits or leaves nothing, `read()` sees.

SQLite runs with WAL and synchronous=FULL, asserted at every connection, because a build that
defaults to NORMAL loses committed orders in a power cut. A failing database is an EnvironmentFault:
the same work is done again later.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    bindparam,
    create_engine,
    event,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    IntegrityError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import ConnectionPoolEntry

from daemon.errors import TRIED_AGAIN, EnvironmentFault, SiteError
from daemon.eventlog import Say, silent
from daemon.ledger.cuts import CutsTold
from daemon.ledger.schema import sequences
from daemon.ledger.turns import TakesTurns, Turns, Waits

WRITE = "k2kd_write"
"""Option of a connection that writes."""
BUSY_TIMEOUT_MS = 30_000
CACHE_KIB = 8_000
"""Of each connection to SQLite. A posting of two hundred orders changes more pages than the 2 MB
hold that it has by itself, and would write some of them twice."""
_KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
"""Of a connection to PostgreSQL, in seconds and probes, where the address doesn't say otherwise. A
server that loses its power says no word: who waits for its answer would wait for two hours."""
_TAKE_TURN = text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=0x6B326B70)  # "k2kp"
"""For one posting at a time on PostgreSQL; it ends with the transaction."""

# Made once: to put a statement together costs SQLAlchemy more than SQLite needs to run it.
_ADVANCE_ALL = (
    update(sequences)
    .where(sequences.c.name == bindparam("counter"))
    .values(last=sequences.c.last + bindparam("by"))
)
_ADVANCE = _ADVANCE_ALL.returning(sequences.c.last)
FLOOR = "floor"
"""Names where counters begin that a restored ledger lacks; without it that is 0."""
_BEGIN = select(sequences.c.last).where(sequences.c.name == FLOOR)


def _nobody_watches() -> None:
    """Where no watchdog wants to know that a transaction goes on."""


def now_utc() -> datetime:
    """Return the wall clock for `created_at` and `updated_at`; nothing is ordered by it."""
    return datetime.now(UTC)


class Ledger:
    """The site's books behind one SQLAlchemy engine; safe to share between threads."""

    def __init__(
        self,
        engine: Engine,
        now: Callable[[], datetime] = now_utc,
        say: Say = silent,
        turns: TakesTurns | None = None,
    ) -> None:
        """`now` tells postings the time, by which cut-offs and carts are judged.

        `say` hears what postings have no place in the books for; see `cuts`. `turns` are those of
        the daemon where this process is another.
        """
        self.engine = engine
        self.now = now
        self.cuts = CutsTold(say)
        self.waits = Waits()
        self.moved: Callable[[], None] = _nobody_watches
        """Called while a transaction goes on, however long it is: whoever works there moves."""
        self._turns: TakesTurns = turns or Turns()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open one transaction that may write; it is durable when the block ends."""
        with (
            self.turn() if self.is_sqlite else nullcontext(),
            _faults_named(),
            self.engine.connect().execution_options(**{WRITE: True}) as conn,
            conn.begin(),
        ):
            yield conn

    @contextmanager
    def write_in_turn(self) -> Iterator[Connection]:
        """Open one transaction that may write, while no other posting is under way.

        Every posting needs the counters, so on PostgreSQL they are one after another in any case.
        Taken first, its lock keeps two that need counters and rows in another order from a
        deadlock. SQLite has one writer.
        """
        if self.is_sqlite:
            with self.write() as conn:
                yield conn
            return
        with ExitStack() as turn:
            # Whoever waits for the lock has a connection; if all did that want to post, nobody
            # could read. So one at a time does, and the others wait for their turn without one.
            turn.enter_context(self.turn())
            with self.write() as conn:
                with self.waits.noted():
                    conn.execute(_TAKE_TURN)
                turn.close()
                yield conn

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn of a writer on this host, and have it while inside."""
        with self.patiently(self._turns.taken()):
            yield

    @contextmanager
    def patiently(self, gate: AbstractContextManager[object]) -> Iterator[None]:
        """Enter `gate`; until it opens the thread is one that waits, and isn't stuck."""
        with ExitStack() as inside:
            with self.waits.noted():
                inside.enter_context(gate)
            self.moved()
            yield

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one transaction that sees a single state of the books and changes nothing."""
        with _faults_named(), self.engine.connect() as conn, conn.begin():
            yield conn

    def close(self) -> None:
        self.engine.dispose()


def open_ledger(
    url: str,
    now: Callable[[], datetime] = now_utc,
    say: Say = silent,
    turns: TakesTurns | None = None,
) -> Ledger:
    """Return the ledger at `url` (a SQLAlchemy URL for SQLite or PostgreSQL), not yet migrated.

    `now` is the wall clock of its postings, aware, in UTC; `say` and `turns` are as in `Ledger`.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise SiteError(
            ["[ledger] url: an address such as postgresql://k2kd@db/k2kd is expected"]
        ) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if parsed.database:
            _make_folder(Path(parsed.database).parent)
        engine = create_engine(
            parsed, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif backend == "postgresql":
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            # What partners say is for no log, and a body would fill it.
            hide_parameters=True,
            pool_pre_ping=True,
            connect_args={
                "options": "-c synchronous_commit=on",
                "connect_timeout": 10,
                **{name: most for name, most in _KEEPALIVES.items() if name not in parsed.query},
            },
        )
    else:
        raise SiteError([f"[ledger] url: {backend} is not supported; use sqlite or postgresql"])
    return Ledger(engine, now, say, turns)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SiteError([f"[ledger] url: its folder {folder} can't be made: {error}"]) from None


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    mode = _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    if sys.platform == "darwin":
        # There a flush stops at the drive's cache unless SQLite is told (as in `daemon.disk`).
        cursor.execute("PRAGMA fullfsync=ON")
        cursor.execute("PRAGMA checkpoint_fullfsync=ON")
    cursor.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    cursor.execute("PRAGMA foreign_keys=ON")
    synchronous = cursor.execute("PRAGMA synchronous").fetchone()[0]
    cursor.close()
    if mode != "wal" or synchronous != 2:
        raise SiteError(
            [
                f"the ledger runs with journal_mode={mode}, synchronous={synchronous}; it needs"
                " wal and 2 (FULL). Put the state folder on a local file system"
            ]
        )


def _write_ahead(cursor: sqlite3.Cursor) -> str:
    """Switch to WAL. SQLite does not wait for another program that is switching a new file."""
    for _ in range(100):
        try:
            return str(cursor.execute("PRAGMA journal_mode=WAL").fetchone()[0])
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(0.05)
    return "locked"


def _begin_sqlite(conn: Connection) -> None:
    # A writer takes its lock at once: a lock taken halfway can fail after work was done.
    is_write = conn.get_execution_options().get(WRITE, False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


@contextmanager
def _faults_named() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except OperationalError as error:
        raise EnvironmentFault(f"the ledger failed: {error.orig}; {TRIED_AGAIN}") from error
    except NoConnection as error:
        raise EnvironmentFault(
            f"the ledger has no connection left, all are at work; {TRIED_AGAIN}"
        ) from error
    except SQLAlchemyError as error:
        # PostgreSQL says by the class of its code what is no fault of a statement: a transaction
        # that may not write (after a failover), no room, an operator's word, the system itself.
        state = str(getattr(getattr(error, "orig", None), "sqlstate", ""))
        if state[:2] in {"25", "53", "57", "58"}:
            raise EnvironmentFault(f"the ledger failed: {error}; {TRIED_AGAIN}") from error
        # SQLite reports a spoiled file with the bare class, which no fault of a statement has.
        if type(error) is DatabaseError:
            raise EnvironmentFault(
                f"the ledger is damaged: {error.orig}; restore its backup"
            ) from error
        if getattr(error, "connection_invalidated", False):
            raise EnvironmentFault(f"the ledger went away: {error}; {TRIED_AGAIN}") from error
        raise


def advance_all(conn: Connection, steps: Mapping[str, int]) -> None:
    """Move counters on that this transaction has moved before, each by its steps."""
    conn.execute(_ADVANCE_ALL, [{"counter": name, "by": by} for name, by in steps.items()])


def advance(conn: Connection, name: str, by: int = 1) -> int:
    """Move the counter `name` on by `by` and return its new value.

    The row stays locked until the transaction ends, so a number is never given twice, and one that
    a rolled-back transaction took is given again.
    """
    moved = conn.execute(_ADVANCE, {"counter": name, "by": by}).scalar()
    if moved is not None:
        return int(moved)
    first = int(conn.execute(_BEGIN).scalar() or 0)
    if conn.dialect.name == "postgresql":
        conn.execute(
            text("INSERT INTO sequences (name, last) VALUES (:n, :l) ON CONFLICT DO NOTHING"),
            {"n": name, "l": first},
        )
        return advance(conn, name, by)
    conn.execute(insert(sequences).values(name=name, last=first + by))
    return first + by
