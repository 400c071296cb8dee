"""The receipt for a file on a partner's server: removed or renamed once it is accepted.

What stands at the name is looked at first: a file that changed since it was fetched is another
file, and stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from daemon.config import SftpPull
from daemon.intake.scan import Seen
from daemon.sftp import protocol
from daemon.sftp.crew import Flow
from daemon.sftp.faults import RemoteRefusal
from daemon.sftp.fetch import is_same
from daemon.sftp.numbers import POSIX_RENAME
from daemon.sftp.remote_names import inside, parents, renamed
from daemon.sftp.wire import Wire


class Receipt(StrEnum):
    """How a receipt went."""

    GIVEN = "given"
    """Given now, or before: the file is not there any more."""
    OUTDATED = "outdated"
    """Another file stands at the name."""
    REFUSED = "refused"
    """The server doesn't let us."""


@dataclass(frozen=True, slots=True)
class Receipted:
    """What became of one receipt, and why it was refused."""

    seen: Seen
    how: Receipt
    refusal: RemoteRefusal | None = None


def receipt(wire: Wire, pull: SftpPull, seen: Seen) -> Flow[Receipted]:
    """Remove or rename one file that is accepted."""
    path = inside(pull.folder, seen.name)
    try:
        if not is_same(protocol.attributes((yield [protocol.lstat(path)])[0]), seen):
            return Receipted(seen, Receipt.OUTDATED)
        yield from _put_away(wire, pull, seen.name)
    except RemoteRefusal as refusal:
        how = Receipt.GIVEN if refusal.is_missing else Receipt.REFUSED
        return Receipted(seen, how, refusal)
    return Receipted(seen, Receipt.GIVEN)


def done_file_receipt(wire: Wire, pull: SftpPull, name: bytes) -> Flow[bool]:
    """Put a done-file away like the last file it spoke for; return whether it is gone."""
    try:
        yield from _put_away(wire, pull, name)
    except RemoteRefusal as refusal:
        return refusal.is_missing
    return True


def _put_away(wire: Wire, pull: SftpPull, name: bytes) -> Flow[None]:
    path = inside(pull.folder, name)
    if pull.receipt == "remove":
        protocol.done((yield [protocol.remove(path)])[0])
        return
    target = renamed(pull.folder, pull.rename_to, name)
    # OpenSSH's rename replaces an earlier file of the name; where the server has no such rename,
    # an earlier file stands in the way and must go first.
    move = protocol.posix_rename if POSIX_RENAME in wire.offers else protocol.plain_rename
    try:
        protocol.done((yield [move(path, target)])[0])
    except RemoteRefusal as refusal:
        if refusal.is_missing:
            yield [protocol.make_folder(folder) for folder in parents(target)]
        elif move is protocol.plain_rename:
            yield [protocol.remove(target)]
        else:
            raise
        protocol.done((yield [move(path, target)])[0])
