"""Host keys: which are pinned, what was offered, and the words for a person who compares them."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from daemon.eventlog import safe
from daemon.sftp.faults import HostKeyFault

_KINDS = ("ssh-", "ecdsa-", "sk-")
_RSA = "ssh-rsa"
_RSA_ALGORITHMS = ("rsa-sha2-512", "rsa-sha2-256")
"""How an RSA key may sign; SHA-1 is gone."""


@dataclass(frozen=True, slots=True)
class HostKey:
    """A server's public key."""

    kind: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 as `ssh-keygen -l` shows it."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")
        return f"SHA256:{digest}"

    @property
    def line(self) -> str:
        """The line to pin."""
        return f"{self.kind} {base64.b64encode(self.blob).decode()}"

    def __str__(self) -> str:
        return f"{self.kind} {self.fingerprint}"


def pinned(lines: Sequence[str]) -> list[HostKey]:
    """Read pinned keys, with or without the host name before them and a comment after."""
    return [_read(line) for line in lines]


def _read(line: str) -> HostKey:
    words = line.split()
    for kind, key in pairwise(words):
        if kind.startswith(_KINDS):
            try:
                blob = base64.b64decode(key, validate=True)
            except binascii.Error:
                break
            if blob[4:].startswith(kind.encode()):
                return HostKey(kind, blob)
    raise HostKeyFault(
        f"host_keys: {safe(line, 40)!r} is no host key; a line such as `ssh-ed25519 AAAA...` is"
        " expected, as `ssh-keyscan HOST` prints it without the name"
    )


def algorithms(keys: Sequence[HostKey], known: Sequence[str]) -> tuple[str, ...]:
    """Return `known` algorithms with those of `keys` first.

    A server with several keys is then asked for one that is pinned, so that a key which it adds
    changes nothing; one that no longer has it shows what it has instead.
    """
    wanted = [a for key in keys for a in (_RSA_ALGORITHMS if key.kind == _RSA else (key.kind,))]
    first = [a for a in dict.fromkeys(wanted) if a in known]
    return (*first, *(a for a in known if a not in first))


def demand_pinned(offered: HostKey, keys: Sequence[HostKey], host: str) -> None:
    """Accept `offered` if it is pinned; a HostKeyFault says what to do otherwise."""
    if offered not in keys:
        known = "; ".join(str(key) for key in keys)
        raise HostKeyFault(
            f"{host} shows the host key {offered}, and pinned are: {known}. Nothing was sent. Ask"
            " the partner, by another way than this connection, whether the key is new; if so, add"
            f" it to host_keys: {offered.line}"
        )
