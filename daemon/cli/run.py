"""`k2kd run`: the daemon itself, in the foreground."""

from __future__ import annotations

from typing import Annotated

import typer

from daemon import service
from daemon.cli import options
from daemon.safefile import Locked

app = options.app()


@app.command(epilog=options.example("k2kd run", "k2kd run --once --plain 2>events.jsonl"))
def run(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Drain what is there, deliver the answers, and end.")
    ] = False,
    samples: Annotated[
        bool, typer.Option("--samples", help="Drop the sample files, if none has come in yet.")
    ] = False,
    pretty: Annotated[
        bool | None,
        typer.Option(
            "--pretty/--plain",
            help="Lines for people, or JSON lines; by default as standard error is a terminal.",
        ),
    ] = None,
    site: options.Site = None,
) -> None:
    """Run the daemon until it is told to stop (SIGTERM or Ctrl-C); SIGHUP reads the site again."""
    try:
        code = service.run(options.root(site), once=once, pretty=pretty, samples=samples)
    except Locked as error:
        raise Locked(f"another daemon runs this site already: {error}") from None
    raise typer.Exit(code)
