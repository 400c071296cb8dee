"""The mapping tables that were used, kept so that any posting can be repeated (P12).

Of each host it is noted which set it uses, because tables may be in use for days before a posting
names them: offers are announced at their prices, and what waited is completed with them.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, Select, insert, select, update

from daemon.ledger.schema import arrivals, mapping_sets, tables_in_use
from daemon.ledger.store import now_utc


def use(conn: Connection, host: str, fingerprint: str, files: Mapping[str, bytes]) -> None:
    """Note that `host` uses a mapping set, and keep its files once; a posting names it by its hash.

    Call it where postings take turns, in the transaction that works with these tables.
    """
    before = conn.execute(_noted(host)).scalar()
    if before == fingerprint:
        return
    _keep(conn, fingerprint, files)
    note = {"hash": fingerprint, "updated_at": now_utc()}
    if before is None:
        conn.execute(insert(tables_in_use).values(host=host, **note))
    else:
        conn.execute(update(tables_in_use).where(tables_in_use.c.host == host).values(note))


def is_in_use(conn: Connection, host: str, fingerprint: str) -> bool:
    """Tell whether a mapping set is the one that `host` was noted to use."""
    return conn.execute(_noted(host)).scalar() == fingerprint


def last_used(conn: Connection, host: str, partners: Collection[str]) -> dict[str, bytes] | None:
    """Return the files of the set that `host` used last; None before its first.

    Where nothing was noted of the host, as its share of the partners is a new one, it is the set
    that the newest arrival from one of `partners`, its own, was posted with.
    """
    files = mapping_sets.c.files
    noted = select(files).join(tables_in_use).where(tables_in_use.c.host == host)
    newest = (
        select(files)
        .join(arrivals, arrivals.c.mapping_hash == mapping_sets.c.hash)
        .where(arrivals.c.partner.in_(partners))
        .order_by(arrivals.c.id.desc())
        .limit(1)
    )
    packed = conn.execute(noted).scalar() or conn.execute(newest).scalar()
    if packed is None:
        return None
    unpacked: dict[str, str] = json.loads(zlib.decompress(packed))
    return {name: b64decode(data) for name, data in unpacked.items()}


def _noted(host: str) -> Select[str]:
    return select(tables_in_use.c.hash).where(tables_in_use.c.host == host)


def _keep(conn: Connection, fingerprint: str, files: Mapping[str, bytes]) -> None:
    known = select(mapping_sets.c.hash).where(mapping_sets.c.hash == fingerprint)
    if conn.execute(known).first():
        return
    packed = json.dumps({name: b64encode(data).decode() for name, data in sorted(files.items())})
    conn.execute(
        insert(mapping_sets).values(
            hash=fingerprint, files=zlib.compress(packed.encode()), created_at=now_utc()
        )
    )
