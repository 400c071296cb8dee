"""`k2kd replay`: work on an archived file again, on purpose."""

from __future__ import annotations

from rich.text import Text

from daemon import operations
from daemon.cli import options, screen
from daemon.cli.books import carried_text, carry_on, opened
from daemon.cli.show import story_of
from daemon.eventlog import safe
from daemon.ledger.states import ArrivalState

app = options.app()
HAD_AN_EFFECT = (ArrivalState.POSTED, ArrivalState.DUPLICATE)


@app.command(epilog=options.example("k2kd replay 42"))
def replay(
    arrival: options.ArrivalId,
    *,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Work on a file again: what had an effect is only answered again, the rest is tried anew."""
    with opened(site) as books:
        before = story_of(books, arrival).arrival.state
        operations.replay(books.ledger, arrival)
        carried = carry_on(books)
        after = story_of(books, arrival).arrival
    if as_json:
        screen.print_json({"replayed": arrival, "state": after.state, "carried": carried})
        return
    console = screen.console()
    name = f"{safe(after.name)} of {after.partner} (arrival {arrival})"
    if carried is None:
        console.print(f"{name} is worked on again")
    else:
        console.print(
            Text.assemble(f"{name} was worked on again; it is now ", screen.state(after.state))
        )
        if after.reason:
            console.print(Text(f"  {safe(after.reason, 2000)}"))
    if before in HAD_AN_EFFECT:
        console.print("what it did before stays as it is; it is only answered again")
    console.print(Text(carried_text(carried), "dim"))
