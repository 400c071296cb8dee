"""A folder that is open stays the same folder, whatever happens to its path meanwhile.

Made durably, flushed, measured, and held against a second daemon. No symlink in the place of a
folder is followed. Every OSError leaves as a `FileFault`.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from daemon import disk
from daemon.errors import EnvironmentFault
from daemon.eventlog import safe
from daemon.filefaults import faults

FILE_MODE = 0o640
DIRECTORY_MODE = 0o750

FileName = bytes | str


class Locked(EnvironmentFault):
    """Another daemon holds the site, or a partner of it."""


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


def open_directory(path: Path) -> Directory:
    """Open the folder at `path`; a symlink in its place is a WrongKind."""
    with faults("open the folder", safe(os.fsencode(path))):
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        status = os.fstat(fd)
    return Directory(fd, path, status.st_dev, status.st_ino)


def open_inside(directory: Directory, name: str) -> Directory:
    """Open the folder `name` of ours inside `directory`, made (mode 0700) if it is not there.

    A symlink or file that a partner put in its place is a WrongKind.
    """
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    with faults("open the folder", directory.at(name)):
        try:
            fd = os.open(name, flags, dir_fd=directory.fd)
        except FileNotFoundError:
            os.mkdir(name, 0o700, dir_fd=directory.fd)
            disk.flush(directory.fd)
            fd = os.open(name, flags, dir_fd=directory.fd)
        status = os.fstat(fd)
    return Directory(fd, directory.path / name, status.st_dev, status.st_ino)


def make_directories(path: Path, mode: int = DIRECTORY_MODE) -> None:
    """Make `path` and the folders above it that are missing; each is durable on return."""
    with faults("make the folder", safe(os.fsencode(path))):
        if path.is_dir():
            return
        make_directories(path.parent, mode)
        with suppress(FileExistsError):
            path.mkdir(mode)
        # A folder that is there but not flushed into its parent vanishes in a power cut, with
        # everything that was flushed inside it.
        with open_directory(path.parent) as parent:
            disk.flush(parent.fd)


def sync_directory(directory: Directory) -> None:
    """Make renames and removals in `directory` durable."""
    with faults("flush the folder", safe(os.fsencode(directory.path))):
        disk.flush(directory.fd)


def room(directory: Directory) -> Room:
    """Return what the volume of `directory` has left for the daemon's account."""
    with faults("measure the volume of", safe(os.fsencode(directory.path))):
        volume = os.fstatvfs(directory.fd)
    return Room(volume.f_bavail * volume.f_frsize, volume.f_favail, volume.f_files)


@contextmanager
def exclusive(directory: Directory, name: str = "lock") -> Iterator[None]:
    """Hold the site: while inside, a second daemon over the same state folder gets Locked.

    The lock ends with the program, however that ends; the file stays, because removing it would
    let two daemons hold two different files of one name.
    """
    with faults("open", directory.at(name)):
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        fd = os.open(name, flags, FILE_MODE, dir_fd=directory.fd)
    try:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(
                f"another k2kd holds {directory.at(name)}; stop it, or give this site its own state"
            ) from None
        yield
    finally:
        os.close(fd)
