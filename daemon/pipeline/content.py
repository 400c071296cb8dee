"""The bytes of an arrival: small ones stand in the ledger, large ones in the spool."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from daemon.errors import TRIED_AGAIN, DataError, EnvironmentFault
from daemon.ledger.arrivals import Arrival

HEAD_BYTES = 64 * 1024
"""As much of a file as tells its format."""


class SpoolBytes(Protocol):
    """Where the bytes of large arrivals lie."""

    def path(self, name: str) -> Path: ...


def bytes_of(arrival: Arrival, spool: SpoolBytes) -> bytes:
    """Return all bytes; raises DataError where they are gone, EnvironmentFault for the disk."""
    if arrival.data is not None:
        return arrival.data
    if arrival.spool is None:
        raise DataError("no-bytes", "the bytes of this file are past their retention time")
    try:
        return spool.path(arrival.spool).read_bytes()
    except FileNotFoundError:
        raise DataError("no-bytes", "the bytes of this file are gone; send it again") from None
    except OSError as error:
        raise EnvironmentFault(
            f"spool file {arrival.spool} can't be read: {error}; {TRIED_AGAIN}"
        ) from error


def head_of(arrival: Arrival, spool: SpoolBytes, count: int) -> bytes:
    """Return the first `count` bytes; none where they are gone or can't be read."""
    if arrival.data is not None:
        return arrival.data[:count]
    if arrival.spool is None:
        return b""
    try:
        with spool.path(arrival.spool).open("rb") as file:
            return file.read(count)
    except OSError:
        return b""
