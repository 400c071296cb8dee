"""Cut an order line in two where a shipment comes short (domain P-30).

What is shipped stays with the line and its key. The rest becomes a new line of the same order with
the same reference, whose key the vendor is told as the new po_item_id; its boxes and its share of
the stock go with it. The prebook of the order is cut alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from sqlalchemy import func, insert, select, update

from daemon.ledger import schema
from daemon.ledger.schema import stock_lots, stock_reservations
from daemon.ledger.states import LineProgress
from daemon.trade.desk import Desk
from daemon.trade.goods.books import Box
from daemon.trade.orders.standing import ZERO, StandingLine, StandingOrder, save_line
from daemon.trade.stock.lots import SMALLEST
from daemon.trade.stock.units import PackMissingError, PackRate, convert
from formats.records import UnitType, copy_of

_LINES = schema.order_lines


def split(
    desk: Desk, found: StandingOrder, line: StandingLine, shipped: Decimal, rest: Sequence[Box]
) -> StandingLine:
    """Leave `shipped` units with `line`, and return the new line that has the others.

    `rest` are the boxes that go with the new line.
    """
    left = line.held - shipped
    new = _rest_of(line, left, shipped, at=1 + max(each.line.line for each in found.lines))
    keys = _write(desk, found, line, new)
    new.key, new.prebook_line_id = keys
    _shorten(desk, line, shipped, left)
    table = schema.boxes
    moved = [box.id for box in rest]
    desk.post.conn.execute(update(table).where(table.c.id.in_(moved)).values(order_line_id=new.key))
    _share_stock(desk, line, new, left)
    found.lines.append(new)
    return new


def _rest_of(line: StandingLine, left: Decimal, shipped: Decimal, *, at: int) -> StandingLine:
    said = copy_of(line.line)
    said.line, said.quantity = at, left
    confirmed = None if line.confirmed is None else max(ZERO, line.confirmed - shipped)
    backordered = ZERO if confirmed is None else left - confirmed
    progress = line.progress
    if progress is LineProgress.PARTLY_CONFIRMED and not backordered:
        # What its vendor would not deliver is missing from the shipped part.
        progress = LineProgress.CONFIRMED
    return replace(
        line,
        key=0,
        line=said,
        accepted=left,
        progress=progress,
        confirmed=confirmed,
        backordered=backordered,
    )


def _write(
    desk: Desk, found: StandingOrder, line: StandingLine, new: StandingLine
) -> tuple[int, int | None]:
    """Write the new line into the books, and into the prebook; return both keys."""
    prebook_key = None
    if line.prebook_line_id is not None:
        prebook_key = _copy(desk, line.prebook_line_id, new, None)
    return _copy(desk, line.key, new, prebook_key), prebook_key


def _copy(desk: Desk, key: int, new: StandingLine, prebook_line_id: int | None) -> int:
    """Write a copy of line `key` with the numbers of `new`; return its key."""
    conn = desk.post.conn
    row: dict[str, Any] = dict(
        conn.execute(select(_LINES).where(_LINES.c.id == key)).one()._mapping
    )
    last = select(func.max(_LINES.c.line)).where(_LINES.c.order_id == row["order_id"])
    row |= {
        "id": desk.post.key(_LINES),
        "line": conn.execute(last).scalar_one() + 1,
        "quantity": new.line.quantity,
        "accepted": new.accepted,
        "progress": new.progress.value,
        "confirmed": new.confirmed,
        "backordered": new.backordered,
        "shipped": None,
        "prebook_line_id": prebook_line_id,
        "split_from": key,
    }
    conn.execute(insert(_LINES).values(**row))
    return int(row["id"])


def _shorten(desk: Desk, line: StandingLine, shipped: Decimal, left: Decimal) -> None:
    """Take `left` off a line; what its vendor would not deliver stays with it as lost."""
    line.accepted -= left
    line.line.quantity -= left
    if line.confirmed is not None:
        line.confirmed, line.backordered = shipped, ZERO
    save_line(
        desk,
        line,
        quantity=line.line.quantity,
        accepted=line.accepted,
        confirmed=line.confirmed,
        backordered=line.backordered,
    )


def _share_stock(desk: Desk, line: StandingLine, new: StandingLine, left: Decimal) -> None:
    """Let the new line have its share of what was taken from the lots, the latest first."""
    desk.write_stock()
    table, lots = stock_reservations, stock_lots
    query = (
        select(
            *(table.c.id, table.c.lot_id, table.c.units, lots.c.unit_type),
            *(lots.c.bunches_per_box, lots.c.stems_per_bunch),
        )
        .join(lots, lots.c.id == table.c.lot_id)
        .where(table.c.order_line_id == line.key)
        .order_by(table.c.id.desc())
    )
    for key, lot_id, units, lot_unit, bunches, stems in desk.post.conn.execute(query).all():
        pack = line.pack.or_else(PackRate(bunches, stems))
        try:
            share = min(units, _exact(left, line.unit, UnitType(lot_unit), pack))
            left -= convert(share, UnitType(lot_unit), line.unit, pack)
        except PackMissingError:
            return
        if share == units:
            mine = update(table).where(table.c.id == key).values(order_line_id=new.key)
            desk.post.conn.execute(mine)
        elif share > 0:
            row = {"lot_id": lot_id, "order_line_id": new.key, "units": share}
            desk.post.add(table, row)
            rest = update(table).where(table.c.id == key).values(units=units - share)
            desk.post.conn.execute(rest)


def _exact(quantity: Decimal, unit: UnitType, lot_unit: UnitType, pack: PackRate) -> Decimal:
    return max(ZERO, convert(quantity, unit, lot_unit, pack).quantize(SMALLEST, ROUND_FLOOR))
