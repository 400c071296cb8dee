"""Turns: one thread at a time, in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class TakesTurns(Protocol):
    """What lets one writer at a time through."""

    def taken(self) -> AbstractContextManager[None]: ...


class Waits:
    """Which threads wait for their turn."""

    def __init__(self) -> None:
        self._idents: set[int] = set()

    def __contains__(self, ident: object) -> bool:
        return ident in self._idents

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note that the calling thread waits while it is inside."""
        ident = threading.get_ident()
        self._idents.add(ident)
        try:
            yield
        finally:
            self._idents.discard(ident)


class Turns:
    """A lock that goes to the thread that has waited longest.

    SQLite lets a second writer sleep and try again, so that a lane which begins its next posting at
    once would keep delivery out until it has nothing left to post. It still does so between
    processes, but for the one that posts, whose lanes ask the daemon for theirs. On PostgreSQL it
    is the turn to wait, with a connection, until no other posting is under way.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn, have it while inside, and hand it to the next one."""
        self._take()
        try:
            yield
        finally:
            self._hand_on()

    def _take(self) -> None:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        # Whoever has the turn opens the lock, and the turn is ours without having been free.
        mine.acquire()

    def _hand_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False
