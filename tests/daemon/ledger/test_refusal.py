"""Who is refused by PostgreSQL is told by the code of the server, asked once more."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL, make_url

from daemon.errors import EnvironmentFault
from daemon.ledger.migrate import upgrade
from daemon.ledger.reach import is_refusal
from daemon.ledger.refusal import refusal_codes
from daemon.ledger.store import open_ledger
from tests.postgres import Cluster

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="psycopg traces the protocol on Linux only"
)


@pytest.fixture(scope="module")
def server(postgres_cluster: Cluster) -> Iterator[URL]:
    """The address of a database on a server that knows accounts of every kind."""
    postgres_cluster.role("holder", "LOGIN PASSWORD 'right'", login="scram-sha-256")
    postgres_cluster.role("shut_out", "LOGIN", login="reject")
    postgres_cluster.role("asleep", "NOLOGIN")
    postgres_cluster.role("many", "LOGIN CONNECTION LIMIT 0")
    url = postgres_cluster.new_url()
    yield make_url(url)
    postgres_cluster.drop(url)


CASES = [
    ({"user": "nobody_here"}, "28000"),
    ({"user": "asleep"}, "28000"),
    ({"user": "shut_out"}, "28000"),
    ({"user": "holder", "password": "wrong"}, "28P01"),
    ({"user": "holder"}, "28P01"),
    ({"user": "holder", "password": "right"}, None),
    ({"user": "holder", "password": "right", "dbname": "none_such"}, "3D000"),
    ({"dbname": "none_such"}, "3D000"),
    ({"user": "many"}, "53300"),
    ({}, None),
]


def parameters(server: URL, **other: str) -> dict[str, object]:
    own = {"host": server.query["host"], "dbname": server.database, "user": server.username}
    return {**own, **other}


@pytest.mark.parametrize(("other", "code"), CASES, ids=str)
def test_the_code_of_the_server_is_heard(server: URL, other: dict[str, str], code: str) -> None:
    assert refusal_codes(parameters(server, **other)) == (code,)


def test_each_of_several_servers_is_asked(server: URL, tmp_path: Path) -> None:
    hosts = f"{server.query['host']},{tmp_path}"
    assert refusal_codes(parameters(server, host=hosts, user="asleep")) == ("28000", None)


@pytest.mark.parametrize(
    ("user", "hosts", "is_refused"),
    [
        ("asleep", "{0}", True),
        ("asleep", "{0},{0}", True),
        # The other one may be the server that lets us in.
        ("asleep", "{0},/nowhere/at/all", False),
        ("many", "{0}", False),
        ("k2kd", "/nowhere/at/all", False),
    ],
)
def test_only_who_is_refused_everywhere_needs_a_person(
    server: URL, user: str, hosts: str, *, is_refused: bool
) -> None:
    host = hosts.format(server.query["host"])
    ledger = open_ledger(
        server.set(username=user, query={"host": host}).render_as_string(hide_password=False)
    )
    with pytest.raises(EnvironmentFault) as caught:
        upgrade(ledger)
    assert is_refusal(caught.value, ledger) is is_refused
    ledger.close()
