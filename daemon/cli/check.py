"""`k2kd check`: every problem of a site at once, before the daemon meets them one by one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typer
from rich.text import Text

from daemon import config
from daemon.cli import options, ports, room, screen
from daemon.cli.account import as_daemon
from daemon.cli.books import is_running
from daemon.cli.faults import for_a_person
from daemon.clock import SystemClock
from daemon.config import FILE_NAME, Configuration, Partner
from daemon.errors import EnvironmentFault, SiteError
from daemon.intake.mounts import is_remote
from daemon.journal import is_read_by_journal, marked
from daemon.ledger.migrate import HEAD, version
from daemon.ledger.store import open_ledger
from daemon.mapping.load import load as load_tables
from daemon.mapping.problems import nearest
from daemon.mapping.tables import Tables
from daemon.replies.layouts import is_layout
from daemon.sections import LAYOUT_PREFIX
from daemon.startup import behind, misplaced
from daemon.trade.views.idle_terms import idle_terms
from daemon.trade.views.readiness import lacking
from formats.layouts.komet import KOMET_LAYOUTS

app = options.app()
CAP_LEASE = 28
DATA, ENVIRONMENT = 1, 3


@dataclass(frozen=True, slots=True)
class Note:
    """One thing checked: `level` is ok, warning or error."""

    part: str
    level: str
    text: str
    is_data: bool = False
    """Whether the tables are at fault, not the machine."""


@app.command(epilog=options.example("k2kd check --site /etc/k2kd"))
def check(*, as_json: options.Json = False, site: options.Site = None) -> None:
    """Say every problem of the site at once: settings, tables, folders, ledger, disk."""
    folder = options.root(site)
    notes = list(examine(folder))
    if as_json:
        screen.print_json({"site": str(folder), "notes": notes})
    else:
        _show(folder, notes)
    errors = [note for note in notes if note.level == "error"]
    if errors:
        raise typer.Exit(DATA if all(note.is_data for note in errors) else ENVIRONMENT)


def examine(folder: Path) -> Iterator[Note]:
    """Yield what was checked of the site in `folder`; without a configuration that is all."""
    try:
        site = config.load(folder)
    except SiteError as error:
        yield from (Note("site", "error", problem) for problem in error.problems)
        return
    partners, links = len(site.partner), len(site.connection)
    yield Note(
        "site",
        "ok" if partners else "warning",
        f"{screen.count(partners, 'partner')}, {screen.count(links, 'connection')}",
    )
    # Root may do everything everywhere: what counts is what the daemon's account may.
    with as_daemon(site):
        if not _may(folder / FILE_NAME, os.R_OK):
            text = f"is out of the daemon's reach; give it the right: chgrp -R k2kd {folder}"
            yield Note("site", "error", f"{folder / FILE_NAME} {text}")
            return
        yield from _tables(site)
        for partner in site.partner:
            yield from _folders(site, partner)
            yield from _login(partner)
        yield from _state(site)
        yield from _ledger(site)
    yield from _port(site)
    yield from _lease(site)


def _tables(site: Configuration) -> Iterator[Note]:
    today = SystemClock().now().astimezone(site.site.zone).date()
    names = [partner.name for partner in site.partner]
    try:
        tables = load_tables(site.mappings, partners=names, today=today)
    except SiteError as error:
        yield from (Note("tables", "error", text, is_data=True) for text in error.problems)
        return
    yield from (Note("tables", "warning", text) for text in tables.warnings)
    rows = sum(len(rows) for rows in tables.rows.values())
    yield Note("tables", "ok", f"{rows} rows, {len(tables.catalogue)} products")
    yield from _layouts(site, tables)
    yield from _connections(site, tables, today)


def _layouts(site: Configuration, tables: Tables) -> Iterator[Note]:
    """Name layouts that a partner's settings name and the tables don't have."""
    known = {**KOMET_LAYOUTS, **tables.layouts}
    for partner in site.partner:
        forms = (
            *(*partner.receives_orders, partner.receives_availability),
            *(partner.receives_shipments or "", partner.receives_invoices),
            partner.buying.exports_invoices or "",
        )
        written = [each.removeprefix(LAYOUT_PREFIX) for each in forms if is_layout(each)]
        for name in dict.fromkeys((*partner.layouts, *written)):
            if name not in known:
                hint = nearest(name, known, "add it there")
                yield Note(partner.name, "error", f"layout {name} isn't in layouts.csv; {hint}")


def _connections(site: Configuration, tables: Tables, today: date) -> Iterator[Note]:
    """Name what keeps a connection from being used (K-01 to K-10), and terms without effect; what
    waits in stock does not."""
    for link in site.connection:
        lacks = lacking(site, tables, link, today)
        for text in dict.fromkeys(f"{each.code}: {each.sentence}" for each in lacks):
            yield Note(link.title, "warning", text)
    for idle in idle_terms(site, tables):
        yield Note(idle.place, "warning", idle.sentence)


def _folders(site: Configuration, partner: Partner) -> Iterator[Note]:
    """Check that files can be taken out of the inbox and put into the outbox."""
    is_good = True
    for kind, path in (("inbox", site.inbox(partner.name)), ("outbox", site.outbox(partner.name))):
        problem = _folder_problem(path)
        if problem:
            is_good = False
            yield Note(partner.name, "error", f"{kind} {path}: {problem}")
        elif is_remote(path):
            yield Note(
                partner.name,
                "warning",
                f"{kind} {path} is on a network volume: files are noticed by listing only and wait"
                " for quiet time",
            )
    if is_good:
        yield Note(partner.name, "ok", "inbox and outbox")


def _login(partner: Partner) -> Iterator[Note]:
    """Check that the keys and the password hash of the embedded server's login can be used."""
    if partner.login is not None:
        from daemon.sftp.server_keys import problems  # noqa: PLC0415  (SSH: a tenth of a second)

        for problem in problems(partner.login):
            yield Note(partner.name, "error", f"login: {problem}")


