"""Finds the daemon of a site and tells it to read k2kd.toml again.

The lock file says who it is: the kernel lists the holder of every lock. Only a program that
handles SIGHUP is told, because any other would end by it.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from daemon.config import Configuration

LOCK = "lock"
_HANGUP_BIT = 1 << (signal.SIGHUP - 1)


def tell_daemon(site: Configuration) -> int | None:
    """Send SIGHUP to the site's daemon; return its process id, None where none was told."""
    pid = daemon_pid(site)
    if pid is None:
        return None
    try:
        os.kill(pid, signal.SIGHUP)
    except (ProcessLookupError, PermissionError):
        return None
    return pid


def daemon_pid(site: Configuration, proc: Path = Path("/proc")) -> int | None:
    """Return the process that holds the site's lock and handles SIGHUP; None if none is seen."""
    try:
        status = (site.state / LOCK).stat()
        locks = (proc / "locks").read_text("ascii", "replace")
    except OSError:
        return None
    device = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}"
    wanted = f"{device}:{status.st_ino}"
    for line in locks.splitlines():
        words = line.split()
        # `7: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF`; waiting ones have an arrow.
        is_ours = len(words) > 5 and words[1] == "FLOCK" and words[5] == wanted
        if is_ours and words[4].isdigit() and _handles_hangup(proc / words[4]):
            return int(words[4])
    return None


def _handles_hangup(process: Path) -> bool:
    try:
        status = (process / "status").read_text("ascii", "replace")
    except OSError:
        return False
    caught = next((x for x in status.splitlines() if x.startswith("SigCgt:")), "SigCgt: 0")
    return bool(int(caught.split()[1], 16) & _HANGUP_BIT)
