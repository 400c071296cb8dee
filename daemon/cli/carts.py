"""`k2kd carts`: the carts that are open, what they keep from others, and when they end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from daemon.cli import options, screen
from daemon.cli.books import opened
from daemon.clock import SystemClock
from daemon.eventlog import safe
from daemon.ledger.carts import Cart, open_carts

app = options.app()
COLUMNS = ("order", "buyer", "vendor", "customer", "ends", "line", "product", "held", "status")


@app.command(epilog=options.example("k2kd carts", "k2kd carts --partner florsol --json"))
def carts(
    *,
    partner: options.OfPartner = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List open carts, the first to end first; their goods are kept until then."""
    with opened(site) as books:
        books.refuse_stranger(partner)
        with books.ledger.read() as conn:
            found = open_carts(conn)
    if partner is not None:
        found = [each for each in found if partner in (each.buyer, each.vendor)]
    if as_json:
        screen.print_json(found)
        return
    console = screen.console()
    if not found:
        console.print("no cart is open")
        return
    now = SystemClock().now()
    rows = [row for cart in found for row in _rows(cart, now)]
    console.print(screen.table(COLUMNS, rows, right="held"))


def _rows(cart: Cart, now: datetime) -> Iterator[tuple[screen.Cell, ...]]:
    """Yield a row a line; what is said of the whole cart stands in the first."""
    head: tuple[screen.Cell, ...] = (
        *(safe(cart.number), cart.buyer, cart.vendor, safe(cart.customer or "")),
        f"{screen.briefly(cart.ends_at)} ({_left(cart.ends_at, now)})",
    )
    for line in cart.lines:
        status = "checked out" if line.is_checked_out else "in the cart"
        product = line.product or safe(line.description or "")
        yield (*head, safe(line.line), product, f"{line.held} {line.unit}", status)
        head = ("",) * len(head)


def _left(ends_at: datetime, now: datetime) -> str:
    seconds = int((ends_at - now).total_seconds())
    return "over" if seconds <= 0 else f"{-(-seconds // 60)} min left"
