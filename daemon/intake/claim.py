"""A settled file becomes ours: its bytes and hash durable, its row committed, then it is removed.

Steps C2-C6 of the durability contract. Removal is the receipt, so it comes last; a crash before it
leaves row and file, and the next pass claims the file again, gets the same arrival, and removes it.
Small files travel inside the claim, and the ledger's commit makes them durable; large ones are
copied to the spool first.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from daemon.errors import EnvironmentFault
from daemon.intake import lease
from daemon.intake.looks import Due
from daemon.intake.scan import Seen
from daemon.intake.settle import Inside, Terms, Writer, ruling
from daemon.intake.spool import Spool
from daemon.ledger.claims import ArrivalBook, Claim, Proof, Refusal
from daemon.safefile import (
    Directory,
    FileFault,
    Identity,
    Missing,
    WrongKind,
    fault,
    open_dropped,
    sync_directory,
    unlink_same,
)
from formats.identify import HEAD_BYTES, Completeness, completeness

__all__ = ["ArrivalBook", "Claim", "Drop", "Identity", "Outcome", "Refusal", "claim_settled"]

INLINE_BYTES = 1 << 20
"""Up to this a file stands in the ledger, above it in the spool."""
FIRST_FILES = 50
BATCH_FILES = 500
"""Files of a batch at most. A pass begins with `FIRST_FILES`, so that posting needn't wait for 500
of a full inbox, and takes twice as many each time, so that commits and flushes stay few."""
BATCH_BYTES = 16 << 20
_CHUNK_BYTES = 1 << 20
_OUR_LIMITS = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)

Step = Callable[[str], None]
Tell = Callable[[Sequence[tuple[int, Claim]]], None]
"""Hears what was accepted: arrivals with their claims."""


@dataclass(frozen=True, slots=True)
class Drop:
    """One partner's open inbox and how its files count as whole."""

    partner: str
    folder: Directory
    terms: Terms
    may_ask_kernel: bool = True
    """False on a network volume, whose writers this kernel does not know."""
    done_users: dict[bytes, int] = field(default_factory=dict)
    """How many files in the inbox each done-file speaks for; it goes with the last of them."""


@dataclass(slots=True)
class Outcome:
    """What became of the due files. A file in none of the lists changed meanwhile, or is gone."""

    claimed: list[tuple[int, Claim]] = field(default_factory=list)
    waiting: list[tuple[Due, Inside]] = field(default_factory=list)
    unreadable: list[tuple[Seen, FileFault]] = field(default_factory=list)
    unremoved: list[tuple[bytes, FileFault]] = field(default_factory=list)
    fault: EnvironmentFault | None = None
    """Why it stopped early: the ledger or the spool; what is not claimed stays in the inbox."""


class _Unreadable(Exception):
    """The partner's file can't be read; the others can."""

    def __init__(self, cause: FileFault) -> None:
        super().__init__(str(cause))
        self.cause = cause


def no_step(_name: str) -> None:
    """Pass a crash point: tests put a crash here, the service nothing."""


def tell_nobody(_accepted: Sequence[tuple[int, Claim]]) -> None:
    """Keep what was accepted to oneself."""


def claim_settled(
    drop: Drop,
    due: Sequence[Due],
    book: ArrivalBook,
    spool: Spool,
    step: Step = no_step,
    *,
    tell: Tell = tell_nobody,
) -> Outcome:
    """Claim the files of `due`, in order; an EnvironmentFault is returned, never raised.

    Accepted in batches, so that memory stays flat and one commit and one flush serve many files;
    `tell` is called with each batch, so that its posting needn't wait for the next one. `step` is
    called with the name of each step of the contract (C2 to C6) once it is taken.
    """
    claiming = _Claiming(drop, book, spool, step, tell)
    try:
        for one in due:
            claiming.take(one)
        claiming.accept()
    except EnvironmentFault as error:
        claiming.outcome.fault = error
    return claiming.outcome


