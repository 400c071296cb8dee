"""Complete staged lots: what was not known of them when their file came is mapped now (M-11)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, and_, or_, select, update

from daemon.ledger.schema import stock_lots
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables, Words
from daemon.trade.desk import Desk
from daemon.trade.stock.open_market import UNKNOWN_UNIT

LotRow = Row[*tuple[Any, ...]]


def complete_lots(desk: Desk, vendors: set[str]) -> int:
    """Fill in what the tables know now of these vendors' lots; return how many changed.

    A lot goes on sale once its product and its unit are known. One that is on sale gets the box
    type, or what its cost is per, that was not known before.
    """
    lot = stock_lots.c
    lacks_words = or_(
        and_(lot.box_type.is_(None), lot.box_type_code.is_not(None)),
        lot.cost_unit.startswith(UNKNOWN_UNIT),
    )
    query = select(stock_lots).where(
        lot.vendor.in_(vendors), or_(lot.product.is_(None), lot.unit_type.is_(None), lacks_words)
    )
    count = 0
    desk.write_stock()
    for row in desk.post.conn.execute(query).all():
        values = _known_now(row, desk.tables, desk.today)
        if not values:
            continue
        desk.post.conn.execute(
            update(stock_lots)
            .where(stock_lots.c.id == row.id)
            .values(**values, change=desk.change_of(row.vendor), updated_at=desk.post.at)
        )
        count += 1
    return count


def _known_now(row: LotRow, tables: Tables, today: date) -> dict[str, str]:
    """Return the columns of a lot that the tables can fill now; none while it can't be sold."""
    values: dict[str, str] = {}
    if row.product is None or row.unit_type is None:
        product = product_of(row, tables, today)
        unit = tables.unit(row.vendor, row.unit, None, row.vendor, today)
        if product is None or unit is None:
            return {}
        values = {"product": product, "unit_type": unit.value}
    if row.box_type is None and row.box_type_code:
        box_type = tables.box_type(row.vendor, row.box_type_code, None, row.vendor, today)
        if box_type is not None:
            values["box_type"] = box_type
    words = (row.cost_unit or "").partition(UNKNOWN_UNIT)[2]
    cost_unit = tables.unit(row.vendor, words, None, row.vendor, today) if words else None
    if cost_unit is not None:
        values["cost_unit"] = cost_unit.value
    return values


def product_of(row: LotRow, tables: Tables, today: date) -> str | None:
    """Return the product of a lot by its vendor's code, or by what else it was listed under."""
    codes = (row.source_code, row.source_key)
    found = tables.resolve_any(
        Kind.PRODUCTS, row.vendor, codes, row.description, vendor=row.vendor, on=today
    )
    if found is not None or tables.deciding_row(
        Kind.PRODUCTS, row.vendor, codes, row.description, vendor=row.vendor, on=today
    ):
        return found
    words = Words(row.category, row.variety, row.color, row.grade)
    return tables.alike(row.vendor, words, vendor=row.vendor, on=today)
