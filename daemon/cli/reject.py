"""`k2kd reject`: refuse what a hold stopped, and tell its sender why."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from daemon import operations
from daemon.cli import options, screen
from daemon.cli.books import carried_text, carry_on, opened
from daemon.cli.tables import open_tables

app = options.app()


@app.command(epilog=options.example("k2kd reject 7 --reason 'order 10045 was meant once only'"))
def reject(
    hold: options.HoldId,
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="A sentence for the sender.")],
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Refuse what a hold stopped; its sender is answered with the reason."""
    said = options.reason(reason, told="sender")
    with opened(site) as books:
        tables = open_tables(books.site, books.today())
        today = books.today()
        operations.reject(books.ledger, books.site, tables, today, hold_id=hold, reason=said)
        carried = carry_on(books)
    if as_json:
        screen.print_json({"rejected": hold, "reason": said, "carried": carried})
        return
    console = screen.console()
    console.print(Text(f"hold {hold} rejected; its sender is told why", "yellow"))
    console.print(Text(carried_text(carried), "dim"))