class _Claiming:
    """One pass over due files: the batch not yet accepted, and what became of the others."""

    def __init__(self, drop: Drop, book: ArrivalBook, spool: Spool, step: Step, tell: Tell) -> None:
        self.outcome = Outcome()
        self._drop = drop
        self._book = book
        self._spool = spool
        self._step = step
        self._tell = tell
        self._batch: list[tuple[Due, Claim]] = []
        self._batch_bytes = 0
        self._room = FIRST_FILES

    def take(self, due: Due) -> None:
        """Open and copy one file; what is not claimed now is noted in the outcome."""
        try:
            fd = open_dropped(self._drop.folder, due.seen.name)
        except (Missing, WrongKind):
            return
        except FileFault as error:
            if error.errno in _OUR_LIMITS:
                raise
            self.outcome.unreadable.append((due.seen, error))
            return
        try:
            self._take_open(due, fd)
        except _Unreadable as error:
            self.outcome.unreadable.append((due.seen, error.cause))
        finally:
            os.close(fd)
        if len(self._batch) >= self._room or self._batch_bytes >= BATCH_BYTES:
            self.accept()

    def accept(self) -> None:
        """Commit the batch (C5), then remove its files and flush the inbox once (C6)."""
        if not self._batch:
            return
        batch, self._batch, self._batch_bytes = self._batch, [], 0
        self._room = min(2 * self._room, BATCH_FILES)
        claims = [claim for _, claim in batch]
        ids = self._book.accept(claims)
        self._step("C5")
        accepted = list(zip(ids, claims, strict=True))
        self.outcome.claimed.extend(accepted)
        for due, claim in batch:
            try:
                unlink_same(self._drop.folder, claim.name, claim.identity)
                self._remove_done_file(due)
            except FileFault as error:
                self.outcome.unremoved.append((claim.name, error))
            self._step("C6")
        self._tell(accepted)
        sync_directory(self._drop.folder)

    def _take_open(self, due: Due, fd: int) -> None:
        identity = due.seen.identity
        # Judged on the descriptor: the name may have been swapped for a link or a FIFO since.
        if not _is_still(fd, identity):
            return
        self._step("C2")
        writer = lease.writer(fd) if self._drop.may_ask_kernel else Writer.UNKNOWN
        if writer is Writer.SOME:
            self.outcome.waiting.append((due, Inside(writer, None)))
            return
        # One byte more than it had would show that it grew.
        data = self._read(due, fd, identity.size + 1, 0) if identity.size <= INLINE_BYTES else None
        inside = Inside(writer, self._shown_end(due, fd, data))
        verdict = ruling(self._drop.terms, due.evidence, inside)
        if not verdict.is_claimable:
            self.outcome.waiting.append((due, inside))
        elif data is None:
            self._spool_copy(due, fd, verdict.proof)
        elif len(data) == identity.size and _is_still(fd, identity):
            self._step("C3")
            self._add(due, hashlib.sha256(data).hexdigest(), data, None, verdict.proof)

    def _spool_copy(self, due: Due, fd: int, proof: Proof) -> None:
        identity = due.seen.identity
        digest = hashlib.sha256()

        def chunks() -> Iterator[bytes]:
            offset = 0
            # No more than it had: a file that grows as fast as we read would fill the disk.
            while offset < identity.size:
                chunk = self._read(due, fd, min(_CHUNK_BYTES, identity.size - offset), offset)
                if not chunk:
                    return
                digest.update(chunk)
                offset += len(chunk)
                yield chunk

        key = _spool_key(self._drop.partner, due.seen.name, identity)
        self._spool.draft(key, chunks())
        if not _is_still(fd, identity):
            self._spool.discard(key)
            return
        self._step("C3")
        sha256 = digest.hexdigest()
        name = f"{key}-{sha256[:32]}"
        self._spool.keep(key, name)
        self._step("C4")
        self._add(due, sha256, None, name, proof)

    def _add(
        self, due: Due, sha256: str, data: bytes | None, spool: str | None, proof: Proof
    ) -> None:
        seen, done_file = due.seen, due.done.name if due.done else None
        claim = Claim(
            self._drop.partner, seen.name, seen.identity, sha256, data, spool, proof, done_file
        )
        self._batch.append((due, claim))
        self._batch_bytes += len(data or b"")

    def _remove_done_file(self, due: Due) -> None:
        """Remove the done-file with the last file it speaks for, never before: it is the proof."""
        if due.done is None:
            return
        users = self._drop.done_users
        users[due.done.name] = users.get(due.done.name, 1) - 1
        if users[due.done.name] <= 0:
            unlink_same(self._drop.folder, due.done.name, due.done.identity)

    def _shown_end(self, due: Due, fd: int, data: bytes | None) -> Completeness:
        if due.evidence.is_empty:
            return Completeness.UNKNOWN
        if data is not None:
            return completeness(data, b"", whole=True)
        head = self._read(due, fd, HEAD_BYTES, 0)
        tail = self._read(due, fd, HEAD_BYTES, max(0, due.seen.identity.size - HEAD_BYTES))
        return completeness(head, tail, whole=False)

    def _read(self, due: Due, fd: int, count: int, offset: int) -> bytes:
        try:
            return os.pread(fd, count, offset)
        except OSError as error:
            where = self._drop.folder.at(due.seen.name)
            raise _Unreadable(fault("read", where, error)) from error


def _is_still(fd: int, identity: Identity) -> bool:
    status = os.fstat(fd)
    return stat.S_ISREG(status.st_mode) and Identity.of(status) == identity


def _spool_key(partner: str, name: bytes, identity: Identity) -> str:
    """Return a name for the copy: our own characters, the same for the same claim."""
    mark = f"{partner}/{identity.dev}/{identity.ino}/{identity.mtime_ns}/{identity.size}/".encode()
    return hashlib.sha256(mark + name).hexdigest()[:32]
