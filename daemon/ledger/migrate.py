"""Bring a ledger to the newest schema; a ledger from the future is left alone.

Everything runs in one transaction, so that a crash in the middle leaves the old schema.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from daemon.errors import SiteError
from daemon.ledger.store import Ledger

HEAD = "0004"
_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x6B326B64  # "k2kd", for one migration at a time on PostgreSQL


def version(ledger: Ledger) -> str | None:
    """Return the schema version of `ledger`; None where it is new."""
    with ledger.read() as conn:
        return _version(conn)


def _version(conn: Connection) -> str | None:
    if not inspect(conn).has_table("alembic_version"):
        return None
    found = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def upgrade(ledger: Ledger) -> bool:
    """Bring `ledger` to the newest schema; return whether anything changed."""
    # Alembic costs a quarter of a second, which a start with a current ledger should not pay.
    if version(ledger) == HEAD:
        return False
    with ledger.write() as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        before = _version(conn)
        if before == HEAD:
            return False
        _refuse_newer(before)
        _run(conn)
    return True


def _refuse_newer(found: str | None) -> None:
    if found is not None and found > HEAD:
        raise SiteError(
            [
                f"the ledger has schema {found}, this program knows {HEAD}: it was used by a newer"
                " version. Install that version again, or restore the backup made before it"
            ]
        )


def _run(conn: Connection) -> None:
    from alembic import command  # noqa: PLC0415  (a sixth of a second, for ledgers not of today)
    from alembic.config import Config  # noqa: PLC0415  (with it)

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
