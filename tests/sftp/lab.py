"""A real OpenSSH server on loopback for tests: its own keys, its own folder, nothing of the host.

`Lab` runs it as the account that runs the tests. Where that is root, logins are those of a plain
account in a chroot, as in production; elsewhere they are our own, without one.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin:/usr/bin")
KEYGEN = shutil.which("ssh-keygen")
PLAIN_USER = "nobody"
SEPARATION = Path("/run/sshd")
CHROOTS = Path("/srv")
"""Every folder above a chroot must be root's and closed to others; the temporary one is not."""


def keygen(path: Path, kind: str = "ed25519", *options: str) -> Path:
    """Make a key pair at `path` and return it."""
    assert KEYGEN
    command = [KEYGEN, "-q", "-t", kind, "-N", "", "-C", "test", "-f", str(path), *options]
    subprocess.run(command, check=True, capture_output=True)
    return path


def public_line(path: Path) -> str:
    """Return a public key as it is pinned: kind and key."""
    return " ".join(path.with_name(path.name + ".pub").read_text().split()[:2])


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Lab:
    """A running server; `home` is what a login sees as its first folder."""

    folder: Path
    home: Path
    user: str
    is_jailed: bool
    port: int = field(default_factory=free_port)
    host_keys: list[Path] = field(default_factory=list)
    forced: str = ""
    """Options of internal-sftp."""
    extra: str = ""
    """More lines of sshd_config."""
    max_sessions: int = 10
    """Channels that one connection may have."""
    _process: subprocess.Popen[bytes] | None = None

    @property
    def client_key(self) -> Path:
        return self.folder / "client"

    @property
    def prefix(self) -> str:
        """What a path on the server begins with to mean `home`."""
        return "" if self.is_jailed else f"{self.home}/"

    def pins(self) -> tuple[str, ...]:
        return tuple(public_line(key) for key in self.host_keys)

    def start(self) -> None:
        config = self.folder / "sshd_config"
        config.write_text(self._config())
        assert SSHD
        log = (self.folder / "sshd.log").open("ab")
        command = [SSHD, "-D", "-e", "-f", str(config)]
        self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        log.close()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            assert self._process.poll() is None, (self.folder / "sshd.log").read_text()
            time.sleep(0.02)
        raise AssertionError("sshd didn't come up")

    def stop(self) -> None:
        """End the server and the sessions it has."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        self.stop()
        self.start()

    def give(self, path: Path) -> Path:
        """Let the login own `path`, and return it."""
        if self.is_jailed:
            account = pwd.getpwnam(self.user)
            os.chown(path, account.pw_uid, account.pw_gid)
        return path

    def make_folder(self, name: str) -> Path:
        path = self.home / name
        path.mkdir(parents=True, exist_ok=True)
        return self.give(path)

    def put(self, folder: str, name: str | bytes, content: bytes, *, mtime: int = 0) -> Path:
        """Lay a file into a folder of the login; `mtime` 0 means now."""
        path = Path(os.fsdecode(os.fsencode(self.home / folder) + b"/" + os.fsencode(name)))
        path.write_bytes(content)
        if mtime:
            os.utime(path, (mtime, mtime))
        return self.give(path)

    def _config(self) -> str:
        keys = "\n".join(f"HostKey {key}" for key in self.host_keys)
        jail = f"ChrootDirectory {self.home.parent}" if self.is_jailed else ""
        start = f"-d /{self.home.name}" if self.is_jailed else ""
        return f"""
Port {self.port}
ListenAddress 127.0.0.1
{keys}
PidFile none
AuthorizedKeysFile {self.folder}/authorized_keys
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
Subsystem sftp internal-sftp
ForceCommand internal-sftp {start} -u 0007 {self.forced}
{jail}
DisableForwarding yes
PermitTTY no
MaxStartups 200:30:300
MaxSessions {self.max_sessions}
LogLevel VERBOSE
{self.extra}
"""


def why_not() -> str | None:
    """Return why no server can run here, None where it can."""
    if SSHD is None or KEYGEN is None:
        return "OpenSSH's server is not installed"
    if os.geteuid() == 0:
        try:
            pwd.getpwnam(PLAIN_USER)
            SEPARATION.mkdir(mode=0o755, exist_ok=True)
        except (KeyError, OSError) as error:
            return f"no plain account or {SEPARATION} for OpenSSH's server: {error}"
    return None


@contextlib.contextmanager
def running_lab(*, forced: str = "", extra: str = "") -> Iterator[Lab]:
    """Yield a running server that is gone afterwards; skips where none can run."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    is_root = os.geteuid() == 0
    where = CHROOTS if is_root and CHROOTS.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="k2kd-lab-", dir=where) as made:
        folder = Path(made)
        folder.chmod(0o755)
        home = folder / "jail" / "home"
        home.mkdir(parents=True, mode=0o755)
        user = PLAIN_USER if is_root else pwd.getpwuid(os.geteuid()).pw_name
        lab = Lab(folder, home, user, is_root, forced=forced, extra=extra)
        lab.give(home)
        lab.host_keys = [keygen(folder / "host_ed25519")]
        keygen(lab.client_key)
        authorized = folder / "authorized_keys"
        authorized.write_text(public_line(lab.client_key) + "\n")
        authorized.chmod(0o644)
        lab.start()
        try:
            yield lab
        finally:
            lab.stop()
