"""Run a measurement in a process of its own, whose memory and CPU are then its alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
Answer = dict[str, float]


def measured(module: str, *arguments: str | Path) -> Answer:
    """Run `python -m tests.bench.MODULE` and return the figures that it prints as JSON.

    Raises CalledProcessError where it fails; what it says then stands on the terminal.
    """
    command = [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)]
    done = subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE)
    answer: Answer = json.loads(done.stdout)
    return answer


def answer(**figures: float) -> None:
    """Print the figures of a child, as its parent reads them."""
    sys.stdout.write(json.dumps(figures))


def forget_peak() -> None:
    """Let the most memory ever in use be what is in use now, where the kernel can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> float:
    """Return the most memory this process ever had in use (VmHWM), in MB; 0 where unknown."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    lines = status.read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM"))


def cpu_s(process: int) -> float:
    """Return the seconds of a processor that another process took so far; 0 where unknown."""
    status = Path(f"/proc/{process}/stat")
    if not status.exists():
        return 0.0
    fields = status.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
