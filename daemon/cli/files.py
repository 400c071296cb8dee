"""`k2kd files`: the files that came in, newest first."""

from __future__ import annotations

from typing import Annotated

import typer

from daemon.cli import options, screen
from daemon.cli.books import opened
from daemon.errors import UsageError
from daemon.eventlog import safe
from daemon.ledger import reports
from daemon.ledger.states import ArrivalState
from daemon.mapping.problems import nearest

app = options.app()
SHORT = 60


@app.command(epilog=options.example("k2kd files --partner bloom --state held"))
def files(
    *,
    partner: Annotated[str | None, typer.Option(help="Only this partner's.")] = None,
    state: Annotated[ArrivalState | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List the files that came in, newest first."""
    with opened(site) as books:
        known_partner(partner, books.partners)
        with books.ledger.read() as conn:
            found = reports.files(
                conn, partner=partner, state=state.value if state else None, limit=limit
            )
    if as_json:
        screen.print_json(found)
        return
    console = screen.console()
    if not found:
        console.print("no such file has come in")
        return
    console.print(
        screen.table(
            ("id", "when", "partner", "file", "size", "format", "state", "why"),
            (
                (
                    str(row.id),
                    screen.when(row.created_at),
                    row.partner,
                    safe(row.name),
                    screen.size(row.size_bytes),
                    row.format,
                    screen.state(row.state),
                    safe(row.reason or "", SHORT),
                )
                for row in found
            ),
            right="id size",
        )
    )
    screen.next_step(console, f"k2kd show {found[0].id}")


def known_partner(name: str | None, partners: list[str]) -> None:
    """Refuse a partner that the site does not have, naming the nearest."""
    if name is not None and name not in partners:
        hint = nearest(name, partners, f"partners: {', '.join(partners)}")
        raise UsageError(f"no partner is called {name[:40]}; {hint}")
