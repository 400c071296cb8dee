"""What both sides of each connection were told of it last, so that each change is told once (K-09).

A new ledger has told nobody anything yet, so all that is agreed is news. One of a release that told
nothing of connections begins with what is: who trades already knows it.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select, update

from daemon.ledger.schema import connections_told, sequences
from daemon.ledger.store import now_utc

BEGUN = "connections told"
"""Counter that exists once what was there at first is noted."""
TRADED = "connections traded"
"""Counter of ledgers that were in use before connections were told of (revision 0003)."""
Sides = tuple[str, str]
"""Vendor and buyer."""


def told(conn: Connection) -> Mapping[Sides, str] | None:
    """Return by connection the state that was told last; None where nothing ever was noted."""
    if not _is_there(conn, BEGUN):
        return None
    table = connections_told.c
    rows = conn.execute(select(table.vendor, table.buyer, table.state))
    return {(vendor, buyer): state for vendor, buyer, state in rows}


def were_known(conn: Connection) -> bool:
    """Tell whether partners traded over this ledger before anybody was told of connections."""
    return _is_there(conn, TRADED)


def _is_there(conn: Connection, counter: str) -> bool:
    query = select(sequences.c.last).where(sequences.c.name == counter)
    return conn.execute(query).first() is not None


def note(conn: Connection, sides: Sides, before: str | None, state: str | None) -> bool:
    """Note what is told of a connection now, None that it has ended.

    False where somebody else has noted another state meanwhile: then nothing is to be told.
    """
    table, (vendor, buyer) = connections_told, sides
    own = (table.c.vendor == vendor, table.c.buyer == buyer, table.c.state == before)
    if before is None:
        row = {"vendor": vendor, "buyer": buyer, "state": state, "updated_at": now_utc()}
        # A host that has noted it meanwhile has the key: this posting fails, and is tried again.
        conn.execute(insert(table).values(row))
        return True
    if state is None:
        return conn.execute(delete(table).where(*own)).rowcount == 1
    values = {"state": state, "updated_at": now_utc()}
    return conn.execute(update(table).where(*own).values(values)).rowcount == 1
