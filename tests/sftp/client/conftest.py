"""A site whose partners have real servers, and what stands in its ledger."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daemon import config
from daemon.clock import SystemClock
from daemon.config import Configuration, Partner
from daemon.eventlog import Level
from daemon.intake.pressure import Lasting
from daemon.intake.spool import Spool
from daemon.ledger import outgoing, schema
from daemon.ledger.arrivals import LedgerArrivals
from daemon.ledger.migrate import upgrade
from daemon.ledger.posting import OutgoingFile, posting
from daemon.ledger.store import Ledger, open_ledger
from daemon.replies.advice import refusal_advice
from daemon.sftp.pull import Books, Pull
from daemon.sftp.push import Push
from daemon.sftp.remote import RemoteLanes
from daemon.sftp.session import Session
from tests.sftp.lab import Lab, running_lab

X12 = (
    b"ISA*00*          *00*          *ZZ*FLORSOL        *ZZ*K2KNET         *261121*1200*U*00401*"
    b"%09d*0*P*>~GS*IB*A*B*20261121*1200*1*X*004010~ST*846*0001~SE*2*0001~GE*1*1~IEA*1*%09d~"
)


def interchange(number: int) -> bytes:
    """Return a small X12 file that shows its own end."""
    return X12 % (number, number)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-cut",
        action="store_true",
        help="break SFTP connections after every message rather than after some of them",
    )


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with running_lab() as running:
        yield running


@pytest.fixture
def folders(lab: Lab) -> Lab:
    """The lab with empty folders `out` and `in`."""
    for name in ("out", "in"):
        folder = lab.make_folder(name)
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    return lab


@dataclass
class Events:
    """What was said."""

    said: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def __call__(self, event: str, /, *, level: Level | None = None, **fields: object) -> None:
        self.said.append((event, fields))

    def names(self) -> list[str]:
        return [name for name, _ in self.said]

    def fields(self, event: str) -> list[dict[str, object]]:
        return [fields for name, fields in self.said if name == event]


class Halt(Exception):
    """A crash at a named step: everything above it is gone."""


@dataclass
class Desk:
    """One site in a folder, with one or more partners that have servers."""

    root: Path
    lab: Lab
    template: Path
    """An empty ledger, to be copied: to make one takes longer than most tests."""
    events: Events = field(default_factory=Events)
    clock: Any = field(default_factory=SystemClock)
    crash_at: str = ""
    steps: list[str] = field(default_factory=list)
    _open: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        folder = self.root / "credentials"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "key").write_text(self.lab.client_key.read_text())
        (self.root / "state").mkdir()
        shutil.copy(self.template, self.root / "state" / "ledger.db")
        self.ledger: Ledger = open_ledger(f"sqlite:///{self.root}/state/ledger.db")
        self.spool = Spool(self.root / "state" / "spool")
        self.book = LedgerArrivals(self.ledger, refusal_advice)
        self._open += [self.ledger.close, self.spool.close]

    def close(self) -> None:
        while self._open:
            self._open.pop()()

    def remote(self, port: int | None = None, **changes: Any) -> dict[str, Any]:
        values: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": port or self.lab.port,
            "user": self.lab.user,
            "host_keys": list(self.lab.pins()),
            "key": "key",
            "timeout_s": 5,
        }
        return {**values, **changes}

    def partner(self, name: str = "florsol", **changes: Any) -> dict[str, Any]:
        values = {"name": name, "roles": ["vendor"], "complete_when": "renamed"}
        return {**values, **changes}

    def site(self, *partners: dict[str, Any], **sections: Any) -> Configuration:
        intake = {"settle_s": 0, "settle_moved_s": 0, "quiet_s": 0, "free_bytes": 0}
        values = {"partner": list(partners), "intake": intake, **sections}
        return config.from_values(values, self.root)

    def pulling(self, port: int | None = None, **pull: Any) -> Configuration:
        """Return a site with one partner that is polled."""
        settings = {"folder": f"{self.lab.prefix}out", **pull}
        return self.site(self.partner(sftp=self.remote(port, pull=settings)))

    def pushing(self, port: int | None = None, **push: Any) -> Configuration:
        """Return a site with one partner that is pushed to."""
        settings = {"folder": f"{self.lab.prefix}in", **push}
        return self.site(self.partner(sftp=self.remote(port, push=settings)))

    def step(self, name: str) -> None:
        self.steps.append(name)
        if name == self.crash_at:
            raise Halt(name)

    def session(self, site: Configuration, number: int = 0) -> Session:
        remote = site.partner[number].sftp
        assert remote is not None
        made = Session(remote, lambda name: config.credential(name, site.root), self.clock)
        self._open.append(made.drop)
        return made

    def books(self, site: Configuration) -> Books:
        lasting = Lasting(self.events)
        return Books(
            site, self.ledger, self.book, self.spool, self.clock, self.events, lasting, self.step
        )

    def pull(self, site: Configuration, number: int = 0) -> Pull:
        partner: Partner = site.partner[number]
        return Pull(partner, self.books(site), self.session(site, number), lambda _s: None)

    def push(self, site: Configuration, number: int = 0) -> Push:
        return Push(
            site.partner[number],
            self.session(site, number),
            ledger=self.ledger,
            clock=self.clock,
            say=self.events,
            lasting=Lasting(self.events),
            step=self.step,
        )

    def lanes(self, site: Configuration, **options: Any) -> RemoteLanes:
        return RemoteLanes(
            site, self.ledger, self.book, self.spool, clock=self.clock, say=self.events, **options
        )

    def arrivals(self) -> list[tuple[bytes, bytes]]:
        """Return name and bytes of every arrival, in order."""
        table = schema.arrivals.c
        with self.ledger.read() as conn:
            rows = conn.execute(select(table.name, table.data, table.spool).order_by(table.id))
            return [
                (r.name, r.data if r.spool is None else self.spool.path(r.spool).read_bytes())
                for r in rows
            ]

    def remembered(self) -> int:
        """Return how many files on servers the ledger remembers."""
        with self.ledger.read() as conn:
            return len(conn.execute(select(schema.remote_files.c.id)).all())

    def answer(self, partner: str, *bodies: bytes) -> list[str]:
        """Post outgoing files for a partner and return their names."""
        with posting(self.ledger) as post:
            for number, body in enumerate(bodies):
                file = OutgoingFile(partner, "855", f"PO{number}", "edi", body, is_answer=False)
                post.send(file, arrival_id=None, document_id=None)
        with self.ledger.read() as conn:
            rows = conn.execute(select(schema.outgoing.c.name).order_by(schema.outgoing.c.id))
            return [str(name) for (name,) in rows][-len(bodies) :]

    def states(self) -> list[str]:
        """Return the state of every outgoing file, in order."""
        with self.ledger.read() as conn:
            rows = conn.execute(select(schema.outgoing.c.state).order_by(schema.outgoing.c.id))
            return [str(state) for (state,) in rows]

    def undelivered(self, partner: str = "florsol") -> int:
        with self.ledger.read() as conn:
            return len(outgoing.undelivered(conn, partner, limit=10_000))


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "ledger.db"
    ledger = open_ledger(f"sqlite:///{path}")
    upgrade(ledger)
    ledger.close()
    return path


@pytest.fixture
def desk(tmp_path: Path, folders: Lab, empty_ledger: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "site", folders, empty_ledger)
    yield made
    made.close()


@pytest.fixture
def other_threads() -> Iterator[None]:
    """Fail a test that leaves threads behind."""
    before = set(threading.enumerate())
    yield
    left = [t for t in set(threading.enumerate()) - before if not t.daemon]
    assert not left
