"""`k2kd availability`: what each buyer is shown of each vendor now, and why a product is not."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from daemon.cli import options, screen
from daemon.cli.books import Books, opened
from daemon.cli.named_partner import known_partner
from daemon.cli.tables import open_tables
from daemon.clock import SystemClock
from daemon.errors import UsageError
from daemon.eventlog import safe
from daemon.mapping.problems import nearest
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from daemon.terms.connection import customers_with_terms
from daemon.trade.calendar.why_hidden import Reason
from daemon.trade.prices.asking import Asked
from daemon.trade.views import seen
from daemon.trade.views.seen import Explained, Link
from daemon.trade.views.shelf import Lot, kept_of
from formats.offers import OfferRow
from formats.values import normalised

app = options.app()
MOST_SHOWN = 2000


@dataclass(frozen=True, slots=True)
class Seen:
    """A connection with the offers that its buyer can have, or its lots explained."""

    link: Link
    offers: Sequence[OfferRow] = ()
    lots: Sequence[Explained] = ()


@app.command(
    epilog=options.example(
        "k2kd availability bloom --vendor florsol",
        "k2kd availability bloom --product BLM-100 --explain",
        "k2kd availability bloom --location MIA --customer ROSELANE",
    )
)
def availability(
    buyer: Annotated[
        str | None, typer.Argument(metavar="BUYER", help="Only what this buyer sees.")
    ] = None,
    *,
    vendor: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this vendor's stock.")
    ] = None,
    product: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Only this: our code, the buyer's, or vendor's words."),
    ] = None,
    location: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="As this location of BUYER sees it: its GPM, its days."),
    ] = None,
    customer: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="For this customer of BUYER: its markup, its days."),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why it is not visible, or has no price.")
    ] = False,
    limit: Annotated[
        int,
        typer.Option(min=1, max=1_000_000, metavar="N", help="Of a connection at most so many."),
    ] = 50,
    as_json: options.Json = False,
    site: options.Site = None,
) -> None:
    """Show what each buyer sees of each vendor's stock now: quantity, first truck date, price."""
    if explain and product is None:
        raise UsageError("say what to explain: --product CODE")
    with opened(site) as books:
        for name in (buyer, vendor):
            known_partner(name, books.partners)
        asked = Looking(buyer, vendor, location, customer)
        asked.check(books)
        tables = open_tables(books.site, books.today())
        asked = asked.with_customer(books, tables)
        with books.ledger.read() as conn:
            found = list(_found(conn, books, tables, asked, product, is_explained=explain))
    if as_json:
        screen.print_json([each for one in found for each in _facts(one, is_explained=explain)])
        return
    console = screen.console()
    # Of a product only those who have something of it speak.
    speaking = found if product is None else [one for one in found if one.lots or one.offers]
    for one in speaking:
        if explain:
            _show_lots(console, one, limit)
        else:
            _show_offers(console, one, limit)
    if not found:
        console.print("no such connection; see them all with: k2kd connections")
    elif not speaking:
        console.print(_nobody(found, product or "", is_explained=explain))


@dataclass(frozen=True, slots=True)
class Looking:
    """Between whom it is looked, and whose location and customer it is for; None is any."""

    buyer: str | None
    vendor: str | None
    location: str | None
    customer: str | None
    called: tuple[str, ...] = ()
    """The customer's names, as its buyer's terms may have it."""

    def check(self, books: Books) -> None:
        """Raise a UsageError where a location is no one's of the buyer, or no buyer is named."""
        company = books.site.partner_named(self.buyer) if self.buyer else None
        if company is None and (self.location or self.customer):
            raise UsageError("say whose: k2kd availability BUYER --location CODE --customer CODE")
        if company is not None and self.location and self.location not in company.locations:
            known = ", ".join(company.locations) or "none"
            raise UsageError(
                f"{self.location} is no location of {company.name}; name one of: {known}"
            )

    def with_customer(self, books: Books, tables: Tables) -> Looking:
        """Return it with all that the customer is called, as in an order: by its buyer, and by us.

        Raises a UsageError where neither the tables nor the buyer's terms know the customer.
        """
        company = books.site.partner_named(self.buyer) if self.buyer else None
        if company is None or not self.customer:
            return self
        asked = options.text(self.customer)
        ours = tables.customer(company.name, asked, None, self.vendor, books.today())
        if ours is not None:
            return replace(self, called=(asked, ours))
        links = [link for link in books.site.connection if link.buyer == company.name]
        known = customers_with_terms(company.buying, links)
        if normalised(asked) not in known:
            names = sorted({*tables.ours(Kind.CUSTOMERS), *known})
            hint = nearest(asked, names, "add it to customers.csv")
            raise UsageError(f"{safe(asked[:40])} is no customer of {company.name}; {hint}")
        return replace(self, called=(asked,))


