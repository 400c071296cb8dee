"""One session with one partner's server, for fetching and putting: made when needed, kept, reused.

Every call has a time limit. A server that shows another host key than the pinned ones is told
nothing, not even our name. Secrets stand in no text.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import paramiko

from daemon.clock import Clock
from daemon.eventlog import safe
from daemon.sftp import hostkeys
from daemon.sftp.deadline import Deadline, Limit
from daemon.sftp.faults import LoginFault, RemoteFault
from daemon.sftp.hostkeys import HostKey
from daemon.sftp.login import Credential, Login, login
from daemon.sftp.wire import CAREFUL, SWIFT, Wire
from daemon.terms.sftp import SftpRemote

KEEPALIVE_S = 30
PACKET_BYTES = 131_072
WINDOW_BYTES = 8 << 20
"""For OpenSSH. The library copies what stands in its buffer at each read, so that a large window
costs seconds, but for a reader that always takes all of it, as `Wire` does."""
_FIRST_CIPHER = "aes128-gcm@openssh.com"
_LOGGER = "paramiko"
MOST_WIRES = 8
"""Channels of one session at once; servers run a program for each, so they go on side by side."""


class Session:
    """The connection to one partner's server; one thread works with it, any may `abort` it."""

    def __init__(
        self, remote: SftpRemote, credential: Credential, clock: Clock, *, name: str = "sftp"
    ) -> None:
        self.remote = remote
        self.name = name
        self.host = f"{remote.host}:{remote.port}"
        self._credential = credential
        self._clock = clock
        self._wire: Wire | None = None
        self._transport: paramiko.Transport | None = None
        self._deadline: Deadline | None = None
        self._limit: Limit | None = None
        self._more: list[Wire] = []
        self._is_alone = False
        """Whether the server gives no second channel."""
        self._is_aborted = False

    def __repr__(self) -> str:
        return f"Session({self.name}: {self.remote.user} at {self.host})"

    @property
    def is_open(self) -> bool:
        return self._transport is not None and self._transport.is_active()

    @property
    def moved_at(self) -> float:
        """When, on the monotonic clock, the server last answered; 0 without a connection."""
        deadline = self._deadline
        return deadline.moved_at if deadline is not None else 0.0

    def wire(self) -> Wire:
        """Return the open SFTP session, connected anew where it must be; else a RemoteFault."""
        if self._wire is not None and self.is_open:
            return self._wire
        self.drop()
        # Read before anything is sent: a server we can't log in to is not bothered.
        who = login(self.remote, self._credential)
        keys = hostkeys.pinned(self.remote.host_keys)
        try:
            self.reach(keys)
            hostkeys.demand_pinned(self.offered_key(), keys, self.host)
            return self.enter(who)
        except BaseException:
            self.drop()
            raise

    def reach(self, keys: Sequence[HostKey]) -> None:
        """Connect and agree on keys, ciphers and host key; nobody has logged in yet."""
        if self._is_aborted:
            raise RemoteFault("the session is being ended")
        limit_s = self.remote.timeout_s
        try:
            sock = socket.create_connection((self.remote.host, self.remote.port), limit_s)
        except (OSError, UnicodeError) as error:
            raise RemoteFault(unreachable(self.host, error)) from error
        if self._is_aborted:
            sock.close()
            raise RemoteFault("the session is being ended")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._named("connecting"):
            transport = paramiko.Transport(sock)
            self._transport = transport
            _quieten(transport, self.name)
            transport.banner_timeout = limit_s
            transport.handshake_timeout = limit_s
            transport.auth_timeout = limit_s
            transport.channel_timeout = limit_s
            options = transport.get_security_options()
            ciphers = tuple(options.ciphers)
            options.ciphers = (_FIRST_CIPHER, *(c for c in ciphers if c != _FIRST_CIPHER))
            options.key_types = hostkeys.algorithms(keys, tuple(options.key_types))
            self._deadline = Deadline(self._clock, limit_s, transport.close)
            self._deadline.start(f"{self.name}-deadline")
            self._limit = self._deadline.limit()
            self._limit.arm()
            transport.start_client(timeout=limit_s)
            transport.set_keepalive(KEEPALIVE_S)

    def offered_key(self) -> HostKey:
        """Return the host key that the server proved to have."""
        transport = self._connected()
        with self._named("agreeing on keys"):
            key = transport.get_remote_server_key()
        return HostKey(key.get_name(), key.asbytes())

    def methods(self) -> list[str]:
        """Return the ways to log in that the server takes; tells it our user's name."""
        transport = self._connected()
        with self._named("asking how to log in"):
            try:
                transport.auth_none(self.remote.user)
            except paramiko.BadAuthenticationType as error:
                return [safe(method, 40) for method in error.allowed_types]
        return ["none"]

    def enter(self, who: Login) -> Wire:
        """Log in and open SFTP; the host key must have been checked."""
        transport = self._connected()
        if not transport.is_authenticated():
            authenticate(transport, who, self.host)
        self._wire = self._opened(transport)
        return self._wire

    def wires(self, wanted: int) -> list[Wire]:
        """Return the open SFTP session and others beside it, as many as the server gives.

        At most `wanted` and `MOST_WIRES`, and only OpenSSH is asked for more than one. Each may be
        used by a thread of its own. `narrow` ends those beside the first.
        """
        first = self.wire()
        transport = self._connected()
        wanted = min(wanted, MOST_WIRES)
        if not _is_openssh(transport):
            return [first]
        while len(self._more) + 1 < wanted and not self._is_alone:
            try:
                self._more.append(self._opened(transport))
            except RemoteFault:
                if not self.is_open:
                    raise
                # An administrator may allow one channel only (MaxSessions); that one does.
                self._is_alone = True
        return [first, *self._more][:wanted]

    def narrow(self) -> None:
        """End the channels beside the first: each is a program that waits on the server."""
        more, self._more = self._more, []
        for wire in more:
            wire.close()
            if self._deadline is not None:
                self._deadline.forget(wire.limit)

    def _connected(self) -> paramiko.Transport:
        if self._transport is None:
            raise RemoteFault(f"there is no connection to {self.host}")
        return self._transport

    def remote_version(self) -> str:
        """Return how the server introduced itself, fit for one line."""
        return safe(self._transport.remote_version, 80) if self._transport else ""

    def drop(self) -> None:
        """Close the connection; the next `wire` makes a new one."""
        if self._deadline is not None:
            self._deadline.end()
        if self._transport is not None:
            with suppress(OSError, EOFError):
                self._transport.close()
        self._wire = self._transport = self._deadline = self._limit = None
        self._more, self._is_alone = [], False

    def abort(self) -> None:
        """End whatever another thread does with this session, for good."""
        self._is_aborted = True
        transport = self._transport
        if transport is not None:
            transport.close()

    def _opened(self, transport: paramiko.Transport) -> Wire:
        deadline = self._deadline
        if deadline is None:
            raise RemoteFault(f"there is no connection to {self.host}")
        if self._limit is not None:
            # Of the connecting; each wire has its own.
            self._limit.rest()
        limit = deadline.limit()
        try:
            with self._named("opening SFTP"):
                return self._greeted(transport, limit)
        except RemoteFault:
            deadline.forget(limit)
            raise

    def _greeted(self, transport: paramiko.Transport, limit: Limit) -> Wire:
        is_openssh = _is_openssh(transport)
        limit.arm()
        channel = transport.open_session(
            WINDOW_BYTES if is_openssh else None,
            PACKET_BYTES if is_openssh else None,
            timeout=self.remote.timeout_s,
        )
        limit.arm()
        channel.invoke_subsystem("sftp")
        wire = Wire(channel, limit, self.host, SWIFT if is_openssh else CAREFUL)
        wire.greet()
        return wire

    @contextmanager
    def _named(self, doing: str) -> Iterator[None]:
        """Turn whatever the SSH library raises into a RemoteFault that says what was done."""
        try:
            yield
        except RemoteFault:
            raise
        except Exception as error:
            # A hostile or broken server makes the library raise almost anything; all of it means
            # that this connection is of no use.
            if self._deadline is not None and self._deadline.has_passed:
                limit = f"{self.remote.timeout_s:g} s"
                raise RemoteFault(f"{self.host} didn't answer within {limit} ({doing})") from error
            raise RemoteFault(f"{self.host}: {doing} failed: {_said(error)}") from error


