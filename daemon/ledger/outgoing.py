"""Outgoing files in the ledger: pending, staged, delivered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from daemon.ledger import transfers
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.schema import documents, outgoing, outgoing_bodies
from daemon.ledger.states import OUTGOING, OutgoingState, sources
from daemon.ledger.store import Ledger, now_utc

OPEN = (OutgoingState.PENDING.value, OutgoingState.STAGED.value, OutgoingState.BLOCKED.value)

_ENDS = (OutgoingState.DELIVERED, OutgoingState.BLOCKED)


@dataclass(frozen=True, slots=True)
class OutgoingRow:
    """One file on its way, as delivery needs it."""

    id: int
    partner: str
    kind: str
    name: str
    body: bytes
    state: OutgoingState
    arrival_id: int | None


def undelivered(
    conn: Connection,
    partner: str | None = None,
    *,
    limit: int,
    after: int = 0,
    without: Collection[str] = (),
) -> list[OutgoingRow]:
    """Return files that are not delivered yet, oldest first; none for the partners `without`."""
    query = (
        select(
            outgoing.c.id,
            outgoing.c.partner,
            outgoing.c.kind,
            outgoing.c.name,
            outgoing.c.state,
            outgoing.c.arrival_id,
        )
        .where(outgoing.c.state.in_(OPEN), outgoing.c.id > after)
        .order_by(outgoing.c.id)
        .limit(limit)
    )
    if partner is not None:
        query = query.where(outgoing.c.partner == partner)
    if without:
        query = query.where(outgoing.c.partner.not_in(without))
    rows = conn.execute(query).all()
    bodies = _bodies(conn, [row.id for row in rows])
    return [
        OutgoingRow(
            r.id, r.partner, r.kind, r.name, bodies[r.id], OutgoingState(r.state), r.arrival_id
        )
        for r in rows
    ]


def _bodies(conn: Connection, ids: Sequence[int]) -> dict[int, bytes]:
    """Return the bytes of files; asked for by key, because sorting rows would sort them along."""
    columns = outgoing_bodies.c
    query = select(columns.outgoing_id, columns.body).where(columns.outgoing_id.in_(ids))
    return {int(key): bytes(body) for key, body in conn.execute(query)}


def oldest_undelivered(conn: Connection, partner: str) -> datetime | None:
    """Return since when the file that has waited longest waits; None where none does."""
    query = select(func.min(outgoing.c.created_at)).where(
        outgoing.c.state.in_(OPEN), outgoing.c.partner == partner
    )
    found = conn.execute(query).scalar()
    return found if isinstance(found, datetime) else None


def mark(ledger: Ledger, files: Mapping[OutgoingState, Sequence[int]]) -> None:
    """Set the states of files, by state, and of the transfers of the orders that they bring.

    All of it at once. A delivered file never goes back.
    """
    ended = [key for state in _ENDS for key in files.get(state, ())]
    brings_orders = False
    if ended:
        with ledger.read() as conn:
            brings_orders = transfers.brings_orders(conn, ended)
    with ledger.write_in_turn() if brings_orders else ledger.write() as conn:
        for state, ids in files.items():
            if brings_orders and state in _ENDS:
                transfers.follow(conn, ids, state)
            conn.execute(
                update(outgoing)
                .where(outgoing.c.id.in_(ids), outgoing.c.state.in_(sources(OUTGOING, state)))
                .values(state=state.value, updated_at=now_utc())
            )


def unstage(conn: Connection, partner: str, *, without: Collection[int]) -> set[int]:
    """Set `partner`'s staged files back to pending, but for those `without`; return their ids."""
    moved = conn.execute(
        update(outgoing)
        .where(
            outgoing.c.partner == partner,
            outgoing.c.state.in_([OutgoingState.STAGED.value, OutgoingState.BLOCKED.value]),
            outgoing.c.id.not_in(without),
        )
        .values(state=OutgoingState.PENDING.value, updated_at=now_utc())
        .returning(outgoing.c.id)
    )
    return {int(key) for key in moved.scalars()}


def has_purged_answers(
    conn: Connection, *, arrival_id: int | None = None, document_id: int | None = None
) -> bool:
    """Tell whether answers to an arrival or a document were given whose bytes are past keeping."""
    query = select(outgoing.c.id).where(
        outgoing.c.is_answer,
        outgoing.c.id.not_in(select(outgoing_bodies.c.outgoing_id)),
    )
    if arrival_id is not None:
        query = query.where(outgoing.c.arrival_id == arrival_id)
    if document_id is not None:
        query = query.where(outgoing.c.document_id == document_id)
    return conn.execute(query.limit(1)).first() is not None


def latest_answers(
    conn: Connection,
    *,
    arrival_id: int | None = None,
    document_id: int | None = None,
    interchange: str | None = None,
) -> list[OutgoingFile]:
    """Return the newest answer of each kind to an arrival or a document, to be given again (P4).

    `interchange` (an ISA13) leaves only what answers that interchange of the arrival. The bytes,
    and the control numbers in them, are those of the first time; the name will be new.
    """
    query = (
        select(outgoing, outgoing_bodies.c.body, documents.c.control)
        .join(outgoing_bodies, outgoing_bodies.c.outgoing_id == outgoing.c.id)
        .outerjoin(documents, documents.c.id == outgoing.c.document_id)
        .where(outgoing.c.is_answer)
        .order_by(outgoing.c.id)
    )
    if arrival_id is not None:
        query = query.where(outgoing.c.arrival_id == arrival_id)
    if document_id is not None:
        query = query.where(outgoing.c.document_id == document_id)
    newest: dict[tuple[int | None, str, str], OutgoingFile] = {}
    for row in conn.execute(query):
        stem, extension = row.name.rsplit(".", 1)
        reference = stem.removeprefix(f"{row.kind}-").rsplit("-", 1)[0]
        answered = reference if row.control is None else row.control.split("/")[0]
        if interchange not in (None, answered):
            continue
        newest[(row.document_id, row.kind, reference)] = OutgoingFile(
            row.partner, row.kind, reference, extension, row.body, is_answer=True
        )
    return list(newest.values())
