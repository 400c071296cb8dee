"""Which kind of volume a folder lies on, as far as it changes what may be trusted."""

from __future__ import annotations

import os
import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")

_REMOTE = frozenset(
    b"nfs nfs4 cifs smb3 smbfs ncpfs afs ceph 9p virtiofs glusterfs lustre gfs2 ocfs2 "
    b"beegfs vboxsf prl_fs vmhgfs drvfs".split()
)
_LOCAL_FUSE = frozenset(b"fuseblk fuse.fuse-overlayfs".split())
"""A disk of this machine, served by a program of it: NTFS and exFAT, a container's root."""
_OCTAL = re.compile(rb"\\([0-7]{3})")


def is_remote(path: Path, mounts: Path = MOUNTS) -> bool:
    """Say whether others write to the volume of `path` unseen by this kernel: NFS, CIFS, FUSE.

    There neither watches nor leases tell anything. Where the system has no such list, False.
    """
    kind = _kind_of(path, mounts)
    return kind in _REMOTE or kind.startswith(b"fuse")


def keeps_databases(path: Path, mounts: Path = MOUNTS) -> bool:
    """Say whether SQLite may have its file at `path`: its locks and shared memory hold there.

    On a network volume they don't, and a ledger is damaged sooner or later.
    """
    return not is_remote(path, mounts) or _kind_of(path, mounts) in _LOCAL_FUSE


def _kind_of(path: Path, mounts: Path) -> bytes:
    try:
        table = mounts.read_bytes()
    except OSError:
        return b""
    return volume_kind(os.fsencode(path.resolve()), table)


def volume_kind(path: bytes, table: bytes) -> bytes:
    """Return the file system type of the mount that holds the absolute `path`, or b"".

    `table` is the text of mountinfo (proc(5)): the fifth field is the mount point, and the type
    follows a lone hyphen. Of two mounts on one point the later one is on top.
    """
    best_length, best = -1, b""
    for line in table.splitlines():
        fields = line.split(b" ")
        if len(fields) < 8 or b"-" not in fields[6:]:
            continue
        point = _OCTAL.sub(lambda m: bytes([int(m[1], 8)]), fields[4])
        is_above = path == point or path.startswith(point.rstrip(b"/") + b"/")
        if is_above and len(point) >= best_length:
            best_length, best = len(point), fields[fields.index(b"-", 6) + 1]
    return best
