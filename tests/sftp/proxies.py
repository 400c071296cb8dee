"""TCP proxies on loopback that do to a connection what a bad network does.

`Delay` adds travel time, `Cutter` breaks the connection after a number of bytes, `Stall` goes on
accepting and stops forwarding. Each runs in threads of its own and ends with its context.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Iterator
from typing import Literal

Way = Literal["up", "down"]
"""From the client to the server, or back."""


class Proxy:
    """Forwards both ways, untouched; subclasses say what happens to a piece."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._socks: list[socket.socket] = []
        self.connections = 0
        self.sizes: dict[Way, list[int]] = {"up": [], "down": []}
        """Bytes of each piece that passed, as the network handed them over."""
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Break every connection that is open now."""
        with self._lock:
            socks, self._socks = self._socks, []
        for sock in socks:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self.connections += 1
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._socks += [client, server]
            ways: tuple[tuple[socket.socket, socket.socket, Way], ...] = (
                (client, server, "up"),
                (server, client, "down"),
            )
            for source, sink, way in ways:
                threading.Thread(target=self._pump, args=(source, sink, way), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, way: Way) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(1 << 16):
                self.sizes[way].append(len(piece))
                self.forward(piece, sink, way)
        with contextlib.suppress(OSError):
            self.end(sink)
        source.close()

    def forward(self, piece: bytes, sink: socket.socket, way: Way) -> None:
        sink.sendall(piece)

    def end(self, sink: socket.socket) -> None:
        sink.shutdown(socket.SHUT_RDWR)


class Delay(Proxy):
    """Adds `one_way_s` to the travel of every byte; takes none of the bandwidth."""

    def __init__(self, target: int, one_way_s: float) -> None:
        self._one_way_s = one_way_s
        self._queues: dict[int, queue.SimpleQueue[tuple[float, bytes]]] = {}
        super().__init__(target)

    def forward(self, piece: bytes, sink: socket.socket, way: Way) -> None:
        self._queue(sink).put((time.monotonic() + self._one_way_s, piece))

    def end(self, sink: socket.socket) -> None:
        self._queue(sink).put((time.monotonic() + self._one_way_s, b""))

    def _queue(self, sink: socket.socket) -> queue.SimpleQueue[tuple[float, bytes]]:
        known = self._queues.get(id(sink))
        if known is None:
            known = self._queues[id(sink)] = queue.SimpleQueue()
            threading.Thread(target=self._deliver, args=(known, sink), daemon=True).start()
        return known

    @staticmethod
    def _deliver(pieces: queue.SimpleQueue[tuple[float, bytes]], sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                at, piece = pieces.get()
                time.sleep(max(0.0, at - time.monotonic()))
                if not piece:
                    sink.shutdown(socket.SHUT_RDWR)
                    return
                sink.sendall(piece)


class Cutter(Proxy):
    """Lets `after` bytes pass one way, once, then breaks the connection; later ones pass."""

    def __init__(self, target: int, after: int, way: Way) -> None:
        self._left = after
        self._way: Way = way
        self.has_cut = False
        super().__init__(target)

    def forward(self, piece: bytes, sink: socket.socket, way: Way) -> None:
        if way != self._way or self.has_cut:
            sink.sendall(piece)
            return
        if len(piece) >= self._left:
            self.has_cut = True
            sink.sendall(piece[: self._left])
            # Give what was let through time to arrive: the far side acts on it, and its answer
            # is what gets lost.
            time.sleep(0.01)
            self.cut()
            raise OSError
        self._left -= len(piece)
        sink.sendall(piece)


class Stall(Proxy):
    """Forwards until told to stop; from then on connections stay open and silent."""

    def __init__(self, target: int) -> None:
        self.is_stalled = threading.Event()
        super().__init__(target)

    def forward(self, piece: bytes, sink: socket.socket, way: Way) -> None:
        while self.is_stalled.is_set():
            time.sleep(0.02)
        sink.sendall(piece)


@contextlib.contextmanager
def using(proxy: Proxy) -> Iterator[Proxy]:
    """Close `proxy` in the end."""
    try:
        yield proxy
    finally:
        proxy.close()
