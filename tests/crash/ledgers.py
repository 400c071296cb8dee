"""Ledgers for crash tests: made empty, copied for each crash, dropped after it."""

from __future__ import annotations

import itertools
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.postgres import Cluster


class Ledgers(Protocol):
    """Where a scene's ledger comes from. An address is empty where it lies in the site's folder."""

    def new(self) -> str:
        """Return the address of an empty ledger."""

    def copy(self, url: str) -> str:
        """Return the address of a copy of the ledger at `url`, which nobody may be using."""

    def drop(self, url: str) -> None:
        """Remove the ledger at `url`."""


class InTheSite:
    """SQLite in the state folder: copied and removed with it."""

    def new(self) -> str:
        return ""

    def copy(self, url: str) -> str:
        return url

    def drop(self, url: str) -> None:
        """Leave it to whoever removes the folder."""


class OnPostgres:
    """Databases of a test server."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._numbers = itertools.count(1)

    def new(self) -> str:
        return self._cluster.new_url()

    def copy(self, url: str) -> str:
        parsed = make_url(url)
        name = f"{parsed.database}_copy_{next(self._numbers)}"
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(parsed.database or "")
        )
        with psycopg.connect(
            host=str(parsed.query["host"]),
            user=parsed.username,
            dbname="postgres",
            autocommit=True,
        ) as connection:
            connection.execute(command)
        return str(parsed.set(database=name).render_as_string())

    def drop(self, url: str) -> None:
        self._cluster.drop(url)
