"""Opens a partner's workbook in a process of its own; the file is at fault where that one dies.

A process or a thread that can't be started is the machine's fault, and is tried again.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from daemon.errors import TRIED_AGAIN, EnvironmentFault
from formats.findings import Finding
from formats.limits import MEBIBYTE, Limits
from formats.xlsx.archive import DEFAULT_WORKBOOK_LIMITS, ArchiveError, check_archive
from formats.xlsx.workbook import Workbook, read_workbook

_ROOT = str(Path(__file__).resolve().parents[2])
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from daemon.workbooks.child import main; main(sys.argv[2:])"
)
_PIECE_BYTES = MEBIBYTE
_TIME_IS_UP = (-signal.SIGXCPU, -signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the process may use."""

    memory_bytes: int = 1536 * MEBIBYTE
    cpu_s: int = 60
    wall_s: float = 120.0
    text_bytes: int = 512 * MEBIBYTE
    """What it may say in all."""


DEFAULT_ALLOWANCE = Allowance()


def open_workbook(
    data: bytes,
    *,
    limits: Limits,
    allowance: Allowance = DEFAULT_ALLOWANCE,
) -> Workbook:
    """Return the sheets of a workbook; one that can't be read has an error and no sheets.

    Raises EnvironmentFault where no process or thread can be started.
    """
    try:
        if len(data) > limits.file_bytes:
            message = f"The file is larger than {limits.file_bytes} bytes. Split it."
            raise ArchiveError("size", message)
        check_archive(data)
    except ArchiveError as error:
        return Workbook((), (error.finding,))
    said, code, is_late = _run(data, limits, allowance)
    if said is not None and code == 0 and not is_late:
        return read_workbook(said)
    if said is None:
        return _refused("size", "The workbook holds too much text. Split it, or send CSV.")
    if is_late or code in _TIME_IS_UP:
        return _refused("time", "The workbook takes too long to open. Split it, or send CSV.")
    if code > 0:
        return _refused("damaged", "The workbook can't be read. Save it again as XLSX.")
    message = "The workbook takes too much room to open. Delete what stands far from its rows, "
    return _refused("memory", f"{message}split it, or send CSV.")


def _refused(code: str, message: str) -> Workbook:
    return Workbook((), (Finding(f"xlsx.{code}", message),))


def _run(data: bytes, limits: Limits, allowance: Allowance) -> tuple[bytes | None, int, bool]:
    """Return what the process said (None: too much), its exit code, and whether it was stopped."""
    words = (
        *(allowance.memory_bytes, allowance.cpu_s, limits.rows),
        DEFAULT_WORKBOOK_LIMITS.unpacked_bytes,
    )
    try:
        child = subprocess.Popen(  # noqa: S603  (our own program; the file is its input alone)
            [sys.executable, "-E", "-s", "-c", _START, _ROOT, *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            close_fds=True,
        )
    except OSError as error:
        message = f"no process can be started to open a workbook: {error.strerror}"
        raise EnvironmentFault(f"{message}; {TRIED_AGAIN}") from error
    late = threading.Event()

    def stop() -> None:
        late.set()
        child.kill()

    timer = threading.Timer(allowance.wall_s, stop)
    feeder = threading.Thread(target=_feed, args=(child, data), daemon=True)
    with child:
        try:
            timer.start()
            feeder.start()
        except RuntimeError as error:
            timer.cancel()
            child.kill()
            message = f"no thread can be started to open a workbook; {TRIED_AGAIN}"
            raise EnvironmentFault(message) from error
        try:
            said = _heard(child, allowance.text_bytes)
        finally:
            timer.cancel()
            if child.poll() is None and late.is_set():
                child.kill()
        # Before the pipe is closed: it may not have come to write yet, though the process ended.
        feeder.join()
    timer.join()
    return said, child.returncode, late.is_set()


def _feed(child: subprocess.Popen[bytes], data: bytes) -> None:
    """Give the process its workbook; one that died of it takes no more."""
    if child.stdin is None:
        return
    with suppress(BrokenPipeError):
        child.stdin.write(data)
    with suppress(BrokenPipeError):
        child.stdin.close()


def _heard(child: subprocess.Popen[bytes], most: int) -> bytes | None:
    """Return all that the process says; None after stopping one that says too much."""
    said = bytearray()
    while child.stdout is not None and (piece := child.stdout.read(_PIECE_BYTES)):
        said += piece
        if len(said) > most:
            child.kill()
            return None
    return bytes(said)
