"""`k2kd outbox`: the files for partners, delivered and on their way, and their very bytes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from daemon.cli import options, screen
from daemon.cli.books import Books, opened
from daemon.cli.stories import outgoing_table, show_cuts
from daemon.errors import UsageError
from daemon.eventlog import safe
from daemon.ledger import reports

app = options.app()


@app.command(
    epilog=options.example(
        "k2kd outbox --partner bloom --waiting", "k2kd outbox --raw 855-10045-00000006.edi"
    )
)
def outbox(
    *,
    partner: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this partner's.")
    ] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Only those not delivered yet.")
    ] = False,
    limit: options.LongLimit = 50,
    raw: Annotated[
        str | None, typer.Option("--raw", metavar="NAME", help="Print the bytes of this one.")
    ] = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List the files for partners, newest first: delivered, on their way, or blocked.

    Below them stands what had to be cut, replaced or left out in those that an arrival caused.
    """
    with opened(site) as books:
        if raw is not None:
            sys.stdout.buffer.write(_body(books, raw))
            return
        books.refuse_stranger(partner)
        with books.ledger.read() as conn:
            found = reports.outgoing(conn, partner=partner, is_waiting=waiting, limit=limit)
    if as_json:
        screen.print_json(found)
    elif found:
        console = screen.console()
        console.print(outgoing_table(found))
        show_cuts(console, found)
    else:
        screen.console().print("everything is delivered" if waiting else "no such file was made")


def _body(books: Books, name: str) -> bytes:
    with books.ledger.read() as conn:
        body = reports.outgoing_body(conn, options.text(name))
    if body is None:
        raise UsageError(f"no outgoing file is called {safe(name)}; list them with: k2kd outbox")
    return body
