"""What a buyer changes of goods that are on an air waybill: in its own books alone (domain K-92).

Neither the vendor's order nor the air waybill changes, and nobody is told: what was shipped is
shipped. The buyer's own words for it are kept beside the line, and what the goods have really cost
is counted with them. Who wants another shipment agrees that with the vendor.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import select

from daemon.ledger import schema
from daemon.ledger.states import LineProgress
from daemon.trade.changes.at_work import ChangeAtWork
from daemon.trade.changes.judged_lines import mapped_line
from daemon.trade.orders.standing import StandingLine, save_line
from daemon.trade.outcome import RowStatus
from formats.records import OrderLine

T = TypeVar("T")
LOCAL = "K-92"
_WHERE = (
    "neither the vendor's order nor the air waybill changes. What was shipped otherwise is"
    " corrected with its vendor, or as it is received"
)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A line as its buyer keeps it; None is as it was ordered."""

    product: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    box_type: str | None = None
    bunches_per_box: int | None = None
    stems_per_bunch: int | None = None
    unit_price: Decimal | None = None
    price_unit: str | None = None
    mark_code: str | None = None

    def as_json(self) -> str | None:
        """Return what differs as JSON, amounts as text; None where nothing does."""
        said = {name: getattr(self, name) for name in self.__slots__}
        told = {
            name: f"{value.normalize():f}" if isinstance(value, Decimal) else value
            for name, value in said.items()
            if value is not None
        }
        return json.dumps(told, sort_keys=True) if told else None


def is_on_waybill(work: ChangeAtWork, line: StandingLine) -> bool:
    """Tell whether a line is shipped, and who changes it is its buyer."""
    is_buyers = work.step.origin.name == work.order.booked.buyer
    return is_buyers and line.progress is LineProgress.SHIPPED


def keep_in_own_books(
    work: ChangeAtWork, position: int, line: StandingLine, merged: OrderLine
) -> None:
    """Keep a buyer's change of a shipped line in its own books, and answer so."""
    mapped = mapped_line(work, position, merged)
    if mapped is None:
        return
    if mapped.quantity <= 0 or mapped.quantity != mapped.quantity.to_integral_value():
        work.row(position, RowStatus.REFUSED, "the quantity must be whole and above 0", code=LOCAL)
        return
    new = _differing(line, mapped).as_json()
    if new == _kept(work, line):
        work.row(position, RowStatus.UNCHANGED, code=LOCAL)
        return
    save_line(work.desk, line, own_words=new)
    why = f"line {line.line.reference} is shipped, so it changes in your books alone: {_WHERE}"
    if new is None:
        why = f"line {line.line.reference} is in your books as it was ordered again"
    work.row(position, RowStatus.DONE, why, code=LOCAL, is_warning=new is not None)


def _differing(line: StandingLine, mapped: OrderLine) -> OwnWords:
    """Return what of a line isn't as it was ordered."""
    was = line.line
    unit = mapped.unit_type.value if mapped.unit_type else None
    price_unit = mapped.price_unit_type or mapped.unit_type
    is_counted_alike = mapped.quantity == was.quantity and mapped.unit_type == was.unit_type
    is_priced_alike = mapped.unit_price == was.unit_price
    return OwnWords(
        product=_other(mapped.product, was.product),
        quantity=None if is_counted_alike else mapped.quantity,
        unit=None if is_counted_alike else unit,
        box_type=_other(mapped.box_type, was.box_type),
        bunches_per_box=_other(mapped.bunches_per_box, line.pack.bunches_per_box),
        stems_per_bunch=_other(mapped.stems_per_bunch, line.pack.stems_per_bunch),
        unit_price=None if is_priced_alike else mapped.unit_price,
        price_unit=None if is_priced_alike or price_unit is None else price_unit.value,
        mark_code=_other(mapped.mark_code, was.mark_code),
    )


def _other(new: T | None, was: T | None) -> T | None:
    return None if new == was else new


def _kept(work: ChangeAtWork, line: StandingLine) -> str | None:
    work.desk.post.flush()
    table = schema.order_lines.c
    query = select(table.own_words).where(table.id == line.key)
    found: str | None = work.desk.post.conn.execute(query).scalar_one()
    return found
