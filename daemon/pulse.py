"""The sign of life that systemd waits for, given while every part of the service moves.

By a thread of its own: the main thread, which watches over the others, waits for its turn at the
ledger like them, and a large file may have it for minutes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from daemon.notify import Notifier

STUCK = 1.5
"""Intervals for which a part may be still: three quarters of what systemd waits, 45 s of 60."""


@dataclass(slots=True)
class Pulse:
    """Tells systemd that the service is alive while what it watches isn't stuck."""

    notifier: Notifier
    slowest_s: Callable[[], float] | None = None
    """Returns how long ago the slowest part moved; None before the first engine runs."""
    _stopping: threading.Event = field(default_factory=threading.Event)

    def run(self, interval_s: float) -> None:
        """Look twice an interval, until it is stopped."""
        while not self._stopping.wait(interval_s / 2):
            if self.slowest_s is not None and self.slowest_s() < STUCK * interval_s:
                self.notifier.alive()

    def stop(self) -> None:
        self._stopping.set()


@contextmanager
def pulsing(notifier: Notifier) -> Iterator[Pulse]:
    """Yield a pulse that beats meanwhile, where systemd watches this process."""
    pulse = Pulse(notifier)
    if notifier.interval_s is None:
        yield pulse
        return
    thread = threading.Thread(target=pulse.run, args=(notifier.interval_s,), name="pulse")
    thread.start()
    try:
        yield pulse
    finally:
        pulse.stop()
        thread.join()
