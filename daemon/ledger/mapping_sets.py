"""The mapping tables that postings used, kept so that any of them can be repeated (P12)."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping

from sqlalchemy import Connection, insert, select

from daemon.ledger.schema import arrivals, mapping_sets
from daemon.ledger.store import now_utc


def keep(conn: Connection, fingerprint: str, files: Mapping[str, bytes]) -> None:
    """Keep the files of a mapping set once; a posting names it by its hash."""
    known = select(mapping_sets.c.hash).where(mapping_sets.c.hash == fingerprint)
    if conn.execute(known).first():
        return
    packed = json.dumps({name: b64encode(data).decode() for name, data in sorted(files.items())})
    conn.execute(
        insert(mapping_sets).values(
            hash=fingerprint, files=zlib.compress(packed.encode()), created_at=now_utc()
        )
    )


def last_used(conn: Connection) -> dict[str, bytes] | None:
    """Return the files of the set that the newest posting used; None before the first one."""
    newest = (
        select(mapping_sets.c.files)
        .join(arrivals, arrivals.c.mapping_hash == mapping_sets.c.hash)
        .order_by(arrivals.c.id.desc())
        .limit(1)
    )
    packed = conn.execute(newest).scalar()
    if packed is None:
        return None
    files: dict[str, str] = json.loads(zlib.decompress(packed))
    return {name: b64decode(data) for name, data in files.items()}
