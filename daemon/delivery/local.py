"""Deliver outgoing files into local outboxes (steps C10 to C12 of the durability contract).

Staged, then renamed: the rename is the publication. Everything goes in batches, so that folders and
the ledger are flushed once for many files; one partner's broken outbox delays nobody else (P9).

A partner may collect and delete a file at once, so that an outbox without the file says nothing.
What tells whether a row marked staged was published (P7) is its staging file:

- It is there: it was not. It is renamed.
- It is gone, and the staging folder is the one it was written to: only our rename takes a file out
  of it, so it was. It is never written again.
- It is gone, and the folder is another one (a volume was unmounted, another stands at its path,
  somebody removed it): that says nothing. A file whose rename was seen to succeed by this process
  was published. Any other is written anew from the ledger and published under the same name, for
  as good as all of them waited because their outbox was in trouble, and to lose an answer is worse
  than to say it twice. Given twice is only what was renamed just before a crash, within the moment
  until the ledger knew, if its folder is lost at the same time; its name and its control numbers
  are the same then. One that stands in the outbox, byte for byte, is not given again.

A row is therefore only ever called staged for the folder that `folders` has noted down: where
another is met, all of a partner's staged rows go back to pending first, and then it is noted.
"""

from __future__ import annotations

import errno
import os
import stat
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from daemon import safefile
from daemon.clock import Clock
from daemon.config import Configuration
from daemon.delivery.folders import KnownFolders, still_stands, sweep
from daemon.delivery.scribe import FEWEST, MOST_BYTES, Scribe, ScribeLost
from daemon.errors import EnvironmentFault
from daemon.eventlog import Level, Say
from daemon.ledger import outgoing
from daemon.ledger.outgoing import OutgoingRow
from daemon.ledger.states import OutgoingState
from daemon.ledger.store import Ledger
from daemon.safefile import Directory

NOTES = "outboxes"
"""Folder of the state that notes the staging folders down."""
BATCH = 200
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 300.0
Step = Callable[[str], None]
Boxes = dict[str, tuple[Directory, Directory]]
"""By partner, its open outbox and staging folder."""
ByPartner = dict[str, list[OutgoingRow]]


@dataclass(slots=True)
class _Wait:
    """How long a partner's outbox is left alone after a fault, on the monotonic clock."""

    until_s: float
    pause_s: float


