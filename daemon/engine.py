"""The running parts of a site: inboxes, lanes, delivery, tables; started, watched and stopped.

Whatever wakes a part is only a hint. Each looks at the truth (folder or ledger) when woken, at its
start and from time to time, so that a lost hint costs a moment and never a file; and the first pass
after a start is the recovery (P11).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from daemon.clock import Clock, JumpWatch
from daemon.config import Configuration
from daemon.delivery.local import LocalDelivery
from daemon.delivery.scribe import Scribe
from daemon.errors import EnvironmentFault
from daemon.eventlog import Level, Say
from daemon.intake.ballast import ballast_of
from daemon.intake.closings import Closings
from daemon.intake.inboxes import Intake
from daemon.intake.spool import Spool
from daemon.intake.watch import FolderWatch, Polling
from daemon.lanes import LocalLanes
from daemon.ledger import arrivals
from daemon.ledger.arrivals import LedgerArrivals
from daemon.ledger.purging import Purging
from daemon.ledger.store import Ledger
from daemon.mapping.tableset import TableSet
from daemon.operations import Completed, redrive
from daemon.pipeline.announce import Announcer
from daemon.pipeline.drain import Drain
from daemon.replies.advice import refusal_advice
from daemon.sftp.opening import open_server
from daemon.timers import DUE, Timers, of_connections
from daemon.trade.stock.new_products import Newcomers
from daemon.warm_up import warm_up

if TYPE_CHECKING:
    from daemon.sftp.remote import RemoteLanes
    from daemon.sftp.server import SftpDoor

TICK_S = 0.5
LEDGER_LOOK_S = 1.0
DEBOUNCE_S = 1.0
DELIVERY_THREADS = 4
RETRY_S = 1.0
REDRIVE_AGAIN_S = 3.0
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


class Engine:
    """The threads of a running site."""

    def __init__(self, p: Parts, door: SftpDoor | None = None) -> None:
        """`door` is the embedded server of the engine before, running; its sessions go on."""
        self._p = p
        self._door = door
        self._stopping = threading.Event()
        self._to_deliver = threading.Event()
        self._lanes = LocalLanes(p.work, self._has_posted, p.clock, p.say)
        p.intake.hint = self._lanes.wake
        self._threads = [
            threading.Thread(target=self._guarded, args=(work,), name=name)
            for name, work in (("intake", self._take_in), ("delivery", self._deliver))
        ]
        self._beats: dict[str, float] = {}
        self._failed: BaseException | None = None
        self._next_ledger_look = 0.0
        self._purging = Purging(
            p.ledger, p.site.retention, p.clock, p.say, today=p.today, remove_spool=p.spool.remove
        )
        self._ballast = ballast_of(p.site, p.ledger, p.say)
        self._redrives = [0.0]
        """When waiting documents are to be tried with the current tables."""
        self._redriven_on = p.today()
        self._jumps = JumpWatch(p.clock)

    def start(self) -> None:
        p = self._p
        warm_up(p.site)
        self._door = open_server(p.site, p.clock, p.say, p.closings, self._door)
        self._p.intake.recover()
        if isinstance(self._p.watch, FolderWatch):
            self._p.watch.start()
        self._lanes.start()
        for thread in self._threads:
            thread.start()
        if self._p.remote is not None:
            self._p.remote.start()
        self._to_deliver.set()

    def hand_over(self) -> SftpDoor | None:
        """Return the embedded server, which `stop` then leaves running for the next engine."""
        door, self._door = self._door, None
        return door

    def stop(self) -> None:
        """Stop taking in, finish the transactions at work, deliver what is posted, and end."""
        if self._door is not None:
            self._door.stop()
        self._stopping.set()
        self._p.watch.wake()
        self._to_deliver.set()
        self._threads[0].join()
        if self._p.remote is not None:
            # What is posted after this waits in the ledger for the next start.
            self._p.remote.stop()
        self._lanes.stop()
        self._to_deliver.set()
        self._threads[1].join()
        if isinstance(self._p.watch, FolderWatch):
            self._p.watch.stop()
        self._p.close()

    def tick(self) -> None:
        """Look for new tables, and for work that another process put into the ledger.

        Raises what ended a thread: an engine with a dead part must not look alive.
        """
        failed = self._failed or self._lanes.failed
        if failed is not None:
            raise failed
        jump_s = self._jumps.check()
        if jump_s is not None:
            # Retention goes by dates: with a clock like this it would take away the wrong bytes.
            self._p.say("clock_jumped", level=Level.ALARM, seconds=round(jump_s))
        reloaded = self._p.tables.refresh()
        if reloaded is not None:
            if reloaded.is_good:
                self._p.say("tables_reloaded", hash=reloaded.tables.hash[:12])
            for problem in reloaded.problems:
                self._p.say("tables_refused", reason=problem)
        now = self._p.clock.monotonic()
        if reloaded is not None:
            # And once more soon: a posting may be at work that still uses the tables before.
            self._redrives = [now, now + REDRIVE_AGAIN_S]
        if reloaded is not None or now >= self._next_ledger_look:
            self._next_ledger_look = now + LEDGER_LOOK_S
            self._look_at_ledger(now)

    def _look_at_ledger(self, now: float) -> None:
        self._ballast.look()
        try:
            if self._p.newcomers.add(self._p.today()):
                self._redrives = [now, now + REDRIVE_AGAIN_S]
            # Agreements, rates and rows of tables have their first day.
            if (today := self._p.today()) != self._redriven_on:
                self._redriven_on, self._redrives = today, [now]
            is_due = bool(self._redrives) and now >= self._redrives[0]
            if is_due and not self._p.redrive().has_more:
                self._redrives.pop(0)
            busy = self._p.partners_with_work()
            for partner in busy:
                self._lanes.wake(partner)
            self._p.timers.tick(busy)
            self._to_deliver.set()
            if not self._jumps.has_jumped:
                self._purging.go_on()
        except EnvironmentFault as fault:
            self._p.say("ledger_fault", reason=str(fault), retry_s=LEDGER_LOOK_S)

    def slowest_s(self) -> float:
        """Return how long ago the slowest part moved."""
        now = self._p.clock.monotonic()
        oldest = max((now - beat for beat in self._beats.values()), default=0.0)
        remote_s = self._p.remote.slowest_s() if self._p.remote is not None else 0.0
        door_s = self._door.slowest_s() if self._door is not None else 0.0
        return max(oldest, self._lanes.oldest_beat_s(), remote_s, door_s)

    def _has_posted(self) -> None:
        """Hint at new files for partners."""
        self._to_deliver.set()
        if self._p.remote is not None:
            self._p.remote.wake()

    def _beat(self) -> None:
        self._beats[threading.current_thread().name] = self._p.clock.monotonic()

    def _guarded(self, work: Callable[[], None]) -> None:
        """Keep what ends a thread, for the main thread to raise."""
        try:
            work()
        except BaseException as error:
            self._failed = error
            raise

    def _take_in(self) -> None:
        while not self._stopping.is_set():
            self._beat()
            for partner in self._p.intake.due(TICK_S):
                if self._p.site.partner_named(partner) is None:
                    continue
                self._beat()
                self._p.intake.look(partner)

    def _deliver(self) -> None:
        """Deliver what is posted, and announce what changed, not more often than `DEBOUNCE_S`."""
        announce_at = 0.0
        while True:
            self._to_deliver.wait(TICK_S)
            self._to_deliver.clear()
            self._beat()
            is_last = self._lanes.is_stopped
            try:
                self._p.delivery.run()
                now = self._p.clock.monotonic()
                if self._lanes.is_idle or now >= announce_at:
                    announce_at = now + DEBOUNCE_S
                    if self._p.announce():
                        self._p.delivery.run()
                        self._has_posted()
            except EnvironmentFault as fault:
                self._p.say("delivery_fault", reason=str(fault), retry_s=RETRY_S)
                self._stopping.wait(RETRY_S)
            if is_last:
                return
