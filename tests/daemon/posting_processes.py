"""Processes that post, seen from outside; and files that end one that reads them."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from daemon.lanes.process import MODULE

PATIENCE_S = 60.0
"""How long a test waits for what must come, on a machine that has much else to do."""
KILLER = "killer.edi"
"""A file of this name ends whatever process posts it, with `KILLING` in its path."""
KILLING = f"""
import os, signal, sys
if "{MODULE}" in sys.orig_argv:
    from daemon.pipeline import drain
    from daemon.pipeline.arrival import post_arrival

    def deadly(desk, partner, arrival, spool):
        if arrival.name == b"{KILLER}":
            os.kill(os.getpid(), signal.SIGKILL)
        return post_arrival(desk, partner, arrival, spool)

    drain.post_arrival = deadly
"""
"""What a process of ours runs first that finds this as `sitecustomize`."""


def posting_of(daemon: int, module: str = MODULE) -> int | None:
    """Return the process that posts for a daemon, or runs another `module`; None for none."""
    for task in Path(f"/proc/{daemon}/task").iterdir():
        for child in (task / "children").read_text().split():
            try:
                words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if module.encode() in words:
                return int(child)
    return None


def is_alive(process: int) -> bool:
    """Tell whether a process runs; one that only waits to be reaped does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return sys.platform != "linux"


def until(what: Callable[[], object]) -> None:
    """Wait until `what` is true."""
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.002)
