"""Whatever ends the process that posts costs an attempt at most; it never outlives the daemon."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from daemon.errors import EnvironmentFault
from tests.daemon.lanes.scene import LOST, Scene, beginning_with, order
from tests.daemon.posting_processes import KILLER, KILLING, is_alive, posting_of, until
from tests.daemon.running import CHECKOUT
from tests.daemon.sites import desktop, kinds
from tests.daemon.triggers import (
    A_MOMENT,
    ATTEMPTED,
    FOR_EVER,
    POSTED,
    is_being_written,
    is_tried,
    trigger,
)

DAEMON = """
import signal, sys
from pathlib import Path
from daemon.lanes.process import PostingProcess
from tests.daemon.sites import open_desktop

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, lambda *_: None)
desk, posting = open_desktop(Path(sys.argv[1])), PostingProcess()
p = desk.p
p.intake.look_all()
posting.begin(p.site, p.tables.current, p.ledger, p.clock, p.say)
posting.make_ready()
print(posting._running.process.pid, flush=True)
for word in sys.stdin:
    print(posting.work("bloom", p.tables.current), flush=True)
"""


def test_one_that_is_killed_at_rest_is_said_to_be_lost_and_started_anew(site: Scene) -> None:
    site.claim(1, 2)
    before = site.pid()
    os.kill(before, signal.SIGKILL)
    with pytest.raises(EnvironmentFault, match=rf"{LOST} \(it ended with -9\); it is tried again"):
        site.work()
    assert not is_alive(before)
    assert site.work() == 2
    assert site.pid() != before
    assert site.desk.states() == ["posted", "posted"]
    assert [row.attempts for row in site.desk.arrivals()] == [1, 1]
    assert site.answers() == 2


@pytest.mark.parametrize("when", [ATTEMPTED, POSTED])
def test_one_that_is_killed_at_a_batch_leaves_its_turn_and_nothing_else(
    site: Scene, when: str
) -> None:
    site.claim(*range(1, 13))
    with ThreadPoolExecutor(1) as lane:
        with trigger(site.file, when, FOR_EVER):
            lost = lane.submit(site.work)
            turns = 1 if when == ATTEMPTED else 2
            try:
                until(lambda: len(site.turns.had) == turns and is_being_written(site.file))
            finally:
                os.kill(site.pid(), signal.SIGKILL)
            with pytest.raises(EnvironmentFault, match=LOST):
                lost.result()
        # Whoever writes next in the daemon doesn't wait for a lane that is gone.
        with site.desk.p.ledger.write():
            assert site.desk.states() == ["claimed"] * 12
        counted = 0 if when == ATTEMPTED else 1
        assert {row.attempts for row in site.desk.arrivals()} == {counted}
        assert site.answers() == 0
        site.drain()
    assert site.desk.states() == ["posted"] * 12
    assert site.answers() == 12


def test_a_lane_that_started_it_anew_may_end(site: Scene) -> None:
    os.kill(site.pid(), signal.SIGKILL)
    site.claim(1)
    with ThreadPoolExecutor(1) as lane:
        with pytest.raises(EnvironmentFault):
            lane.submit(site.work).result()
        assert lane.submit(site.work).result() == 1
    # The kernel ends a process with the thread that started it, a moment after that.
    time.sleep(0.2)
    before = site.pid()
    site.begin()
    site.claim(2)
    assert site.work() == 1
    assert site.pid() == before


def test_what_ends_the_process_is_set_aside_and_what_was_beside_it_is_not(
    own: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = beginning_with(KILLING, own, tmp_path, monkeypatch)
    own.begin()
    own.desk.drop("bloom", KILLER, order(1))
    own.claim(2, partner="tulipan")
    lost: list[str] = []

    def tried(partner: str) -> None:
        try:
            own.work(partner)
        except EnvironmentFault as fault:
            lost.append(str(fault))

    for _ in range(6):
        # Its attempt is counted, and then the other one's file ends the process.
        with ThreadPoolExecutor(2) as lanes, own.turns.taken():
            bloom = lanes.submit(tried, "bloom")
            until(lambda: own.turns.waiting or bloom.done())  # noqa: B023  (called at once)
            lanes.submit(tried, "tulipan")
            grace = time.monotonic() + 0.3
            while own.turns.waiting < 2 and time.monotonic() < grace:
                time.sleep(0.002)
    states = {row.partner: (row.state, row.reason_code) for row in own.desk.arrivals()}
    assert states == {"bloom": ("quarantined", "crash-loop"), "tulipan": ("posted", None)}
    assert len(lost) >= 3
    own.posting.close()


def test_who_waits_to_work_alone_is_not_taken_for_stuck(own: Scene) -> None:
    own.claim(1)
    own.claim(2, partner="tulipan")
    own.posting._apart.suspects.add("tulipan")
    waits = own.desk.p.ledger.waits
    with ThreadPoolExecutor(1) as lane, trigger(own.file, POSTED, A_MOMENT):
        busy = lane.submit(own.work)
        until(lambda: is_tried(own.file) and is_being_written(own.file))
        second = threading.Thread(target=own.work, args=["tulipan"])
        second.start()
        until(lambda: second.ident in waits)
        assert not busy.done()
        assert own.turns.waiting == 0
        second.join()
    assert second.ident not in waits
    assert own.desk.states() == ["posted", "posted"]


@contextmanager
def daemon(root: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a stand-in of the daemon in a process group of its own."""
    command = [sys.executable, "-c", DAEMON, str(root)]
    with subprocess.Popen(
        command,
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def say(to: subprocess.Popen[str], word: str) -> None:
    assert to.stdin is not None
    to.stdin.write(f"{word}\n")
    to.stdin.flush()


def hear(to: subprocess.Popen[str]) -> int:
    assert to.stdout is not None
    return int(to.stdout.readline())


def test_it_ends_with_a_daemon_that_is_killed_at_work(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as desk:
        for number in (1, 2, 3):
            desk.drop("bloom", f"{number}.edi", order(number))
        file = desk.root / "state" / "ledger.db"
        with trigger(file, POSTED, FOR_EVER):
            with daemon(desk.root) as started:
                hand = hear(started)
                say(started, "work")
                until(lambda: desk.arrivals()[-1].attempts == 1 and is_being_written(file))
                started.kill()
            until(lambda: not is_alive(hand))
        assert desk.states() == ["claimed"] * 3
        assert kinds(desk.run()).count("bloom/997-000000001") == 1
        assert desk.states() == ["posted"] * 3


def test_signals_for_the_daemon_and_all_of_its_group_do_not_reach_it(tmp_path: Path) -> None:
    with desktop(tmp_path / "site") as desk:
        desk.drop("bloom", "o.edi", order(1))
        with daemon(desk.root) as started:
            hand = hear(started)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                os.killpg(started.pid, number)
            say(started, "work")
            assert hear(started) == 1
            assert posting_of(started.pid) == hand
        assert desk.states() == ["posted"]
