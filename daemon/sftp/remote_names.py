"""Names on partners' servers: which files are for us, and where things go. All bytes, no lookups.

Folders come from the configuration; a name that comes from a server is used only within them, and
only if it is one plain step.
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Sequence

from daemon.intake.names import is_done_file, is_hidden, is_temporary

LONGEST_NAME = 1024
_NOT_A_NAME = (b"", b".", b"..")
PART = b".part"


def is_plain(name: bytes) -> bool:
    """Say whether `name` is one step inside a folder; a hostile server may claim others."""
    is_step = b"/" not in name and b"\0" not in name and name not in _NOT_A_NAME
    return is_step and len(name) <= LONGEST_NAME


def is_wanted(name: bytes, patterns: Sequence[str], *, done_files: bool) -> bool:
    """Say whether `name` fits a pattern (case counts), or may be the done-file of one."""
    if is_hidden(name) or is_temporary(name):
        return False
    if done_files and is_done_file(name):
        return True
    text = os.fsdecode(name)
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in patterns)


def inside(folder: str, name: bytes) -> bytes:
    """Return the path of `name` in the configured `folder`; `.` is where the login begins."""
    base = os.fsencode(folder)
    if base in (b"", b"."):
        return name
    return base + name if base.endswith(b"/") else base + b"/" + name


def folder_path(folder: str) -> bytes:
    """Return a configured folder as a path to list."""
    return os.fsencode(folder) or b"."


def renamed(folder: str, rename_to: str, name: bytes) -> bytes:
    """Return where a fetched file goes: `rename_to` with `{name}` filled in, from `folder` on."""
    target = os.fsencode(rename_to).replace(b"{name}", name)
    return target if target.startswith(b"/") else inside(folder, target)


def parents(path: bytes) -> list[bytes]:
    """Return the folders above `path` within its first, outermost first, to be made if missing."""
    steps = path.split(b"/")[:-1]
    found = [b"/".join(steps[: count + 1]) for count in range(len(steps))]
    return [folder for folder in found if folder not in _NOT_A_NAME]


def part_name(folder: str, name: str) -> bytes:
    """Return the name that an answer has until it is whole."""
    return inside(folder, os.fsencode(name)) + PART
