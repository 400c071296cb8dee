"""The service: one daemon per site, from lock to last delivery, as systemd or a terminal runs it.

SIGTERM and SIGINT finish the transactions at work and deliver what they posted; SIGHUP reads the
configuration and the tables again, and keeps the old ones where the new ones have problems.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from daemon import config, safefile
from daemon.clock import Clock, SystemClock
from daemon.config import Configuration
from daemon.engine import TICK_S, Engine
from daemon.errors import EnvironmentFault, SiteError
from daemon.eventlog import EventLog, Level, Say
from daemon.intake.closings import Closings
from daemon.journal import is_read_by_journal
from daemon.lanes.process import PostingProcess
from daemon.ledger import arrivals, mapping_sets
from daemon.ledger.migrate import upgrade
from daemon.ledger.served import PATIENCE_S as PATIENT_S
from daemon.ledger.served import SHORT_PATIENCE_S, Served
from daemon.ledger.store import Ledger, open_ledger
from daemon.mapping.tableset import TableSet
from daemon.notify import Notifier
from daemon.parts import Parts, parts, run_once
from daemon.pulse import Pulse, pulsing
from daemon.samples import Wave, install_samples, sample_day
from daemon.startup import allow_open_files, behind, refuse_misplaced, upgrade_patiently
from daemon.steering import Steering, StopAsked, steered

PATIENCE_S = 15.0
SERVED_LOOK_S = 5.0


def run(
    root: Path, *, once: bool = False, pretty: bool | None = None, samples: bool = False
) -> int:
    """Run the site in `root` until it is told to stop; return the exit code.

    With `once` only what is there is drained. With `samples` the sample network's files are put
    into the inboxes while no file has come in yet, whoever made the ledger.
    """
    site = config.load(root)
    allow_open_files()
    is_pretty = sys.stderr.isatty() if pretty is None else pretty
    # A person at a terminal sees every step of a file; a journal keeps what became of it.
    say = EventLog(
        sys.stderr,
        pretty=is_pretty,
        floor=Level.DEBUG if is_pretty else Level.INFO,
        is_marked=is_read_by_journal(sys.stderr),
    )
    if once:
        return _once(site, SystemClock(), say, samples=samples)
    with steered() as steering, closing(PostingProcess()) as posting:
        # It loads its modules while the ledger is opened; what is in the way of it is said later.
        with suppress(EnvironmentFault):
            posting.start()
        ended: Configuration | int = site
        while not isinstance(ended, int):
            ended = _start(
                root, ended, SystemClock(), say, steering, posting=posting, samples=samples
            )
        return ended


@contextmanager
def _opened(site: Configuration, clock: Clock, say: Say) -> Iterator[Ledger]:
    """Hold the site and open its ledger, which may not have been upgraded yet."""
    refuse_misplaced(site)
    safefile.make_directories(site.state)
    with safefile.open_directory(site.state) as state, safefile.exclusive(state):
        ledger = open_ledger(site.ledger_url, clock.now, say)
        try:
            yield ledger
        finally:
            ledger.close()


def _start(
    root: Path,
    site: Configuration,
    clock: Clock,
    say: Say,
    steering: Steering,
    *,
    posting: PostingProcess,
    samples: bool,
) -> Configuration | int:
    """Serve `site`, and return the exit code.

    A configuration that is read again while the ledger's server is waited for is returned instead:
    it may name another server, or another state folder.
    """
    notifier = Notifier.from_environment(os.environ)
    with _opened(site, clock, say) as ledger:
        while (
            asked := upgrade_patiently(ledger, steering, clock=clock, say=say, notifier=notifier)
        ) is not None:
            if asked is not signal.SIGHUP:
                return _stopped(asked, notifier, say)
            if (fresh := _configuration_anew(root, say)) is not None:
                return fresh
        served = Served(ledger, steering.pause)
        try:
            served.hold(_names(site), patience_s=PATIENT_S)
            make_folders(site, say)
            if (reason := behind(site, ledger)) is not None:
                say("ledger_behind", level=Level.ALARM, reason=reason)
            wants_samples = samples and not _have_come(ledger)
            day = sample_day(site, ledger, clock, say, patience_s=PATIENCE_S)
            with pulsing(notifier) as pulse, day as drop_samples:
                return _serve(
                    *(root, site, served, clock, say),
                    steering=steering,
                    posting=posting,
                    pulse=pulse,
                    drop_samples=drop_samples if wants_samples else None,
                )
        except StopAsked as asked_to:
            return _stopped(asked_to.by, notifier, say)
        finally:
            served.close()


def _stopped(by: signal.Signals, notifier: Notifier, say: Say) -> int:
    notifier.stopping("drained")
    say("stopped", reason=by.name)
    return 0


def _configuration_anew(root: Path, say: Say) -> Configuration | None:
    """Return the configuration as it stands now; None, said why, with problems."""
    try:
        fresh = config.load(root)
        refuse_misplaced(fresh)
    except SiteError as error:
        for problem in error.problems:
            say("reload_refused", reason=problem)
        return None
    say("reloaded", partners=len(fresh.partner))
    return fresh


def _have_come(ledger: Ledger) -> bool:
    with ledger.read() as conn:
        return arrivals.have_come(conn)


def _names(site: Configuration) -> list[str]:
    return [partner.name for partner in site.here]


def make_folders(site: Configuration, say: Say | None = None) -> None:
    """Make the inbox and outbox of every partner where they are missing.

    With `say` a partner whose folders can't be made is told of, and the others are served: intake
    and delivery try again. Without it that is an EnvironmentFault.
    """
    for partner in site.here:
        try:
            safefile.make_directories(site.inbox(partner.name))
            safefile.make_directories(site.outbox(partner.name))
        except EnvironmentFault as fault:
            if say is None:
                raise
            say("folders_failed", partner=partner.name, reason=str(fault))


def open_tables(site: Configuration, clock: Clock) -> TableSet:
    """Return the site's mapping tables; a SiteError lists every problem in them."""
    return TableSet.open(site.mappings, [p.name for p in site.partner], clock)


