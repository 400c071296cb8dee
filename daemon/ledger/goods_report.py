"""What people ask about goods: boxes with their order, air waybill and place. Only reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from daemon.ledger import schema
from formats import awb as awb_numbers


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """One box; what it travels under is None until it is shipped."""

    code: str
    former_codes: tuple[str, ...]
    vendor: str
    buyer: str | None
    order: str
    line: str
    po_item_id: int
    product: str | None
    description: str | None
    state: str
    awb: str | None
    house_awb: str | None
    is_temporary_awb: bool | None
    ship_date: date | None
    arrival_date: date | None
    waybill_state: str | None
    lot_number: str | None
    rack: str | None
    received_at: datetime | None


def goods(
    conn: Connection,
    *,
    awb: str | None = None,
    order: str | None = None,
    code: str | None = None,
    limit: int,
) -> list[GoodsRow]:
    """Return boxes, the newest orders first; `awb` in full or its last four digits (W-03).

    `code` is the code that a box has, or had.
    """
    boxes, lines, orders = schema.boxes.c, schema.order_lines.c, schema.orders.c
    bills, former = schema.shipments.c, schema.former_box_codes.c
    query = (
        select(
            *(boxes.id, boxes.code, boxes.vendor, boxes.state, boxes.lot_number, boxes.rack),
            *(boxes.received_at, orders.buyer, orders.number, lines.reference),
            *(lines.id.label("line_id"), lines.product, lines.description),
            *(bills.awb, bills.house_awb, bills.is_temporary, bills.ship_date),
            *(bills.arrival_date, bills.state.label("waybill_state"), bills.temporary_awb),
        )
        .join(schema.order_lines, lines.id == boxes.order_line_id)
        .join(schema.orders, orders.id == lines.order_id)
        .outerjoin(schema.shipments, bills.id == boxes.shipment_id)
        .order_by(orders.id.desc(), boxes.id)
    )
    if order is not None:
        query = query.where(orders.number == order)
    if code is not None:
        had = select(former.box_id).where(former.code == code)
        query = query.where((boxes.code == code) | boxes.id.in_(had))
    if awb is not None:
        query = query.where(boxes.shipment_id.in_(_waybills(conn, awb)))
    rows = conn.execute(query.limit(limit)).all()
    told: dict[int, list[str]] = {}
    if rows:
        asked = select(former.box_id, former.code).where(former.box_id.in_([r.id for r in rows]))
        for box_id, old in conn.execute(asked.order_by(former.id)):
            told.setdefault(box_id, []).append(old)
    return [
        GoodsRow(
            code=row.code,
            former_codes=tuple(told.get(row.id, ())),
            vendor=row.vendor,
            buyer=row.buyer,
            order=row.number,
            line=row.reference,
            po_item_id=row.line_id,
            product=row.product,
            description=row.description,
            state=row.state,
            awb=row.awb,
            house_awb=row.house_awb or None,
            is_temporary_awb=row.is_temporary,
            ship_date=row.ship_date,
            arrival_date=row.arrival_date,
            waybill_state=row.waybill_state,
            lot_number=row.lot_number,
            rack=row.rack,
            received_at=row.received_at,
        )
        for row in rows
    ]


def _waybills(conn: Connection, number: str) -> list[int]:
    """Return the waybills that go by a number, or did while it was a temporary one."""
    table = schema.shipments.c
    query = select(table.id, table.awb, table.temporary_awb)
    return [
        row.id
        for row in conn.execute(query)
        if any(awb_numbers.is_same(number, each) for each in (row.awb, row.temporary_awb) if each)
    ]
