"""What one partner's inbox may hold, in bytes and files, and whether the volume has room at all."""

from __future__ import annotations

import os
import threading
from contextlib import suppress

from daemon import safefile
from daemon.clock import Clock
from daemon.config import Configuration
from daemon.sftp.jail import Box, Jail, Refused
from daemon.sftp.numbers import Code

FRESH_S = 2.0
"""A count of the inbox is good for this long; what comes in between is added to it."""
SOON_S = 0.25
"""Before refusing it is counted anew, but not more often than this."""


class Quota:
    """Counts one inbox, whole files and drafts alike. Safe to use from several threads."""

    def __init__(self, site: Configuration, jail: Jail, clock: Clock) -> None:
        self.obey(site)
        self._jail = jail
        self._clock = clock
        self._lock = threading.Lock()
        self._counted_at: float | None = None
        self._files = 0
        self._bytes = 0
        self._free = 0

    def obey(self, site: Configuration) -> None:
        """Take the limits of `site`."""
        self._settings = site.sftp_server
        self._free_bytes = site.intake.free_bytes

    def check_one_more(self) -> None:
        """Raise Refused if no further file may come."""
        with self._lock:
            self._count(FRESH_S)
            if self._files >= self._settings.quota_files or self._is_full(0):
                self._count(SOON_S)
            if self._files >= self._settings.quota_files:
                raise Refused(
                    Code.FAILURE,
                    f"{self._files} files wait in the inbox already; try again when some are taken",
                    is_notable=True,
                )
            self._check_full(0)
            self._files += 1

    def take(self, more_bytes: int) -> None:
        """Count bytes to come; raise Refused if they are too many."""
        with self._lock:
            self._count(FRESH_S)
            if self._is_full(more_bytes):
                self._count(SOON_S)
            self._check_full(more_bytes)
            self._bytes += more_bytes
            self._free -= more_bytes

    def _is_full(self, more_bytes: int) -> bool:
        return (
            self._bytes + more_bytes > self._settings.quota_bytes
            or self._free - more_bytes < self._free_bytes
        )

    def _check_full(self, more_bytes: int) -> None:
        if self._bytes + more_bytes > self._settings.quota_bytes:
            raise Refused(
                Code.FAILURE,
                f"the inbox would hold more than {self._settings.quota_bytes} bytes;"
                " try again when some are taken",
                is_notable=True,
            )
        if self._free - more_bytes < self._free_bytes:
            raise Refused(Code.FAILURE, "the server's disk is full; try again later")

    def _count(self, age_s: float) -> None:
        now = self._clock.monotonic()
        if self._counted_at is not None and now - self._counted_at < age_s:
            return
        files = total = 0
        with self._jail.open(Box.INBOX) as folder:
            with os.scandir(folder.fd) as found:
                for entry in found:
                    with suppress(FileNotFoundError):
                        if entry.is_file(follow_symlinks=False):
                            files += 1
                            total += entry.stat(follow_symlinks=False).st_size
            self._free = safefile.room(folder).free_bytes
        self._files, self._bytes, self._counted_at = files, total, now
