"""Who waits for its turn at the ledger is known, so that it isn't taken for stuck."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from daemon.beats import Beats
from daemon.clock import SystemClock
from daemon.ledger.posting import posting
from daemon.ledger.store import Ledger

STILL_S = 0.2


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


def test_a_posting_that_writes_what_it_gathered_moves(ledger: Ledger) -> None:
    moved = list[int]()
    with posting(ledger) as post:
        post.moved = lambda: moved.append(1)
        post.count("a counter")
        post.flush()
        assert moved


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.005)
