"""`k2kd disapprove`: cancel an order that waits for approval, or take its approval back."""

from __future__ import annotations

from typing import Annotated

import typer

from daemon.cli import options
from daemon.cli.approve import Number, Test, decide
from daemon.decisions import OrderMeant
from formats.steps import Decision

app = options.app()


@app.command(epilog=options.example("k2kd disapprove AX-7731 --reason 'too dear'"))
def disapprove(
    number: Number,
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="A sentence for its vendor.")],
    by: options.By = None,
    buyer: options.Buyer = None,
    vendor: options.Vendor = None,
    test: Test = False,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Cancel an order, also an approved one that its vendor has not confirmed; it is told why."""
    said = options.reason(reason, told="vendor")
    meant = OrderMeant(options.text(number), buyer, vendor, is_test=True if test else None)
    decide(Decision.CANCEL, meant, by, said, site, as_json=as_json)
