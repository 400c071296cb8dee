"""Tells which holds settings and tables free now: codes, packs, rates, and connections that lacked
something (domain 9.5, M-02; K-01 to K-10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pydantic import TypeAdapter
from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import select

from daemon.config import Configuration
from daemon.ledger import holds as hold_book
from daemon.ledger.holds import Hold, HoldKind
from daemon.ledger.schema import documents, stock_lots
from daemon.mapping.aliases import Aliases
from daemon.mapping.apply import map_order
from daemon.mapping.rates import rate
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables
from daemon.trade.aliases import KeptAliases
from daemon.trade.stock.staged import product_of
from daemon.trade.views.readiness import Readiness
from formats.records import AxerrioOrder, PurchaseOrder

_ORDERS: TypeAdapter[PurchaseOrder | AxerrioOrder] = TypeAdapter(PurchaseOrder | AxerrioOrder)
_KINDS = ("purchase_order", "axerrio_order")
LOTS_AT_ONCE = 500
Place = tuple[str | None, int | None, str]
"""Kind of code, line and place in it."""


def resolved(
    conn: DatabaseConnection,
    site: Configuration,
    tables: Tables,
    today: date,
    *,
    lots_only: bool = False,
) -> list[Hold]:
    """Return the open holds on codes that `tables` map now, on packs and rates that they have, and
    on connections that lack nothing any more.

    A hold names one code of a line that may go by several, or that the vendor's rows know; so where
    that code alone is not mapped, the order is mapped as when it came.
    """
    kinds = [HoldKind.UNMAPPED, HoldKind.NO_RATE, HoldKind.NO_PACK, HoldKind.NOT_READY]
    found = hold_book.open_holds(conn, kinds)
    if lots_only:
        found = [hold for hold in found if hold.lot_id is not None]
    read: dict[int, set[Place]] = {}
    readiness, aliases = Readiness(), KeptAliases(conn)
    alike = _lots_alike(conn, found, tables, today, aliases=aliases)
    return [
        hold
        for hold in found
        if _has_rate(hold, tables, today)
        or _is_ready(hold, site, tables, today, readiness)
        or _has_pack(hold, tables, today)
        or _is_mapped(hold, tables, today)
        or hold.id in alike
        or _knows_line(conn, hold, tables, today, aliases=aliases, read=read)
    ]


def _lots_alike(
    conn: DatabaseConnection,
    waiting: Sequence[Hold],
    tables: Tables,
    today: date,
    *,
    aliases: Aliases,
) -> set[int]:
    """Return the holds whose lots are known by what else their vendor says of them (9.4, 3, 6)."""
    of_lots = {
        hold.lot_id: hold.id
        for hold in waiting
        if hold.lot_id is not None and hold.mapping_kind == Kind.PRODUCTS.value
    }
    found: set[int] = set()
    lots = sorted(of_lots)
    for start in range(0, len(lots), LOTS_AT_ONCE):
        some = lots[start : start + LOTS_AT_ONCE]
        query = select(stock_lots).where(stock_lots.c.id.in_(some))
        rows = conn.execute(query).all()
        found |= {
            of_lots[row.id]
            for row in rows
            if product_of(row, tables, today, aliases=aliases) is not None
        }
    return found


def _has_rate(hold: Hold, tables: Tables, today: date) -> bool:
    """Tell whether the rate that an order waits for is there (E-29); its code is the currency."""
    pair = hold.source_code or "", hold.source_description or ""
    return hold.kind is HoldKind.NO_RATE and rate(tables.rates, *pair, today) is not None


def _is_ready(
    hold: Hold, site: Configuration, tables: Tables, today: date, readiness: Readiness
) -> bool:
    """Tell whether none of the rules that an order waited for is unmet any more (K-01 to K-10)."""
    if hold.kind is not HoldKind.NOT_READY:
        return False
    link = site.connection_of(hold.vendor or "", hold.source_code or "")
    if link is None:
        return False
    unmet = {each.code for each in readiness.of_orders(site, tables, link, today)}
    return unmet.isdisjoint((hold.source_description or "").split(", "))


def _has_pack(hold: Hold, tables: Tables, today: date) -> bool:
    """Tell whether the pack that goods wait for is there (E-15); the hold's code is the product."""
    if hold.kind is not HoldKind.NO_PACK or hold.source_code is None:
        return False
    vendor = hold.partner if hold.lot_id is not None else hold.vendor
    return tables.pack(vendor or "", hold.source_code, today) is not None


def _is_mapped(hold: Hold, tables: Tables, today: date) -> bool:
    if hold.kind is not HoldKind.UNMAPPED:
        return False
    code = tables.resolve(
        Kind(hold.mapping_kind or Kind.PRODUCTS),
        hold.partner,
        hold.source_code,
        hold.source_description,
        vendor=hold.vendor,
        on=today,
    )
    return code is not None


def _knows_line(
    conn: DatabaseConnection,
    hold: Hold,
    tables: Tables,
    today: date,
    *,
    aliases: Aliases,
    read: dict[int, set[Place]],
) -> bool:
    """Tell whether an order's line is mapped; `read` keeps what of an order is not."""
    if hold.document_id is None or hold.lot_id is not None:
        return False
    if hold.kind is not HoldKind.UNMAPPED:
        return False
    if hold.document_id not in read:
        query = select(documents.c.kind, documents.c.record)
        row = conn.execute(query.where(documents.c.id == hold.document_id)).first()
        if row is None or row.record is None or row.kind not in _KINDS:
            return False
        mapped = map_order(
            _ORDERS.validate_json(row.record),
            tables,
            partner=hold.partner,
            vendor=hold.vendor,
            on=today,
            aliases=aliases,
        )
        read[hold.document_id] = {(c.kind.value, c.line, c.where) for c in mapped.unmapped}
    return (hold.mapping_kind, hold.line, hold.place) not in read[hold.document_id]
