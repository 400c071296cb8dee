"""Which names in an inbox are not for us (yet): temporary, hidden, or the done-file of another.

Lists from the upload clients in use: OpenSSH, WinSCP, FileZilla, lftp, browsers, editors, rsync
(reliability D). Compared without case, because a Windows client may write `.FILEPART`.
"""

from __future__ import annotations

REFUSED_FOLDER = ".refused"
_SUFFIXES = (
    b".part",
    b".filepart",
    b".partial",
    b".tmp",
    b".temp",
    b".uploading",
    b".upload",
    b".in",
    b".inprogress",
    b".writing",
    b".crdownload",
    b".swp",
    b"~",
)
_PREFIXES = (b".in.", b"~$", b"._", b".goutputstream-")
_OURS = (b".k2kd-", REFUSED_FOLDER.encode())
_KEEPERS = frozenset({b".gitkeep", b".gitignore"})
"""Nobody's drop: a checkout or a site in git keeps its empty folders by them."""
_DONE_SUFFIXES = (b".done", b".ok")


def is_hidden(name: bytes) -> bool:
    """Say whether `name` is a dot file; those are nobody's documents."""
    return name.startswith(b".")


def is_ours(name: bytes) -> bool:
    """Say whether `name` is no drop but ours: an upload at work, the refused, what git keeps."""
    return name.startswith(_OURS) or name in _KEEPERS


def is_temporary(name: bytes) -> bool:
    """Say whether `name` is what an upload or an editor calls its unfinished file."""
    folded = name.lower()
    return folded.endswith(_SUFFIXES) or folded.startswith(_PREFIXES)


def is_done_file(name: bytes) -> bool:
    """Say whether `name` is a done-file; only asked for partners that agreed to send them."""
    return name.lower().endswith(_DONE_SUFFIXES)


def done_keys(name: bytes) -> tuple[bytes, bytes]:
    """Return what a done-file of `name` may be called, folded: `NAME.done` and `STEM.ok`."""
    folded = name.lower()
    stem, dot, _ = folded.rpartition(b".")
    return folded + b".done", (stem if dot and stem else folded) + b".ok"
