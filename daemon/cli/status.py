"""`k2kd status`: what lies in inboxes, what came, what waits, and whether a daemon runs."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from daemon.cli import lying, options, room, screen, tables
from daemon.cli.books import is_running, opened
from daemon.cli.files import found_in, in_words, reason, waits_for
from daemon.config import Configuration
from daemon.errors import EnvironmentFault
from daemon.eventlog import safe
from daemon.ledger import mapping_sets, reports
from daemon.ledger.report_rows import Overview
from daemon.ledger.reports import REFUSED_DAYS
from daemon.ledger.states import ArrivalState
from daemon.mapping.problems import MOST_SHOWN, Problem
from daemon.trade.views.readiness import incomplete

app = options.app()
STATES = tuple(state.value for state in ArrivalState)
PROBLEMS_SHOWN = 10


@app.command(epilog=options.example("k2kd status", "k2kd status --json | jq .red_orders"))
def status(*, as_json: options.Json = False, site: options.Site = None) -> None:
    """Show what lies in inboxes, what came, what waits for a person, and whether a daemon runs."""
    with opened(site) as books:
        with books.ledger.read() as conn:
            found = reports.overview(conn)
            own = [partner.name for partner in books.site.here]
            has_used_some = mapping_sets.last_used(conn, books.site.host, own) is not None
            whys = in_words(found_in(conn, found.newest)) | waits_for(conn, found.newest)
        running = is_running(books.site)
        title = books.site.site.title
        partners = books.partners
        inboxes = lying.look_in(books.site, is_running=running)
        read, refused = tables.examined(books.site)
        no_room = _no_room(books.site)
        unready = None
        if read is not None:
            unready = len(incomplete(books.site, read, books.today()))
    if as_json:
        facts = {"running": running, "partners": partners, **screen.facts(found)}
        waiting = {"waiting_in_inboxes": inboxes, "refused_tables": refused[:MOST_SHOWN]}
        waiting["no_room"] = no_room
        screen.print_json(facts | waiting | {"incomplete_connections": unready})
        return
    console = screen.console()
    console.print(_headline(title, running=running))
    console.print(_files_table(found, partners))
    _refused_tables(console, refused, running=running, has_used_some=has_used_some)
    if no_room:
        console.print(Text.assemble(("\n● ", "red"), (no_room, "bold red")))
    _waiting(console, found, unready or 0, is_calm=not refused and not no_room)
    lying.show(console, inboxes)
    if found.newest:
        console.print(screen.heading("Last arrivals"))
        console.print(newest_table(found, whys))
    elif not running:
        screen.next_step(console, "k2kd run --samples")


def _no_room(site: Configuration) -> str | None:
    """Say why the disk lets nothing in; None where it does."""
    try:
        return room.lacking(site, room.of_state(site))
    except EnvironmentFault as fault:
        return str(fault)


def _headline(title: str, *, running: bool | None) -> Text:
    said = {
        True: ("a daemon runs", "bold green"),
        False: ("no daemon runs", "bold yellow"),
        None: ("can't tell whether a daemon runs: its lock is not ours to try", "yellow"),
    }[running]
    return Text.assemble((title, "bold"), "   ", said, "\n")


def _files_table(found: Overview, partners: list[str]) -> Table:
    """Return arrivals by partner and state, and what waits to be delivered to each."""
    known = [*partners, *sorted(set(found.files) - set(partners))]
    rows: list[list[screen.Cell]] = []
    for partner in known:
        counts = found.files.get(partner, {})
        cells: list[screen.Cell] = [partner]
        cells += [_number(counts.get(state, 0), state) for state in STATES]
        rows.append([*cells, _number(found.undelivered.get(partner, 0), "held")])
    columns = ("partner", *STATES, "undelivered")
    return screen.table(columns, rows, right=" ".join(columns[1:]))


def _number(number: int, state: str) -> Text:
    return Text(str(number), screen.STYLES.get(state, "")) if number else Text("-", "dim")


def _refused_tables(
    console: Console, refused: list[Problem], *, running: bool | None, has_used_some: bool
) -> None:
    """Say what is wrong in the mapping tables, and what is used meanwhile."""
    if not refused:
        return
    number = screen.count(len(refused), "problem")
    start = "a daemon starts with those that were used last"
    meanwhile = {
        True: "the daemon goes on with the tables it had",
        False: start if has_used_some else "no daemon starts with them",
        None: "a daemon that runs goes on with the tables it had",
    }[running]
    console.print(
        Text.assemble(
            ("\n● ", "red"),
            (f"{number} in the mapping tables; {meanwhile}", "bold red"),
            ("   see ", "dim"),
            ("k2kd check", "cyan"),
        )
    )
    rows = [
        (one.file, str(one.row or ""), one.column, safe(one.text, 2000))
        for one in refused[:PROBLEMS_SHOWN]
    ]
    console.print(screen.table(("table", "row", "column", "what is wrong"), rows, right="row"))


def _waiting(console: Console, found: Overview, unready: int, *, is_calm: bool) -> None:
    """Say what waits for a person, each with the command that shows it."""
    held = sum(found.open_holds.values())
    kinds = ", ".join(f"{n} {kind}" for kind, n in found.open_holds.items())
    lines = [
        (found.red_orders, "red", f"{screen.count(found.red_orders, 'order')} waiting", "orders"),
        (held, "yellow", f"{screen.count(held, 'open hold')} ({kinds})", "holds"),
        (
            found.unseen_quarantined,
            "red",
            f"{screen.count(found.unseen_quarantined, 'file')} in quarantine, not looked at",
            "quarantine list",
        ),
        (
            found.blocked,
            "red",
            f"{screen.count(found.blocked, 'answer')} blocked by a file of the same name",
            "outbox --waiting",
        ),
        (
            found.failed_transfers,
            "red",
            f"{screen.count(found.failed_transfers, 'order')} not at the vendor",
            "orders --failed",
        ),
        (
            found.refused,
            "red",
            f"{screen.count(found.refused, 'drop')} refused at the door in {REFUSED_DAYS} days",
            "files --refused",
        ),
        (unready, "red", f"{screen.count(unready, 'connection')} incomplete", "connections"),
    ]
    said = [(style, text, command) for number, style, text, command in lines if number]
    for style, text, command in said:
        line = Text.assemble(("\n● ", style), (text, f"bold {style}"))
        if command:
            line.append("   see ", "dim").append(f"k2kd {command}", "cyan")
        console.print(line, end="")
    if said:
        console.print()
    elif found.files and is_calm:
        console.print(Text("\nnothing waits for a person", "green"))


def newest_table(found: Overview, whys: Mapping[int, str]) -> Table:
    """Return the newest arrivals as a table."""
    return screen.table(
        ("id", "when", "partner", "file", "state", "why"),
        (
            (
                str(row.id),
                screen.briefly(row.created_at),
                row.partner,
                safe(row.name),
                screen.state(row.state),
                whys.get(row.id) or reason(row),
            )
            for row in found.newest
        ),
        right="id",
    )
