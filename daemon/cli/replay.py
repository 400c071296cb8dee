"""`k2kd replay`: work on an archived file again, on purpose."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from daemon import operations
from daemon.cli import options, screen
from daemon.cli.books import carried_text, carry_on, opened
from daemon.cli.show import story_of

app = options.app()


@app.command(epilog=options.example("k2kd replay 42"))
def replay(
    arrival: Annotated[int, typer.Argument(metavar="ID", help="An id of k2kd files.")],
    *,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Work on a file again: what had an effect is only answered again, the rest is tried anew."""
    with opened(site) as books:
        operations.replay(books.ledger, arrival)
        carried = carry_on(books)
        story = story_of(books, arrival)
    if as_json:
        state = story.arrival.state
        screen.print_json({"replayed": arrival, "state": state, "carried": carried})
        return
    console = screen.console()
    console.print(Text.assemble(f"arrival {arrival} is ", screen.state(story.arrival.state)))
    console.print(Text(carried_text(carried), "dim"))
