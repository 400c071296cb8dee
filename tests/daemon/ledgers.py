"""Empty ledgers that have their tables, made in no time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine, make_url, text

from daemon.ledger import schema
from daemon.ledger.migrate import HEAD, upgrade, version
from daemon.ledger.store import Ledger, open_ledger

_migrated: dict[str, bytes] = {}


@lru_cache(maxsize=16)
def _engine(url: str) -> Engine:
    return open_ledger(url).engine


def ledger_at(url: str, now: Callable[[], datetime]) -> Ledger:
    """Open the ledger at `url`, which has its tables.

    Ledgers of one address share an engine, one after the other. Closing it leaves no connection;
    what is kept is SQL as SQLAlchemy has put it together, which costs more than to run it.
    """
    engine = _engine(url)
    # Whoever had it before may have kept a connection to a file that is gone.
    engine.dispose()
    return Ledger(engine, now)


def prepare(url: str) -> None:
    """Give an empty ledger its tables: as a copy of a migrated file, or without migrations.

    Migrations are slow and have tests of their own, which hold them to the same tables.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        file = Path(parsed.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists():
            return
        if not _migrated:
            with tempfile.TemporaryDirectory() as folder:
                made = open_ledger(f"sqlite:///{folder}/ledger.db")
                upgrade(made)
                made.close()
                _migrated["sqlite"] = Path(folder, "ledger.db").read_bytes()
        file.write_bytes(_migrated["sqlite"])
        return
    ledger = open_ledger(url)
    if version(ledger) is None:
        with ledger.write() as conn:
            schema.metadata.create_all(conn)
            conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            conn.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": HEAD})
    ledger.close()
