"""One connection from its accept to its end, and what all of them share.

A session ends when its client leaves, when it was too slow to log in, when it is idle, or when it
sends more than it was told it may. How it ended without a login is said in one line.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

import paramiko

from daemon.clock import Clock
from daemon.config import Configuration
from daemon.eventlog import Say
from daemon.sftp.guard import Damped, Guard
from daemon.sftp.server_channel import Subsystem
from daemon.sftp.server_login import Doorkeeper, Login
from daemon.sftp.server_socket import BoundedSocket
from daemon.sftp.server_uploads import Uploads

LOG_CHANNEL = "k2kd.sftp"
CIPHERS = (
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
)
MACS = (
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
)
WEAK_KEX = ("diffie-hellman-group-exchange-sha256",)
"""Needs a file of primes that a server of ours does not have."""
WINDOW = 2 << 20
BACKLOG = 4 * WINDOW
"""Bytes that may wait unread; an honest client stops at the window."""
KEEPALIVE_S = 30
WAIT_FOR_SEAT_S = 1.0
"""A client that comes again at once may find its last session not yet cleared away."""
HANDLES_PER_PARTNER = 64
HANDLES = 256
"""An upload takes two descriptors, and a service has 1024 unless told otherwise."""


class Places:
    """How many sessions and handles are in use, in all and by partner."""

    def __init__(self, sessions_per_partner: int) -> None:
        self.most_sessions = sessions_per_partner
        self._changed = threading.Condition()
        self._sessions: dict[str, int] = {}
        self._handles: dict[str, int] = {}

    def enter(self, partner: str, wait_s: float) -> bool:
        """Take a session's place, waiting a little for one; False if there is none."""
        with self._changed:
            if not self._changed.wait_for(
                lambda: self._sessions.get(partner, 0) < self.most_sessions, wait_s
            ):
                return False
            self._sessions[partner] = self._sessions.get(partner, 0) + 1
            return True

    def leave(self, partner: str) -> None:
        with self._changed:
            self._sessions[partner] -= 1
            self._changed.notify_all()

    def take_handle(self, partner: str) -> bool:
        with self._changed:
            held = self._handles.get(partner, 0)
            if held >= HANDLES_PER_PARTNER or sum(self._handles.values()) >= HANDLES:
                return False
            self._handles[partner] = held + 1
            return True

    def give_handle(self, partner: str) -> None:
        with self._changed:
            self._handles[partner] -= 1


@dataclass(slots=True)
class House:
    """What all sessions share; `site` and `uploads` change when the configuration is read again."""

    site: Configuration
    clock: Clock
    say: Say
    damped: Damped
    guard: Guard
    doorkeeper: Doorkeeper
    host_keys: Sequence[paramiko.PKey]
    uploads: Mapping[str, Uploads]
    places: Places
    numbers: count[int] = field(default_factory=lambda: count(1))


