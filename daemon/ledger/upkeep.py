"""The small changes that a person makes to the books: mark as seen, set a counter."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from daemon.errors import UsageError
from daemon.ledger.schema import arrivals, sequences
from daemon.ledger.states import ArrivalState
from daemon.ledger.store import advance, now_utc


def mark_seen(conn: Connection, arrival_id: int, *, note: str | None = None) -> None:
    """Note that a person has looked at a quarantined arrival; `note` is added to its reason."""
    table = arrivals.c
    where = (table.id == arrival_id, table.state == ArrivalState.QUARANTINED.value)
    values = {"is_seen": True, "updated_at": now_utc()}
    found = conn.execute(update(arrivals).where(*where).values(values).returning(table.reason))
    row = found.first()
    if row is None:
        raise UsageError(
            f"arrival {arrival_id} is not in quarantine; list what is with: k2kd quarantine list"
        )
    if note:
        reason = f"{row.reason or ''} [rejected: {note}]".strip()
        conn.execute(update(arrivals).where(*where).values(reason=reason))


def set_counters(conn: Connection, names: Sequence[str], last: int) -> list[str]:
    """Set counters so that the next number is `last` + 1; return those that had to be made."""
    is_named = sequences.c.name.in_(names)
    known = set(conn.execute(select(sequences.c.name).where(is_named)).scalars())
    made = [name for name in names if name not in known]
    for name in made:
        # A posting may be making the same one.
        advance(conn, name, 0)
    conn.execute(update(sequences).where(is_named).values(last=last))
    return made
