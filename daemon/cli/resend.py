"""`k2kd resend`: send a partner a file again that it refused, lost or never acknowledged."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import carried_text, carry_on, opened
from daemon.cli.tables import open_tables
from daemon.pipeline.resend import resend as send_again

app = options.app()


@app.command(
    epilog=options.example(
        "k2kd resend 850-10045-00000007.edi", "k2kd resend 855-10045-00000006.edi --same"
    )
)
def resend(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A file of k2kd outbox.")],
    *,
    same: Annotated[
        bool, typer.Option("--same", help="The very same bytes, control numbers and all.")
    ] = False,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Send a file again: an order to a vendor as books and tables have it now, others as they were.

    X12 files get new control numbers. What was held on the file ends.
    """
    with opened(site) as books:
        tables = open_tables(books.site, books.today())
        done = send_again(
            books.ledger,
            books.site,
            tables,
            books.today(),
            name=options.text(name),
            keeps_bytes=same,
        )
        carried = carry_on(books)
    if as_json:
        screen.print_json({"resent": name, "sent": done, "carried": carried})
        return
    console = screen.console()
    how = "written anew" if done.is_rewritten else "as it was"
    console.print(Text(f"{name} goes to {done.partner} again, {how}", "green"))
    if done.holds:
        console.print(Text(f"{screen.count(done.holds, 'hold')} on it ended", "dim"))
    console.print(Text(carried_text(carried), "dim"))
