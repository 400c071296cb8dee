"""What Linux and macOS ask for differently: a flush that reaches the disk, a rename to a free name.

Nothing else in the daemon calls fsync or renames without replacing, so that each system's way to
promise it stands in one place.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import sys
from contextlib import suppress
from functools import cache

_LINUX_NOREPLACE = 1
_DARWIN_EXCL = 4
_NOT_OFFERED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP)
_NO_FULL_FLUSH = (errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOTTY)


def flush(fd: int) -> None:
    """Make the content of an open file or folder durable; an OSError means that it may be gone.

    Never call it again on a descriptor for which it failed: the kernel may call lost pages clean.
    """
    if sys.platform == "darwin":
        # There fsync stops at the drive's cache.
        try:
            fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
        except OSError as error:
            # A volume that doesn't know the call has flushed nothing, and lost nothing: what it
            # offers is used. Any other error is the disk's and stands.
            if error.errno not in _NO_FULL_FLUSH:
                raise
        else:
            return
    os.fsync(fd)


def rename_new(source_fd: int, name: bytes, target_fd: int, new_name: bytes) -> None:
    """Rename within one volume; FileExistsError where `new_name` is taken, if only by a link."""
    number = _renamed_by_kernel(source_fd, name, target_fd, new_name)
    if number == 0:
        return
    if number not in _NOT_OFFERED:
        raise OSError(number, os.strerror(number))
    # Where neither system nor volume has such a call (some network volumes), a check must do; a
    # partner who takes the name in between loses that file, which is their own.
    with suppress(FileNotFoundError):
        os.stat(new_name, dir_fd=target_fd, follow_symlinks=False)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    os.rename(name, new_name, src_dir_fd=source_fd, dst_dir_fd=target_fd)


def _renamed_by_kernel(source_fd: int, name: bytes, target_fd: int, new_name: bytes) -> int:
    """Return 0 where it is done, else the error number; ENOSYS where no such call is known."""
    library = c_library()
    for call, flag in (("renameat2", _LINUX_NOREPLACE), ("renameatx_np", _DARWIN_EXCL)):
        rename = getattr(library, call, None)
        if rename is not None:
            done = rename(source_fd, name, target_fd, new_name, flag)
            return 0 if done == 0 else ctypes.get_errno()
    return errno.ENOSYS


@cache
def c_library() -> ctypes.CDLL:
    """Return the system's C library, which keeps the error number of each thread's last call."""
    return ctypes.CDLL(None, use_errno=True)
