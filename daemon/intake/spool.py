"""The spool: durable copies of large arrivals, each under a name made of our own ids.

`tmp` holds copies being made, `data` the finished ones. A name is a function of the claim, so a
copy that is made again after a crash replaces itself.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from daemon.errors import EnvironmentFault
from daemon.safefile import (
    Directory,
    Room,
    make_directories,
    open_directory,
    rename,
    room,
    sync_directory,
    unlink,
    write_durable,
)


class Spool:
    """The spool folder of a site, open; safe to share between threads.

    Once it is closed, everything else is an EnvironmentFault. What is at work then goes on: the
    folders stay open until it has ended, and so it never meets others that were opened meanwhile.
    """

    def __init__(self, folder: Path) -> None:
        """Open the spool in `folder`, made where it is missing."""
        for part in ("tmp", "data"):
            make_directories(folder / part)
        self._tmp: Directory = open_directory(folder / "tmp")
        self._data: Directory = open_directory(folder / "data")
        self._guard = threading.Lock()
        self._users = 1
        """Those at work, and one for whoever opened it."""
        self._is_closed = False

    def close(self) -> None:
        with self._guard:
            if self._is_closed:
                return
            self._is_closed = True
        self._let_go()

    def _let_go(self) -> None:
        with self._guard:
            self._users -= 1
            is_last = not self._users
        if is_last:
            self._tmp.close()
            self._data.close()

    @contextmanager
    def _used(self) -> Iterator[None]:
        with self._guard:
            if self._is_closed:
                raise EnvironmentFault("the spool is closed; nothing more is put there")
            self._users += 1
        try:
            yield
        finally:
            self._let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def draft(self, key: str, chunks: Iterable[bytes]) -> None:
        """Copy `chunks` to a flushed draft (step C3); no draft is left on failure."""
        with self._used():
            write_durable(self._tmp, key, chunks)

    def keep(self, key: str, name: str) -> None:
        """Give the draft `key` its name among the finished copies, durably (step C4)."""
        with self._used():
            rename(self._tmp, key, self._data, name)

    def discard(self, key: str) -> None:
        """Remove the draft `key`: its source changed while it was copied."""
        with self._used():
            unlink(self._tmp, key)

    def remove(self, name: str) -> bool:
        """Remove a finished copy that is archived or past its time; False if it was gone."""
        with self._used():
            return unlink(self._data, name)

    def path(self, name: str) -> Path:
        """Return where the finished copy `name` lies, for reading."""
        return self._data.path / name

    def room(self) -> Room:
        """Return what the spool's volume has left."""
        with self._used():
            return room(self._data)

    def recover(self, known: set[str]) -> int:
        """Remove drafts, and copies that no arrival refers to; return how many.

        Both are debris of a crash before acceptance: the partner's file is still in the inbox.
        """
        with self._used():
            drafts = os.listdir(self._tmp.fd)
            orphans = [name for name in os.listdir(self._data.fd) if name not in known]
            removed = sum(unlink(self._tmp, name) for name in drafts)
            removed += sum(unlink(self._data, name) for name in orphans)
            if removed:
                sync_directory(self._tmp)
                sync_directory(self._data)
            return removed
