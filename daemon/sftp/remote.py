"""Lanes to partners' servers: one thread and one session a partner; none waits for another (P9).

A lane polls and pushes in turn. After a fault of the connection it rests, 1 s at first and up to
5 minutes, with jitter so that many lanes don't come back at once; a server that shows a wrong host
key or refuses our login is an alarm, said once, and tried again every 5 minutes only.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass

from daemon.clock import Clock
from daemon.config import Configuration, Partner, SftpRemote, credential
from daemon.errors import EnvironmentFault
from daemon.eventlog import Say
from daemon.intake.pressure import Lasting
from daemon.intake.spool import Spool
from daemon.ledger.claims import ArrivalBook
from daemon.ledger.store import Ledger
from daemon.sftp.faults import HostKeyFault, LoginFault, RemoteFault
from daemon.sftp.pull import Books, Pull
from daemon.sftp.push import Push
from daemon.sftp.session import Session

FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 300.0
PUSH_EVERY_S = 15.0
JITTER = 0.1
"""Polls come this share earlier or later."""
_BY_CHANCE = random.SystemRandom()
GRACE_S = 10.0
"""What a lane has to end its batch when the service stops."""
CUT_S = 5.0
"""What it has after its session was cut."""
SETUP_S = 60.0
"""What looking up a name and trying its addresses may take besides the session's own limits."""
_CONDITIONS = {
    HostKeyFault: "host_key_failed",
    LoginFault: "login_failed",
    RemoteFault: "remote_fault",
}

Step = Callable[[str], None]


@dataclass(slots=True)
class _Duty:
    """Something that a lane does from time to time."""

    event: str
    """What is said while it fails for a reason that is not the connection."""
    work: Callable[[], float]
    """Does it, and returns after how many seconds again."""
    next_at: float = 0.0
    pause_s: float = 0.0
    is_asked: bool = False
    """Whether it is to be done as soon as possible, whatever `next_at` says; any thread asks."""

    def is_due(self, now: float) -> bool:
        return self.is_asked or now >= self.next_at


