"""Which of the products that nobody has mapped are added to the catalogue by themselves (M-15).

Only those of vendors whose stock goes over a connection that wants it. Where a row decided already,
also for an inactive product, or where the catalogue has the same words, a person has said something
about it, and nothing is added.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import select

from daemon.config import Configuration
from daemon.errors import EnvironmentFault, SiteError
from daemon.eventlog import Say
from daemon.ledger import holds as hold_book
from daemon.ledger.holds import HoldKind
from daemon.ledger.schema import stock_lots
from daemon.ledger.store import Ledger
from daemon.mapping.add_products import NewProduct, add_products
from daemon.mapping.rows import Kind, description_key, text_key
from daemon.mapping.tables import Tables
from daemon.mapping.tableset import TableSet
from daemon.trade.aliases import KeptAliases
from daemon.trade.stock.staged import LotRow, product_of

_LENGTH = re.compile(r"[0-9]+ cm", re.ASCII)


@dataclass(slots=True)
class Newcomers:
    """Adds what vendors offer newly to the catalogue, and says once what can't be added."""

    site: Configuration
    ledger: Ledger
    tables: TableSet
    say: Say
    _refused: tuple[str, int] | None = None
    """Which tables could not take how many."""

    def add(self, today: date) -> int:
        """Add what there is; return how many. The lots wait on for the next `redrive`."""
        tables = self.tables.current
        if self.tables.problems or not vendors_that_add(self.site):
            return 0
        with self.ledger.read() as conn:
            new = new_products(conn, self.site, tables, today)
        if not new or self._refused == (tables.hash, len(new)):
            return 0
        partners = [partner.name for partner in self.site.partner]
        try:
            add_products(self.site.mappings, new, partners=partners, today=today)
        except (SiteError, EnvironmentFault) as error:
            self._refused = tables.hash, len(new)
            self.say("products_not_added", products=len(new), reason=error)
            return 0
        self.tables.refresh(is_whole=True)
        self.say("products_added", products=len(new))
        return len(new)


def vendors_that_add(site: Configuration) -> list[str]:
    """Return the vendors whose new products some buyer takes as they come."""
    links = (link for link in site.connection if link.is_on and link.adds_products)
    return list(dict.fromkeys(link.vendor for link in links))


def new_products(
    conn: DatabaseConnection, site: Configuration, tables: Tables, today: date
) -> list[NewProduct]:
    """Return the products to be added, each once."""
    vendors = vendors_that_add(site)
    if not vendors:
        return []
    found: dict[tuple[str, str], NewProduct] = {}
    aliases = KeptAliases(conn)
    known = {description_key(product.description) for product in tables.catalogue.values()}
    for row in _waiting(conn, vendors):
        new = _new(row, tables, today)
        is_said = description_key(new.source_description or new.source_code) in known
        codes = [code for code in (row.codes or "").split("\n") if code]
        is_known = product_of(row, tables, today, aliases=aliases) is not None
        is_decided = is_known or tables.deciding_row(
            Kind.PRODUCTS, row.vendor, codes, row.description, vendor=row.vendor, on=today
        )
        if not is_said and not is_decided:
            key = description_key(new.source_description or new.source_code)
            found.setdefault((row.vendor, new.source_code or key), new)
    return list(found.values())


def _waiting(conn: DatabaseConnection, vendors: list[str]) -> Iterator[LotRow]:
    """Yield the lots that wait for their product, the oldest first."""
    for vendor in vendors:
        waiting = hold_book.open_holds(conn, [HoldKind.UNMAPPED], partner=vendor)
        lots = [h.lot_id for h in waiting if h.mapping_kind == Kind.PRODUCTS.value and h.lot_id]
        for lot in lots:
            row = conn.execute(select(stock_lots).where(stock_lots.c.id == lot)).first()
            if row is not None and (row.source_code or row.description):
                yield row


def _new(row: LotRow, tables: Tables, today: date) -> NewProduct:
    """Return what a lot says of its product.

    A word that the network has none for is left out, or the catalogue would make it one; a length
    is one for everybody.
    """

    def word(kind: Kind, text: str | None) -> str:
        return tables.word(kind, row.vendor, text, vendor=row.vendor, on=today) or ""

    length = text_key(Kind.GRADES, row.grade or "")
    grade = word(Kind.GRADES, row.grade) or (length if _LENGTH.fullmatch(length) else "")
    return NewProduct(
        vendor=row.vendor,
        source_code=row.source_code or "",
        source_description=row.description or "",
        category=word(Kind.CATEGORIES, row.category),
        variety=row.variety or "",
        color=word(Kind.COLORS, row.color),
        grade=grade,
    )