def _found(
    conn: Connection,
    books: Books,
    tables: Tables,
    asked: Looking,
    product: str | None,
    *,
    is_explained: bool,
) -> Iterator[Seen]:
    """Yield the connections that are meant, with what is asked for of them."""
    at = SystemClock().now()
    called = None if product is None else options.text(product)
    links = seen.links(conn, books.site, tables, at, location=asked.location, customer=asked.called)
    wanted = [
        link
        for link in links
        if asked.buyer in (None, link.buyer.name) and asked.vendor in (None, link.vendor.name)
    ]
    for link in sorted(wanted, key=lambda each: each.vendor.name):
        if called is None:
            shelves = seen.shelves(conn, link.vendor, tables, books.site, at)
            yield Seen(link, seen.offered(link, shelves))
            continue
        found = seen.lots_called(conn, link, called)
        kept = kept_of(conn, books.site, tables, link.vendor.name, found)
        lots = [seen.explain(link, lot, kept) for lot in found]
        yield Seen(link, [lot.offer for lot in lots if lot.offer], lots if is_explained else ())


def _facts(one: Seen, *, is_explained: bool) -> Iterator[dict[str, object]]:
    sides: dict[str, object] = {"vendor": one.link.vendor.name, "buyer": one.link.buyer.name}
    if not is_explained:
        for offer in one.offers:
            yield sides | offer.said()
        return
    for each in one.lots:
        lot = each.lot
        yield sides | {
            "lot": f"{one.link.vendor.name}-{lot.id}",
            "product": lot.product,
            "words": words(lot),
            "published": lot.published,
            "bought": lot.bought,
            "is_visible": each.offer is not None,
            "offer": each.offer.said() if each.offer else None,
            "why_hidden": each.hidden,
            "why_unpriced": each.unpriced,
            "asked": _asked(each),
        }


def _show_offers(console: Console, one: Seen, limit: int) -> None:
    """Print what a buyer can have as a table."""
    link = one.link
    console.print(_title(link, screen.count(len(one.offers), "offer")))
    if not link.is_shown:
        _show_stopped(console, link)
        return
    rows = [
        (
            row.buyer_item,
            row.offer.description,
            number(row.offer.quantity),
            row.offer.unit,
            f"{row.available_from or ''}",
            number(row.landed_cost),
            Text(number(row.price)) if row.price is not None else Text("none", "yellow"),
            row.offer.name,
        )
        for row in one.offers[:limit]
    ]
    if not rows:
        console.print(Text("  nothing that it could have", "yellow"))
        return
    names = ("product", "description", "left", "unit", "first truck", "landed", "price", "offer")
    console.print(screen.table(names, rows, right="left landed price"))
    if len(one.offers) > limit:
        console.print(Text(f"  and {len(one.offers) - limit} more; see --limit", "dim"))
    first = next((offer for offer in one.offers if offer.price is None), None)
    if first is not None:
        words = ["k2kd", "availability", link.buyer.name, "--product", first.buyer_item or ""]
        screen.next_step(console, shlex.join([*words, "--explain"]), "why there is no price")


def _show_stopped(console: Console, link: Link) -> None:
    """Say what keeps all of a vendor's stock from a buyer."""
    for reason in seen.stopped(link):
        _show_reason(console, reason)


def _title(link: Link, text: str) -> Text:
    style = "bold" if link.is_shown else "bold yellow"
    return Text.assemble((f"\n{link.vendor.name} -> {link.buyer.name}", style), f"   {text}")


def _nobody(found: Sequence[Seen], product: str, *, is_explained: bool) -> str:
    """Say that nobody has a product, and how to find out why."""
    vendors = ", ".join(dict.fromkeys(one.link.vendor.name for one in found))
    if is_explained:
        return f"{vendors}: nothing was published that goes by {safe(product)}"
    return f"nobody sees {safe(product)} of {vendors}; ask why with: --explain"


