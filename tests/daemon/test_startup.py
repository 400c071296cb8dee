"""A start waits for the ledger's server as long as that helps, and refuses what spoils a ledger."""

from __future__ import annotations

import resource
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from daemon import config, service, startup
from daemon.errors import EnvironmentFault, SiteError
from daemon.eventlog import Level
from daemon.ledger.migrate import HEAD, version
from daemon.ledger.reach import is_refusal, sqlite_file
from daemon.ledger.store import Ledger, open_ledger
from daemon.notify import Notifier
from daemon.startup import LEDGER_AGAIN_S, LEDGER_WAIT_S, upgrade_patiently
from daemon.steering import Steering, StopAsked, steered
from tests.daemon.intake.fakes import FakeClock
from tests.daemon.network import make_site

NOWHERE = "postgresql://k2kd@/k2kd?host=/nowhere/at/all"


class Ear:
    """Hears events, and lets time go by while the start waits."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.clock = FakeClock()
        self.steering = Passing(self.clock)

    def __call__(self, event: str, /, *, level: Level | None = None, **fields: object) -> None:
        self.events.append(event)

    def upgrade(self, ledger: Ledger) -> signal.Signals | None:
        return upgrade_patiently(
            ledger, self.steering, clock=self.clock, say=self, notifier=Notifier()
        )


class Passing(Steering):
    """Waits by letting a clock go on."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def next(self, within_s: float) -> signal.Signals | None:
        self._clock.forward(within_s)
        return super().next(0)


@pytest.fixture
def away() -> Iterator[Ledger]:
    """A ledger whose server isn't there."""
    ledger = open_ledger(NOWHERE)
    yield ledger
    ledger.close()


def test_a_start_gives_up_after_its_time_so_that_whoever_started_it_learns_of_it(
    away: Ledger,
) -> None:
    ear = Ear()
    began = ear.clock.monotonic()
    with pytest.raises(EnvironmentFault, match="ledger failed"):
        ear.upgrade(away)
    assert ear.clock.monotonic() - began == LEDGER_WAIT_S
    assert ear.events == ["ledger_fault"] * int(LEDGER_WAIT_S / LEDGER_AGAIN_S)


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_wait(away: Ledger, asked: signal.Signals) -> None:
    ear = Ear()
    ear.steering.note(asked)
    assert ear.upgrade(away) is asked
    assert ear.events == ["ledger_fault"]


def test_a_ledger_that_answers_is_upgraded_before_any_signal_is_looked_at(tmp_path: Path) -> None:
    ear, ledger = Ear(), open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    ear.steering.note(signal.SIGTERM)
    assert ear.upgrade(ledger) is None
    assert version(ledger) == HEAD
    ledger.close()


def test_a_ledger_of_our_own_that_fails_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").mkdir()
    ear, ledger = Ear(), open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with pytest.raises(EnvironmentFault):
        ear.upgrade(ledger)
    assert ear.events == []
    ledger.close()


@pytest.mark.parametrize(("part", "wrong"), [("database", "nosuch"), ("username", "nobody-here")])
def test_a_server_that_has_no_such_account_or_database_ends_the_start_at_once(
    tmp_path: Path, postgres_url: str, part: str, wrong: str
) -> None:
    right = make_url(postgres_url).set(drivername="postgresql")
    url = right.set(database=wrong) if part == "database" else right.set(username=wrong)
    root = make_site(tmp_path / "site", ledger_url=url.render_as_string(hide_password=False))
    with pytest.raises(SiteError, match=rf"\[ledger\] url: its server refuses us: .*{wrong}"):
        service.run(root, pretty=False)


@pytest.mark.parametrize(
    ("error", "is_refused"),
    [
        (psycopg.errors.InvalidPassword("Passwort falsch"), True),
        (psycopg.errors.InvalidCatalogName("keine solche"), True),
        (psycopg.errors.CannotConnectNow("does not exist yet"), False),
    ],
)
def test_a_refusal_is_told_by_its_code(error: psycopg.Error, *, is_refused: bool) -> None:
    ledger = open_ledger(NOWHERE)
    fault = EnvironmentFault("the ledger failed")
    fault.__cause__ = OperationalError("", None, error)
    assert is_refusal(fault, ledger) is is_refused
    ledger.close()


def test_a_server_that_is_not_there_is_no_refusal_whatever_the_words() -> None:
    ledger = open_ledger(NOWHERE)
    fault = EnvironmentFault("the ledger failed")
    said = "role does not exist, password authentication failed"
    fault.__cause__ = OperationalError("", None, psycopg.OperationalError(said))
    assert not is_refusal(fault, ledger)
    ledger.close()


def test_a_sqlite_ledger_on_a_network_volume_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_site(tmp_path / "site")
    monkeypatch.setattr(startup, "keeps_databases", lambda _path: False)
    for once in (True, False):
        with pytest.raises(SiteError, match=r"\[site\] state: .*network volume.*local disk"):
            service.run(root, once=once, pretty=False)
    assert not (root / "state").exists()


def test_the_place_of_a_ledger_is_judged_by_its_own_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = tmp_path / "volume"
    monkeypatch.setattr(startup, "keeps_databases", lambda path: path != volume)
    far = make_site(tmp_path / "far", ledger_url=f"sqlite:///{volume}/ledger.db")
    said = startup.misplaced(config.load(far))
    assert said is not None
    assert said.startswith(f"[ledger] url: {volume} is on a network volume")
    assert startup.misplaced(config.load(make_site(tmp_path / "near"))) is None
    monkeypatch.setattr(startup, "keeps_databases", lambda _path: False)
    server = make_site(tmp_path / "server", ledger_url=NOWHERE)
    assert startup.misplaced(config.load(server)) is None


def test_only_the_address_of_a_file_names_one() -> None:
    assert sqlite_file("sqlite:////srv/k2kd/ledger.db") == Path("/srv/k2kd/ledger.db")
    assert sqlite_file("sqlite://") is None
    assert sqlite_file(NOWHERE) is None
    assert sqlite_file("ledger") is None


def test_signals_are_heard_in_their_order_and_handlers_put_back() -> None:
    before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    with steered() as steering:
        signal.raise_signal(signal.SIGHUP)
        signal.raise_signal(signal.SIGTERM)
        assert steering.next(1) is signal.SIGHUP
        assert steering.next(1) is signal.SIGTERM
        assert steering.next(0.01) is None
    after = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)]
    assert after == before


def test_a_pause_is_ended_by_a_stop_and_by_nothing_else() -> None:
    steering = Steering()
    steering.note(signal.SIGHUP)
    steering.pause(0.01)
    threading.Timer(0.05, steering.note, [signal.SIGINT]).start()
    began = time.monotonic()
    with pytest.raises(StopAsked) as asked:
        while True:
            steering.pause(0.02)
    assert asked.value.by is signal.SIGINT
    assert time.monotonic() - began < 5
    assert steering.next(0) is signal.SIGHUP


@pytest.mark.parametrize(("soft", "expected"), [(256, 1024), (1024, 1024), (2048, 2048)])
def test_a_shell_that_grants_few_open_files_does_not_keep_partners_out(
    soft: int, expected: int
) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] != resource.RLIM_INFINITY and before[1] < 2048:
        pytest.skip("this machine grants fewer open files than the test asks for")
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, before[1]))
        startup.allow_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (expected, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
