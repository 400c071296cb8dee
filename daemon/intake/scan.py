"""What lies in an inbox, read from the folder itself: the truth that every hint only points at."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field

from daemon.intake.names import is_hidden, is_ours, is_temporary
from daemon.safefile import Directory, Identity, fault


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry of an inbox as listed; a symlink is seen itself, not its target."""

    name: bytes
    identity: Identity
    mode: int
    nlink: int

    @property
    def is_file(self) -> bool:
        return stat.S_ISREG(self.mode)

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.mode)


@dataclass(frozen=True, slots=True)
class Listing:
    """An inbox at one moment: what may be claimed, and the names of unfinished files."""

    files: list[Seen]
    temporary: list[bytes]
    hidden: list[bytes] = field(default_factory=list)
    """Dot files that are not ours."""


def scan(inbox: Directory) -> Listing:
    """List `inbox`. Dot files and temporary names stand apart by name only, nothing is opened.

    An entry that vanishes meanwhile is left out. Raises FileFault if the folder can't be listed.
    """
    files: list[Seen] = []
    temporary: list[bytes] = []
    hidden: list[bytes] = []
    try:
        with os.scandir(inbox.fd) as entries:
            for entry in entries:
                name = os.fsencode(entry.name)
                if is_temporary(name):
                    temporary.append(name)
                elif is_hidden(name):
                    if not is_ours(name) and entry.is_file(follow_symlinks=False):
                        hidden.append(name)
                elif (seen := _seen(entry, name)) is not None:
                    files.append(seen)
    except OSError as error:
        raise fault("list", str(inbox.path), error) from error
    return Listing(files, temporary, hidden)


def _seen(entry: os.DirEntry[str], name: bytes) -> Seen | None:
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return Seen(name, Identity.of(status), status.st_mode, status.st_nlink)
