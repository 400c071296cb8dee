"""Files are whole or absent: the door to all that opens for write, renames, unlinks or flushes.

Order of every durable write: contents are flushed before the name appears, and the directory is
flushed after it (reliability B). A flush that failed means that the bytes are gone: the file is
dropped and the caller starts again from its source; no descriptor is flushed twice.

Every OSError leaves as a `FileFault`, which is an EnvironmentFault with `errno`; its subclasses
tell apart what callers treat differently. Names given by partners are bytes.
"""

from __future__ import annotations

import dataclasses
import io
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from daemon import disk
from daemon.filefaults import Denied, Exists, FileFault, Full, Missing, WrongKind, fault, faults
from daemon.folders import (
    FILE_MODE,
    Directory,
    FileName,
    Locked,
    Room,
    exclusive,
    make_directories,
    open_directory,
    open_inside,
    room,
    sync_directory,
)

# Callers know one door for all that touches the disk; the rooms behind it are folders and disk.
__all__ = [
    "FILE_MODE",
    "Denied",
    "Directory",
    "Exists",
    "FileFault",
    "Full",
    "Locked",
    "Missing",
    "Room",
    "WrongKind",
    "exclusive",
    "fault",
    "make_directories",
    "open_directory",
    "open_inside",
    "room",
    "sync_directory",
]


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells one state of one file from every other; times in ns since the epoch."""

    dev: int
    ino: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Identity:
        return cls(
            status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        )


@dataclass(frozen=True, slots=True)
class Rights:
    """Who owns a file, and what each may do with it."""

    mode: int
    """Nine bits: what is replaced loses setuid, setgid and the sticky bit."""
    owner: tuple[int, int] | None = None
    """Account and group; None leaves it to whoever writes it."""


def open_dropped(directory: Directory, name: bytes) -> int:
    """Open a file that a partner dropped, for reading; return the descriptor.

    Neither follows a symlink nor blocks on a FIFO. The caller checks with fstat what it got,
    because the name may have been swapped since it was listed.
    """
    try:
        return os.open(
            name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory.fd
        )
    except OSError as error:
        raise fault("open", directory.at(name), error) from error


def write_durable(
    directory: Directory,
    name: FileName,
    content: bytes | Iterable[bytes],
    *,
    mode: int = FILE_MODE,
    rights: Rights | None = None,
) -> None:
    """Write a new file and flush it; on any failure no file is left and a FileFault is raised.

    `name` is ours and must not be visible to anyone yet: flush its folder, or rename it to where
    it is awaited. A file of that name is debris of an earlier run and is replaced. `mode` is less
    what the umask takes; `rights` are exact, and flushed with the content.
    """
    chunks = (content,) if isinstance(content, bytes) else content
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with faults("write", directory.at(name)):
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=directory.fd)
        fd = os.open(name, flags, 0o600 if rights else mode, dir_fd=directory.fd)
        try:
            _fill(fd, chunks, rights)
        except BaseException:
            # After a failed flush the kernel calls the lost pages clean, so a second flush would
            # lie: the only honest way on is to forget this file.
            with suppress(OSError):
                os.unlink(name, dir_fd=directory.fd)
            raise


def open_draft(directory: Directory, name: str) -> io.FileIO:
    """Open a file of ours that is not published yet, made (mode 0600) if it is not there."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    with faults("open", directory.at(name)):
        return io.FileIO(os.open(name, flags, 0o600, dir_fd=directory.fd), "r+")


def flush(draft: io.FileIO) -> None:
    """Make what was written to `draft` durable; after a FileFault it is to be forgotten."""
    with faults("flush", "a draft"):
        disk.flush(draft.fileno())


def _fill(fd: int, chunks: Iterable[bytes], rights: Rights | None) -> None:
    try:
        for chunk in chunks:
            view = memoryview(chunk)
            while view:
                view = view[os.write(fd, view) :]
        if rights is not None:
            _give(fd, rights)
        disk.flush(fd)
    finally:
        os.close(fd)


