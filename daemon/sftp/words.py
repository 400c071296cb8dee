"""Try a partner's server step by step, and say of each step what was found and what to do.

This is `k2kd partner test`. It goes on where a person can learn more and stops where the next step
would tell a stranger something: nothing is sent to a server whose host key is not pinned. What it
writes there is a hidden file of a few bytes, which it removes again.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from daemon.clock import Clock, SystemClock
from daemon.config import Configuration, Partner, SftpPull, SftpPush, SftpRemote, credential
from daemon.errors import EnvironmentFault, UsageError
from daemon.eventlog import safe
from daemon.sftp import hostkeys, protocol
from daemon.sftp.faults import RemoteRefusal
from daemon.sftp.hostkeys import HostKey
from daemon.sftp.listing import listed
from daemon.sftp.login import Login, login
from daemon.sftp.numbers import FSYNC, POSIX_RENAME, OpenFlag
from daemon.sftp.remote_names import folder_path, inside, parents, renamed
from daemon.sftp.session import Session, unreachable
from daemon.sftp.wire import Wire

FURTHEST_CLOCK_S = 300
_CONTENT = b"k2kd wrote this to try the folder, and removes it.\n"
_MEGABYTE = 1_000_000


class Outcome(StrEnum):
    """How a step went."""

    OK = "ok"
    LOOK = "look"
    """It works, and a person should know."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One step: its name, how it went, what was found, and what to do where that is anything."""

    name: str
    outcome: Outcome
    said: str
    advice: str = ""


class _Stop(Exception):
    """The steps behind a failed one can't be tried."""

    def __init__(self, check: Check) -> None:
        super().__init__(check.said)
        self.check = check


def test_partner(site: Configuration, partner: Partner, clock: Clock | None = None) -> list[Check]:
    """Try the server of `partner`; return every step that was taken. Never raises for a fault."""
    if partner.sftp is None:
        raise UsageError(
            f"partner {partner.name} has no server of its own: there is no [partner.sftp] in the"
            " site file; its files come through the local folders"
        )
    steps = _Steps(site, partner.sftp, clock or SystemClock())
    checks: list[Check] = []
    try:
        for check in steps.all():
            checks.append(check)
    except _Stop as stop:
        checks.append(stop.check)
    finally:
        steps.session.drop()
    return checks


