"""The ledger's transactions: durable or nothing, numbers never twice, failures named as ours."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from select import select as select_ready

import pytest
from sqlalchemy import Connection, QueuePool, make_url, select, text

from daemon.errors import EnvironmentFault, SiteError
from daemon.ledger import schema
from daemon.ledger.migrate import upgrade
from daemon.ledger.store import Ledger, advance, open_ledger
from tests.daemon.running import CHECKOUT
from tests.postgres import Cluster

_COUNT = """
import sys
from daemon.ledger.store import advance, open_ledger
ledger = open_ledger(sys.argv[1])
for _ in range(40):
    with ledger.write() as conn:
        print(advance(conn, "stems"))
"""


def test_sqlite_flushes_every_commit_and_checks_references(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with ledger.read() as conn:
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}
        for pragma, value in wanted.items():
            assert conn.execute(text(f"PRAGMA {pragma}")).scalar() == value
    ledger.close()


def test_postgresql_flushes_every_commit(postgres_url: str) -> None:
    ledger = open_ledger(postgres_url)
    with ledger.read() as conn:
        assert conn.execute(text("SHOW synchronous_commit")).scalar() == "on"
    ledger.close()


@pytest.mark.skipif(not hasattr(socket, "TCP_KEEPIDLE"), reason="Linux names the options so")
@pytest.mark.parametrize(("said", "idle_s"), [("", 10), ("&keepalives_idle=77", 77)])
def test_a_server_that_ends_without_a_word_is_noticed_soon(
    postgres_url: str, said: str, idle_s: int
) -> None:
    url = make_url(postgres_url)
    with over_tcp(Path(str(url.query["host"])) / ".s.PGSQL.5432") as port:
        address = f"postgresql://{url.username}@127.0.0.1:{port}/{url.database}"
        ledger = open_ledger(f"{address}?sslmode=disable{said}")
        with ledger.read() as conn, own_socket(conn) as line:
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == idle_s
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 5
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 3
        ledger.close()


@contextmanager
def over_tcp(server: Path) -> Iterator[int]:
    """Let one client reach a server's Unix socket at a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as door, socket.socket(socket.AF_UNIX) as inner:
        inner.connect(str(server))
        relay = threading.Thread(target=_relay, args=(door, inner))
        relay.start()
        yield door.getsockname()[1]
        relay.join(10)


def _relay(door: socket.socket, inner: socket.socket) -> None:
    outer, _ = door.accept()
    with outer:
        while True:
            for source in select_ready([outer, inner], [], [])[0]:
                if not (said := source.recv(65_536)):
                    return
                (inner if source is outer else outer).sendall(said)


@contextmanager
def own_socket(conn: Connection) -> Iterator[socket.socket]:
    """Yield the socket of a connection, as a copy."""
    with socket.socket(fileno=os.dup(conn.connection.fileno())) as line:
        yield line


def test_a_place_that_can_not_be_durable_is_refused() -> None:
    ledger = open_ledger("sqlite://")
    with pytest.raises(SiteError, match=r"journal_mode=memory.*needs wal"), ledger.read():
        pass
    ledger.close()


@pytest.mark.parametrize("url", ["mysql://db/k2kd", "nonsense", "sqlite:////proc/none/ledger.db"])
def test_an_address_that_can_not_be_a_ledger_is_refused_before_anything_starts(url: str) -> None:
    with pytest.raises(SiteError, match=r"\[ledger\] url"):
        open_ledger(url)


def test_a_password_never_stands_in_a_message() -> None:
    ledger = open_ledger("postgresql://k2kd:secret-word@localhost:1/k2kd")
    with pytest.raises(EnvironmentFault) as caught, ledger.read():
        pass
    assert "secret-word" not in str(caught.value)


def test_a_ledger_whose_connections_are_all_at_work_is_tried_again(tmp_path: Path) -> None:
    """The lanes to many partners' servers may have all of them at the same moment."""
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    pool = ledger.engine.pool
    assert isinstance(pool, QueuePool)
    pool._timeout = 0.01
    caught = pytest.raises(EnvironmentFault, match=r"no connection left.*tried again")
    with ExitStack() as work, caught:
        while True:
            work.enter_context(ledger.read())
    with ledger.read():
        pass
    ledger.close()


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.write() as conn:
        assert advance(conn, "stems", 5) == 5
        _ = 1 / 0
    with ledger.write() as conn:
        assert advance(conn, "stems") == 1


def test_a_number_of_a_rolled_back_transaction_is_given_again(ledger: Ledger) -> None:
    with ledger.write() as conn:
        advance(conn, "stems", 5)
    with pytest.raises(ZeroDivisionError), ledger.write() as conn:
        advance(conn, "stems")
        _ = 1 / 0
    with ledger.write() as conn:
        assert advance(conn, "stems") == 6


def test_threads_never_get_the_same_number(ledger: Ledger) -> None:
    got: list[int] = []

    def count() -> None:
        for _ in range(25):
            with ledger.write() as conn:
                got.append(advance(conn, "stems"))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == list(range(1, 101))


def test_processes_never_get_the_same_number(ledger: Ledger) -> None:
    url = ledger.engine.url.render_as_string(hide_password=False)
    counters = [
        subprocess.Popen([sys.executable, "-c", _COUNT, url], cwd=CHECKOUT, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    got = [int(line) for each in counters for line in each.communicate(timeout=60)[0].split()]
    assert sorted(got) == list(range(1, 81))


def test_a_locked_sqlite_is_a_fault_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.ledger.store.BUSY_TIMEOUT_MS", 50)
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    ledger, other = open_ledger(url), open_ledger(url)
    upgrade(ledger)
    with (
        other.write() as conn,
        pytest.raises(EnvironmentFault, match=r"locked.*tried again"),
        ledger.write(),
    ):
        advance(conn, "never")
    with ledger.write() as conn:
        assert advance(conn, "stems") == 1
    ledger.close()
    other.close()


def test_a_spoiled_sqlite_is_a_fault_of_ours(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    file.write_bytes(b"this is no database at all, only a text that is long enough to see" * 40)
    ledger = open_ledger(f"sqlite:///{file}")
    with pytest.raises(EnvironmentFault, match="not a database"), ledger.read():
        pass
    ledger.close()


def test_a_crashed_postgresql_is_a_fault_of_ours_and_comes_back(
    postgres_cluster: Cluster, postgres_url: str
) -> None:
    ledger = open_ledger(postgres_url)
    upgrade(ledger)
    with ledger.write() as conn:
        advance(conn, "stems")
    with pytest.raises(EnvironmentFault, match="tried again"), ledger.write() as conn:
        advance(conn, "stems")
        postgres_cluster.crash()
        advance(conn, "stems")
    try:
        with pytest.raises(EnvironmentFault, match="tried again"), ledger.read() as conn:
            conn.execute(select(schema.sequences))
    finally:
        postgres_cluster.start()
    with ledger.write() as conn:
        assert advance(conn, "stems") == 2
    ledger.close()
