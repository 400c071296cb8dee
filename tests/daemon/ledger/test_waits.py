"""Who waits for its turn at the ledger is known, so that it isn't taken for stuck."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import QueuePool, select

from daemon.beats import Beats
from daemon.clock import SystemClock
from daemon.ledger import outgoing, schema
from daemon.ledger.posting import posting
from daemon.ledger.states import OutgoingState
from daemon.ledger.store import Ledger, open_ledger
from tests.daemon.partner_files import availability, purchase_order
from tests.daemon.sites import desktop

STILL_S = 0.2
MANY = 25
"""More than the connections that a ledger has."""


def test_who_waits_while_another_posts_is_not_stuck_and_must_move_from_then_on(
    ledger: Ledger,
) -> None:
    beats = Beats(SystemClock(), ledger.waits)
    ledger.moved = beats.go_on
    begins, may_end = threading.Event(), threading.Event()

    def second() -> None:
        beats.beat()
        begins.set()
        with posting(ledger):
            may_end.wait(20)
        beats.rest()

    thread = threading.Thread(target=second)
    with posting(ledger):
        thread.start()
        begins.wait(20)
        until(lambda: thread.ident in ledger.waits)
        time.sleep(2 * STILL_S)
        assert beats.slowest_s() == 0
    until(lambda: 0 < beats.slowest_s() < STILL_S)
    until(lambda: beats.slowest_s() > STILL_S)
    may_end.set()
    thread.join(20)
    assert beats.slowest_s() == 0


def post(ledger: Ledger) -> None:
    with posting(ledger) as post:
        post.count("a counter")


def deliver_orders(ledger: Ledger) -> None:
    """Note, as the lane to a vendor's server does, that it has its orders."""
    out = schema.outgoing.c
    with ledger.read() as conn:
        brought = conn.execute(select(out.id).where(out.order_id.is_not(None))).scalars().all()
    assert brought
    outgoing.mark(ledger, {OutgoingState.DELIVERED: brought})


@pytest.mark.parametrize("work", [post, deliver_orders])
def test_however_many_wait_on_postgresql_the_ledger_is_still_read(
    tmp_path: Path, postgres_url: str, work: Callable[[Ledger], None]
) -> None:
    with desktop(tmp_path, ledger_url=postgres_url) as desk:
        desk.send("florsol", "stock.csv", availability(("Rosa Explorer 60cm", 30000, "Stem")))
        desk.send("bloom", "o.edi", purchase_order("1", ("BLM-100", "1", "BX"), control=1))
    ledger, ended, failed = open_ledger(postgres_url), list[int](), list[BaseException]()
    pool = ledger.engine.pool
    assert isinstance(pool, QueuePool)
    pool._timeout = 1

    def wait_and_work() -> None:
        try:
            work(ledger)
        except BaseException as error:
            failed.append(error)
        ended.append(1)

    threads = [threading.Thread(target=wait_and_work) for _ in range(MANY)]
    with posting(ledger):
        for thread in threads:
            thread.start()
        until(lambda: failed or all(thread.ident in ledger.waits for thread in threads))
        with ledger.read() as conn:
            assert conn.execute(select(1)).scalar() == 1
        assert pool.checkedout() <= 2
        assert not ended
    for thread in threads:
        thread.join(20)
    assert (failed, len(ended)) == ([], MANY)
    ledger.close()


def test_a_posting_that_writes_what_it_gathered_moves(ledger: Ledger) -> None:
    moved = list[int]()
    with posting(ledger) as post:
        post.moved = lambda: moved.append(1)
        post.count("a counter")
        post.flush()
        assert moved


def until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)
