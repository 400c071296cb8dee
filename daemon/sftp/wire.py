"""Many requests in flight over one channel: distance costs a round trip per batch, not file.

`run` walks through the requests of many files at once; `read_ahead` streams one large file. One
thread uses a wire. Any fault of the connection is a RemoteFault, and the wire is then spent.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from daemon.sftp import protocol
from daemon.sftp.crew import Crew, Flow
from daemon.sftp.deadline import Limit
from daemon.sftp.faults import RemoteFault, RemoteRefusal
from daemon.sftp.numbers import LIMITS, VERSION, Op
from daemon.sftp.protocol import Entry, Reply, Request

LARGEST_PACKET = 4 << 20
MOST_ENTRIES = 200_000
_FLUSH_BYTES = 1 << 17
_CUT_BYTES = 32_768 - 64
"""What the library sends as one SSH packet to OpenSSH; it copies whatever it is given beyond."""
_LARGEST_BYTES = 255 << 10
"""Of one read or write, where the server says that it does as much."""
_IN_FLIGHT_BYTES = 8 << 20
"""Sent in requests that wait for their replies: it bounds memory, and the time without a reply."""
_RECEIVE_BYTES = 8 << 20
"""As much as the window: the library moves whatever a read leaves in its buffer."""
_LISTING_AHEAD = 16
_AHEAD_BYTES = 8 << 20
"""How far reading runs ahead of a piece that doesn't come, and so what it holds in memory."""

A = TypeVar("A")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pace:
    """How hard a server may be driven."""

    requests: int
    """In flight at once."""
    files: int
    """Worked on at once, and so handles open."""
    read_bytes: int
    """Of one request, until the server says how much it does."""
    write_bytes: int = 32_768
    """The same, and what every server takes."""


CAREFUL = Pace(requests=64, files=32, read_bytes=32_768)
"""For any server: OpenSSH's own client does as much, and some choke on more."""
SWIFT = Pace(requests=256, files=96, read_bytes=65_536)
"""For OpenSSH, which takes its time from the connection: at 50 ms three times as fast."""


class Pipe(Protocol):
    """A channel as paramiko's: `recv` returns nothing once it is closed."""

    def send(self, s: bytes, /) -> int: ...

    def recv(self, nbytes: int, /) -> bytes: ...

    def close(self) -> None: ...


