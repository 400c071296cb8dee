"""What intake hands to the ledger: claims, refusals, and the book that keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from daemon.safefile import Identity

Proof = Literal["shown", "agreed", "closed", "assumed", "cut-short"]
"""How we know that a file is whole: its format shows it, its partner's agreement says it, it was
still for the quiet time; or it shows that its end is missing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One dropped file whose bytes and hash we have.

    The bytes stand in `data`, or for files above `claim.INLINE_BYTES` in the spool file `spool`
    (a name inside the spool). `name` and `done_file` are the partner's, byte for byte.
    """

    partner: str
    name: bytes
    identity: Identity
    sha256: str
    """Hex."""
    data: bytes | None
    spool: str | None
    completeness: Proof
    done_file: bytes | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something in an inbox that is never opened or copied; `message` goes to the partner."""

    partner: str
    name: bytes
    identity: Identity
    code: str
    message: str


class ArrivalBook(Protocol):
    """Where claims become arrivals; the ledger. Raises EnvironmentFault when it can't."""

    def accept(self, claims: Sequence[Claim]) -> Sequence[int]:
        """Record `claims` in one transaction, committed on return; return their arrival ids.

        A claim with the partner, name, dev, ino, mtime_ns, size and sha256 of an accepted one gets
        that id again and is no second arrival.
        """

    def known_spool(self) -> set[str]:
        """Return the spool names that arrivals refer to."""

    def refuse(self, refusal: Refusal) -> bool:
        """Record and answer a refusal once for its identity; True if it is new."""

    def unposted(self) -> int:
        """Return how many arrivals wait to be posted."""