def _show_lots(console: Console, one: Seen, limit: int) -> None:
    """Print a product's lots, each with what is in its way."""
    link = one.link
    console.print(_title(link, screen.count(len(one.lots), "lot")))
    for_all = tuple(seen.stopped(link))
    for reason in for_all:
        _show_reason(console, reason)
    for each in one.lots[:limit]:
        console.print(_headline(link, each))
        if made_of := _made_of(lot=each.lot, asked=each.asked):
            console.print(Text(f"           {made_of}", "dim"), soft_wrap=True)
        if each.offer is not None and each.offer.price is not None:
            console.print(Text(f"           {_margin(link, each.lot)}", "dim"), soft_wrap=True)
        for reason in (*each.hidden, *each.unpriced):
            if reason not in for_all:
                _show_reason(console, reason)
    if len(one.lots) > limit:
        console.print(Text(f"  and {len(one.lots) - limit} more; see --limit", "dim"))


def _headline(link: Link, each: Explained) -> Text:
    """Return in one line what a buyer sees of a lot."""
    lot, row = each.lot, each.offer
    line = Text.assemble(f"  {link.vendor.name}-{lot.id}  ", (safe(words(lot)), "bold"), "  ")
    if row is None:
        return line.append("NOT VISIBLE", screen.RED)
    line.append(f"visible: {number(row.offer.quantity)} {row.offer.unit}", "green")
    line.append(f", first truck date {row.available_from}")
    if row.price is None:
        return line.append(", NO PRICE", screen.RED)
    cost, currency = number(row.landed_cost), link.buyer.currency or ""
    return line.append(f", landed cost {cost}, price {number(row.price)} {currency}")


def _margin(link: Link, lot: Lot) -> str:
    """Say what is earned on a landed cost, and who says so (K-61, K-64 to K-66)."""
    terms = link.by.terms
    if terms.listed(lot.product) is not None:
        return "K-66 price: as the buyer's price list says"
    if terms.is_landed_cost:
        return "K-65 price: the landed cost"
    markup = f", markup {terms.markup_percent:f} %" if terms.markup_percent else ""
    return f"K-64 price: GPM {terms.gpm_percent or 0:f} % of {terms.gpm_from}{markup}"


def _asked(each: Explained) -> dict[str, object]:
    """Return what the vendor asks of the buyer, and what that is made of, for programs."""
    asked = each.asked
    return {
        "unit_cost": asked.cost,
        "cost_unit": asked.packing.unit.value,
        "currency": asked.currency,
        "stated": each.lot.unit_cost,
        "price_list_row": asked.listed.number if asked.listed else None,
        "markup_percent": asked.markup_percent,
        "fuel_surcharge": asked.surcharge,
    }


def _made_of(lot: Lot, asked: Asked) -> str:
    """Say why a cost isn't what the vendor's file says (K-60); empty where it is."""
    parts = []
    if asked.listed is not None:
        parts.append(f"row {asked.listed.number} of prices.csv: {number(asked.listed.price)}")
    elif asked.markup_percent:
        parts.append(f"{number(lot.unit_cost)} of its file, markup {asked.markup_percent:f} %")
    if asked.surcharge is not None:
        parts = parts or [f"{number(lot.unit_cost)} of its file"]
        parts.append(f"fuel surcharge {asked.surcharge.normalize():.6f}")
    if not parts or asked.cost is None:
        return ""
    cost = f"{number(asked.cost)} {asked.currency or ''}".rstrip()
    return f"K-60 cost {cost} a {asked.packing.unit.value.lower()}: {', '.join(parts)}"


def _show_reason(console: Console, reason: Reason) -> None:
    """Print one rule that is in the way, and what would end it."""
    grid = Table.grid(padding=(0, 1))
    mark, rule = Text("    ▲", screen.RED), Text(f"{reason.rule:<4}", "bold")
    grid.add_row(mark, rule, Text(safe(reason.sentence, MOST_SHOWN)))
    console.print(grid)
    if reason.wanted:
        wanted = safe(reason.wanted)
        change = f"set {reason.setting} to {wanted}"
        if reason.is_added:
            change = f"add {wanted} to {reason.setting}"
        elif reason.setting.endswith(".csv"):
            change = f"add to {reason.setting}: {wanted}"
        console.print(Text(f"           {change}", "cyan"), soft_wrap=True)


def words(lot: Lot) -> str:
    """Return what a lot is called: our code, or what its vendor said."""
    return lot.product or lot.source_code or lot.description or lot.source_key


def number(amount: Decimal | None) -> str:
    """Return an amount without a power of ten; empty for none."""
    return "" if amount is None else f"{amount:f}"
