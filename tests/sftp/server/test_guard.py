"""The memory of addresses, on a clock that the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from daemon.config import SftpServer
from daemon.eventlog import Level
from daemon.sftp import guard
from daemon.sftp.guard import ADDRESSES, KNOCKS, REPEAT_S, UNKNOWN, UNKNOWN_OF_ONE, Damped, Guard


class HandClock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def monotonic(self) -> float:
        return self.at

    def now(self) -> datetime:
        return datetime(2026, 2, 1, tzinfo=UTC) + timedelta(seconds=self.at)


class Scene:
    """A guard, its clock, and what it said."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.said: list[tuple[str, dict[str, object]]] = []
        self.guard = Guard(SftpServer(tries=3, lockout_s=100), self.clock, self.say)

    def say(self, event: str, /, *, level: Level | None = None, **fields: object) -> None:
        self.said.append((event, fields))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_address_is_locked_out_after_its_tries_and_said_once(scene: Scene) -> None:
    assert [scene.guard.failed("1.1.1.1", "root") for _ in range(4)] == [False, False, True, True]
    assert scene.guard.knock("1.1.1.1") == "locked out"
    assert scene.guard.knock("1.1.1.2") is None
    assert [event for event, _ in scene.said] == ["locked_out"]


def test_lockout_ends_with_its_time(scene: Scene) -> None:
    for _ in range(3):
        scene.guard.failed("1.1.1.1", "root")
    scene.clock.at += 99
    assert scene.guard.knock("1.1.1.1") == "locked out"
    scene.clock.at += 2
    assert scene.guard.knock("1.1.1.1") is None


def test_tries_that_lie_far_apart_lock_nobody_out(scene: Scene) -> None:
    for _ in range(9):
        assert not scene.guard.failed("1.1.1.1", "florsol")
        scene.clock.at += 60


def test_login_forgives_the_failures_of_its_own_name_only(scene: Scene) -> None:
    scene.guard.failed("1.1.1.1", "florsol")
    scene.guard.failed("1.1.1.1", "bloom")
    scene.guard.knock("1.1.1.1")
    scene.guard.settled("1.1.1.1", is_logged_in=True, user="florsol")
    assert not scene.guard.failed("1.1.1.1", "florsol")
    assert scene.guard.failed("1.1.1.1", "bloom")


def test_address_that_never_logs_in_runs_dry_and_recovers(scene: Scene) -> None:
    for _ in range(KNOCKS):
        assert scene.guard.knock("1.1.1.1") is None
        scene.guard.settled("1.1.1.1", is_logged_in=False)
    assert scene.guard.knock("1.1.1.1") == "comes too often without logging in"
    scene.clock.at += 1
    assert scene.guard.knock("1.1.1.1") is None


def test_address_that_logs_in_never_runs_dry(scene: Scene) -> None:
    for _ in range(10 * KNOCKS):
        assert scene.guard.knock("1.1.1.1") is None
        scene.guard.settled("1.1.1.1", is_logged_in=True, user="florsol")


def test_one_address_can_not_take_all_places_before_the_login(scene: Scene) -> None:
    for _ in range(UNKNOWN_OF_ONE):
        assert scene.guard.knock("1.1.1.1") is None
    assert "too many connections" in str(scene.guard.knock("1.1.1.1"))
    assert scene.guard.knock("2.2.2.2") is None


def test_all_addresses_together_have_so_many_places_before_the_login(scene: Scene) -> None:
    answers = [scene.guard.knock(f"1.1.1.{n}") for n in range(UNKNOWN + 1)]
    assert answers[-2:] == [None, "too many connections without a login"]
    scene.guard.settled("1.1.1.0", is_logged_in=False)
    assert scene.guard.knock("9.9.9.9") is None


def test_hosts_of_one_ipv6_site_are_one_caller(scene: Scene) -> None:
    for host in range(3):
        scene.guard.failed(f"2001:db8:1:2::{host}", "root")
    assert scene.guard.knock("2001:db8:1:2::ffff") == "locked out"
    assert scene.guard.knock("2001:db8:1:3::1") is None
    assert guard.caller_key("::ffff:1.2.3.4") == "1.2.3.4"


def test_flood_of_addresses_is_forgotten_before_who_is_locked_out(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ADDRESSES >= 1000
    monkeypatch.setattr(guard, "ADDRESSES", 100)
    for _ in range(3):
        scene.guard.failed("1.1.1.1", "root")
    for number in range(500):
        scene.guard.knock(f"10.0.{number // 250}.{number % 250}")
        scene.guard.settled(f"10.0.{number // 250}.{number % 250}", is_logged_in=False)
    assert scene.guard.knock("1.1.1.1") == "locked out"


def test_repeated_line_is_said_once_and_then_counted(scene: Scene) -> None:
    damped = Damped(scene.say, scene.clock)
    for number in range(100):
        damped("path_refused", "florsol", name=number)
    damped("path_refused", "bloom", name="x")
    assert scene.said == [("path_refused", {"name": 0}), ("path_refused", {"name": "x"})]
    scene.clock.at += REPEAT_S
    damped.flush()
    assert scene.said[2:] == [("path_refused", {"name": 99, "repeats": 99})]
    damped("path_refused", "florsol", name="again")
    assert scene.said[3:] == [("path_refused", {"name": "again"})]
