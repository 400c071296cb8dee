"""Runs the daemon over and over, each time in a fresh fork of a program that is warm already.

Started as `python -m tests.crash.driver`. Each line on its input is an `Attempt` as JSON, each line
on its output how it ended. The daemon is the real one, `service.run(root, once=True)`. What differs
is that outgoing files are written in the one thread there is, so that the order of the system calls
is the same every time, and that it is always noon of one day, so that midnight breaks no test.

Imports cost a second and are paid once. A fork waits until strace, if it is asked for, has hold of
it; what strace counts is therefore what the daemon does and nothing before.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from daemon import parts, service
from daemon.clock import SystemClock
from daemon.config import Partner
from daemon.errors import K2KError
from daemon.ledger.arrivals import Arrival, Ending
from daemon.pipeline import drain
from daemon.pipeline.arrival import post_arrival
from daemon.pipeline.content import SpoolBytes
from daemon.trade.desk import Desk
from tests.crash.mutants import MUTANTS, swap
from tests.crash.site import NOON, drop_late, drop_orders, drop_stock, make_site

CALLS = (
    *("openat", "write", "pwrite64", "writev", "pwritev", "close", "fsync", "fdatasync"),
    *("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat"),
    *("mkdir", "mkdirat", "rmdir", "ftruncate", "fallocate", "flock"),
)
FAILED = 70
"""Exit code of a run that ended in one of the daemon's own errors."""
BUG = 71
KILLER = b"killer.edi"
"""A file of this name kills the daemon that reads it, where `has_killer` is set."""
_PR_SET_PTRACER = 0x59616D61

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of the daemon, and what befalls it."""

    root: str
    mutant: str = ""
    step: str = ""
    """Kill it at this named step of the contract,"""
    occurrence: int = 1
    """the so-manieth time that it comes."""
    steps_to: str = ""
    """Write the names of the steps it took into this file."""
    inject: str = ""
    """What strace does to it, such as `fsync:error=EIO:when=3`."""
    trace_to: str = ""
    has_killer: bool = False


class _Noon(SystemClock):
    """A clock whose hands stand still."""

    def now(self) -> datetime:
        return NOON


class _Inline(Executor):
    """Does at once, in this thread, what it is given."""

    def __init__(self, *_arguments: object, **_names: object) -> None:
        """Take what a thread pool takes."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        future: Future[R] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        # As a pool does: the caller of result() gets it.
        except BaseException as error:
            future.set_exception(error)
        return future


class _Steps:
    """Counts the named steps, and dies at the one that is asked for."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._left = attempt.occurrence
        self.taken: list[str] = []

    def __call__(self, name: str) -> None:
        self.taken.append(name)
        if name == self._attempt.step:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Warm up, then run what is asked for until the input ends."""
    swap(parts, "ThreadPoolExecutor", _Inline)
    swap(service, "SystemClock", _Noon)
    _warm_up()
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        ended = _run(Attempt(**json.loads(line)))
        sys.stdout.write(f"{ended}\n")
        sys.stdout.flush()


def _warm_up() -> None:
    """Run every path of the sample once, so that no fork imports or compiles anything."""
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
        root = Path(folder)
        with contextlib.redirect_stderr(nowhere):
            make_site(root)
            for drop in (drop_stock, drop_orders, drop_late):
                drop(root)
                service.run(root, once=True, pretty=False)


def refusal() -> str:
    """Return why strace can't be used here; empty where it can."""
    try:
        ended = subprocess.run(
            ["strace", "-o", os.devnull, "true"], check=False, capture_output=True, text=True
        )
    except FileNotFoundError:
        return "strace is missing (Debian: apt install strace)"
    return f"strace may not trace here: {ended.stderr.strip()}" if ended.returncode else ""


def _run(attempt: Attempt) -> int:
    """Fork the daemon and return its exit code, or the signal that ended it, negative."""
    go, start = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(start)
        os._exit(_child(attempt, go))
    os.close(go)
    strace = _attach(attempt, child) if attempt.inject or attempt.trace_to else None
    os.write(start, b"!")
    os.close(start)
    _, status = os.waitpid(child, 0)
    if strace is not None:
        strace.communicate()
    return os.waitstatus_to_exitcode(status)


def _attach(attempt: Attempt, child: int) -> subprocess.Popen[str]:
    command = ["strace", "-f", "-y", "-s", "0", "-p", str(child), "-o"]
    command += [attempt.trace_to or os.devnull, "-e", f"trace={','.join(CALLS)}"]
    if attempt.inject:
        command += ["-e", f"inject={attempt.inject}"]
    strace = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert strace.stderr is not None
    # Said after the child was seized and interrupted: from here on nothing escapes the count.
    said = strace.stderr.readline()
    if "attached" not in said:
        os.kill(child, signal.SIGKILL)
        raise RuntimeError(f"strace can't attach: {said.strip()}")
    return strace


def _child(attempt: Attempt, go: int) -> int:
    log = os.open(f"{attempt.root}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 2)
    # Where only parents may trace, this lets our sister do it; elsewhere it fails and is not needed
    ctypes.CDLL(None).prctl(_PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)
    if attempt.mutant:
        MUTANTS[attempt.mutant].break_it()
    if attempt.has_killer:
        _let_killers_kill()
    steps = _Steps(attempt)
    swap(service, "parts", partial(parts.parts, step=steps))
    os.read(go, 1)
    try:
        code = service.run(Path(attempt.root), once=True, pretty=False)
    except K2KError as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        code = FAILED
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = BUG
    if attempt.steps_to:
        Path(attempt.steps_to).write_text("\n".join(steps.taken))
    return code


def _let_killers_kill() -> None:
    """Stand in for a parser that brings the whole program down."""

    def deadly(desk: Desk, partner: Partner, arrival: Arrival, spool: SpoolBytes) -> Ending:
        if arrival.name == KILLER:
            os.kill(os.getpid(), signal.SIGKILL)
        return post_arrival(desk, partner, arrival, spool)

    swap(drain, "post_arrival", deadly)


class Driver:
    """The program above, started and spoken to. One run at a time."""

    def __init__(self) -> None:
        checkout = Path(__file__).resolve().parents[2]
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.driver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=checkout,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
        )

    def run(self, attempt: Attempt) -> int:
        """Return the exit code of the run, negative for the signal that ended it."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps(asdict(attempt)) + "\n")
        self._program.stdin.flush()
        answer = self._program.stdout.readline()
        if not answer:
            raise RuntimeError("the crash test's driver ended; its error stands above")
        return int(answer)

    def close(self) -> None:
        self._program.communicate()


if __name__ == "__main__":
    main()
