"""Scenes: a site just before a run, what that run must lead to, and every place to break it.

A scene is prepared once and copied for each crash. `Stage` plays one: crash, partners collect, two
runs to the end, partners collect after each, and the check of everything.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from daemon import config
from tests.crash.check import Books, faults, read
from tests.crash.driver import Attempt, Driver
from tests.crash.ledgers import Ledgers
from tests.crash.site import (
    Collected,
    collect,
    drop_late,
    drop_orders,
    drop_stock,
    make_site,
    move_ledger,
)

KILLED = -9
MEMORY = Path("/dev/shm")
_CALL = re.compile(r"(\d+)\s+(\w+)\(")


class Wave(StrEnum):
    """Which run of the sample site is broken."""

    FIRST = "first run"
    """Stock and orders are there, the ledger is not yet."""
    FREED = "freeing run"
    """After it, what frees the held order has come."""
    STOCK = "stock alone"
    ORDERS = "orders on stock"
    """With the stock posted before, it makes no difference which order is read first."""


@dataclass(frozen=True, slots=True)
class Point:
    """Just before the `ordinal`-th system call of this name, counted over the whole run."""

    call: str
    ordinal: int

    @property
    def kill(self) -> str:
        return f"{self.call}:signal=KILL:when={self.ordinal}"

    def __str__(self) -> str:
        return f"{self.call} {self.ordinal}"


@dataclass(frozen=True, slots=True)
class Scene:
    """A prepared site; copied, never run itself."""

    wave: Wave
    template: Path
    ledger: str
    """Address of the prepared ledger; empty for SQLite, which lies inside the template."""
    collected: tuple[Collected, ...]
    """What partners collected before the run."""
    expected: Books
    points: tuple[Point, ...]
    steps: tuple[str, ...]
    """The named steps of the run, in order."""


@contextmanager
def workplace() -> Iterator[Path]:
    """Yield a folder that is removed afterwards, in memory where that is offered.

    A kill loses nothing that was written, so a disk would only cost time; power cuts have their
    own place.
    """
    where = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="k2kd-crash-", dir=where) as folder:
        yield Path(folder)


class Stage:
    """Prepares scenes and plays them, with a driver and a folder of its own."""

    def __init__(self, folder: Path, driver: Driver, ledgers: Ledgers) -> None:
        self._folder = folder
        self.driver = driver
        self._ledgers = ledgers
        self._played = 0

    def prepare(self, wave: Wave) -> Scene:
        """Make the scene of `wave`; a clean run of it says what is expected and what to break."""
        template = self._folder / wave.value.replace(" ", "-")
        template.mkdir()
        url = self._ledgers.new()
        make_site(template, url)
        collected = self._set(wave, template)
        scene = Scene(wave, template, url, tuple(collected), NOTHING, (), ())
        with self._copy(scene) as root:
            trace, steps = self._folder / "trace", self._folder / "steps"
            attempt = Attempt(str(root), trace_to=str(trace), steps_to=str(steps))
            self._run(attempt, expected=0)
            expected, _ = read(_url(root))
            points = tuple(points_in(trace, root))
            return replace(
                scene, expected=expected, points=points, steps=tuple(steps.read_text().split("\n"))
            )

    def _set(self, wave: Wave, root: Path) -> list[Collected]:
        """Bring a new site to where `wave` begins; return what was collected until then."""
        drop_stock(root)
        if wave is Wave.STOCK:
            return []
        if wave is Wave.ORDERS:
            self._run(Attempt(str(root)), expected=0)
        collected = collect(root)
        drop_orders(root)
        if wave is Wave.FREED:
            self._run(Attempt(str(root)), expected=0)
            collected += collect(root)
            drop_late(root)
        return collected

    def play(
        self, scene: Scene, broken: Sequence[Attempt], ended: int | None = KILLED
    ) -> list[str]:
        """Break a copy of `scene` with each of `broken` in turn, recover, and return the faults.

        The root of an attempt is filled in here; so is its mutant in the recovery. `ended` is how
        each broken run must end; None allows everything.
        """
        with self._copy(scene) as root:
            collected, wrong = [*scene.collected], list[str]()
            for attempt in broken:
                code = self.driver.run(replace(attempt, root=str(root)))
                collected += collect(root)
                if ended is not None and code != ended:
                    wrong.append(f"the broken run ended with {code}, not {ended}")
            return wrong + self.recover(scene, root, broken[-1].mutant, collected)

    def recovery_points(self, scene: Scene, point: Point) -> list[Point]:
        """Return where the first run after a kill at `point` can be killed itself (F02)."""
        with self._copy(scene) as root:
            self.driver.run(Attempt(str(root), inject=point.kill))
            collect(root)
            trace = self._folder / "trace"
            self.driver.run(Attempt(str(root), trace_to=str(trace)))
            return list(points_in(trace, root))

    def recover(
        self, scene: Scene, root: Path, mutant: str, before: Sequence[Collected] | None = None
    ) -> list[str]:
        """Run the site in `root` to the end twice, as its partners collect; return the faults.

        `before` is what was collected so far; None for what the scene begins with.
        """
        wrong: list[str] = []
        collected = [*(scene.collected if before is None else before)]
        for _ in range(2):
            code = self.driver.run(Attempt(str(root), mutant=mutant))
            collected += collect(root)
            if code != 0:
                wrong.append(f"a run after the crash ended with {code}: {_last_words(root)}")
        return wrong + faults(root, _url(root), scene.expected, collected)

    def _run(self, attempt: Attempt, *, expected: int) -> None:
        code = self.driver.run(attempt)
        if code != expected:
            root = Path(attempt.root)
            raise AssertionError(f"an unbroken run ended with {code}: {_last_words(root)}")

    @contextmanager
    def _copy(self, scene: Scene) -> Iterator[Path]:
        """Yield a copy of the scene with a ledger of its own."""
        self._played += 1
        root = self._folder / f"site-{self._played}"
        shutil.copytree(scene.template, root)
        url = self._ledgers.copy(scene.ledger)
        move_ledger(root, scene.ledger, url)
        try:
            yield root
        finally:
            shutil.rmtree(root)
            root.with_name(f"{root.name}.log").unlink(missing_ok=True)
            self._ledgers.drop(url)


NOTHING = Books(*[()] * 11)


def points_in(trace: Path, root: Path) -> Iterator[Point]:
    """Yield the calls of a traced run that touch the site, with their ordinals in the run."""
    counted: Counter[str] = Counter()
    threads: set[str] = set()
    inside = re.compile(re.escape(str(root)) + r"[/>\"]")
    for line in trace.read_text(errors="replace").splitlines():
        found = _CALL.match(line)
        if found is None:
            continue
        threads.add(found[1])
        counted[found[2]] += 1
        if inside.search(line):
            yield Point(found[2], counted[found[2]])
    # strace counts each thread apart, so the ordinals mean something for one thread only.
    assert len(threads) <= 1, f"the run had the threads {threads}"


def evenly(points: Sequence[Point], count: int) -> list[Point]:
    """Return at most `count` of `points`, spread over all of them."""
    if count >= len(points):
        return list(points)
    return [points[(2 * i + 1) * len(points) // (2 * count)] for i in range(count)]


def _url(root: Path) -> str:
    return config.load(root).ledger_url


def _last_words(root: Path) -> str:
    log = root.with_name(f"{root.name}.log")
    return log.read_text(errors="replace")[-2000:] if log.exists() else "it said nothing"
