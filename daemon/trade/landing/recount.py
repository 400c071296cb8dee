"""Counts the landed cost of goods anew where real charges stand in place of estimates (K-69).

It is per box and per unit, for boxes in the staging area, received, in the inventory and billed
alike. The estimate of goods is what the terms said when their first real charge came; parts of the
way for which no real charge came keep it. What can't be counted is None, and said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import select, update

from daemon.ledger import schema
from daemon.ledger.schema.costs import COST_PLACES
from daemon.terms.pricing import Basis
from daemon.trade.desk import Desk
from daemon.trade.landing.book import (
    BookedCharge,
    Travelled,
    charges_of,
    has_charges,
    travelled_with,
)
from daemon.trade.landing.goods import Line, lines_of
from daemon.trade.landing.shares import Carried, NoShareError, shares
from daemon.trade.prices.charges import HUNDRED, UNITS, ZERO, Charges, charges, times
from formats.waybill_charges import ChargeBasis, ChargeKind

_COSTS = schema.landed_costs
_STEP = Decimal(1).scaleb(-COST_PLACES)
_BASES = {
    Basis.FBE: ChargeBasis.FBE,
    Basis.BOX: ChargeBasis.BOX,
    Basis.CUBE: ChargeBasis.CUBE,
    Basis.KG: ChargeBasis.KG,
}
_ESTIMATED_AS = {
    ChargeKind.FREIGHT: "freight",
    ChargeKind.HANDLING: "handling",
    ChargeKind.DUTIES: "duty",
}
"""What the estimate calls a part, where it is missing."""
PARTS = (ChargeKind.FREIGHT, ChargeKind.HANDLING, ChargeKind.DUTIES)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a box was thought to cost on its way, beside its flowers; None is not known."""

    parts: Mapping[ChargeKind, Decimal | None]
    truck: Decimal | None
    extras: Decimal | None
    """Box charge and surcharge."""


@dataclass(slots=True)
class Landed:
    """What a box of a line, and a unit of it, has cost when it has landed."""

    line: Line
    estimate: Estimate
    real: dict[ChargeKind, Decimal] = field(default_factory=dict)
    """Its share of the charges that count."""
    missing: list[str] = field(default_factory=list)

    def part(self, kind: ChargeKind) -> Decimal | None:
        """Return what a box pays for a part of its way: really, else as estimated."""
        return self.real.get(kind, self.estimate.parts[kind])

    @property
    def box(self) -> Decimal | None:
        return self._box([self.part(kind) for kind in PARTS])

    @property
    def unit(self) -> Decimal | None:
        return _each(self.box, self.line.units_per_box)

    @property
    def box_estimated(self) -> Decimal | None:
        return self._box([self.estimate.parts[kind] for kind in PARTS])

    @property
    def unit_estimated(self) -> Decimal | None:
        return _each(self.box_estimated, self.line.units_per_box)

    def _box(self, way: Sequence[Decimal | None]) -> Decimal | None:
        parts = [self.line.value, *way, self.estimate.truck, self.estimate.extras]
        known = [part for part in parts if part is not None]
        return sum(known, ZERO) if len(known) == len(parts) else None


@dataclass(frozen=True, slots=True)
class Recounted:
    """An air waybill whose goods have another landed cost now."""

    goods: Travelled
    charges: tuple[BookedCharge, ...]
    lines: tuple[Landed, ...]


def recount(desk: Desk, shipment_ids: Collection[int], arrival_id: int) -> list[Recounted]:
    """Count the goods of shipments anew where they have charges; return what costs more or less."""
    found: list[Recounted] = []
    for goods in travelled_with(desk, shipment_ids) if has_charges(desk) else ():
        charged = charges_of(desk, goods)
        # Goods that bore charges, and travel under another number now, cost what was estimated.
        if not charged and not _is_counted(desk, goods):
            continue
        landed = count(desk, goods, charged)
        if _write(desk, landed, arrival_id):
            found.append(Recounted(goods, tuple(charged), tuple(landed)))
    return found


def _is_counted(desk: Desk, goods: Travelled) -> bool:
    query = select(_COSTS.c.id).where(_COSTS.c.shipment_id.in_(goods.keys)).limit(1)
    return desk.post.conn.execute(query).first() is not None


def count(desk: Desk, goods: Travelled, charged: Sequence[BookedCharge]) -> list[Landed]:
    """Return the landed cost of every line of an air waybill, with its real charges."""
    lines = lines_of(desk, goods)
    known = _estimates(desk, goods)
    landed = [
        Landed(line, known.get((line.bill.id, line.key)) or _estimate(line)) for line in lines
    ]
    for charge in charged:
        if charge.counts:
            _divide(charge, [each for each in landed if _is_of(charge, each.line)])
    for each in landed:
        each.missing += _lacks(each)
    return landed


