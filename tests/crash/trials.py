"""Trials: what can be done to a scene, and a crew that plays many of them side by side."""

from __future__ import annotations

import queue
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.crash.driver import Attempt, Driver
from tests.crash.ledgers import Ledgers
from tests.crash.mutants import MUTANTS
from tests.crash.scene import KILLED, Point, Scene, Stage, evenly, workplace

FAILING = (
    # F04: a flush fails. F05: the disk is full, for one write or from then on.
    ("fsync", "EIO", ""),
    ("fdatasync", "EIO", ""),
    ("renameat2", "EIO", ""),
    ("write", "ENOSPC", ""),
    ("pwrite64", "ENOSPC", ""),
    ("write", "ENOSPC", "+"),
    ("pwrite64", "ENOSPC", "+"),
)
LASTING_SAMPLE = 6
"""Trials of a disk that stays full: each waits as long as a run is patient."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One way to break a scene: runs that are broken in turn, and how each of them must end."""

    name: str
    scene: Scene
    broken: tuple[Attempt, ...]
    ended: int | None = KILLED

    def played(self, stage: Stage) -> list[str]:
        """Return what was wrong afterwards."""
        return stage.play(self.scene, self.broken, self.ended)


class Crew:
    """Stages that play trials side by side, each with its own driver."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._free: queue.SimpleQueue[Stage] = queue.SimpleQueue()
        for stage in stages:
            self._free.put(stage)
        self._pool = ThreadPoolExecutor(len(stages))
        self.first = stages[0]

    def play(self, trials: Sequence[Trial]) -> Iterator[tuple[Trial, list[str]]]:
        """Play all of `trials`; yield each with what was wrong, in their order."""
        return zip(trials, self._pool.map(self._one, trials), strict=True)

    def recoveries(self, scene: Scene, firsts: Sequence[Point], seconds: int) -> list[Trial]:
        """Return trials that kill before each of `firsts`, and the recovery at `seconds` points."""
        found = self._pool.map(lambda first: self._recovery(scene, first), firsts)
        return [
            Trial(
                f"{scene.wave}, {first}, then {second}",
                scene,
                (Attempt("", inject=first.kill), Attempt("", inject=second.kill)),
            )
            for first, points in zip(firsts, found, strict=True)
            for second in evenly(points, seconds)
        ]

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _one(self, trial: Trial) -> list[str]:
        stage = self._free.get()
        try:
            return trial.played(stage)
        finally:
            self._free.put(stage)

    def _recovery(self, scene: Scene, first: Point) -> list[Point]:
        stage = self._free.get()
        try:
            return stage.recovery_points(scene, first)
        finally:
            self._free.put(stage)


@contextmanager
def crew_on(ledgers: Ledgers, workers: int) -> Iterator[Crew]:
    """Yield a crew; its folders and drivers end with the block."""
    with workplace() as folder, ExitStack() as stack:
        stages = []
        for number in range(workers):
            place = folder / str(number)
            place.mkdir()
            driver = Driver()
            stack.callback(driver.close)
            stages.append(Stage(place, driver, ledgers))
        crew = Crew(stages)
        stack.callback(crew.close)
        yield crew


def kills(scene: Scene, points: Sequence[Point], mutant: str = "") -> list[Trial]:
    """Return a trial for a kill before each of `points` (F01)."""
    return [
        Trial(f"{scene.wave}, {point}", scene, (Attempt("", mutant, inject=point.kill),))
        for point in points
    ]


def step_kills(scene: Scene, only: Sequence[str] = (), mutant: str = "") -> list[Trial]:
    """Return a trial for a kill at every occurrence of every named step, or of those in `only`."""
    counted: Counter[str] = Counter()
    trials: list[Trial] = []
    for step in scene.steps:
        counted[step] += 1
        if not only or step in only:
            attempt = Attempt("", mutant, step=step, occurrence=counted[step])
            trials.append(Trial(f"{scene.wave}, {step} ({counted[step]})", scene, (attempt,)))
    return trials


def failures(scene: Scene, sample: int) -> list[Trial]:
    """Return trials in which the system refuses a call; the run may end in any way but a bug."""
    trials: list[Trial] = []
    for call, error, lasting in FAILING:
        points = [point for point in scene.points if point.call == call]
        for point in evenly(points, min(sample, LASTING_SAMPLE) if lasting else sample):
            inject = f"{call}:error={error}:when={point.ordinal}{lasting}"
            name = f"{scene.wave}, {error} at {point}{lasting}"
            trials.append(Trial(name, scene, (Attempt("", inject=inject),), None))
    return trials


def mutant_trials(scene: Scene, name: str, sample: int) -> list[Trial]:
    """Return the trials in which the mutant `name` must be found out by a kill; maybe none."""
    mutant = MUTANTS[name]
    trials = step_kills(scene, mutant.steps, name) if mutant.steps else []
    for call in mutant.calls:
        points = [point for point in scene.points if point.call == call]
        trials += kills(scene, evenly(points, sample), name)
    return trials
