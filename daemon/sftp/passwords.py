"""Passwords are kept as scrypt hashes that carry their own salt and cost; never as text.

    scrypt$32768$8$3$<salt, base64>$<hash, base64>

Comparing takes as long for a wrong password, for a login without one and for a name that nobody
has, so that an answer's time tells nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass

from daemon.errors import UsageError

SCHEME = "scrypt"
SALT_BYTES = 16
HASH_BYTES = 32
SHORTEST = 12
"""Characters of the shortest password that is taken."""
LONGEST = 1024
_MOST_MEMORY = 256 << 20
_PARTS = 6


@dataclass(frozen=True, slots=True)
class Cost:
    """What one comparison costs: 128 * n * r bytes of memory, and time in n * r * p."""

    n: int = 1 << 15
    r: int = 8
    p: int = 3

    @property
    def is_sane(self) -> bool:
        return (
            self.n >= 2
            and self.n & (self.n - 1) == 0
            and 1 <= self.r <= 32
            and 1 <= self.p <= 16
            and 128 * self.n * self.r <= _MOST_MEMORY // 2
        )


STRONG = Cost()


def hash_password(password: str, cost: Cost = STRONG) -> str:
    """Return the text to keep for `password`; a UsageError says why it can't be one."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"a password has {SHORTEST} to {LONGEST} characters, and this one has {len(password)};"
            " choose another"
        )
    salt = os.urandom(SALT_BYTES)
    made = _scrypt(password.encode(), salt, cost)
    shown = (base64.b64encode(part).decode("ascii") for part in (salt, made))
    return "$".join((SCHEME, str(cost.n), str(cost.r), str(cost.p), *shown))


def verify(password: str | bytes, kept: str | None) -> bool:
    """Say whether `password` is the one behind `kept`; `kept` None or unusable is always no."""
    known = _parsed(kept) if kept else None
    cost, salt, made = known or (STRONG, bytes(SALT_BYTES), bytes(HASH_BYTES))
    given = password if isinstance(password, bytes) else password.encode("utf-8", "surrogateescape")
    is_same = hmac.compare_digest(_scrypt(given[: 4 * LONGEST], salt, cost), made)
    return is_same and known is not None


def is_usable(kept: str) -> bool:
    """Say whether `kept` is a hash as `hash_password` makes it."""
    return _parsed(kept) is not None


def _parsed(kept: str) -> tuple[Cost, bytes, bytes] | None:
    parts = kept.split("$")
    if len(parts) != _PARTS or parts[0] != SCHEME:
        return None
    try:
        cost = Cost(*(int(part) for part in parts[1:4]))
        salt, made = (base64.b64decode(part, validate=True) for part in parts[4:])
    except (ValueError, binascii.Error):
        return None
    is_whole = cost.is_sane and len(salt) >= SALT_BYTES and len(made) == HASH_BYTES
    return (cost, salt, made) if is_whole else None


def _scrypt(password: bytes, salt: bytes, cost: Cost) -> bytes:
    return hashlib.scrypt(
        password,
        salt=salt,
        n=cost.n,
        r=cost.r,
        p=cost.p,
        maxmem=_MOST_MEMORY,
        dklen=HASH_BYTES,
    )
