"""Files that wait to be put on a partner's server: which they are, and their bytes piece by piece.

A large file is never whole in memory, and no transaction stays open for as long as a slow partner
takes: SQLite can't shorten its log behind a reader, nor PostgreSQL clear away old rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, func, select

from daemon.clock import Clock
from daemon.errors import TRIED_AGAIN, EnvironmentFault
from daemon.ledger.outgoing import OPEN
from daemon.ledger.schema import outgoing, outgoing_bodies
from daemon.ledger.states import OutgoingState
from daemon.ledger.store import Ledger

HELD_S = 2.0
"""SQLite walks to where a piece begins, up to 0.1 s for 200 MB, so a transaction serves many."""
SQLITE_BYTES = 4 << 20
"""Not less: glibc gives memory back to the kernel, and asks for it again, at every packet sent,
until it has seen a piece of some MiB come and go. That costs a third of the sending."""
POSTGRES_BYTES = 16 << 20
"""More, because PostgreSQL unpacks a value from its beginning for each piece of it."""


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """One file on its way, without its bytes."""

    id: int
    partner: str
    kind: str
    name: str
    size_bytes: int
    sha256: str
    state: OutgoingState
    arrival_id: int | None


def waiting(conn: Connection, partner: str, *, limit: int, after: int = 0) -> list[WaitingFile]:
    """Return the files of `partner` that are not delivered yet, oldest first."""
    of = outgoing.c
    query = (
        select(
            of.id, of.partner, of.kind, of.name, of.size_bytes, of.sha256, of.state, of.arrival_id
        )
        .where(of.state.in_(OPEN), of.id > after, of.partner == partner)
        .order_by(of.id)
        .limit(limit)
    )
    return [
        WaitingFile(
            r.id,
            r.partner,
            r.kind,
            r.name,
            r.size_bytes,
            r.sha256,
            OutgoingState(r.state),
            r.arrival_id,
        )
        for r in conn.execute(query)
    ]


def whole(conn: Connection, ids: Sequence[int]) -> dict[int, bytes]:
    """Return the bytes of small files by their keys."""
    columns = outgoing_bodies.c
    query = select(columns.outgoing_id, columns.body).where(columns.outgoing_id.in_(ids))
    return {int(key): bytes(body) for key, body in conn.execute(query)}


def pieces(ledger: Ledger, clock: Clock, file: WaitingFile) -> Iterator[bytes]:
    """Yield the bytes of one file in order, some MiB at a time; takes a connection until it ends.

    Raises EnvironmentFault where the ledger fails, or doesn't hold all of the file.
    """
    read = _of_sqlite if ledger.is_sqlite else _of_postgres
    offset = 0
    while offset < file.size_bytes:
        before = offset
        with ledger.read() as conn, closing(read(conn, file.id, offset)) as some:
            held_until = clock.monotonic() + HELD_S
            for piece in some:
                offset += len(piece)
                yield piece
                if clock.monotonic() >= held_until:
                    break
        if offset == before:
            raise EnvironmentFault(
                f"the ledger holds {offset} of {file.size_bytes} bytes of {file.name}, which waits"
                f" for {file.partner}; restore its backup"
            )


def _of_sqlite(conn: Connection, outgoing_id: int, offset: int) -> Generator[bytes, None, None]:
    table, column = outgoing_bodies.name, outgoing_bodies.c.body.name
    driver = cast(sqlite3.Connection, conn.connection.driver_connection)
    try:
        with driver.blobopen(table, column, outgoing_id, readonly=True) as blob:
            blob.seek(min(offset, len(blob)))
            while piece := blob.read(SQLITE_BYTES):
                yield piece
    except sqlite3.Error as error:
        raise EnvironmentFault(f"the ledger failed: {error}; {TRIED_AGAIN}") from error


def _of_postgres(conn: Connection, outgoing_id: int, offset: int) -> Generator[bytes, None, None]:
    columns = outgoing_bodies.c
    query = select(func.substring(columns.body, offset + 1, POSTGRES_BYTES)).where(
        columns.outgoing_id == outgoing_id
    )
    piece = conn.execute(query).scalar()
    if piece:
        yield bytes(piece)
