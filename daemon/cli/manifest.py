"""`k2kd manifest`: tell a truck line which boxes it takes, and list those that are left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import Books, carried_text, carry_on, opened
from daemon.cli.papers import boxes, day_of
from daemon.cli.tables import open_tables
from daemon.config import Configuration, Partner, Role
from daemon.errors import UsageError
from daemon.pipeline.papers import look_at_manifest, send_manifest
from daemon.trade.papers.manifests import Days, Loading
from formats.papers.manifest import PROBLEM_COLUMNS, BoxProblem, rounded

app = options.app()
MOST_DAYS = 31
"""As many truck dates are told of at once."""
NO_TRUCK_LINE = 'none is here; a [[partner]] of k2kd.toml with roles = ["carrier"] is one'


@app.command(epilog=options.example("k2kd manifest sunline --date 2026-11-24"))
def manifest(
    carrier: Annotated[
        str, typer.Argument(metavar="CARRIER", help="A truck line: its partner name, or our code.")
    ],
    *,
    on: Annotated[
        str | None,
        typer.Option("--date", metavar="DAY", help="Truck date of the boxes; else today."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--to", metavar="DAY", help="Last truck date of several; else the same."),
    ] = None,
    carrier_date: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Shipping date in the file; else the last truck date."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only show what is ready and what is not; send nothing.")
    ] = False,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Send a truck line the boxes that are ready; boxes with problems are left out and listed."""
    with opened(site) as books:
        partner = truck_line(books.site, carrier)
        days = _days(on, until, carrier_date, books)
        tables = open_tables(books.site, books.today())
        work = look_at_manifest if check else send_manifest
        loading = work(books.ledger, books.site, tables, books.today(), partner=partner, days=days)
        carried = carry_on(books) if loading.manifest else None
    if as_json:
        _print_json(loading)
    else:
        _print(loading, days, carried_text(carried))
    if loading.problems:
        raise typer.Exit(1)


def _days(on: str | None, until: str | None, carrier_date: str | None, books: Books) -> Days:
    """Return the days of the command line (E-02). Raises UsageError."""
    first = day_of(on, books)
    last = day_of(until, books) if until else first
    if not 0 <= (last - first).days < MOST_DAYS:
        raise UsageError(
            f"--to {last} is not within {MOST_DAYS} days from {first} on; write the first day with"
            " --date"
        )
    return Days(first, last, day_of(carrier_date, books) if carrier_date else last)


def _print_json(loading: Loading) -> None:
    sent = loading.manifest
    screen.print_json(
        {
            "batch": sent.batch if sent else None,
            "boxes": len(sent.boxes) if sent else 0,
            "cubes": rounded(sent.cubes) if sent else None,
            "carrier_date": sent.carrier_date if sent else None,
            "ready": loading.ready,
            "sent_before": loading.sent_before,
            "unanswered": loading.unanswered,
            "refused_before": loading.refused_before,
            "problems": loading.problems,
        }
    )


def _print(loading: Loading, days: Days, carried: str) -> None:
    console, sent, partner = screen.console(), loading.manifest, loading.partner
    said = f"{boxes(loading.ready)} for {partner.title or partner.name}, truck date {days}"
    if sent:
        said += f": batch {sent.batch}, {rounded(sent.cubes)} cubic feet"
    console.print(Text(said, "bold"))
    if loading.sent_before:
        text = f"{loading.sent_before} were sent before"
        if loading.unanswered:
            text += f"; {loading.unanswered} of them are not answered yet"
        console.print(Text(text, "dim"))
    _show(console, "It refused these before; they go again", loading.refused_before)
    _show(console, "Left out until corrected", loading.problems)
    if sent:
        console.print(Text(carried, "dim"))


def _show(console: Console, title: str, problems: Sequence[BoxProblem]) -> None:
    if problems:
        rows = ([getattr(each, name) for name in PROBLEM_COLUMNS] for each in problems)
        console.print(screen.heading(title))
        console.print(screen.table([n.replace("_", " ") for n in PROBLEM_COLUMNS], rows))


def truck_line(site: Configuration, name: str) -> Partner:
    """Return the truck line that a person means. Raises UsageError with those that there are."""
    lines = [partner for partner in site.partner if partner.has(Role.CARRIER)]
    for partner in lines:
        if partner.name == name or partner.hauls(name):
            return partner
    known = ", ".join(partner.name for partner in lines)
    hint = f"there is: {known}" if known else NO_TRUCK_LINE
    raise UsageError(f"no truck line is called {name[:40]!r}; {hint}")
