"""A bug, a fault of ours and a machine that has no more to give are told apart over the channel."""

from __future__ import annotations

import errno
import os
import resource
import sys
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from daemon.errors import EnvironmentFault
from daemon.lanes.process import PostingBroke, PostingProcess
from tests.daemon.lanes.scene import LOST, Scene, beginning_with
from tests.daemon.triggers import (
    ATTEMPTED,
    FAILS,
    FORBIDDEN,
    POSTED,
    TAKEN_BACK,
    trigger,
)

NO_SECOND_LANE = """
import threading

start = threading.Thread.start

def refused(thread):
    if thread.name == "lane-1":
        raise RuntimeError("can't start new thread")
    start(thread)

threading.Thread.start = refused
"""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_that_no_file_is_counted_for_breaks_the_lane_and_shows_its_place(own: Scene) -> None:
    own.claim(1)
    with (
        trigger(own.file, ATTEMPTED, FORBIDDEN),
        pytest.raises(PostingBroke, match=r"(?s)in count_attempt.*a rule of the tables is broken"),
    ):
        own.work()
    with own.desk.p.ledger.write():
        pass
    # A daemon that has a lane left until it ends hears that this one is gone, and isn't kept.
    with pytest.raises(EnvironmentFault, match=LOST):
        own.work()
    assert own.work() == 1


def test_a_bug_on_a_file_is_said_with_the_error_and_its_place_as_in_the_daemon(
    site: Scene,
) -> None:
    with trigger(site.file, POSTED, FORBIDDEN):
        site.claim(1)
        site.work()
        site.claim(2)
        site.desk.p.work("bloom")
    there, *_, here = site.events("bug")
    assert (there["partner"], there["level"]) == ("bloom", here["level"])
    assert there["error"] == here["error"] == "IntegrityError (from IntegrityError)"
    assert there["error_at"] == here["error_at"]


def test_our_own_faults_are_told_and_never_count_for_a_file(site: Scene) -> None:
    site.claim(1, 2)
    with trigger(site.file, POSTED, FAILS):
        for _ in range(4):
            with pytest.raises(
                EnvironmentFault, match=r"the ledger failed: malformed JSON; it is tried again"
            ):
                site.work()
        assert [row.attempts for row in site.desk.arrivals()] == [0, 0]
    assert site.work() == 2


def test_an_attempt_that_can_not_be_taken_back_at_once_is_remembered_by_every_lane(
    site: Scene,
) -> None:
    site.claim(1)
    with trigger(site.file, POSTED, FAILS), trigger(site.file, TAKEN_BACK, FAILS):
        for _ in range(5):
            with pytest.raises(EnvironmentFault):
                site.work()
            assert site.posting._running is not None
            site.posting._running.free.reverse()
    assert [row.attempts for row in site.desk.arrivals()] == [1]
    site.drain()
    assert site.desk.states() == ["posted"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux sets the limits of another process")
def test_a_disk_that_is_full_is_a_fault_of_ours(site: Scene) -> None:
    site.claim(*range(1, 61))
    written = site.file.with_name("ledger.db-wal").stat().st_size
    soft, hard = resource.prlimit(site.pid(), resource.RLIMIT_FSIZE)
    # Enough to count the attempts and to take them back, but not for the answers.
    resource.prlimit(site.pid(), resource.RLIMIT_FSIZE, (written + 100_000, hard))
    with pytest.raises(EnvironmentFault, match="the ledger failed: d"):
        site.work()
    assert {row.attempts for row in site.desk.arrivals()} == {0}
    with site.desk.p.ledger.write():
        pass
    resource.prlimit(site.pid(), resource.RLIMIT_FSIZE, (soft, hard))
    assert site.work() == 60
    assert site.answers() == 60


def test_a_spool_that_can_not_be_opened_is_said_and_the_next_work_tries_again(own: Scene) -> None:
    spool, aside = own.desk.root / "state" / "spool", own.desk.root / "aside"
    own.posting.close()
    own = Scene(own.desk, PostingProcess())
    own.claim(1)
    spool.rename(aside)
    spool.write_text("in the way")
    with pytest.raises(EnvironmentFault, match="spool"):
        own.begin()
    with pytest.raises(EnvironmentFault, match="spool"):
        own.work()
    spool.unlink()
    aside.rename(spool)
    assert own.work() == 1
    own.posting.close()


def test_a_daemon_with_all_files_open_that_it_may_have_tries_again(
    own: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.claim(1)
    own.posting.close()
    own = Scene(own.desk, PostingProcess())
    made = list[Connection]()

    def refused() -> tuple[Connection, Connection]:
        if made:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        made.extend(Pipe())
        return made[0], made[1]

    with monkeypatch.context() as patched:
        patched.setattr("daemon.lanes.process.Pipe", refused)
        with pytest.raises(EnvironmentFault, match=r"no process can be started.*Too many open"):
            own.begin()
    assert [end.closed for end in made] == [True, True]
    assert own.work() == 1
    own.posting.close()


def test_a_process_that_gets_no_thread_for_a_lane_ends_at_once(
    own: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = beginning_with(NO_SECOND_LANE, own, tmp_path, monkeypatch)
    with pytest.raises(EnvironmentFault, match=r"lost at its start \(it ended with 1\)"):
        own.begin()
    own.posting.close()
