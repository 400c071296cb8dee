"""`k2kd db`: the ledger's schema, and its numbers after an older one was put back."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer
from rich.text import Text

from daemon import config
from daemon.cli import options, screen
from daemon.cli.account import as_daemon
from daemon.cli.books import is_running, opened
from daemon.clock import SystemClock
from daemon.errors import EnvironmentFault
from daemon.ledger.migrate import HEAD, upgrade, version
from daemon.ledger.restored import LEAST, margin, raise_counters
from daemon.ledger.store import FLOOR, open_ledger
from daemon.startup import behind

app = options.app(summary="Look after the ledger: its schema, and its numbers after a restore.")


@app.command(
    "upgrade",
    short_help="Bring the ledger to the newest schema.",
    epilog=options.example("k2kd db upgrade"),
)
def upgrade_command(*, site: options.Site = None) -> None:
    """Bring the ledger to the newest schema; the daemon does the same when it starts."""
    where = config.load(options.root(site))
    with as_daemon(where), closing(open_ledger(where.ledger_url)) as ledger:
        before = version(ledger)
        is_new = upgrade(ledger)
    typer.echo(
        f"ledger upgraded from {before or 'nothing'} to {HEAD}" if is_new else f"already at {HEAD}"
    )


@app.command(
    "version",
    short_help="Say which schema the ledger has.",
    epilog=options.example("k2kd db version"),
)
def version_command(*, site: options.Site = None) -> None:
    """Say which schema the ledger has, and which this program knows."""
    where = config.load(options.root(site))
    with as_daemon(where), closing(open_ledger(where.ledger_url)) as ledger:
        typer.echo(f"ledger {version(ledger) or 'is new'}, program {HEAD}")


@app.command(
    "restored",
    short_help="Raise every counter, once an older ledger was put back.",
    epilog=options.example("k2kd db restored", "k2kd db restored --by 5000000"),
)
def restored_command(
    *,
    by: Annotated[
        int | None,
        typer.Option(
            "--by",
            metavar="N",
            min=1,
            max=1_000_000_000,
            help=f"How far; else {LEAST:,}, and one more for each second since the backup.",
            show_default=False,
        ),
    ] = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Raise every counter, so that no number is given twice after an older ledger was put back.

    Control numbers, names of files, box codes and keys go on above what can have been given since
    the backup, and a counter that the backup lacks begins there. Give it before the daemon starts.
    """
    with opened(site) as books:
        if is_running(books.site):
            raise EnvironmentFault("the daemon gives numbers while it runs; stop it first")
        with books.ledger.write() as conn:
            far = margin(conn, SystemClock().now()) if by is None else by
            raised = raise_counters(conn, far)
        left = behind(books.site, books.ledger)
    if as_json:
        screen.print_json({"by": far, "counters": raised, "behind": left})
        return
    console = screen.console()
    rows = [
        (
            "any that comes later" if each.name == FLOOR else each.name,
            f"{each.before}",
            f"{each.after}",
        )
        for each in raised
    ]
    console.print(screen.table(("counter", "was", "is"), rows))
    console.print(Text(f"every counter was raised by {far}", "green"))
    if left is not None:
        console.print(Text(f"not far enough: {left}, with a larger --by", screen.RED))
