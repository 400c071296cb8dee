"""The real air waybill, and the arrival date, of goods that travel (domain W-03, W-04, P-25).

Goods are named by the number that they travel under, by their order, or by the last four digits.
What fits several, or nothing, waits for a person and for their shipment; it is never guessed. A
closed waybill is not edited. On arrival its buyer still says when the goods came, and which number
took the place of a temporary one: that is its own staging area (domain 4.4 step 8).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from daemon.config import Role
from daemon.ledger.holds import HoldKind
from daemon.ledger.states import GoodsState, OrderState
from daemon.trade.desk import Desk
from daemon.trade.goods.books import (
    Waybill,
    boxes_of_lines,
    boxes_of_shipment,
    change_waybill,
    move_box,
    only_a_test,
    waybills,
)
from daemon.trade.orders.standing import StandingOrder, standing
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from daemon.trade.step import (
    BookedOrder,
    StepAtHand,
    hold_row,
    lines_of,
    order_of_key,
    orders_numbered,
)
from formats import awb as awb_numbers
from formats.steps import AirWaybill, AirWaybillNotice

_OVER = (OrderState.CANCELLED, OrderState.REJECTED)


@dataclass(frozen=True, slots=True)
class ChangedWaybill:
    """A waybill before and after a notice."""

    before: Waybill
    after: Waybill

    @property
    def is_other_number(self) -> bool:
        """Whether goods travel under another number than was known."""
        before, after = self.before, self.after
        return (before.awb, before.house_awb) != (after.awb, after.house_awb)


@dataclass(frozen=True, slots=True)
class WaybillOutcome(StepOutcome):
    """What a notice of air waybills changed."""

    changed: tuple[ChangedWaybill, ...] = ()
    relabelled: tuple[StandingOrder, ...] = ()
    """Orders whose labels the vendor prints again (P-26, L-10)."""


class _UnclearError(ValueError):
    """Nothing, or several things, that a row can mean."""


class _RefusedError(ValueError):
    """What a row asks for is not done; `code` is that of a rule."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


@dataclass(slots=True)
class _Work:
    """One notice on its way, and the company for which it speaks."""

    desk: Desk
    step: StepAtHand[AirWaybillNotice]
    company: str
    changed: dict[int, ChangedWaybill]
    left: set[int]
    """Waybills with which something travelled until now, which bear its charges alone."""

    @property
    def speaks_as_vendor(self) -> bool:
        return self.step.vendor() is not None


def take_waybills(desk: Desk, step: StepAtHand[AirWaybillNotice]) -> StepOutcome:
    """Carry out a notice of air waybills, row by row."""
    record = step.record
    named = [(each.line, each.temporary or each.number or each.awb) for each in record.waybills]
    if record.is_test:
        return only_a_test(step, named)
    is_side = step.origin.has(Role.BUYER) or step.vendor() is not None
    if not is_side:
        why = f"{step.origin.name} is neither vendor nor buyer here, so it has no goods that travel"
        rows = [RowOutcome(line, ref, RowStatus.REFUSED, message=why) for line, ref in named]
        return StepOutcome(record, step.origin, step.document_id, step.arrival_id, tuple(rows))
    work = _Work(desk, step, step.vendor() or step.origin.name, {}, set())
    rows = [_row(work, said, ref) for said, (_, ref) in zip(record.waybills, named, strict=True)]
    return WaybillOutcome(
        *(record, step.origin, step.document_id, step.arrival_id, tuple(rows)),
        shipments=tuple(dict.fromkeys([*work.changed, *sorted(work.left)])),
        changed=tuple(work.changed.values()),
        relabelled=tuple(_relabelled(work)),
    )


def _relabelled(work: _Work) -> Iterator[StandingOrder]:
    """Return the orders that travel otherwise now; on arrival nobody prints a label any more."""
    if not work.speaks_as_vendor:
        return
    moved = [each.after.id for each in work.changed.values() if each.is_other_number]
    boxes = [box for key in moved for box in boxes_of_shipment(work.desk, key)]
    for key in dict.fromkeys(box.order_id for box in boxes):
        yield standing(work.desk, order_of_key(work.desk, key))


def _row(work: _Work, said: AirWaybill, reference: str) -> RowOutcome:
    try:
        goods = _goods(work, said)
        number = _number(work, said, goods)
        plans = [_plan(work, said, number, each) for each in goods]
    except _UnclearError as error:
        at = (said.line, reference)
        return hold_row(work.desk, work.step, HoldKind.UNCLEAR_WAYBILL, at, str(error))
    except _RefusedError as error:
        return RowOutcome(said.line, reference, RowStatus.REFUSED, error.code, str(error))
    if not any(plans):
        return RowOutcome(said.line, reference, RowStatus.UNCHANGED)
    for each, plan in zip(goods, plans, strict=True):
        if plan:
            _apply(work, each, plan)
    odd = awb_numbers.complaint(said.awb)
    if odd:
        message = f"air waybill {said.awb}: {odd}"
        return RowOutcome(said.line, reference, RowStatus.DONE, "E-30", message, is_warning=True)
    return RowOutcome(said.line, reference, RowStatus.DONE)


# --- which goods ---------------------------------------------------------------------------------