class _Lane:
    """One partner's thread: its session, its polls and its pushes."""

    def __init__(
        self,
        partner: Partner,
        remote: SftpRemote,
        books: Books,
        on_claimed: Callable[[str], None],
    ) -> None:
        self.name = partner.name
        self._books = books
        self._clock = books.clock
        self._remote = remote
        self._on_claimed = on_claimed
        root = books.site.root
        self._session = Session(
            remote, lambda name: credential(name, root), books.clock, name=f"sftp-{partner.name}"
        )
        self._pull = Pull(partner, books, self._session, self._pause) if remote.pull else None
        self._push = self._pusher(partner) if remote.push else None
        self._duties = [
            *([_Duty("push_fault", self._do_push)] if self._push else []),
            *([_Duty("pull_fault", self._do_pull)] if self._pull else []),
        ]
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self._rests_until = 0.0
        self._rest_s = 0.0
        self._busy_since: float | None = None
        self._dead_at: float | None = None
        self._overdue_look_at = 0.0
        self._settles_at: float | None = None
        self.delivered = 0

    def _pusher(self, partner: Partner) -> Push:
        books = self._books
        return Push(
            partner,
            self._session,
            ledger=books.ledger,
            clock=books.clock,
            say=books.say,
            lasting=books.lasting,
            step=books.step,
        )

    def start(self) -> None:
        self._dead_at = None
        thread = threading.Thread(target=self._run, name=f"sftp-{self.name}", daemon=True)
        thread.start()
        self._thread = thread

    def ask_to_stop(self) -> None:
        self._stopping.set()
        self._woken.set()

    def join(self, timeout_s: float) -> None:
        """Wait for the lane's end, at most `timeout_s`."""
        if self._thread is None:
            self._session.drop()
        else:
            self._thread.join(timeout_s)

    def cut(self) -> None:
        """End what keeps the lane from ending."""
        if self._thread is not None and self._thread.is_alive():
            self._session.abort()

    def wake(self) -> None:
        """Push soon."""
        for duty in self._duties:
            if duty.event == "push_fault":
                duty.is_asked = True
        self._woken.set()

    def stuck_s(self) -> float:
        """Return for how long the lane has been past what its time limits allow.

        That it waits for its turn at the ledger is no fault of its own.
        """
        since, thread = self._busy_since, self._thread
        if since is None or (thread is not None and thread.ident in self._books.ledger.waits):
            return 0.0
        allowed = 2 * self._remote.timeout_s + SETUP_S
        moved_at = max(since, self._session.moved_at)
        return max(0.0, self._clock.monotonic() - moved_at - allowed)

    def settling_s(self) -> float | None:
        """Return the seconds until a file that settles is worth a look; None without one."""
        if self._settles_at is None or self._clock.monotonic() < self._rests_until:
            return None
        return max(0.0, self._settles_at - self._clock.monotonic())

    def revive(self) -> None:
        """Start the lane again, after a rest, when a bug ended it."""
        if self._dead_at is None or self._stopping.is_set():
            return
        if self._clock.monotonic() - self._dead_at >= LONGEST_RETRY_S:
            self.start()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self.pass_once()
                self._woken.wait(self._wait_s())
                self._woken.clear()
        except Exception as error:
            # A bug in the work for one partner must not end the service for the others; this lane
            # begins anew after a while.
            self._dead_at = self._clock.monotonic()
            self._books.say("remote_lane_crashed", partner=self.name, error=error)
            raise
        finally:
            self._busy_since = None
            self._session.drop()

    def _wait_s(self) -> float:
        now = self._clock.monotonic()
        soonest = min(now if duty.is_due(now) else duty.next_at for duty in self._duties)
        return max(0.0, max(soonest, self._rests_until) - now)

    def pass_once(self) -> None:
        """Do what is due; faults are said, and make the lane or the duty rest."""
        self._busy_since = self._clock.monotonic()
        self._tell_overdue()
        for duty in self._duties:
            now = self._clock.monotonic()
            if self._stopping.is_set() or now < self._rests_until:
                break
            if not duty.is_due(now):
                continue
            # Before the work: what is asked for during it may be too late for it.
            duty.is_asked = False
            try:
                again_s = duty.work()
            except RemoteFault as fault:
                self._rest(fault)
            except EnvironmentFault as fault:
                duty.pause_s = min(2 * duty.pause_s, LONGEST_RETRY_S) or FIRST_RETRY_S
                self._books.lasting.begin(
                    self.name,
                    duty.event,
                    partner=self.name,
                    reason=str(fault),
                    retry_s=duty.pause_s,
                )
                duty.next_at = self._clock.monotonic() + duty.pause_s
            else:
                duty.pause_s = self._rest_s = 0.0
                duty.next_at = self._clock.monotonic() + again_s
                self._tell_well(duty)
        self._busy_since = None

    def _do_pull(self) -> float:
        if self._pull is None:
            return LONGEST_RETRY_S
        result = self._pull.look()
        if result.claimed:
            self._on_claimed(self.name)
        wait_s = result.next_look_s
        self._settles_at = None if wait_s is None else self._clock.monotonic() + wait_s
        every_s = self._pull.settings.every_s * _BY_CHANCE.uniform(1 - JITTER, 1 + JITTER)
        return every_s if wait_s is None else min(every_s, wait_s)

    def _do_push(self) -> float:
        if self._push is not None:
            self.delivered += self._push.run()
        return PUSH_EVERY_S

    def _rest(self, fault: RemoteFault) -> None:
        """Give the connection up and stay away for a while."""
        self._session.drop()
        if isinstance(fault, HostKeyFault | LoginFault):
            # Nothing mends this but a person, and servers lock out who tries too often.
            pause_s = LONGEST_RETRY_S
        else:
            self._rest_s = min(2 * self._rest_s, LONGEST_RETRY_S) or FIRST_RETRY_S
            pause_s = _BY_CHANCE.uniform(0.0, self._rest_s)
        self._rests_until = self._clock.monotonic() + pause_s
        self._books.lasting.begin(
            self.name,
            _CONDITIONS.get(type(fault), "remote_fault"),
            partner=self.name,
            host=self._session.host,
            reason=str(fault),
            retry_s=round(pause_s, 1),
        )

    def _tell_well(self, duty: _Duty) -> None:
        self._books.lasting.end(self.name, duty.event, f"{duty.event.removesuffix('_fault')}_back")
        if self._session.is_open:
            for condition in _CONDITIONS.values():
                self._books.lasting.end(self.name, condition, "remote_back")

    def _tell_overdue(self) -> None:
        now = self._clock.monotonic()
        if self._push is None or now < self._overdue_look_at:
            return
        self._overdue_look_at = now + PUSH_EVERY_S
        try:
            self._push.check_overdue()
        except EnvironmentFault as fault:
            self._books.lasting.begin(self.name, "push_fault", partner=self.name, reason=str(fault))

    def _pause(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise RemoteFault("the service is stopping")


class RemoteLanes:
    """Everything that goes to and from partners' own servers."""

    def __init__(
        self,
        site: Configuration,
        ledger: Ledger,
        book: ArrivalBook,
        spool: Spool,
        *,
        clock: Clock,
        say: Say,
        step: Step = lambda _name: None,
        on_claimed: Callable[[str], None] = lambda _partner: None,
    ) -> None:
        """Connect nothing yet. `on_claimed` hears of partners that have new arrivals."""
        books = Books(site, ledger, book, spool, clock, say, Lasting(say), step)
        self._clock = clock
        self._lanes = {
            partner.name: _Lane(partner, partner.sftp, books, on_claimed)
            for partner in site.here
            if partner.sftp is not None
        }

    @property
    def partners(self) -> list[str]:
        """The partners that have a lane."""
        return list(self._lanes)

    def start(self) -> None:
        for lane in self._lanes.values():
            lane.start()

    def stop(self) -> None:
        """Let every lane end its batch; cut those that take longer than 10 s.

        A lane that still waits for a name server or a disk then is left behind: it gets no session
        and, once that is closed, no spool.
        """
        lanes = self._lanes.values()
        for lane in lanes:
            lane.ask_to_stop()
        for limit_s in (GRACE_S, CUT_S):
            ends_at = self._clock.monotonic() + limit_s
            for lane in lanes:
                lane.join(max(0.0, ends_at - self._clock.monotonic()))
            for lane in lanes:
                lane.cut()

    def wake(self, partner: str | None = None) -> None:
        """Push soon, to `partner` or to all; harmless where nothing waits."""
        for lane in self._lanes.values() if partner is None else self._some(partner):
            lane.wake()

    def _some(self, partner: str) -> list[_Lane]:
        lane = self._lanes.get(partner)
        return [lane] if lane else []

    def run_once(self) -> int:
        """Poll and push once for every partner, side by side; return how many were delivered."""
        before = sum(lane.delivered for lane in self._lanes.values())
        threads = [
            threading.Thread(target=lane.pass_once, name=f"sftp-{lane.name}", daemon=True)
            for lane in self._lanes.values()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(lane.delivered for lane in self._lanes.values()) - before

    def settling_s(self) -> float | None:
        """Return the seconds until a file that settles is worth another pass; None without one."""
        waits = [lane.settling_s() for lane in self._lanes.values()]
        return min((wait for wait in waits if wait is not None), default=None)

    def revive(self) -> None:
        """Start again, after a rest, the lanes that a bug ended."""
        for lane in self._lanes.values():
            lane.revive()

    def slowest_s(self) -> float:
        """Return how long the slowest lane has been past its own time limits; 0 where none is.

        A server that doesn't answer is no reason to call the service stuck.
        """
        return max((lane.stuck_s() for lane in self._lanes.values()), default=0.0)
