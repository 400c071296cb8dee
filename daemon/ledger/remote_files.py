"""Files on partners' servers: what is being fetched, and what stays there although we have it.

A row is made before a file is fetched, and its key becomes the identity of the arrival. A crash
between the arrival and the receipt finds the row again, so the file that is still there gets the
same identity and is no second arrival. Once the receipt is given the row goes, and the same name
with the same bytes and time is a new file (R1 to R4). Rows of files that stay are the memory of
what was fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select, update

from daemon.ledger.schema import remote_files
from daemon.ledger.store import Ledger, advance, now_utc

_CHUNK = 400
"""Keys in one statement; databases bound the number of parameters."""


class RemoteState(StrEnum):
    """What we know of a file on a partner's server."""

    FETCHING = "fetching"
    """It may be an arrival already; its receipt is not given."""
    FETCHED = "fetched"
    """It is an arrival, and the file stays: agreed so, or it could not be removed."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file as it stood on a server; `mtime` in seconds since the epoch."""

    path: bytes
    size_bytes: int
    mtime: int


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file with its row."""

    id: int
    file: RemoteFile
    state: RemoteState
    created_at: datetime


def known(conn: Connection, partner: str) -> dict[bytes, KnownFile]:
    """Return what is known of a partner's files, by path."""
    query = select(remote_files).where(remote_files.c.partner == partner)
    return {
        row.path: KnownFile(
            row.id,
            RemoteFile(row.path, row.size_bytes, row.mtime),
            RemoteState(row.state),
            row.created_at,
        )
        for row in conn.execute(query)
    }


def begin(ledger: Ledger, partner: str, files: Sequence[RemoteFile]) -> dict[bytes, KnownFile]:
    """Make a row for each of `files` that has none as it stands; durable on return.

    A file that changed since its row was made is another file and gets another key.
    """
    with ledger.write() as conn:
        before = known(conn, partner)
        fresh = [f for f in files if f.path not in before or before[f.path].file != f]
        if fresh:
            _delete(conn, [before[f.path].id for f in fresh if f.path in before])
            at = now_utc()
            first = advance(conn, "key:remote_files", len(fresh)) - len(fresh) + 1
            rows = [
                {
                    "id": first + position,
                    "partner": partner,
                    "path": file.path,
                    "size_bytes": file.size_bytes,
                    "mtime": file.mtime,
                    "state": RemoteState.FETCHING.value,
                    "created_at": at,
                    "updated_at": at,
                }
                for position, file in enumerate(fresh)
            ]
            conn.execute(insert(remote_files), rows)
            for position, file in enumerate(fresh):
                row = KnownFile(first + position, file, RemoteState.FETCHING, at)
                before[file.path] = row
    return {f.path: before[f.path] for f in files}


def end(ledger: Ledger, *, gone: Sequence[int], staying: Sequence[int]) -> None:
    """Forget files whose receipt is given or that are gone; remember those that stay."""
    if not gone and not staying:
        return
    with ledger.write() as conn:
        _delete(conn, gone)
        for ids in _chunks(staying):
            conn.execute(
                update(remote_files)
                .where(remote_files.c.id.in_(ids))
                .values(state=RemoteState.FETCHED.value, updated_at=now_utc())
            )


def _delete(conn: Connection, ids: Sequence[int]) -> None:
    for chunk in _chunks(ids):
        conn.execute(delete(remote_files).where(remote_files.c.id.in_(chunk)))


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK))
