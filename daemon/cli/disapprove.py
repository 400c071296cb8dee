"""`k2kd disapprove`: cancel an order that waits for approval, or take its approval back."""

from __future__ import annotations

from typing import Annotated

import typer

from daemon.cli import options
from daemon.cli.approve import Buyer, By, Number, Test, Vendor, decide
from daemon.decisions import OrderMeant
from daemon.errors import UsageError
from formats.steps import Decision

app = options.app()


@app.command(epilog=options.example("k2kd disapprove AX-7731 --reason 'too dear'"))
def disapprove(
    number: Number,
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="A sentence for its vendor.")],
    by: By = None,
    buyer: Buyer = None,
    vendor: Vendor = None,
    test: Test = False,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Cancel an order, also an approved one that its vendor has not confirmed; it is told why."""
    if not options.text(reason).strip():
        raise UsageError("the vendor is told the reason; give a sentence with --reason")
    meant = OrderMeant(options.text(number), buyer, vendor, is_test=True if test else None)
    decide(Decision.CANCEL, meant, by, reason.strip(), site, as_json=as_json)
