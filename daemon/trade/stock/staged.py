"""Complete staged lots: what was not known of them when their file came is mapped now (M-11)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, and_, or_, select, update

from daemon.ledger.schema import stock_lots
from daemon.mapping.aliases import NO_ALIASES, Aliases
from daemon.mapping.rows import Kind
from daemon.mapping.tables import Tables, Words
from daemon.trade.desk import Desk
from daemon.trade.stock.gathered import UNKNOWN_UNIT
from daemon.trade.stock.lot_holds import waiting_on_lots
from daemon.trade.stock.offers import check_offer
from daemon.trade.stock.staging import goes_on_sale, settle, values_of

LotRow = Row[*tuple[Any, ...]]


def complete_lots(desk: Desk, vendors: set[str]) -> int:
    """Fill in what the tables know now of these vendors' lots; return how many changed.

    A lot goes on sale once its product, its unit and its pack are known, by itself or on a person's
    word (M-13). One that is on sale gets the box type, or what its cost is per, that was not known
    before.
    """
    lot = stock_lots.c
    lacks_words = or_(
        and_(lot.box_type.is_(None), lot.box_type_code.is_not(None)),
        lot.cost_unit.startswith(UNKNOWN_UNIT),
    )
    is_staged = or_(lot.product.is_(None), lot.unit_type.is_(None), ~lot.is_confirmed)
    query = select(stock_lots).where(lot.vendor.in_(vendors), or_(is_staged, lacks_words))
    count = 0
    desk.write_stock()
    for row in desk.post.conn.execute(query).all():
        values = _known_now(row, desk)
        if not values:
            continue
        check_offer(row.source_code or row.source_key, row._asdict(), values, desk.today)
        desk.post.conn.execute(
            update(stock_lots)
            .where(stock_lots.c.id == row.id)
            .values(**values, change=desk.change_of(row.vendor), updated_at=desk.post.at)
        )
        count += 1
    for name in sorted(vendors):
        settle_vendor(desk, name)
    return count


def settle_vendor(desk: Desk, name: str) -> None:
    """Let holds stand for what a vendor's staged lots wait for, once its lots have changed."""
    vendor, lot = desk.partner(name), stock_lots.c
    newest = select(lot.arrival_id).where(lot.vendor == name).order_by(lot.id.desc()).limit(1)
    arrival = desk.post.conn.execute(newest).scalar()
    if vendor is not None and arrival is not None:
        waiting = waiting_on_lots(desk, name)
        settle(desk, vendor, waiting, arrival_id=arrival, document_id=None)
        desk.post.flush()


def _known_now(row: LotRow, desk: Desk) -> dict[str, object]:
    """Return the columns of a lot that the tables can fill now; none while it can't be sold."""
    tables, today = desk.tables, desk.today
    values: dict[str, object] = {}
    if row.product is None or row.unit_type is None:
        product = product_of(row, tables, today, aliases=desk.aliases)
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
    confirmed = is_on_sale(row, values, desk)
    if confirmed != row.is_confirmed:
        values["is_confirmed"] = confirmed
    return values


def is_on_sale(row: LotRow, values: dict[str, object], desk: Desk) -> bool:
    """Tell whether a lot is on sale once `values` are written into it."""
    vendor = desk.partner(row.vendor)
    if vendor is None:
        return bool(row.is_confirmed)
    was = row.product if row.is_confirmed else None
    will_be = values_of(row) | values
    return goes_on_sale(will_be, vendor, desk.tables, desk.today, was_on_sale_as=was)


def product_of(
    row: LotRow, tables: Tables, today: date, *, aliases: Aliases = NO_ALIASES
) -> str | None:
    """Return what a lot is: by its codes and description, or by what else its vendor says of it."""
    codes = (row.source_code, row.source_key) if row.codes is None else row.codes.split("\n")
    alias = aliases.product(row.vendor, row.description) if row.description else None
    found = tables.resolve_any(
        *(Kind.PRODUCTS, row.vendor, codes, row.description),
        vendor=row.vendor,
        on=today,
        alias=alias,
    )
    if found is not None or tables.deciding_row(
        Kind.PRODUCTS, row.vendor, codes, row.description, vendor=row.vendor, on=today
    ):
        return found
    words = Words(row.category, row.variety, row.color, row.grade)
    return tables.alike(row.vendor, words, vendor=row.vendor, on=today)
