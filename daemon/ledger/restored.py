"""After an older ledger was put back: counters are raised, so that no number is given twice.

Partners refuse control numbers that they have seen, names of files are never used twice, and box
codes stand on boxes. What was given since the backup is known to nobody; so every counter jumps
further than it can have come, and one that the ledger has never had begins there, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, or_, select, update

from daemon.ledger.schema import arrivals, outgoing, sequences
from daemon.ledger.store import FLOOR

LEAST = 100_000
GIVEN = ("key:%", "control:%", "availability:%", "change:%", "box")
"""Patterns of the counters that partners see numbers of; the other rows are notes of ours."""


@dataclass(frozen=True, slots=True)
class Raised:
    """A counter, and from where to where it went."""

    name: str
    before: int
    after: int


def margin(conn: Connection, now: datetime) -> int:
    """Return how far counters are raised: `LEAST`, and one for each second since the backup.

    With the seconds a second restore of the same backup, later, begins above the first.
    """
    newest = [
        conn.execute(select(func.max(column))).scalar_one()
        for column in (arrivals.c.created_at, outgoing.c.updated_at)
    ]
    last = max((each for each in newest if each is not None), default=now)
    return LEAST + max(0, int((now - last).total_seconds()))


def raise_counters(conn: Connection, by: int) -> list[Raised]:
    """Raise every counter by `by`, and where those begin that come later; return them by name."""
    table = sequences.c
    if conn.execute(select(table.last).where(table.name == FLOOR)).first() is None:
        conn.execute(insert(sequences).values(name=FLOOR, last=0))
    is_given = or_(table.name == FLOOR, *(table.name.like(each) for each in GIVEN))
    rows = conn.execute(select(table.name, table.last).where(is_given).order_by(table.name)).all()
    conn.execute(update(sequences).where(is_given).values(last=table.last + by))
    return [Raised(row.name, row.last, row.last + by) for row in rows]


def number_in(name: str) -> int | None:
    """Return the number that the name of an outgoing file ends with; None for other names."""
    what, _, digits = name.rpartition(".")[0].rpartition("-")
    is_ours = what and 8 <= len(digits) <= 12 and digits.isascii() and digits.isdigit()
    return int(digits) if is_ours else None


def ahead(conn: Connection, names: Iterable[str]) -> str | None:
    """Return the name of the newest file among `names` that this ledger has not given; else None.

    It is a sign, no proof, that the ledger is older than the outbox: anyone may name a file so.
    """
    numbers = ((number, name) for name in names if (number := number_in(name)) is not None)
    # Listed first: a daemon that publishes meanwhile has moved the counter before.
    newest, name = max(numbers, default=(0, ""))
    query = select(sequences.c.last).where(sequences.c.name == f"key:{outgoing.name}")
    return name if newest > (conn.execute(query).scalar() or 0) else None
