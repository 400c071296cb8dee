"""Drain an inbox of small orders with a running engine, and say how long it took."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from daemon import config
from daemon.clock import SystemClock
from daemon.config import Configuration
from daemon.engine import Engine
from daemon.eventlog import EventLog
from daemon.lanes.process import PostingProcess
from daemon.ledger.migrate import upgrade
from daemon.ledger.store import open_ledger
from daemon.parts import Parts, parts
from daemon.service import make_folders, open_tables
from daemon.warm_up import warm_up
from tests.bench.child import answer, cpu_s, peak_mb
from tests.bench.limits import publish_rate
from tests.bench.material import BUYER, VENDOR, Setting, order_file, stock, write_site

FIRST = 100_001
LONGEST_S = 300.0


def main() -> None:
    """Drain what the arguments say: a folder that is not there yet, a setting, how many files."""
    root, setting, count = Path(sys.argv[1]), Setting[sys.argv[2]], int(sys.argv[3])
    write_site(root, setting)
    site = config.load(root)
    make_folders(site)
    with (root / "events.jsonl").open("w", encoding="utf-8") as events:
        p = open_parts(site, EventLog(events, pretty=False))
        try:
            if setting is Setting.SAMPLE:
                _publish_stock(p, site)
            drop_all(site, count, p.today())
            _drain(p, site, count, setting)
        finally:
            p.ledger.close()


def open_parts(site: Configuration, say: EventLog) -> Parts:
    site.state.mkdir(exist_ok=True)
    ledger = open_ledger(site.ledger_url)
    upgrade(ledger)
    clock = SystemClock()
    return parts(site, ledger, open_tables(site, clock), clock=clock, say=say, is_watching=True)


def drop_all(site: Configuration, count: int, today: date) -> None:
    """Put `count` different orders into the buyer's inbox, and flush them to the disk."""
    inbox = site.inbox(BUYER)
    for number in range(FIRST, FIRST + count):
        (inbox / f"order-{number}.edi").write_bytes(order_file(number, today))
    os.sync()


def _publish_stock(p: Parts, site: Configuration) -> None:
    path = site.inbox(VENDOR) / "stock.csv.part"
    path.write_bytes(stock(p.today()))
    path.rename(path.with_suffix(""))
    deadline = time.monotonic() + 30
    while not p.intake.look(VENDOR).claimed:
        if time.monotonic() > deadline:
            raise TimeoutError("the stock was not claimed")
        time.sleep(0.1)
    p.work(VENDOR)


@dataclass(frozen=True, slots=True)
class _Spent:
    """What the clocks show: of the wall, and of the daemon's and the posting process's CPU."""

    wall_ns: int
    own_s: float
    posting_s: float


def _now(posting: int) -> _Spent:
    return _Spent(time.time_ns(), time.process_time(), cpu_s(posting))


def _drain(p: Parts, site: Configuration, count: int, setting: Setting) -> None:
    outbox = site.outbox(BUYER)
    probes = max(200, count // 4)
    publish_before = publish_rate(outbox, probes, "before")
    # A daemon does this before it is ready; it is no part of draining an inbox.
    warm_up(site)
    posting = PostingProcess()
    posting.begin(site, p.tables.current, p.ledger, p.clock, p.say)
    posting.make_ready()
    engine = Engine(p, posting=posting)
    process = posting.pid or 0
    before = _now(process)
    engine.start()
    _await(outbox, count)
    after = _now(process)
    engine.stop()
    posting.close()
    publish_after = publish_rate(outbox, probes, "after")
    # The rename into the outbox sets the change time, so no watching disturbs the drain.
    names = [entry for entry in os.scandir(outbox) if entry.name.startswith("997-")]
    last_ns = max(entry.stat().st_ctime_ns for entry in names)
    written = sum(_files(site.outbox(name)) for name in (BUYER, VENDOR)) - 2 * probes
    expected = count * setting.answers + (1 if setting is Setting.SAMPLE else 0)
    if len(names) != count or written < expected:
        raise SystemExit(f"{len(names)} 997s and {written} files of {count} and {expected}")
    posting_s = after.posting_s - before.posting_s
    answer(
        files_per_s=count * 1e9 / (last_ns - before.wall_ns),
        publish_per_s=2 / (1 / publish_before + 1 / publish_after),
        cpu_ms_per_file=(after.own_s - before.own_s + posting_s) * 1e3 / count,
        posting_ms_per_file=posting_s * 1e3 / count,
        files=count,
        answers=written,
        peak_mb=peak_mb(),
    )


def _await(outbox: Path, count: int) -> None:
    """Wait until the outbox has `count` 997s, looking seldom, because looking costs time too."""
    deadline = time.monotonic() + LONGEST_S
    while sum(e.name.startswith("997-") for e in os.scandir(outbox)) < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{outbox} has not got {count} 997s in {LONGEST_S:.0f} s")
        time.sleep(0.25)


def _files(folder: Path) -> int:
    return sum(entry.is_file() for entry in os.scandir(folder))


if __name__ == "__main__":
    main()
