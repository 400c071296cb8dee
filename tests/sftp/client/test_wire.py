"""How much is written at once: what the server says it takes, and never too much unanswered."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator

import pytest

from daemon.clock import SystemClock
from daemon.sftp import protocol
from daemon.sftp.crew import Flow
from daemon.sftp.deadline import Deadline
from daemon.sftp.numbers import LIMITS, Op
from daemon.sftp.protocol import Request
from daemon.sftp.wire import CAREFUL, SWIFT, Pace, Wire
from tests.sftp.client.conftest import Desk

KIB = 1024


def string(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


class Server:
    """Answers all with OK, one reply at a time; remembers how much was unanswered at most."""

    def __init__(self, limits: bytes | None, offers: bytes = LIMITS) -> None:
        self._limits = limits
        self._offers = offers
        self._in = bytearray()
        self.requests: list[tuple[int, int]] = []
        self.most_unanswered = 0

    def send(self, s: bytes, /) -> int:
        self._in += s
        self.most_unanswered = max(self.most_unanswered, len(self._in))
        return len(s)

    def close(self) -> None:
        """Have nothing to close."""

    def recv(self, _count: int, /) -> bytes:
        size = 4 + int.from_bytes(self._in[:4], "big")
        packet = bytes(self._in[4:size])
        del self._in[:size]
        self.requests.append((packet[0], len(packet)))
        if packet[0] == Op.INIT:
            offered = string(self._offers) + string(b"1") if self._offers else b""
            return string(bytes([Op.VERSION]) + struct.pack(">I", 3) + offered)
        number = packet[1:5]
        if packet[0] == Op.EXTENDED and self._limits is not None:
            return string(bytes([Op.EXTENDED_REPLY]) + number + self._limits)
        code = 8 if packet[0] == Op.EXTENDED else 0
        return string(bytes([Op.STATUS]) + number + struct.pack(">I", code))


def greeted(server: Server, pace: Pace = CAREFUL) -> Wire:
    wire = Wire(server, Deadline(SystemClock(), 5, lambda: None).limit(), "test", pace)
    wire.greet()
    return wire


def told(packet: int, write: int, handles: int, read: int = 0) -> bytes:
    return struct.pack(">QQQQ", packet, read, write, handles)


@pytest.mark.parametrize(
    ("packet", "write", "expected"),
    [
        (256 * KIB, 255 * KIB, 255 * KIB),
        (256 * KIB, 64 * KIB, 64 * KIB),
        (256 * KIB, 8 * KIB, 8 * KIB),
        (0, 0, 32 * KIB),
        (0, 1 << 40, 255 * KIB),
        (100 * KIB, 0, 99 * KIB),
        (34 * KIB, 255 * KIB, 33 * KIB),
    ],
)
def test_a_write_is_as_large_as_the_server_takes_it(packet: int, write: int, expected: int) -> None:
    assert greeted(Server(told(packet, write, 0))).pace.write_bytes == expected


@pytest.mark.parametrize(
    ("packet", "read", "expected"),
    [
        (256 * KIB, 255 * KIB, 255 * KIB),
        (256 * KIB, 16 * KIB, 16 * KIB),
        (34 * KIB, 0, 33 * KIB),
        (0, 0, 32 * KIB),
        (0, 1 << 40, 255 * KIB),
    ],
)
def test_a_read_is_as_large_as_the_server_does_it(packet: int, read: int, expected: int) -> None:
    assert greeted(Server(told(packet, 0, 0, read))).pace.read_bytes == expected


@pytest.mark.parametrize(("handles", "expected"), [(0, 96), (5, 5), (1000, 96)])
def test_no_more_files_are_open_than_the_server_takes(handles: int, expected: int) -> None:
    assert greeted(Server(told(0, 0, handles)), SWIFT).pace.files == expected


def test_a_server_that_tells_no_limits_gets_what_every_server_takes() -> None:
    for server in (Server(None), Server(None, offers=b"")):
        assert greeted(server).pace == CAREFUL
    assert [kind for kind, _ in server.requests] == [Op.INIT], "it was asked all the same"


def test_what_is_unanswered_stays_bounded_however_large_writes_are() -> None:
    server = Server(told(0, 255 * KIB, 0))
    wire = greeted(server, SWIFT)

    def put() -> Flow[int]:
        replies = yield writes()
        return len(replies)

    def writes() -> Iterator[Request]:
        for number in range(100):
            yield protocol.write(b"1", number * 255 * KIB, bytes(255 * KIB))

    assert wire.run([put()]) == [100]
    assert server.most_unanswered < (8 << 20) + 2 * 255 * KIB


def test_a_large_file_goes_to_openssh_in_its_largest_writes_and_whole(desk: Desk) -> None:
    body = os.urandom(9_000_000)
    (name,) = desk.answer("florsol", body)
    site = desk.pushing()
    assert desk.session(site).wire().pace.write_bytes == 255 * KIB
    assert desk.push(site).run() == 1
    assert (desk.lab.home / "in" / name).read_bytes() == body


def test_a_large_file_that_has_its_name_already_is_known_by_its_bytes(desk: Desk) -> None:
    """As after a crash before the ledger knew of the renaming."""
    body = os.urandom(9_000_000)
    (name,) = desk.answer("florsol", body)
    desk.lab.put("in", name, body)
    assert desk.push(desk.pushing()).run() == 1
    (other,) = desk.answer("florsol", body)
    desk.lab.put("in", other, body[:-1] + bytes([body[-1] ^ 1]))
    assert desk.push(desk.pushing()).run() == 0
    assert desk.states() == ["delivered", "blocked"]
