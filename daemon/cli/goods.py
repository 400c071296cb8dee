"""`k2kd goods`: the boxes of orders: where each is, under which air waybill, lot and rack."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from daemon.cli import options, screen
from daemon.cli.books import opened
from daemon.ledger.goods_report import GoodsRow
from daemon.ledger.goods_report import goods as found_goods

app = options.app()
COLUMNS = (
    *("box", "external", "order", "line", "product", "vendor", "buyer", "air waybill"),
    *("ships", "arrives"),
    *("state", "lot", "rack", "truck"),
)


@app.command(epilog=options.example("k2kd goods --order 10045", "k2kd goods --awb 5675"))
def goods(
    *,
    awb: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="Only on this air waybill; its last 4 digits do."),
    ] = None,
    order: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Only of this purchase order.")
    ] = None,
    box: Annotated[
        str | None, typer.Option(metavar="CODE", help="The box that has, or had, this code.")
    ] = None,
    partner: options.OfPartner = None,
    limit: options.Limit = 200,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List boxes, those of the newest orders first, with where each is."""
    asked = {
        name: options.text(given) if given is not None else None
        for name, given in (("awb", awb), ("order", order), ("code", box))
    }
    with opened(site) as books:
        books.refuse_stranger(partner)
        with books.ledger.read() as conn:
            found = found_goods(conn, **asked, partner=partner, limit=limit)
    if as_json:
        screen.print_json(found)
        return
    console = screen.console()
    if not found:
        console.print("no such box")
        return
    console.print(_table(found))
    if len(found) == limit:
        console.print(f"the first {limit}; more with --limit")


def _table(found: list[GoodsRow]) -> Table:
    return screen.table(
        COLUMNS,
        [
            (
                *(row.code, row.external_code or "", row.order, row.line),
                row.product or row.description or "",
                *(row.vendor, row.buyer or "", _waybill(row)),
                row.ship_date.isoformat() if row.ship_date else "",
                row.arrival_date.isoformat() if row.arrival_date else "",
                screen.state(row.state),
                *(row.lot_number or "", row.rack or "", row.haul_status or ""),
            )
            for row in found
        ],
    )


def _waybill(row: GoodsRow) -> str:
    if row.awb is None:
        return ""
    return f"{row.awb} (closed)" if row.waybill_state == "closed" else row.awb
