"""A server on loopback with three partners, and clients to send at it.

`Lab` holds the site and what the server said; `Raw` speaks SFTP by hand, so that it can say what no
proper client would.
"""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from daemon.clock import SystemClock
from daemon.config import Configuration, from_values
from daemon.eventlog import Level
from daemon.safefile import Identity
from daemon.sftp.numbers import Code, Op, OpenFlag
from daemon.sftp.passwords import Cost, hash_password
from daemon.sftp.server import SftpDoor
from daemon.sftp.server_wire import text

PARTNERS = ("florsol", "bloom", "tulipan")
PASSWORD = "tulips from amsterdam"  # of a partner that exists in these tests only
CHEAP = Cost(n=1 << 10, r=8, p=1)
UPLOAD = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.TRUNCATE


@dataclass(frozen=True, slots=True)
class Said:
    """One event of the server."""

    event: str
    fields: dict[str, object]


@dataclass
class Lab:
    """A site whose server runs."""

    root: Path
    site: Configuration
    keys: dict[str, Path]
    said: list[Said] = field(default_factory=list)
    closed: list[tuple[Identity, list[str]]] = field(default_factory=list)
    """What was closed whole, and what anybody saw in the first inbox at that moment."""
    door: SftpDoor = field(init=False)

    def say(self, event: str, /, *, level: Level | None = None, **fields: object) -> None:
        self.said.append(Said(event, {**fields, "level": level} if level else fields))

    def note(self, identity: Identity) -> None:
        self.closed.append((identity, self.visible()))

    def events(self, event: str) -> list[dict[str, object]]:
        return [said.fields for said in list(self.said) if said.event == event]

    def start(self) -> None:
        self.door = SftpDoor(self.site, SystemClock(), self.say, on_closed=self.note)
        self.door.start()

    def inbox(self, partner: str = "florsol") -> Path:
        return self.site.inbox(partner)

    def outbox(self, partner: str = "florsol") -> Path:
        return self.site.outbox(partner)

    def visible(self, partner: str = "florsol") -> list[str]:
        """Return the names in an inbox that anybody but the server would see."""
        return sorted(p.name for p in self.inbox(partner).iterdir() if p.name[0] != ".")

    def hidden(self, partner: str = "florsol") -> list[str]:
        return sorted(p.name for p in self.inbox(partner).iterdir() if p.name[0] == ".")

    def transport(
        self,
        partner: str = "florsol",
        *,
        source: str = "127.0.0.1",
        port: int | None = None,
        key_of: str | None = None,
    ) -> paramiko.Transport:
        """Return a connection that has logged in with its key."""
        to = ("127.0.0.1", port or self.door.port)
        sock = socket.create_connection(to, source_address=(source, 0), timeout=10)
        transport = paramiko.Transport(sock)
        transport.set_log_channel("test.client")
        try:
            key = paramiko.Ed25519Key.from_private_key_file(str(self.keys[key_of or partner]))
            transport.connect(username=partner, pkey=key)
        except BaseException:
            transport.close()
            raise
        return transport

    @contextmanager
    def client(
        self, partner: str = "florsol", *, source: str = "127.0.0.1", port: int | None = None
    ) -> Iterator[paramiko.SFTPClient]:
        """Yield a paramiko client."""
        transport = self.transport(partner, source=source, port=port)
        try:
            client = paramiko.SFTPClient.from_transport(transport)
            assert client is not None
            yield client
        finally:
            transport.close()

    @contextmanager
    def raw(self, partner: str = "florsol", *, source: str = "127.0.0.1") -> Iterator[Raw]:
        transport = self.transport(partner, source=source)
        try:
            channel = transport.open_session()
            channel.settimeout(10)
            channel.invoke_subsystem("sftp")
            yield Raw(channel)
        finally:
            transport.close()

    def ssh_options(self, partner: str = "florsol") -> list[str]:
        options = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR")
        flags = [part for option in options for part in ("-o", option)]
        return ["-F", "/dev/null", "-i", str(self.keys[partner]), *flags]

    def openssh(
        self, batch: str, partner: str = "florsol", port: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a batch of commands with OpenSSH's sftp, in the folder of the site."""
        where = ["-P", str(port or self.door.port)]
        return subprocess.run(
            ["sftp", "-q", *where, *self.ssh_options(partner), "-b", "-", f"{partner}@127.0.0.1"],
            input=batch,
            capture_output=True,
            text=True,
            cwd=self.root,
            timeout=30,
            check=False,
        )


class Raw:
    """One SFTP channel, spoken by hand."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self.channel = channel
        self._number = 0
        self.send(bytes([Op.INIT]) + (3).to_bytes(4, "big"))
        assert self.receive()[0] == Op.VERSION

    def send(self, packet: bytes) -> None:
        self.channel.sendall(len(packet).to_bytes(4, "big") + packet)

    def receive(self) -> bytes:
        length = int.from_bytes(self._exactly(4), "big")
        return self._exactly(length)

    def _exactly(self, length: int) -> bytes:
        got = b""
        while len(got) < length:
            piece = self.channel.recv(length - len(got))
            if not piece:
                raise EOFError
            got += piece
        return got

    def request(self, op: Op, body: bytes) -> None:
        self._number += 1
        self.send(bytes([op]) + self._number.to_bytes(4, "big") + body)

    def ask(self, op: Op, body: bytes) -> bytes:
        """Send a request and return its answer, from the kind of packet on."""
        self.request(op, body)
        return self.receive()

    def code(self, op: Op, body: bytes) -> Code:
        """Send a request and return the status that it got; anything else counts as OK."""
        answer = self.ask(op, body)
        return Code(int.from_bytes(answer[5:9], "big")) if answer[0] == Op.STATUS else Code.OK

    def open(self, path: bytes, flags: OpenFlag) -> bytes | Code:
        answer = self.ask(Op.OPEN, text(path) + int(flags).to_bytes(4, "big") + bytes(4))
        if answer[0] == Op.STATUS:
            return Code(int.from_bytes(answer[5:9], "big"))
        return answer[9:]

    def write(self, handle: bytes, offset: int, content: bytes) -> Code:
        return self.code(Op.WRITE, text(handle) + offset.to_bytes(8, "big") + text(content))

    def close(self, handle: bytes) -> Code:
        return self.code(Op.CLOSE, text(handle))

    def put(self, path: bytes, content: bytes) -> Code:
        handle = self.open(path, UPLOAD)
        if isinstance(handle, Code):
            return handle
        self.write(handle, 0, content)
        return self.close(handle)

    def size(self, path: bytes) -> int | Code:
        answer = self.ask(Op.STAT, text(path))
        if answer[0] == Op.STATUS:
            return Code(int.from_bytes(answer[5:9], "big"))
        return int.from_bytes(answer[9:17], "big")

    def names(self, path: bytes) -> list[bytes]:
        """List a folder to its end."""
        handle = self.ask(Op.OPENDIR, text(path))[9:]
        found: list[bytes] = []
        while (answer := self.ask(Op.READDIR, text(handle)))[0] == Op.NAME:
            at = 9
            for _ in range(int.from_bytes(answer[5:9], "big")):
                for is_name in (True, False):
                    length = int.from_bytes(answer[at : at + 4], "big")
                    if is_name:
                        found.append(answer[at + 4 : at + 4 + length])
                    at += 4 + length
                at += 24
        assert self.close(handle) is Code.OK
        return found


def make_key(path: Path) -> str:
    """Write a new private key to `path` and return its line for authorized_keys."""
    made = Ed25519PrivateKey.generate()
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()
    path.write_text(pem)
    path.chmod(0o600)
    return f"ssh-ed25519 {paramiko.Ed25519Key.from_private_key(StringIO(pem)).get_base64()} test"


def make_lab(root: Path, settings: dict[str, object], file_bytes: int) -> Lab:
    """Make a site in `root` with a login for every partner; nothing runs yet."""
    keys = {name: root / f"key_{name}" for name in PARTNERS}
    lines = {name: make_key(path) for name, path in keys.items()}
    logins: dict[str, dict[str, object]] = {name: {"keys": [lines[name]]} for name in PARTNERS}
    logins["tulipan"]["password"] = hash_password(PASSWORD, CHEAP)
    site = from_values(
        {
            "partner": [
                {"name": name, "roles": ["vendor"], "login": logins[name]} for name in PARTNERS
            ],
            "sftp_server": {"is_enabled": True, "port": 0, **settings},
            "intake": {"free_bytes": 0},
            "limits": {"file_bytes": file_bytes},
        },
        root,
    )
    for name in PARTNERS:
        site.inbox(name).mkdir(parents=True)
        site.outbox(name).mkdir(parents=True)
    return Lab(root, site, keys)


def soon(is_so: Callable[[], bool], patience_s: float = 5.0) -> bool:
    """Return whether something becomes so within `patience_s`."""
    deadline = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def all_at_once(works: list[Callable[[], None]]) -> list[BaseException]:
    """Run every work in a thread of its own and return what they raised."""
    raised: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised
