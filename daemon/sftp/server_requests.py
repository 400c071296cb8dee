"""Answers the SFTP requests of one channel, in their order.

A request that can't be granted gets a status with a text for people; a packet that makes no sense
is `Malformed`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Protocol

from daemon.clock import Clock
from daemon.errors import EnvironmentFault
from daemon.eventlog import Say
from daemon.safefile import Full
from daemon.sftp import numbers
from daemon.sftp import server_wire as wire
from daemon.sftp.guard import Damped
from daemon.sftp.handles import Handle, Listing, Reading, Writing
from daemon.sftp.jail import Box, OutsideRefused, Place, Refused, place, steps
from daemon.sftp.numbers import Code, Op, OpenFlag
from daemon.sftp.server_uploads import Uploads
from daemon.sftp.server_wire import Fields, Malformed

HANDLES = 64
"""Open handles of one channel."""
PATIENT_REFUSALS = 50
SLOWED_S = 0.05
"""After that many refusals that no client in good faith earns, each one takes this long."""


class Seat(Protocol):
    """What a channel needs from its session."""

    partner: str
    clock: Clock
    say: Say
    damped: Damped
    uploads: Uploads

    def note_use(self) -> None:
        """Note that the session is in use."""

    def take_handle(self) -> bool: ...

    def give_handle(self) -> None: ...


class Requests:
    """The requests of one channel, and what they have opened."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._jail = seat.uploads.jail
        self._handles: dict[bytes, Handle] = {}
        self._opened = 0
        self._is_greeted = False
        self._refusals = 0
        self._path = b""
        self._answers: dict[int, Callable[[int, Fields], bytes]] = {
            Op.OPEN: self._open,
            Op.CLOSE: self._close,
            Op.READ: self._read,
            Op.WRITE: self._write,
            Op.LSTAT: self._stat,
            Op.STAT: self._stat,
            Op.FSTAT: self._fstat,
            Op.SETSTAT: self._setstat,
            Op.FSETSTAT: self._fsetstat,
            Op.OPENDIR: self._opendir,
            Op.READDIR: self._readdir,
            Op.REMOVE: self._remove,
            Op.MKDIR: self._mkdir,
            Op.RMDIR: self._rmdir,
            Op.REALPATH: self._realpath,
            Op.RENAME: self._rename,
            Op.READLINK: self._readlink,
            Op.SYMLINK: self._symlink,
            Op.EXTENDED: self._extended,
        }

    def abandon(self) -> None:
        """Give up what is still open."""
        for handle in self._handles.values():
            handle.abandon()
            self._seat.give_handle()
        self._handles.clear()

    def answer(self, fields: Fields) -> bytes:
        """Return the answer to one request; raises Malformed where it is none of SFTP's."""
        op = fields.byte()
        if op == Op.INIT and not self._is_greeted:
            self._is_greeted = True
            return wire.version()
        if not self._is_greeted:
            raise Malformed("the first packet is no greeting; this is no SFTP client")
        number = fields.u32()
        answer = self._answers.get(op)
        if answer is None:
            return wire.status(number, Code.UNSUPPORTED, "this request is not known")
        self._path = b""
        try:
            return answer(number, fields)
        except Refused as refused:
            if refused.is_notable:
                self._note_refusal(refused)
            return wire.status(number, refused.code, str(refused))
        except EnvironmentFault as fault:
            partner = self._seat.partner
            self._seat.damped("sftp_fault", f"{partner} {fault}", partner=partner, error=fault)
            what = "its disk is full" if isinstance(fault, Full) else "the server has a fault"
            return wire.status(number, Code.FAILURE, f"{what}; try again later")

    def _note_refusal(self, refused: Refused) -> None:
        self.say_refused("path_refused", str(refused))
        self._refusals += 1
        if self._refusals > PATIENT_REFUSALS:
            time.sleep(SLOWED_S)

    def say_refused(self, event: str, reason: str) -> None:
        """Say what was refused, and the path that was last spoken of."""
        partner = self._seat.partner
        self._seat.damped(
            event, f"{partner} {reason}", partner=partner, name=self._path, reason=reason
        )

    def _place(self, fields: Fields) -> Place:
        self._path = fields.text()
        return place(self._path)

    def _file(self, fields: Fields, what: str) -> Place:
        return self._named(self._place(fields), what)

    def _named(self, at: Place, what: str) -> Place:
        if not at.name:
            raise Refused(Code.FAILURE, f"a folder can't be {what}")
        return at

    def _done(self, number: int) -> bytes:
        return wire.status(number, Code.OK, "done")

    def _keep(self, number: int, open_it: Callable[[], Handle]) -> bytes:
        if len(self._handles) >= HANDLES or not self._seat.take_handle():
            raise Refused(Code.FAILURE, "too much is open; close something", is_notable=True)
        try:
            handle = open_it()
        except BaseException:
            self._seat.give_handle()
            raise
        self._opened += 1
        key = b"%d" % self._opened
        self._handles[key] = handle
        return wire.handle(number, key)

    def _handle(self, fields: Fields) -> Handle:
        handle = self._handles.get(fields.text())
        if handle is None:
            raise Refused(Code.FAILURE, "there is no such handle")
        return handle

    def _open(self, number: int, fields: Fields) -> bytes:
        self._path = fields.text()
        flags = OpenFlag(fields.u32() & 0x3F)
        fields.size_attribute()
        changes = flags & ~OpenFlag.READ
        with _writing() if changes else nullcontext():
            at = self._named(place(self._path), "opened as a file")
        if at.box is Box.OUTBOX:
            if changes:
                raise Refused(
                    Code.PERMISSION_DENIED, "the outbox is read and emptied only", is_notable=True
                )
            return self._keep(number, lambda: self._reading(at))
        if flags & OpenFlag.WRITE:
            return self._keep(number, lambda: self._seat.uploads.begin(at.name, flags))
        self._seat.uploads.stat(at.name)
        raise Refused(Code.PERMISSION_DENIED, "files in the inbox are not given back")

    def _reading(self, at: Place) -> Reading:
        fd, attributes = self._jail.open_outgoing(at)
        return Reading(at.name, fd, attributes)

    def _close(self, number: int, fields: Fields) -> bytes:
        key = fields.text()
        handle = self._handles.pop(key, None)
        if handle is None:
            raise Refused(Code.FAILURE, "there is no such handle")
        self._seat.give_handle()
        handle.close()
        if isinstance(handle, Reading) and handle.read_bytes:
            self._seat.say(
                "file_fetched",
                partner=self._seat.partner,
                name=handle.name,
                size=handle.read_bytes,
            )
        return self._done(number)

    def _read(self, number: int, fields: Fields) -> bytes:
        handle = self._handle(fields)
        offset, length = fields.u64(), fields.u32()
        if not isinstance(handle, Reading | Writing):
            raise Refused(Code.FAILURE, "this handle can't be read")
        content = handle.read(offset, length)
        if not content and length:
            return wire.status(number, Code.EOF, "there is no more")
        return wire.data(number, content)

    def _write(self, number: int, fields: Fields) -> bytes:
        handle = self._handle(fields)
        offset, content = fields.u64(), fields.text()
        if not isinstance(handle, Writing):
            raise Refused(Code.PERMISSION_DENIED, "this handle can't be written to")
        handle.write(offset, content)
        return self._done(number)

    def _stat(self, number: int, fields: Fields) -> bytes:
        return wire.attributes(number, self._attributes(self._place(fields)))

    def _attributes(self, at: Place) -> wire.Attributes:
        if not at.name:
            return self._jail.folder_attributes(at.box)
        if at.box is Box.INBOX:
            return self._seat.uploads.stat(at.name)
        return self._jail.file_attributes(at)

    def _fstat(self, number: int, fields: Fields) -> bytes:
        return wire.attributes(number, self._handle(fields).stat())

    def _setstat(self, number: int, fields: Fields) -> bytes:
        """Say yes to times, owners and modes, which mean nothing here, and no to another size."""
        attributes = self._attributes(self._place(fields))
        size = fields.size_attribute()
        if size is not None and size != attributes.size:
            raise Refused(Code.PERMISSION_DENIED, "a file that stands here is not cut; send it new")
        return self._done(number)

    def _fsetstat(self, number: int, fields: Fields) -> bytes:
        handle = self._handle(fields)
        size = fields.size_attribute()
        if size is not None and isinstance(handle, Writing):
            handle.cut(size)
        return self._done(number)

    def _opendir(self, number: int, fields: Fields) -> bytes:
        at = self._place(fields)
        if at.name:
            self._attributes(at)
            raise Refused(Code.FAILURE, "this is no folder")
        attributes = self._jail.folder_attributes(at.box)
        return self._keep(number, lambda: Listing(self._jail.entries(at.box), attributes))

    def _readdir(self, number: int, fields: Fields) -> bytes:
        handle = self._handle(fields)
        if not isinstance(handle, Listing):
            raise Refused(Code.FAILURE, "this is no listing")
        entries = handle.next()
        if not entries:
            return wire.status(number, Code.EOF, "there is no more")
        return wire.names(number, entries)

    def _remove(self, number: int, fields: Fields) -> bytes:
        at = self._file(fields, "removed")
        if at.box is Box.INBOX:
            self._seat.uploads.remove(at.name)
            return self._done(number)
        size = self._jail.remove(at)
        self._seat.say("file_collected", partner=self._seat.partner, name=at.name, size=size)
        return self._done(number)

    def _rename(self, number: int, fields: Fields, *, may_replace: bool = False) -> bytes:
        old = self._file(fields, "renamed")
        with _writing():
            new = self._file(fields, "replaced")
        if (old.box, new.box) != (Box.INBOX, Box.INBOX):
            raise Refused(
                Code.PERMISSION_DENIED, "files are renamed inside /inbox only", is_notable=True
            )
        self._seat.uploads.move(old.name, new.name, may_replace=may_replace)
        return self._done(number)

    def _mkdir(self, number: int, fields: Fields) -> bytes:
        with _writing():
            at = self._place(fields)
        if not at.name:
            raise Refused(Code.FAILURE, "it is there already")
        raise Refused(Code.PERMISSION_DENIED, "there are no folders inside the boxes")

    def _rmdir(self, number: int, fields: Fields) -> bytes:
        self._place(fields)
        raise Refused(Code.PERMISSION_DENIED, "/inbox and /outbox stay")

    def _realpath(self, number: int, fields: Fields) -> bytes:
        self._path = fields.text()
        return wire.real_path(number, b"/" + b"/".join(steps(self._path)))

    def _readlink(self, number: int, fields: Fields) -> bytes:
        self._attributes(self._place(fields))
        raise Refused(Code.FAILURE, "this is no link")

    def _symlink(self, number: int, fields: Fields) -> bytes:
        self._path = fields.text()
        raise Refused(Code.PERMISSION_DENIED, "links can't be made", is_notable=True)

    def _extended(self, number: int, fields: Fields) -> bytes:
        match fields.text():
            case numbers.POSIX_RENAME:
                return self._rename(number, fields, may_replace=True)
            case numbers.FSYNC:
                handle = self._handle(fields)
                if isinstance(handle, Writing):
                    handle.flush()
                return self._done(number)
            case numbers.LIMITS:
                return wire.limits(number, HANDLES)
            case b"hardlink@openssh.com":
                return self._symlink(number, fields)
            case _:
                return wire.status(number, Code.UNSUPPORTED, "this is not offered")


@contextmanager
def _writing() -> Iterator[None]:
    """Refuse a place outside of the boxes as one where nothing may be put, and say where to."""
    try:
        yield
    except OutsideRefused as refused:
        raise Refused(
            Code.PERMISSION_DENIED,
            "nothing is taken there: put your files into /inbox itself",
            is_notable=refused.is_notable,
        ) from None
