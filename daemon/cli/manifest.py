"""`k2kd manifest`: tell a truck line which boxes it takes, and list those that are left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import carried_text, carry_on, opened
from daemon.cli.papers import boxes, day_of
from daemon.cli.tables import open_tables
from daemon.config import Configuration, Partner, Role
from daemon.errors import UsageError
from daemon.pipeline.papers import send_manifest
from formats.papers.manifest import PROBLEM_COLUMNS, BoxProblem, rounded

app = options.app()


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
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Send a truck line the boxes that are ready; boxes with problems are left out and listed."""
    with opened(site) as books:
        partner = truck_line(books.site, carrier)
        day = day_of(on, books)
        tables = open_tables(books.site, books.today())
        loading = send_manifest(
            books.ledger, books.site, tables, books.today(), partner=partner, on=day
        )
        carried = carry_on(books) if loading.manifest else None
    sent = loading.manifest
    if as_json:
        screen.print_json(
            {
                "batch": sent.batch if sent else None,
                "boxes": len(sent.boxes) if sent else 0,
                "cubes": rounded(sent.cubes) if sent else None,
                "sent_before": loading.sent_before,
                "refused_before": loading.refused_before,
                "problems": loading.problems,
            }
        )
    else:
        console = screen.console()
        count = len(sent.boxes) if sent else 0
        said = f"{boxes(count)} for {partner.title or partner.name}, truck date {day}"
        if sent:
            said += f": batch {sent.batch}, {rounded(sent.cubes)} cubic feet"
        console.print(Text(said, "bold"))
        if loading.sent_before:
            console.print(Text(f"{loading.sent_before} were sent before", "dim"))
        _show(console, "It refused these before; they go again", loading.refused_before)
        _show(console, "Left out until corrected", loading.problems)
        if sent:
            console.print(Text(carried_text(carried), "dim"))
    if loading.problems:
        raise typer.Exit(1)


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
    hint = f"there is: {known}" if known else "none is here: k2kd partner add NAME --role carrier"
    raise UsageError(f"no truck line is called {name[:40]!r}; {hint}")
