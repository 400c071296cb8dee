"""The ledger at a start: where it is safe, waited for while its server is away, up to date."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from daemon.clock import Clock
from daemon.config import Configuration
from daemon.errors import EnvironmentFault, SiteError
from daemon.eventlog import Level, Say, safe
from daemon.intake.mounts import keeps_databases
from daemon.ledger.migrate import upgrade
from daemon.ledger.reach import is_refusal, sqlite_file
from daemon.ledger.restored import ahead
from daemon.ledger.store import Ledger
from daemon.notify import Notifier
from daemon.steering import Steering

LEDGER_AGAIN_S = 5.0
LEDGER_WITHIN_S = 60.0
"""What systemd is asked to wait on for; a server that is away takes a try up to 10 s to notice."""
LEDGER_WAIT_S = 600.0
"""How long one start waits. Whoever started the service is to learn that it doesn't come up, and
systemd starts it again for ever, because that is too seldom for the limit of its unit."""
OPEN_FILES = 1024
"""What a process may open on Linux by default; each partner takes a few. On macOS it is 256."""
MOST_NAMES = 5_000
"""How many names of each outbox are looked at."""


def allow_open_files() -> None:
    """Have this process open as many files as the site needs, where a shell grants fewer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def misplaced(site: Configuration) -> str | None:
    """Say what is wrong with the place of a SQLite ledger; None where nothing is."""
    file = sqlite_file(site.ledger_url)
    if file is None or keeps_databases(file.parent):
        return None
    name = "[ledger] url" if site.ledger.url else "[site] state"
    return (
        f"{name}: {file.parent} is on a network volume, where SQLite loses data; name a folder on a"
        " local disk, or a PostgreSQL server in [ledger] url"
    )


def refuse_misplaced(site: Configuration) -> None:
    """Raise a SiteError for a SQLite ledger on a network volume, before anything is made there."""
    problem = misplaced(site)
    if problem is not None:
        raise SiteError([problem])


def upgrade_patiently(
    ledger: Ledger, steering: Steering, *, clock: Clock, say: Say, notifier: Notifier
) -> signal.Signals | None:
    """Upgrade the ledger as soon as its server answers; return the signal that came before that.

    After a power cut this machine may be up long before the database's: to end at once would use up
    the starts that systemd allows. A SiteError says that the server is up and refuses us; a ledger
    of our own that fails needs a person too, and is an EnvironmentFault, as is the end of
    `LEDGER_WAIT_S`.
    """
    until = clock.monotonic() + LEDGER_WAIT_S
    while True:
        try:
            upgrade(ledger)
        except EnvironmentFault as fault:
            if is_refusal(fault, ledger):
                raise SiteError([_refused(fault)]) from fault
            if ledger.is_sqlite or clock.monotonic() >= until:
                raise
            say("ledger_fault", level=Level.ALARM, reason=str(fault), retry_s=LEDGER_AGAIN_S)
            notifier.starting("waiting for the ledger's server", within_s=LEDGER_WITHIN_S)
        else:
            return None
        arrived = steering.next(LEDGER_AGAIN_S)
        if arrived is not None:
            return arrived


def _refused(fault: EnvironmentFault) -> str:
    said = " ".join(str(getattr(fault.__cause__, "orig", fault)).split())
    return (
        f"[ledger] url: its server refuses us: {said}. Correct the address or the password, or make"
        " the account and the database there"
    )


def behind(site: Configuration, ledger: Ledger) -> str | None:
    """Say that the ledger is older than what lies in outboxes; None where nothing shows that.

    Then an older one was put back, and numbers that partners have seen would be given again.
    """
    with ledger.read() as conn:
        for partner in site.here:
            name = ahead(conn, _names_in(site, partner.name))
            if name is not None:
                return (
                    f"the outbox of {partner.name} holds {safe(name)}, which this ledger never"
                    " wrote; if an older ledger was put back, stop the daemon and give:"
                    " k2kd db restored"
                )
    return None


def _names_in(site: Configuration, partner: str) -> Iterator[str]:
    try:
        with os.scandir(site.outbox(partner)) as found:
            yield from (each.name for each in islice(found, MOST_NAMES))
    except OSError:
        return
