"""Drop single orders into a running daemon's inbox, and time each until its 997 is there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from daemon import config
from daemon.service import make_folders
from tests.bench.child import CHECKOUT
from tests.bench.material import BUYER, Setting, order_file, write_site

FIRST = 500_001
GAP_S = (0.05, 0.1)
LOOK_S = 0.0005
LONGEST_S = 60.0
_RUN = "import sys; from pathlib import Path; from daemon.service import run;"
_RUN += "sys.exit(run(Path(sys.argv[1]), pretty=False))"


class Daemon:
    """A daemon of its own process over the site in `root`; `ready_s` is how long it took."""

    def __init__(self, root: Path) -> None:
        self.events = root / "events.jsonl"
        started = time.perf_counter()
        with self.events.open("wb") as events:
            self._running = subprocess.Popen(
                [sys.executable, "-c", _RUN, str(root)], cwd=CHECKOUT, stderr=events
            )
        while b'"ready"' not in self.events.read_bytes():
            if self._running.poll() is not None:
                raise SystemExit(self.events.read_text())
            time.sleep(0.002)
        self.ready_s = time.perf_counter() - started

    def stop(self) -> None:
        self._running.send_signal(signal.SIGTERM)
        self._running.wait(30)


def ready_s(root: Path) -> tuple[float, float]:
    """Return how long a daemon takes to be ready on a new site, and on the same site again."""
    write_site(root, Setting.ANSWERS)
    spent = []
    for _ in range(2):
        daemon = Daemon(root)
        daemon.stop()
        spent.append(daemon.ready_s)
    return spent[0], spent[1]


def latencies(root: Path, drops: int) -> list[float]:
    """Return the seconds from drop to 997 of each of `drops` orders, the fastest first.

    Half are renamed into the inbox, half written there and closed; the clock starts at the rename
    or the close. The partner collects each answer when it comes, as partners do.
    """
    write_site(root, Setting.ANSWERS)
    site = config.load(root)
    make_folders(site)
    daemon = Daemon(root)
    try:
        return sorted(_Drops(site.inbox(BUYER), site.outbox(BUYER), drops).run())
    finally:
        daemon.stop()


class _Drops:
    """Drops orders at uneven intervals and collects their answers meanwhile."""

    def __init__(self, inbox: Path, outbox: Path, drops: int) -> None:
        self._inbox = inbox
        self._outbox = outbox
        self._last = FIRST + drops - 1
        self._dropped: dict[str, float] = {}
        self._spent: list[float] = []
        self._today = datetime.now(UTC).date()

    def run(self) -> list[float]:
        gaps = random.Random(7)
        number, next_at = FIRST, time.perf_counter()
        while number <= self._last or self._dropped:
            now = time.perf_counter()
            if number <= self._last and now >= next_at:
                self._drop(number)
                number, next_at = number + 1, now + gaps.uniform(*GAP_S)
            self._collect()
            if now > next_at + LONGEST_S:
                raise TimeoutError(f"no answer to {sorted(self._dropped)} in {LONGEST_S:.0f} s")
            time.sleep(LOOK_S)
        return self._spent

    def _drop(self, number: int) -> None:
        body, name = order_file(number, self._today), self._inbox / f"order-{number}.edi"
        if number % 2:
            draft = name.with_suffix(".part")
            draft.write_bytes(body)
            draft.rename(name)
        else:
            name.write_bytes(body)
        self._dropped[f"{number:09}"] = time.perf_counter()

    def _collect(self) -> None:
        for entry in os.scandir(self._outbox):
            if not entry.is_file():
                continue
            kind, control, *_ = entry.name.split("-")
            if kind == "997":
                self._spent.append(time.perf_counter() - self._dropped.pop(control))
            os.unlink(entry.path)
