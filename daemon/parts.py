"""The parts of a site, put together; and a run that drains what is there, in one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from daemon.clock import Clock
from daemon.config import Configuration
from daemon.delivery.local import LocalDelivery
from daemon.delivery.scribe import Scribe
from daemon.eventlog import Say
from daemon.intake.closings import Closings
from daemon.intake.inboxes import Intake
from daemon.intake.spool import Spool
from daemon.intake.watch import FolderWatch, Polling
from daemon.ledger import arrivals
from daemon.ledger.arrivals import LedgerArrivals
from daemon.ledger.store import Ledger
from daemon.mapping.tableset import TableSet
from daemon.operations import Completed, redrive
from daemon.pipeline.announce import Announcer
from daemon.pipeline.drain import Drain
from daemon.replies.advice import refusal_advice
from daemon.timers import DUE, Timers, of_connections
from daemon.trade.stock.new_products import Newcomers

if TYPE_CHECKING:
    from daemon.sftp.remote import RemoteLanes

DELIVERY_THREADS = 4
REDRIVE_MOST = 50
"""Documents completed at a time, so that the watchdog is fed and signals are heard in between."""
Step = Callable[[str], None]


def no_step(_name: str) -> None:
    """The crash point of a run that is to go on."""


@dataclass(slots=True)
class Parts:
    """What one engine works with; made by `parts()`."""

    site: Configuration
    ledger: Ledger
    tables: TableSet
    clock: Clock
    say: Say
    spool: Spool
    watch: FolderWatch | Polling
    closings: Closings
    intake: Intake
    drain: Drain
    delivery: LocalDelivery
    pool: ThreadPoolExecutor
    announcer: Announcer
    timers: Timers
    newcomers: Newcomers
    remote: RemoteLanes | None = None
    """The lanes to partners' own servers; None where no partner has one."""
    failed: set[int] = field(default_factory=set)
    """Held documents that could not be completed with the tables of `failed_with`."""
    failed_with: str = ""

    def today(self) -> date:
        return self.drain.today()

    def work(self, partner: str) -> int:
        """Post a partner's next batch; 0 when it has none."""
        found = self.site.partner_named(partner)
        return self.drain.run_batch(found) if found and self.site.serves(partner) else 0

    def announce(self) -> int:
        """Tell buyers what changed; return how many files that made."""
        return self.announcer.run()

    def _forget_failures(self, fingerprint: str) -> None:
        """New tables may mend what failed with the ones before."""
        if fingerprint != self.failed_with:
            self.failed.clear()
            self.failed_with = fingerprint

    def partners_with_work(self) -> list[str]:
        with self.ledger.read() as conn:
            return arrivals.partners_with_work(conn)

    def redrive(self) -> Completed:
        """Complete what the current tables free, and say what that was."""
        tables = self.tables.current
        self._forget_failures(tables.hash)
        completed = redrive(
            self.ledger, self.site, tables, self.today(), skipped=self.failed, most=REDRIVE_MOST
        )
        for outcome in completed.orders:
            self.say(
                "released",
                partner=outcome.origin.name,
                order=outcome.order.number,
                state=outcome.state.value,
            )
        if completed.lots:
            self.say("lots_released", lots=completed.lots)
        for failure in completed.failures:
            self.failed.add(failure.document_id)
            self.say("redrive_failed", document=failure.document_id, error=failure.error)
        return completed

    def visit_servers(self) -> int:
        """Poll partners' own servers and push to them, once; return how many were delivered."""
        if self.remote is None:
            return 0
        self.remote.wake()
        return self.remote.run_once()

    def close(self) -> None:
        if self.remote is not None:
            self.remote.stop()
        self.pool.shutdown()
        self.delivery.close()
        self.spool.close()


def parts(
    site: Configuration,
    ledger: Ledger,
    tables: TableSet,
    *,
    clock: Clock,
    say: Say,
    is_watching: bool,
    step: Step = no_step,
    delivery_threads: int = DELIVERY_THREADS,
    closings: Closings | None = None,
) -> Parts:
    """Put the parts of a site together; `step` is called at the named steps of the contract.

    `closings` of the parts before are kept, so that what was uploaded meanwhile is known as whole.
    """
    closings = closings or Closings()
    spool = Spool(site.state / "spool")
    watch = FolderWatch(clock, say) if is_watching else Polling()
    book = LedgerArrivals(ledger, refusal_advice)
    intake = Intake(
        site,
        book=book,
        spool=spool,
        clock=clock,
        say=say,
        watch=watch,
        closings=closings,
        step=step,
    )
    pool = ThreadPoolExecutor(delivery_threads, thread_name_prefix="flush")
    drain = Drain(site, ledger, tables, spool, clock, say, step)
    delivery = LocalDelivery(site, ledger, clock, say, pool, step, Scribe())
    announcer = Announcer(site, ledger, tables, clock, say)
    due = (*DUE, of_connections(site))
    made = Parts(
        *(site, ledger, tables, clock, say, spool, watch, closings, intake, drain, delivery),
        *(pool, announcer, Timers(site, ledger, tables, clock, say, due=due)),
        Newcomers(site, ledger, tables, say),
    )
    if any(partner.sftp for partner in site.here):
        from daemon.sftp.remote import RemoteLanes  # noqa: PLC0415  (SSH, only where it is used)

        made.remote = RemoteLanes(site, ledger, book, spool, clock=clock, say=say, step=step)
    return made


def run_once(p: Parts, *, patience_s: float) -> int:
    """Drain what is there, in this thread, and return how many files were delivered.

    Files that are still settling are waited for up to `patience_s`.
    """
    p.intake.recover()
    delivered, deadline = 0, p.clock.monotonic() + patience_s
    while True:
        delivered += p.visit_servers()
        results = p.intake.look_all()
        while p.redrive().has_more:
            pass
        for partner in p.partners_with_work():
            while p.work(partner):
                pass
        if p.newcomers.add(p.today()):
            while p.redrive().has_more:
                pass
        delivered += p.delivery.run()
        if p.announce():
            delivered += p.delivery.run()
        delivered += p.visit_servers()
        waits = [r.next_look_s for r in results.values() if r.next_look_s is not None]
        if p.remote is not None and (settling_s := p.remote.settling_s()) is not None:
            waits.append(settling_s)
        if any(r.claimed for r in results.values()):
            continue
        now = p.clock.monotonic()
        if not waits or now + min(waits) > deadline:
            unread = {name for name, look in results.items() if look.next_look_s is not None}
            return delivered + _on_time(p, unread)
        threading.Event().wait(min(waits))


def _on_time(p: Parts, unread: set[str]) -> int:
    """Do what is due by the clock, once all that has come is read; return what was delivered."""
    if not p.timers.run(unread):
        return 0
    p.announce()
    return p.delivery.run()
