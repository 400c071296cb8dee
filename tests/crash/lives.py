"""Lives of a whole service, in which anything may happen at any moment: make lives.

The kill matrix stops one process before each of its calls. In service there are three: the daemon,
the one that posts and the one that writes; there are threads, signals, and tables that change. A
life is a random run of such events while orders keep coming. At its end the books must be those of
a site to which nothing happened, and every file must have been collected once (P1 to P12).
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from daemon import config
from daemon.delivery import scribe
from daemon.lanes.process import MODULE
from daemon.ledger import schema
from daemon.ledger.states import ArrivalState, OutgoingState
from daemon.ledger.store import open_ledger
from daemon.service import make_folders
from tests.bench.material import BUYER, Setting, order_file, write_site
from tests.crash import check
from tests.crash.site import Collected, collect, debris
from tests.daemon.posting_processes import posting_of
from tests.daemon.running import CHECKOUT, command
from tests.daemon.today import TODAY
from tests.postgres import Cluster, binaries

LONGEST_S = 120.0
"""How long a life may take to start, to stop or to work off what came, on a busy machine."""
MOST_DEATHS = 2
"""Between two rests: the third process that ends at one file has it quarantined, rightly (F-33)."""
LARGEST_BURST = 150
LONGEST_AIM_S = 0.5
"""How long after a burst a process is killed: most of that time it is at work on it."""
PAUSES_S = (0.0, 0.02, 0.1, 0.4, 1.0, 2.0)
_BROKEN_ROW = "nobody,,X,,NO-SUCH-PRODUCT,,perhaps,,,\n"


class WentWrong(Exception):
    """A life broke a promise."""


@dataclass(slots=True)
class Life:
    """One site and its daemon, while it lives."""

    root: Path
    url: str
    chance: random.Random
    dropped: list[tuple[str, bytes]] = field(default_factory=list)
    collected: list[Collected] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    """The events so far."""
    deaths: int = 0
    """Since the last rest."""
    _daemon: subprocess.Popen[bytes] | None = None
    _began_at: int = 0
    """Where the running daemon's words begin in the log."""

    def live(self, events: int) -> list[str]:
        """Let `events` happen and all work be done; return everything that is wrong then."""
        make_site(self.root, self.url)
        self.start()
        try:
            for _ in range(events):
                time.sleep(self.chance.choice(PAUSES_S) * self.chance.random())
                event = self.chance.choices(list(EVENTS), list(EVENTS.values()))[0]
                self.story.append(event.__name__)
                event(self)
                if self.daemon.poll() is not None:
                    raise WentWrong(f"the daemon ended by itself with {self.daemon.returncode}")
            self.rest()
            self.stop()
            # What goes by the clock, as the notes to a new site's partners, may not have come yet.
            work_off(self.root)
        except WentWrong as wrong:
            return [str(wrong), *self._bad_words()]
        finally:
            self.daemon.kill()
            self.daemon.wait()
        self.collected += collect(self.root)
        url = config.load(self.root).ledger_url
        expected = undisturbed(self.root.parent / "undisturbed", self.dropped)
        return [*check.faults(self.root, url, expected, self.collected), *self._bad_words()]

    @property
    def daemon(self) -> subprocess.Popen[bytes]:
        assert self._daemon is not None, "it was never started"
        return self._daemon

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._began_at = log.tell()
            self._daemon = subprocess.Popen(command(self.root), cwd=CHECKOUT, stderr=log)

    def stop(self) -> None:
        """Ask it to end. Before it is ready it may end as any program does that is asked to."""
        is_ready = self.is_ready
        self.daemon.terminate()
        try:
            code = self.daemon.wait(LONGEST_S)
        except subprocess.TimeoutExpired:
            raise WentWrong(f"it didn't stop in {LONGEST_S:.0f} s") from None
        if code and (is_ready or code != -signal.SIGTERM):
            raise WentWrong(f"it ended with {code} when it was asked to stop")

    def rest(self) -> None:
        """Wait until everything is done."""
        self.wait_for(lambda: self.is_ready and self._is_done(), "the work was never done")
        self.deaths = 0

    def aim(self) -> None:
        """Let it have work, and wait for the moment at which a process is to die."""
        if self.deaths == MOST_DEATHS:
            self.rest()
        self.deaths += 1
        burst(self)
        time.sleep(self.chance.random() * LONGEST_AIM_S)

    def wait_for(self, what: Callable[[], bool], otherwise: str) -> None:
        deadline = time.monotonic() + LONGEST_S
        while not what():
            if self.daemon.poll() is not None:
                raise WentWrong(f"the daemon ended by itself with {self.daemon.returncode}")
            if time.monotonic() > deadline:
                raise WentWrong(otherwise)
            time.sleep(0.05)

    @property
    def is_ready(self) -> bool:
        """Whether the running daemon has said so, and so has its signals in hand."""
        return '"event":"ready"' in self.said()

    def said(self) -> str:
        """Return what the running daemon has said."""
        return self._log.read_bytes()[self._began_at :].decode()

    def drop(self, name: str, content: bytes) -> None:
        """Put a file into the buyer's inbox as a careful client does."""
        drop(self.root, name, content)
        self.dropped.append((name, content))

    @property
    def _log(self) -> Path:
        return self.root.parent / "daemon.log"

    def _is_done(self) -> bool:
        if list(debris(self.root)):
            return False
        arrivals, outgoing = schema.arrivals.c, schema.outgoing.c
        waiting = (
            select(func.count()).where(arrivals.state == ArrivalState.CLAIMED),
            select(func.count()).where(outgoing.state != OutgoingState.DELIVERED),
        )
        ledger = open_ledger(config.load(self.root).ledger_url)
        try:
            with ledger.read() as conn:
                return not any(conn.execute(query).scalar_one() for query in waiting)
        finally:
            ledger.close()

    def _bad_words(self) -> list[str]:
        """Return what no daemon should say, whatever happens to it."""
        lines = self._log.read_bytes().decode().splitlines()
        is_lost = lose_posting.__name__ in self.story
        return [
            line
            for line in lines
            if not line.startswith("{")
            or ('"level":"alarm"' in line and not (is_lost and "posting_failed" in line))
        ]