def _folder_problem(path: Path) -> str | None:
    try:
        return _problem_of(path)
    except PermissionError:
        return "is out of this account's reach; check the site as the daemon's account"


def _problem_of(path: Path) -> str | None:
    if path.is_symlink():
        return "is a link, which is never followed; put a folder there"
    if not path.exists():
        above = next(p for p in path.parents if p.exists())
        if _may(above, os.W_OK | os.X_OK):
            return None  # The daemon makes it when it starts.
        return f"is not there, and {above} can't be written; make it for the daemon's account"
    if not path.is_dir():
        return "is not a folder; move it away"
    if not _may(path, os.R_OK | os.W_OK | os.X_OK):
        return "can't be read and written; give the daemon's account the right to it"
    return None


def _may(path: Path, use: int) -> bool:
    return os.access(path, use, effective_ids=os.access in os.supports_effective_ids)


def _state(site: Configuration) -> Iterator[Note]:
    """Check the state folder and the room on its volume."""
    problem = _folder_problem(site.state)
    if problem:
        yield Note("state", "error", f"{site.state}: {problem}")
        return
    try:
        found = room.of_state(site)
    except EnvironmentFault as fault:
        yield Note("state", "error", str(fault))
        return
    if lack := room.lacking(site, found):
        yield Note("state", "error", lack)
        return
    runs = {True: "; a daemon runs", None: "; can't tell whether a daemon runs"}
    text = f"{screen.size(found.free_bytes)} free{runs.get(is_running(site), '')}"
    yield Note("state", "ok", text)


def _ledger(site: Configuration) -> Iterator[Note]:
    """Check that the ledger can be reached, and what schema it has; changes nothing."""
    if problem := misplaced(site):
        yield Note("ledger", "error", problem)
        return
    try:
        if not site.ledger.url and not (site.state / "ledger.db").exists():
            yield Note("ledger", "ok", "none yet; it is made at the first start")
            return
    except PermissionError:
        yield Note("ledger", "error", f"{site.state / 'ledger.db'} is out of this account's reach")
        return
    try:
        ledger = open_ledger(site.ledger_url)
        try:
            found = version(ledger)
            older = behind(site, ledger) if found == HEAD else None
        finally:
            ledger.close()
    except (EnvironmentFault, SiteError) as error:
        yield Note("ledger", "error", for_a_person(error))
        return
    if older is not None:
        yield Note("ledger", "warning", older)
    elif found == HEAD:
        yield Note("ledger", "ok", f"schema {found}")
    elif found is not None and found > HEAD:
        text = f"schema {found}, this program knows {HEAD}; install the newer version again"
        yield Note("ledger", "error", text)
    else:
        text = f"schema {found or 'missing'}, brought to {HEAD} at the next start"
        yield Note("ledger", "warning", text)


def _port(site: Configuration) -> Iterator[Note]:
    """Check that the embedded server gets its port; a running daemon of this site has it."""
    settings = site.sftp_server
    if not settings.is_enabled or is_running(site) is not False:
        return
    if not ports.is_taken(settings.address, settings.port):
        yield Note("sftp", "ok", f"{settings.address} port {settings.port} is free")
        return
    who = ports.listener(settings.port) or "another program"
    yield Note(
        "sftp",
        "warning",
        f"port {settings.port} is in use by {who}; set another [sftp_server] port in k2kd.toml, or"
        " stop that. Everything but the embedded server works without",
    )


def _lease(site: Configuration) -> Iterator[Note]:
    """Check whether the kernel tells us who is still writing a file of another account."""
    others = [partner.name for partner in site.partner if _is_of_another(site.inbox(partner.name))]
    if sys.platform != "linux":
        yield Note("lease", "warning", "this system does not tell who writes a file; times decide")
    elif others and not _has_capability(CAP_LEASE):
        yield Note(
            "lease",
            "warning",
            f"without CAP_LEASE nobody can tell whether {', '.join(others)} still write a file, so"
            " theirs wait longer; the comments of the systemd unit say how to grant it",
        )
    else:
        yield Note("lease", "ok", "open files are told from finished ones")


def _is_of_another(inbox: Path) -> bool:
    # One that is out of reach was said before.
    return os.access(inbox, os.F_OK) and inbox.stat().st_uid != os.getuid()


def _has_capability(number: int) -> bool:
    if os.getuid() == 0:
        return True
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
    except OSError:
        return False
    mask = next((line for line in status.splitlines() if line.startswith("CapEff:")), "CapEff: 0")
    return bool(int(mask.split()[1], 16) >> number & 1)


def _show(folder: Path, notes: list[Note]) -> None:
    if is_read_by_journal(sys.stdout):
        # A line each: as ExecStartPre this is read with journalctl, which knows no tables.
        for note in notes:
            sys.stdout.write(f"{marked(f'{note.part}: {note.text}', note.level)}\n")
        return
    marks = {"ok": ("ok", "green"), "warning": ("look", "yellow"), "error": ("WRONG", "bold red")}
    console = screen.console()
    rows = [(Text(*marks[n.level]), n.part, n.text) for n in notes]
    console.print(screen.table(("", "part", "found"), rows))
    errors = sum(note.level == "error" for note in notes)
    warnings = sum(note.level == "warning" for note in notes)
    if errors:
        console.print(Text(f"\n{screen.count(errors, 'problem')} to mend", "bold red"))
    else:
        text = f"\n{folder} is ready"
        text += f", with {screen.count(warnings, 'thing')} to look at" if warnings else ""
        console.print(Text(text, "bold green"))
