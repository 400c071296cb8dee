"""Who may knock: caps, rates and lockouts by address, before anything costly is done for a caller.

A login that succeeds gives back what its knock cost, so only those who never get in run dry. What
an attacker repeats is said once and then counted, so that the log can't be flooded either.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from daemon.clock import Clock
from daemon.config import SftpServer
from daemon.eventlog import Level, Say

KNOCKS = 40
"""Connections without a login that an address may make at once; one more each second."""
UNKNOWN = 48
"""Connections that have not logged in yet, of all addresses."""
UNKNOWN_OF_ONE = 24
"""The same of one address."""
ADDRESSES = 10_000
"""Addresses remembered; the one longest silent goes first."""
REPEAT_S = 60.0
"""The same line is said again after this, with how often it would have been."""
KEYS = 1_000
_IPV6_SITE = 64


@dataclass(slots=True)
class _Caller:
    seen: float
    knocks: float = KNOCKS
    unknown: int = 0
    locked_until: float = 0.0
    failures: list[tuple[float, str]] = field(default_factory=list)


class Guard:
    """The memory of addresses. Sessions call it from their threads."""

    def __init__(self, settings: SftpServer, clock: Clock, say: Say) -> None:
        self.settings = settings
        self._clock = clock
        self._say = say
        self._lock = threading.Lock()
        self._callers: OrderedDict[str, _Caller] = OrderedDict()
        self._unknown = 0

    def knock(self, address: str) -> str | None:
        """Let a connection in, or return why not; let in, it counts until `settled`."""
        with self._lock:
            caller = self._caller(address)
            reason = self._refusal(caller)
            if reason is None:
                caller.knocks -= 1
                caller.unknown += 1
                self._unknown += 1
            return reason

    def _refusal(self, caller: _Caller) -> str | None:
        if caller.locked_until > self._clock.monotonic():
            return "locked out"
        if caller.knocks < 1:
            return "comes too often without logging in"
        if caller.unknown >= UNKNOWN_OF_ONE:
            return "has too many connections without a login"
        if self._unknown >= UNKNOWN:
            return "too many connections without a login"
        return None

    def settled(self, address: str, *, is_logged_in: bool, user: str = "") -> None:
        """Note that a connection let in has logged in, or has ended without."""
        with self._lock:
            caller = self._caller(address)
            caller.unknown = max(0, caller.unknown - 1)
            self._unknown = max(0, self._unknown - 1)
            if is_logged_in:
                caller.knocks = min(KNOCKS, caller.knocks + 1)
                caller.failures = [f for f in caller.failures if f[1] != user]

    def failed(self, address: str, user: str) -> bool:
        """Note a failed login; return whether the address is locked out now."""
        now = self._clock.monotonic()
        with self._lock:
            caller = self._caller(address)
            if caller.locked_until > now:
                return True
            oldest = now - self.settings.lockout_s
            caller.failures = [f for f in caller.failures if f[0] > oldest]
            caller.failures.append((now, user))
            if len(caller.failures) < self.settings.tries:
                return False
            caller.failures.clear()
            caller.locked_until = now + self.settings.lockout_s
        self._say(
            "locked_out",
            level=Level.WARNING,
            address=address,
            tries=self.settings.tries,
            lockout_s=self.settings.lockout_s,
        )
        return True

    def _caller(self, address: str) -> _Caller:
        now = self._clock.monotonic()
        key = caller_key(address)
        caller = self._callers.get(key)
        if caller is None:
            self._forget()
            caller = self._callers[key] = _Caller(now)
        self._callers.move_to_end(key)
        caller.knocks = min(KNOCKS, caller.knocks + max(0.0, now - caller.seen))
        caller.seen = now
        return caller

    def _forget(self) -> None:
        """Make room; who is locked out or connected stays as long as anybody else can go."""
        if len(self._callers) < ADDRESSES:
            return
        now = self._clock.monotonic()
        for key, caller in self._callers.items():
            if caller.unknown == 0 and caller.locked_until <= now:
                del self._callers[key]
                return
        self._callers.popitem(last=False)


def caller_key(address: str) -> str:
    """Return what counts as one caller: an IPv4 address, or the /64 that an IPv6 host has."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _IPV6_SITE), strict=False))


@dataclass(slots=True)
class _Told:
    until: float
    event: str
    fields: dict[str, object]
    unsaid: int = 0


class Damped:
    """Says a line once and counts its repeats: of one event and key, one line each `REPEAT_S`."""

    def __init__(self, say: Say, clock: Clock) -> None:
        self._say = say
        self._clock = clock
        self._lock = threading.Lock()
        self._told: OrderedDict[tuple[str, str], _Told] = OrderedDict()

    def __call__(self, event: str, key: str, /, **fields: object) -> None:
        now = self._clock.monotonic()
        with self._lock:
            told = self._told.get((event, key))
            if told is not None and now < told.until:
                told.unsaid += 1
                told.fields = fields
                return
            more = told.unsaid if told is not None else 0
            self._told[event, key] = _Told(now + REPEAT_S, event, fields)
            self._told.move_to_end((event, key))
            pushed = self._told.popitem(last=False)[1] if len(self._told) > KEYS else None
        if pushed is not None:
            self._tell(pushed)
        repeats = {"repeats": more} if more else {}
        self._say(event, level=None, **{**fields, **repeats})

    def flush(self, *, is_last: bool = False) -> None:
        """Say what was only counted, where its time is over."""
        now = self._clock.monotonic()
        with self._lock:
            over = [key for key, told in self._told.items() if is_last or now >= told.until]
            ended = [self._told.pop(key) for key in over]
        for told in ended:
            self._tell(told)

    def _tell(self, told: _Told) -> None:
        if told.unsaid:
            self._say(told.event, level=None, **{**told.fields, "repeats": told.unsaid})
