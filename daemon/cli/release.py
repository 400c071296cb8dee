"""`k2kd release`: let go what a hold stopped, on a person's word."""

from __future__ import annotations

from rich.text import Text

from daemon import operations
from daemon.cli import options, screen
from daemon.cli.books import carried_text, carry_on, opened
from daemon.cli.tables import open_tables

app = options.app()


@app.command(epilog=options.example("k2kd release 7"))
def release(
    hold: options.HoldId,
    *,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Let go what a hold stopped: an order takes its place, a file is read again."""
    with opened(site) as books:
        tables = open_tables(books.site, books.today())
        done = operations.release(books.ledger, books.site, tables, books.today(), hold_id=hold)
        carried = carry_on(books)
    orders = [{"number": o.order.number, "state": o.state.value} for o in done.orders]
    if as_json:
        screen.print_json({"released": hold, "orders": orders, "carried": carried})
        return
    console = screen.console()
    console.print(Text(f"hold {hold} released", "green"))
    for order in orders:
        text = Text.assemble((f"order {order['number']}", "bold"), " is ")
        console.print(text.append_text(screen.state(order["state"])))
    console.print(Text(carried_text(carried), "dim"))
