"""The process that posts: one thread a lane, each with a ledger and a channel of its own.

Whatever it knows is in the ledger, but for the site and the tables, which the daemon sends. So it
may be killed anywhere, like the daemon itself.
"""

from __future__ import annotations

import gc
import os
import threading
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from daemon import processes
from daemon.clock import Clock, SystemClock
from daemon.config import Configuration
from daemon.errors import EnvironmentFault
from daemon.eventlog import Level, shown
from daemon.intake.spool import Spool
from daemon.lanes.words import (
    Answer,
    Begin,
    Broke,
    Done,
    Event,
    Moved,
    Ready,
    Refused,
    Said,
    TurnAsked,
    TurnGiven,
    TurnOver,
    Waiting,
    Work,
)
from daemon.ledger.store import Ledger, open_ledger
from daemon.ledger.turns import Waits
from daemon.mapping.tableset import TableSet
from daemon.pipeline.drain import Drain
from daemon.warm_up import warm_up_postings

MOVED_S = 0.5
"""How often a lane that is long at work tells that it moves."""


@dataclass(slots=True)
class Channel:
    """The lane's end of its channel; where the daemon's end is gone, the lane ends (SystemExit)."""

    connection: Connection[Said, Begin | Work | TurnGiven]
    clock: Clock = field(default_factory=SystemClock)
    _events: list[Event] = field(default_factory=list)
    _moved_at: float = 0.0

    def hear(self) -> Begin | Work | TurnGiven:
        """Return what the daemon says next."""
        try:
            return self.connection.recv()
        except (OSError, EOFError) as error:
            raise SystemExit from error

    def answer(self, answer: Answer) -> None:
        """Say `answer`, and first what happened since the last one."""
        try:
            self.connection.send((tuple(self._events), answer))
        except OSError as error:
            raise SystemExit from error
        self._events.clear()

    def say(self, event: str, /, *, level: Level | None = None, **fields: object) -> None:
        """Tell an event, with the next answer, as a line shows it: errors and objects stay here."""
        self._events.append((event, level, shown(fields)))

    def moved(self) -> None:
        """Tell that the lane moves, though it answers nothing yet; now and then is enough."""
        now = self.clock.monotonic()
        if now - self._moved_at >= MOVED_S:
            self._moved_at = now
            self.answer(Moved())

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for the turn at the ledger, and have it while inside."""
        self.answer(TurnAsked())
        self.hear()
        try:
            yield
        finally:
            self.answer(TurnOver())


Counted = dict[str, set[int]]
"""What `Drain.counted` is; the lanes share it, since any of them may be a partner's next one."""


class ToldWaits(Waits):
    """Waits for a turn at the ledger's server, told to the daemon."""

    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self._channel = channel

    @contextmanager
    def noted(self) -> Iterator[None]:
        self._channel.answer(Waiting())
        try:
            yield
        finally:
            self._channel.answer(Moved())


@dataclass(frozen=True, slots=True)
class Lane:
    """What one lane works with, for one site."""

    site: Configuration
    ledger: Ledger
    spool: Spool
    drain: Drain

    @classmethod
    def open(cls, begin: Begin, channel: Channel, counted: Counted) -> Lane:
        site, clock, say = begin.site, begin.clock, channel.say
        spool = Spool(site.state / "spool")
        ledger = open_ledger(begin.ledger_url, clock.now, say, channel)
        ledger.moved = channel.moved
        if not ledger.is_sqlite:
            ledger.waits = ToldWaits(channel)
        names = [partner.name for partner in site.partner]
        tables = TableSet(site.mappings, names, clock, begin.tables)
        drain = Drain(site, ledger, tables, spool, clock, say, counted=counted)
        return cls(site, ledger, spool, drain)

    def close(self) -> None:
        self.spool.close()
        self.ledger.close()

    def work(self, work: Work) -> Answer:
        """Post a batch and say how it went."""
        if work.tables is not None:
            self.drain.tables.current = work.tables
        partner = self.site.partner_named(work.partner)
        try:
            return Done(self.drain.run_batch(partner) if partner else 0)
        except EnvironmentFault as fault:
            return Refused(str(fault))


def serve(channel: Channel, counted: Counted) -> None:
    """Do what the daemon says on `channel` until it has ended."""
    with closing(channel.connection):
        try:
            said = channel.hear()
            while isinstance(said, Begin):
                said = _serve_site(said, channel, counted)
        except EnvironmentFault as fault:
            channel.answer(Refused(str(fault)))
        except Exception:
            # The daemon ends with this, as with any bug that no catch-all stops.
            channel.answer(Broke(traceback.format_exc()))
            raise


def _serve_site(begin: Begin, channel: Channel, counted: Counted) -> Begin | TurnGiven:
    """Work for a site until the daemon says something else; return that."""
    warm_up_postings(begin.site)
    with closing(Lane.open(begin, channel, counted)) as lane:
        channel.answer(Ready())
        while isinstance(said := channel.hear(), Work):
            channel.answer(lane.work(said))
    return said


def main() -> None:
    """Serve the daemon, on the channels that it gave."""
    _, channels = processes.end_with_daemon()
    gc.freeze()
    counted: Counted = {}
    try:
        for number, fd in enumerate(channels):
            words = Channel(Connection(fd)), counted
            threading.Thread(target=serve, args=words, name=f"lane-{number}").start()
    except RuntimeError:
        # The system gives no more threads. The daemon would wait for the lane that is missing.
        traceback.print_exc()
        os._exit(1)


if __name__ == "__main__":
    main()
