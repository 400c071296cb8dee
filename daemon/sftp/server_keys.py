"""Keys of the SFTP server: its own, made at the first start and kept, and those of the partners.

Host keys are Ed25519 and, for clients without it, ECDSA P-256; no RSA, because old clients that
know neither would ask for SHA-1 anyway. A site where nobody can log in yet gets a throw-away key
for its first partner, on loopback only: whoever may read it in the state folder may write into the
inboxes as well, so it opens nothing that was shut.
"""

from __future__ import annotations

import base64
import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import pairwise
from pathlib import Path

import paramiko
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_ecdsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from paramiko.pkey import UnknownKeyType

from daemon import safefile
from daemon.config import Configuration
from daemon.errors import SiteError
from daemon.safefile import Directory
from daemon.sftp.passwords import is_usable
from daemon.terms.sftp import SftpLogin

FOLDER = "sftp"
LEAST_RSA_BITS = 2048
_KEY_TYPES = ("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384")
_SECRET_MODE = 0o600


def host_keys(folder: Directory) -> list[paramiko.PKey]:
    """Return the server's own keys from `folder`, made there if they are missing."""
    return [
        _kept(folder, "host_ed25519", paramiko.Ed25519Key.from_private_key, _ed25519),
        _kept(folder, "host_ecdsa", paramiko.ECDSAKey.from_private_key, _ecdsa),
    ]


def _kept(
    folder: Directory,
    name: str,
    read: Callable[[StringIO], paramiko.PKey],
    make: Callable[[], bytes],
) -> paramiko.PKey:
    path = folder.path / name
    if not path.exists():
        safefile.replace(folder, name, make(), mode=_SECRET_MODE)
    try:
        return read(StringIO(path.read_text("ascii")))
    except (paramiko.SSHException, ValueError, OSError) as error:
        raise SiteError(
            [f"{path}: this is no private key; restore it, or remove it to get a new one"]
        ) from error


def _ed25519() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()
    )


def _ecdsa() -> bytes:
    return new_ecdsa(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())


@dataclass(frozen=True, slots=True)
class Trial:
    """The throw-away key of a site that nobody has a login to."""

    partner: str
    path: Path
    key: paramiko.PKey


def trial(site: Configuration, folder: Directory) -> Trial | None:
    """Return the key to try the server with, where that is safe and needed; None elsewhere."""
    has_logins = any(partner.login for partner in site.partner)
    if has_logins or not site.partner or not is_loopback(site.sftp_server.address):
        return None
    partner = site.partner[0].name
    name = f"try_{partner}"
    key = _kept(folder, name, paramiko.Ed25519Key.from_private_key, _ed25519)
    return Trial(partner, folder.path / name, key)


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What lets one partner in."""

    keys: frozenset[bytes]
    password: str | None = None


def credentials(site: Configuration, also: Trial | None) -> Mapping[str, Credentials]:
    """Return what lets each partner in; what can't be used (see `problems`) is left out."""
    known = {
        partner.name: Credentials(
            frozenset(key.asbytes() for key in _usable(partner.login)), partner.login.password
        )
        for partner in site.here
        if partner.login is not None
    }
    if also is not None:
        known[also.partner] = Credentials(frozenset((also.key.asbytes(),)))
    return known


def _usable(login: SftpLogin) -> Iterator[paramiko.PKey]:
    for line in login.keys:
        key = _public_key(line)
        if isinstance(key, paramiko.PKey):
            yield key


def problems(login: SftpLogin) -> list[str]:
    """Return what is wrong with a partner's login, one text each; nothing when all of it works."""
    found = [read for line in login.keys if isinstance(read := _public_key(line), str)]
    if login.password is not None and not is_usable(login.password):
        found.append("the password is no hash; make one with: k2kd partner password")
    return found


def _public_key(line: str) -> paramiko.PKey | str:
    """Read one line as in authorized_keys, or say what is wrong with it."""
    for kind, blob in pairwise(line.split()):
        if kind not in (*_KEY_TYPES, "ecdsa-sha2-nistp521"):
            continue
        try:
            key = paramiko.PKey.from_type_string(kind, base64.b64decode(blob, validate=True))
        except (paramiko.SSHException, UnknownKeyType, ValueError):
            return f"a key of type {kind} can't be read; copy the whole line of the .pub file"
        if kind == "ssh-rsa" and key.get_bits() < LEAST_RSA_BITS:
            return f"an RSA key of {key.get_bits()} bits is too short; use an Ed25519 key"
        return key
    return f"a key is of no known type; use one of {', '.join(_KEY_TYPES)}"
