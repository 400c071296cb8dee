"""The PostgreSQL server that the tests bring along behaves as a site's would."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from tests.postgres import Cluster


def address(url: str) -> str:
    """Return the address as psycopg itself wants it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def test_every_ledger_starts_empty_and_answers(ledger_url: str) -> None:
    engine = create_engine(ledger_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE stems (count INTEGER)"))
        assert connection.scalar(text("SELECT count(*) FROM stems")) == 0
    engine.dispose()


def test_durability_is_switched_on(postgres_url: str) -> None:
    with psycopg.connect(address(postgres_url)) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("on",)


def test_committed_rows_survive_a_crash(postgres_cluster: Cluster, postgres_url: str) -> None:
    with psycopg.connect(address(postgres_url)) as connection:
        connection.execute("CREATE TABLE stems (count INTEGER)")
    idle = psycopg.connect(address(postgres_url))
    postgres_cluster.crash()
    with pytest.raises(psycopg.OperationalError):
        idle.execute("SELECT 1")
    idle.close()
    postgres_cluster.start()
    with psycopg.connect(address(postgres_url)) as connection:
        assert connection.execute("SELECT count(*) FROM stems").fetchone() == (0,)
