"""Lanes: which partner's work runs where. One lane a partner, in order; a bounded pool of threads.

A partner is never drained by two threads at once, one that waits never has two places in the queue,
and one whose work fails for a reason of ours is tried again later while the others go on (P8, P9).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from daemon.beats import Beats
from daemon.clock import Clock
from daemon.errors import EnvironmentFault
from daemon.eventlog import Say

FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 300.0


@dataclass(slots=True)
class _Lane:
    """One partner's place: waiting, at work, woken while at work, or resting after a fault."""

    is_queued: bool = False
    is_busy: bool = False
    is_woken: bool = False
    rests_until_s: float = 0.0
    pause_s: float = 0.0


@dataclass(slots=True)
class LocalLanes:
    """Runs `work(partner)` for woken partners on a few threads of this process."""

    work: Callable[[str], int]
    """Does a bounded piece of a partner's work; returns 0 when it has none left."""
    after: Callable[[], None]
    """Called when a partner's work is done, to let delivery begin."""
    clock: Clock
    say: Say
    beats: Beats
    threads: int = 2
    _lanes: dict[str, _Lane] = field(default_factory=dict)
    _queue: deque[str] = field(default_factory=deque)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _workers: list[threading.Thread] = field(default_factory=list)
    _is_stopping: bool = False
    _is_stopped: bool = False
    failed: BaseException | None = None
    """What ended a lane; a service with a dead lane must not look alive."""

    def start(self) -> None:
        for number in range(self.threads):
            worker = threading.Thread(target=self._run, args=(number,), name=f"lane-{number}")
            worker.start()
            self._workers.append(worker)

    def stop(self) -> None:
        """Let every lane finish the transaction it is in, and end."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        for worker in self._workers:
            worker.join()
        self._is_stopped = True

    @property
    def is_stopped(self) -> bool:
        """Whether every lane has ended: nothing more will be posted."""
        return self._is_stopped

    def wake(self, partner: str) -> None:
        """Ask for `partner` to be drained; harmless when it has nothing."""
        with self._changed:
            lane = self._lanes.setdefault(partner, _Lane())
            if lane.is_busy:
                lane.is_woken = True
            elif not lane.is_queued and self.clock.monotonic() >= lane.rests_until_s:
                lane.is_queued = True
                self._queue.append(partner)
                self._changed.notify()

    @property
    def is_idle(self) -> bool:
        with self._changed:
            return not self._queue and not any(lane.is_busy for lane in self._lanes.values())

    def _run(self, _number: int) -> None:
        while (partner := self._next()) is not None:
            self.beats.beat()
            has_more = False
            try:
                # One batch a turn: partners that never stop dropping share the lanes with the rest,
                # and a stop waits for a transaction, not for a queue.
                has_more = self.work(partner) > 0
                self._lanes[partner].pause_s = 0.0
            except EnvironmentFault as fault:
                self._rest(partner, fault)
            except BaseException as error:
                self.failed = error
                raise
            finally:
                self.beats.rest()
                self._done(partner, has_more=has_more)
            self.after()

    def _next(self) -> str | None:
        with self._changed:
            while not self._queue and not self._is_stopping:
                self._changed.wait()
            if self._is_stopping:
                return None
            partner = self._queue.popleft()
            lane = self._lanes[partner]
            lane.is_queued, lane.is_busy, lane.is_woken = False, True, False
            return partner

    def _rest(self, partner: str, fault: EnvironmentFault) -> None:
        lane = self._lanes[partner]
        lane.pause_s = min(lane.pause_s * 2, LONGEST_RETRY_S) if lane.pause_s else FIRST_RETRY_S
        lane.rests_until_s = self.clock.monotonic() + lane.pause_s
        self.say("lane_fault", partner=partner, reason=str(fault), retry_s=lane.pause_s)

    def _done(self, partner: str, *, has_more: bool) -> None:
        with self._changed:
            lane = self._lanes[partner]
            lane.is_busy = False
            if (lane.is_woken or has_more) and lane.rests_until_s <= self.clock.monotonic():
                lane.is_queued = True
                self._queue.append(partner)
                self._changed.notify()