def _give(fd: int, rights: Rights) -> None:
    # On the open file: by name, whoever may write to the folder could put a link in between, and
    # root would give away what that points at. The owner first, because its change takes bits off
    # the mode.
    if rights.owner is not None:
        os.fchown(fd, *rights.owner)
    os.fchmod(fd, rights.mode & 0o777)


def replace(directory: Directory, name: str, content: bytes, *, mode: int = FILE_MODE) -> None:
    """Give `name` new content: readers see the old or the new, whole; durable on return.

    What is replaced keeps its mode and, where root writes it, owner and group. What is new gets
    `mode`, and from root who owns the folder: an admin often works as root and the daemon never
    does. On any failure no draft is left.
    """
    draft = f".{name}.new"
    with faults("look at", directory.at(name)):
        rights = _rights(directory, name, mode)
    write_durable(directory, draft, content, rights=rights)
    try:
        rename(directory, draft, directory, name)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft, dir_fd=directory.fd)
        raise


def _rights(directory: Directory, name: str, mode: int) -> Rights:
    """Return the rights that `name` has, or is to get where it is new."""
    status, kept_mode = os.fstat(directory.fd), mode
    with suppress(FileNotFoundError):
        found = os.stat(name, dir_fd=directory.fd, follow_symlinks=False)
        # A link is replaced, too, and its mode says nothing.
        if stat.S_ISREG(found.st_mode):
            status, kept_mode = found, found.st_mode
    owner = (status.st_uid, status.st_gid) if os.geteuid() == 0 else None
    return Rights(kept_mode & 0o777, owner)


def rename(
    source: Directory,
    name: FileName,
    target: Directory,
    new_name: FileName,
    *,
    may_replace: bool = True,
    is_flushed: bool = True,
) -> None:
    """Rename within one volume, and flush both folders.

    With `may_replace=False` a taken name is an Exists. Never follows a symlink at either end. With
    `is_flushed=False` the caller flushes the folders, once for many files.
    """
    with faults("rename", f"{source.at(name)} to {target.at(new_name)}"):
        if may_replace:
            os.rename(name, new_name, src_dir_fd=source.fd, dst_dir_fd=target.fd)
        else:
            disk.rename_new(source.fd, os.fsencode(name), target.fd, os.fsencode(new_name))
        if is_flushed:
            disk.flush(target.fd)
            if source.fd != target.fd:
                disk.flush(source.fd)


def unlink(directory: Directory, name: FileName) -> bool:
    """Remove a file of ours; False if it was gone. Flush the folder where that matters."""
    with faults("remove", directory.at(name)):
        try:
            os.unlink(name, dir_fd=directory.fd)
        except FileNotFoundError:
            return False
        return True


def unlink_same(directory: Directory, name: bytes, identity: Identity) -> bool:
    """Remove `name` if it still is the file claimed; False if it is gone or another file.

    A name that a partner replaces between the check and the removal, microseconds later, would be
    lost; POSIX offers nothing that closes this gap for files of another owner.
    """
    try:
        status = os.stat(name, dir_fd=directory.fd, follow_symlinks=False)
        # A link that came or went has moved the change time, and is no other content.
        seen = dataclasses.replace(Identity.of(status), ctime_ns=identity.ctime_ns)
        is_same = stat.S_ISREG(status.st_mode) and seen == identity
        if is_same:
            os.unlink(name, dir_fd=directory.fd)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise fault("remove", directory.at(name), error) from error
    return is_same


def inode(directory: Directory, name: FileName) -> tuple[int, int]:
    """Return (dev, ino) of the entry `name`, which is not followed if it is a symlink."""
    with faults("look at", directory.at(name)):
        status = os.stat(name, dir_fd=directory.fd, follow_symlinks=False)
    return status.st_dev, status.st_ino
