"""`k2kd db`: the ledger's schema."""

from __future__ import annotations

import typer

from daemon import config
from daemon.cli import options
from daemon.ledger.migrate import HEAD, upgrade, version
from daemon.ledger.store import open_ledger

app = options.app(summary="Look after the ledger's schema.")


@app.command(
    "upgrade",
    short_help="Bring the ledger to the newest schema.",
    epilog=options.example("k2kd db upgrade"),
)
def upgrade_command(*, site: options.Site = None) -> None:
    """Bring the ledger to the newest schema; the daemon does the same when it starts."""
    ledger = open_ledger(config.load(options.root(site)).ledger_url)
    try:
        before = version(ledger)
        is_new = upgrade(ledger)
    finally:
        ledger.close()
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
    ledger = open_ledger(config.load(options.root(site)).ledger_url)
    try:
        typer.echo(f"ledger {version(ledger) or 'is new'}, program {HEAD}")
    finally:
        ledger.close()