class _Steps:
    """The steps for one server, in order."""

    def __init__(self, site: Configuration, remote: SftpRemote, clock: Clock) -> None:
        self._remote = remote
        self._credential: Callable[[str], str | None] = lambda name: credential(name, site.root)
        self._clock = clock
        self.session = Session(remote, self._credential, clock, name="sftp-test")

    def all(self) -> Iterator[Check]:
        who, check = self._login()
        yield check
        keys, check = self._pins()
        yield check
        yield self._address()
        yield self._port()
        yield self._greeting(keys)
        yield self._host_key(keys)
        yield self._methods()
        if who is None:
            raise _Stop(_failed("login", "not tried, since our credential can't be used", ""))
        wire = self._enter(who)
        yield Check("login", Outcome.OK, f"logged in as {safe(self._remote.user)}")
        yield self._offers(wire)
        if self._remote.pull is not None:
            yield from self._pull(wire, self._remote.pull)
        if self._remote.push is not None:
            yield from self._push(wire, self._remote.push)

    def _login(self) -> tuple[Login | None, Check]:
        try:
            who = login(self._remote, self._credential)
        except EnvironmentFault as fault:
            return None, _failed("credential", str(fault), "")
        kind = who.key.get_name() if who.key is not None else "password"
        also = " with a certificate" if self._remote.certificate else ""
        return who, Check("credential", Outcome.OK, f"{kind}{also}, readable")

    def _pins(self) -> tuple[list[HostKey], Check]:
        try:
            keys = hostkeys.pinned(self._remote.host_keys)
        except EnvironmentFault as fault:
            # What the server shows is then shown, for a person to compare.
            return [], _failed("pinned keys", str(fault), "")
        said = "; ".join(str(key) for key in keys)
        return keys, Check("pinned keys", Outcome.OK, said)

    def _address(self) -> Check:
        remote = self._remote
        try:
            found = socket.getaddrinfo(remote.host, remote.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise _Stop(_failed("address", unreachable(self.session.host, error), "")) from error
        addresses = ", ".join(dict.fromkeys(str(entry[4][0]) for entry in found))
        return Check("address", Outcome.OK, f"{safe(remote.host)} is {addresses}")

    def _port(self) -> Check:
        began = self._clock.monotonic()
        where = (self._remote.host, self._remote.port)
        try:
            socket.create_connection(where, self._remote.timeout_s).close()
        except (OSError, UnicodeError) as error:
            raise _Stop(_failed("port", unreachable(self.session.host, error), "")) from error
        took_ms = (self._clock.monotonic() - began) * 1000
        return Check("port", Outcome.OK, f"{self._remote.port} answers in {took_ms:.0f} ms")

    def _greeting(self, keys: list[HostKey]) -> Check:
        try:
            self.session.reach(keys)
        except EnvironmentFault as fault:
            advice = (
                "is this port SSH? Old servers offer only SHA-1, which is not spoken here: ask the"
                " partner to update, or reach it through OpenSSH"
            )
            raise _Stop(_failed("greeting", str(fault), advice)) from fault
        return Check("greeting", Outcome.OK, self.session.remote_version())

    def _host_key(self, keys: list[HostKey]) -> Check:
        try:
            offered = self.session.offered_key()
        except EnvironmentFault as fault:
            raise _Stop(_failed("host key", str(fault), "")) from fault
        if offered in keys:
            return Check("host key", Outcome.OK, f"{offered}, as pinned")
        raise _Stop(
            _failed(
                "host key",
                f"the server shows {offered}, which is not pinned; nothing more was sent",
                "compare the fingerprint with the partner by telephone or letter; if it is theirs,"
                f' add to host_keys: "{offered.line}"',
            )
        )

    def _methods(self) -> Check:
        try:
            methods = self.session.methods()
        except EnvironmentFault as fault:
            raise _Stop(_failed("ways to log in", str(fault), "")) from fault
        said = f"the server takes {', '.join(methods)}"
        ours = {"publickey"} if self._remote.key else set()
        if self._remote.password:
            ours |= {"password", "keyboard-interactive"}
        if ours & {*methods} or methods == ["none"]:
            return Check("ways to log in", Outcome.OK, said)
        advice = f"we have {' and '.join(sorted(ours))}: agree with the partner on one of its ways"
        return Check("ways to log in", Outcome.LOOK, said, advice)

    def _enter(self, who: Login) -> Wire:
        try:
            return self.session.enter(who)
        except EnvironmentFault as fault:
            advice = ""
            if who.key is not None:
                line = f"{who.key.get_name()} {who.key.get_base64()}"
                advice = f"send the partner our public key, to be added to the user: {line}"
            raise _Stop(_failed("login", str(fault), advice)) from fault

    def _offers(self, wire: Wire) -> Check:
        lacks = [
            words
            for offer, words in (
                (POSIX_RENAME, "a rename that replaces"),
                (FSYNC, "a flush to its disk"),
            )
            if offer not in wire.offers
        ]
        if not lacks:
            return Check("SFTP", Outcome.OK, "with a rename that replaces, and a flush to disk")
        return Check(
            "SFTP",
            Outcome.LOOK,
            f"without {' and '.join(lacks)}",
            "it works; power cuts there may cost",
        )

    def _pull(self, wire: Wire, pull: SftpPull) -> Iterator[Check]:
        name = f"fetch from {safe(pull.folder)}"
        try:
            folder = listed(wire, pull, wire.entries(folder_path(pull.folder)))
        except EnvironmentFault as fault:
            yield _failed(
                name, f"the folder can't be listed: {fault}", _folder_advice("pull", fault)
            )
            return
        size = sum(seen.identity.size for seen in folder.files)
        said = f"{len(folder.files)} files for us, {size / _MEGABYTE:.1f} MB"
        if folder.temporary:
            said += f"; {len(folder.temporary)} unfinished"
        yield Check(name, Outcome.OK, said)
        if pull.receipt == "keep":
            return
        receipt = f"{pull.receipt} what was fetched"
        try:
            self._try_folder(wire, pull.folder)
        except EnvironmentFault as fault:
            yield _failed(
                receipt,
                f"the folder can't be changed: {fault}",
                'ask the partner for the right to, or set receipt = "keep"',
            )
            return
        yield self._target(wire, pull, receipt)

    def _target(self, wire: Wire, pull: SftpPull, receipt: str) -> Check:
        if pull.receipt == "rename":
            above = parents(renamed(pull.folder, pull.rename_to, b"x"))
            try:
                for folder in above[-1:]:
                    protocol.attributes(wire.ask(protocol.stat(folder)))
            except RemoteRefusal as refusal:
                said = f"{safe(above[-1])}: {refusal}"
                return Check(receipt, Outcome.LOOK, said, "it is made with the first file")
        return Check(receipt, Outcome.OK, "the folder can be changed")

    def _push(self, wire: Wire, push: SftpPush) -> Iterator[Check]:
        name = f"put into {safe(push.folder)}"
        try:
            offset_s = self._try_folder(wire, push.folder)
        except EnvironmentFault as fault:
            yield _failed(name, f"nothing can be put there: {fault}", _folder_advice("push", fault))
            return
        yield Check(name, Outcome.OK, "a file was written, renamed and removed")
        if abs(offset_s) > FURTHEST_CLOCK_S:
            side = "ahead of" if offset_s > 0 else "behind"
            said = f"the server's clock is {abs(offset_s):.0f} s {side} ours"
            yield Check("clock", Outcome.LOOK, said, "one of the two is wrong; files don't mind")
        else:
            yield Check("clock", Outcome.OK, f"{offset_s:+.0f} s from ours")

    def _try_folder(self, wire: Wire, folder: str) -> float:
        """Write, rename and remove a hidden file; return how far its time is from ours, in s."""
        path = inside(folder, f".k2kd-test-{secrets.token_hex(4)}".encode())
        part = path + b".part"
        flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.EXCLUSIVE
        handle = protocol.handle(wire.ask(protocol.open_file(part, flags)))
        try:
            protocol.done(wire.ask(protocol.write(handle, 0, _CONTENT)))
            protocol.done(wire.ask(protocol.close(handle)))
            found = protocol.attributes(wire.ask(protocol.lstat(part)))
            protocol.done(wire.ask(protocol.plain_rename(part, path)))
        except RemoteRefusal:
            wire.ask(protocol.remove(part))
            raise
        protocol.done(wire.ask(protocol.remove(path)))
        return (found.mtime or 0) - self._clock.now().timestamp() if found.mtime else 0.0


def _failed(name: str, said: str, advice: str) -> Check:
    return Check(name, Outcome.FAILED, said, advice)


def _folder_advice(side: str, fault: EnvironmentFault) -> str:
    if isinstance(fault, RemoteRefusal) and fault.is_missing:
        return f"mend {side}.folder, which counts from where the login begins, or have it made"
    return "ask the partner for the right to this folder"
