"""Fetch from and put to a real server as a partner's lane does, and say how long it took.

Everything that the product does is in it: listing, judging, ledger rows, flushes, receipts, names.
The session is open before the clock starts, as the daemon keeps it open.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

from daemon import config
from daemon.clock import SystemClock
from daemon.config import Configuration, Partner
from daemon.eventlog import EventLog
from daemon.intake.pressure import Lasting
from daemon.intake.spool import Spool
from daemon.ledger.arrivals import LedgerArrivals
from daemon.ledger.migrate import upgrade
from daemon.ledger.posting import OutgoingFile, posting
from daemon.ledger.store import Ledger, open_ledger
from daemon.replies.advice import refusal_advice
from daemon.sftp.pull import Books, Pull
from daemon.sftp.push import Push
from daemon.sftp.session import Session
from tests.bench.child import answer, peak_mb

SMALL, LARGE = "small", "large"
"""The partner with many small files, and the one with a large one."""


def main() -> None:
    """Measure what the first argument says, pull or push, for the site in the second.

    `post` instead makes the files in the folder of the third wait to be pushed: in a process of its
    own, whose memory is no part of pushing.
    """
    way, root = sys.argv[1], Path(sys.argv[2])
    site = config.load(root)
    site.state.mkdir(exist_ok=True)
    ledger = open_ledger(site.ledger_url)
    upgrade(ledger)
    if way == "post":
        _post(ledger, Path(sys.argv[3]))
        answer()
    else:
        _measure(way, site, ledger)
    ledger.close()


def _measure(way: str, site: Configuration, ledger: Ledger) -> None:
    with (site.root / "events.jsonl").open("w", encoding="utf-8") as log:
        say = EventLog(log, pretty=False)
        clock = SystemClock()
        spool = Spool(site.state / "spool")
        book = LedgerArrivals(ledger, refusal_advice)
        books = Books(site, ledger, book, spool, clock, say, Lasting(say))
        small, large = (_moved(books, number, way) for number in range(2))
        spool.close()
    answer(
        small_files=small.files,
        small_s=small.spent_s,
        small_cpu_s=small.cpu_s,
        large_files=large.files,
        large_s=large.spent_s,
        large_cpu_s=large.cpu_s,
        connect_s=small.connect_s,
        peak_mb=peak_mb(),
    )


def _post(ledger: Ledger, material: Path) -> None:
    """Let every file of the folders `small` and `large` wait for the partner of that name."""
    for name in (SMALL, LARGE):
        with posting(ledger) as post:
            for path in sorted((material / name).iterdir()):
                file = OutgoingFile(
                    name, "855", path.stem, "edi", path.read_bytes(), is_answer=False
                )
                post.send(file, arrival_id=None, document_id=None)


@dataclass(frozen=True, slots=True)
class _Moved:
    """What was done for one partner, how long it took, and how much CPU of ours."""

    files: int
    spent_s: float
    cpu_s: float
    connect_s: float


def _moved(books: Books, number: int, way: str) -> _Moved:
    partner = books.site.partner[number]
    if partner.sftp is None:
        raise SystemExit("the site has no server to go to")
    started = time.perf_counter()
    session = Session(
        partner.sftp, lambda name: config.credential(name, books.site.root), books.clock
    )
    session.wire()
    connect_s = time.perf_counter() - started
    move = _pulled if way == "pull" else _pushed
    cpu_s, started = time.process_time(), time.perf_counter()
    files = move(books, partner, session)
    spent_s = time.perf_counter() - started
    cpu_s = time.process_time() - cpu_s
    session.drop()
    return _Moved(files, spent_s, cpu_s, connect_s)


def _pulled(books: Books, partner: Partner, session: Session) -> int:
    pull = Pull(partner, books, session, time.sleep)
    got = 0
    # As the lane does: look again at once while something was left behind.
    while (result := pull.look()).claimed:
        got += len(result.claimed)
        if result.next_look_s != 0.0:
            break
    return got


def _pushed(books: Books, partner: Partner, session: Session) -> int:
    push = Push(
        partner,
        session,
        ledger=books.ledger,
        clock=books.clock,
        say=books.say,
        lasting=books.lasting,
    )
    return push.run()


if __name__ == "__main__":
    main()
