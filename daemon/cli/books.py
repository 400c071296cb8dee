"""Opens a site for a command, and carries its work on where no daemon runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from daemon import config, safefile
from daemon.cli.account import as_daemon
from daemon.cli.faults import told_as_tables
from daemon.cli.named_partner import known_partner
from daemon.cli.options import root
from daemon.clock import SystemClock
from daemon.config import Configuration
from daemon.errors import EnvironmentFault
from daemon.eventlog import Level, safe
from daemon.ledger.migrate import upgrade
from daemon.ledger.partner_report import held_of
from daemon.ledger.served import Served
from daemon.ledger.store import Ledger, open_ledger
from daemon.startup import refuse_misplaced

LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Books:
    """A site and its ledger, open."""

    site: Configuration
    ledger: Ledger

    def today(self) -> date:
        """Return the site's calendar day."""
        return SystemClock().now().astimezone(self.site.site.zone).date()

    @property
    def partners(self) -> list[str]:
        return [partner.name for partner in self.site.partner]

    def refuse_stranger(self, name: str | None) -> None:
        """Refuse a partner that neither the site nor its ledger knows; None names nobody.

        What a partner that was removed left in the ledger can still be listed.
        """
        if name is None or name in self.partners:
            return
        with self.ledger.read() as conn:
            if held_of(conn, name).is_known:
                return
        known_partner(name, self.partners)


@contextmanager
def opened(folder: Path | None) -> Iterator[Books]:
    """Open the site in `folder` with its ledger at the newest schema."""
    site = config.load(root(folder))
    refuse_misplaced(site)
    _refuse_strangers(site)
    ledger = open_ledger(site.ledger_url, say=_tell_cut)
    try:
        with as_daemon(site):
            upgrade(ledger)
        yield Books(site, ledger)
    finally:
        ledger.close()


def _tell_cut(_event: str, /, *, level: Level | None = None, **fields: object) -> None:
    """Tell the person at the command what was cut in a file that no arrival caused."""
    places = fields["places"] if isinstance(fields["places"], list) else []
    message = (
        f"k2kd: {fields['file']} for {fields['partner']} has texts that were cut, replaced or left"
        f" out: {safe('; '.join(map(str, places)), 2000)}; {fields['advice']}\n"
    )
    sys.stderr.write(message)


def _refuse_strangers(site: Configuration) -> None:
    """Raise an EnvironmentFault where this account can't use the ledger's file.

    SQLite would only say that it is unable to open it, or that it is read-only: it writes beside
    the file even to read it.
    """
    if site.ledger.url:
        return
    for path in (site.state, site.state / "ledger.db"):
        # What isn't there is made; what lies in a folder that can't be entered isn't asked for.
        if not os.path.lexists(path):
            return
        if not os.access(path, _USED[path == site.state]):
            raise EnvironmentFault(f"{path} {_out_of_reach(path)}")


_USED = {True: os.W_OK | os.X_OK, False: os.R_OK | os.W_OK}
"""What is done with a folder (True), and with a file."""


def _out_of_reach(path: Path) -> str:
    """Say why what has this name can't be used, and what to do."""
    try:
        owner = path.stat().st_uid
    except FileNotFoundError:
        target = safe(os.fsencode(os.path.realpath(path)))
        return f"is a link to {target}, which isn't there; mount its volume, or mend the link"
    except OSError:
        owner = os.lstat(path).st_uid
    else:
        if os.statvfs(path).f_flag & os.ST_RDONLY:
            return "is on a volume that is mounted read-only; mount it for writing"
    return (
        "is out of this account's reach, which must read and write it; run the command as its"
        f" owner: sudo -u '#{owner}' k2kd ..."
    )


def is_running(site: Configuration) -> bool | None:
    """Say whether a daemon holds the site here; None where this account can't tell.

    A daemon of another host over the same PostgreSQL serves other partners, and is not seen.
    """
    try:
        if not (site.state / LOCK).exists():
            return False
        with safefile.open_directory(site.state) as state, safefile.exclusive(state, LOCK):
            return False
    except safefile.Locked:
        return True
    except (EnvironmentFault, PermissionError):
        return None


@dataclass(frozen=True, slots=True)
class Carried:
    """What was done at once, because no daemon runs: arrivals worked on, files delivered."""

    arrivals: int
    delivered: int


def carry_on(books: Books) -> Carried | None:
    """Drain and deliver what the ledger holds; None where a running daemon does it.

    Such a daemon may run on another host over the same PostgreSQL. Inboxes are left alone: this
    finishes what a person began, it does not start the daemon's work.
    """
    from daemon.parts import parts  # noqa: PLC0415  (watchdog and lxml, for few commands only)
    from daemon.service import open_tables  # noqa: PLC0415  (it loads the engine too)

    site, clock = books.site, SystemClock()
    served = Served(books.ledger)
    safefile.make_directories(site.state)
    try:
        with (
            as_daemon(site),
            safefile.open_directory(site.state) as state,
            safefile.exclusive(state, LOCK),
        ):
            with told_as_tables():
                tables = open_tables(site, clock)
            served.hold(partner.name for partner in site.here)
            p = parts(
                site,
                books.ledger,
                tables,
                clock=clock,
                say=lambda _event, /, **_fields: None,
                is_watching=False,
                delivery_threads=1,
            )
            try:
                worked = sum(p.work(partner) for partner in p.partners_with_work())
                p.announce()
                return Carried(worked, p.delivery.run())
            finally:
                p.close()
    except safefile.Locked:
        return None
    finally:
        served.close()


def carried_text(carried: Carried | None) -> str:
    """Return what became of a change, in words."""
    if carried is None:
        return "a daemon runs here and takes it within a second or two"
    files = "1 file" if carried.delivered == 1 else f"{carried.delivered} files"
    return f"no daemon runs here, so it was done at once: {files} delivered"
