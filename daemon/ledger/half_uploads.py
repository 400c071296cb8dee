"""Half uploads: an earlier file that turns out to be the beginning of a later one."""

from __future__ import annotations

from sqlalchemy import select

from daemon.ledger.arrivals import Arrival
from daemon.ledger.posting import Posting
from daemon.ledger.schema import arrivals
from daemon.ledger.states import ArrivalState


def half_upload(post: Posting, arrival: Arrival) -> bytes | None:
    """Return the bytes of an earlier file that `arrival` begins with, under the same name.

    A delimited file can't show its end, so half of one may have been taken for the whole; the same
    name with the same beginning is then the rest of the upload (reliability D).
    """
    query = (
        select(arrivals.c.data)
        .where(
            arrivals.c.partner == arrival.partner,
            arrivals.c.name == arrival.name,
            arrivals.c.id < arrival.id,
            # A client that is stopped by hand closes what it has sent so far like a whole file.
            arrivals.c.completeness.in_(["assumed", "closed"]),
            arrivals.c.state.in_([ArrivalState.POSTED.value, ArrivalState.HELD.value]),
        )
        .order_by(arrivals.c.id.desc())
        .limit(1)
    )
    found = post.conn.execute(query).scalar()
    if found is None or arrival.data is None or not arrival.data.startswith(found):
        return None
    return bytes(found)