@dataclass(slots=True)
class LocalDelivery:
    """Publishes what the ledger holds for local outboxes; one at a time per site."""

    site: Configuration
    ledger: Ledger
    clock: Clock
    say: Say
    pool: Executor
    step: Step = lambda _name: None
    scribe: Scribe | None = None
    """Writes the files of a large delivery; None where this process does."""
    _waits: dict[str, _Wait] = field(default_factory=dict)
    _renamed: set[int] = field(default_factory=set)
    """Rows that are published, which the ledger doesn't know yet."""
    _folders: KnownFolders = field(init=False)

    def __post_init__(self) -> None:
        self._folders = KnownFolders(self.site.state / NOTES, self.clock)

    def close(self) -> None:
        """End the process of the scribe."""
        if self.scribe is not None:
            self.scribe.close()

    def run(self) -> int:
        """Deliver everything that can be delivered now; return how many files were."""
        delivered, after = 0, 0
        # What is pushed to a partner's own server is not for its outbox here.
        pushed = [p.name for p in self.site.partner if p.sftp and p.sftp.push]
        for partner in pushed:
            self._folders.note(partner, None)
        elsewhere = [p.name for p in self.site.partner if not self.site.serves(p.name)]
        while True:
            resting = [partner for partner in self._waits if self._is_waiting(partner)]
            with self.ledger.read() as conn:
                rows = outgoing.undelivered(
                    conn, limit=BATCH, after=after, without=[*pushed, *elsewhere, *resting]
                )
            if not rows:
                return delivered
            after = rows[-1].id
            delivered += self._deliver(rows)

    def _is_waiting(self, partner: str) -> bool:
        wait = self._waits.get(partner)
        return wait is not None and self.clock.monotonic() < wait.until_s

    def _deliver(self, rows: list[OutgoingRow]) -> int:
        by_partner: ByPartner = defaultdict(list)
        for row in rows:
            by_partner[row.partner].append(row)
        with ExitStack() as stack:
            boxes: Boxes = {}
            for partner in by_partner:
                try:
                    boxes[partner] = self._open(partner, by_partner, stack)
                except safefile.FileFault as fault:
                    self._let_wait(partner, fault)
            self._stage(boxes, by_partner)
            return self._publish(boxes, by_partner)

    def _open(
        self, partner: str, by_partner: ByPartner, stack: ExitStack
    ) -> tuple[Directory, Directory]:
        """Open a partner's outbox; where its staging folder is another, stage its files again."""
        outbox, staging = self._folders.open(partner, self.site.outbox(partner), stack)
        if self._folders.is_other(partner, staging):
            with self.ledger.write() as conn:
                again = outgoing.unstage(conn, partner, without=self._renamed)
            by_partner[partner] = [
                replace(row, state=OutgoingState.PENDING) if row.id in again else row
                for row in by_partner[partner]
            ]
            sweep(staging)
            if again:
                self.say("staged_again", level=Level.WARNING, partner=partner, files=len(again))
        self._folders.note(partner, staging)
        return outbox, staging

    def _let_wait(self, partner: str, fault: EnvironmentFault) -> None:
        before = self._waits.get(partner)
        pause = min(before.pause_s * 2, LONGEST_RETRY_S) if before else FIRST_RETRY_S
        self._waits[partner] = _Wait(self.clock.monotonic() + pause, pause)
        self.say("outbox_fault", partner=partner, reason=str(fault), retry_s=pause)

    def _stage(
        self,
        boxes: Boxes,
        by_partner: ByPartner,
    ) -> None:
        """Write pending files into staging, flush, and mark them staged in one transaction."""
        staged: list[int] = []
        for partner in list(boxes):
            pending = [r for r in by_partner[partner] if r.state is OutgoingState.PENDING]
            try:
                self._write(boxes[partner][1], pending)
            except EnvironmentFault as fault:
                self._let_wait(partner, fault)
                del boxes[partner]
                continue
            staged += [row.id for row in pending]
        if staged:
            self.step("C10")
            outgoing.mark(self.ledger, {OutgoingState.STAGED: staged})

    def _write(self, staging: Directory, rows: Sequence[OutgoingRow]) -> None:
        if not self._has_dictated(staging, rows):
            # Flushes of different files overlap: the disk takes them together.
            write = safefile.write_durable
            written = [self.pool.submit(write, staging, _staged(r), r.body) for r in rows]
            # All of them, also behind one that failed: a write that went on would be one into a
            # folder that is closed, and its failure would take away what a later attempt wrote.
            wait(written)
            for each in written:
                each.result()
        safefile.sync_directory(staging)

    def _has_dictated(self, staging: Directory, rows: Sequence[OutgoingRow]) -> bool:
        """Let many small files be written by the scribe; False where this process has to."""
        size = sum(len(row.body) for row in rows)
        if self.scribe is None or len(rows) < FEWEST or size > MOST_BYTES:
            return False
        try:
            self.scribe.write(staging, [(_staged(row), row.body) for row in rows])
        except ScribeLost as lost:
            self.say("scribe_lost", level=Level.WARNING, reason=str(lost))
            return False
        return True

    def _publish(
        self,
        boxes: Boxes,
        by_partner: ByPartner,
    ) -> int:
        """Rename staged files into the outboxes, flush, and mark them delivered."""
        published: list[OutgoingRow] = []
        blocked: list[int] = []
        for partner, (outbox, staging) in boxes.items():
            try:
                for row in by_partner[partner]:
                    if self._rename(row, outbox, staging):
                        published.append(row)
                    elif row.state is not OutgoingState.BLOCKED:
                        blocked.append(row.id)
                safefile.sync_directory(outbox)
                safefile.sync_directory(staging)
            except EnvironmentFault as fault:
                self._let_wait(partner, fault)
                published = [row for row in published if row.partner != partner]
            else:
                self._waits.pop(partner, None)
        self.step("C11")
        self._mark(published, blocked)
        return len(published)

    def _rename(self, row: OutgoingRow, outbox: Directory, staging: Directory) -> bool:
        """Publish one file; False if the partner keeps something at its name (F38)."""
        if row.id in self._renamed:
            return True
        try:
            safefile.rename(
                staging, _staged(row), outbox, row.name, may_replace=False, is_flushed=False
            )
        except safefile.Missing as missing:
            # Staged, and the staging file is gone: the rename happened before a crash. A folder
            # that was removed since it was opened, or a stale handle of a network volume, sounds
            # the same and says nothing.
            is_proof = row.state is not OutgoingState.PENDING and missing.errno == errno.ENOENT
            if not (is_proof and still_stands(outbox, staging)):
                raise
        except safefile.Exists:
            if not _has(outbox, row):
                self._say_taken(row)
                return False
            safefile.unlink(staging, _staged(row))
        self._renamed.add(row.id)
        return True

    def _say_taken(self, row: OutgoingRow) -> None:
        if row.state is not OutgoingState.BLOCKED:
            self.say(
                "outbox_name_taken",
                partner=row.partner,
                file=row.name,
                advice="remove what stands at this name; the file is delivered then",
            )

    def _mark(self, published: list[OutgoingRow], blocked: list[int]) -> None:
        if published or blocked:
            delivered = [row.id for row in published]
            marks = {OutgoingState.DELIVERED: delivered, OutgoingState.BLOCKED: blocked}
            outgoing.mark(self.ledger, marks)
        self._renamed.difference_update(row.id for row in published)
        self.step("C12")
        for row in published:
            self.say(
                "delivered",
                partner=row.partner,
                file=row.name,
                kind=row.kind,
                size_bytes=len(row.body),
                arrival=row.arrival_id,
            )


def _staged(row: OutgoingRow) -> str:
    return f"{row.id:08}"


def _has(outbox: Directory, row: OutgoingRow) -> bool:
    """Tell whether the very file stands at its name already, as in an outbox that was restored."""
    try:
        fd = safefile.open_dropped(outbox, os.fsencode(row.name))
    except safefile.FileFault:
        # A link, or nothing that we may read: it is the partner's.
        return False
    try:
        status = os.fstat(fd)
        is_alike = stat.S_ISREG(status.st_mode) and status.st_size == len(row.body)
        # One byte more, in case it is being written to.
        return is_alike and os.pread(fd, len(row.body) + 1, 0) == row.body
    except OSError as error:
        raise safefile.fault("read", outbox.at(row.name), error) from error
    finally:
        os.close(fd)
