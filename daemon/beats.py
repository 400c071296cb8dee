"""When the threads of a service moved last: a service with a stuck part must not look alive.

Who waits for its turn at the ledger isn't stuck, however long that takes: whoever has the turn must
move.
"""

from __future__ import annotations

import threading
from collections.abc import Container

from daemon.clock import Clock


class Beats:
    """Beats of threads; any may call, for itself."""

    def __init__(self, clock: Clock, waiting: Container[int] = ()) -> None:
        """`waiting` holds the idents of the threads that wait for their turn."""
        self._clock = clock
        self._waiting = waiting
        self._at: dict[int, float] = {}

    def beat(self) -> None:
        """Say that the calling thread moved; from the first time on it has to, until it rests."""
        self._at[threading.get_ident()] = self._clock.monotonic()

    def go_on(self) -> None:
        """Say that it moved, if it is one that has to."""
        if threading.get_ident() in self._at:
            self.beat()

    def rest(self) -> None:
        """Say that the calling thread has nothing to do, or ends."""
        self._at.pop(threading.get_ident(), None)

    def slowest_s(self) -> float:
        """Return how long ago the slowest thread moved that has to; 0 where none has."""
        now = self._clock.monotonic()
        # A copy, because threads come and go meanwhile.
        beats = dict(self._at).items()
        return max((now - at for who, at in beats if who not in self._waiting), default=0.0)
