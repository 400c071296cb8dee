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


class Limit:
    """One thing that a peer owes an answer to; its thread arms it, the deadline's looks at it."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self.at: float | None = None

    @property
    def has_passed(self) -> bool:
        return self._deadline.has_passed

    def arm(self) -> None:
        """Begin, or begin anew: something moved, and the next thing has the whole limit."""
        self.at = self._deadline.moved()

    def rest(self) -> None:
        """Nothing is awaited."""
        self.at = None


class Deadline:
    """Calls `give_up` once, from a thread of its own, when one of the armed limits passes."""

    def __init__(self, clock: Clock, limit_s: float, give_up: Callable[[], None]) -> None:
        self._clock = clock
        self._limit_s = limit_s
        self._give_up = give_up
        self._limits: tuple[Limit, ...] = ()
        self._ended = threading.Event()
        self.has_passed = False
        self.moved_at = clock.monotonic()

    def start(self, name: str) -> None:
        threading.Thread(target=self._watch, name=name, daemon=True).start()

    def limit(self) -> Limit:
        """Return another limit of the same connection, at rest; what rests beside it is no matter.

        Called by the thread that has the connection; no two at once.
        """
        made = Limit(self)
        self._limits = (*self._limits, made)
        return made

    def forget(self, limit: Limit) -> None:
        """Look at `limit` no longer."""
        self._limits = tuple(known for known in self._limits if known is not limit)

    def moved(self) -> float:
        """Note that the peer moved now; return until when it has to move again."""
        self.moved_at = self._clock.monotonic()
        return self.moved_at + self._limit_s

    def end(self) -> None:
        self._limits = ()
        self._ended.set()

    def _watch(self) -> None:
        tick_s = min(_LONGEST_TICK_S, self._limit_s / _TICK_SHARE)
        while not self._ended.wait(tick_s):
            now = self._clock.monotonic()
            if any(limit.at is not None and now >= limit.at for limit in self._limits):
                self.has_passed = True
                self._give_up()
                return
