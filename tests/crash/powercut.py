"""Power cuts: the daemon is killed, and of its disk only what was flushed comes back (F03).

The site lies on an ext4 of its own, on a loop device. The file behind that device holds what the
kernel has written out; a copy of it, taken while the rest still waits in memory, is the disk after
a power cut. It is mounted, the daemon recovers, and everything is checked as after any crash.

Partners collect only after the recovery: what a partner fetched in the instant before the cut, and
before the folder was flushed, would come back to be fetched again. That one risk is stated in the
contract (P7).

Run it as root inside `unshare --mount`; the last line says how many cuts there were and how many
went wrong. What it can't show: a drive that lies about flushes or writes them in another order.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.crash.driver import Attempt, Driver
from tests.crash.ledgers import InTheSite
from tests.crash.mutants import MUTANTS
from tests.crash.scene import KILLED, Point, Scene, Stage, Wave, evenly, workplace

WORKERS = 2
CUT_IN = (Wave.FIRST, Wave.FREED)
SIZE = "48M"
# Between two flushes nothing reaches the disk, so the cuts before and after a flush, and before
# what moves or removes a name, are all there are; some of the plain writes are tried in addition.
TURNING = ("fsync", "fdatasync", "renameat2", "renameat", "rename", "unlink", "unlinkat", "mkdir")
WRITING = ("write", "pwrite64", "ftruncate")
WRITES = 40
MUTANT_CUTS = 16
BUSY_S = 20.0


@dataclass(frozen=True, slots=True)
class Disk:
    """An ext4 in a file, the place where it is mounted, and the file it is cut to."""

    image: Path
    snapshot: Path
    mount: Path

    @classmethod
    def made(cls, folder: Path, scene: Scene) -> Disk:
        """Return a disk in `folder` whose flushed content is the scene's site."""
        disk = cls(folder / "prepared", folder / "snapshot", folder / "mount")
        disk.mount.mkdir()
        _do("truncate", "-s", SIZE, disk.image)
        _do("mkfs.ext4", "-q", disk.image)
        with disk.mounted(disk.image):
            shutil.copytree(scene.template, disk.mount / "site")
        return disk

    @contextmanager
    def mounted(self, image: Path) -> Iterator[Path]:
        """Yield the site on `image`."""
        # The kernel's own periodic writing out would save what the daemon forgot to flush.
        _do("mount", "-o", "loop,commit=600", image, self.mount)
        try:
            yield self.mount / "site"
        finally:
            _unmount(self.mount)

    def cut(self, driver: Driver, broken: Attempt) -> int:
        """Run `broken` on a copy of the disk, cut the power when it ends; return how it ended."""
        running = self.image.with_name("running")
        _copy(self.image, running)
        with self.mounted(running) as root:
            code = driver.run(_at(root, broken))
            _copy(running, self.snapshot)
        return code


class Cutter:
    """Cuts the power under one scene, again and again."""

    def __init__(self, folder: Path, driver: Driver, stage: Stage, scene: Scene) -> None:
        folder.mkdir()
        self._disk = Disk.made(folder, scene)
        self._driver = driver
        self._stage = stage
        self._scene = scene

    def cut(self, point: Point | None, mutant: str = "") -> list[str]:
        """Cut at `point`, or right after a whole run; return what was wrong after the recovery."""
        inject = point.kill if point else ""
        code = self._disk.cut(self._driver, Attempt("", mutant, inject=inject))
        wrong = [] if code == (KILLED if point else 0) else [f"the broken run ended with {code}"]
        with self._disk.mounted(self._disk.snapshot) as root:
            return wrong + self._stage.recover(self._scene, root, mutant)


def cuts(scene: Scene, sample: int) -> list[Point]:
    """Return where to cut: at every turning point, and at some of the writes."""
    turning = [point for point in scene.points if point.call in TURNING]
    writing = [point for point in scene.points if point.call in WRITING]
    return [*evenly(turning, sample), *evenly(writing, min(sample, WRITES))]


def found_out(cutter: Cutter, scene: Scene, mutant: str, count: int) -> int:
    """Return how many of `count` cuts show that `mutant` breaks its promise."""
    turning = [point for point in scene.points if point.call in TURNING[2:]]
    return sum(bool(cutter.cut(point, mutant)) for point in evenly(turning, count))


def power_mutants() -> list[str]:
    """Return the mutants that no kill can show."""
    return [name for name, mutant in MUTANTS.items() if not mutant.steps and not mutant.calls]


def main() -> None:
    """Cut the power under both waves, and under the mutants."""
    parser = argparse.ArgumentParser(description="Cut the power under a running daemon.")
    parser.add_argument("--sample", type=int, required=True, metavar="N")
    sample = parser.parse_args().sample
    with workplace() as folder, ThreadPoolExecutor(WORKERS) as pool:
        shares = list(pool.map(lambda number: _share(folder, number, sample), range(WORKERS)))
    _say(f"{sum(played for played, _ in shares)} {sum(failed for _, failed in shares)}")


def _share(folder: Path, number: int, sample: int) -> tuple[int, int]:
    """Do every `WORKERS`-th cut; return how many there were, and how many went wrong."""
    place = folder / str(number)
    place.mkdir()
    driver = Driver()
    stage = Stage(place, driver, InTheSite())
    played = failed = 0
    try:
        for wave in CUT_IN:
            scene = stage.prepare(wave)
            cutter = Cutter(place / f"disk {wave}", driver, stage, scene)
            points: Sequence[Point | None] = [*cuts(scene, sample), None]
            for point in points[number::WORKERS]:
                played += 1
                if wrong := cutter.cut(point):
                    failed += 1
                    _say(f"FAIL power: {wave}, {point}: {'; '.join(wrong[:3])}")
                if number == 0 and played % 25 == 0:
                    _say(f"power: about {played * WORKERS} cuts")
            if wave is Wave.FIRST:
                names = power_mutants()[number::WORKERS]
                failed += _undetected(cutter, scene, names, min(2 * sample, MUTANT_CUTS))
    finally:
        driver.close()
    return played, failed


def _undetected(cutter: Cutter, scene: Scene, names: Sequence[str], count: int) -> int:
    """Return how many of the mutants `names` no cut finds out."""
    undetected = 0
    for name in names:
        found = found_out(cutter, scene, name, count)
        undetected += not found
        shown = "mutant" if found else "FAIL mutant"
        _say(f"{shown} {name}: found out by {found} of {count} power cuts")
    return undetected


def _at(root: Path, attempt: Attempt) -> Attempt:
    return Attempt(str(root), attempt.mutant, inject=attempt.inject)


def _copy(source: Path, target: Path) -> None:
    _do("cp", "--sparse=always", source, target)


def _do(*command: str | Path) -> None:
    subprocess.run(command, check=True)


def _unmount(mount: Path) -> None:
    """Unmount; what a process that just ended still holds keeps it busy for a moment."""
    deadline = time.monotonic() + BUSY_S
    while time.monotonic() < deadline:
        if subprocess.run(("umount", mount), check=False, capture_output=True).returncode == 0:
            return
        time.sleep(0.1)
    _do("umount", mount)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
