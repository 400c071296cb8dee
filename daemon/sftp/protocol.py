"""SFTP version 3 in bytes: requests packed, replies read; no connection, no state.

Names are bytes both ways, because a server may hold names in any encoding. Whatever a server sends
is read within its own length; what doesn't fit is a RemoteFault. Source: draft-ietf-secsh-filexfer
02, and OpenSSH's PROTOCOL for the three extensions.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from daemon.sftp.faults import RemoteFault, RemoteRefusal
from daemon.sftp.numbers import FSYNC, LIMITS, POSIX_RENAME, VERSION, Code, Has, Op, OpenFlag

_HEAD_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `body` follows the request's number."""

    kind: Op
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply; `body` followed the request's number."""

    kind: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a server says about a file, None for what it leaves out; `mtime` in s since 1970."""

    size: int | None = None
    mode: int | None = None
    mtime: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder, byte for byte, with the attributes that came with it."""

    name: bytes
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server does: bytes of one read and one write, and open handles; None for untold."""

    read_bytes: int | None
    write_bytes: int | None
    handles: int | None


def _string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def open_file(path: bytes, flags: OpenFlag) -> Request:
    return Request(Op.OPEN, _string(path) + struct.pack(">II", flags, 0))


def close(handle: bytes) -> Request:
    return Request(Op.CLOSE, _string(handle))


def read(handle: bytes, offset: int, count: int) -> Request:
    return Request(Op.READ, _string(handle) + struct.pack(">QI", offset, count))


def write(handle: bytes, offset: int, part: bytes | memoryview) -> Request:
    head = _string(handle) + struct.pack(">QI", offset, len(part))
    return Request(Op.WRITE, b"".join((head, part)))


def lstat(path: bytes) -> Request:
    return Request(Op.LSTAT, _string(path))


def stat(path: bytes) -> Request:
    return Request(Op.STAT, _string(path))


def fstat(handle: bytes) -> Request:
    return Request(Op.FSTAT, _string(handle))


def set_mode(handle: bytes, mode: int) -> Request:
    return Request(Op.FSETSTAT, _string(handle) + struct.pack(">II", Has.PERMISSIONS, mode))


def fsync(handle: bytes) -> Request:
    return Request(Op.EXTENDED, _string(FSYNC) + _string(handle))


def limits() -> Request:
    return Request(Op.EXTENDED, _string(LIMITS))


def open_folder(path: bytes) -> Request:
    return Request(Op.OPENDIR, _string(path))


def read_folder(handle: bytes) -> Request:
    return Request(Op.READDIR, _string(handle))


def remove(path: bytes) -> Request:
    return Request(Op.REMOVE, _string(path))


def make_folder(path: bytes) -> Request:
    return Request(Op.MKDIR, _string(path) + struct.pack(">I", 0))


def real_path(path: bytes) -> Request:
    return Request(Op.REALPATH, _string(path))


def plain_rename(path: bytes, new_path: bytes) -> Request:
    """The rename of version 3, which fails where `new_path` is taken."""
    return Request(Op.RENAME, _string(path) + _string(new_path))


def posix_rename(path: bytes, new_path: bytes) -> Request:
    """OpenSSH's rename, which replaces what has `new_path`."""
    return Request(Op.EXTENDED, _string(POSIX_RENAME) + _string(path) + _string(new_path))


class _Cursor:
    """Reads one reply from its beginning; never beyond its end."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._at >= len(self._body)

    def take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._body):
            raise RemoteFault("the server sent a reply that breaks off; ask its operator")
        taken, self._at = self._body[self._at : end], end
        return taken

    def number(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def long(self) -> int:
        return int.from_bytes(self.take(8), "big")

    def string(self) -> bytes:
        return self.take(self.number())

    def attributes(self) -> Attributes:
        flags = self.number()
        size = self.long() if flags & Has.SIZE else None
        if flags & Has.OWNER:
            self.take(8)
        mode = self.number() if flags & Has.PERMISSIONS else None
        mtime = None
        if flags & Has.TIMES:
            self.take(4)
            mtime = self.number()
        if flags & Has.EXTENDED:
            for _ in range(self.number()):
                self.string()
                self.string()
        return Attributes(size, mode, mtime)


def done(reply: Reply) -> None:
    """Accept a reply that says OK; a RemoteRefusal otherwise."""
    if reply.kind != Op.STATUS:
        raise _unexpected(reply)
    cursor = _Cursor(reply.body)
    code = cursor.number()
    if code != Code.OK:
        # Old servers leave the text out.
        raise RemoteRefusal(code, b"" if cursor.is_at_end else cursor.string())


def _expect(reply: Reply, kind: Op) -> _Cursor:
    if reply.kind == Op.STATUS:
        done(reply)
    if reply.kind != kind:
        raise _unexpected(reply)
    return _Cursor(reply.body)


def _unexpected(reply: Reply) -> RemoteFault:
    return RemoteFault(f"the server gave a reply of kind {reply.kind} that was not asked for")


def handle(reply: Reply) -> bytes:
    """Return the handle of what was opened."""
    return _expect(reply, Op.HANDLE).string()


def server_limits(reply: Reply) -> Limits:
    """Return what the server does, from its reply to `limits`."""
    cursor = _expect(reply, Op.EXTENDED_REPLY)
    packet, reads, writes, handles = (cursor.long() for _ in range(4))
    if packet:
        # Data goes in a packet with a head, for which the servers that tell both leave 1024.
        most = max(packet - _HEAD_BYTES, 1)
        reads, writes = min(reads or most, most), min(writes or most, most)
    return Limits(reads or None, writes or None, handles or None)


def attributes(reply: Reply) -> Attributes:
    return _expect(reply, Op.ATTRS).attributes()


def piece(reply: Reply) -> bytes | None:
    """Return what was read; None at the end of the file."""
    return None if _is_at_end(reply) else _expect(reply, Op.DATA).string()


def entries(reply: Reply) -> list[Entry] | None:
    """Return the next names of a folder, None after the last."""
    if _is_at_end(reply):
        return None
    cursor = _expect(reply, Op.NAME)
    found: list[Entry] = []
    for _ in range(cursor.number()):
        name = cursor.string()
        cursor.string()  # the line as `ls -l` would show it
        found.append(Entry(name, cursor.attributes()))
    return found


def _is_at_end(reply: Reply) -> bool:
    return reply.kind == Op.STATUS and reply.body[:4] == RemoteRefusal.EOF.to_bytes(4, "big")


def extensions(body: bytes) -> dict[bytes, bytes]:
    """Return what a server offers beyond version 3, from the reply to INIT."""
    cursor = _Cursor(body)
    if cursor.number() < VERSION:
        raise RemoteFault("the server speaks an SFTP older than version 3; it needs a newer one")
    offered: dict[bytes, bytes] = {}
    while not cursor.is_at_end:
        name = cursor.string()
        offered[name] = cursor.string()
    return offered
