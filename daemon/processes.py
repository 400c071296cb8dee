"""Processes of our own program: started with sockets to the daemon, and gone when it is.

One that outlived a killed daemon would work beside the next. On Linux the kernel ends it with the
thread that started it; elsewhere it has to notice that nobody speaks to it any more.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def start(module: str, channels: Sequence[int]) -> subprocess.Popen[bytes]:
    """Start `python -m module`, which gets our process id and these descriptors as its words.

    Raises OSError where the system starts no more processes.
    """
    words = [str(os.getpid()), *map(str, channels)]
    return subprocess.Popen(  # noqa: S603  (our own module, our own arguments)
        # Not even from the folder that the daemon was started in does it take a module by chance.
        [sys.executable, "-P", "-m", module, *words],
        pass_fds=channels,
        stdin=subprocess.DEVNULL,
        # A signal for the daemon's group is for the daemon, which wants this work done first.
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(p or str(Path.cwd()) for p in sys.path)},
    )


def end_with_daemon() -> tuple[int, list[int]]:
    """Have this process end when the daemon does; return that one's id, and what `start` gave."""
    daemon, *channels = map(int, sys.argv[1:])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != daemon:
        sys.exit(0)
    return daemon, channels
