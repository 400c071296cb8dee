"""What partners said of the X12 and EDIFACT files they were sent: found by numbers, and noted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, or_, select, update

from daemon.ledger import holds as hold_book
from daemon.ledger.posting import Posting, plain
from daemon.ledger.schema import holds, outgoing
from daemon.ledger.states import (
    ACKNOWLEDGEMENT,
    AcknowledgementState,
    HoldState,
    OutgoingState,
)

_sent = outgoing.c


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file for a partner, as its acknowledgement finds it."""

    id: int
    partner: str
    kind: str
    name: str
    arrival_id: int | None
    acknowledgement: AcknowledgementState | None
    due_at: datetime | None
    created_at: datetime
    state: OutgoingState
    moved_at: datetime
    """When it came into `state`, as delivered."""
    order_id: int | None
    """The order that it brings to its vendor."""


def by_group(conn: Connection, partner: str, sender: str, control: int) -> SentFile | None:
    """Return the newest file to `partner` from our id `sender` (`ZZ/K2KNET`) with this GS06."""
    return _newest(
        conn, _sent.partner == partner, _sent.sender == sender, _sent.group_control == control
    )


def by_interchange(conn: Connection, partner: str, sender: str, control: int) -> SentFile | None:
    """Return the newest file to `partner` from our id `sender` with this ISA13."""
    return _newest(
        conn,
        *(_sent.partner == partner, _sent.sender == sender),
        _sent.interchange_control == control,
    )


def by_reference(conn: Connection, partner: str, kind: str, reference: str) -> SentFile | None:
    """Return the newest X12 file to `partner` of a kind (`850`) about the document `reference`."""
    return _newest(
        conn,
        *(_sent.partner == partner, _sent.group_control.is_not(None), _sent.kind == kind),
        _sent.name.startswith(f"{kind}-{plain(reference)}-", autoescape=True),
    )


def by_message(
    conn: Connection, partner: str, kinds: Collection[str], reference: str
) -> SentFile | None:
    """Return the newest EDIFACT file to `partner` of one of `kinds` about the document."""
    beginnings = [
        _sent.name.startswith(f"{kind}-{plain(reference)}-", autoescape=True) for kind in kinds
    ]
    return _newest(
        conn,
        *(_sent.partner == partner, _sent.group_control.is_(None)),
        *(_sent.interchange_control.is_not(None), _sent.kind.in_(kinds), or_(*beginnings)),
    )


def by_id(conn: Connection, key: int) -> SentFile | None:
    """Return the file with this key."""
    return _newest(conn, _sent.id == key)


def by_name(conn: Connection, name: str) -> SentFile | None:
    """Return the file of this name."""
    return _newest(conn, _sent.name == name)


def overdue(conn: Connection, now: datetime, *, limit: int) -> Sequence[tuple[int, str]]:
    """Return key and partner of delivered files whose acknowledgement is due, oldest first."""
    query = (
        select(_sent.id, _sent.partner)
        .where(_sent.due_at <= now, _sent.state == OutgoingState.DELIVERED.value)
        .order_by(_sent.due_at, _sent.id)
        .limit(limit)
    )
    return [(int(row.id), str(row.partner)) for row in conn.execute(query)]


def note(post: Posting, file: SentFile, state: AcknowledgementState) -> bool:
    """Note what is known of a file now; False where the table of states allows no such change.

    Nothing more is waited for after it.
    """
    before = file.acknowledgement
    if before is not None and state is not before and state not in ACKNOWLEDGEMENT[before]:
        return False
    _set(post, file.id, acknowledgement=state.value, due_at=None)
    return True


def wait_until(post: Posting, file: SentFile, moment: datetime) -> None:
    """Wait for the acknowledgement of a file until `moment`: it was delivered late."""
    _set(post, file.id, due_at=moment)


def forget_due(post: Posting, file: SentFile) -> None:
    """Wait no longer for the acknowledgement of a file: another was sent in its place."""
    if file.due_at is not None:
        _set(post, file.id, due_at=None)


def end_holds(post: Posting, outgoing_id: int, state: HoldState) -> int:
    """End the open holds on a file; return how many there were."""
    query = select(holds.c.id).where(
        holds.c.outgoing_id == outgoing_id, holds.c.state == HoldState.OPEN.value
    )
    found = list(post.conn.execute(query).scalars())
    if found:
        hold_book.end(post.conn, found, state)
    return len(found)


def _set(post: Posting, key: int, **values: object) -> None:
    # Not `updated_at`: it says when the file was delivered.
    post.conn.execute(update(outgoing).where(_sent.id == key).values(**values))


def _newest(conn: Connection, *where: ColumnElement[bool]) -> SentFile | None:
    query = select(outgoing).where(*where).order_by(_sent.id.desc()).limit(1)
    row = conn.execute(query).first()
    if row is None:
        return None
    said = row.acknowledgement
    return SentFile(
        id=row.id,
        partner=row.partner,
        kind=row.kind,
        name=row.name,
        arrival_id=row.arrival_id,
        acknowledgement=None if said is None else AcknowledgementState(said),
        due_at=row.due_at,
        created_at=row.created_at,
        state=OutgoingState(row.state),
        moved_at=row.updated_at,
        order_id=row.order_id,
    )
