"""Boxes and the air waybills they travel under, as the books have them, and how they move on.

A box is known by its code, and by every code it had before: an old label still scans (domain 7).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, RowMapping, Select, or_, select, update

from daemon.ledger import schema
from daemon.ledger.moves import BOXES, Cause, move
from daemon.ledger.states import GoodsState, WaybillState
from daemon.trade.desk import Desk
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from daemon.trade.step import StepAtHand
from formats import awb as awb_numbers
from formats.steps import Step

AnyStep = TypeVar("AnyStep", bound=Step)
MOST_ASKED = 500
"""Codes of one statement."""
_BOXES, _FORMER = schema.boxes, schema.former_box_codes
_LINES, _ORDERS = schema.order_lines, schema.orders
_AT_BUYERS = (GoodsState.RECEIVED, GoodsState.SOLD)
NOT_SHIPPED = (GoodsState.ALLOTTED, GoodsState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Box:
    """A box in the books, with the order it belongs to."""

    id: int
    code: str
    vendor: str
    order_line_id: int
    sequence: int
    state: GoodsState
    shipment_id: int | None
    lot_number: str | None
    rack: str | None
    received_at: datetime | None
    external_code: str | None
    order_id: int
    order_number: str
    buyer: str | None

    @property
    def is_shipped(self) -> bool:
        return self.state not in NOT_SHIPPED

    @property
    def is_received(self) -> bool:
        """Whether somebody scanned it at the buyer's door, or sold it there."""
        return self.state in _AT_BUYERS or self.received_at is not None


@dataclass(frozen=True, slots=True)
class Waybill:
    """Goods of one vendor for one buyer that travel together."""

    id: int
    vendor: str
    buyer: str
    awb: str
    house_awb: str
    is_temporary: bool
    temporary_awb: str | None
    ship_date: date
    arrival_date: date | None
    carrier: str | None
    state: WaybillState

    @property
    def is_open(self) -> bool:
        return self.state is WaybillState.OPEN

    def goes_by(self, number: str) -> bool:
        """Tell whether `number` can name it: as it is or was in full, or the real one's last four.

        A temporary number has no meaning in its last digits, so it is named in full (W-03).
        """
        if not self.is_temporary and awb_numbers.is_same(number, self.awb):
            return True
        made = self.temporary_awb
        if made is None or awb_numbers.is_short(number):
            return False
        return awb_numbers.is_same(number, made)

    def travels_with(self, other: Waybill) -> bool:
        """Tell whether both are one real air waybill of one buyer, whoever sends the goods."""
        is_real = not self.is_temporary and not other.is_temporary
        same = self.buyer == other.buyer and self.ship_date == other.ship_date
        return is_real and same and awb_numbers.is_same(self.awb, other.awb)


def _boxes() -> Select[Any]:
    return (
        select(
            *(_BOXES.c.id, _BOXES.c.code, _BOXES.c.vendor, _BOXES.c.order_line_id),
            *(_BOXES.c.sequence, _BOXES.c.state, _BOXES.c.shipment_id, _BOXES.c.lot_number),
            *(_BOXES.c.rack, _BOXES.c.received_at, _BOXES.c.external_code, _ORDERS.c.buyer),
            _ORDERS.c.id.label("order_id"),
            _ORDERS.c.number.label("order_number"),
        )
        .join(_LINES, _LINES.c.id == _BOXES.c.order_line_id)
        .join(_ORDERS, _ORDERS.c.id == _LINES.c.order_id)
        .order_by(_BOXES.c.id)
    )


def _box(row: RowMapping) -> Box:
    values: dict[str, Any] = dict(row)
    return Box(**{**values, "state": GoodsState(values["state"])})


def boxes_of_lines(desk: Desk, line_keys: Collection[int]) -> dict[int, list[Box]]:
    """Return the boxes of order lines that have not ended, by line and in sequence."""
    desk.post.flush()
    found: dict[int, list[Box]] = {key: [] for key in line_keys}
    for keys in _batches(sorted(found)):
        query = _boxes().where(
            _BOXES.c.order_line_id.in_(keys), _BOXES.c.state != GoodsState.CANCELLED.value
        )
        for row in desk.post.conn.execute(query).mappings():
            found[row["order_line_id"]].append(_box(row))
    for boxes in found.values():
        boxes.sort(key=lambda box: (box.sequence, box.id))
    return found


def boxes_of_shipment(desk: Desk, shipment_id: int) -> list[Box]:
    """Return the boxes that travel under a waybill."""
    desk.post.flush()
    query = _boxes().where(_BOXES.c.shipment_id == shipment_id)
    return [_box(row) for row in desk.post.conn.execute(query).mappings()]


@dataclass(frozen=True, slots=True)
class CodedBoxes:
    """What goes by a code: the boxes that have it, beside their own too, and those that had it."""

    now: tuple[Box, ...] = ()
    before: tuple[Box, ...] = ()
    beside: tuple[Box, ...] = ()
    """Boxes whose external code it is (L-09)."""

    @property
    def best(self) -> tuple[Box, ...]:
        """Return the boxes that a label with this code is on: an old one only where none has it."""
        return self.now or self.beside or self.before


