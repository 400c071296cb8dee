"""A PostgreSQL server for the tests, started from the machine's own packages and thrown away.

One cluster a test process, on a Unix socket in a folder of its own, with fsync as in production.
PostgreSQL refuses to run as root, so there the server runs as `postgres` or `nobody`. Tests that
ask for it skip, with the reason, where no server is installed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from tests.memory import memory

ROLE = "k2kd"
START_TIMEOUT_S = 30
PACKAGED = Path("/usr/lib/postgresql")
# The shell outlives nothing: when the test process ends, however it ends, its end of the pipe
# closes, `read` returns, and the server is told to stop (INT: fast, QUIT: as in a crash).
KEEPER = '"$@" & server=$!; read -r how || how=INT; kill -s "$how" "$server"; wait "$server"'
SETTINGS = (
    "listen_addresses=",
    "fsync=on",
    "synchronous_commit=on",
    "max_connections=60",
    "shared_buffers=32MB",
    "log_min_messages=fatal",
    "timezone=UTC",
)


def binaries() -> Path | None:
    """Return the folder with `initdb` and `postgres`, newest version first; None without one."""
    versions = [path for path in PACKAGED.glob("*/bin") if path.parent.name.isdigit()]
    for folder in sorted(versions, key=lambda path: -int(path.parent.name)):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Cluster:
    """A running server; `new_url` makes a database, `crash` and `start` play a bad day."""

    def __init__(self, binaries: Path, folder: Path, settings: Sequence[str] = ()) -> None:
        """`settings` come behind those of all clusters, as `listen_addresses=10.0.0.1`."""
        self._settings = (*SETTINGS, *settings)
        # PostgreSQL refuses to run as root.
        account = _account() if os.geteuid() == 0 else None
        self._uid = None if account is None else account.pw_uid
        self._gid = None if account is None else account.pw_gid
        self._binaries = binaries
        self._folder = folder
        self._used: set[str] = set()
        self._keeper: subprocess.Popen[bytes] | None = None
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        self._initialise()
        self.start()

    def new_url(self) -> str:
        """Create an empty database and return its SQLAlchemy address."""
        # The lowest number that is free, so that most tests get the same address and share what
        # `ledger_at` keeps for it.
        name = next(each for each in map("test_{}".format, count(1)) if each not in self._used)
        self._used.add(name)
        with self._connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql+psycopg://{ROLE}@/{name}?host={self._folder}"

    def drop(self, url: str) -> None:
        """Drop a database made by `new_url`, whoever is still connected to it."""
        name = make_url(url).database or ""
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        with self._connect() as connection:
            connection.execute(drop)
        self._used.discard(name)

    def admit(self, address: str) -> None:
        """Let the host of an IP address in, and no other, without a password."""
        with (self._data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all {ROLE} {address}/32 trust\n")
        with self._connect() as connection:
            connection.execute("SELECT pg_reload_conf()")

    def role(self, name: str, *options: str, login: str = "trust") -> None:
        """Make an account that is let in by `login` (a method of pg_hba.conf) only."""
        rules = self._data / "pg_hba.conf"
        rules.write_text(f"local all {name} {login}\n{rules.read_text()}")
        with self._connect() as connection:
            connection.execute(f"CREATE ROLE {name} {' '.join(options)}".encode())
            connection.execute("SELECT pg_reload_conf()")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = [f"--{setting}" for setting in self._settings]
        server = [str(self._binaries / "postgres"), f"-D{self._data}", f"-k{self._folder}"]
        with self._log.open("ab") as log:
            self._keeper = subprocess.Popen(
                ["/bin/sh", "-c", KEEPER, "keeper", *server, *settings],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd=self._folder,
                user=self._uid,
                group=self._gid,
                extra_groups=None if self._gid is None else [],
            )
        self._wait_until_it_answers(self._keeper)

    def stop(self) -> None:
        """Stop the server in good order."""
        self._end(b"INT\n")

    def crash(self) -> None:
        """Stop the server as a crash would: no checkpoint, connections cut."""
        self._end(b"QUIT\n")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _initialise(self) -> None:
        subprocess.run(
            [
                self._binaries / "initdb",
                *("--pgdata", self._data, "--username", ROLE, "--auth", "trust"),
                *("--encoding", "UTF8", "--no-locale", "--no-sync", "--no-instructions"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self._folder,
            user=self._uid,
            group=self._gid,
            extra_groups=None if self._gid is None else [],
        )

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self._folder), user=ROLE, dbname="postgres", autocommit=True
        )

    def _wait_until_it_answers(self, keeper: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                if keeper.poll() is not None or time.monotonic() > deadline:
                    said = self._log.read_text(errors="replace")
                    pytest.fail(f"PostgreSQL does not start; it said: {said}")
                time.sleep(0.02)
            else:
                return

    def _end(self, how: bytes) -> None:
        if self._keeper is not None:
            self._keeper.communicate(how, timeout=START_TIMEOUT_S)
            self._keeper = None


def _account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A server for this test process, started when the first test asks for it."""
    found = binaries()
    if found is None:
        pytest.skip("no PostgreSQL server here (Debian: apt install postgresql)")
    # Not in pytest's own folder: that is closed to other users, and a socket's path is short. In
    # memory: a test asks whether a commit was flushed, and a server that dies leaves its files.
    folder = Path(tempfile.mkdtemp(prefix="k2kd-pg-", dir=memory()))
    try:
        cluster = Cluster(found, folder)
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """The address of an empty PostgreSQL database of this test's own."""
    url = postgres_cluster.new_url()
    yield url
    postgres_cluster.drop(url)


@pytest.fixture(scope="module")
def module_postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """The address of a PostgreSQL database that the tests of one module share."""
    url = postgres_cluster.new_url()
    yield url
    postgres_cluster.drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty ledger; a test that asks for it runs once on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    return str(request.getfixturevalue("postgres_url"))
