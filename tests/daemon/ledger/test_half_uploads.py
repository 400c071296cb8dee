"""A file that begins with an earlier one of its name is the rest of a broken upload."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from daemon.ledger import arrivals
from daemon.ledger.claims import Proof
from daemon.ledger.half_uploads import half_upload
from daemon.ledger.posting import posting
from daemon.ledger.schema import arrivals as table
from daemon.ledger.store import Ledger
from tests.daemon.ledger.books import add_arrivals, claim


@pytest.mark.parametrize(
    ("proof", "is_half"),
    [("assumed", True), ("closed", True), ("agreed", False), ("shown", False)],
)
def test_only_what_could_not_show_its_end_may_have_been_half_of_it(
    ledger: Ledger, proof: Proof, *, is_half: bool
) -> None:
    """A client that is stopped by hand closes its upload like a whole one."""
    first = replace(claim(b"a,1\nb,", ino=1), completeness=proof)
    second = claim(b"a,1\nb,2\n", ino=2)
    ids = add_arrivals(ledger, [first, second])
    with ledger.write() as conn:
        conn.execute(update(table).where(table.c.id == ids[0]).values(state="posted"))
    with ledger.read() as conn:
        arrival = arrivals.get(conn, ids[1])
    with posting(ledger) as post:
        assert half_upload(post, arrival) == (b"a,1\nb," if is_half else None)
