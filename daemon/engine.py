"""A running site: its threads for inboxes, lanes and delivery; started, watched and stopped.

Whatever wakes a part is only a hint. Each looks at the truth (folder or ledger) when woken, at its
start and from time to time, so that a lost hint costs a moment and never a file; and the first pass
after a start is the recovery (P11).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from daemon.beats import Beats
from daemon.clock import JumpWatch
from daemon.errors import EnvironmentFault
from daemon.eventlog import Level
from daemon.intake.ballast import ballast_of
from daemon.intake.watch import FolderWatch
from daemon.lanes.local import LocalLanes
from daemon.lanes.process import PostingProcess
from daemon.ledger.purging import Purging
from daemon.parts import Parts
from daemon.sftp.opening import open_server
from daemon.warm_up import warm_up

if TYPE_CHECKING:
    from daemon.sftp.server import SftpDoor

TICK_S = 0.5
LEDGER_LOOK_S = 1.0
DEBOUNCE_S = 1.0
RETRY_S = 1.0
REDRIVE_AGAIN_S = 3.0


class Engine:
    """The threads of a running site."""

    def __init__(
        self, p: Parts, door: SftpDoor | None = None, posting: PostingProcess | None = None
    ) -> None:
        """`door` is the embedded server of the engine before, running; its sessions go on.

        `posting` is the process that posts for the lanes; without it they do so themselves.
        """
        self._p = p
        self._door = door
        self._posting = posting
        self._stopping = threading.Event()
        self._to_deliver = threading.Event()
        self._beats = Beats(p.clock, p.ledger.waits)
        self._lanes = LocalLanes(self._post, self._has_posted, p.clock, p.say, self._beats)
        p.intake.hint = self._lanes.wake
        self._threads = [
            threading.Thread(target=self._guarded, args=(work,), name=name)
            for name, work in (("intake", self._take_in), ("delivery", self._deliver))
        ]
        self._loading = threading.Thread(
            target=self._guarded, args=(self._make_posting_ready,), name="posting"
        )
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
        """Start every part; where one can't be started, those that run end, and it is raised."""
        try:
            self._start()
        except BaseException:
            # A service whose start failed must end, and it ends with the last of its threads.
            self.stop()
            raise

    def _start(self) -> None:
        p = self._p
        p.ledger.moved = self._beats.go_on
        if self._posting is not None:
            self._posting.begin(p.site, p.tables.current, p.ledger, p.clock, p.say)
        self._loading.start()
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
        self._loading.join()

    def _make_posting_ready(self) -> None:
        """Let the posting process load what it needs while files are taken in already."""
        if self._posting is not None:
            try:
                self._posting.make_ready()
            except EnvironmentFault as fault:
                self._p.say("posting_failed", reason=str(fault))

    def _post(self, partner: str) -> int:
        """Post a partner's next batch, where it is served here; 0 when it has none."""
        if self._posting is None:
            return self._p.work(partner)
        is_ours = self._p.site.serves(partner)
        return self._posting.work(partner, self._p.tables.current) if is_ours else 0

    def hand_over(self) -> SftpDoor | None:
        """Return the embedded server, which `stop` then leaves running for the next engine."""
        door, self._door = self._door, None
        return door

    def stop(self) -> None:
        """Stop taking in, finish the transactions at work, deliver what is posted, and end."""
        self._beats.rest()
        if self._door is not None:
            self._door.stop()
        self._stopping.set()
        self._p.watch.wake()
        self._to_deliver.set()
        _await_end(self._threads[0])
        if self._p.remote is not None:
            # What is posted after this waits in the ledger for the next start.
            self._p.remote.stop()
        self._lanes.stop()
        self._to_deliver.set()
        _await_end(self._threads[1])
        _await_end(self._loading)
        if isinstance(self._p.watch, FolderWatch):
            self._p.watch.stop()
        self._p.close()

    def tick(self) -> None:
        """Look for new tables, and for work that another process put into the ledger.

        Raises what ended a thread: an engine with a dead part must not look alive.
        """
        self._beats.beat()
        failed = self._failed or self._lanes.failed
        if failed is not None:
            raise failed
        if self._p.remote is not None:
            self._p.remote.revive()
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
        """Return how long ago the slowest part moved; asked by a thread of the pulse."""
        remote_s = self._p.remote.slowest_s() if self._p.remote is not None else 0.0
        # Looked up once: a reload hands it over meanwhile.
        door = self._door
        door_s = door.slowest_s() if door is not None else 0.0
        return max(self._beats.slowest_s(), remote_s, door_s)

    def _has_posted(self) -> None:
        """Hint at new files for partners."""
        self._to_deliver.set()
        if self._p.remote is not None:
            self._p.remote.wake()

    def _guarded(self, work: Callable[[], None]) -> None:
        """Keep what ends a thread, for the main thread to raise."""
        try:
            work()
        except BaseException as error:
            self._failed = error
            raise
        finally:
            self._beats.rest()

    def _take_in(self) -> None:
        while not self._stopping.is_set():
            self._beats.beat()
            for partner in self._p.intake.due(TICK_S):
                if self._p.site.partner_named(partner) is None:
                    continue
                self._beats.beat()
                self._p.intake.look(partner)

    def _deliver(self) -> None:
        """Deliver what is posted, and announce what changed, not more often than `DEBOUNCE_S`."""
        announce_at = 0.0
        while True:
            self._to_deliver.wait(TICK_S)
            self._to_deliver.clear()
            self._beats.beat()
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


def _await_end(thread: threading.Thread) -> None:
    """Wait until a thread has ended; one that was never started has."""
    if thread.ident is not None:
        thread.join()
