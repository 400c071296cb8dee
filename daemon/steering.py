"""The signals that steer the service, heard from its first moment to its last, in every wait.

SIGTERM and SIGINT ask it to stop, SIGHUP to read its configuration again. A storm of them is one
after another; none of them ends the process by itself.
"""

from __future__ import annotations

import queue
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class StopAsked(Exception):
    """The service was asked to stop while it waited for something at its start."""

    def __init__(self, by: signal.Signals) -> None:
        super().__init__(by.name)
        self.by = by


class Steering:
    """The signals that have arrived and were not acted on yet."""

    def __init__(self) -> None:
        self._arrived: queue.SimpleQueue[signal.Signals] = queue.SimpleQueue()
        self._stop: signal.Signals | None = None

    def note(self, number: int, _frame: FrameType | None = None) -> None:
        """Take in a signal; the handler of all of them."""
        arrived = signal.Signals(number)
        if arrived is not signal.SIGHUP:
            self._stop = arrived
        self._arrived.put(arrived)

    def next(self, within_s: float) -> signal.Signals | None:
        """Return the next signal as soon as it is there; None where none came within `within_s`."""
        try:
            return self._arrived.get(timeout=within_s)
        except queue.Empty:
            return None

    def pause(self, length_s: float) -> None:
        """Sleep, for waits that only a stop ends: StopAsked, also for one asked for before.

        A SIGHUP is kept for `next`.
        """
        if self._stop is None:
            time.sleep(length_s)
        if self._stop is not None:
            raise StopAsked(self._stop)


@contextmanager
def steered() -> Iterator[Steering]:
    """Collect the signals of this process; call it in its main thread."""
    steering = Steering()
    before = {number: signal.signal(number, steering.note) for number in SIGNALS}
    try:
        yield steering
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
