"""Arrivals: what was claimed, and how each ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, exists, func, select, update

from daemon import VERSION
from daemon.errors import UsageError
from daemon.ledger.bulk import insert_rows
from daemon.ledger.claims import Claim, Refusal
from daemon.ledger.holds import stops_reading
from daemon.ledger.posting import OutgoingFile, Posting, posting
from daemon.ledger.schema import arrivals, documents, holds, refusals
from daemon.ledger.states import ARRIVAL, ArrivalState, DocumentState, HoldState, sources
from daemon.ledger.store import Ledger, advance, now_utc


@dataclass(frozen=True, slots=True)
class Arrival:
    """One claimed file as the pipeline needs it; large ones have their bytes in the spool."""

    id: int
    partner: str
    name: bytes
    sha256: str
    size_bytes: int
    data: bytes | None
    spool: str | None
    completeness: str
    attempts: int
    replays: int


@dataclass(frozen=True, slots=True)
class Ending:
    """How the work on an arrival ended; counts are for people."""

    arrival: Arrival
    state: ArrivalState
    code: str | None = None
    reason: str | None = None
    form: str | None = None
    original: int | None = None
    documents: int = 0
    answers: int = 0


_NEEDED = (
    arrivals.c.id,
    arrivals.c.partner,
    arrivals.c.name,
    arrivals.c.sha256,
    arrivals.c.size_bytes,
    arrivals.c.data,
    arrivals.c.spool,
    arrivals.c.completeness,
    arrivals.c.attempts,
    arrivals.c.replays,
)


class LedgerArrivals:
    """The arrival book of intake, kept in the ledger."""

    def __init__(self, ledger: Ledger, advise: Callable[[Refusal], OutgoingFile]) -> None:
        """Keep the book in `ledger`; `advise` writes what a partner is told about a refusal."""
        self._ledger = ledger
        self._advise = advise

    def accept(self, claims: Sequence[Claim]) -> Sequence[int]:
        """Record `claims` in one durable transaction and return their arrival ids (step C5).

        A claim that is already recorded (a crash came between the row and the unlink) gets its
        first id again and is no second arrival.
        """
        with self._ledger.write() as conn:
            known = _known(conn, claims)
            fresh = [c for c in claims if _identity(c) not in known]
            if fresh:
                known.update(_insert(conn, fresh))
        return [known[_identity(claim)] for claim in claims]

    def known_spool(self) -> set[str]:
        """Return the names of the spool files that arrivals refer to."""
        with self._ledger.read() as conn:
            names = conn.execute(select(arrivals.c.spool).where(arrivals.c.spool.is_not(None)))
            return {str(name) for (name,) in names}

    def refuse(self, refusal: Refusal) -> bool:
        """Record a refusal and its advice to the partner; return whether it is new."""
        with posting(self._ledger) as post:
            where = and_(
                refusals.c.partner == refusal.partner,
                refusals.c.name == refusal.name,
                refusals.c.inode == signed(refusal.identity.ino),
                refusals.c.ctime_ns == signed(refusal.identity.ctime_ns),
                refusals.c.code == refusal.code,
            )
            if post.conn.execute(select(refusals.c.id).where(where)).first():
                return False
            post.add(
                refusals,
                {
                    "partner": refusal.partner,
                    "name": refusal.name,
                    "inode": signed(refusal.identity.ino),
                    "ctime_ns": signed(refusal.identity.ctime_ns),
                    "code": refusal.code,
                    "message": refusal.message,
                },
            )
            post.send(self._advise(refusal), arrival_id=None, document_id=None)
            return True

    def unposted(self) -> int:
        """Return how many arrivals wait to be posted."""
        with self._ledger.read() as conn:
            return count_claimed(conn)


def signed(number: int) -> int:
    """Return a file's number as the ledger holds it, in 64 bits with a sign.

    A partner can set a time after the year 2262, and some network volumes count inodes beyond it.
    """
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


def _identity(claim: Claim) -> tuple[str, bytes, int, int, str]:
    inode, ctime_ns = signed(claim.identity.ino), signed(claim.identity.ctime_ns)
    return (claim.partner, claim.name, inode, ctime_ns, claim.sha256)


def _known(
    conn: Connection, claims: Sequence[Claim]
) -> dict[tuple[str, bytes, int, int, str], int]:
    found: dict[tuple[str, bytes, int, int, str], int] = {}
    columns = arrivals.c
    for start in range(0, len(claims), 500):
        chunk = claims[start : start + 500]
        query = select(
            columns.id,
            columns.partner,
            columns.name,
            columns.inode,
            columns.ctime_ns,
            columns.sha256,
        ).where(
            columns.partner.in_({c.partner for c in chunk}),
            columns.sha256.in_({c.sha256 for c in chunk}),
        )
        for row in conn.execute(query):
            found[(row.partner, row.name, row.inode, row.ctime_ns, row.sha256)] = row.id
    return found


def _insert(
    conn: Connection, claims: Sequence[Claim]
) -> dict[tuple[str, bytes, int, int, str], int]:
    at = now_utc()
    last = advance(conn, "key:arrivals", len(claims))
    rows = [
        {
            "id": last - len(claims) + position,
            "partner": claim.partner,
            "name": claim.name,
            "inode": signed(claim.identity.ino),
            "ctime_ns": signed(claim.identity.ctime_ns),
            "mtime_ns": signed(claim.identity.mtime_ns),
            "size_bytes": claim.identity.size,
            "sha256": claim.sha256,
            "data": claim.data,
            "spool": claim.spool,
            "completeness": claim.completeness,
            "state": ArrivalState.CLAIMED.value,
            "attempts": 0,
            "created_at": at,
            "updated_at": at,
        }
        for position, claim in enumerate(claims, 1)
    ]
    insert_rows(conn, arrivals, rows)
    first = last - len(claims) + 1
    return {_identity(claim): first + offset for offset, claim in enumerate(claims)}


def count_claimed(conn: Connection) -> int:
    query = select(func.count()).where(arrivals.c.state == ArrivalState.CLAIMED.value)
    return int(conn.execute(query).scalar_one())


def have_come(conn: Connection) -> bool:
    """Say whether any file has been taken in yet."""
    return conn.execute(select(arrivals.c.id).limit(1)).first() is not None


def count_ended(conn: Connection) -> int:
    query = select(func.count()).where(arrivals.c.state != ArrivalState.CLAIMED.value)
    return int(conn.execute(query).scalar_one())


def partners_with_work(conn: Connection) -> list[str]:
    """Return the partners that have claimed arrivals waiting."""
    query = (
        select(arrivals.c.partner)
        .where(arrivals.c.state == ArrivalState.CLAIMED.value)
        .group_by(arrivals.c.partner)
        .order_by(func.min(arrivals.c.id))
    )
    return [str(partner) for (partner,) in conn.execute(query)]


def claimed(conn: Connection, partner: str, *, limit: int, max_bytes: int) -> list[Arrival]:
    """Return the next claimed arrivals of `partner`, oldest first (P8).

    Not more than `limit` files nor, after the first, more than `max_bytes`. One that was tried
    before comes alone, so that a file that kills the process is the only one to be counted (P9).
    """
    query = (
        select(*_NEEDED)
        .where(arrivals.c.state == ArrivalState.CLAIMED.value, arrivals.c.partner == partner)
        .order_by(arrivals.c.id)
        .limit(limit)
    )
    batch: list[Arrival] = []
    size, hashes = 0, set[str]()
    for row in conn.execute(query):
        arrival = Arrival(**row._mapping)
        is_too_much = size + arrival.size_bytes > max_bytes
        # A copy must find its original ended, so the two never share a transaction.
        if batch and (arrival.attempts or is_too_much or arrival.sha256 in hashes):
            break
        hashes.add(arrival.sha256)
        batch.append(arrival)
        size += arrival.size_bytes
        if arrival.attempts:
            break
    return batch


def get(conn: Connection, arrival_id: int) -> Arrival:
    """Return one arrival; a UsageError where there is none."""
    row = conn.execute(select(*_NEEDED).where(arrivals.c.id == arrival_id)).first()
    if row is None:
        raise UsageError(f"there is no arrival {arrival_id}; list them with: k2kd files")
    return Arrival(**row._mapping)


def count_attempt(ledger: Ledger, ids: Sequence[int], by: int = 1) -> None:
    """Count an attempt for each of `ids`, durably, before it is made (step C7).

    With `by=-1` an attempt that failed through no fault of its file is taken back.
    """
    with ledger.write() as conn:
        conn.execute(
            update(arrivals)
            .where(arrivals.c.id.in_(ids))
            .values(attempts=arrivals.c.attempts + by, updated_at=now_utc())
        )


def finish(
    conn: Connection,
    arrival_id: int,
    state: ArrivalState,
    *,
    code: str | None = None,
    reason: str | None = None,
    **columns: object,
) -> None:
    """Move an arrival to the state its work ended in; a forbidden move is a UsageError."""
    values = {
        "state": state.value,
        "reason_code": code,
        "reason": reason,
        "updated_at": now_utc(),
        **columns,
    }
    moved = conn.execute(
        update(arrivals)
        .where(arrivals.c.id == arrival_id, arrivals.c.state.in_(sources(ARRIVAL, state)))
        .values(values)
    )
    if moved.rowcount != 1:
        current = conn.execute(select(arrivals.c.state).where(arrivals.c.id == arrival_id)).scalar()
        if current is None:
            raise UsageError(f"there is no arrival {arrival_id}; list them with: k2kd files")
        allowed = ", ".join(s.value for s in ARRIVAL[ArrivalState(current)]) or "nothing"
        raise UsageError(
            f"arrival {arrival_id} is {current}; from there it can become {allowed},"
            f" not {state.value}"
        )


def finish_all(conn: Connection, endings: Sequence[Ending], *, mapping_hash: str) -> None:
    """End claimed arrivals in one statement."""
    at = now_utc()
    conn.execute(
        update(arrivals)
        .where(
            arrivals.c.id == bindparam("arrival"),
            arrivals.c.state == ArrivalState.CLAIMED.value,
        )
        .values(
            state=bindparam("new_state"),
            # A copy or a replay is answered without being read again.
            format=func.coalesce(bindparam("form"), arrivals.c.format),
            reason_code=bindparam("code"),
            reason=bindparam("why"),
            original_id=bindparam("original"),
            mapping_hash=mapping_hash,
            version=VERSION,
            updated_at=at,
        ),
        [
            {
                "arrival": ending.arrival.id,
                "new_state": ending.state.value,
                "form": ending.form,
                "code": ending.code,
                "why": ending.reason,
                "original": ending.original,
            }
            for ending in endings
        ],
    )


def earlier_copies(post: Posting, batch: Sequence[Arrival], *, since: datetime) -> dict[int, int]:
    """Return, for those of a partner's `batch` that came before, the first arrival of the bytes.

    A quarantined copy does not count: its partner may send it again once the cause is mended.
    """
    columns = arrivals.c
    query = (
        select(columns.sha256, func.min(columns.id))
        .where(
            columns.partner == batch[0].partner,
            columns.sha256.in_({arrival.sha256 for arrival in batch}),
            columns.created_at >= since,
            columns.state.in_([ArrivalState.POSTED.value, ArrivalState.HELD.value]),
        )
        .group_by(columns.sha256)
    )
    first = {str(sha256): int(key) for sha256, key in post.conn.execute(query)}
    return {
        arrival.id: first[arrival.sha256]
        for arrival in batch
        if first.get(arrival.sha256, arrival.id) < arrival.id
    }


def retry(conn: Connection, arrival_id: int, *, is_replay: bool) -> None:
    """Put an arrival back to be worked on: a release from quarantine, or a replay on purpose."""
    replays = arrivals.c.replays + 1 if is_replay else arrivals.c.replays
    finish(conn, arrival_id, ArrivalState.CLAIMED, attempts=0, replays=replays)


def settle_all(conn: Connection) -> int:
    """Post the held arrivals, and the advices in them, that nothing holds any more."""
    advice = documents.c
    conn.execute(
        update(documents)
        .where(
            advice.state == DocumentState.HELD.value,
            advice.kind == "inventory_advice",
            ~exists().where(
                holds.c.document_id == advice.id, holds.c.state == HoldState.OPEN.value
            ),
        )
        .values(state=DocumentState.POSTED.value, updated_at=now_utc())
    )
    is_free = ~exists().where(holds.c.arrival_id == arrivals.c.id, stops_reading())
    moved = conn.execute(
        update(arrivals)
        .where(arrivals.c.state == ArrivalState.HELD.value, is_free)
        .values(
            state=ArrivalState.POSTED.value, reason=None, reason_code=None, updated_at=now_utc()
        )
    )
    return moved.rowcount
