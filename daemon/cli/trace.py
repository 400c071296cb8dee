"""`k2kd trace`: follow an order, a box, a control number or an answer back and forth."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import opened
from daemon.cli.stories import show_story
from daemon.errors import UsageError
from daemon.eventlog import safe
from daemon.ledger import reports
from daemon.ledger.named import arrivals_named

app = options.app()
MOST = 20


@app.command(
    epilog=options.example(
        "k2kd trace 10045", "k2kd trace KD0000017", "k2kd trace 855-10045-00000009.edi"
    )
)
def trace(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="Arrival id, order number, control number, box code, or name of a file.",
        ),
    ],
    *,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Tell the whole story of something: file, documents, order, lines, boxes, answers."""
    if not what.strip():
        raise UsageError("nothing to look for; give an order number, a box code or a file name")
    with opened(site) as books, books.ledger.read() as conn:
        found = arrivals_named(conn, what)
        stories = [story for key in found[:MOST] if (story := reports.story(conn, key))]
    if not stories:
        raise UsageError(
            f"nothing here is called {safe(what)}; give an arrival id, an order number, a control"
            " number, a box code or a file name (k2kd files lists what came in)"
        )
    if as_json:
        screen.print_json(stories)
        return
    console = screen.console()
    for position, story in enumerate(stories):
        if position:
            console.rule(style="dim")
        show_story(console, story)
    if len(found) > MOST:
        console.print(Text(f"\nand {len(found) - MOST} more; show one with k2kd show ID", "dim"))
