"""Lines between a client and the server that are slow, or break: proxies on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_PIECE = 1 << 16
Forward = Callable[[socket.socket, bytes], None]


@contextmanager
def _line(port: int, forward_up: Forward, forward_down: Forward) -> Iterator[int]:
    """Forward every connection to `port`; yield where to connect to instead."""
    socks: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def pump(source: socket.socket, sink: socket.socket, forward: Forward) -> None:
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                forward(sink, piece)
        for sock in (source, sink):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", port))
                socks.extend((client, server))
                ways = ((client, server, forward_up), (server, client, forward_down))
                for way in ways:
                    threads.append(threading.Thread(target=pump, args=way))
                    threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for sock in socks:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()
            for sock in socks:
                sock.close()


@contextmanager
def cut_line(port: int, after: int) -> Iterator[int]:
    """Break every connection once `after` bytes went up on all of them."""
    left = [after]

    def up(sink: socket.socket, piece: bytes) -> None:
        sink.sendall(piece[: max(0, left[0])])
        left[0] -= len(piece)
        if left[0] <= 0:
            # What was let through has time to arrive; the server's answer to it is what is lost.
            time.sleep(0.02)
            raise OSError

    with _line(port, up, socket.socket.sendall) as at:
        yield at


@contextmanager
def far_line(port: int, one_way_s: float) -> Iterator[int]:
    """Delay every piece; pieces that follow within a piece's travel wait behind it, as on a line
    of little bandwidth."""

    def late(sink: socket.socket, piece: bytes) -> None:
        time.sleep(one_way_s)
        sink.sendall(piece)

    with _line(port, late, late) as at:
        yield at