def _is_openssh(transport: paramiko.Transport) -> bool:
    return "OpenSSH" in transport.remote_version


def authenticate(transport: paramiko.Transport, who: Login, host: str) -> None:
    """Log in with key and password, as far as the server asks for them; else a LoginFault."""
    steps: list[Callable[[], list[str]]] = []
    if (key := who.key) is not None:
        steps.append(lambda: transport.auth_publickey(who.user, key))
    if (password := who.password) is not None:
        steps.append(lambda: transport.auth_password(who.user, password))
    refused: list[str] = []
    for step in steps:
        try:
            step()
        except paramiko.BadAuthenticationType as error:
            refused = list(error.allowed_types)
        except paramiko.AuthenticationException as error:
            if "timeout" in str(error).lower():
                raise RemoteFault(f"{host} didn't answer our login in time") from error
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise RemoteFault(f"{host} broke off during our login: {_said(error)}") from error
        if transport.is_authenticated():
            return
    raise LoginFault(_refusal(who, host, refused))


def _refusal(who: Login, host: str, allowed: list[str]) -> str:
    tried = " and ".join(
        word for word, has in (("our key", who.key), ("our password", who.password)) if has
    )
    takes = f"; it takes {', '.join(safe(a, 40) for a in allowed)}" if allowed else ""
    return (
        f"{host} refused {tried} for the user {safe(who.user)}{takes}. Ask the partner whether the"
        " user exists and has our public key"
    )


def unreachable(host: str, error: OSError | UnicodeError) -> str:
    """Say why there is no TCP connection to `host`, and what to do."""
    if isinstance(error, socket.gaierror | UnicodeError):
        return f"{host} has no address; check the spelling of host, and the name server"
    if isinstance(error, TimeoutError):
        return (
            f"{host} doesn't answer; a firewall may drop us: ask the partner to allow our address"
        )
    if isinstance(error, ConnectionRefusedError):
        return f"{host} refuses connections; check the port, and that the server runs"
    return f"{host} can't be reached: {error.strerror or type(error).__name__}"


def _said(error: Exception) -> str:
    """Return what an error of the SSH library says; its texts hold no secrets of ours."""
    text = str(error) if isinstance(error, paramiko.SSHException | OSError) else ""
    return safe(text or type(error).__name__, 120)


def _quieten(transport: paramiko.Transport, name: str) -> None:
    """Keep the library's own log lines, which quote servers, off standard error."""
    logger = logging.getLogger(_LOGGER)
    if not any(isinstance(h, logging.NullHandler) for h in logger.handlers):
        logger.addHandler(logging.NullHandler())
    transport.set_log_channel(f"{_LOGGER}.{name}")
