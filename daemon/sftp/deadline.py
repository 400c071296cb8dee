"""A connection whose peer falls silent is closed, whatever call waits for it.

The SSH library has calls without a time limit (a send to a full socket, the opening of a
subsystem). Closing the connection from a second thread ends every one of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from daemon.clock import Clock

_TICK_SHARE = 8
_LONGEST_TICK_S = 1.0


class Deadline:
    """Calls `give_up` once, from a thread of its own, when an armed limit passes."""

    def __init__(self, clock: Clock, limit_s: float, give_up: Callable[[], None]) -> None:
        self._clock = clock
        self._limit_s = limit_s
        self._give_up = give_up
        self._at: float | None = None
        self._ended = threading.Event()
        self.has_passed = False
        self.moved_at = clock.monotonic()

    def start(self, name: str) -> None:
        threading.Thread(target=self._watch, name=name, daemon=True).start()

    def arm(self) -> None:
        """Begin, or begin anew: something moved, and the next thing has the whole limit."""
        self.moved_at = self._clock.monotonic()
        self._at = self.moved_at + self._limit_s

    def rest(self) -> None:
        """Nothing is awaited."""
        self._at = None

    def end(self) -> None:
        self._at = None
        self._ended.set()

    def _watch(self) -> None:
        tick_s = min(_LONGEST_TICK_S, self._limit_s / _TICK_SHARE)
        while not self._ended.wait(tick_s):
            at = self._at
            if at is not None and self._clock.monotonic() >= at:
                self.has_passed = True
                self._give_up()
                return
