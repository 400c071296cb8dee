"""When to stop claiming (P10): low disk, low inodes, or more claimed than gets posted.

Files then stay where they are, which loses nothing; the state is said when it begins and when it
is over, and ends by itself.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from daemon.eventlog import Say
from daemon.intake.spool import Spool
from daemon.ledger.claims import ArrivalBook

MOST_UNPOSTED = 10_000
LEAST_INODE_SHARE = 0.05


class Lasting:
    """Conditions that last: each is said once when it begins and once when it ends."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._holding: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def begin(self, key: str, event: str, **fields: object) -> None:
        """Say `event` about `key` unless it holds already."""
        with self._lock:
            is_new = (key, event) not in self._holding
            self._holding.add((key, event))
        if is_new:
            self._say(event, level=None, **fields)

    def end(self, key: str, event: str, over: str) -> bool:
        """Say `over` if `event` held until now, and return whether it did."""
        with self._lock:
            held = (key, event) in self._holding
            self._holding.discard((key, event))
        if held:
            self._say(over, partner=key or None)
        return held


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much may be claimed now."""

    files: int
    free_bytes: int


class Pressure:
    """Watches what claims use up: the spool's volume and the ledger's queue."""

    def __init__(
        self, least_free_bytes: int, book: ArrivalBook, spool: Spool, lasting: Lasting
    ) -> None:
        self._least_free_bytes = least_free_bytes
        self._book = book
        self._spool = spool
        self._lasting = lasting

    def allowance(self) -> Allowance | None:
        """Return what may be claimed now, or None while nothing may. Raises EnvironmentFault."""
        room = self._spool.room()
        low_disk = room.free_bytes < self._least_free_bytes
        low_inodes = room.free_inode_share < LEAST_INODE_SHARE
        unposted = self._book.unposted()
        is_full = unposted > MOST_UNPOSTED
        self._tell("low_disk", holds=low_disk, free_bytes=room.free_bytes)
        self._tell("low_inodes", holds=low_inodes, free_inodes=room.free_inodes)
        self._tell("queue_full", holds=is_full, unposted=unposted)
        if low_disk or low_inodes or is_full:
            return None
        return Allowance(MOST_UNPOSTED + 1 - unposted, room.free_bytes)

    def _tell(self, condition: str, *, holds: bool, **figures: int) -> None:
        if holds:
            self._lasting.begin("", f"{condition}_paused", **figures)
        else:
            self._lasting.end("", f"{condition}_paused", f"{condition}_over")
