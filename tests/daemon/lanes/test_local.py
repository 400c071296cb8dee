"""Lanes work one partner at a time, in order, and let nobody wait for another's trouble."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO

import pytest

from daemon.beats import Beats
from daemon.clock import SystemClock
from daemon.errors import EnvironmentFault
from daemon.eventlog import EventLog
from daemon.lanes.local import LocalLanes


@dataclass
class Works:
    """Work that tests hold up and let fail, and what was seen of it."""

    done: list[str] = field(default_factory=list)
    faults: dict[str, Exception] = field(default_factory=dict)
    gates: dict[str, threading.Event] = field(default_factory=dict)
    at_once: dict[str, int] = field(default_factory=dict)
    most: int = 0
    wakes: int = 0
    beats: Beats = field(default_factory=lambda: Beats(SystemClock()))

    def __call__(self, partner: str) -> int:
        self.at_once[partner] = self.at_once.get(partner, 0) + 1
        self.most = max(self.most, self.at_once[partner])
        try:
            if gate := self.gates.get(partner):
                assert gate.wait(10)
            if fault := self.faults.get(partner):
                raise fault
            self.done.append(partner)
            return 0
        finally:
            self.at_once[partner] -= 1

    def after(self) -> None:
        self.wakes += 1


@contextmanager
def lanes(works: Works, threads: int = 2) -> Iterator[LocalLanes]:
    say = EventLog(StringIO(), pretty=False)
    made = LocalLanes(works, works.after, SystemClock(), say, works.beats, threads=threads)
    made.start()
    try:
        yield made
    finally:
        for gate in works.gates.values():
            gate.set()
        made.stop()


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_woken_partners_are_worked_on_and_delivery_is_told() -> None:
    works = Works()
    with lanes(works) as made:
        made.wake("bloom")
        made.wake("florsol")
        until(lambda: sorted(works.done) == ["bloom", "florsol"] and works.wakes == 2)
        until(lambda: made.is_idle)


def test_a_partner_is_never_worked_on_twice_at_once_and_no_wake_is_lost() -> None:
    works = Works(gates={"bloom": threading.Event()})
    with lanes(works) as made:
        made.wake("bloom")
        until(lambda: works.at_once.get("bloom") == 1)
        for _ in range(5):
            made.wake("bloom")
        works.gates["bloom"].set()
        until(lambda: works.done == ["bloom", "bloom"] and made.is_idle)
    assert (works.most, works.done) == (1, ["bloom", "bloom"])


def test_a_slow_partner_delays_nobody_else() -> None:
    works = Works(gates={"slow": threading.Event()})
    with lanes(works) as made:
        made.wake("slow")
        for name in ("a", "b", "c"):
            made.wake(name)
        until(lambda: works.done == ["a", "b", "c"])
        assert not made.is_idle


def test_a_partner_with_a_fault_of_ours_rests_and_the_others_go_on() -> None:
    works = Works(faults={"bloom": EnvironmentFault("disk full")})
    with lanes(works) as made:
        made.wake("bloom")
        until(lambda: works.wakes == 1)
        made.wake("bloom")
        made.wake("florsol")
        until(lambda: works.done == ["florsol"])
        works.faults.clear()
        while "bloom" not in works.done:
            made.wake("bloom")
            time.sleep(0.01)


def test_stopping_lets_the_work_at_hand_end_and_begins_no_other() -> None:
    works = Works(gates={"bloom": threading.Event()})
    with lanes(works, threads=1) as made:
        made.wake("bloom")
        until(lambda: works.at_once.get("bloom") == 1)
        made.wake("florsol")
        stopping = threading.Thread(target=made.stop)
        stopping.start()
        assert not made.is_stopped
        works.gates["bloom"].set()
        stopping.join(10)
        assert made.is_stopped
    assert works.done == ["bloom"]


def test_how_long_the_slowest_lane_has_not_moved_is_known() -> None:
    works = Works(gates={"bloom": threading.Event()})
    with lanes(works) as made:
        assert works.beats.slowest_s() == 0
        made.wake("bloom")
        until(lambda: works.beats.slowest_s() > 0.01)
        works.gates["bloom"].set()
        until(lambda: works.beats.slowest_s() == 0)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_ends_a_lane_is_kept_for_the_engine_to_end_with() -> None:
    works = Works(faults={"bloom": RuntimeError("a bug outside any file")})
    with lanes(works) as made:
        assert made.failed is None
        made.wake("bloom")
        until(lambda: made.failed is not None)
        assert str(made.failed) == "a bug outside any file"
