"""What a client holds open: an upload, a file of the outbox, a listing.

A handle ends in one of two ways. `close` is the client's word that it is done, and for an upload
the only thing that publishes it; `abandon` is everything else.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import FileIO
from itertools import islice
from typing import Protocol

from daemon import safefile
from daemon.safefile import Directory, FileFault
from daemon.sftp.jail import Refused
from daemon.sftp.numbers import Code
from daemon.sftp.server_wire import MAX_DATA, Attributes, Entry

LISTED_AT_ONCE = 100
MOST_GAPS = 256
"""Stretches not sent yet that an upload may have; clients that write in any order have a few."""
_DRAFT_MODE = stat.S_IFREG | 0o600


class Handle(Protocol):
    """What every open thing can do."""

    def close(self) -> None:
        """End it on the client's word; Refused says what went wrong."""

    def abandon(self) -> None:
        """End it without the client's word; never raises."""

    def stat(self) -> Attributes: ...


@dataclass(slots=True)
class Reading:
    """A file of the outbox."""

    name: bytes
    fd: int
    attributes: Attributes
    read_bytes: int = 0

    def read(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes; nothing at the end."""
        if offset >= 1 << 63:
            return b""
        try:
            content = os.pread(self.fd, min(length, MAX_DATA), offset)
        except OSError as error:
            raise Refused(Code.FAILURE, "the file can't be read now; try again") from error
        self.read_bytes += len(content)
        return content

    def stat(self) -> Attributes:
        return self.attributes

    def close(self) -> None:
        os.close(self.fd)

    def abandon(self) -> None:
        os.close(self.fd)


@dataclass(slots=True)
class Listing:
    """A folder being listed, a hundred names at a time, so that no list is too long."""

    entries: Iterator[Entry]
    attributes: Attributes

    def next(self) -> list[Entry]:
        return list(islice(self.entries, LISTED_AT_ONCE))

    def stat(self) -> Attributes:
        return self.attributes

    def close(self) -> None:
        close = getattr(self.entries, "close", None)
        if close is not None:
            close()

    def abandon(self) -> None:
        self.close()


class Owner:
    """Who writes a draft; a client that comes back takes it over from its own dead session."""


@dataclass(slots=True)
class Draft:
    """The hidden file that an upload writes to, and what of it has arrived."""

    name: bytes
    """The name that the partner gave."""
    hidden: str
    folder: Directory
    file: FileIO
    owner: Owner
    size: int = 0
    gaps: list[tuple[int, int]] = field(default_factory=list)
    failure: str = ""
    is_copy: bool = False
    """Begun from a file that stands in the inbox, and nothing written since."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, offset: int, content: bytes) -> None:
        """Write at `offset`; the caller holds the lock. Raises FileFault."""
        try:
            self.file.seek(offset)
            view = memoryview(content)
            while view:
                view = view[self.file.write(view) or 0 :]
        except OSError as error:
            raise safefile.fault("write", "an upload", error) from error
        self._note(offset, offset + len(content))
        self.is_copy = False

    def _note(self, start: int, end: int) -> None:
        if start > self.size:
            self.gaps.append((self.size, start))
        elif self.gaps and start < self.size:
            self.gaps = [piece for gap in self.gaps for piece in _without(gap, start, end)]
        self.size = max(self.size, end)

    def cut(self, size: int) -> None:
        """Make the draft `size` bytes long; the caller holds the lock. Raises FileFault."""
        try:
            self.file.truncate(size)
        except OSError as error:
            raise safefile.fault("cut", "an upload", error) from error
        if size > self.size:
            self.gaps.append((self.size, size))
        self.gaps = [(a, min(b, size)) for a, b in self.gaps if a < size]
        self.size = size
        self.is_copy = False

    @property
    def whole_bytes(self) -> int:
        """How much of it is there from the beginning without a gap."""
        return min((start for start, _ in self.gaps), default=self.size)

    def attributes(self) -> Attributes:
        return Attributes(self.size, _DRAFT_MODE, int(os.fstat(self.file.fileno()).st_mtime))

    def close(self) -> None:
        """Close the file. Raises FileFault: a network volume may refuse only now what was sent."""
        try:
            self.file.close()
        except OSError as error:
            raise safefile.fault("close", "an upload", error) from error

    def drop(self) -> None:
        """Close it and take the hidden file away, as far as that is possible."""
        with suppress(FileFault):
            self.close()
        with suppress(FileFault):
            # What stays is debris; the sweep takes it.
            safefile.unlink(self.folder, self.hidden)


class Publisher(Protocol):
    """Where drafts go in the end. Each is called with the draft's lock held."""

    def check_room(self, draft: Draft, end: int) -> None:
        """Raise Refused if the draft may not become `end` bytes long."""

    def publish(self, draft: Draft) -> None:
        """Give it its name, durably; on failure nothing is left of it."""

    def broken(self, draft: Draft) -> None:
        """Keep what can be gone on from; never raises."""


class Writing:
    """One client's hold on a draft."""

    def __init__(
        self, publisher: Publisher, draft: Draft, owner: Owner, *, is_appending: bool
    ) -> None:
        self._publisher = publisher
        self._draft = draft
        self._owner = owner
        self._is_appending = is_appending

    @property
    def size(self) -> int:
        return self._draft.size

    def write(self, offset: int, content: bytes) -> None:
        """Write at `offset`, or at the end of a handle opened to append; raises Refused."""
        draft = self._draft
        with draft.lock:
            self._check_owner()
            at = draft.size if self._is_appending else offset
            try:
                self._publisher.check_room(draft, at + len(content))
                draft.write(at, content)
                if len(draft.gaps) > MOST_GAPS:
                    raise Refused(Code.FAILURE, "too many stretches were left out; send in order")
            except (Refused, FileFault) as error:
                # Whatever the client does next, this upload can't be whole any more.
                draft.failure = str(error)
                raise

    def cut(self, size: int) -> None:
        draft = self._draft
        with draft.lock:
            self._check_owner()
            self._publisher.check_room(draft, size)
            draft.cut(size)

    def flush(self) -> None:
        """Answer fsync@openssh.com."""
        with self._draft.lock:
            self._check_owner()
            safefile.flush(self._draft.file)

    def read(self, offset: int, length: int) -> bytes:
        """Return what was written; some clients open for reading too."""
        with self._draft.lock:
            self._check_owner()
            if offset >= self._draft.size:
                return b""
            return os.pread(self._draft.file.fileno(), min(length, MAX_DATA), offset)

    def stat(self) -> Attributes:
        with self._draft.lock:
            self._check_owner()
            return self._draft.attributes()

    def close(self) -> None:
        with self._draft.lock:
            self._check_owner()
            self._draft.owner = Owner()
            self._publisher.publish(self._draft)

    def abandon(self) -> None:
        with self._draft.lock:
            if self._draft.owner is self._owner:
                self._draft.owner = Owner()
                self._publisher.broken(self._draft)

    def _check_owner(self) -> None:
        if self._draft.owner is not self._owner:
            raise Refused(Code.FAILURE, "another session goes on with this upload")


def _without(gap: tuple[int, int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what is left of `gap` when `start` to `end` is filled."""
    if gap[0] < min(start, gap[1]):
        yield gap[0], min(start, gap[1])
    if max(end, gap[0]) < gap[1]:
        yield max(end, gap[0]), gap[1]
