"""Lanes to partners' servers: each on its own, resting after faults, told once, ended in time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack

import pytest

from daemon.intake.claim import INLINE_BYTES
from daemon.intake.spool import Spool
from daemon.safefile import open_directory
from daemon.sftp import remote
from daemon.sftp.push import Push
from daemon.sftp.session import Session
from tests.sftp.client.conftest import Desk, interchange
from tests.sftp.lab import keygen, public_line
from tests.sftp.proxies import Stall, using


def until(holds: Callable[[], object], limit_s: float = 15.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


@pytest.mark.usefixtures("other_threads")
def test_lanes_poll_and_push_until_they_are_stopped(desk: Desk) -> None:
    prefix = desk.lab.prefix
    pull, push = {"folder": f"{prefix}out", "every_s": 1}, {"folder": f"{prefix}in"}
    site = desk.site(desk.partner(sftp=desk.remote(pull=pull, push=push)))
    claimed: list[str] = []
    lanes = desk.lanes(site, on_claimed=claimed.append)
    desk.answer("florsol", b"one")
    lanes.start()
    until(lambda: desk.undelivered() == 0)
    desk.lab.put("out", "a.edi", interchange(1))
    until(lambda: len(desk.arrivals()) == 1)
    until(lambda: claimed == ["florsol"])
    desk.answer("florsol", b"two")
    lanes.wake("florsol")
    until(lambda: desk.undelivered() == 0, remote.PUSH_EVERY_S / 2)
    assert lanes.slowest_s() == 0.0
    lanes.stop()
    assert sorted(p.read_bytes() for p in (desk.lab.home / "in").iterdir()) == [b"one", b"two"]


@pytest.mark.usefixtures("other_threads")
def test_an_answer_that_comes_just_as_a_push_is_over_is_pushed_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes = desk.lanes(desk.pushing())
    push, late = Push.run, [b"two"]

    def run(self: Push) -> int:
        delivered = push(self)
        if late:
            desk.answer("florsol", late.pop())
            lanes.wake("florsol")
        return delivered

    monkeypatch.setattr(Push, "run", run)
    desk.answer("florsol", b"one")
    lanes.start()
    until(lambda: not late)
    until(lambda: desk.undelivered() == 0, remote.PUSH_EVERY_S / 2)
    lanes.stop()


def test_one_pass_polls_and_pushes_for_every_partner(desk: Desk) -> None:
    prefix = desk.lab.prefix
    site = desk.site(
        desk.partner(sftp=desk.remote(pull={"folder": f"{prefix}out"})),
        desk.partner("bloom", sftp=desk.remote(push={"folder": f"{prefix}in"})),
        desk.partner("tulipan"),
    )
    desk.lab.put("out", "a.edi", interchange(1))
    desk.answer("bloom", b"one", b"two")
    lanes = desk.lanes(site)
    assert lanes.partners == ["florsol", "bloom"]
    assert lanes.run_once() == 2
    assert len(desk.arrivals()) == 1
    lanes.stop()


def test_f09_a_black_hole_delays_no_other_partner_and_no_stop(desk: Desk) -> None:
    prefix = desk.lab.prefix
    with using(Stall(desk.lab.port)) as stall:
        assert isinstance(stall, Stall)
        stall.is_stalled.set()
        dead = desk.remote(stall.port, push={"folder": f"{prefix}in"}, timeout_s=0.5)
        good = desk.remote(push={"folder": f"{prefix}in"})
        site = desk.site(desk.partner(sftp=dead), desk.partner("bloom", sftp=good))
        desk.answer("florsol", b"stuck")
        desk.answer("bloom", b"one")
        lanes = desk.lanes(site)
        lanes.start()
        until(lambda: desk.undelivered("bloom") == 0, 5)
        until(lambda: "remote_fault" in desk.events.names())
        desk.answer("bloom", b"two")
        lanes.wake()
        until(lambda: desk.undelivered("bloom") == 0, 5)
        assert desk.undelivered("florsol") == 1
        assert lanes.slowest_s() == 0.0
        stall.is_stalled.clear()
        until(lambda: desk.undelivered("florsol") == 0)
        until(lambda: "remote_back" in desk.events.names())
        assert desk.events.names().count("remote_fault") == 1
        started = time.monotonic()
        lanes.stop()
        assert time.monotonic() - started < 5


def test_a_stop_cuts_a_session_that_does_not_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "GRACE_S", 0.2)
    with using(Stall(desk.lab.port)) as stall:
        assert isinstance(stall, Stall)
        site = desk.pushing(stall.port)
        lanes = desk.lanes(site)
        desk.answer("florsol", b"x" * 5_000_000)
        stall.is_stalled.set()
        lanes.start()
        until(lambda: stall.connections)
        started = time.monotonic()
        lanes.stop()
        assert time.monotonic() - started < 3, "it waited for the time limit"
        stall.is_stalled.clear()
    assert desk.states() == ["pending"]


def test_a_lane_that_a_disk_keeps_beyond_a_stop_does_nothing_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "GRACE_S", 0.05)
    monkeypatch.setattr(remote, "CUT_S", 0.05)
    begun, goes_on = threading.Event(), threading.Event()
    draft = Spool.draft

    def slow(self: Spool, key: str, chunks: Iterable[bytes]) -> None:
        draft(self, key, chunks)
        begun.set()
        goes_on.wait(20)

    monkeypatch.setattr(Spool, "draft", slow)
    desk.lab.put("out", "a.edi", b"x" * (INLINE_BYTES + 1))
    lanes = desk.lanes(desk.pulling())
    lanes.start()
    assert begun.wait(20)
    lanes.stop()
    desk.spool.close()
    with ExitStack() as opened:
        for _ in range(4):
            opened.enter_context(open_directory(desk.root / "state"))
        before = sorted(os.listdir(desk.root / "state"))
        goes_on.set()
        until(lambda: "pull_fault" in desk.events.names())
        lanes.stop()
        assert sorted(os.listdir(desk.root / "state")) == before
    assert "the spool is closed" in str(desk.events.fields("pull_fault")[0]["reason"])
    assert desk.arrivals() == []
    assert list((desk.root / "state" / "spool" / "data").iterdir()) == []


@pytest.mark.parametrize("what", ["host key", "login"])
def test_f11_a_wrong_key_is_an_alarm_once_and_tried_again_slowly(
    desk: Desk, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = keygen(desk.root / "wrong")
    if what == "login":
        (desk.root / "credentials" / "key").write_text(wrong.read_text())
    sftp = desk.remote(pull={"folder": "out"}, push={"folder": "in"})
    if what == "host key":
        sftp["host_keys"] = [public_line(wrong)]
    lanes = desk.lanes(desk.site(desk.partner(sftp=sftp)))
    desk.answer("florsol", b"one")
    connections: list[int] = []
    connect = Session.wire

    def counted(self: Session) -> object:
        connections.append(1)
        return connect(self)

    monkeypatch.setattr(Session, "wire", counted)
    lanes.start()
    event = "host_key_failed" if what == "host key" else "login_failed"
    until(lambda: event in desk.events.names())
    for _ in range(20):
        lanes.wake()
        time.sleep(0.02)
    lanes.stop()
    assert desk.events.names() == [event]
    assert desk.events.fields(event)[0]["retry_s"] == 300.0
    assert len(connections) == 1
    assert desk.states() == ["pending"]


def test_a_missing_folder_for_fetching_does_not_keep_answers_back(desk: Desk) -> None:
    pull, push = {"folder": "nowhere"}, {"folder": f"{desk.lab.prefix}in"}
    lanes = desk.lanes(desk.site(desk.partner(sftp=desk.remote(pull=pull, push=push))))
    desk.answer("florsol", b"one")
    assert lanes.run_once() == 1
    desk.answer("florsol", b"two")
    lanes.wake()
    assert lanes.run_once() == 1
    assert desk.events.names() == ["delivered", "pull_fault", "delivered"]
    lanes.stop()


def test_faults_make_a_lane_rest_longer_and_longer_with_jitter(desk: Desk) -> None:
    lanes = desk.lanes(desk.pulling(port=1))
    lane = lanes._lanes["florsol"]
    rests: list[float] = []
    for _ in range(12):
        lane._rests_until = 0.0
        lane.pass_once()
        rests.append(lane._rest_s)
    assert rests == [min(2.0**n, 300.0) for n in range(12)]
    assert desk.events.names() == ["remote_fault"]
    assert "refuses connections" in str(desk.events.fields("remote_fault")[0]["reason"])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_in_one_lane_is_told_and_the_lane_begins_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes = desk.lanes(desk.pulling())
    lane = lanes._lanes["florsol"]

    def broken() -> float:
        raise ZeroDivisionError

    monkeypatch.setattr(remote, "LONGEST_RETRY_S", 0.0)
    good, lane._duties[0].work = lane._duties[0].work, broken
    lanes.start()
    until(lambda: desk.events.names() == ["remote_lane_crashed"])
    until(lambda: lane._thread is not None and not lane._thread.is_alive())
    lane._duties[0].work = good
    desk.lab.put("out", "a.edi", interchange(1))
    lanes.revive()
    until(desk.arrivals)
    lanes.stop()


def test_forty_partners_have_forty_lanes_that_work_side_by_side(desk: Desk) -> None:
    push = {"folder": f"{desk.lab.prefix}in"}
    names = [f"p{number}" for number in range(40)]
    site = desk.site(*(desk.partner(name, sftp=desk.remote(push=push)) for name in names))
    for name in names:
        desk.answer(name, name.encode())
    lanes = desk.lanes(site)
    assert lanes.run_once() == 40
    assert len(list((desk.lab.home / "in").iterdir())) == 40
    lanes.stop()
    assert threading.active_count() < 200
