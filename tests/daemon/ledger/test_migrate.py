"""Migrations bring every ledger to one schema, and leave a ledger from the future alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from daemon.errors import SiteError
from daemon.ledger import migrate, schema
from daemon.ledger.connections import were_known
from daemon.ledger.store import Ledger, open_ledger

_ARRIVAL = """
    INSERT INTO arrivals (id, partner, name, inode, ctime_ns, mtime_ns, size_bytes, sha256,
        completeness, state, created_at, updated_at)
    VALUES (1, 'bloom', '', 1, 1, 1, 0, '', 'complete', 'posted', '', '')
"""


def to_revision(conn: Connection, revision: str) -> None:
    """Bring an empty ledger to an older schema."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.attributes["connection"] = conn
    command.upgrade(config, revision)


@pytest.fixture
def migrated(ledger_url: str) -> Iterator[Ledger]:
    opened = open_ledger(ledger_url)
    assert migrate.upgrade(opened) is True
    yield opened
    opened.close()


def test_migrations_make_exactly_the_tables_that_the_program_knows(migrated: Ledger) -> None:
    # Alembic can't tell the default '' from none in what SQLite reports.
    options = {"compare_server_default": not migrated.is_sqlite, "compare_type": True}
    with migrated.read() as conn:
        context = MigrationContext.configure(conn, opts=options)
        assert compare_metadata(context, schema.metadata) == []


@pytest.mark.parametrize("is_used", [True, False], ids=["in use", "new"])
def test_only_a_ledger_that_was_in_use_is_taken_for_known_to_its_partners(
    ledger_url: str, *, is_used: bool
) -> None:
    """K-09: what partners traded over before revision 0003 is no news to them."""
    opened = open_ledger(ledger_url)
    with opened.write() as conn:
        to_revision(conn, "0002")
        if is_used:
            conn.execute(text(_ARRIVAL))
    migrate.upgrade(opened)
    with opened.read() as conn:
        assert were_known(conn) is is_used
    opened.close()


def test_a_second_upgrade_changes_nothing(migrated: Ledger) -> None:
    assert migrate.version(migrated) == migrate.HEAD
    assert migrate.upgrade(migrated) is False


def test_a_new_ledger_has_no_version(ledger_url: str) -> None:
    opened = open_ledger(ledger_url)
    assert migrate.version(opened) is None
    opened.close()


def test_a_ledger_of_a_newer_program_is_refused_with_what_to_do(migrated: Ledger) -> None:
    with migrated.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SiteError, match=r"9999.*newer version.*backup"):
        migrate.upgrade(migrated)
    assert migrate.version(migrated) == "9999"


def test_two_programs_that_start_at_once_migrate_once(ledger_url: str) -> None:
    first, second = open_ledger(ledger_url), open_ledger(ledger_url)
    changed: list[bool] = []
    threads = [
        threading.Thread(target=lambda each=each: changed.append(migrate.upgrade(each)))
        for each in (first, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(changed) == [False, True]
    first.close()
    second.close()


def test_a_migration_that_fails_leaves_the_old_schema(
    ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_ledger(ledger_url)
    with opened.write() as conn:
        # The last table of the migration can't be made, so neither can the first.
        conn.execute(text("CREATE TABLE mapping_sets (x INTEGER)"))
    with pytest.raises(Exception, match="mapping_sets"):
        migrate.upgrade(opened)
    assert migrate.version(opened) is None
    with opened.read() as conn, pytest.raises(Exception, match="arrivals"):
        conn.execute(text("SELECT 1 FROM arrivals"))
    opened.close()
