"""A process of its own that writes the files of a large delivery into staging.

CPython runs one thread at a time, and one that comes back from a system call waits until the thread
that computes lets go, up to 5 ms each time. Creating, writing, flushing and closing a file are four
such calls, so beside a posting they cost four times what the disk asks for. Another process doesn't
wait: an inbox of small orders is answered twice as fast.

The daemon sends an open folder and the files for it over a socket, and hears that all of them are
flushed or what was in the way of the first that isn't. The process ends with the daemon, also when
that is killed, so that it never writes beside the next one; whatever it left is debris of staging.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from daemon import processes, safefile
from daemon.safefile import Directory, FileFault

FEWEST = 32
"""Files from which on sending them to another process is worth its while."""
MOST_BYTES = 32 << 20
THREADS = 4
"""Flushes at once: a disk takes several together."""
PATIENCE_S = 600.0
"""How long a delivery may take before the process counts as lost."""
_HEAD = struct.Struct(">II")

File = tuple[str, bytes]
"""A name in the folder, and what the file holds."""


class ScribeLost(Exception):
    """The process can't be used: nothing is known of the files, so write them again."""


@dataclass(slots=True)
class Scribe:
    """The daemon's side; used by one thread at a time, and started when it is needed first."""

    _process: subprocess.Popen[bytes] | None = None
    _channel: socket.socket | None = None

    def write(self, folder: Directory, files: Sequence[File]) -> None:
        """Write new files into `folder` and flush them; see `safefile.write_durable`.

        Raises FileFault for what the disk refused, and ScribeLost.
        """
        try:
            channel = self._channel or self._start()
            _send(channel, folder, files)
            answer = json.loads(_received(channel))
        except (OSError, EOFError, ValueError) as error:
            self.close()
            raise ScribeLost(f"{type(error).__name__}: {error}") from error
        if answer["errno"] is not None:
            refused = OSError(answer["errno"], answer["name"])
            raise safefile.fault("write", folder.at(answer["name"]), refused)

    def close(self) -> None:
        """End the process, if there is one."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        ours.settimeout(PATIENCE_S)
        with theirs:
            self._process = processes.start(__name__, [theirs.fileno()])
        self._channel = ours
        return ours


def _send(channel: socket.socket, folder: Directory, files: Sequence[File]) -> None:
    pieces = [_HEAD.pack(len(name), len(body)) + name.encode() + body for name, body in files]
    said = b"".join(pieces)
    path = os.fsencode(folder.path)
    socket.send_fds(channel, [_HEAD.pack(len(path), len(said))], [folder.fd])
    channel.sendall(path + said)


def _received(channel: socket.socket) -> bytes:
    size, _ = _HEAD.unpack(_exactly(channel, _HEAD.size))
    return _exactly(channel, size)


def _exactly(channel: socket.socket, size: int) -> bytes:
    """Return `size` bytes; raises EOFError where the other side ended."""
    got = bytearray()
    while len(got) < size:
        piece = channel.recv(min(size - len(got), 1 << 20))
        if not piece:
            raise EOFError("the other side is gone")
        got += piece
    return bytes(got)


@dataclass(frozen=True, slots=True)
class _Hand:
    """The process's side."""

    channel: socket.socket
    daemon: int
    """Process id of the daemon."""
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS))

    def work(self) -> None:
        """Do what comes until the daemon has ended, however it did."""
        # The channel of one that was killed before it read an answer isn't at its end, but broken.
        with suppress(EOFError, ConnectionError):
            while True:
                answer = json.dumps(self._done(*self._next())).encode()
                self.channel.sendall(_HEAD.pack(len(answer), 0) + answer)

    def _next(self) -> tuple[Directory, bytes]:
        head, fds, _, _ = socket.recv_fds(self.channel, _HEAD.size, 1)
        if not fds:
            raise EOFError("the other side is gone")
        head += _exactly(self.channel, _HEAD.size - len(head))
        path_bytes, size = _HEAD.unpack(head)
        path = Path(os.fsdecode(_exactly(self.channel, path_bytes)))
        status = os.fstat(fds[0])
        folder = Directory(fds[0], path, status.st_dev, status.st_ino)
        return folder, _exactly(self.channel, size)

    def _done(self, folder: Directory, said: bytes) -> dict[str, object]:
        with folder:
            wrote = self.pool.map(lambda file: self._write(folder, file), _files(said))
            faults = [fault for fault in wrote if fault is not None]
        number, name = faults[0] if faults else (None, "")
        return {"errno": number, "name": name}

    def _write(self, folder: Directory, file: File) -> tuple[int, str] | None:
        if os.getppid() != self.daemon:
            os._exit(0)
        name, body = file
        try:
            safefile.write_durable(folder, name, body)
        except FileFault as fault:
            return fault.errno, name
        return None


def _files(said: bytes) -> Iterator[File]:
    at = 0
    while at < len(said):
        name_bytes, body_bytes = _HEAD.unpack_from(said, at)
        at += _HEAD.size
        middle, end = at + name_bytes, at + name_bytes + body_bytes
        yield said[at:middle].decode(), said[middle:end]
        at = end


def main() -> None:
    """Serve the daemon."""
    daemon, (fd,) = processes.end_with_daemon()
    with socket.socket(fileno=fd) as channel:
        _Hand(channel, daemon).work()


if __name__ == "__main__":
    main()
