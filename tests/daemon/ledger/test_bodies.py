"""Files that wait for a partner's server are read piece by piece, on both databases."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace

import pytest
from sqlalchemy import delete

from daemon.clock import SystemClock
from daemon.errors import EnvironmentFault
from daemon.ledger import bodies
from daemon.ledger.bodies import POSTGRES_BYTES, SQLITE_BYTES, WaitingFile
from daemon.ledger.posting import OutgoingFile, posting
from daemon.ledger.schema import outgoing_bodies
from daemon.ledger.store import Ledger


class HastyClock(SystemClock):
    """A clock on which every look is long after the one before."""

    now_s = 0.0

    def monotonic(self) -> float:
        self.now_s += bodies.HELD_S
        return self.now_s


def post(ledger: Ledger, *contents: bytes) -> list[WaitingFile]:
    with posting(ledger) as post:
        for number, body in enumerate(contents):
            file = OutgoingFile("bloom", "855", f"PO{number}", "edi", body, is_answer=False)
            post.send(file, arrival_id=None, document_id=None)
    with ledger.read() as conn:
        return bodies.waiting(conn, "bloom", limit=100)


def test_what_waits_is_told_without_its_bytes(ledger: Ledger) -> None:
    contents = [b"", b"\x00\xff" * 9]
    files = post(ledger, *contents)
    assert [file.size_bytes for file in files] == [0, 18]
    assert [file.sha256 for file in files] == [hashlib.sha256(c).hexdigest() for c in contents]
    with ledger.read() as conn:
        assert bodies.waiting(conn, "bloom", limit=1) == files[:1]
        assert bodies.waiting(conn, "bloom", limit=9, after=files[0].id) == files[1:]
        assert bodies.waiting(conn, "florsol", limit=9) == []
        assert bodies.whole(conn, [f.id for f in files]) == dict(
            zip((f.id for f in files), contents, strict=True)
        )


@pytest.mark.parametrize("clock", [SystemClock(), HastyClock()], ids=["one", "many"])
@pytest.mark.parametrize("over", [0, 1])
def test_a_large_file_comes_whole_in_order_over_one_transaction_or_many(
    ledger: Ledger, clock: SystemClock, over: int
) -> None:
    step = SQLITE_BYTES if ledger.is_sqlite else POSTGRES_BYTES
    body = os.urandom(2 * step + over)
    (file,) = post(ledger, body)
    some = list(bodies.pieces(ledger, clock, file))
    assert b"".join(some) == body
    assert max(map(len, some)) == step


def test_an_iterator_that_is_given_up_gives_its_connection_back(ledger: Ledger) -> None:
    (file,) = post(ledger, os.urandom(2 * POSTGRES_BYTES))
    some = bodies.pieces(ledger, SystemClock(), file)
    next(some)
    some.close()  # type: ignore[attr-defined]  # it is a generator, as its callers need not know
    assert ledger.engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # every pool of ours


@pytest.mark.parametrize("missing", ["all", "the end"])
def test_bytes_that_the_ledger_lacks_are_a_fault_of_ours(ledger: Ledger, missing: str) -> None:
    (file,) = post(ledger, b"some")
    if missing == "all":
        with ledger.write() as conn:
            conn.execute(delete(outgoing_bodies))
    with pytest.raises(EnvironmentFault, match="ledger"):
        list(bodies.pieces(ledger, SystemClock(), replace(file, size_bytes=5)))
