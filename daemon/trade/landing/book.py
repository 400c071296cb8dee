"""Charges of air waybills as the books have them: found by their goods, written, and moved on.

A charge belongs to all goods of one buyer that travel under one number on one day, whichever vendor
shipped them; it follows them when the number is corrected, and what is shipped later joins them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from daemon.ledger import schema
from daemon.ledger.moves import CHARGES, Cause, move, record
from daemon.ledger.states import ChargeState
from daemon.trade.desk import Desk
from daemon.trade.goods.books import Waybill, waybills
from formats.waybill_charges import ChargeBasis, ChargeKind

_CHARGES = schema.awb_charges


@dataclass(frozen=True, slots=True)
class Travelled:
    """Goods of one buyer under one air waybill: what a charge is divided among."""

    bills: tuple[Waybill, ...]
    """Oldest first; never empty."""

    @property
    def awb(self) -> str:
        return self.bills[0].awb

    @property
    def buyer(self) -> str:
        return self.bills[0].buyer

    @property
    def ship_date(self) -> date:
        return self.bills[0].ship_date

    @property
    def what(self) -> str:
        """Name it in a sentence."""
        return f"air waybill {self.awb} of {self.ship_date}"

    @property
    def keys(self) -> tuple[int, ...]:
        return tuple(bill.id for bill in self.bills)


@dataclass(frozen=True, slots=True)
class BookedCharge:
    """A charge in the books; `amount` is in the buyer's currency."""

    id: int
    document_id: int
    """The newest that spoke of it."""
    shipment_id: int
    house_awb: str
    kind: ChargeKind
    amount: Decimal
    said: Decimal
    currency: str | None
    rate: Decimal | None
    basis: ChargeBasis | None
    reference: str | None
    state: ChargeState
    reason: str | None

    @property
    def counts(self) -> bool:
        """Whether it stands in place of the estimate."""
        return self.state is not ChargeState.VOID


def travelled(found: Iterable[Waybill]) -> list[Travelled]:
    """Put waybills together that are one air waybill of one buyer, the oldest first."""
    groups: list[list[Waybill]] = []
    for bill in found:
        for group in groups:
            if group[0].travels_with(bill):
                group.append(bill)
                break
        else:
            groups.append([bill])
    return [Travelled(tuple(group)) for group in groups]


def travelled_with(desk: Desk, shipment_ids: Collection[int]) -> list[Travelled]:
    """Return the air waybills that shipments are of, each with all of its goods."""
    found: list[Travelled] = []
    for bill in waybills(desk, keys=shipment_ids) if shipment_ids else ():
        if any(bill.id in each.keys for each in found):
            continue
        same_day = waybills(desk, buyer=bill.buyer, ship_date=bill.ship_date)
        found += [each for each in travelled(same_day) if bill.id in each.keys]
    return found


_FIELDS = tuple(_CHARGES.c[field.name] for field in dataclasses.fields(BookedCharge))


def charges_of(desk: Desk, goods: Travelled) -> list[BookedCharge]:
    """Return the charges of an air waybill, void ones too, oldest first."""
    desk.post.flush()
    query = select(*_FIELDS).where(_CHARGES.c.shipment_id.in_(goods.keys)).order_by(_CHARGES.c.id)
    return [
        BookedCharge(
            **{
                **row,
                "kind": ChargeKind(row["kind"]),
                "basis": ChargeBasis(row["basis"]) if row["basis"] else None,
                "state": ChargeState(row["state"]),
            }
        )
        for row in desk.post.conn.execute(query).mappings()
    ]


def has_charges(desk: Desk) -> bool:
    """Tell whether any charge was ever stated here: most sites need not look further."""
    desk.post.flush()
    return desk.post.conn.execute(select(_CHARGES.c.id).limit(1)).first() is not None


@dataclass(frozen=True, slots=True)
class Stated:
    """A charge as its buyer states it, with what it is in the buyer's currency."""

    kind: ChargeKind
    house_awb: str
    said: Decimal
    currency: str | None
    rate: Decimal | None
    amount: Decimal
    basis: ChargeBasis | None
    reference: str | None

    def columns(self) -> dict[str, Any]:
        """Return what of it stands in the row of the books."""
        return {
            "amount": self.amount,
            "said": self.said,
            "currency": self.currency,
            "rate": self.rate,
            "basis": self.basis.value if self.basis else None,
            "reference": self.reference,
        }


def add(desk: Desk, goods: Travelled, stated: Stated, source: tuple[int, int], cause: Cause) -> int:
    """Write a new charge and return its key; `source` is its arrival and document."""
    arrival_id, document_id = source
    state = ChargeState.PENDING_APPROVAL
    key = desk.post.add(
        _CHARGES,
        {
            "arrival_id": arrival_id,
            "document_id": document_id,
            "shipment_id": _anchor(goods, stated.house_awb).id,
            "house_awb": stated.house_awb,
            "kind": stated.kind.value,
            "state": state.value,
            **stated.columns(),
        },
    )
    record(desk.post, CHARGES, key, None, state, cause=cause)
    return key


def _anchor(goods: Travelled, house_awb: str) -> Waybill:
    """Return the waybill that the charge stays with: one of its house, where it is of a house."""
    return next((bill for bill in goods.bills if bill.house_awb == house_awb), goods.bills[0])


def save(desk: Desk, charge: BookedCharge, **columns: object) -> None:
    """Write columns of a charge, but never its state."""
    desk.post.flush()
    values = {**columns, "updated_at": desk.post.at}
    desk.post.conn.execute(update(_CHARGES).where(_CHARGES.c.id == charge.id).values(**values))


def move_charge(
    desk: Desk, goods: Travelled, charge: BookedCharge, after: ChargeState, cause: Cause
) -> BookedCharge:
    """Move a charge on; the move is written down with its cause."""
    what = f"{charge.kind.value} of {goods.what}"
    move(desk.post, CHARGES, charge.id, charge.state, after, what=what, cause=cause)
    return dataclasses.replace(charge, state=after)


def is_marked(desk: Desk, goods: Travelled) -> bool:
    """Tell whether its buyer has marked an air waybill as completed (W-05)."""
    desk.post.flush()
    table = schema.shipments.c
    query = select(table.id).where(table.id.in_(goods.keys), table.completed_at.is_not(None))
    return desk.post.conn.execute(query.limit(1)).first() is not None


def mark(desk: Desk, goods: Travelled, *, is_completed: bool) -> None:
    """Mark an air waybill as completed, or not completed."""
    table = schema.shipments
    at = desk.post.at if is_completed else None
    desk.post.flush()
    desk.post.conn.execute(
        update(table)
        .where(table.c.id.in_(goods.keys))
        .values(completed_at=at, updated_at=desk.post.at)
    )


def named(goods: Sequence[Travelled]) -> str:
    """Name air waybills in a sentence."""
    return " and ".join(f"{each.awb} of {each.ship_date}" for each in goods)
