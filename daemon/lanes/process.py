"""The daemon's side of the process that posts; each lane has a channel to it.

CPython runs one thread at a time. Beside a posting, which computes for tens of milliseconds, claims
and deliveries wait for the interpreter after each of their system calls, and the posting gives way
to them as often (decision 0014). In a process of its own it has a core to itself, and a file that
brings down whatever reads it leaves the daemon standing.

A ledger on SQLite has one writer: the lanes ask here for their turns, so that they come one after
another with the daemon's own. On PostgreSQL it is the turn to wait for the lock of postings.
"""

from __future__ import annotations

import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection

from daemon import processes
from daemon.clock import Clock
from daemon.config import Configuration
from daemon.errors import TRIED_AGAIN, EnvironmentFault
from daemon.eventlog import Say
from daemon.lanes.apart import Apart
from daemon.lanes.words import (
    Begin,
    Broke,
    Done,
    Moved,
    Refused,
    Said,
    TurnAsked,
    TurnGiven,
    TurnOver,
    Waiting,
    Work,
)
from daemon.ledger.store import Ledger
from daemon.mapping.tables import Tables

LANES = 2
MODULE = "daemon.lanes.posting"
START_S = 40.0
"""How long the process may take until it is ready; on a busy machine that is seconds. Less than the
45 s after which the lane that waits for it counts as stuck."""
STOP_S = 5.0
_LOST = (OSError, EOFError)


class PostingBroke(Exception):
    """A bug ended a lane of the posting process; the text is its traceback."""


@dataclass(frozen=True, slots=True)
class _Site:
    """What is worked for, and what of it stays in the daemon."""

    begin: Begin
    ledger: Ledger
    say: Say


@dataclass(slots=True)
class _Channel:
    """The daemon's end of one lane's channel."""

    connection: Connection[object, Said]
    tables: str = ""
    """Hash of those that the other end has."""

    def work(self, partner: str, tables: Tables, site: _Site) -> int:
        fresh = None if tables.hash == self.tables else bare(tables)
        self.connection.send(Work(partner, fresh))
        self.tables = tables.hash
        with ExitStack() as turn, ExitStack() as waiting:
            while True:
                said, answer = self.connection.recv()
                waiting.close()
                for event, level, fields in said:
                    site.say(event, level=level, **fields)
                match answer:
                    case TurnAsked():
                        turn.enter_context(site.ledger.turn())
                        self.connection.send(TurnGiven())
                    case TurnOver():
                        turn.close()
                    case Waiting():
                        waiting.enter_context(site.ledger.waits.noted())
                    case Moved():
                        site.ledger.moved()
                    case Done(count):
                        return count
                    case Refused(reason):
                        raise EnvironmentFault(reason)
                    case Broke(trace):
                        raise PostingBroke(trace)

    def begin(self, begin: Begin) -> None:
        self.connection.send(begin)
        self.tables = begin.tables.hash

    def await_ready(self, until_s: float) -> None:
        if not self.connection.poll(max(0.0, until_s - time.monotonic())):
            raise EOFError
        match self.connection.recv()[1]:
            case Refused(reason):
                raise EnvironmentFault(reason)
            case Broke(trace):
                raise PostingBroke(trace)


@dataclass(slots=True)
class _Running:
    """One process, and the channels to it that nobody uses at the moment."""

    process: subprocess.Popen[bytes]
    free: list[_Channel]
    begun: Begin | None = None
    is_lost: bool = False

    def begin(self, begin: Begin) -> None:
        for channel in self.free:
            channel.begin(begin)
        until_s = time.monotonic() + START_S
        for channel in self.free:
            channel.await_ready(until_s)
        self.begun = begin

    def take_back(self, channel: _Channel) -> None:
        if self.is_lost:
            channel.connection.close()
        else:
            self.free.append(channel)

    def end(self, patience_s: float = 0.0) -> None:
        """End the process; a lane that is at work in it hears that its channel broke."""
        self.is_lost = True
        for channel in self.free:
            channel.connection.close()
        try:
            self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(slots=True)
