"""Who gets in: partners by key or password, to SFTP and to nothing else.

A name that nobody has, a key that does not fit and a wrong password are answered alike. Everything
that is not SFTP (shell, commands, terminals, forwarding, agents) is refused.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_RESOURCE_SHORTAGE,
    OPEN_SUCCEEDED,
)

from daemon.sftp.guard import Damped, Guard
from daemon.sftp.passwords import verify
from daemon.sftp.server_keys import Credentials

CHANNELS_AT_ONCE = 4
CHANNELS = 256
"""Channels of one session over its life; clients that share a session open a few."""
COMPARED_AT_ONCE = 2
"""Passwords compared at the same time: each takes 32 MiB and a core."""


class Doorkeeper:
    """Knows the partners' keys and passwords."""

    def __init__(self, known: Mapping[str, Credentials]) -> None:
        self._comparing = threading.Semaphore(COMPARED_AT_ONCE)
        self.learn(known)

    def learn(self, known: Mapping[str, Credentials]) -> None:
        """Go by these keys and passwords from now on."""
        self._known = known
        # Said to everybody alike, so that it tells nothing of a name.
        has_passwords = any(credentials.password for credentials in known.values())
        self.methods = "publickey,password" if has_passwords else "publickey"

    def by_key(self, user: str, key: paramiko.PKey) -> bytes | None:
        """Return what opens the door, for `still_opens`; None where the key doesn't."""
        credentials, proof = self._known.get(user), key.asbytes()
        return proof if credentials is not None and proof in credentials.keys else None

    def by_password(self, user: str, password: str | bytes) -> str | None:
        """Return what opens the door, for `still_opens`; None where the password doesn't."""
        credentials = self._known.get(user)
        kept = credentials.password if credentials is not None else None
        with self._comparing:
            return kept if verify(password, kept) else None

    def still_opens(self, user: str, proof: bytes | str | None) -> bool:
        """Say whether what let `user` in once would do so now."""
        credentials = self._known.get(user)
        if credentials is None or proof is None:
            return False
        return proof in credentials.keys or proof == credentials.password


class Login(paramiko.ServerInterface):
    """One connection's way in; paramiko calls it from the connection's thread."""

    def __init__(
        self,
        address: str,
        doorkeeper: Doorkeeper,
        guard: Guard,
        damped: Damped,
        *,
        admit: Callable[[str], str | None],
        end: Callable[[], None],
    ) -> None:
        self.address = address
        self.user = ""
        self.has_unfit_keys = False
        self._proof: bytes | str | None = None
        self._doorkeeper = doorkeeper
        self._guard = guard
        self._damped = damped
        self._admit = admit
        self._end = end
        self._served: set[int] = set()
        self._opened = 0
        self.live_channels = 0

    def get_allowed_auths(self, username: str) -> str:
        return self._doorkeeper.methods

    def check_auth_none(self, username: str) -> int:
        self.user = username
        return AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self.user = username
        self._proof = self._doorkeeper.by_key(username, key)
        if self._proof is not None:
            return AUTH_SUCCESSFUL
        # An agent offers every key it has, so all of a connection count as one try at its end.
        self.has_unfit_keys = True
        return AUTH_FAILED

    def check_auth_password(self, username: str, password: str | bytes) -> int:
        self.user = username
        if "password" in self._doorkeeper.methods:
            self._proof = self._doorkeeper.by_password(username, password)
            if self._proof is not None:
                return AUTH_SUCCESSFUL
        self.refused("the password is wrong")
        return AUTH_FAILED

    @property
    def is_welcome(self) -> bool:
        """Whether the key or password that let this connection in would do so now."""
        return self._doorkeeper.still_opens(self.user, self._proof)

    def refused(self, reason: str) -> None:
        """Note and say one failed try; the last one allowed ends the connection."""
        self._damped(
            "login_refused", self.address, address=self.address, user=self.user, reason=reason
        )
        if self._guard.failed(self.address, self.user):
            self._end()

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if kind != "session":
            return self._denied(f"a channel of kind {kind}")
        reason = self._admit(self.user)
        if reason is not None:
            return OPEN_FAILED_RESOURCE_SHORTAGE
        if self.live_channels >= CHANNELS_AT_ONCE or self._opened >= CHANNELS:
            return OPEN_FAILED_RESOURCE_SHORTAGE
        self._opened += 1
        return OPEN_SUCCEEDED

    def check_channel_subsystem_request(self, channel: paramiko.Channel, name: str) -> bool:
        # Each request would start a thread, so a channel gets one answer only.
        number = channel.get_id()
        if name != "sftp" or number in self._served or self.live_channels >= CHANNELS_AT_ONCE:
            return not self._denied("another subsystem")
        self._served.add(number)
        return super().check_channel_subsystem_request(channel, name)

    def check_channel_direct_tcpip_request(
        self, chanid: int, origin: tuple[str, int], destination: tuple[str, int]
    ) -> int:
        return self._denied("forwarding")

    def check_port_forward_request(self, address: str, port: int) -> int:
        self._denied("forwarding")
        return 0

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:
        return not self._denied("a shell")

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        return not self._denied("a command")

    def check_channel_forward_agent_request(self, channel: paramiko.Channel) -> bool:
        return not self._denied("agent forwarding")

    def _denied(self, what: str) -> int:
        self._damped(
            "request_refused",
            f"{self.user} {what}",
            partner=self.user,
            address=self.address,
            reason=f"asked for {what}; there is SFTP only",
        )
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
