"""Purges once a day, in slices short enough that whoever calls can feed a watchdog in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date

from daemon.clock import Clock
from daemon.eventlog import Say
from daemon.ledger.retention import Removed, purge
from daemon.ledger.store import Ledger
from daemon.sections import Retention

EVERY_S = 24 * 3600.0
SLICE_S = 0.2


class Purging:
    """The purges of one run of the daemon; the first one begins at once."""

    def __init__(
        self,
        ledger: Ledger,
        kept: Retention,
        clock: Clock,
        say: Say,
        *,
        today: Callable[[], date],
        remove_spool: Callable[[str], object],
    ) -> None:
        self._ledger = ledger
        self._kept = kept
        self._clock = clock
        self._say = say
        self._today = today
        self._remove_spool = remove_spool
        self._next_s = 0.0
        self._steps: Iterator[None] = iter(())

    def go_on(self) -> None:
        """Purge for a moment if something is left to do. Raises EnvironmentFault.

        What a fault cuts short is done by the purge of the next day.
        """
        now = self._clock.monotonic()
        if now >= self._next_s:
            self._next_s = now + EVERY_S
            self._steps = self._purge()
        for _ in self._steps:
            if self._clock.monotonic() >= now + SLICE_S:
                return

    def _purge(self) -> Iterator[None]:
        total = Removed()
        steps = purge(
            self._ledger,
            self._clock.now(),
            self._today(),
            bytes_days=self._kept.bytes_days,
            hashes_days=self._kept.hashes_days,
        )
        for removed in steps:
            for name in removed.spool:
                self._remove_spool(name)
            total += removed
            yield
        if total:
            self._say("purged", **{**asdict(total), "spool": len(total.spool)})
