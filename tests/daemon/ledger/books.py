"""Rows that a ledger test needs before it can begin."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from daemon.ledger.arrivals import LedgerArrivals
from daemon.ledger.claims import Claim
from daemon.ledger.store import Ledger
from daemon.replies.advice import refusal_advice
from daemon.safefile import Identity


def identity(ino: int = 1, ctime_ns: int = 1, size: int = 4) -> Identity:
    return Identity(dev=1, ino=ino, size=size, mtime_ns=5, ctime_ns=ctime_ns)


def claim(
    content: bytes = b"ISA*",
    *,
    partner: str = "bloom",
    name: bytes = b"order.edi",
    ino: int = 1,
    ctime_ns: int = 1,
    spool: str | None = None,
) -> Claim:
    """Return a claim of one small file, or of one in the spool."""
    return Claim(
        partner=partner,
        name=name,
        identity=identity(ino, ctime_ns, len(content)),
        sha256=hashlib.sha256(content).hexdigest(),
        data=None if spool else content,
        spool=spool,
        completeness="shown",
    )


def book(ledger: Ledger) -> LedgerArrivals:
    return LedgerArrivals(ledger, refusal_advice)


def add_arrival(ledger: Ledger, content: bytes = b"ISA*", *, partner: str = "bloom") -> int:
    """Claim one file and return its arrival id."""
    return add_arrivals(ledger, [claim(content, partner=partner)])[0]


def add_arrivals(ledger: Ledger, claims: Sequence[Claim]) -> Sequence[int]:
    return book(ledger).accept(claims)
