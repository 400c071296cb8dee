"""`k2kd staged`: offers that are not on sale, what they lack, and a person's word for them."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from daemon.cli import options, screen
from daemon.cli.books import carried_text, carry_on, opened
from daemon.cli.named_partner import known_partner
from daemon.cli.tables import open_tables
from daemon.errors import UsageError
from daemon.operations import confirm_stock
from daemon.trade.views.staged_lots import Needs, StagedGoods, staged_goods

app = options.app()
SIGNS = {
    Needs.PRODUCT: ("▲ product", "yellow"),
    Needs.UNIT: ("▲ unit", "yellow"),
    Needs.PACK: ("▲ pack", "blue"),
    Needs.WORD: ("ready", "green"),
}


@app.command(
    epilog=options.example(
        "k2kd staged",
        "k2kd staged florsol --confirm",
        "k2kd staged florsol -p ROS-EXP-60 --confirm",
    )
)
def staged(
    vendor: Annotated[
        str, typer.Argument(metavar="[VENDOR]", help="Only of this vendor.", show_default=False)
    ] = "",
    *,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Put on sale what lacks nothing but your word.")
    ] = False,
    product: Annotated[
        list[str] | None,
        typer.Option("--product", "-p", metavar="CODE", help="Only this product; may be repeated."),
    ] = None,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """List offers that are not on sale: unmapped, without a pack, or waiting for your word."""
    if confirm:
        _confirm(vendor, product or [], site, as_json=as_json)
        return
    with opened(site) as books:
        known_partner(vendor or None, books.partners)
        tables, today = open_tables(books.site, books.today()), books.today()
        with books.ledger.read() as conn:
            found = staged_goods(conn, books.site, tables, today, vendor or None)
    found = [goods for goods in found if not product or goods.product in product]
    if as_json:
        screen.print_json(found)
        return
    _show(screen.console(), found)


def _confirm(vendor: str, products: list[str], site: Path | None, *, as_json: bool) -> None:
    if not vendor:
        raise UsageError(
            "name the vendor whose offers go on sale, as: k2kd staged florsol --confirm"
        )
    with opened(site) as books:
        known_partner(vendor, books.partners)
        tables = open_tables(books.site, books.today())
        lots = confirm_stock(
            books.ledger, books.site, tables, books.today(), vendor=vendor, products=products
        )
        carried = carry_on(books)
    if as_json:
        screen.print_json({"vendor": vendor, "lots": lots, "carried": carried})
        return
    console = screen.console()
    words = f"put {screen.count(lots, 'offer')} on sale" if lots else "nothing was ready for it"
    console.print(Text(words, "green" if lots else "dim"))
    console.print(Text(carried_text(carried), "dim"))


def _show(console: Console, found: list[StagedGoods]) -> None:
    if not found:
        console.print("everything that vendors offer is on sale")
        return
    names = ("vendor", "in its words", "product", "lacks", "quantity", "unit", "lots")
    rows = [
        (
            goods.vendor,
            goods.words,
            goods.product or "",
            Text(*SIGNS[goods.needs]),
            f"{goods.quantity.normalize():f}",
            goods.unit,
            str(goods.lots),
        )
        for goods in found
    ]
    console.print(screen.table(names, rows, right="quantity lots"))
    for way in dict.fromkeys(_way_out(each) for each in found):
        screen.next_step(console, way)


def _way_out(goods: StagedGoods) -> str:
    """Return the command, or the row, that brings goods nearer to being on sale."""
    match goods.needs:
        case Needs.PRODUCT:
            words = ["k2kd", "map", "products", goods.vendor, goods.words, "OUR-CODE"]
        case Needs.UNIT:
            words = ["k2kd", "map", "units", goods.vendor, goods.unit, "Stem"]
        case Needs.PACK:
            return f"packs.csv: {goods.vendor},{goods.product},BOX,BUNCHES,STEMS,Stem"
        case Needs.WORD:
            words = ["k2kd", "staged", goods.vendor, "--confirm"]
    return shlex.join(words)
