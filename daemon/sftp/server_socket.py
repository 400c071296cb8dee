"""A connection's socket that bounds what it reads, and is closed only by who owns it.

The SSH library reads whatever length a peer announces, even before anyone has logged in; here an
announcement out of bounds ends the connection instead. And it closes sockets from other threads,
after which the number may belong to the next connection; here that only shuts the line, and the
descriptor is let go once the connection's thread has ended.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Self

MOST_AT_ONCE = 300 << 10
"""Bytes of the largest SSH packet taken; what we offer as packet size stays far below."""
MOST_UNKNOWN = 128 << 10
"""Bytes that a peer may send before it is logged in; a greedy handshake takes 10 KiB."""


class BoundedSocket(socket.socket):
    """The server's end of one connection."""

    heard_bytes = 0
    is_known = False
    """Whether the peer has logged in."""
    excess = ""
    """What the peer did that ended the connection."""

    @classmethod
    def of(cls, accepted: socket.socket) -> Self:
        """Take over an accepted socket."""
        return cls(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        if bufsize > MOST_AT_ONCE:
            self.excess = f"announced a packet of {bufsize} bytes"
            raise EOFError
        heard = super().recv(bufsize, flags)
        if not self.is_known:
            self.heard_bytes += len(heard)
            if self.heard_bytes > MOST_UNKNOWN:
                self.excess = f"sent {MOST_UNKNOWN} bytes without logging in"
                raise EOFError
        return heard

    def close(self) -> None:
        """Shut the line; whoever reads or writes on it is told at once."""
        with suppress(OSError):
            self.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Let the descriptor go; only when no thread uses it any more."""
        super().close()
