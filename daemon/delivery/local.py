"""Deliver outgoing files into local outboxes (steps C10 to C12 of the durability contract).

Staged, then renamed: the rename is the publication. A row marked staged whose staging file is gone
was published before a crash, and is never written again, even if the partner has already collected
and deleted the file (P7). Everything goes in batches, so that folders and the ledger are flushed
once for many files; one partner's broken outbox delays nobody else (P9).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from contextlib import ExitStack
from dataclasses import dataclass, field

from daemon import safefile
from daemon.clock import Clock
from daemon.config import Configuration
from daemon.errors import EnvironmentFault
from daemon.eventlog import Say
from daemon.ledger import outgoing
from daemon.ledger.outgoing import OutgoingRow
from daemon.ledger.states import OutgoingState
from daemon.ledger.store import Ledger
from daemon.safefile import Directory

STAGING = ".staging"
BATCH = 200
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 300.0
Step = Callable[[str], None]


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
    _waits: dict[str, _Wait] = field(default_factory=dict)

    def run(self) -> int:
        """Deliver everything that can be delivered now; return how many files were."""
        delivered, after = 0, 0
        # What is pushed to a partner's own server is not for its outbox here.
        pushed = [p.name for p in self.site.partner if p.sftp and p.sftp.push]
        while True:
            resting = [partner for partner in self._waits if self._is_waiting(partner)]
            with self.ledger.read() as conn:
                rows = outgoing.undelivered(
                    conn, limit=BATCH, after=after, without=[*pushed, *resting]
                )
            if not rows:
                return delivered
            after = rows[-1].id
            delivered += self._deliver(rows)

    def next_retry_s(self) -> float | None:
        """Return the seconds until a partner's outbox is tried again; None where none waits."""
        if not self._waits:
            return None
        return max(0.0, min(w.until_s for w in self._waits.values()) - self.clock.monotonic())

    def _is_waiting(self, partner: str) -> bool:
        wait = self._waits.get(partner)
        return wait is not None and self.clock.monotonic() < wait.until_s

    def _deliver(self, rows: list[OutgoingRow]) -> int:
        by_partner: dict[str, list[OutgoingRow]] = defaultdict(list)
        for row in rows:
            by_partner[row.partner].append(row)
        with ExitStack() as stack:
            boxes = {
                partner: box
                for partner in by_partner
                if (box := self._open(partner, stack)) is not None
            }
            self._stage(boxes, by_partner)
            return self._publish(boxes, by_partner)

    def _open(self, partner: str, stack: ExitStack) -> tuple[Directory, Directory] | None:
        """Open a partner's outbox and its staging folder; a fault makes the partner wait."""
        try:
            path = self.site.outbox(partner)
            safefile.make_directories(path)
            outbox = stack.enter_context(safefile.open_directory(path))
            safefile.make_directories(path / STAGING, 0o700)
            return outbox, stack.enter_context(safefile.open_inside(outbox, STAGING))
        except EnvironmentFault as fault:
            self._let_wait(partner, fault)
            return None

    def _let_wait(self, partner: str, fault: EnvironmentFault) -> None:
        before = self._waits.get(partner)
        pause = min(before.pause_s * 2, LONGEST_RETRY_S) if before else FIRST_RETRY_S
        self._waits[partner] = _Wait(self.clock.monotonic() + pause, pause)
        self.say("outbox_fault", partner=partner, reason=str(fault), retry_s=pause)

    def _stage(
        self,
        boxes: dict[str, tuple[Directory, Directory]],
        by_partner: dict[str, list[OutgoingRow]],
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
            with self.ledger.write() as conn:
                outgoing.mark(conn, staged, OutgoingState.STAGED)

    def _write(self, staging: Directory, rows: Iterable[OutgoingRow]) -> None:
        # Flushes of different files overlap: the disk takes them together.
        wrote = self.pool.map(lambda r: safefile.write_durable(staging, _staged(r), r.body), rows)
        for _ in wrote:
            pass
        safefile.sync_directory(staging)

    def _publish(
        self,
        boxes: dict[str, tuple[Directory, Directory]],
        by_partner: dict[str, list[OutgoingRow]],
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
        try:
            safefile.rename(
                staging, _staged(row), outbox, row.name, may_replace=False, is_flushed=False
            )
        except safefile.Missing:
            # Staged, and the staging file is gone: the rename happened before a crash.
            if row.state is OutgoingState.PENDING:
                raise
        except safefile.Exists:
            if row.state is not OutgoingState.BLOCKED:
                self.say(
                    "outbox_name_taken",
                    partner=row.partner,
                    file=row.name,
                    advice="remove what stands at this name; the file is delivered then",
                )
            return False
        return True

    def _mark(self, published: list[OutgoingRow], blocked: list[int]) -> None:
        if published or blocked:
            with self.ledger.write() as conn:
                outgoing.mark(conn, [row.id for row in published], OutgoingState.DELIVERED)
                outgoing.mark(conn, blocked, OutgoingState.BLOCKED)
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
