"""Puts files and folders where the daemon's account can use them, whoever runs the command.

A file that is replaced keeps its owner, group and mode; what is new belongs to whoever owns the
state folder, because an admin usually works as root and the daemon never does.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from daemon import safefile
from daemon.config import Configuration


@dataclass(frozen=True, slots=True)
class Owner:
    """Numeric account and group."""

    uid: int
    gid: int


def daemon_owner(site: Configuration) -> Owner | None:
    """Return who the daemon runs as, told from its state folder; None where that is us."""
    try:
        status = site.state.stat()
    except OSError:
        return None
    owner = Owner(status.st_uid, status.st_gid)
    return None if os.geteuid() != 0 or owner.uid == 0 else owner


def make_folder(path: Path, owner: Owner | None) -> bool:
    """Make `path` for `owner`; False where it was there. Raises FileFault."""
    if path.is_dir():
        return False
    above = next(each for each in path.parents if each.is_dir())
    safefile.make_directories(path)
    if owner is not None:
        for made in (path, *path.parents):
            if made == above:
                break
            os.chown(made, owner.uid, owner.gid, follow_symlinks=False)
    return True


def put(path: Path, content: bytes, *, mode: int = safefile.FILE_MODE) -> None:
    """Give the file at `path` new content, whole or not at all, with the rights it had.

    Where there is none yet, it gets `mode` and belongs to who owns its folder. Raises FileFault.
    """
    with safefile.open_directory(path.parent) as directory:
        safefile.replace(directory, path.name, content, mode=mode)