def _tables_to_start_with(site: Configuration, ledger: Ledger, clock: Clock, say: Say) -> TableSet:
    """Return the site's tables, or those used last where somebody has spoilt them since.

    A row that a running daemon would refuse and go on must not keep it from coming up again after a
    power cut. What is wrong is said; the files are taken as soon as they are mended.
    """

    def before() -> dict[str, bytes] | None:
        with ledger.read() as conn:
            return mapping_sets.last_used(conn, site.host, _names(site))

    names = [partner.name for partner in site.partner]
    tables = TableSet.open(site.mappings, names, clock, before=before)
    for problem in tables.problems:
        say("tables_refused", reason=problem)
    if tables.problems:
        say("tables_used_last", level=Level.WARNING, hash=tables.current.hash[:12])
    return tables


def _once(site: Configuration, clock: Clock, say: Say, *, samples: bool) -> int:
    """Drain what is there and end; nobody waits here for a server that is away."""
    with _opened(site, clock, say) as ledger:
        upgrade(ledger)
        served = Served(ledger)
        try:
            served.hold(_names(site), patience_s=SHORT_PATIENCE_S)
            make_folders(site, say)
            wants_samples = samples and not _have_come(ledger)
            delivered = _drained(site, ledger, clock, say, wants_samples=wants_samples)
        finally:
            served.close()
    say("drained", files=delivered)
    return 0


def _drained(
    site: Configuration, ledger: Ledger, clock: Clock, say: Say, *, wants_samples: bool
) -> int:
    """Return how many files were delivered."""
    p = parts(
        site,
        ledger,
        open_tables(site, clock),
        clock=clock,
        say=say,
        is_watching=False,
        delivery_threads=1,
    )
    try:
        delivered = 0
        if wants_samples:
            today = p.today()
            install_samples(site, today, Wave.STOCK)
            delivered = run_once(p, patience_s=PATIENCE_S)
            install_samples(site, today, Wave.ORDERS)
        return delivered + run_once(p, patience_s=PATIENCE_S)
    finally:
        p.close()


def _serve(
    root: Path,
    site: Configuration,
    served: Served,
    clock: Clock,
    say: Say,
    *,
    steering: Steering,
    posting: PostingProcess,
    pulse: Pulse,
    drop_samples: Callable[[], None] | None,
) -> int:
    ledger, notifier = served.ledger, pulse.notifier
    tables = _tables_to_start_with(site, ledger, clock, say)
    # These outlive a reload: a partner in the middle of an upload is not cut off.
    closings, door = Closings(), None
    while True:
        p = parts(site, ledger, tables, clock=clock, say=say, is_watching=True, closings=closings)
        engine = Engine(p, door, posting)
        engine.start()
        pulse.slowest_s = engine.slowest_s
        say("ready", partners=len(site.here), ledger=ledger.engine.dialect.name)
        notifier.ready(f"watching {len(site.here)} inboxes")
        fresh: tuple[Configuration, TableSet] | None = None
        try:
            if drop_samples is not None:
                drop_samples()
                drop_samples = None
            while fresh is None:
                stop = _watch_over(engine, p, served, steering)
                if stop is not signal.SIGHUP:
                    break
                notifier.reloading(time.monotonic_ns())
                # What is refused touches nothing: no session ends, no file waits for it.
                fresh = _reloaded(root, served, clock, say)
                if fresh is None:
                    notifier.ready("going on as before: the new configuration has problems")
        finally:
            door = engine.hand_over() if fresh is not None else None
            engine.stop()
        if fresh is None:
            return _stopped(stop, notifier, say)
        site, tables = fresh


def _watch_over(engine: Engine, p: Parts, served: Served, steering: Steering) -> signal.Signals:
    """Let the engine look after its parts; return the signal that ends the watch."""
    looked_at = 0.0
    while True:
        if (arrived := steering.next(TICK_S)) is not None:
            return arrived
        engine.tick()
        now = p.clock.monotonic()
        if now - looked_at >= SERVED_LOOK_S:
            served.look()
            looked_at = now


def _reloaded(
    root: Path, served: Served, clock: Clock, say: Say
) -> tuple[Configuration, TableSet] | None:
    """Return the configuration and tables as they stand now; None, said why, with problems."""
    try:
        fresh = config.load(root)
        made = open_tables(fresh, clock)
        make_folders(fresh)
        served.hold(_names(fresh))
    except SiteError as error:
        for problem in error.problems:
            say("reload_refused", reason=problem)
        return None
    except EnvironmentFault as fault:
        say("reload_refused", reason=str(fault))
        return None
    say("reloaded", partners=len(fresh.partner))
    return fresh, made
