"""Put one file on a partner's server: under `NAME.part` until it is whole, then under its name.

A name that the partner has given to another file is not written over, unless it is agreed. Nothing
here remembers anything: what is there is looked at, which is right after any crash.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from daemon.config import SftpPush
from daemon.ledger.outgoing import OutgoingRow
from daemon.ledger.states import OutgoingState
from daemon.sftp import protocol
from daemon.sftp.faults import RemoteRefusal
from daemon.sftp.fetch import patiently
from daemon.sftp.protocol import FSYNC, POSIX_RENAME, Attributes, Flag, Request
from daemon.sftp.remote_names import inside, part_name
from daemon.sftp.wire import Flow, Wire


class Stand(StrEnum):
    """Where one file stands after a step."""

    WHOLE = "whole"
    """All bytes are there, under the temporary name."""
    THERE = "there"
    """It has its name."""
    TAKEN = "taken"
    """Another file has its name."""
    REFUSED = "refused"
    """The server doesn't let us."""


@dataclass(frozen=True, slots=True)
class Put:
    """What became of one step for one file, and why it was refused."""

    row: OutgoingRow
    stand: Stand
    why: str = ""


def upload(wire: Wire, push: SftpPush, row: OutgoingRow) -> Flow[Put]:
    """Bring all bytes over (R5); what a broken upload left is written over.

    A row that was staged may have its name already, because the reply to its renaming was lost.
    """
    path, part = _paths(push, row)
    is_staged = row.state is OutgoingState.STAGED
    try:
        found = yield from _attributes(path)
        if found is not None and (is_staged or not push.may_replace):
            is_ours = yield from _is_ours(wire, path, found, row)
            if is_ours:
                yield [protocol.remove(part)]
                return Put(row, Stand.THERE)
            if not push.may_replace:
                return Put(row, Stand.TAKEN)
        if is_staged:
            before = yield from _attributes(part)
            if before is not None and before.size == len(row.body):
                return Put(row, Stand.WHOLE)
        yield from _write(wire, push, part, row.body)
        # Asked by name and after the close: some servers store a file only then.
        size = protocol.attributes((yield [protocol.lstat(part)])[0]).size
    except RemoteRefusal as refusal:
        return Put(row, Stand.REFUSED, _why(push, refusal))
    if size != len(row.body):
        return Put(row, Stand.REFUSED, f"it has {size} of {len(row.body)} bytes there")
    return Put(row, Stand.WHOLE)


def publish(wire: Wire, push: SftpPush, row: OutgoingRow) -> Flow[Put]:
    """Give a whole file its name (R6)."""
    path, part = _paths(push, row)
    has_posix = POSIX_RENAME in wire.offers
    # The plain rename of SFTP fails where the name is taken, and OpenSSH's replaces: each is right
    # for one of the agreements, and the other is for servers that lack it.
    is_replacing = push.may_replace and has_posix
    move = protocol.posix_rename if is_replacing else protocol.plain_rename
    try:
        protocol.done((yield [move(part, path)])[0])
    except RemoteRefusal as refusal:
        found = yield from _attributes(path)
        if found is not None and not push.may_replace:
            return Put(row, Stand.TAKEN)
        if found is not None:
            yield [protocol.remove(path)]
        other = protocol.posix_rename if has_posix and not is_replacing else protocol.plain_rename
        try:
            protocol.done((yield [other(part, path)])[0])
        except RemoteRefusal:
            return Put(row, Stand.REFUSED, _why(push, refusal))
    return Put(row, Stand.THERE)


def _paths(push: SftpPush, row: OutgoingRow) -> tuple[bytes, bytes]:
    return inside(push.folder, row.name.encode()), part_name(push.folder, row.name)


def _attributes(path: bytes) -> Flow[Attributes | None]:
    try:
        return protocol.attributes((yield [protocol.lstat(path)])[0])
    except RemoteRefusal as refusal:
        if refusal.is_missing:
            return None
        raise


def _is_ours(wire: Wire, path: bytes, found: Attributes, row: OutgoingRow) -> Flow[bool]:
    """Say whether what stands at `path` is this very file."""
    if found.size != len(row.body):
        return False
    try:
        handle = protocol.handle((yield [protocol.open_file(path, Flag.READ)])[0])
    except RemoteRefusal:
        # A folder that only takes: then the size must do, for a file that we may have renamed.
        return row.state is OutgoingState.STAGED
    size, step = len(row.body), wire.pace.read_bytes
    parts = [(offset, min(step, size - offset)) for offset in range(0, size, step)]
    asked = [protocol.read(handle, offset, count) for offset, count in parts]
    replies = yield [*asked, protocol.close(handle)]
    pieces = [protocol.piece(reply) or b"" for reply in replies[:-1]]
    if sum(map(len, pieces)) < size:
        pieces = yield from patiently(path, parts)
    return b"".join(pieces) == row.body


def _write(wire: Wire, push: SftpPush, part: bytes, body: bytes) -> Flow[None]:
    flags = Flag.WRITE | Flag.CREATE | Flag.TRUNCATE
    handle = protocol.handle((yield [protocol.open_file(part, flags)])[0])
    replies = yield _writes(wire, push, handle, body)
    refused: RemoteRefusal | None = None
    for reply in replies:
        try:
            protocol.done(reply)
        except RemoteRefusal as refusal:
            # The first one tells the cause; all have been answered, and the handle is closed.
            refused = refused or refusal
    if refused is not None:
        raise refused


def _writes(wire: Wire, push: SftpPush, handle: bytes, body: bytes) -> Iterator[Request]:
    view = memoryview(body)
    for offset in range(0, len(body), WRITE_BYTES):
        yield protocol.write(handle, offset, bytes(view[offset : offset + WRITE_BYTES]))
    if push.mode is not None:
        yield protocol.set_mode(handle, int(push.mode, 8))
    if FSYNC in wire.offers:
        yield protocol.fsync(handle)
    yield protocol.close(handle)


WRITE_BYTES = 32_768
"""What every server takes in one request; larger ones go no faster, since SSH cuts them up."""


def _why(push: SftpPush, refusal: RemoteRefusal) -> str:
    if refusal.is_missing:
        return f"the folder {push.folder} isn't there; make it, or mend push.folder"
    if refusal.code == RemoteRefusal.PERMISSION_DENIED:
        return f"no right to write in {push.folder}; ask the partner for it"
    return str(refusal)
