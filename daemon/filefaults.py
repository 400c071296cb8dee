"""What the file system says when it refuses, told apart by what a caller does about it."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from daemon.errors import TRIED_AGAIN, EnvironmentFault


class FileFault(EnvironmentFault):
    """The file system refused; `errno` says how."""

    advice = f"see the system's log; {TRIED_AGAIN}"

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.errno = number


class Missing(FileFault):
    """It is not there (any more)."""

    advice = "restore it, or mount the volume that holds it"


class Denied(FileFault):
    """The daemon's account may not."""

    advice = "give the daemon's account the right to it"


class WrongKind(FileFault):
    """A symlink, FIFO, socket or folder stands where a file or folder was expected."""

    advice = "remove it; links and special files are never followed"


class Exists(FileFault):
    """The name is taken, and what has it must not be replaced."""

    advice = "move it away"


class Full(FileFault):
    """No space, no inodes, or over the quota."""

    advice = "free space or inodes on this volume"


KINDS: dict[int, type[FileFault]] = {
    errno.ENOENT: Missing,
    errno.ESTALE: Missing,
    errno.EACCES: Denied,
    errno.EPERM: Denied,
    errno.EROFS: Denied,
    errno.ELOOP: WrongKind,
    errno.ENOTDIR: WrongKind,
    errno.EISDIR: WrongKind,
    errno.ENXIO: WrongKind,
    errno.EEXIST: Exists,
    errno.ENOTEMPTY: Exists,
    errno.ENOSPC: Full,
    errno.EDQUOT: Full,
    # What macOS says of opening a socket, where Linux says ENXIO.
    **({errno.EOPNOTSUPP: WrongKind} if sys.platform == "darwin" else {}),
}
"""The fault of each error number; any other is a plain FileFault."""


def fault(what: str, where: str, error: OSError) -> FileFault:
    """Return the FileFault for `error`: what failed, where, and what to do."""
    number = error.errno or 0
    kind = KINDS.get(number, FileFault)
    return kind(f"can't {what} {where}: {os.strerror(number)}; {kind.advice}", number)


@contextmanager
def faults(what: str, where: str) -> Iterator[None]:
    """Turn every OSError inside into the FileFault that says what failed, and where."""
    try:
        yield
    except OSError as error:
        raise fault(what, where, error) from error
