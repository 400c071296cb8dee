"""The scribe writes files as the daemon itself would, and never outlives it."""

from __future__ import annotations

import errno
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from daemon.delivery.scribe import FEWEST, Scribe, ScribeLost, _Hand, _send
from daemon.safefile import FileFault, open_directory
from tests.daemon.posting_processes import is_alive

MANY = [(f"{number:08}", f"file {number}".encode()) for number in range(FEWEST * 3)]
DAEMON = """
import sys, time
from pathlib import Path
from daemon.delivery.scribe import Scribe
from daemon.safefile import open_directory

scribe, turn = Scribe(), 0
while True:
    with open_directory(Path(sys.argv[1])) as folder:
        scribe.write(folder, [(f"{turn}-{n}", b"x" * 5000) for n in range(200)])
    print(scribe._process.pid, flush=True)
    turn += 1
"""


@pytest.fixture
def scribe() -> Iterator[Scribe]:
    made = Scribe()
    yield made
    made.close()


def contents(folder: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


def test_files_are_written_whole(scribe: Scribe, tmp_path: Path) -> None:
    with open_directory(tmp_path) as folder:
        scribe.write(folder, MANY)
        scribe.write(folder, [("empty", b""), ("large", b"x" * 3_000_000)])
    found = contents(tmp_path)
    assert (found.pop("empty"), len(found.pop("large"))) == (b"", 3_000_000)
    assert found == dict(MANY)
    assert {entry.stat().st_mode & 0o777 for entry in tmp_path.iterdir()} == {0o640}


def test_debris_of_an_earlier_run_is_replaced(scribe: Scribe, tmp_path: Path) -> None:
    (tmp_path / MANY[0][0]).write_bytes(b"half of what it")
    with open_directory(tmp_path) as folder:
        scribe.write(folder, MANY)
    assert contents(tmp_path) == dict(MANY)


def test_the_open_folder_counts_and_not_its_path(scribe: Scribe, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with open_directory(tmp_path / "a") as folder:
        (tmp_path / "a").rename(tmp_path / "b")
        scribe.write(folder, MANY)
    assert contents(tmp_path / "b") == dict(MANY)


def test_what_the_disk_refuses_is_told_with_its_place(scribe: Scribe, tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with open_directory(tmp_path) as folder:
        with pytest.raises(FileFault, match=f"{tmp_path}/taken") as caught:
            scribe.write(folder, [*MANY[:3], ("taken", b"no")])
        assert caught.value.errno in (errno.EISDIR, errno.EPERM)
        scribe.write(folder, MANY)
    assert not list((tmp_path / "taken").iterdir())


def test_one_that_was_killed_is_said_to_be_lost_and_started_anew(
    scribe: Scribe, tmp_path: Path
) -> None:
    with open_directory(tmp_path) as folder:
        scribe.write(folder, MANY[:1])
        assert scribe._process is not None
        scribe._process.kill()
        with pytest.raises(ScribeLost):
            scribe.write(folder, MANY)
        scribe.write(folder, MANY)
    assert contents(tmp_path) == dict(MANY)


def test_an_answer_that_nobody_read_is_no_fault(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    with theirs, ThreadPoolExecutor(1) as pool, open_directory(tmp_path) as folder:
        hand = pool.submit(_Hand(theirs, os.getppid()).work)
        with ours:
            _send(ours, folder, MANY)
            select.select([ours], [], [])
        hand.result(timeout=10)


def test_it_ends_with_a_daemon_that_is_killed_at_work(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DAEMON, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        hand = int(daemon.stdout.readline())
        time.sleep(0.05)
        daemon.kill()
    deadline = time.monotonic() + 10
    while is_alive(hand):
        assert time.monotonic() < deadline, "it still runs"
        time.sleep(0.01)
    count = len(list(tmp_path.iterdir()))
    time.sleep(0.3)
    assert len(list(tmp_path.iterdir())) == count
