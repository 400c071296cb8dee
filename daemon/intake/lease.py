"""Whether somebody has a file open for writing, asked of the kernel."""

from __future__ import annotations

import errno
import fcntl
import signal
import sys

from daemon.intake.settle import Writer


def writer(fd: int) -> Writer:
    """Ask for a read lease on `fd`, which Linux refuses while anybody may write, and let it go.

    UNKNOWN where the question can't be asked: another system, or a file of another account
    without CAP_LEASE. Only for local volumes: a network file system refuses every lease, or grants
    it without knowing who writes on the other side.
    """
    if sys.platform != "linux":
        return Writer.UNKNOWN
    try:
        # A writer that comes while we hold the lease makes the kernel signal us. Its default,
        # SIGIO, would kill the daemon; SIGURG is ignored unless someone handles it.
        fcntl.fcntl(fd, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return Writer.SOME if error.errno == errno.EAGAIN else Writer.UNKNOWN
    return Writer.NONE
