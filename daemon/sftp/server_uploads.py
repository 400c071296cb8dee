"""A partner's uploads: written to a hidden file, published whole when the client closes them.

`CLOSE` answered OK means that the bytes and the name are on stable storage. A session that breaks
publishes nothing; what had arrived is kept for a day, so that the client can go on where it was:
until then its size is what `stat` tells of the name. A file that was taken in meanwhile still
answers `stat` for a minute, because clients look after an upload whether it is there.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from daemon import safefile
from daemon.clock import Clock
from daemon.config import Configuration
from daemon.eventlog import Say
from daemon.safefile import FileFault, Identity
from daemon.sftp.handles import Draft, Owner, Writing
from daemon.sftp.jail import Box, Jail, Place, Refused, attributes_in, check_new_name, no_such_file
from daemon.sftp.numbers import Code, OpenFlag
from daemon.sftp.server_quota import Quota
from daemon.sftp.server_wire import Attributes

UPLOAD = ".k2kd-upload-"
PARTIAL = ".k2kd-partial-"
KEPT_S = 86_400.0
"""How long a broken upload waits for its client."""
RECENT_S = 60.0
RECENT = 1_000
_COPIED = 1 << 20


@dataclass(frozen=True, slots=True)
class _Published:
    attributes: Attributes
    until: float


class Uploads:
    """Everything one partner uploads, of all its sessions."""

    def __init__(
        self,
        site: Configuration,
        jail: Jail,
        clock: Clock,
        say: Say,
        *,
        on_closed: Callable[[Identity], None] = lambda _identity: None,
    ) -> None:
        """`on_closed` hears of each whole file just before it gets its name."""
        self.jail = jail
        self._on_closed = on_closed
        self._clock = clock
        self._say = say
        self._max_bytes = site.limits.file_bytes
        self._quota = Quota(site, jail, clock)
        self._lock = threading.Lock()
        self._live: dict[bytes, Draft] = {}
        self._drafts: set[str] = set()
        self._recent: OrderedDict[bytes, _Published] = OrderedDict()

    def obey(self, site: Configuration) -> None:
        """Go by the limits of a configuration that was read again; what is open goes on."""
        self._max_bytes = site.limits.file_bytes
        self._quota.obey(site)

    def begin(self, name: bytes, flags: OpenFlag) -> Writing:
        """Open `name` of the inbox for writing; raises Refused or FileFault."""
        check_new_name(name)
        if not flags & OpenFlag.TRUNCATE:
            taken_over = self._taken_over(name, flags)
            if taken_over is not None:
                return taken_over
        with self._lock:
            is_there = self._is_there(name)
            if flags & OpenFlag.EXCLUSIVE and is_there:
                raise Refused(Code.FAILURE, "a file of this name is there already")
            goes_on = not flags & OpenFlag.TRUNCATE and self._partial_size(name) is not None
            known = is_there or goes_on or name in self._live
            if not (known or flags & OpenFlag.CREATE):
                raise no_such_file()
            if known:
                self._quota.take(0)
            else:
                self._quota.check_one_more()
            owner = Owner()
            draft = None if flags & OpenFlag.TRUNCATE else self._resumed(name, owner)
            if draft is None:
                draft = self._new(name, owner)
                if is_there and not flags & OpenFlag.TRUNCATE:
                    self._copy(draft)
            self._live[name] = draft
            return Writing(self, draft, owner, is_appending=bool(flags & OpenFlag.APPEND))

    def _is_there(self, name: bytes) -> bool:
        with self.jail.open(Box.INBOX) as folder, suppress(FileNotFoundError):
            os.stat(name, dir_fd=folder.fd, follow_symlinks=False)
            return True
        return False

    def _partial_size(self, name: bytes) -> Attributes | None:
        with self.jail.open(Box.INBOX) as folder:
            try:
                hidden = Place(Box.INBOX, _partial(name).encode())
                return attributes_in(folder, hidden)
            except Refused:
                return None

    def _new(self, name: bytes, owner: Owner) -> Draft:
        folder = self.jail.hold(Box.INBOX)
        hidden = f"{UPLOAD}{_key(name)}-{secrets.token_hex(6)}"
        try:
            draft = Draft(name, hidden, folder, safefile.open_draft(folder, hidden), owner)
        except FileFault:
            folder.close()
            raise
        self._drafts.add(hidden)
        return draft

    def _taken_over(self, name: bytes, flags: OpenFlag) -> Writing | None:
        """Go on with the draft that another session, most likely a dead one, still holds."""
        with self._lock:
            live = self._live.get(name)
        if live is None or flags & OpenFlag.EXCLUSIVE:
            return None
        # A draft's lock is taken before that of the whole, here as everywhere.
        with live.lock, self._lock:
            if self._live.get(name) is not live or live.failure:
                return None
            live.owner = Owner()
            is_appending = bool(flags & OpenFlag.APPEND)
            return Writing(self, live, live.owner, is_appending=is_appending)

    def _resumed(self, name: bytes, owner: Owner) -> Draft | None:
        """Return the draft that a broken upload left."""
        with self.jail.open(Box.INBOX) as folder:
            hidden = f"{UPLOAD}{_key(name)}-{secrets.token_hex(6)}"
            try:
                safefile.rename(folder, _partial(name), folder, hidden, is_flushed=False)
            except safefile.Missing:
                return None
        folder = self.jail.hold(Box.INBOX)
        try:
            file = safefile.open_draft(folder, hidden)
        except FileFault:
            folder.close()
            raise
        self._drafts.add(hidden)
        return Draft(name, hidden, folder, file, owner, os.fstat(file.fileno()).st_size)

    def _copy(self, draft: Draft) -> None:
        """Begin a draft with what stands under its name, which stays until the draft is whole."""
        try:
            self._copy_content(draft)
        except BaseException:
            self._drop(draft)
            raise

    def _copy_content(self, draft: Draft) -> None:
        try:
            fd = safefile.open_dropped(draft.folder, draft.name)
        except safefile.Missing:
            return
        except safefile.WrongKind as error:
            raise Refused(Code.FAILURE, "this is no plain file", is_notable=True) from error
        try:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode) or status.st_size > self._max_bytes:
                raise Refused(Code.FAILURE, "this can't be written to", is_notable=True)
            while chunk := os.pread(fd, _COPIED, draft.size):
                draft.write(draft.size, chunk)
            draft.is_copy = True
        finally:
            os.close(fd)

    def check_room(self, draft: Draft, end: int) -> None:
        """Raise Refused if a draft may not become `end` bytes long."""
        if end > self._max_bytes:
            raise Refused(
                Code.FAILURE, f"the file is larger than the {self._max_bytes} bytes allowed"
            )
        self._quota.take(max(0, end - draft.size))

    def publish(self, draft: Draft) -> None:
        """Give a draft its name, durably; the caller holds its lock. On failure nothing is left."""
        with self._lock:
            self._end_live(draft)
        try:
            self._publish(draft)
        finally:
            # Only now: until it has its name, the hidden file must not look like debris.
            with self._lock:
                self._forget(draft)

    def _publish(self, draft: Draft) -> None:
        if draft.is_copy and not draft.failure:
            # Opened and closed without a word: the file that stands there is untouched.
            draft.drop()
            draft.folder.close()
            return
        try:
            attributes = self._renamed(draft)
        except (Refused, FileFault) as error:
            draft.drop()
            draft.folder.close()
            reason = str(error)
            self._say("upload_refused", partner=self.jail.partner, name=draft.name, reason=reason)
            raise
        draft.folder.close()
        with self._lock:
            self._recent[draft.name] = _Published(attributes, self._clock.monotonic() + RECENT_S)
            self._recent.move_to_end(draft.name)
            if len(self._recent) > RECENT:
                self._recent.popitem(last=False)
        self._say("file_uploaded", partner=self.jail.partner, name=draft.name, size=attributes.size)

    def _renamed(self, draft: Draft) -> Attributes:
        if draft.failure:
            raise Refused(Code.FAILURE, draft.failure)
        if draft.gaps:
            start, end = min(draft.gaps)
            raise Refused(Code.FAILURE, f"bytes {start} to {end} were never sent; send it again")
        safefile.flush(draft.file)
        with self.jail.open(Box.INBOX) as now:
            if (now.dev, now.ino) != (draft.folder.dev, draft.folder.ino):
                raise Refused(Code.FAILURE, "the inbox was replaced meanwhile; send it again")
        # Written first, then named, then the name made durable: OK to a CLOSE is a promise. Closed
        # before it is named, because the intake waits for whoever has a file open for writing.
        attributes = draft.attributes()
        identity = Identity.of(os.fstat(draft.file.fileno()))
        draft.close()
        self._on_closed(identity)
        safefile.rename(draft.folder, draft.hidden, draft.folder, draft.name)
        with suppress(FileFault):
            safefile.unlink(draft.folder, _partial(draft.name))
        return attributes

    def broken(self, draft: Draft) -> None:
        """Keep what arrived of an upload whose session broke; the caller holds its lock."""
        with self._lock:
            is_latest = self._live.get(draft.name) is draft
            self._end_live(draft)
        try:
            kept = self._kept(draft, is_latest=is_latest)
        finally:
            # Only now, as where it is published: the sweep takes what nobody knows.
            with self._lock:
                self._forget(draft)
        self._say("upload_broken", partner=self.jail.partner, name=draft.name, kept_bytes=kept)

    def _kept(self, draft: Draft, *, is_latest: bool) -> int:
        """Put aside what can be gone on from; return how many bytes that are."""
        kept = 0 if draft.failure or draft.is_copy or not is_latest else draft.whole_bytes
        try:
            if kept:
                if kept < draft.size:
                    draft.cut(kept)
                draft.close()
                partial = _partial(draft.name)
                safefile.rename(draft.folder, draft.hidden, draft.folder, partial, is_flushed=False)
            else:
                draft.drop()
        except FileFault:
            draft.drop()
            kept = 0
        draft.folder.close()
        return kept

    def _drop(self, draft: Draft) -> None:
        self._forget(draft)
        draft.drop()
        draft.folder.close()

    def _forget(self, draft: Draft) -> None:
        self._drafts.discard(draft.hidden)
        self._end_live(draft)

    def _end_live(self, draft: Draft) -> None:
        """Let nobody write on with it."""
        if self._live.get(draft.name) is draft:
            del self._live[draft.name]

    def stat(self, name: bytes) -> Attributes:
        """Return what is told of `name` in the inbox: the newest of what is known of it."""
        with self._lock:
            live = self._live.get(name)
            if live is not None:
                return live.attributes()
        partial = self._partial_size(name)
        if partial is not None:
            return partial
        try:
            return self.jail.file_attributes(Place(Box.INBOX, name))
        except Refused as refused:
            if refused.is_notable:
                raise
        published = self._recent.get(name)
        if published is None or published.until < self._clock.monotonic():
            raise no_such_file()
        return published.attributes

    def remove(self, name: bytes) -> None:
        """Remove a file that was not taken yet, and what a broken upload of it left."""
        with self.jail.open(Box.INBOX) as folder:
            has_partial = safefile.unlink(folder, _partial(name))
        try:
            self.jail.remove(Place(Box.INBOX, name))
        except Refused as refused:
            if refused.is_notable or not has_partial:
                raise
        with self._lock:
            self._recent.pop(name, None)

    def move(self, name: bytes, new_name: bytes, *, may_replace: bool) -> None:
        """Rename a whole file; a broken upload can't be, since that would call it whole."""
        check_new_name(new_name)
        partial = self._partial_size(name)
        if partial is not None:
            raise Refused(Code.FAILURE, f"the upload stopped at byte {partial.size}; complete it")
        self.jail.move(name, new_name, may_replace=may_replace)
        with self._lock:
            published = self._recent.pop(name, None)
            if published is not None:
                self._recent[new_name] = published
        with self.jail.open(Box.INBOX) as folder:
            safefile.unlink(folder, _partial(new_name))

    def sweep(self) -> int:
        """Remove what no client came back for, and a crash's debris; return how many files."""
        oldest = self._clock.now().timestamp() - KEPT_S
        removed = 0
        with self.jail.open(Box.INBOX) as folder, os.scandir(folder.fd) as found:
            for entry in found:
                with suppress(FileNotFoundError):
                    if self._is_debris(entry, oldest):
                        removed += safefile.unlink(folder, entry.name)
        return removed

    def _is_debris(self, entry: os.DirEntry[str], oldest: float) -> bool:
        if entry.name.startswith(UPLOAD):
            # Of a crash nobody knows what reached the disk, so there is nothing to go on from.
            with self._lock:
                return entry.name not in self._drafts
        if not entry.name.startswith(PARTIAL):
            return False
        return entry.stat(follow_symlinks=False).st_mtime < oldest


def _key(name: bytes) -> str:
    return hashlib.blake2b(name, digest_size=16).hexdigest()


def _partial(name: bytes) -> str:
    return PARTIAL + _key(name)
