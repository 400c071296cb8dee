"""Ballast: room on the ledger's volume that is given up when nothing else is left (P10).

Claims stop long before a disk is full, but others write to it as well, and what is claimed already
must still be posted and delivered: without room for a commit not even that something failed could
be recorded. So a file of our own keeps some, is removed once the disk is as good as full, and is
made again once there is room for it beside what claims leave free.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from daemon import safefile
from daemon.config import Configuration
from daemon.errors import EnvironmentFault
from daemon.eventlog import Level, Say
from daemon.ledger.store import Ledger
from daemon.safefile import Directory, Room

NAME = "ballast"
MOST_BYTES = 64 << 20
SHARE = 16
"""The ballast is this part of what claims leave free; a site that leaves nothing has none."""
_CHUNK = 1 << 20


class Ballast:
    """The ballast of one site."""

    def __init__(
        self,
        folder: Path,
        least_free_bytes: int,
        say: Say,
        *,
        room: Callable[[Directory], Room] = safefile.room,
    ) -> None:
        """Keep it in `folder`; claims stop at `least_free_bytes` of free disk."""
        self._folder = folder
        self._least_free_bytes = least_free_bytes
        self.size_bytes = min(MOST_BYTES, least_free_bytes // SHARE)
        self._say = say
        self._room = room
        self._is_refused = False

    def look(self) -> None:
        """Give the ballast up or make it again, as the disk asks for; never fails.

        To make it takes as long as writing it; it is made once, and again after each time that it
        was needed. Where it can't be made (a quota) it is not tried again by this run.
        """
        if not self.size_bytes:
            return
        # A folder that can't be read is said by all that work in it.
        with suppress(EnvironmentFault), safefile.open_directory(self._folder) as folder:
            free_bytes = self._room(folder).free_bytes
            is_there = _size(folder) == self.size_bytes
            if free_bytes < self.size_bytes // 4:
                if safefile.unlink(folder, NAME):
                    safefile.sync_directory(folder)
                    self._say(
                        "ballast_released",
                        level=Level.ALARM,
                        free_bytes=free_bytes,
                        size_bytes=self.size_bytes,
                        advice="free space on this volume; the last reserve is in use",
                    )
            elif not is_there and free_bytes >= self._least_free_bytes + self.size_bytes:
                self._make(folder)

    def _make(self, folder: Directory) -> None:
        if self._is_refused:
            return
        draft = f".{NAME}.new"
        try:
            safefile.write_durable(folder, draft, _noise(self.size_bytes))
            safefile.rename(folder, draft, folder, NAME)
        except EnvironmentFault as fault:
            self._is_refused = True
            with suppress(EnvironmentFault):
                safefile.unlink(folder, draft)
            self._say("ballast_fault", reason=str(fault))
            return
        self._say("ballast_made", level=Level.DEBUG, size_bytes=self.size_bytes)


def ballast_of(site: Configuration, ledger: Ledger, say: Say) -> Ballast:
    """Return the ballast on the ledger's volume; on the state's where its database is a server."""
    file = ledger.engine.url.database if ledger.is_sqlite else None
    return Ballast(Path(file).parent if file else site.state, site.intake.free_bytes, say)


def _size(folder: Directory) -> int:
    try:
        return os.stat(NAME, dir_fd=folder.fd, follow_symlinks=False).st_size
    except OSError:
        return -1


def _noise(size_bytes: int) -> Iterator[bytes]:
    """Yield bytes that no file system can keep in less room than they have; zeros it would."""
    for start in range(0, size_bytes, _CHUNK):
        yield os.urandom(min(_CHUNK, size_bytes - start))
