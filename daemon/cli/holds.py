"""`k2kd holds`: what waits for a person, each with what to do about it."""

from __future__ import annotations

from typing import Annotated

import typer

from daemon.cli import options, screen
from daemon.cli.books import opened
from daemon.cli.orders import show_way_out, suggestions
from daemon.cli.stories import holds_table
from daemon.ledger import reports

app = options.app()


@app.command(epilog=options.example("k2kd holds --partner bloom"))
def holds(
    *,
    partner: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this partner's.")
    ] = None,
    ended: Annotated[bool, typer.Option("--all", help="Also those that have ended.")] = False,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List what waits for a person, oldest first, with the commands that end it."""
    with opened(site) as books:
        books.refuse_stranger(partner)
        with books.ledger.read() as conn:
            found = reports.holds(conn, partner=partner, is_open=not ended)
        guesses = suggestions(books, found)
    if as_json:
        screen.print_json([{"hold": h, "suggestions": guesses.get(h.id, ())} for h in found])
        return
    console = screen.console()
    if not found:
        console.print("nothing is held")
        return
    console.print(holds_table(found, has_file=True))
    for hold in found:
        if hold.state == "open":
            console.print()
            show_way_out(console, hold, guesses.get(hold.id, ()), has_file=True)
