"""Where a partner meets us: our SFTP server, its own server, or a folder; and its host keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_private_key,
)

from daemon.config import Configuration, Partner
from daemon.errors import DataError, EnvironmentFault, SiteError, UsageError
from daemon.onboarding.keys import PublicKey, parse_key, read_keys
from daemon.onboarding.openssh import jail

SSH_PORT = 22
_INBOX, _OUTBOX = "/inbox", "/outbox"
HOST_KEY = Path("/etc/ssh/ssh_host_ed25519_key.pub")

Kind = Literal["server", "theirs", "folder"]


@dataclass(frozen=True, slots=True)
class Door:
    """How files reach us. `host` is empty for a folder."""

    kind: Kind
    inbox: str
    outbox: str
    host: str = ""
    port: int = SSH_PORT
    user: str = ""
    takes_password: bool = False
    host_keys: tuple[PublicKey, ...] = ()

    @property
    def known_hosts(self) -> str:
        """The lines that tell an SFTP client who we are; empty where no key is known."""
        name = self.host if self.port == SSH_PORT else f"[{self.host}]:{self.port}"
        return "".join(f"{name} {key.kind} {key.body}\n" for key in self.host_keys)


def door(
    site: Configuration,
    partner: Partner,
    *,
    host: str = "",
    port: int = 0,
    host_keys: tuple[PublicKey, ...] = (),
) -> Door:
    """Return the partner's way in.

    Its own server where k2kd.toml names one; ours where `host` says how partners reach it or the
    embedded server is on; else the folders.
    """
    if partner.sftp is not None:
        remote = partner.sftp
        inbox = remote.pull.folder if remote.pull else ""
        outbox = remote.push.folder if remote.push else ""
        return Door("theirs", inbox, outbox, remote.host, remote.port, remote.user)
    embedded = site.sftp_server
    if embedded.is_enabled and not host_keys:
        host_keys = embedded_host_keys(site)
    if host or (embedded.is_enabled and partner.login is not None):
        _check_host(host)
        inbox, outbox = _seen(site, partner.name)
        return Door(
            "server",
            inbox,
            outbox,
            host or embedded.address,
            port or (embedded.port if embedded.is_enabled else SSH_PORT),
            partner.name,
            takes_password=bool(embedded.is_enabled and partner.login and partner.login.password),
            host_keys=host_keys,
        )
    return Door("folder", str(site.inbox(partner.name)), str(site.outbox(partner.name)))


def read_host_keys(file: Path) -> tuple[PublicKey, ...]:
    """Return the keys of a public host key file; a DataError says what is wrong with it."""
    try:
        return tuple(read_keys(file.read_bytes(), str(file)))
    except OSError as error:
        raise EnvironmentFault(
            f"can't read {file}: {error.strerror}; name the right file"
        ) from None


def own_host_keys(file: Path = HOST_KEY) -> tuple[PublicKey, ...]:
    """Return this machine's OpenSSH host key; nothing where it has none."""
    try:
        return read_host_keys(file)
    except (EnvironmentFault, DataError):
        return ()


def embedded_host_keys(site: Configuration) -> tuple[PublicKey, ...]:
    """Return the embedded server's host key; nothing before its first start, or out of reach."""
    try:
        private = (site.state / "sftp" / "host_ed25519").read_bytes()
        key = load_ssh_private_key(private, None)
    except (OSError, ValueError):
        return ()
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return (parse_key(line.decode(), "host_ed25519"),)


def _seen(site: Configuration, partner: str) -> tuple[str, str]:
    """Return the folders as an SFTP client sees them."""
    try:
        where = jail(site, partner)
    except (SiteError, UsageError):
        return _INBOX, _OUTBOX
    return where.inbox_seen, where.outbox_seen


def _check_host(host: str) -> None:
    if not all(c.isascii() and (c.isalnum() or c in "-.:") for c in host):
        raise UsageError(f"{host[:60]!r} is no host name; write it as sftp.example.com")
