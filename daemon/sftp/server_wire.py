"""The packets of SFTP version 3 (draft-ietf-secsh-filexfer-02), read from and written to bytes.

Nothing is trusted: a packet that is too long, or that ends before what it announces, is Malformed.
Names are bytes and stay bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from daemon.errors import K2KError
from daemon.sftp.numbers import EXTENSIONS, VERSION, Code, Has, Op

MAX_PACKET = 256 << 10
"""Bytes of the largest packet, as in OpenSSH; its header stands apart."""
MAX_DATA = MAX_PACKET - 1024
"""Bytes that one read or write may carry."""


class Malformed(K2KError):
    """The client does not speak SFTP; the session ends."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is told of a file; `modified` in whole seconds since the epoch."""

    size: int
    mode: int
    modified: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a listing."""

    name: bytes
    shown: bytes
    attributes: Attributes


class Fields:
    """Reads the fields of one packet in their order."""

    def __init__(self, packet: bytes) -> None:
        self._packet = packet
        self._at = 0

    def _take(self, length: int) -> bytes:
        end = self._at + length
        if end > len(self._packet):
            raise Malformed("a packet ends before what it announces; see the client")
        taken = self._packet[self._at : end]
        self._at = end
        return taken

    def byte(self) -> int:
        return self._take(1)[0]

    def u32(self) -> int:
        return int.from_bytes(self._take(4), "big")

    def u64(self) -> int:
        return int.from_bytes(self._take(8), "big")

    def text(self) -> bytes:
        return self._take(self.u32())

    def size_attribute(self) -> int | None:
        """Read a set of attributes and return the size in it; the rest is nothing to us."""
        has = self.u32()
        size = self.u64() if has & Has.SIZE else None
        self._take(8 if has & Has.OWNER else 0)
        self._take(4 if has & Has.PERMISSIONS else 0)
        self._take(8 if has & Has.TIMES else 0)
        for _ in range(self.u32() if has & Has.EXTENDED else 0):
            self.text()
            self.text()
        return size


class Packets:
    """Cuts what arrives into packets."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, arrived: bytes) -> Iterator[Fields]:
        """Yield the packets that are whole now."""
        self._buffer += arrived
        while len(self._buffer) >= 4:
            length = int.from_bytes(self._buffer[:4], "big")
            if not 0 < length <= MAX_PACKET:
                raise Malformed(f"a packet of {length} bytes; at most {MAX_PACKET} are taken")
            if len(self._buffer) < 4 + length:
                return
            packet = bytes(self._buffer[4 : 4 + length])
            del self._buffer[: 4 + length]
            yield Fields(packet)


def text(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def _packet(op: Op, body: bytes) -> bytes:
    return struct.pack(">IB", len(body) + 1, op) + body


def version() -> bytes:
    pairs = b"".join(text(name) + text(value) for name, value in EXTENSIONS)
    return _packet(Op.VERSION, struct.pack(">I", VERSION) + pairs)


def status(number: int, code: Code, message: str) -> bytes:
    body = struct.pack(">II", number, code) + text(message.encode()) + text(b"en")
    return _packet(Op.STATUS, body)


def handle(number: int, key: bytes) -> bytes:
    return _packet(Op.HANDLE, struct.pack(">I", number) + text(key))


def data(number: int, content: bytes) -> bytes:
    return struct.pack(">IBII", len(content) + 9, Op.DATA, number, len(content)) + content


def _attributes(of: Attributes) -> bytes:
    has = Has.SIZE | Has.PERMISSIONS | Has.TIMES
    # The protocol's times end in 2106; a file from beyond must not break the listing.
    time = min(max(of.modified, 0), 0xFFFFFFFF)
    return struct.pack(">IQIII", has, of.size, of.mode, time, time)


def attributes(number: int, of: Attributes) -> bytes:
    return _packet(Op.ATTRS, struct.pack(">I", number) + _attributes(of))


def names(number: int, entries: Sequence[Entry]) -> bytes:
    listed = b"".join(text(e.name) + text(e.shown) + _attributes(e.attributes) for e in entries)
    return _packet(Op.NAME, struct.pack(">II", number, len(entries)) + listed)


def real_path(number: int, path: bytes) -> bytes:
    """Answer REALPATH: one name, whose attributes say nothing."""
    return _packet(Op.NAME, struct.pack(">II", number, 1) + text(path) * 2 + bytes(4))


def limits(number: int, open_handles: int) -> bytes:
    """Answer limits@openssh.com."""
    body = struct.pack(">IQQQQ", number, MAX_PACKET, MAX_DATA, MAX_DATA, open_handles)
    return _packet(Op.EXTENDED_REPLY, body)