def make_site(root: Path, url: str) -> None:
    """Make a site whose buyer's orders go on without stock, so that their order is all one."""
    root.mkdir()
    write_site(root, Setting.ANSWERS)
    if url:
        with (root / config.FILE_NAME).open("a", encoding="utf-8") as file:
            file.write(f'\n[ledger]\nurl = "{url}"\n')
    make_folders(config.load(root))


def drop(root: Path, name: str, content: bytes) -> None:
    inbox = config.load(root).inbox(BUYER)
    (inbox / f".{name}.part").write_bytes(content)
    (inbox / f".{name}.part").rename(inbox / name)


def undisturbed(root: Path, dropped: list[tuple[str, bytes]]) -> check.Books:
    """Return the books of a site that got the same files and was left in peace."""
    make_site(root, "")
    for name, content in dropped:
        drop(root, name, content)
    work_off(root)
    return check.read(config.load(root).ledger_url)[0]


def work_off(root: Path) -> None:
    """Let a daemon do what there is to do, and end."""
    once = [*command(root), "--once"]
    ended = subprocess.run(once, cwd=CHECKOUT, check=False, stderr=subprocess.PIPE, text=True)
    if ended.returncode:
        raise WentWrong(f"run --once ended with {ended.returncode}: {ended.stderr}")


# --- what may happen -----------------------------------------------------------------------------


def order(life: Life) -> None:
    number = len(life.dropped) + 1
    life.drop(f"order-{number:05}.edi", order_file(number, TODAY))


def burst(life: Life) -> None:
    for _ in range(life.chance.randint(5, LARGEST_BURST)):
        order(life)


def order_again(life: Life) -> None:
    """Drop the bytes of an order under another name."""
    if life.dropped:
        _, content = life.chance.choice(life.dropped)
        life.drop(f"order-{len(life.dropped) + 1:05}.edi", content)


def fetch(life: Life) -> None:
    life.collected += collect(life.root)


