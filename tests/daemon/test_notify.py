"""Notices to systemd, read from a real socket."""

from __future__ import annotations

import errno
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.notify import Notifier


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(2)
        yield listener


@pytest.fixture
def notifier(inbox: socket.socket) -> Notifier:
    return Notifier.from_environment({"NOTIFY_SOCKET": inbox.getsockname()})


def received(inbox: socket.socket) -> list[str]:
    return inbox.recv(4096).decode().split("\n")


def test_ready_carries_the_status(inbox: socket.socket, notifier: Notifier) -> None:
    notifier.ready("3 partners")
    assert received(inbox) == ["READY=1", "STATUS=3 partners"]


def test_status_is_one_line_whatever_it_says(inbox: socket.socket, notifier: Notifier) -> None:
    notifier.status("reading po\nREADY=1\udcff" + "x" * 500)
    (line,) = received(inbox)
    assert line.startswith("STATUS=reading po\\nREADY=1\\xffx")
    assert len(line) <= 207


def test_start_that_waits_asks_for_more_time(inbox: socket.socket, notifier: Notifier) -> None:
    notifier.starting("waiting for the ledger's server", within_s=1.5)
    assert received(inbox) == [
        "EXTEND_TIMEOUT_USEC=1500000",
        "STATUS=waiting for the ledger's server",
    ]


def test_alive_feeds_the_watchdog(inbox: socket.socket, notifier: Notifier) -> None:
    notifier.alive()
    assert received(inbox) == ["WATCHDOG=1"]


def test_reloading_carries_the_monotonic_clock(inbox: socket.socket, notifier: Notifier) -> None:
    notifier.reloading(1_234_567_890)
    assert received(inbox) == ["RELOADING=1", "MONOTONIC_USEC=1234567"]


def test_stopping_says_so(inbox: socket.socket, notifier: Notifier) -> None:
    notifier.stopping("draining 2 lanes")
    assert received(inbox) == ["STOPPING=1", "STATUS=draining 2 lanes"]


@pytest.mark.skipif(sys.platform != "linux", reason="abstract sockets exist on Linux only")
def test_abstract_socket_is_reached() -> None:
    name = f"k2kd-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"\0{name}")
        listener.settimeout(2)
        Notifier.from_environment({"NOTIFY_SOCKET": f"@{name}"}).alive()
        assert received(listener) == ["WATCHDOG=1"]


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}])
def test_without_a_socket_it_knows_how_to_use_it_is_silent(environ: dict[str, str]) -> None:
    notifier = Notifier.from_environment(environ)
    assert notifier.address is None
    notifier.ready("nobody hears this")


def test_listener_that_is_gone_is_no_failure(tmp_path: Path) -> None:
    Notifier(str(tmp_path / "gone")).alive()
    Notifier("/" + "x" * 300).alive()


def test_a_process_with_all_files_open_that_it_may_have_goes_on(
    notifier: Notifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_words: object) -> socket.socket:
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr(socket, "socket", refused)
    notifier.alive()


def test_listener_that_reads_nothing_does_not_block_for_long(
    inbox: socket.socket, notifier: Notifier
) -> None:
    inbox.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filler:
        filler.setblocking(False)
        with pytest.raises(BlockingIOError):
            while True:
                filler.sendto(b"x", inbox.getsockname())
    started = time.monotonic()
    notifier.alive()
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("environ", "interval_s"),
    [
        ({"WATCHDOG_USEC": "60000000"}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "-5"}, None),
        ({"WATCHDOG_USEC": "6e7"}, None),
        ({"WATCHDOG_USEC": "٦٠"}, None),
        ({"WATCHDOG_USEC": "9" * 5000}, None),
        ({}, None),
    ],
)
def test_watchdog_interval_is_half_of_what_the_unit_allows(
    environ: dict[str, str], interval_s: float | None
) -> None:
    assert Notifier.from_environment(environ).interval_s == interval_s
