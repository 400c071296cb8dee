"""`k2kd approve` and `k2kd disapprove`: decide about an order in its buyer's name (domain 8.2)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from daemon import decisions
from daemon.cli import options
from daemon.cli.books import carry_on, opened
from daemon.cli.decided import Decided, person, show
from daemon.cli.named_partner import known_partner
from daemon.cli.tables import open_tables
from daemon.decisions import OrderMeant
from formats.steps import Decision

app = options.app()

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number.")]
Test = Annotated[bool, typer.Option("--test", help="The test order of this number.")]


@app.command(epilog=options.example("k2kd approve AX-7731 --by ana"))
def approve(
    number: Number,
    *,
    by: options.By = None,
    reason: options.Note = None,
    buyer: options.Buyer = None,
    vendor: options.Vendor = None,
    test: Test = False,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Approve an order that waits for it: its goods are taken, and its vendor gets it."""
    meant = OrderMeant(options.text(number), buyer, vendor, is_test=True if test else None)
    decide(Decision.APPROVE, meant, by, reason, site, as_json=as_json)


def decide(
    decision: Decision,
    meant: OrderMeant,
    by: str | None,
    reason: str | None,
    site: Path | None,
    *,
    as_json: bool,
) -> None:
    """Carry out a decision and say what came of it."""
    with opened(site) as books:
        known_partner(meant.buyer, books.partners)
        known_partner(meant.vendor, books.partners)
        done = decisions.decide(
            books.ledger,
            books.site,
            open_tables(books.site, books.today()),
            books.today(),
            meant=meant,
            decision=decision,
            by=person(by),
            reason=options.text(reason) if reason else None,
        )
        carried = carry_on(books)
    state = done.order.state.value if done.order else None
    # A purchase is taken out of the order that it was put into, which is then told of.
    number = done.order.order.number if done.order else meant.number
    decided = Decided("order", number, state, done.message, done.status.value, carried)
    show(decided, as_json=as_json)
