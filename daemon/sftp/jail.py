"""What a partner sees: a root with two folders, `/inbox` and `/outbox`, and no way out of it.

A path is cut into names here, by us, and a name is only ever looked up inside an open folder
(`dir_fd=`) without following links; no path of the file system is made from a partner's text. Names
are bytes and mean themselves: no case folding, no Unicode forms. Ours (dot files) do not exist.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from daemon import safefile
from daemon.clock import Clock
from daemon.config import Configuration
from daemon.errors import K2KError
from daemon.intake.names import is_hidden, is_temporary
from daemon.safefile import Directory, FileFault
from daemon.sftp.numbers import Code
from daemon.sftp.server_wire import Attributes, Entry

LONGEST_NAME = 255
LONGEST_PATH = 4096
RESERVED = b".k2kd-"
"""Names of ours in an inbox begin with it."""
_OURS = (RESERVED, b".staging", b".refused")
_FOLDER_MODE = stat.S_IFDIR | 0o555
_INBOX_MODE = stat.S_IFDIR | 0o755
_INBOX_FILE = stat.S_IFREG | 0o600
_OUTBOX_FILE = stat.S_IFREG | 0o400


class Box(StrEnum):
    """Where a path points."""

    ROOT = ""
    INBOX = "inbox"
    OUTBOX = "outbox"


class Refused(K2KError):
    """A request is not granted; the text goes to the client and should make sense to a person.

    `is_notable`: no client in good faith asks for this, or an admin should know.
    """

    def __init__(self, code: Code, message: str, *, is_notable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.is_notable = is_notable


class OutsideRefused(Refused):
    """The path is in neither box: nothing is there, and nothing can be put there."""


@dataclass(frozen=True, slots=True)
class Place:
    """A path, understood: a box, and a name in it or none for the box itself."""

    box: Box
    name: bytes = b""

    @property
    def path(self) -> bytes:
        parts = [part for part in (self.box.value.encode(), self.name) if part]
        return b"/" + b"/".join(parts)


def no_such_file() -> Refused:
    return Refused(Code.NO_SUCH_FILE, "there is no such file")


def steps(path: bytes) -> list[bytes]:
    """Return the names of `path` from the root down, `.` and `..` taken out."""
    if len(path) > LONGEST_PATH:
        raise Refused(Code.NO_SUCH_FILE, "the path is too long", is_notable=True)
    if b"\0" in path:
        raise Refused(Code.NO_SUCH_FILE, "a name can't hold a NUL", is_notable=True)
    names: list[bytes] = []
    for name in path.split(b"/"):
        if name == b"..":
            del names[-1:]
        elif name not in (b"", b"."):
            names.append(name)
    return names


def place(path: bytes) -> Place:
    """Return what `path` means, or raise Refused: outside of the boxes there is nothing.

    What is refused as outside is `no such file` to who looks; who would write there should hear
    `permission denied`, because most clients show their own words for the code and no others.
    """
    names = steps(path)
    if not names:
        return Place(Box.ROOT)
    boxes = {b"inbox": Box.INBOX, b"outbox": Box.OUTBOX}
    box = boxes.get(names[0])
    if box is None:
        raise OutsideRefused(
            Code.NO_SUCH_FILE, "there is only /inbox and /outbox", is_notable=len(names) > 1
        )
    if len(names) == 1:
        return Place(box)
    if len(names) > 2:
        raise OutsideRefused(Code.NO_SUCH_FILE, f"there are no folders inside /{box}")
    _check_name(box, names[1])
    return Place(box, names[1])


def _check_name(box: Box, name: bytes) -> None:
    if len(name) > LONGEST_NAME:
        raise Refused(Code.FAILURE, f"a name has at most {LONGEST_NAME} bytes", is_notable=True)
    if name.lower().startswith(_OURS):
        raise Refused(Code.NO_SUCH_FILE, "there is no such file", is_notable=True)
    if box is Box.OUTBOX and is_hidden(name):
        raise no_such_file()


def check_new_name(name: bytes) -> None:
    """Raise Refused for a name that can't be given to a file in the inbox."""
    if is_hidden(name) and not is_temporary(name):
        raise Refused(
            Code.PERMISSION_DENIED, "names that begin with a dot are not taken; choose another"
        )


