"""Ledgers on SQLite that stop, fail or forbid at one place, by a trigger in the file.

So a process of its own meets there what a test wants, without a word of the test's in it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_COUNT = (
    "SELECT count(*) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
    " SELECT x FROM n LIMIT {})"
)
FOR_EVER = _COUNT.format(10**15)
A_MOMENT = _COUNT.format(3_000_000)
"""Takes about half a second."""
FAILS = "SELECT json('what is none')"
"""An error of the ledger's, as a full disk is."""
FORBIDDEN = "SELECT RAISE(ABORT, 'a rule of the tables is broken')"
POSTED = "AFTER INSERT ON outgoing"
ATTEMPTED = "BEFORE UPDATE OF attempts ON arrivals WHEN NEW.attempts > OLD.attempts"
TAKEN_BACK = "BEFORE UPDATE OF attempts ON arrivals WHEN NEW.attempts < OLD.attempts"


@contextmanager
def trigger(file: Path, when: str, does: str) -> Iterator[None]:
    """Let the ledger in `file` do something at a change of its rows, while inside."""
    name = f"test_{abs(hash((when, does)))}"
    _run(file, f"CREATE TRIGGER {name} {when} BEGIN {does}; END")
    try:
        yield
    finally:
        _run(file, f"DROP TRIGGER {name}")


def _run(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as ledger:
        ledger.execute(statement)


def is_being_written(file: Path) -> bool:
    """Tell whether a transaction that writes is under way."""
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as ledger:
        try:
            ledger.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        ledger.execute("ROLLBACK")
        return False


def is_tried(file: Path) -> bool:
    """Tell whether an attempt at a file was counted."""
    with closing(sqlite3.connect(file, timeout=30)) as ledger:
        return bool(ledger.execute("SELECT max(attempts) FROM arrivals").fetchone()[0])
