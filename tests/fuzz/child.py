"""Fuzz one target in a process of its own; every crash of a new kind is kept and named.

Run by `tests.fuzz`: target, folder, seconds. The fuzzer itself ends the process, by its limits: of
time for all, of time for one input, and of memory.
"""

from __future__ import annotations

import hashlib
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["formats"]):
    from tests.fuzz.promises import TARGETS, seeds

SLOWEST_S = 5
"""For one input: readers take milliseconds."""
MOST_MEGABYTES = 1024
LONGEST_BYTES = 65_536


def main() -> None:
    """Fuzz until the time is up."""
    target, folder, seconds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    found = folder / "found"
    start = folder / "seeds"
    for each in (found, start):
        each.mkdir(parents=True, exist_ok=True)
    for data in seeds(target):
        (start / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    arguments = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-timeout={SLOWEST_S}",
        f"-rss_limit_mb={MOST_MEGABYTES}",
        f"-max_len={LONGEST_BYTES}",
        f"-artifact_prefix={found}/",
        "-print_final_stats=1",
        str(start),
    ]
    atheris.Setup(arguments, _caught(TARGETS[target], found), enable_python_coverage=True)
    atheris.Fuzz()


def _caught(read: Callable[[bytes], None], found: Path) -> Callable[[bytes], None]:
    """Return `read`, made to keep the first input of every kind of crash and to go on."""
    known: set[str] = set()

    def tried(data: bytes) -> None:
        error = _raised(read, data)
        if error is None or (kind := _kind(error)) in known:
            return
        # The fuzzer's alarm imports a module wherever it finds Python, and that raises where a
        # named tuple is made. What our readers raise, they raise again.
        if _raised(read, data) is None:
            return
        known.add(kind)
        name = f"crash-{hashlib.sha256(kind.encode()).hexdigest()[:12]}"
        (found / name).write_bytes(data)
        (found / f"{name}.txt").write_text(f"{kind}: {error}\n", "utf-8")

    return tried


def _raised(read: Callable[[bytes], None], data: bytes) -> Exception | None:
    try:
        read(data)
    except Exception as error:
        return error
    return None


def _kind(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}"


if __name__ == "__main__":
    main()
