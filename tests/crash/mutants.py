"""The daemon with one promise broken at a time, to see that the crash tests find it.

Each mutant changes the running program in the child that is about to be killed or recovered, never
a file. A crash test that passes a mutant proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.pool import ConnectionPoolEntry

from daemon import disk, safefile
from daemon.delivery import local
from daemon.delivery.local import LocalDelivery
from daemon.intake import claim
from daemon.intake.claim import Claim
from daemon.ledger import arrivals, outgoing, schema, store
from daemon.ledger.arrivals import LedgerArrivals
from daemon.ledger.outgoing import OutgoingRow
from daemon.ledger.states import OutgoingState
from daemon.safefile import Directory

Boxes = dict[str, tuple[Directory, Directory]]
ByPartner = dict[str, list[OutgoingRow]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A broken promise and where a kill shows it: at these steps, or before these calls."""

    break_it: Callable[[], None]
    steps: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    """Empty in both: only a power cut shows it."""


def swap(owner: object, name: str, other: object) -> None:
    """Put `other` in the place of `name` of a module or class, for this program only."""
    setattr(owner, name, other)


def _removed_before_accepted() -> None:
    """Unlink the partner's file, then commit its row (P1)."""
    accept = claim._Claiming.accept

    def early(self: claim._Claiming) -> None:
        for _, one in self._batch:
            safefile.unlink_same(self._drop.folder, one.name, one.identity)
            self._step("C6")
        accept(self)

    swap(claim._Claiming, "accept", early)


def _written_again() -> None:
    """Take a staging file that is gone for one that was never written (P7)."""
    rename = LocalDelivery._rename

    def again(self: LocalDelivery, row: OutgoingRow, outbox: Directory, staging: Directory) -> bool:
        try:
            safefile.inode(staging, local._staged(row))
        except safefile.Missing:
            safefile.write_durable(staging, local._staged(row), row.body)
        return rename(self, row, outbox, staging)

    swap(LocalDelivery, "_rename", again)


def _accepted_twice() -> None:
    """Take a file that is accepted but still there for another file (P3)."""
    accept = LedgerArrivals.accept

    def as_new(self: LedgerArrivals, claims: Sequence[Claim]) -> Sequence[int]:
        with self._ledger.read() as conn:
            count = conn.execute(select(func.count()).select_from(schema.arrivals)).scalar_one()
        return accept(
            self,
            [
                replace(c, identity=replace(c.identity, ctime_ns=c.identity.ctime_ns + count))
                for c in claims
            ],
        )

    swap(LedgerArrivals, "accept", as_new)


def _left_in_the_inbox() -> None:
    """Recognise a file that is accepted, and leave it where it is (P11)."""
    accept = claim._Claiming.accept

    def forgetful(self: claim._Claiming) -> None:
        claims = [one for _, one in self._batch]
        book = self._book
        assert isinstance(book, LedgerArrivals)
        with book._ledger.read() as conn:
            known = arrivals._known(conn, claims)
        self._batch = [(due, c) for due, c in self._batch if arrivals._identity(c) not in known]
        accept(self)

    swap(claim._Claiming, "accept", forgetful)


def _delivered_too_early() -> None:
    """Call a file delivered, then rename it into the outbox (P7)."""
    publish = LocalDelivery._publish

    def early(self: LocalDelivery, boxes: Boxes, by_partner: ByPartner) -> int:
        ids = [row.id for rows in by_partner.values() for row in rows]
        outgoing.mark(self.ledger, {OutgoingState.DELIVERED: ids})
        return publish(self, boxes, by_partner)

    swap(LocalDelivery, "_publish", early)


def _written_in_place() -> None:
    """Write an outgoing file under its final name (P6)."""

    def stage(_self: LocalDelivery, _staging: Directory, _rows: object) -> None:
        return None

    def write(
        _self: LocalDelivery, row: OutgoingRow, outbox: Directory, _staging: Directory
    ) -> bool:
        safefile.write_durable(outbox, row.name, row.body)
        return True

    swap(LocalDelivery, "_write", stage)
    swap(LocalDelivery, "_rename", write)


def _never_flushed() -> None:
    """Leave files and folders to the kernel (fsync rules 1 to 3)."""

    def leave(_fd: int) -> None:
        return None

    swap(disk, "flush", leave)


def _ledger_not_flushed() -> None:
    """Let SQLite commit without flushing (fsync rule 6)."""
    prepare = store._prepare_sqlite

    def hasty(connection: Any, record: ConnectionPoolEntry) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=NORMAL")

    swap(store, "_prepare_sqlite", hasty)


MUTANTS: dict[str, Mutant] = {
    "removed-before-accepted": Mutant(_removed_before_accepted, steps=("C6",)),
    "written-again": Mutant(_written_again, steps=("C11",)),
    "accepted-twice": Mutant(_accepted_twice, steps=("C5",)),
    "left-in-the-inbox": Mutant(_left_in_the_inbox, steps=("C5",)),
    "delivered-too-early": Mutant(_delivered_too_early, calls=("renameat2",)),
    "written-in-place": Mutant(_written_in_place, calls=("write",)),
    "never-flushed": Mutant(_never_flushed),
    "ledger-not-flushed": Mutant(_ledger_not_flushed),
}
