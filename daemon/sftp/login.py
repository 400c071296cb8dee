"""Our credentials for a partner's server: read when needed, checked, never shown.

Keys are Ed25519, ECDSA, or RSA of at least 3072 bits. No agent, no keys from a home folder.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from io import StringIO

import paramiko

from daemon.sftp.faults import LoginFault
from daemon.terms.sftp import SftpRemote

LEAST_RSA_BITS = 3072
_KEY_KINDS: tuple[type[paramiko.PKey], ...] = (
    paramiko.Ed25519Key,
    paramiko.ECDSAKey,
    paramiko.RSAKey,
)
Credential = Callable[[str], str | None]
"""Returns the text of a credential by its name, None where there is none."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are to a server; what proves it shows in no text."""

    user: str
    key: paramiko.PKey | None = field(repr=False)
    password: str | None = field(repr=False)


def login(remote: SftpRemote, credential: Credential) -> Login:
    """Read the credentials of `remote`; a LoginFault names the one that is unusable, and why."""
    key = _key(remote.key, credential) if remote.key else None
    if key is not None and remote.certificate:
        _certify(key, remote, _text(remote.certificate, credential))
    password = _text(remote.password, credential) if remote.password else None
    return Login(remote.user, key, password)


def _certify(key: paramiko.PKey, remote: SftpRemote, text: str) -> None:
    with suppress(ValueError, IndexError, paramiko.SSHException):
        key.load_certificate(text)
        blob = key.public_blob
        if blob is not None and "-cert-" in blob.key_type:
            return
    # The cause might quote the credential, so it isn't chained.
    raise LoginFault(
        f"credential {remote.certificate} is no certificate of the key {remote.key}; it is the file"
        " that ends in -cert.pub"
    )


def _text(name: str, credential: Credential) -> str:
    try:
        text = credential(name)
    except (OSError, UnicodeDecodeError) as error:
        raise LoginFault(
            f"credential {name} can't be read ({type(error).__name__}); check its rights"
        ) from None
    if not text:
        raise LoginFault(
            f"there is no credential {name}; put it into the site's credentials folder, readable"
            f" by the service only, or hand it over with systemd's LoadCredential={name}:FILE"
        )
    return text


def _key(name: str, credential: Credential) -> paramiko.PKey:
    text = _text(name, credential) + "\n"
    for kind in _KEY_KINDS:
        try:
            key = kind.from_private_key(StringIO(text))
        except paramiko.PasswordRequiredException:
            raise LoginFault(
                f"credential {name} has a passphrase, which nobody can type here; store the key"
                " without one: ssh-keygen -p -N '' -f FILE"
            ) from None
        except (paramiko.SSHException, ValueError, IndexError):
            continue
        if isinstance(key, paramiko.RSAKey) and key.get_bits() < LEAST_RSA_BITS:
            raise LoginFault(
                f"credential {name} is an RSA key of {key.get_bits()} bits, and"
                f" {LEAST_RSA_BITS} are the least; make a new one: ssh-keygen -t ed25519"
            )
        return key
    raise LoginFault(
        f"credential {name} is no private key; Ed25519, ECDSA and RSA are read, in the form that"
        " ssh-keygen writes"
    )
