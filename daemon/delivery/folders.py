"""Tells whether the outbox at a path, and the staging folder in it, are those of before.

A folder is known by its inode number and its time of birth: a number alone is given again once the
folder is removed, and a device number changes at a restart of the machine. What was seen last is
kept in the state folder, because the question matters most after a crash. Where a file system
keeps no time of birth the inode number has to do.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from daemon import safefile
from daemon.clock import Clock
from daemon.errors import EnvironmentFault
from daemon.safefile import Directory, FileFault

STAGING = ".staging"
MOUNT_PATIENCE_S = 300.0
"""How long a volume that went away may take to come back before its path is used without it."""

_AT_EMPTY_PATH = 0x1000
_STATX_BTIME = 0x800
_STATX_BYTES = 256
_BTIME_AT = 80
_NS = 1_000_000_000

Folder = tuple[int, int]
"""Inode number and time of birth in ns."""
ELSEWHERE: Folder = (0, 0)


@dataclass(slots=True)
class KnownFolders:
    """The staging folders of a site as they were last used, kept in the folder `state`."""

    state: Path
    clock: Clock
    _staging: dict[str, Folder | None] = field(default_factory=dict)
    _volumes: dict[str, int] = field(default_factory=dict)
    _gone_since_s: dict[str, float] = field(default_factory=dict)

    def open(self, partner: str, path: Path, stack: ExitStack) -> tuple[Directory, Directory]:
        """Open the outbox at `path` and its staging folder, made where they are missing.

        Raises FileFault; for `MOUNT_PATIENCE_S` also where another file system stands there
        than before: what is written below a lost mount is hidden once it is back.
        """
        self._await_volume(partner, path)
        safefile.make_directories(path)
        outbox = stack.enter_context(safefile.open_directory(path))
        safefile.make_directories(path / STAGING, 0o700)
        return outbox, stack.enter_context(safefile.open_inside(outbox, STAGING))

    def is_other(self, partner: str, staging: Directory) -> bool:
        """Tell whether `staging` is another folder than the one last used for `partner`.

        One that was never noted down counts as the one used before: versions before this one
        noted nothing.
        """
        before = self._before(partner)
        return before is not None and before != identity(staging)

    def note(self, partner: str, staging: Directory | None) -> None:
        """Remember `staging` as the folder of `partner`; durable on return.

        None stands for elsewhere: its files are staged on its own server.
        """
        found = ELSEWHERE if staging is None else identity(staging)
        if found == self._before(partner):
            return
        inode, born_ns = found
        safefile.make_directories(self.state)
        with safefile.open_directory(self.state) as state:
            safefile.replace(state, partner, f"{inode} {born_ns}\n".encode())
        self._staging[partner] = found

    def _before(self, partner: str) -> Folder | None:
        if partner not in self._staging:
            self._staging[partner] = _read(self.state / partner)
        return self._staging[partner]

    def _await_volume(self, partner: str, path: Path) -> None:
        found, before = _volume(path), self._volumes.get(partner)
        if before is not None and found != before:
            now = self.clock.monotonic()
            gone_s = now - self._gone_since_s.setdefault(partner, now)
            if gone_s < MOUNT_PATIENCE_S:
                raise FileFault(
                    f"another file system stands at {path} than before; mount it again. If it is"
                    f" meant to be another, it is used after {MOUNT_PATIENCE_S:.0f} s",
                    errno.ENODEV,
                )
        self._volumes[partner] = found
        self._gone_since_s.pop(partner, None)


def still_stands(outbox: Directory, staging: Directory) -> bool:
    """Tell whether both open folders are still what their paths lead to."""
    with suppress(EnvironmentFault), safefile.open_directory(outbox.path) as now:
        is_same = (now.dev, now.ino) == (outbox.dev, outbox.ino)
        return is_same and safefile.inode(now, STAGING) == (staging.dev, staging.ino)
    return False


def sweep(staging: Directory) -> None:
    """Remove what lies in a staging folder while nothing is staged in it.

    So it is with a volume that comes back after its files were published elsewhere.
    """
    try:
        with os.scandir(staging.fd) as entries:
            names = [entry.name for entry in entries]
    except OSError as error:
        raise safefile.fault("list", str(staging.path), error) from error
    for name in names:
        if name.isdecimal():
            safefile.unlink(staging, name)


def identity(folder: Directory) -> Folder:
    """Return what tells `folder` from every other of its file system, past ones included."""
    return folder.ino, _born_ns(folder.fd)


def _born_ns(fd: int) -> int:
    """Return the time of birth, which Python's own `stat` leaves out; 0 where there is none."""
    statx = getattr(_c_library(), "statx", None)
    answer = ctypes.create_string_buffer(_STATX_BYTES)
    if statx is None or statx(fd, b"", _AT_EMPTY_PATH, _STATX_BTIME, answer) != 0:
        return 0
    (mask,) = struct.unpack_from("=I", answer)
    seconds, ns = struct.unpack_from("=qI", answer, _BTIME_AT)
    return int(seconds) * _NS + int(ns) if mask & _STATX_BTIME else 0


@cache
def _c_library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _read(note: Path) -> Folder | None:
    """Return the folder noted down in `note`; None where there is none, or no sense in it."""
    try:
        inode, born_ns = note.read_text("ascii").split()
        return int(inode), int(born_ns)
    except (FileNotFoundError, ValueError):
        return None
    except OSError as error:
        raise safefile.fault("read", str(note), error) from error


def _volume(path: Path) -> int:
    """Return the device that `path` is on, or would be on once it is made."""
    for folder in (path, *path.parents):
        try:
            return folder.stat().st_dev
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise safefile.fault("look at", str(folder), error) from error
    raise AssertionError("the root folder is always there")