class Wire:
    """One SFTP session."""

    def __init__(self, pipe: Pipe, limit: Limit, host: str, pace: Pace = CAREFUL) -> None:
        self._pipe = pipe
        self.limit = limit
        self._next = 1
        self._sinks: dict[int, tuple[Callable[[Reply], None], int]] = {}
        self._unanswered_bytes = 0
        self._out: list[bytes] = []
        self._out_bytes = 0
        self._in = bytearray()
        self.host = host
        self.pace = pace
        self.offers: dict[bytes, bytes] = {}

    @property
    def in_flight(self) -> int:
        return len(self._sinks)

    @property
    def has_room(self) -> bool:
        """Whether another request may go out now."""
        return len(self._sinks) < self.pace.requests and self._unanswered_bytes < _IN_FLIGHT_BYTES

    def close(self) -> None:
        """End this session; the connection goes on."""
        with suppress(OSError, EOFError):
            self._pipe.close()

    def greet(self) -> None:
        """Agree on the version; call once, first."""
        self._queue(struct.pack(">IBI", 5, Op.INIT, VERSION))
        self.limit.arm()
        self._flush()
        while (packet := self._packet()) is None:
            self._receive()
        kind, body = packet
        if kind != Op.VERSION:
            raise RemoteFault(f"{self.host} doesn't speak SFTP; ask its operator for the subsystem")
        self.offers = protocol.extensions(body)
        self.limit.rest()
        if LIMITS in self.offers:
            self._learn_limits()

    def _learn_limits(self) -> None:
        """Read and write as much at once as the server says; OpenSSH's 255 KiB are a fifth faster.

        Not more, because servers cut longer replies short, which costs more than it saves.
        """
        try:
            limits = protocol.server_limits(self.ask(protocol.limits()))
        except RemoteRefusal:
            return
        self.pace = replace(
            self.pace,
            files=min(self.pace.files, limits.handles or self.pace.files),
            read_bytes=min(_LARGEST_BYTES, limits.read_bytes or self.pace.read_bytes),
            write_bytes=min(_LARGEST_BYTES, limits.write_bytes or self.pace.write_bytes),
        )

    def ask(self, request: Request) -> Reply:
        """Send one request and wait for its reply."""
        replies: list[Reply] = []
        self.post(request, replies.append)
        while not replies:
            self.pump()
        return replies[0]

    def run(self, flows: Iterable[Flow[T]]) -> list[T]:
        """Walk through all `flows`, many at a time; return their results in order."""
        return Crew(self, iter(flows)).results()

    def entries(self, folder: bytes) -> list[Entry]:
        """Return everything in `folder`; a RemoteRefusal where it can't be listed."""
        handle = protocol.handle(self.ask(protocol.open_folder(folder)))
        found: list[Entry] = []
        is_over = False
        while not is_over:
            replies: list[Reply] = []
            for _ in range(_LISTING_AHEAD):
                self.post(protocol.read_folder(handle), replies.append)
            while len(replies) < _LISTING_AHEAD:
                self.pump()
            for reply in replies:
                some = protocol.entries(reply)
                # A reply that is out of order may come after the one that says it was the last.
                is_over = is_over or some is None
                found += some or []
            if len(found) > MOST_ENTRIES:
                raise RemoteFault(f"a folder of {self.host} has over {MOST_ENTRIES} files; thin it")
        self.ask(protocol.close(handle))
        return found

    def read_ahead(self, handle: bytes, offset: int, end: int) -> Iterator[bytes]:
        """Yield the bytes of an open file from `offset` to `end`, in order, read ahead.

        Ends early where the file does.
        """
        pieces: dict[int, Reply] = {}
        asked = offset

        def ask(at: int, count: int) -> None:
            def take(reply: Reply) -> None:
                pieces[at] = reply
                had = len(reply.body) - 4
                if reply.kind == Op.DATA and 0 < had < count:
                    # Fewer bytes than asked for are allowed anywhere in a file.
                    ask(at + had, count - had)

            self.post(protocol.read(handle, at, count), take)

        while offset < end:
            while asked < end and self.has_room and asked - offset < _AHEAD_BYTES:
                count = min(self.pace.read_bytes, end - asked)
                ask(asked, count)
                asked += count
            while (reply := pieces.pop(offset, None)) is not None:
                piece = protocol.piece(reply)
                if not piece:
                    return
                offset += len(piece)
                yield piece
            if offset < end and self.in_flight:
                self.pump()

    def post(self, request: Request, sink: Callable[[Reply], None]) -> None:
        """Send a request soon; its reply goes to `sink` during a later `pump`."""
        number, self._next = self._next, (self._next + 1) & 0xFFFFFFFF
        if not self._sinks:
            self.limit.arm()
        size = len(request.body) + 5
        self._sinks[number] = sink, size
        self._unanswered_bytes += size
        self._queue(struct.pack(">IBI", size, request.kind, number))
        self._queue(request.body)
        if self._out_bytes >= _FLUSH_BYTES:
            self._flush()

    def pump(self) -> None:
        """Send what waits, then take in at least one reply."""
        self._flush()
        has_moved = False
        while not has_moved:
            while (packet := self._packet()) is not None:
                has_moved = True
                self._dispatch(*packet)
            if not has_moved:
                self._receive()
        if self._sinks:
            self.limit.arm()
        else:
            self.limit.rest()

    def _dispatch(self, kind: int, body: bytes) -> None:
        asked = self._sinks.pop(int.from_bytes(body[:4], "big"), None)
        if asked is None or len(body) < 4:
            raise RemoteFault(f"{self.host} answered what was not asked")
        sink, size = asked
        self._unanswered_bytes -= size
        sink(Reply(kind, body[4:]))

    def _queue(self, packet: bytes) -> None:
        self._out.append(packet)
        self._out_bytes += len(packet)

    def _flush(self) -> None:
        if not self._out:
            return
        view = memoryview(b"".join(self._out))
        self._out, self._out_bytes = [], 0
        while view:
            sent = self._guarded(self._pipe.send, bytes(view[:_CUT_BYTES]))
            if not sent:
                raise self._broken()
            view = view[sent:]
            # The peer makes room only for what it takes, so that this moves although no reply came.
            self.limit.arm()

    def _packet(self) -> tuple[int, bytes] | None:
        """Return kind and body of the next whole packet, None until there is one."""
        if len(self._in) < 5:
            return None
        size = int.from_bytes(self._in[:4], "big")
        if not 1 <= size <= LARGEST_PACKET:
            raise RemoteFault(f"{self.host} sent {size} bytes as one reply; that is no SFTP")
        if len(self._in) < 4 + size:
            return None
        kind, body = self._in[4], bytes(memoryview(self._in)[5 : 4 + size])
        del self._in[: 4 + size]
        return kind, body

    def _receive(self) -> None:
        some = self._guarded(self._pipe.recv, _RECEIVE_BYTES)
        if not some:
            raise self._broken()
        self._in += some

    def _guarded(self, call: Callable[[A], T], argument: A) -> T:
        try:
            return call(argument)
        except (OSError, EOFError) as error:
            raise self._broken() from error
        except Exception as error:
            # The SSH library has errors of many kinds for one cause: this connection is over.
            raise self._broken(type(error).__name__) from error

    def _broken(self, why: str = "") -> RemoteFault:
        if self.limit.has_passed:
            return RemoteFault(f"{self.host} stopped answering; the connection was given up")
        return RemoteFault(f"{self.host} closed the connection{f' ({why})' if why else ''}")
