"""Let go of bytes that are past their retention time; the rows, hashes and states stay."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update

from daemon.ledger.schema import arrivals
from daemon.ledger.states import ArrivalState
from daemon.ledger.store import Ledger

_ENDED = (ArrivalState.POSTED.value, ArrivalState.DUPLICATE.value)


def purge(ledger: Ledger, now: datetime, *, bytes_days: int) -> list[str]:
    """Drop the bytes of arrivals that ended more than `bytes_days` ago.

    Returns the spool files that nothing refers to any more. Quarantined bytes go only once a
    person has seen them, held ones never.
    """
    columns = arrivals.c
    is_over = and_(
        columns.updated_at < now - timedelta(days=bytes_days),
        or_(
            columns.state.in_(_ENDED),
            and_(columns.state == ArrivalState.QUARANTINED.value, columns.is_seen),
        ),
    )
    has_bytes = or_(columns.data.is_not(None), columns.spool.is_not(None))
    with ledger.write() as conn:
        names = conn.execute(
            select(columns.spool).where(is_over, columns.spool.is_not(None))
        ).scalars()
        dropped = [str(name) for name in names]
        conn.execute(update(arrivals).where(is_over, has_bytes).values(data=None, spool=None))
    return dropped
