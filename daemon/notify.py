"""Tells systemd how the service is: ready, busy with what, alive, reloading, stopping.

Silent where nobody listens (no NOTIFY_SOCKET), and never a reason to fail: a notice that can't be
sent is dropped. The protocol is sd_notify(3): one datagram of KEY=VALUE lines.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from daemon.eventlog import safe

SEND_TIMEOUT_S = 1.0
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Notifier:
    """Where notices go, and how often systemd wants a sign of life.

    `address` is the path of a Unix datagram socket, or `@NAME` for an abstract one; None is silent.
    `interval_s` is the time between two calls of `alive`: half of the unit's WatchdogSec, as
    sd_watchdog_enabled(3) advises; None when systemd does not watch this process.
    """

    address: str | None = None
    interval_s: float | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Notifier:
        """Read NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID; what makes no sense is ignored."""
        address = environ.get("NOTIFY_SOCKET", "")
        return cls(address if address[:1] in {"/", "@"} else None, _interval_s(environ))

    def ready(self, status: str) -> None:
        """Say that start-up (or a reload) is done and files are being taken in."""
        self._send("READY=1", _status(status))

    def starting(self, status: str, *, within_s: float) -> None:
        """Say what start-up waits for, and ask systemd for `within_s` more before it gives up."""
        self._send(f"EXTEND_TIMEOUT_USEC={int(within_s * MICROSECONDS)}", _status(status))

    def status(self, status: str) -> None:
        """Set the one line that `systemctl status` shows."""
        self._send(_status(status))

    def alive(self) -> None:
        """Give the sign of life; call it only after every lane has moved or is idle."""
        self._send("WATCHDOG=1")

    def reloading(self, monotonic_ns: int) -> None:
        """Say that configuration and tables are being read again, until the next `ready`.

        `monotonic_ns` is the reading of CLOCK_MONOTONIC when the reload began.
        """
        self._send("RELOADING=1", f"MONOTONIC_USEC={monotonic_ns // 1000}")

    def stopping(self, status: str) -> None:
        """Say that the service drains its lanes and ends."""
        self._send("STOPPING=1", _status(status))

    def _send(self, *lines: str) -> None:
        if self.address is None:
            return
        # A leading zero byte is how the kernel spells an abstract address.
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        # systemd has its own timeouts for a service it does not hear from, as while the process has
        # all the files open that it may have.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
            notices.settimeout(SEND_TIMEOUT_S)
            notices.sendto("\n".join(lines).encode(), address)


def _status(text: str) -> str:
    return f"STATUS={safe(text)}"


def _interval_s(environ: Mapping[str, str]) -> float | None:
    watched, length = environ.get("WATCHDOG_PID"), environ.get("WATCHDOG_USEC", "")
    if watched is not None and watched != str(os.getpid()):
        return None
    if not (length.isascii() and length.isdigit() and len(length) < 20):
        return None
    return int(length) / MICROSECONDS / 2 or None
