"""Empty ledgers that have their tables, made in no time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import URL, Engine, insert, make_url, text

from daemon.eventlog import Say, silent
from daemon.ledger import schema
from daemon.ledger.connections import TRADED
from daemon.ledger.migrate import HEAD, upgrade, version
from daemon.ledger.store import Ledger, open_ledger

_TEMPLATE = "k2kd_with_tables"


@lru_cache(maxsize=16)
def _engine(url: str) -> Engine:
    return open_ledger(url).engine


def ledger_at(url: str, now: Callable[[], datetime], say: Say = silent) -> Ledger:
    """Open the ledger at `url`, which has its tables.

    Ledgers of one address share an engine, one after the other. Closing it leaves no connection;
    what is kept is SQL as SQLAlchemy has put it together, which costs more than to run it.
    """
    engine = _engine(url)
    # Whoever had it before may have kept a connection to a file that is gone.
    engine.dispose()
    return Ledger(engine, now, say)


def prepare(url: str) -> None:
    """Give an empty ledger its tables, as a copy of one that has them.

    Migrations are slow and have tests of their own. On SQLite the copy is of a migrated file; on
    PostgreSQL of a database with the tables that the migrations are held to.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        file = Path(parsed.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            file.write_bytes(_migrated())
        return
    ledger = open_ledger(url)
    is_empty = version(ledger) is None
    ledger.close()
    if is_empty:
        _replace_by_copy(parsed)


@lru_cache(maxsize=1)
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        made = open_ledger(f"sqlite:///{folder}/ledger.db")
        upgrade(made)
        _traded(made)
        made.close()
        return Path(folder, "ledger.db").read_bytes()


def _replace_by_copy(url: URL) -> None:
    """Make the database anew from the one with tables that its server keeps, once it is there."""
    engine = open_ledger(url.set(database="postgres").render_as_string(hide_password=False)).engine
    quoted = engine.dialect.identifier_preparer.quote
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        known = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if conn.execute(known, {"name": _TEMPLATE}).first() is None:
            conn.execute(text(f"CREATE DATABASE {quoted(_TEMPLATE)}"))
            _make_tables(url.set(database=_TEMPLATE))
        name = quoted(url.database or "")
        conn.execute(text(f"DROP DATABASE {name}"))
        conn.execute(text(f"CREATE DATABASE {name} TEMPLATE {quoted(_TEMPLATE)}"))
    engine.dispose()


def _make_tables(url: URL) -> None:
    ledger = open_ledger(url.render_as_string(hide_password=False))
    with ledger.write() as conn:
        schema.metadata.create_all(conn)
        conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        conn.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": HEAD})
    _traded(ledger)
    ledger.close()


def _traded(ledger: Ledger) -> None:
    """Let a ledger be one whose partners know what they are connected with (K-09).

    Else each test would find what both sides of a new site are told among its files.
    """
    with ledger.write() as conn:
        conn.execute(insert(schema.sequences).values(name=TRADED, last=1))
