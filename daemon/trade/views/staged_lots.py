"""What of vendors' stock is not on sale and why, and which of their words nobody knows; for people.

It reads the books and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import func, or_, select

from daemon.config import Configuration
from daemon.ledger.schema import stock_lots
from daemon.mapping.rows import ATTRIBUTES, Kind
from daemon.mapping.tables import Tables
from daemon.trade.stock.staging import LotRow, lacks_pack, values_of


class Needs(StrEnum):
    """What a staged lot waits for (domain M-12, M-13)."""

    PRODUCT = "product"
    """The orange sign: no row says what it is."""
    UNIT = "unit"
    PACK = "pack"
    """The blue sign: nobody said how it is packed."""
    WORD = "word"
    """Nothing but a person's word."""


@dataclass(frozen=True, slots=True)
class StagedGoods:
    """Lots of the same goods that are not on sale, `quantity` in `unit`s of the vendor."""

    vendor: str
    words: str
    """The vendor's code or description."""
    product: str | None
    needs: Needs
    unit: str
    quantity: Decimal
    lots: int


def staged_goods(
    conn: DatabaseConnection,
    site: Configuration,
    tables: Tables,
    today: date,
    vendor: str | None = None,
) -> list[StagedGoods]:
    """Return what is not on sale, by vendor, in the order in which it came."""
    lot = stock_lots.c
    is_staged = or_(lot.product.is_(None), lot.unit_type.is_(None), ~lot.is_confirmed)
    query = select(stock_lots).where(is_staged, lot.published > lot.bought)
    if vendor is not None:
        query = query.where(lot.vendor == vendor)
    found: dict[tuple[object, ...], StagedGoods] = {}
    for row in conn.execute(query.order_by(lot.vendor, lot.id)):
        words = row.source_code or row.description or row.source_key
        needs = _needs(row, site, tables, today)
        key = row.vendor, words, row.product, row.unit, needs
        left = row.published - row.bought
        known = found.get(key)
        if known is None:
            found[key] = StagedGoods(
                *(row.vendor, words, row.product, needs, row.unit), quantity=left, lots=1
            )
        else:
            more = known.quantity + left
            found[key] = replace(known, quantity=more, lots=known.lots + 1)
    return list(found.values())


def _needs(row: LotRow, site: Configuration, tables: Tables, today: date) -> Needs:
    if row.product is None:
        return Needs.PRODUCT
    if row.unit_type is None:
        return Needs.UNIT
    vendor = site.partner_named(row.vendor)
    is_unpacked = vendor is not None and lacks_pack(values_of(row), vendor, tables, today)
    return Needs.PACK if is_unpacked else Needs.WORD


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A category, grade or colour of a vendor's stock that the network has no word for."""

    kind: Kind
    vendor: str
    text: str
    lots: int


def unknown_words(conn: DatabaseConnection, tables: Tables, today: date) -> list[UnknownWord]:
    """Return the words of stock with something left that nobody has mapped, by kind and vendor.

    Nothing waits for them (domain 9.1).
    """
    lot = stock_lots.c
    columns = {Kind.CATEGORIES: lot.category, Kind.GRADES: lot.grade, Kind.COLORS: lot.color}
    found = []
    for kind in ATTRIBUTES:
        column = columns[kind]
        if not tables.has_words(kind):
            continue
        query = (
            select(lot.vendor, column, func.count())
            .where(column.is_not(None), lot.published > lot.bought)
            .group_by(lot.vendor, column)
            .order_by(lot.vendor, column)
        )
        for vendor, text, lots in conn.execute(query):
            if tables.word(kind, vendor, text, vendor=vendor, on=today) is None:
                found.append(UnknownWord(kind, vendor, text, lots))
    return found
