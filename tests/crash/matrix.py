"""The whole crash matrix: `python -m tests.crash.matrix`, which is `make crash`.

Kills the daemon before every file and database system call of two runs of the sample site, at every
named step of the contract on both ledgers, and a second time in the recovery; makes flushes and
writes fail; cuts the power; and sees every broken daemon found out. After each, the site must end
as if nothing had happened. Exit code 1 where one did not.

`--only` takes parts by name; `--sample N` takes about N points of each part, spread evenly.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.crash.driver import refusal
from tests.crash.ledgers import InTheSite, OnPostgres
from tests.crash.mutants import MUTANTS
from tests.crash.scene import Scene, Wave, evenly
from tests.crash.trials import (
    Crew,
    Trial,
    crew_on,
    failures,
    kills,
    mutant_trials,
    step_kills,
)
from tests.postgres import Cluster, binaries

PARTS = ("kill", "steps", "twice", "faults", "mutants", "postgres", "power")
WORKERS = 2
TOTALS = re.compile(r"(\d+) (\d+)\n")
"""What the power cuts end with: how many there were, and how many went wrong."""
EVERY = 1_000_000
KILLED_IN = (Wave.FIRST, Wave.FREED)
FAILING_IN = (Wave.STOCK, Wave.ORDERS)
TWICE_FIRST, TWICE_SECOND = 20, 4
"""Kills of the first run and of each recovery, where both are killed."""
FAULTS = 40
"""Failing calls of each kind."""


class Report:
    """Says how the parts go, and counts."""

    def __init__(self) -> None:
        self.played = 0
        self.failed = 0

    def play(self, part: str, crew: Crew, trials: Sequence[Trial]) -> None:
        """Play `trials`, each of which must leave nothing wrong."""
        started, failed = time.monotonic(), 0
        for number, (trial, wrong) in enumerate(crew.play(trials), 1):
            if wrong:
                failed += 1
                say(f"FAIL {part}: {trial.name}: {'; '.join(wrong[:3])}")
            if number % 100 == 0:
                say(f"{part}: {number} of {len(trials)}")
        self.add(part, len(trials), failed, time.monotonic() - started)

    def must_fail(self, name: str, crew: Crew, trials: Sequence[Trial]) -> None:
        """Play a mutant: at least one of `trials` must find something wrong."""
        found = sum(bool(wrong) for _, wrong in crew.play(trials))
        self.played += len(trials)
        if found:
            say(f"mutant {name}: found out by {found} of {len(trials)} crash points")
        else:
            self.failed += 1
            say(f"FAIL mutant {name}: {len(trials)} crash points found nothing wrong")

    def add(self, part: str, played: int, failed: int, seconds: float) -> None:
        """Count a part that is over."""
        self.played += played
        self.failed += failed
        say(f"{part}: {played} crash points, {failed} failures, {seconds:.0f} s")


def main() -> None:
    """Play the parts that are asked for and exit."""
    asked = _arguments()
    if reason := refusal():
        sys.exit(reason)
    report = Report()
    if set(asked.only) - {"postgres", "power"}:
        with crew_on(InTheSite(), WORKERS) as crew:
            _on_sqlite(crew, asked.only, asked.sample, report)
    if "postgres" in asked.only:
        _on_postgres(asked.sample, report)
    if "power" in asked.only:
        _power(asked.sample, report)
    say(f"{report.played} crash points, {report.failed} failures")
    sys.exit(1 if report.failed else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Break the daemon everywhere and see it recover.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    parser.add_argument("--sample", type=int, default=EVERY, metavar="N")
    return parser.parse_args()


def _on_sqlite(crew: Crew, only: Sequence[str], sample: int, report: Report) -> None:
    scenes = [crew.first.prepare(wave) for wave in KILLED_IN]
    if "kill" in only:
        report.play("kill", crew, [t for s in scenes for t in kills(s, evenly(s.points, sample))])
    if "steps" in only:
        report.play("steps", crew, [t for s in scenes for t in step_kills(s)])
    if "twice" in only:
        report.play("twice", crew, _twice(crew, scenes, sample))
    if "faults" in only:
        others = [crew.first.prepare(wave) for wave in FAILING_IN]
        trials = [t for s in (*others, scenes[1]) for t in failures(s, min(sample, FAULTS))]
        report.play("faults", crew, trials)
    if "mutants" in only:
        for name in MUTANTS:
            if trials := mutant_trials(scenes[0], name, sample):
                report.must_fail(name, crew, trials)


def _twice(crew: Crew, scenes: Sequence[Scene], sample: int) -> list[Trial]:
    count = min(sample, TWICE_FIRST)
    return [
        trial
        for scene in scenes
        for trial in crew.recoveries(scene, evenly(scene.points, count), TWICE_SECOND)
    ]


def _on_postgres(sample: int, report: Report) -> None:
    found = binaries()
    if found is None:
        say("postgres: left out, no PostgreSQL server here (Debian: apt install postgresql)")
        return
    folder = Path(tempfile.mkdtemp(prefix="k2kd-pg-"))
    try:
        cluster = Cluster(found, folder)
        with crew_on(OnPostgres(cluster), WORKERS) as crew:
            scenes = [crew.first.prepare(wave) for wave in KILLED_IN]
            trials = [t for s in scenes for t in step_kills(s)]
            report.play("postgres", crew, trials[:: max(1, len(trials) // sample)])
        cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _power(sample: int, report: Report) -> None:
    """Cut the power in a mount namespace of its own, so that no mount outlives it."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        say("power: left out, only root can mount the disk whose power is cut")
        return
    started = time.monotonic()
    command = ["unshare", "--mount", sys.executable, "-m", "tests.crash.powercut"]
    command += ["--sample", str(sample)]
    said = [""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as cutter:
        for line in cutter.stdout or ():
            said.append(line)
            if not TOTALS.fullmatch(line):
                say(line.rstrip())
    totals = TOTALS.fullmatch(said[-1])
    played, failed = totals.groups() if totals and cutter.returncode == 0 else ("0", "1")
    report.add("power", int(played), int(failed), time.monotonic() - started)


def say(line: str) -> None:
    """Print at once: a part takes minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
