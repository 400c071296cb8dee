"""A daemon in a process of its own: started, waited for by what it says and writes, and ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.daemon.sites import outboxes

CHECKOUT = Path(__file__).resolve().parents[2]


_MAIN = """
import sys
from pathlib import Path
from daemon.errors import EnvironmentFault, K2KError
from daemon.service import run
try:
    code = run(Path(sys.argv[1]), once="--once" in sys.argv, pretty=False)
except K2KError as error:
    print(f"k2kd: {error}", file=sys.stderr)
    code = 3
sys.exit(code)
"""


@dataclass(slots=True)
class Running:
    """A daemon in a process of its own."""

    root: Path
    process: subprocess.Popen[bytes]
    said: Path
    said_before: int = 0
    """How many bytes of the file `said` are of daemons before it."""

    def log(self) -> str:
        return self.said.read_bytes()[self.said_before :].decode(errors="replace")

    def wait_for(self, what: Callable[[], Any], *, within_s: float = 10.0) -> Any:
        """Return what `what` gives once it is true; fail with the log when it does not come."""
        deadline = time.monotonic() + within_s
        while not (found := what()):
            assert self.process.poll() is None, f"the daemon ended: {self.log()}"
            assert time.monotonic() < deadline, f"not within {within_s} s; it said: {self.log()}"
            time.sleep(0.02)
        return found

    def wait_said(self, text: str, *, within_s: float = 10.0) -> None:
        self.wait_for(lambda: text in self.log(), within_s=within_s)

    def wait_file(self, beginning: str, *, within_s: float = 10.0) -> bytes:
        """Return the first outbox file whose `partner/name` begins so, once it is there."""

        def found() -> list[bytes]:
            return [b for n, b in outboxes(self.root).items() if n.startswith(beginning)]

        bodies: list[bytes] = self.wait_for(found, within_s=within_s)
        return bodies[0]

    def stop(self, *, within_s: float = 10.0) -> int:
        """Ask it to end, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within_s)


def command(root: Path, *flags: str) -> list[str]:
    """Return the command line of a daemon for the site in `root`."""
    return [sys.executable, "-c", _MAIN, str(root), *flags]


@contextmanager
def running(
    root: Path, *, env: dict[str, str] | None = None, is_group: bool = False
) -> Iterator[Running]:
    """Start a daemon for the site in `root`, wait until it is ready, and end it at the end.

    With `is_group` it leads a process group of its own, as one that a shell has started.
    """
    said = root / "daemon.log"
    with said.open("ab") as log:
        said_before = log.tell()
        process = subprocess.Popen(
            command(root),
            cwd=CHECKOUT,
            stderr=log,
            env={**os.environ, **(env or {})},
            process_group=0 if is_group else None,
        )
    daemon = Running(root, process, said, said_before)
    try:
        # Long, for a machine that has much else to do; it is waited no longer than need be.
        daemon.wait_said("ready", within_s=60)
        yield daemon
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
