"""What people ask about goods: boxes with their order, air waybill and place. Only reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from daemon.ledger import schema
from formats import awb as awb_numbers


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """One box; what it travels under is None until it is shipped."""

    code: str
    external_code: str | None
    """A second code, that scans as the first does (L-09)."""
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
    haul_status: str | None
    """What the truck line said last, and when that was."""
    haul_status_at: str | None
    received_at: datetime | None


_boxes, _lines, _orders = schema.boxes.c, schema.order_lines.c, schema.orders.c
_bills, _former = schema.shipments.c, schema.former_box_codes.c


def goods(
    conn: Connection,
    *,
    awb: str | None = None,
    order: str | None = None,
    code: str | None = None,
    partner: str | None = None,
    limit: int,
) -> list[GoodsRow]:
    """Return boxes, the newest orders first; `awb` in full or its last four digits (W-03).

    `code` is the code that a box has, had, or has beside its own; `partner` its vendor or buyer.
    """
    query = _query().limit(limit)
    if order is not None:
        query = query.where(_orders.number == order)
    if code is not None:
        had = select(_former.box_id).where(_former.code == code)
        has = (_boxes.code == code) | (_boxes.external_code == code)
        query = query.where(has | _boxes.id.in_(had))
    if partner is not None:
        query = query.where((_boxes.vendor == partner) | (_orders.buyer == partner))
    if awb is not None:
        query = query.where(_boxes.shipment_id.in_(_waybills(conn, awb)))
    rows = conn.execute(query).mappings().all()
    told = _former_codes(conn, [row["id"] for row in rows])
    return [
        GoodsRow(
            **{name: value for name, value in row.items() if name not in ("id", "house_awb")},
            house_awb=row["house_awb"] or None,
            former_codes=tuple(told.get(row["id"], ())),
        )
        for row in rows
    ]


def _query() -> Select[Any]:
    """Return the question for boxes; its columns go by the names of GoodsRow."""
    return (
        select(
            *(
                _boxes.id,
                _boxes.code,
                _boxes.external_code,
                _boxes.vendor,
                _boxes.state,
                _boxes.lot_number,
            ),
            *(_boxes.rack, _boxes.received_at, _orders.buyer, _orders.number.label("order")),
            *(_lines.reference.label("line"), _lines.id.label("po_item_id"), _lines.product),
            *(_lines.description, _bills.awb, _bills.house_awb, _bills.ship_date),
            *(_bills.arrival_date, _bills.is_temporary.label("is_temporary_awb")),
            *(_bills.state.label("waybill_state"), _bills.haul_status, _bills.haul_status_at),
        )
        .join(schema.order_lines, _lines.id == _boxes.order_line_id)
        .join(schema.orders, _orders.id == _lines.order_id)
        .outerjoin(schema.shipments, _bills.id == _boxes.shipment_id)
        .order_by(_orders.id.desc(), _boxes.id)
    )


def _former_codes(conn: Connection, box_ids: list[int]) -> dict[int, list[str]]:
    """Return the codes that boxes had before, oldest first."""
    told: dict[int, list[str]] = {}
    asked = select(_former.box_id, _former.code).where(_former.box_id.in_(box_ids))
    for box_id, old in conn.execute(asked.order_by(_former.id)):
        told.setdefault(box_id, []).append(old)
    return told


def _waybills(conn: Connection, number: str) -> list[int]:
    """Return the waybills that go by a number, or did while it was a temporary one."""
    table = schema.shipments.c
    query = select(table.id, table.awb, table.temporary_awb)
    return [
        row.id
        for row in conn.execute(query)
        if any(awb_numbers.is_same(number, each) for each in (row.awb, row.temporary_awb) if each)
    ]