def boxes_coded(
    desk: Desk, codes: Collection[str], *, vendor: str | None = None, buyer: str | None = None
) -> dict[str, CodedBoxes]:
    """Return the boxes of a vendor, or for a buyer, by each of `codes`; unknown ones are left out.

    With one vendor a code is on one box only; with one buyer two vendors may use the same.
    """
    desk.post.flush()
    sides: list[ColumnElement[bool]] = []
    if vendor is not None:
        sides.append(_BOXES.c.vendor == vendor)
    if buyer is not None:
        sides.append(_ORDERS.c.buyer == buyer)
    now: defaultdict[str, list[Box]] = defaultdict(list)
    before: defaultdict[str, list[Box]] = defaultdict(list)
    beside: defaultdict[str, list[Box]] = defaultdict(list)
    for some in _batches(sorted(set(codes))):
        for row in desk.post.conn.execute(
            _boxes().where(or_(_BOXES.c.code.in_(some), _BOXES.c.external_code.in_(some)), *sides)
        ).mappings():
            box = _box(row)
            if box.code in codes:
                now[box.code].append(box)
            if box.external_code is not None and box.external_code in codes:
                beside[box.external_code].append(box)
        formerly = (
            _boxes()
            .add_columns(_FORMER.c.code.label("former"))
            .join(_FORMER, _FORMER.c.box_id == _BOXES.c.id)
            .where(_FORMER.c.code.in_(some), *sides)
        )
        for row in desk.post.conn.execute(formerly).mappings():
            own = {name: value for name, value in row.items() if name != "former"}
            box = Box(**{**own, "state": GoodsState(own["state"])})
            if box not in before[row["former"]]:
                before[row["former"]].append(box)
    return {
        code: CodedBoxes(*(tuple(each.get(code, ())) for each in (now, before, beside)))
        for code in now.keys() | before.keys() | beside.keys()
    }


def _batches(values: Sequence[Any]) -> Iterator[list[Any]]:
    rest = iter(values)
    while batch := list(islice(rest, MOST_ASKED)):
        yield batch


def change_box(desk: Desk, box: Box, **values: Any) -> Box:
    """Write columns of a box, but never its state, and return it as it is then."""
    desk.post.conn.execute(update(_BOXES).where(_BOXES.c.id == box.id).values(**values))
    return replace(box, **values)


def move_box(desk: Desk, box: Box, after: GoodsState, cause: Cause) -> Box:
    """Move a box on; the same state again is no move."""
    move(desk.post, BOXES, box.id, box.state, after, what=f"box {box.code}", cause=cause)
    return replace(box, state=after)


def rename_box(desk: Desk, box: Box, code: str, arrival_id: int) -> Box:
    """Give a box another code and remember the one it had (L-06)."""
    desk.post.add(
        _FORMER,
        {"arrival_id": arrival_id, "box_id": box.id, "vendor": box.vendor, "code": box.code},
    )
    return change_box(desk, box, code=code)


_SHIPMENTS = schema.shipments
_WAYBILL_COLUMNS = (
    *(_SHIPMENTS.c.id, _SHIPMENTS.c.vendor, _SHIPMENTS.c.buyer, _SHIPMENTS.c.awb),
    *(_SHIPMENTS.c.house_awb, _SHIPMENTS.c.is_temporary, _SHIPMENTS.c.temporary_awb),
    *(_SHIPMENTS.c.ship_date, _SHIPMENTS.c.arrival_date, _SHIPMENTS.c.carrier),
    _SHIPMENTS.c.state,
)


def waybills(
    desk: Desk,
    *,
    vendor: str | None = None,
    buyer: str | None = None,
    ship_date: date | None = None,
    keys: Collection[int] | None = None,
    side: str | None = None,
) -> list[Waybill]:
    """Return waybills, oldest first; `side` is a company that sends or gets the goods."""
    desk.post.flush()
    table = _SHIPMENTS.c
    query = select(*_WAYBILL_COLUMNS).order_by(table.id)
    if vendor is not None:
        query = query.where(table.vendor == vendor)
    if buyer is not None:
        query = query.where(table.buyer == buyer)
    if ship_date is not None:
        query = query.where(table.ship_date == ship_date)
    if keys is not None:
        query = query.where(table.id.in_(sorted(keys)))
    if side is not None:
        query = query.where(or_(table.vendor == side, table.buyer == side))
    return [
        Waybill(**{**row, "state": WaybillState(row["state"])})
        for row in desk.post.conn.execute(query).mappings()
    ]


def change_waybill(desk: Desk, waybill: Waybill, **values: Any) -> Waybill:
    """Write columns of a waybill, but never its state, and return it as it is then."""
    table = _SHIPMENTS
    desk.post.conn.execute(
        update(table).where(table.c.id == waybill.id).values(**values, updated_at=desk.post.at)
    )
    return replace(waybill, **values)


def only_a_test(step: StepAtHand[AnyStep], named: Sequence[tuple[int, str]]) -> StepOutcome:
    """Return the outcome of a test, which never touches a real box or waybill (P-29)."""
    why = "this is a test: nothing was changed"
    rows = tuple(
        RowOutcome(line, reference, RowStatus.UNCHANGED, message=why) for line, reference in named
    )
    return StepOutcome(step.record, step.origin, step.document_id, step.arrival_id, rows)
