"""Which files are whole because whoever wrote them said so: the embedded server heard their CLOSE.

It is only a hint: a restart forgets it, which costs a partner the waiting time that was agreed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from daemon.safefile import Identity

MOST = 20_000
"""More than a look ever takes; the oldest go first."""


class Closings:
    """Files that were closed whole; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[int, int], tuple[int, int]] = OrderedDict()

    def note(self, identity: Identity) -> None:
        """Remember a file; said before it gets its name, so that no look comes between."""
        with self._lock:
            self._known[_inode(identity)] = _content(identity)
            if len(self._known) > MOST:
                self._known.popitem(last=False)

    def has(self, identity: Identity) -> bool:
        """Say whether this file was closed whole and is what it was then."""
        with self._lock:
            return self._known.get(_inode(identity)) == _content(identity)

    def forget(self, identity: Identity) -> None:
        """Drop a file that is claimed; its inode will be another's."""
        with self._lock:
            self._known.pop(_inode(identity), None)


def _inode(identity: Identity) -> tuple[int, int]:
    return identity.dev, identity.ino


def _content(identity: Identity) -> tuple[int, int]:
    # Not the change time, which a rename moves; a rename leaves the file whole.
    return identity.size, identity.mtime_ns