class Jail:
    """The two folders of one partner. Opened anew for each request: a folder may be replaced."""

    def __init__(self, site: Configuration, partner: str, clock: Clock) -> None:
        self.partner = partner
        self._clock = clock
        self._paths = {Box.INBOX: site.inbox(partner), Box.OUTBOX: site.outbox(partner)}

    @contextmanager
    def open(self, box: Box) -> Iterator[Directory]:
        """Open a box; one that is missing is a fault of ours, and the client may come again."""
        with self.hold(box) as folder:
            yield folder

    def hold(self, box: Box) -> Directory:
        """Open a box for longer than one request; the caller closes it."""
        return safefile.open_directory(self._paths[box])

    def folder_attributes(self, box: Box) -> Attributes:
        mode = _INBOX_MODE if box is Box.INBOX else _FOLDER_MODE
        if box is Box.ROOT:
            return Attributes(0, mode, 0)
        with self.open(box) as folder:
            return Attributes(0, mode, int(os.fstat(folder.fd).st_mtime))

    def file_attributes(self, at: Place) -> Attributes:
        """Return what is told of a file that lies in a box; links and such are not there."""
        with self.open(at.box) as folder:
            return attributes_in(folder, at)

    def entries(self, box: Box) -> Iterator[Entry]:
        """Yield what a listing shows, read as it is asked for; close it in between as you like."""
        if box is Box.ROOT:
            for inner in (Box.INBOX, Box.OUTBOX):
                yield self._entry(inner.value.encode(), self.folder_attributes(inner))
            return
        with self.open(box) as folder, os.scandir(folder.fd) as found:
            for entry in found:
                name = os.fsencode(entry.name)
                if is_hidden(name) and (box is Box.OUTBOX or not _is_shown(name)):
                    continue
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(status.st_mode):
                    yield self._entry(name, file_attributes(box, status))

    def _entry(self, name: bytes, attributes: Attributes) -> Entry:
        when = time.gmtime(attributes.modified)
        is_recent = abs(self._clock.now().timestamp() - attributes.modified) < _RECENT_S
        last = f"{when.tm_hour:02d}:{when.tm_min:02d}" if is_recent else f"{when.tm_year:>5}"
        head = (
            f"{stat.filemode(attributes.mode)}    1 {self.partner:<8} {self.partner:<8}"
            f" {attributes.size:>8} {_MONTHS[when.tm_mon - 1]} {when.tm_mday:2d} {last} "
        )
        return Entry(name, head.encode() + name, attributes)

    def open_outgoing(self, at: Place) -> tuple[int, Attributes]:
        """Open a file of the outbox for reading; return the descriptor and what is told of it."""
        with self.open(at.box) as folder:
            fd = _opened(folder, at.name)
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            os.close(fd)
            raise Refused(Code.PERMISSION_DENIED, "this is no plain file", is_notable=True)
        return fd, file_attributes(at.box, status)

    def remove(self, at: Place) -> int:
        """Remove a plain file, durably; return its size."""
        with self.open(at.box) as folder:
            size = attributes_in(folder, at).size
            if not safefile.unlink(folder, at.name):
                raise no_such_file()
            safefile.sync_directory(folder)
            return size

    def move(self, name: bytes, new_name: bytes, *, may_replace: bool) -> None:
        """Rename a plain file inside the inbox, durably."""
        with self.open(Box.INBOX) as folder:
            attributes_in(folder, Place(Box.INBOX, name))
            try:
                safefile.rename(folder, name, folder, new_name, may_replace=may_replace)
            except safefile.Exists as error:
                raise Refused(Code.FAILURE, "a file of the new name is there already") from error
            except safefile.Missing as error:
                raise no_such_file() from error


_RECENT_S = 180 * 86_400.0
"""A listing shows the time of day for files younger than this, else the year, as `ls` does."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _is_shown(name: bytes) -> bool:
    """Say whether a dot file in an inbox is the partner's own: the draft of an upload."""
    return is_temporary(name) and not name.lower().startswith(_OURS)


def file_attributes(box: Box, status: os.stat_result) -> Attributes:
    mode = _INBOX_FILE if box is Box.INBOX else _OUTBOX_FILE
    return Attributes(status.st_size, mode, int(status.st_mtime))


def attributes_in(folder: Directory, at: Place) -> Attributes:
    """Return what is told of the plain file `at` in its open folder."""
    try:
        status = os.stat(at.name, dir_fd=folder.fd, follow_symlinks=False)
    except FileNotFoundError:
        raise no_such_file() from None
    except OSError as error:
        raise safefile.fault("look at", folder.at(at.name), error) from error
    if not stat.S_ISREG(status.st_mode):
        raise Refused(Code.NO_SUCH_FILE, "this is no plain file", is_notable=True)
    return file_attributes(at.box, status)


def _opened(folder: Directory, name: bytes) -> int:
    try:
        return safefile.open_dropped(folder, name)
    except safefile.Missing:
        raise no_such_file() from None
    except safefile.WrongKind as error:
        raise Refused(Code.NO_SUCH_FILE, "this is no plain file", is_notable=True) from error
    except FileFault as error:
        raise Refused(Code.PERMISSION_DENIED, "the file can't be opened now") from error
