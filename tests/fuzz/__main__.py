"""Look for bytes that make a reader raise, hang or grow without end: `make fuzz`.

Every target gets ten minutes of a processor, or `--minutes`; it begins with the golden cases, the
sample files, and what earlier runs learned, which stays in `.fuzz`. What was found is kept there
too, with what was raised; exits 1 where there is anything. Needs atheris (`uv sync --group fuzz`),
and says so where it isn't installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
FOUND = CHECKOUT / ".fuzz"
_RUNS = re.compile(r"number_of_executed_units: +([0-9]+)")
_PEAK = re.compile(r"peak_rss_mb: +([0-9]+)")
_LAST_LINES = 12
_IDLE = 20
"""A machine that gives so small a part of a processor stands still."""
_MOST_IDLE = 5
"""One that stands still so often in turn isn't waited for."""
_BY_THE_CLOCK = ("timeout-*", "slow-unit-*")
"""What the fuzzer keeps for the time that it took; it times by the clock on the wall."""


def main() -> int:
    """Fuzz one target after the other; return 1 where one was broken."""
    if importlib.util.find_spec("atheris") is None:
        sys.stderr.write("atheris isn't installed here; run: uv sync --group fuzz\n")
        return 3
    from tests.fuzz.promises import TARGETS  # loads every reader

    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="for each target")
    parser.add_argument("targets", nargs="*", help=f"some of: {', '.join(TARGETS)}")
    chosen = parser.parse_args()
    wanted = chosen.targets or list(TARGETS)
    unknown = [each for each in wanted if each not in TARGETS]
    if unknown:
        parser.error(f"no target is called {unknown[0]}; known: {', '.join(TARGETS)}")
    for each in wanted:
        shutil.rmtree(FOUND / each / "found", ignore_errors=True)
    broken = [each for each in wanted if not is_kept(each, round(chosen.minutes * 60))]
    return 1 if broken else 0


def is_kept(target: str, seconds: int) -> bool:
    """Fuzz one target, print one line, and tell whether it kept its promises."""
    folder = FOUND / target
    runs, peak, left = 0, 0, seconds
    spent, problem, idle = 0.0, "", 0
    while left > 0 and idle < _MOST_IDLE and not problem:
        before = _processor_s()
        command = [sys.executable, "-m", "tests.fuzz.child", target, str(folder), str(left)]
        done = subprocess.run(
            command, cwd=CHECKOUT, check=False, capture_output=True, text=True, errors="replace"
        )
        used = _processor_s() - before
        runs += _number(_RUNS, done.stderr)
        peak = max(peak, _number(_PEAK, done.stderr))
        spent += used
        stalled = _drop_stalls(folder, target) and done.returncode != 0
        if done.returncode != 0 and not stalled:
            last = "\n".join(done.stderr.splitlines()[-_LAST_LINES:])
            problem = f"  ended with {done.returncode}:\n{last}\n"
        # The fuzzer counts the clock on the wall; on a busy machine it goes again for the rest.
        idle = 0 if used > left / _IDLE else idle + 1
        left = round(seconds - spent)
    found = sorted((folder / "found").iterdir())
    sys.stdout.write(
        f"{target}: {runs:,} inputs in {spent / 60:.1f} minutes of a processor, {peak} MB at most;"
        f" {sum(each.suffix != '.txt' for each in found)} broken promises\n{problem}"
    )
    for each in found:
        said = each.read_text("utf-8").strip() if each.suffix == ".txt" else "kept"
        sys.stdout.write(f"  {each.relative_to(CHECKOUT)}: {said}\n")
    sys.stdout.flush()
    return not found and not problem


def _drop_stalls(folder: Path, target: str) -> bool:
    """Drop inputs during which the machine stood still; tell whether that is all that happened.

    An input that takes too long of a processor stays.
    """
    slow = _slow(folder)
    for each in slow:
        command = [sys.executable, "-m", "tests.fuzz.timed", target, str(each)]
        if subprocess.run(command, cwd=CHECKOUT, check=False).returncode == 0:
            each.unlink()
    return bool(slow) and not _slow(folder)


def _slow(folder: Path) -> list[Path]:
    return [each for name in _BY_THE_CLOCK for each in (folder / "found").glob(name)]


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _number(pattern: re.Pattern[str], text: str) -> int:
    match = pattern.search(text)
    return int(match[1]) if match else 0


if __name__ == "__main__":
    sys.exit(main())