def _goods(work: _Work, said: AirWaybill) -> list[Waybill]:
    """Return the waybills that a row is about: one, or all that have the very same real number."""
    found = _by_order(work, said) if said.number else _mine(work, said.ship_date)
    if said.temporary:
        found = [each for each in found if each.goes_by(said.temporary)]
    if len(found) > 1:
        # The row says again what stands in the books of one of them.
        same = [each for each in found if not each.is_temporary and each.goes_by(said.awb)]
        is_by_order = said.number and not said.temporary
        found = same if is_by_order and len(same) == 1 else found
    numbers = {(each.awb, each.ship_date, each.vendor) for each in found}
    is_one = len(found) == 1 or (len(numbers) == 1 and not found[0].is_temporary)
    if found and is_one:
        return found
    what = said.temporary or f"order {said.number}"
    if not found:
        raise _UnclearError(f"no goods travel under {what} yet; the row waits for their shipment")
    names = ", ".join(f"{each.awb} of {each.ship_date}" for each in found)
    raise _UnclearError(f"{what} fits several air waybills: {names}; name one in full")


def _mine(work: _Work, ship_date: date | None) -> list[Waybill]:
    if work.speaks_as_vendor and work.step.origin.has(Role.BUYER):
        return waybills(work.desk, side=work.company, ship_date=ship_date)
    if work.speaks_as_vendor:
        return waybills(work.desk, vendor=work.company, ship_date=ship_date)
    return waybills(work.desk, buyer=work.company, ship_date=ship_date)


def _by_order(work: _Work, said: AirWaybill) -> list[Waybill]:
    order = _order(work, said.number or "")
    boxes = boxes_of_lines(work.desk, [line.key for line in lines_of(work.desk, order.id)])
    keys = {box.shipment_id for each in boxes.values() for box in each if box.shipment_id}
    found = waybills(work.desk, keys=keys, ship_date=said.ship_date) if keys else []
    if not found and said.ship_date and keys:
        raise _RefusedError(
            f"no goods of order {said.number} travel on {said.ship_date}; correct the ship date"
        )
    return found


def _order(work: _Work, number: str) -> BookedOrder:
    found: dict[int, BookedOrder] = {}
    if work.speaks_as_vendor:
        found |= {o.id: o for o in orders_numbered(work.desk, number, vendor=work.company)}
    if work.step.origin.has(Role.BUYER):
        found |= {o.id: o for o in orders_numbered(work.desk, number, buyer=work.company)}
    real = [order for order in found.values() if not order.is_test]
    if not real:
        raise _UnclearError(f"order {number} is not known here; the row waits for it")
    if len(real) > 1:
        who = " and ".join(f"{order.buyer or order.origin} of {order.vendor}" for order in real)
        raise _RefusedError(f"{who} each have an order {number}; name the air waybill instead")
    if real[0].state in _OVER:
        raise _RefusedError(f"order {number} is {real[0].state.value}")
    return real[0]


# --- what becomes of them ------------------------------------------------------------------------


def _number(work: _Work, said: AirWaybill, goods: Sequence[Waybill]) -> str:
    """Return the number that the goods get, in full where four digits name one that is known."""
    if not awb_numbers.is_short(said.awb):
        return said.awb
    first = goods[0]
    if first.goes_by(said.awb):
        return first.awb
    known = {
        each.awb
        for each in waybills(work.desk, vendor=first.vendor, ship_date=first.ship_date)
        if work.company in (each.vendor, each.buyer) and each.goes_by(said.awb)
    }
    if len(known) == 1:
        return known.pop()
    if known:
        names = " and ".join(sorted(known))
        raise _UnclearError(f"air waybill {said.awb} can be {names}; send it in full")
    raise _UnclearError(
        f"no air waybill of {first.vendor} of {first.ship_date} ends in {said.awb}; send it in full"
    )


def _plan(
    work: _Work, said: AirWaybill, number: str, waybill: Waybill
) -> dict[str, str | date | bool]:
    """Return the columns that change; nothing where the row says what stands. Raises."""
    columns: dict[str, str | date | bool] = {}
    if not awb_numbers.is_same(number, waybill.awb):
        columns |= {"awb": number, "is_temporary": False}
    elif awb_numbers.is_short(waybill.awb) and len(number) > len(waybill.awb):
        columns["awb"] = number
    if said.house_awb and said.house_awb != waybill.house_awb:
        columns["house_awb"] = said.house_awb
    for name, text in columns.items():
        if isinstance(text, str) and len(text) > awb_numbers.MAX_LENGTH:
            raise _RefusedError(
                f"{name} {text} has more than {awb_numbers.MAX_LENGTH} characters; shorten it"
            )
    is_arrival = work.step.origin.has(Role.BUYER) and work.company == waybill.buyer
    is_edited = bool(columns) and not (waybill.is_temporary and is_arrival)
    if said.arrival_date and said.arrival_date != waybill.arrival_date:
        if said.arrival_date < waybill.ship_date:
            raise _RefusedError(
                f"goods of {waybill.ship_date} can't arrive on {said.arrival_date}; correct the"
                " date"
            )
        columns["arrival_date"] = said.arrival_date
        is_edited = is_edited or not is_arrival
    if is_edited and not waybill.is_open:
        raise _RefusedError(
            f"air waybill {waybill.awb} of {waybill.ship_date} is closed: it is not edited two"
            " days after its ship date",
            "P-25",
        )
    return columns


def _apply(work: _Work, waybill: Waybill, columns: dict[str, str | date | bool]) -> None:
    """Write the new number and date; what was scanned before is in the inventory then."""
    same_day = waybills(work.desk, buyer=waybill.buyer, ship_date=waybill.ship_date)
    work.left |= {each.id for each in same_day if each.travels_with(waybill)}
    after = change_waybill(work.desk, waybill, **columns)
    was = work.changed.get(waybill.id)
    before = was.before if was else waybill
    work.changed[waybill.id] = ChangedWaybill(before, replace(after))
    if after.arrival_date is None:
        return
    for box in boxes_of_shipment(work.desk, waybill.id):
        if box.state is GoodsState.RECEIVED:
            move_box(work.desk, box, GoodsState.INVENTORY, work.step.cause)
