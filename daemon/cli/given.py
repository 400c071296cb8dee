"""Files that a person names on the command line: their bytes, or a sentence."""

from __future__ import annotations

from pathlib import Path

from daemon.errors import UsageError
from daemon.safefile import fault


def content_of(path: Path) -> bytes:
    """Return the bytes of a file that a person named.

    Raises UsageError where there is no such file, EnvironmentFault where it can't be read.
    """
    if not path.exists():
        raise UsageError(f"there is no file {path}; check the name")
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name the files in it: {path}/*")
    try:
        return path.read_bytes()
    except OSError as error:
        raise fault("read", str(path), error) from error
