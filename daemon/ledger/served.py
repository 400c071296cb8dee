"""One daemon for each partner of a ledger, whatever host it runs on.

Several hosts may share one PostgreSQL, each with the partners that its own `[site] serves`: stock
is one, and inboxes and outboxes are where they are. Two daemons that served the same partner would
both publish its files. So a daemon holds an advisory lock for each of its partners as long as it
runs, on a connection of its own. On SQLite nobody but the holder of the state folder's lock is
there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from daemon.errors import EnvironmentFault
from daemon.ledger.store import Ledger
from daemon.safefile import Locked

PATIENCE_S = 40.0
"""How long a start waits: a server notices within 25 s that a host has lost its power."""
SHORT_PATIENCE_S = 3.0
"""How long who is to end soon waits: a process that was killed is noticed within moments."""
_AGAIN_S = 0.5
_KIND = 0x6B326B64
"""First number of our advisory locks, as of the one for migrations: "k2kd"."""
_QUICK_TO_NOTICE = (
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
)


class Served:
    """The partners that this daemon alone serves; `close` lets them go."""

    def __init__(self, ledger: Ledger, sleep: Callable[[float], None] = time.sleep) -> None:
        self.ledger = ledger
        self._sleep = sleep
        self._conn: Connection | None = None
        self._wanted: set[str] = set()
        self._held: set[str] = set()
        """What the locks on `_conn` stand for."""

    def hold(self, partners: Iterable[str], *, patience_s: float = 0.0) -> None:
        """Hold these partners and no others.

        Raises Locked, with nothing changed, where another daemon has one of them after
        `patience_s`; EnvironmentFault where the ledger doesn't answer.
        """
        if self.ledger.is_sqlite:
            return
        wanted = set(partners)
        left_s = patience_s
        while (taken := self._taken(wanted)) is not None:
            if left_s <= 0:
                if not self._held:
                    self.close()
                raise Locked(
                    f"{taken} is served by another daemon over the same ledger, on this host or"
                    " another. Stop that one, or name the partners of each host in serves of its"
                    " [site] section"
                )
            self._sleep(_AGAIN_S)
            left_s -= _AGAIN_S
        self._wanted = wanted

    def look(self) -> None:
        """Take the partners again where the server let them go, as it does when it restarts.

        Raises Locked where another daemon has one of them now. That the server doesn't answer is
        nothing to end for: nobody can serve anything then.
        """
        if self.ledger.is_sqlite:
            return
        if self._conn is not None:
            try:
                self._conn.execute(text("SELECT 1"))
            except SQLAlchemyError:
                self.close()
            else:
                return
        try:
            self.hold(self._wanted)
        except Locked:
            raise
        except EnvironmentFault:
            return

    def close(self) -> None:
        """Let all partners go; `look` takes them again."""
        conn, self._conn, self._held = self._conn, None, set()
        if conn is None:
            return
        with suppress(SQLAlchemyError):
            # A server sees a moment later that a connection is gone; who waits shall not wait.
            conn.execute(text("SELECT pg_advisory_unlock_all()"))
        # Back in the pool, a connection might keep its locks.
        conn.invalidate()
        conn.close()

    def _taken(self, wanted: set[str]) -> str | None:
        """Hold `wanted`, or return one of them that another has, with nothing changed."""
        try:
            conn = self._connected()
            fresh: list[str] = []
            for name in sorted(wanted - self._held):
                if not _try(conn, "pg_try_advisory_lock", name):
                    for each in fresh:
                        _try(conn, "pg_advisory_unlock", each)
                    return name
                fresh.append(name)
            for name in self._held - wanted:
                _try(conn, "pg_advisory_unlock", name)
        except SQLAlchemyError as error:
            self.close()
            raise EnvironmentFault(f"the ledger does not answer: {type(error).__name__}") from error
        self._held = wanted
        return None

    def _connected(self) -> Connection:
        if self._conn is None:
            conn = self.ledger.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            for setting in _QUICK_TO_NOTICE:
                conn.execute(text(setting))
            self._conn = conn
        return self._conn


def _try(conn: Connection, function: str, partner: str) -> bool:
    query = text(f"SELECT {function}(:kind, hashtext(:partner))")
    return bool(conn.execute(query, {"kind": _KIND, "partner": partner}).scalar())