def map_product(life: Life) -> None:
    table = life.root / "mappings" / "products.csv"
    row = f"{BUYER},,NEW-{len(life.story)},,ROS-EXP-60,,yes,,,\n"
    table.write_text(table.read_text("utf-8") + row, "utf-8")


def spoil_table(life: Life) -> None:
    """Save a table that can't be right, and mend it once that was said."""
    table = life.root / "mappings" / "products.csv"
    good = table.read_text("utf-8")
    life.wait_for(lambda: life.is_ready, "it was never ready")
    before = life.said().count("tables_refused")
    table.write_text(good + _BROKEN_ROW, "utf-8")
    life.wait_for(lambda: life.said().count("tables_refused") > before, "the row was never refused")
    table.write_text(good, "utf-8")


def hang_up(life: Life) -> None:
    """Have the configuration read again."""
    if life.is_ready:
        life.daemon.send_signal(signal.SIGHUP)


def reconfigure(life: Life) -> None:
    file = life.root / config.FILE_NAME
    settings, _, _ = file.read_text("utf-8").partition("[intake]")
    fresh = f"{settings}[intake]\nbatch = {life.chance.randint(1, 300)}\n"
    file.write_text(fresh, "utf-8")
    hang_up(life)


def lose_posting(life: Life) -> None:
    _lose(life, MODULE)


def lose_scribe(life: Life) -> None:
    _lose(life, scribe.__name__)


def _lose(life: Life, module: str) -> None:
    life.aim()
    found = posting_of(life.daemon.pid, module)
    if found is not None:
        os.kill(found, signal.SIGKILL)


def restart(life: Life) -> None:
    life.stop()
    life.start()


def die(life: Life) -> None:
    life.aim()
    life.daemon.kill()
    life.daemon.wait()
    life.start()


EVENTS: dict[Callable[[Life], None], float] = {
    order: 8,
    burst: 4,
    order_again: 1,
    fetch: 4,
    map_product: 2,
    spoil_table: 0.5,
    hang_up: 2,
    reconfigure: 2,
    lose_posting: 2,
    lose_scribe: 1,
    restart: 1.5,
    die: 1.5,
}
"""What may happen, and how often beside the others."""


def main() -> None:
    """Play lives one after another, and exit with 1 where any went wrong."""
    parser = argparse.ArgumentParser(prog="make lives", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, metavar="M")
    parser.add_argument("--events", type=int, default=20, metavar="N", help="of each life")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the first life")
    asked = parser.parse_args()
    deadline, seed, wrong = time.monotonic() + asked.minutes * 60, asked.seed, 0
    with postgres() as cluster:
        while time.monotonic() < deadline:
            url = cluster.new_url() if cluster is not None and seed % 2 == 0 else ""
            wrong += not is_right(seed, asked.events, url)
            if url and cluster is not None:
                cluster.drop(url)
            seed += 1
    say(f"{seed - asked.seed} lives, {wrong} went wrong")
    sys.exit(1 if wrong else 0)


def is_right(seed: int, events: int, url: str) -> bool:
    """Play one life and print its line; the folder of one that went wrong is kept."""
    began, folder = time.monotonic(), Path(tempfile.mkdtemp(prefix="k2kd-life-"))
    life = Life(folder / "site", url, random.Random(seed))
    wrong = life.live(events)
    where = "PostgreSQL" if url else "SQLite"
    files, took_s = len(life.dropped), time.monotonic() - began
    say(f"life {seed} on {where}: {files} files, {took_s:.0f} s, {'WRONG' if wrong else 'right'}")
    if wrong:
        say(f"  {' '.join(life.story)}")
        for line in wrong:
            say(f"  {line}")
        say(f"  all of it is in {folder}")
    else:
        shutil.rmtree(folder)
    return not wrong


@contextmanager
def postgres() -> Iterator[Cluster | None]:
    """Yield a server of our own, or None where none is installed."""
    found = binaries()
    with tempfile.TemporaryDirectory(prefix="k2kd-pg-") if found else nullcontext("") as folder:
        cluster = Cluster(found, Path(folder)) if found else None
        yield cluster
        if cluster is not None:
            cluster.stop()


def say(line: str) -> None:
    """Print at once: a life takes half a minute."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
