"""Fetch files from a partner's server: whole and unchanged, or not at all.

Small files come many at a time into memory; a large one goes to the spool, and when the connection
breaks it goes on where it was, if the file still is the same. What a file was when it was listed is
what it must be after its last byte was read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from daemon.intake.claim import INLINE_BYTES
from daemon.intake.looks import Due
from daemon.intake.scan import Seen
from daemon.sftp import protocol
from daemon.sftp.crew import Flow
from daemon.sftp.faults import HostKeyFault, LoginFault, RemoteFault, RemoteRefusal
from daemon.sftp.numbers import OpenFlag
from daemon.sftp.protocol import Attributes, Reply
from daemon.sftp.session import Session
from daemon.sftp.wire import Wire
from formats.identify import HEAD_BYTES, Completeness, completeness

FRUITLESS_TRIES = 6
"""Connections in a row that bring a large file no further; then it begins anew, later."""
LONGEST_PAUSE_S = 30.0
NS = 1_000_000_000

Pause = Callable[[float], None]
"""Waits some seconds, or less when the service is to stop."""


class Changed(Exception):
    """The file is no longer what was listed, or gone: nothing of it is used."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was read of one file; `data` is None for a large one, of which only the ends were."""

    due: Due
    data: bytes | None
    shown: Completeness


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The server doesn't give us this file; others it does."""

    due: Due
    refusal: RemoteRefusal


Taken = Fetched | Unreadable | None
"""None: it changed or vanished meanwhile; the next look judges it anew."""


def is_large(seen: Seen) -> bool:
    """Say whether a file goes to the spool rather than into the ledger."""
    return seen.identity.size > INLINE_BYTES


def is_same(found: Attributes, seen: Seen) -> bool:
    """Say whether a file still is what was listed. SFTP tells whole seconds only."""
    return found.size == seen.identity.size and (found.mtime or 0) == seen.identity.mtime_ns // NS


def look_inside(wire: Wire, path: bytes, due: Due) -> Flow[Taken]:
    """Read a small file whole, or the ends of a large one."""
    seen = due.seen
    try:
        handle = protocol.handle((yield [protocol.open_file(path, OpenFlag.READ)])[0])
        parts = _parts(wire, seen)
        asked = [protocol.read(handle, offset, count) for offset, count in parts]
        # By name, not by handle: a file that was withdrawn or replaced meanwhile is not claimed.
        replies = yield [*asked, protocol.lstat(path), protocol.close(handle)]
        pieces = [protocol.piece(reply) or b"" for reply in replies[: len(parts)]]
        if not is_same(protocol.attributes(replies[len(parts)]), seen):
            return None
        if sum(map(len, pieces)) < sum(min(c, seen.identity.size - o) for o, c in parts):
            pieces = yield from patiently(path, parts)
    except RemoteRefusal as refusal:
        return None if refusal.is_missing else Unreadable(due, refusal)
    if is_large(seen):
        return Fetched(due, None, completeness(pieces[0], pieces[1], whole=False))
    data = b"".join(pieces)
    if len(data) != seen.identity.size:
        return None
    shown = completeness(data, b"", whole=True) if data else Completeness.UNKNOWN
    return Fetched(due, data, shown)


def _parts(wire: Wire, seen: Seen) -> list[tuple[int, int]]:
    """Return the (offset, count) to read; one byte more than there should be shows growth."""
    size = seen.identity.size
    if is_large(seen):
        count = min(HEAD_BYTES, wire.pace.read_bytes)
        return [(0, count), (size - count, count)]
    step = wire.pace.read_bytes
    parts = [(offset, min(step, size - offset)) for offset in range(0, size, step)]
    if not parts or parts[-1][1] == step:
        return [*parts, (size, 1)]
    offset, count = parts[-1]
    return [*parts[:-1], (offset, count + 1)]


def patiently(path: bytes, parts: list[tuple[int, int]]) -> Flow[list[bytes]]:
    """Read `parts` from a server that gives fewer bytes at a time than asked for."""
    handle = protocol.handle((yield [protocol.open_file(path, OpenFlag.READ)])[0])
    pieces: list[bytes] = []
    for offset, count in parts:
        got = b""
        while len(got) < count:
            replies = yield [protocol.read(handle, offset + len(got), count - len(got))]
            piece = protocol.piece(replies[0])
            if not piece:
                break
            got += piece
        pieces.append(got)
    yield [protocol.close(handle)]
    return pieces


class LargeFile:
    """The bytes of one large file, over as many connections as it takes."""

    def __init__(self, session: Session, path: bytes, seen: Seen, pause: Pause) -> None:
        self._session = session
        self._path = path
        self._seen = seen
        self._pause = pause
        self._digest = hashlib.sha256()
        self._got = 0
        self.resumptions = 0

    @property
    def sha256(self) -> str:
        """Hex, once all chunks were taken."""
        return self._digest.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """Yield the file in order, once; Changed if it is another than the one listed."""
        tries = 0
        while True:
            before = self._got
            try:
                yield from self._read_on()
                return
            except (HostKeyFault, LoginFault):
                raise
            except RemoteFault:
                tries = 1 if self._got > before else tries + 1
                if tries >= FRUITLESS_TRIES:
                    raise
                self.resumptions += 1
                self._session.drop()
                self._pause(min(LONGEST_PAUSE_S, 2.0 ** (tries - 1)))

    def _read_on(self) -> Iterator[bytes]:
        wire = self._session.wire()
        try:
            handle = protocol.handle(wire.ask(protocol.open_file(self._path, OpenFlag.READ)))
            try:
                self._demand_same(wire)
                for chunk in wire.read_ahead(handle, self._got, self._seen.identity.size):
                    self._digest.update(chunk)
                    self._got += len(chunk)
                    yield chunk
            finally:
                # Not waited for: the connection may be gone, and then so is the handle.
                wire.post(protocol.close(handle), _ignore)
            self._demand_same(wire)
        except RemoteRefusal as refusal:
            if refusal.is_missing:
                raise Changed from refusal
            raise
        if self._got != self._seen.identity.size:
            raise Changed

    def _demand_same(self, wire: Wire) -> None:
        # By name, which may have been given to another file; and some servers tell nothing by
        # handle.
        if not is_same(protocol.attributes(wire.ask(protocol.lstat(self._path))), self._seen):
            raise Changed


def _ignore(_reply: Reply) -> None:
    """Take a reply that changes nothing."""
