"""Which of this machine's programs listens on a port, as far as this account may see."""

from __future__ import annotations

import errno
import socket
from pathlib import Path

from daemon.eventlog import safe

_LISTENS = "0A"
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


def is_taken(address: str, port: int) -> bool:
    """Say whether another program holds `address` and `port`; the try is over at once."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((address, port))
            # Two may bind with SO_REUSEADDR where neither listens yet.
            trial.listen(1)
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def listener(port: int) -> str | None:
    """Return who listens on `port`, as `process 17: k2kd run`; None where that can't be seen."""
    inodes = {f"socket:[{inode}]" for table in _TABLES for inode in _inodes(table, port)}
    if not inodes:
        return None
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(_target(file) in inodes for file in (process / "fd").iterdir()):
                words = (process / "cmdline").read_bytes().rstrip(b"\0").replace(b"\0", b" ")
                return f"process {process.name}: {safe(words, 100)}"
        except OSError:
            # It has ended, or belongs to another account.
            continue
    return None


def _target(file: Path) -> str:
    try:
        return str(file.readlink())
    except FileNotFoundError:
        # Closed since the folder was listed, as the one that listed it.
        return ""


def _inodes(table: Path, port: int) -> list[str]:
    """Return the inodes of the sockets that listen on `port`, from a table of the kernel's."""
    try:
        rows = [line.split() for line in table.read_text("ascii").splitlines()[1:]]
    except OSError:
        return []
    ends = f":{port:04X}"
    return [row[9] for row in rows if row[3] == _LISTENS and row[1].endswith(ends)]