class Session:
    """One connection."""

    def __init__(self, house: House, line: BoundedSocket, address: str) -> None:
        self._house = house
        self._line = line
        self.number = next(house.numbers)
        self.address = address
        self.clock = house.clock
        self.say = house.say
        self.damped = house.damped
        self.partner = ""
        self._uploads: Uploads | None = None
        self._started = self._touched = house.clock.monotonic()
        self._lock = threading.Lock()
        self._is_over = False
        self._end_reason = ""
        self._is_told = False
        self._subsystems: set[threading.Thread] = set()
        self._channels: list[paramiko.Channel] = []
        self._login = Login(
            address, house.doorkeeper, house.guard, house.damped, admit=self._admit, end=self._shut
        )
        self._transport = self._new_transport()

    def _new_transport(self) -> paramiko.Transport:
        transport = paramiko.Transport(self._line, default_window_size=WINDOW)
        transport.set_log_channel(LOG_CHANNEL)
        transport.local_version = "SSH-2.0-k2kd"
        options = transport.get_security_options()
        options.ciphers = CIPHERS
        options.digests = MACS
        options.kex = tuple(kex for kex in options.kex if kex not in WEAK_KEX)
        for key in self._house.host_keys:
            transport.add_server_key(key)
        transport.set_subsystem_handler("sftp", Subsystem, self)
        return transport

    def start(self) -> None:
        """Begin the handshake, in a thread of its own."""
        self._transport.start_server(event=threading.Event(), server=self._login)

    @property
    def uploads(self) -> Uploads:
        if self._uploads is None:
            raise AssertionError("nobody is served who was not let in")
        return self._uploads

    def note_use(self) -> None:
        self._touched = self.clock.monotonic()

    def joined(self, subsystem: threading.Thread) -> None:
        with self._lock:
            self._subsystems.add(subsystem)
            self._login.live_channels = len(self._subsystems)

    def left(self, subsystem: threading.Thread) -> None:
        with self._lock:
            self._subsystems.discard(subsystem)
            self._login.live_channels = len(self._subsystems)

    def take_handle(self) -> bool:
        return self._house.places.take_handle(self.partner)

    def give_handle(self) -> None:
        self._house.places.give_handle(self.partner)

    def _admit(self, user: str) -> str | None:
        """Give the session its place once it has logged in; return why not."""
        if self.partner:
            return None
        if not self._transport.is_authenticated():
            return "not logged in"
        uploads = self._house.uploads.get(user)
        if uploads is None or not self._login.is_welcome:
            return f"{user} has another login since"
        self._line.is_known = True
        if not self._house.places.enter(user, WAIT_FOR_SEAT_S):
            reason = f"{user} has all its sessions open"
            self.damped("session_refused", user, partner=user, address=self.address, reason=reason)
            # The next look ends the session, once the client has been told.
            self._is_told = True
            return reason
        self._uploads = uploads
        self.partner = user
        if not self._login.is_welcome:
            # The configuration was read again meanwhile, and did not meet this session as a
            # partner's.
            self._shut()
        self.note_use()
        self._transport.set_keepalive(KEEPALIVE_S)
        self._house.guard.settled(self.address, is_logged_in=True, user=user)
        self.say(
            "session_opened",
            partner=user,
            address=self.address,
            client=self._transport.remote_version.removeprefix("SSH-2.0-"),
        )
        return None

    def look(self, now: float) -> bool:
        """End the session if its time has come; return whether it is over and cleared away."""
        if self._is_over:
            return True
        if self._transport.is_alive():
            self._check(now)
            return False
        with self._lock:
            if self._subsystems:
                return False
        self._clear_away()
        return True

    def _check(self, now: float) -> None:
        settings = self._house.site.sftp_server
        if not self.partner:
            # Whoever logged in and opens no channel is on the clock as well.
            if self._is_told:
                self._shut()
            elif now - self._started > settings.login_s and not self._end_reason:
                self.end(f"took more than {settings.login_s:g} s to log in")
            return
        # The library keeps every channel until somebody asks for it, and closes one that nobody
        # keeps then.
        while (channel := self._transport.accept(0)) is not None:
            self._channels.append(channel)
        self._channels = [channel for channel in self._channels if not channel.closed]
        waiting = sum(_waiting(channel) for channel in self._channels)
        if now - self._touched > settings.idle_s:
            self.end(f"idle for {settings.idle_s:g} s")
        elif waiting > BACKLOG:
            self.end("sent more than it was told it may")

    def judge_anew(self, moved: Collection[str]) -> None:
        """End the session if its partner is gone, or logs in otherwise, or is among `moved`."""
        if not self.partner:
            return
        if self.partner not in self._house.uploads:
            self.end("the partner was taken out of the configuration")
        elif not self._login.is_welcome:
            self.end("the key or password of this login was taken away")
        elif self.partner in moved:
            self.end("the partner has other folders now")

    def end(self, reason: str) -> None:
        """End the session from outside."""
        self._end_reason = self._end_reason or reason
        self._shut()

    def _shut(self) -> None:
        self._line.close()

    def join(self, timeout_s: float) -> None:
        """Wait for the session's threads, so that what was open is seen to."""
        deadline = self.clock.monotonic() + timeout_s
        self._transport.join(timeout_s)
        with self._lock:
            threads = list(self._subsystems)
        for thread in threads:
            thread.join(max(0.0, deadline - self.clock.monotonic()))

    def _clear_away(self) -> None:
        self._is_over = True
        self._line.release()
        error = self._transport.get_exception()
        if error is not None and not isinstance(
            error, paramiko.SSHException | EOFError | OSError | UnicodeError
        ):
            self.say("session_crashed", address=self.address, partner=self.partner, error=error)
        if self.partner:
            self._house.places.leave(self.partner)
            reason = self._line.excess or self._end_reason or "the client left"
            self.say("session_closed", partner=self.partner, address=self.address, reason=reason)
            return
        self._house.guard.settled(self.address, is_logged_in=False)
        if not self._is_told:
            self._tell_failed_login(error)

    def _tell_failed_login(self, error: BaseException | None) -> None:
        reason = self._line.excess or self._end_reason
        if not reason and isinstance(error, paramiko.SSHException):
            reason = str(error)
        if self._login.has_unfit_keys:
            self._login.refused("no key of it fits")
        elif reason:
            self.damped(
                "login_refused",
                self.address,
                address=self.address,
                user=self._login.user,
                reason=reason,
            )


def _waiting(channel: paramiko.Channel) -> int:
    return len(channel.in_buffer) + len(channel.in_stderr_buffer)
