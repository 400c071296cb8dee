"""systemd hears that the service is alive while it works, and no longer once a part is stuck."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from daemon.beats import Beats
from daemon.clock import SystemClock
from daemon.notify import Notifier
from daemon.pulse import pulsing
from tests.bench.material import BUYER, Setting, big_order_file, write_site
from tests.daemon.running import running
from tests.daemon.sites import drop
from tests.daemon.today import TODAY

WATCHED_S = 4.0
LARGE_BYTES = 12_000_000
"""An interchange of some twelve thousand orders: many times what systemd waits here."""


@contextmanager
def heard(folder: Path) -> Iterator[tuple[str, list[float]]]:
    """Yield the address that notices go to, and when each sign of life came, as they come."""
    address, at = str(folder / "notify"), list[float]()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(address)
        stopping = threading.Event()
        listener.settimeout(0.1)

        def listen() -> None:
            while not stopping.is_set():
                try:
                    said = listener.recv(4096)
                except TimeoutError:
                    continue
                if b"WATCHDOG=1" in said:
                    at.append(time.monotonic())

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield address, at
        finally:
            stopping.set()
            thread.join()


@pytest.mark.slow
def test_a_file_that_takes_long_to_post_does_not_make_the_service_look_dead(tmp_path: Path) -> None:
    root = tmp_path / "site"
    write_site(root, Setting.TECHNICAL)
    with heard(tmp_path) as (address, alive):
        env = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": str(int(WATCHED_S * 1e6))}
        with running(root, env=env) as daemon:
            began = time.monotonic()
            drop(root, BUYER, "large.edi", big_order_file(LARGE_BYTES, TODAY))
            # Who comes meanwhile waits for its turn, and so does what time makes due.
            daemon.wait_said("file_claimed")
            drop(root, BUYER, "next.edi", big_order_file(2_000, TODAY))
            daemon.wait_said('"posted"', within_s=100)
            ended = time.monotonic()
    during = [at for at in alive if began <= at <= ended]
    gaps = [later - at for at, later in itertools.pairwise([began, *during, ended])]
    assert ended - began > 1.5 * WATCHED_S, "it was over too soon to tell"
    assert max(gaps) < WATCHED_S


def test_a_part_that_is_stuck_silences_it(tmp_path: Path) -> None:
    clock, works, stuck = SystemClock(), threading.Event(), threading.Event()
    beats = Beats(clock)

    def part() -> None:
        while not stuck.is_set():
            beats.beat()
            time.sleep(0.01)
        works.wait(20)
        beats.rest()

    thread = threading.Thread(target=part)
    thread.start()
    with heard(tmp_path) as (address, alive), pulsing(Notifier(address, 0.2)) as pulse:
        pulse.slowest_s = beats.slowest_s
        _until(lambda: len(alive) > 3)
        stuck.set()
        time.sleep(0.5)
        count = len(alive)
        time.sleep(0.5)
        assert len(alive) == count
        works.set()
        _until(lambda: len(alive) > count)
    thread.join()


def _until(what: Callable[[], bool], within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)
