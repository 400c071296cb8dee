"""Put one file on a partner's server: under `NAME.part` until it is whole, then under its name.

A name that the partner has given to another file is not written over, unless it is agreed. Nothing
here remembers anything: what is there is looked at, which is right after any crash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from daemon.config import SftpPush
from daemon.ledger.bodies import WaitingFile
from daemon.ledger.states import OutgoingState
from daemon.sftp import protocol
from daemon.sftp.crew import Flow
from daemon.sftp.faults import RemoteRefusal
from daemon.sftp.fetch import patiently
from daemon.sftp.numbers import FSYNC, POSIX_RENAME, OpenFlag
from daemon.sftp.protocol import Attributes, Request
from daemon.sftp.remote_names import inside, part_name
from daemon.sftp.wire import Wire

_COMPARED_BYTES = 8 << 20
"""Asked for at once of a file that may be ours already; what comes is in memory until compared."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file to put, and how its bytes are read: in order, in pieces of any size."""

    file: WaitingFile
    pieces: Callable[[], Iterator[bytes]]


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

    file: WaitingFile
    stand: Stand
    why: str = ""


def upload(wire: Wire, push: SftpPush, parcel: Parcel) -> Flow[Put]:
    """Bring all bytes over (R5); what a broken upload left is written over.

    A file that was staged may have its name already, because the reply to its renaming was lost.
    One that wasn't tried yet isn't looked for: where its name is taken, its renaming will say so.
    """
    file = parcel.file
    _, part = _paths(push, file)
    try:
        if file.state is not OutgoingState.PENDING:
            before = yield from _before(wire, push, file)
            if before is not None:
                return before
        yield from _write(wire, push, part, parcel)
        # Asked by name and after the close: some servers store a file only then.
        size = protocol.attributes((yield [protocol.lstat(part)])[0]).size
    except RemoteRefusal as refusal:
        return Put(file, Stand.REFUSED, _why(push, refusal))
    if size != file.size_bytes:
        return Put(file, Stand.REFUSED, f"it has {size} of {file.size_bytes} bytes there")
    return Put(file, Stand.WHOLE)


def _before(wire: Wire, push: SftpPush, file: WaitingFile) -> Flow[Put | None]:
    """Say where a file stands that was tried before; None where it is to be written anew."""
    path, part = _paths(push, file)
    is_staged = file.state is OutgoingState.STAGED
    found = yield from _attributes(path)
    if found is not None and (is_staged or not push.may_replace):
        is_ours = yield from _is_ours(wire, path, found, file)
        if is_ours:
            yield [protocol.remove(part)]
        if is_ours or not push.may_replace:
            return Put(file, Stand.THERE if is_ours else Stand.TAKEN)
    if is_staged:
        drafted = yield from _attributes(part)
        if drafted is not None and drafted.size == file.size_bytes:
            return Put(file, Stand.WHOLE)
    return None


def publish(wire: Wire, push: SftpPush, file: WaitingFile) -> Flow[Put]:
    """Give a whole file its name (R6)."""
    path, part = _paths(push, file)
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
            is_ours = yield from _is_ours(wire, path, found, file)
            yield [protocol.remove(part)]
            return Put(file, Stand.THERE if is_ours else Stand.TAKEN)
        if found is not None:
            yield [protocol.remove(path)]
        other = protocol.posix_rename if has_posix and not is_replacing else protocol.plain_rename
        try:
            protocol.done((yield [other(part, path)])[0])
        except RemoteRefusal:
            return Put(file, Stand.REFUSED, _why(push, refusal))
    return Put(file, Stand.THERE)


def _paths(push: SftpPush, file: WaitingFile) -> tuple[bytes, bytes]:
    return inside(push.folder, file.name.encode()), part_name(push.folder, file.name)


def _attributes(path: bytes) -> Flow[Attributes | None]:
    try:
        return protocol.attributes((yield [protocol.lstat(path)])[0])
    except RemoteRefusal as refusal:
        if refusal.is_missing:
            return None
        raise


def _is_ours(wire: Wire, path: bytes, found: Attributes, file: WaitingFile) -> Flow[bool]:
    """Say whether what stands at `path` is this very file."""
    if found.size != file.size_bytes:
        return False
    try:
        handle = protocol.handle((yield [protocol.open_file(path, OpenFlag.READ)])[0])
    except RemoteRefusal:
        # A folder that only takes: then the size must do, for a file that we may have renamed.
        return file.state is OutgoingState.STAGED
    digest = hashlib.sha256()
    try:
        for parts in _parts(file.size_bytes, wire.pace.read_bytes):
            replies = yield [protocol.read(handle, offset, count) for offset, count in parts]
            some = [protocol.piece(reply) or b"" for reply in replies]
            if sum(map(len, some)) < sum(count for _, count in parts):
                some = yield from patiently(path, parts)
            for piece in some:
                digest.update(piece)
    except RemoteRefusal:
        yield [protocol.close(handle)]
        raise
    yield [protocol.close(handle)]
    return digest.hexdigest() == file.sha256


def _parts(size: int, step: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the (offset, count) to read, as many at a time as are held in memory."""
    for start in range(0, size, _COMPARED_BYTES):
        end = min(start + _COMPARED_BYTES, size)
        yield [(offset, min(step, end - offset)) for offset in range(start, end, step)]


def _write(wire: Wire, push: SftpPush, part: bytes, parcel: Parcel) -> Flow[None]:
    flags = OpenFlag.WRITE | OpenFlag.CREATE | OpenFlag.TRUNCATE
    handle = protocol.handle((yield [protocol.open_file(part, flags)])[0])
    replies = yield _writes(wire, push, handle, parcel)
    refused: RemoteRefusal | None = None
    for reply in replies:
        try:
            protocol.done(reply)
        except RemoteRefusal as refusal:
            # The first one tells the cause; all have been answered, and the handle is closed.
            refused = refused or refusal
    if refused is not None:
        raise refused


def _writes(wire: Wire, push: SftpPush, handle: bytes, parcel: Parcel) -> Iterator[Request]:
    offset, step = 0, wire.pace.write_bytes
    for piece in parcel.pieces():
        view = memoryview(piece)
        for start in range(0, len(view), step):
            yield protocol.write(handle, offset + start, view[start : start + step])
        offset += len(view)
    if push.mode is not None:
        yield protocol.set_mode(handle, int(push.mode, 8))
    if FSYNC in wire.offers:
        yield protocol.fsync(handle)
    yield protocol.close(handle)


def _why(push: SftpPush, refusal: RemoteRefusal) -> str:
    if refusal.is_missing:
        return f"the folder {push.folder} isn't there; make it, or mend push.folder"
    if refusal.code == RemoteRefusal.PERMISSION_DENIED:
        return f"no right to write in {push.folder}; ask the partner for it"
    return str(refusal)
