"""`k2kd status`: what came, what waits, what is on its way, and whether a daemon runs."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import is_running, opened
from daemon.eventlog import safe
from daemon.ledger import reports
from daemon.ledger.report_rows import Overview
from daemon.ledger.states import ArrivalState

app = options.app()
STATES = tuple(state.value for state in ArrivalState)


@app.command(epilog=options.example("k2kd status", "k2kd status --json | jq .red_orders"))
def status(*, as_json: options.Json = False, site: options.Site = None) -> None:
    """Show what came, what waits for a person, what is on its way, and whether a daemon runs."""
    with opened(site) as books:
        with books.ledger.read() as conn:
            found = reports.overview(conn)
        running = is_running(books.site)
        title = books.site.site.title
        partners = books.partners
    if as_json:
        screen.print_json({"running": running, "partners": partners, **_facts(found)})
        return
    console = screen.console()
    console.print(_headline(title, running))
    console.print(_files_table(found, partners))
    _waiting(console, found)
    if found.newest:
        console.print(screen.heading("Last arrivals"))
        console.print(newest_table(found))
    elif not running:
        screen.next_step(console, "k2kd run --samples")


def _facts(found: Overview) -> dict[str, object]:
    shown = screen.plain(found)
    return shown if isinstance(shown, dict) else {}


def _headline(title: str, running: bool | None) -> Text:  # noqa: FBT001  (three-valued fact)
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


def _waiting(console: Console, found: Overview) -> None:
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
            found.refused,
            "red",
            f"{screen.count(found.refused, 'drop')} refused at the door",
            "files --refused",
        ),
    ]
    said = [(style, text, command) for number, style, text, command in lines if number]
    for style, text, command in said:
        line = Text.assemble(("\n● ", style), (text, f"bold {style}"))
        if command:
            line.append("   see ", "dim").append(f"k2kd {command}", "cyan")
        console.print(line, end="")
    if said:
        console.print()
    elif found.files:
        console.print(Text("\nnothing waits for a person", "green"))


def newest_table(found: Overview) -> Table:
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
                row.reason_code,
            )
            for row in found.newest
        ),
        right="id",
    )