def _is_of(charge: BookedCharge, line: Line) -> bool:
    return not charge.house_awb or line.bill.house_awb == charge.house_awb


def _divide(charge: BookedCharge, landed: Sequence[Landed]) -> None:
    """Give each box its share of a charge; where that can't be, every line of it says why."""
    if not landed:
        return
    carried = [
        Carried(len(each.line.boxes), each.line.packing.box, each.line.value, each.line.name)
        for each in landed
    ]
    try:
        parts = shares(charge.amount, charge.basis or _basis(charge.kind, landed), carried)
    except NoShareError as error:
        for each in landed:
            each.missing.append(f"{charge.kind.value}: {error}")
        return
    for each, part in zip(landed, parts, strict=True):
        each.real[charge.kind] = each.real.get(charge.kind, ZERO) + part


def _basis(kind: ChargeKind, landed: Sequence[Landed]) -> ChargeBasis:
    """Return what a charge is divided by where nobody says: as all its goods were estimated."""
    if kind is ChargeKind.DUTIES:
        return ChargeBasis.VALUE
    terms = [each.line.terms for each in landed]
    stated = {(t.freight if kind is ChargeKind.FREIGHT else t.handling) for t in terms}
    bases = {charge.basis for charge in stated if charge is not None}
    return _BASES[bases.pop()] if len(bases) == 1 else ChargeBasis.FBE


def _estimate(line: Line) -> Estimate:
    """Return what the terms say that a box of a line costs on its way (K-62)."""
    said = charges(line.packing, line.terms)
    duties = times(line.value, said.duty_percent, HUNDRED)
    ways = (said.freight, said.handling, duties)
    extras = _both(said)
    return Estimate(
        {kind: _kept(part) for kind, part in zip(PARTS, ways, strict=True)},
        _kept(said.truck),
        _kept(extras),
    )


def _both(said: Charges) -> Decimal | None:
    if said.box_charge is None or said.surcharge is None:
        return None
    return said.box_charge + said.surcharge


def _kept(amount: Decimal | None) -> Decimal | None:
    """Return an amount as the books keep it, so that the same estimate is the same later."""
    return None if amount is None else amount.quantize(_STEP, ROUND_HALF_UP)


def _lacks(landed: Landed) -> Iterator[str]:
    """Yield what is missing of a box's cost, but for what its real charges say."""
    line, real = landed.line, {_ESTIMATED_AS[kind] for kind in landed.real}
    for each in charges(line.packing, line.terms).missing:
        if each.part not in real and (each.part != UNITS or line.units_per_box is None):
            yield str(each)
    if line.unit_cost is None:
        yield "flower: its order states no cost in a currency that is known here"


def _each(box: Decimal | None, units: Decimal | None) -> Decimal | None:
    return box / units if box is not None and units else None


def _estimates(desk: Desk, goods: Travelled) -> dict[tuple[int, int], Estimate]:
    """Return the estimates that were kept, by shipment and order line; only whole ones."""
    desk.post.flush()
    query = select(_COSTS).where(_COSTS.c.shipment_id.in_(goods.keys))
    found: dict[tuple[int, int], Estimate] = {}
    for row in desk.post.conn.execute(query).mappings():
        parts = {kind: row[kind.value] for kind in PARTS}
        kept = Estimate(parts, row["truck"], row["extras"])
        if None not in (*parts.values(), kept.truck, kept.extras):
            found[row["shipment_id"], row["order_line_id"]] = kept
    return found


def _write(desk: Desk, landed: Sequence[Landed], arrival_id: int) -> bool:
    """Write what is not in the books yet; tell whether anything was."""
    desk.post.flush()
    is_new = False
    for each in landed:
        where = (
            _COSTS.c.shipment_id == each.line.bill.id,
            _COSTS.c.order_line_id == each.line.key,
        )
        columns = _columns(each)
        row = desk.post.conn.execute(select(_COSTS).where(*where)).mappings().first()
        if row is None:
            keys = {"shipment_id": each.line.bill.id, "order_line_id": each.line.key}
            desk.post.add(_COSTS, {"arrival_id": arrival_id, **keys, **columns})
        elif {name: row[name] for name in columns} == columns:
            continue
        else:
            values = {**columns, "arrival_id": arrival_id, "updated_at": desk.post.at}
            desk.post.conn.execute(update(_COSTS).where(*where).values(**values))
        is_new = True
    return is_new


def _columns(landed: Landed) -> dict[str, Any]:
    line, estimate = landed.line, landed.estimate
    return {
        "boxes": len(line.boxes),
        "unit": line.unit.value,
        "units_per_box": _kept(line.units_per_box),
        "unit_cost": _kept(line.unit_cost),
        **{kind.value: estimate.parts[kind] for kind in PARTS},
        "truck": estimate.truck,
        "extras": estimate.extras,
        "box_landed": _kept(landed.box),
        "unit_landed": _kept(landed.unit),
    }
