"""What people ask about air waybills: what they cost, how far each charge is. Only reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, func, select

from daemon.ledger import schema
from daemon.ledger.states import ChargeState, GoodsState
from formats import awb as awb_numbers


@dataclass(frozen=True, slots=True)
class ChargeFact:
    """One charge, in the currency of the buyer."""

    kind: str
    house_awb: str | None
    amount: Decimal
    state: str
    reference: str | None
    approved_by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes alike; `box_type` is our own, None where the order named none."""

    vendor: str
    product: str | None
    box_type: str | None
    count: int


@dataclass(frozen=True, slots=True)
class WaybillCost:
    """An air waybill of one buyer, with what it really costs (domain W-05)."""

    awb: str
    ship_date: date
    arrival_date: date | None
    buyer: str
    vendors: tuple[str, ...]
    goods: tuple[Boxes, ...]
    charges: tuple[ChargeFact, ...]
    is_completed: bool

    @property
    def boxes(self) -> int:
        return sum(each.count for each in self.goods)

    @property
    def total(self) -> Decimal:
        """What the charges that count come to."""
        counted = (each.amount for each in self.charges if each.state != ChargeState.VOID.value)
        return sum(counted, Decimal(0))


_bills, _charges, _boxes = schema.shipments.c, schema.awb_charges.c, schema.boxes.c
_NOT_SHIPPED = (GoodsState.ALLOTTED.value, GoodsState.CANCELLED.value)


def waybill_costs(
    conn: Connection, *, buyer: str | None = None, awb: str | None = None, limit: int
) -> list[WaybillCost]:
    """Return air waybills with a real number, the newest first; `awb` may be its last four digits.

    Those of one buyer, number and ship date are one, whichever vendors' goods travel under it.
    """
    query = select(
        *(_bills.id, _bills.awb, _bills.ship_date, _bills.arrival_date, _bills.buyer),
        *(_bills.vendor, _bills.completed_at),
    ).where(_bills.is_temporary.is_(False))
    if buyer is not None:
        query = query.where(_bills.buyer == buyer)
    groups: dict[tuple[str, date, str], list[int]] = {}
    rows = {}
    for row in conn.execute(query.order_by(_bills.ship_date.desc(), _bills.id)):
        if awb is None or awb_numbers.is_same(awb, row.awb):
            rows[row.id] = row
            number = "".join(mark for mark in row.awb if mark.isalnum()).casefold()
            groups.setdefault((row.buyer, row.ship_date, number), []).append(row.id)
        if len(groups) > limit:
            break
    shown = list(groups.values())[:limit]
    keys = [key for group in shown for key in group]
    counted, charged = _counted(conn, keys), _charged(conn, keys)
    return [
        WaybillCost(
            awb=rows[group[0]].awb,
            ship_date=rows[group[0]].ship_date,
            arrival_date=next((rows[k].arrival_date for k in group if rows[k].arrival_date), None),
            buyer=rows[group[0]].buyer,
            vendors=tuple(dict.fromkeys(rows[key].vendor for key in group)),
            goods=tuple(boxes for key in group for boxes in counted.get(key, ())),
            charges=tuple(fact for key in group for fact in charged.get(key, ())),
            is_completed=any(rows[key].completed_at is not None for key in group),
        )
        for group in shown
    ]


def _counted(conn: Connection, keys: list[int]) -> dict[int, list[Boxes]]:
    lines = schema.order_lines.c
    alike = (_boxes.shipment_id, _boxes.vendor, lines.product, lines.box_type)
    query = (
        select(*alike, func.count())
        .join(schema.order_lines, lines.id == _boxes.order_line_id)
        .where(_boxes.shipment_id.in_(keys), _boxes.state.not_in(_NOT_SHIPPED))
        .group_by(*alike)
    )
    found: dict[int, list[Boxes]] = {}
    for key, *said in conn.execute(query):
        found.setdefault(key, []).append(Boxes(*said))
    return found


def _charged(conn: Connection, keys: list[int]) -> dict[int, list[ChargeFact]]:
    query = select(
        *(_charges.shipment_id, _charges.kind, _charges.house_awb, _charges.amount),
        *(_charges.state, _charges.reference, _charges.approved_by, _charges.reason),
    ).where(_charges.shipment_id.in_(keys))
    found: dict[int, list[ChargeFact]] = {}
    for row in conn.execute(query.order_by(_charges.id)):
        fact = ChargeFact(
            *(row.kind, row.house_awb or None, row.amount, row.state, row.reference),
            *(row.approved_by, row.reason),
        )
        found.setdefault(row.shipment_id, []).append(fact)
    return found
