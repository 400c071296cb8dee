"""`k2kd charges`: what air waybills really cost, and how far each charge is (W-05)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import typer
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import opened
from daemon.cli.tables import open_tables
from daemon.eventlog import safe
from daemon.ledger.charges_report import ChargeFact, WaybillCost, waybill_costs
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from daemon.trade.prices.box_types import BoxType, fbe_of
from formats.waybill_charges import ChargeKind

app = options.app()
COLUMNS = (
    *("air waybill", "ships", "arrives", "buyer", "from", "boxes", "FBE", "total"),
    *(kind.value for kind in ChargeKind),
    "",
)


@app.command(epilog=options.example("k2kd charges", "k2kd charges --awb 0743 --json"))
def charges(
    *,
    awb: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="Only this air waybill; its last 4 digits do."),
    ] = None,
    partner: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only those of this buyer.")
    ] = None,
    limit: options.Limit = 50,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List air waybills, the newest first, with what freight, handling and duties really cost."""
    number = options.text(awb) if awb is not None else None
    with opened(site) as books:
        books.refuse_stranger(partner)
        today = books.today()
        tables = open_tables(books.site, today)
        with books.ledger.read() as conn:
            found = waybill_costs(conn, buyer=partner, awb=number, limit=limit)
    if as_json:
        screen.print_json(
            [
                screen.facts(each)
                | {"boxes": each.boxes, "fbe": _fbe(each, tables, today), "total": each.total}
                for each in found
            ]
        )
        return
    console = screen.console()
    if not found:
        console.print("no such air waybill")
        return
    rows = [_row(each, _fbe(each, tables, today)) for each in found]
    console.print(screen.table(COLUMNS, rows, right="boxes FBE total"))


def _row(cost: WaybillCost, fbe: Decimal | None) -> tuple[screen.Cell, ...]:
    return (
        *(safe(cost.awb), cost.ship_date.isoformat()),
        cost.arrival_date.isoformat() if cost.arrival_date else "",
        *(cost.buyer, ", ".join(cost.vendors), str(cost.boxes)),
        "?" if fbe is None else f"{fbe.normalize():f}",
        f"{cost.total:f}" if cost.charges else "",
        *(_charges(cost, kind) for kind in ChargeKind),
        Text("completed", "green") if cost.is_completed else "",
    )


def _fbe(cost: WaybillCost, tables: Tables, today: date) -> Decimal | None:
    """Return how many full boxes an air waybill carries; None where one has no known type."""
    known = {code: BoxType.of(entry) for code, entry in tables.entries[Kind.BOX_TYPES].items()}
    counted: dict[str, Decimal] = {}
    for boxes in cost.goods:
        pack = tables.pack(boxes.vendor, boxes.product, today) if boxes.product else None
        name = boxes.box_type or (pack.box_type if pack else None) or ""
        counted[name] = counted.get(name, Decimal(0)) + boxes.count
    return fbe_of(counted, known)


def _charges(cost: WaybillCost, kind: ChargeKind) -> str:
    """Say what was charged for a part of the way, and how far that is."""
    return "; ".join(_said(each) for each in cost.charges if each.kind == kind.value)


def _said(charge: ChargeFact) -> str:
    house = f" (house {safe(charge.house_awb)})" if charge.house_awb else ""
    return f"{charge.amount:f}{house} {charge.state}"
