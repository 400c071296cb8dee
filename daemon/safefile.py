"""Files are whole or absent: the only module that opens for write, renames, unlinks or flushes.

Order of every durable write: contents are flushed before the name appears, and the directory is
flushed after it (reliability B). A flush that failed means that the bytes are gone: the file is
dropped and the caller starts again from its source; no descriptor is flushed twice.

Every OSError leaves as a `FileFault`, which is an EnvironmentFault with `errno`; its subclasses
tell apart what callers treat differently. Names given by partners are bytes.
"""

from __future__ import annotations

import ctypes
import dataclasses
import errno
import fcntl
import io
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from daemon.errors import EnvironmentFault
from daemon.eventlog import safe
from daemon.filefaults import KINDS, Denied, Exists, FileFault, Full, Missing, WrongKind

__all__ = ["Denied", "Exists", "FileFault", "Full", "Missing", "WrongKind"]

FILE_MODE = 0o640
DIRECTORY_MODE = 0o750

_RENAME_NOREPLACE = 1
_NOT_OFFERED = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)

FileName = bytes | str


class Locked(EnvironmentFault):
    """Another daemon holds the site, or a partner of it."""


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
class Directory:
    """An open folder: names are resolved inside it, whatever happens to its path meanwhile."""

    fd: int
    path: Path
    dev: int
    ino: int

    def close(self) -> None:
        os.close(self.fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def at(self, name: FileName) -> str:
        """Return the place of `name`, fit for one line of a log."""
        return f"{safe(os.fsencode(self.path))}/{safe(os.fsencode(name))}"


@dataclass(frozen=True, slots=True)
class Room:
    """What a volume has left."""

    free_bytes: int
    free_inodes: int
    inodes: int
    """All inodes of the volume; 0 where it doesn't count them."""

    @property
    def free_inode_share(self) -> float:
        return self.free_inodes / self.inodes if self.inodes else 1.0


@dataclass(frozen=True, slots=True)
class Rights:
    """Who owns a file, and what each may do with it."""

    mode: int
    """Nine bits: what is replaced loses setuid, setgid and the sticky bit."""
    owner: tuple[int, int] | None = None
    """Account and group; None leaves it to whoever writes it."""


def fault(what: str, where: str, error: OSError) -> FileFault:
    """Return the FileFault for `error`: what failed, where, and what to do."""
    number = error.errno or 0
    kind = KINDS.get(number, FileFault)
    return kind(f"can't {what} {where}: {os.strerror(number)}; {kind.advice}", number)


@contextmanager
def _faults(what: str, where: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise fault(what, where, error) from error


def open_directory(path: Path) -> Directory:
    """Open the folder at `path`; a symlink in its place is a WrongKind."""
    with _faults("open the folder", safe(os.fsencode(path))):
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        status = os.fstat(fd)
    return Directory(fd, path, status.st_dev, status.st_ino)


def open_inside(directory: Directory, name: str) -> Directory:
    """Open the folder `name` of ours inside `directory`, made (mode 0700) if it is not there.

    A symlink or file that a partner put in its place is a WrongKind.
    """
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    with _faults("open the folder", directory.at(name)):
        try:
            fd = os.open(name, flags, dir_fd=directory.fd)
        except FileNotFoundError:
            os.mkdir(name, 0o700, dir_fd=directory.fd)
            _flush(directory.fd)
            fd = os.open(name, flags, dir_fd=directory.fd)
        status = os.fstat(fd)
    return Directory(fd, directory.path / name, status.st_dev, status.st_ino)


def make_directories(path: Path, mode: int = DIRECTORY_MODE) -> None:
    """Make `path` and the folders above it that are missing; each is durable on return."""
    with _faults("make the folder", safe(os.fsencode(path))):
        if path.is_dir():
            return
        make_directories(path.parent, mode)
        with suppress(FileExistsError):
            os.mkdir(path, mode)
        # A folder that is there but not flushed into its parent vanishes in a power cut, with
        # everything that was flushed inside it.
        with open_directory(path.parent) as parent:
            _flush(parent.fd)


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
    with _faults("write", directory.at(name)):
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
    with _faults("open", directory.at(name)):
        return io.FileIO(os.open(name, flags, 0o600, dir_fd=directory.fd), "r+")


def flush(draft: io.FileIO) -> None:
    """Make what was written to `draft` durable; after a FileFault it is to be forgotten."""
    with _faults("flush", "a draft"):
        _flush(draft.fileno())


def _fill(fd: int, chunks: Iterable[bytes], rights: Rights | None) -> None:
    try:
        for chunk in chunks:
            view = memoryview(chunk)
            while view:
                view = view[os.write(fd, view) :]
        if rights is not None:
            _give(fd, rights)
        _flush(fd)
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
    with _faults("look at", directory.at(name)):
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
    with _faults("rename", f"{source.at(name)} to {target.at(new_name)}"):
        if may_replace:
            os.rename(name, new_name, src_dir_fd=source.fd, dst_dir_fd=target.fd)
        else:
            _rename_new(source, os.fsencode(name), target, os.fsencode(new_name))
        if is_flushed:
            _flush(target.fd)
            if source.fd != target.fd:
                _flush(source.fd)


@cache
def _c_library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _rename_new(source: Directory, name: bytes, target: Directory, new_name: bytes) -> None:
    renameat2 = getattr(_c_library(), "renameat2", None)
    number = errno.ENOSYS
    if renameat2 is not None:
        if renameat2(source.fd, name, target.fd, new_name, _RENAME_NOREPLACE) == 0:
            return
        number = ctypes.get_errno()
    if number not in _NOT_OFFERED:
        raise OSError(number, os.strerror(number))
    # Where the system has no such call (macOS, some network volumes) a check must do; a partner
    # who takes the name in between loses that file, which is their own.
    with suppress(FileNotFoundError):
        os.stat(new_name, dir_fd=target.fd, follow_symlinks=False)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    os.rename(name, new_name, src_dir_fd=source.fd, dst_dir_fd=target.fd)


def unlink(directory: Directory, name: FileName) -> bool:
    """Remove a file of ours; False if it was gone. Flush the folder where that matters."""
    with _faults("remove", directory.at(name)):
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
    with _faults("look at", directory.at(name)):
        status = os.stat(name, dir_fd=directory.fd, follow_symlinks=False)
    return status.st_dev, status.st_ino


def sync_directory(directory: Directory) -> None:
    """Make renames and removals in `directory` durable."""
    with _faults("flush the folder", safe(os.fsencode(directory.path))):
        _flush(directory.fd)


def _flush(fd: int) -> None:
    if sys.platform == "darwin":
        # There fsync stops at the drive's cache.
        fcntl.fcntl(fd, fcntl.F_FULLFSYNC)
    else:
        os.fsync(fd)


def room(directory: Directory) -> Room:
    """Return what the volume of `directory` has left for the daemon's account."""
    with _faults("measure the volume of", safe(os.fsencode(directory.path))):
        volume = os.fstatvfs(directory.fd)
    return Room(volume.f_bavail * volume.f_frsize, volume.f_favail, volume.f_files)


@contextmanager
def exclusive(directory: Directory, name: str = "lock") -> Iterator[None]:
    """Hold the site: while inside, a second daemon over the same state folder gets Locked.

    The lock ends with the program, however that ends; the file stays, because removing it would
    let two daemons hold two different files of one name.
    """
    with _faults("open", directory.at(name)):
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        fd = os.open(name, flags, FILE_MODE, dir_fd=directory.fd)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Locked(
            f"another k2kd holds {directory.at(name)}; stop it, or give this site its own state"
        ) from None
    finally:
        os.close(fd)
