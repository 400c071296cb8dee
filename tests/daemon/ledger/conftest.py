"""Ledgers for these tests: with their tables, empty, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from daemon.ledger import schema
from daemon.ledger.store import Ledger, open_ledger
from tests.daemon.ledgers import prepare


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger; a test that asks for it runs once on each database.

    The tests of a module share one PostgreSQL database, because to make one takes half a second.
    """
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    if request.param == "postgres":
        url = str(request.getfixturevalue("module_postgres_url"))
    prepare(url)
    opened = open_ledger(url)
    if request.param == "postgres":
        names = ", ".join(table.name for table in schema.metadata.sorted_tables)
        with opened.write() as conn:
            conn.execute(text(f"TRUNCATE {names}"))
    yield opened
    opened.close()