class PostingProcess:
    """Runs the postings of as many lanes at once as it has channels."""

    lanes: int = LANES
    _site: _Site | None = None
    _running: _Running | None = None
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _starter: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="posting")
    )
    """Starts processes: the kernel ends one with the thread that did, and lanes end at a reload."""
    _apart: Apart = field(default_factory=Apart)

    def start(self) -> None:
        """Start the process, so that it loads its modules meanwhile; harmless where it runs.

        Raises EnvironmentFault where the system starts no more processes.
        """
        with self._guard:
            self._started()

    @property
    def pid(self) -> int | None:
        """The id of the process; None where there is none at the moment."""
        running = self._running
        return running.process.pid if running is not None else None

    def begin(
        self, site: Configuration, tables: Tables, ledger: Ledger, clock: Clock, say: Say
    ) -> None:
        """Have the lanes work for `site` from now on; called while none works."""
        known = self._site
        if known is not None and known.begin.site is site and known.ledger is ledger:
            return
        # Not that of the site: a reload may name another, which waits for the next start.
        url = ledger.engine.url.render_as_string(hide_password=False)
        self._site = _Site(Begin(site, clock, bare(tables), url), ledger, say)

    def make_ready(self) -> None:
        """Return when the process has loaded what the site needs, as the first work does otherwise.

        Raises EnvironmentFault where it doesn't come up; each work tries again.
        """
        with self._guard:
            self._begun(self._known())

    def work(self, partner: str, tables: Tables) -> int:
        """Post a batch of `partner` as `Drain.run_batch` does; return how many files it had.

        A process that is lost is started anew. What it was at is an EnvironmentFault, and counts as
        an attempt of those files. A bug that ended the lane is `PostingBroke`.
        """
        site = self._known()
        with site.ledger.patiently(self._apart.at_work(partner)):
            with site.ledger.patiently(self._guard):
                running = self._begun(site)
                channel = running.free.pop()
            try:
                count = channel.work(partner, tables, site)
            except _LOST as error:
                self._apart.suspects.add(partner)
                self._lose(running)
                raise EnvironmentFault(_lost(running, f"work for {partner}")) from error
            finally:
                with self._guard:
                    running.take_back(channel)
            self._apart.suspects.discard(partner)
            return count

    def close(self) -> None:
        """End the process, if there is one; called while no lane works."""
        with self._guard:
            running, self._running = self._running, None
        if running is not None:
            running.end(STOP_S)
        self._starter.shutdown()

    def _started(self) -> _Running:
        if self._running is None:
            pairs: list[tuple[Connection[object, Said], Connection[Said, object]]] = []
            try:
                pairs.extend(Pipe() for _ in range(self.lanes))
                theirs_fds = [theirs.fileno() for _, theirs in pairs]
                process = self._starter.submit(processes.start, MODULE, theirs_fds).result()
            except OSError as error:
                for ours, _ in pairs:
                    ours.close()
                message = f"no process can be started to post: {error.strerror}"
                raise EnvironmentFault(f"{message}; {TRIED_AGAIN}") from error
            finally:
                for _, theirs in pairs:
                    theirs.close()
            self._running = _Running(process, [_Channel(ours) for ours, _ in pairs])
        return self._running

    def _known(self) -> _Site:
        if self._site is None:
            raise RuntimeError("work before begin")
        return self._site

    def _begun(self, site: _Site) -> _Running:
        """Return the process, ready for the site."""
        running = self._started()
        if running.begun is not site.begin:
            try:
                running.begin(site.begin)
            except (*_LOST, EnvironmentFault) as error:
                self._running = None
                running.end()
                if isinstance(error, EnvironmentFault):
                    raise
                raise EnvironmentFault(_lost(running, "its start")) from error
        return running

    def _lose(self, running: _Running) -> None:
        with self._guard:
            if self._running is running:
                self._running = None
            running.end()


def bare(tables: Tables) -> Tables:
    """Return `tables` without what was looked up in them, to which other threads add meanwhile."""
    return replace(tables, _answers={}, _likes={})


def _lost(running: _Running, at: str) -> str:
    code = running.process.returncode
    return f"the process that posts was lost at {at} (it ended with {code}); {TRIED_AGAIN}"
