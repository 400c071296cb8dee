"""A vendor's ship notice: boxes of confirmed orders go on an air waybill (domain 4.4, 5.2, P-22).

A notice for an order that is not confirmed waits until it is (E-20). Fewer boxes than a line has
cut it in two (P-30). A box keeps its code, or gets the one that its vendor printed (L-02, L-03).
The same notice again changes nothing, and what was shipped is never taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from daemon.ledger.holds import HoldKind
from daemon.ledger.moves import ORDERS, Cause, move
from daemon.ledger.states import ORDER, LineProgress, OrderState
from daemon.trade.desk import Desk
from daemon.trade.goods.books import boxes_coded, boxes_of_lines, only_a_test, waybills
from daemon.trade.goods.ship_lines import NoLineError, line_of
from daemon.trade.goods.ship_parcel import LEFT_OUT, ship_parcel
from daemon.trade.goods.ship_renumber import takes_real_number
from daemon.trade.goods.ship_work import OrderGoods, Parcel, Row, ShippedLine, Shipping
from daemon.trade.goods.waybill_book import Travel
from daemon.trade.orders.by_line_id import unknown_line
from daemon.trade.orders.own_prebooks import follow
from daemon.trade.orders.parties import buyer_called
from daemon.trade.orders.standing import StandingLine, StandingOrder, standing
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from daemon.trade.step import StepAtHand, orders_numbered
from formats.records import Purpose, ShipVia
from formats.steps import ShipNotice

_OVER = (OrderState.CANCELLED, OrderState.REJECTED)
STAYS = (
    "what is on an air waybill stays shipped; an air waybill file changes its number, and a box"
    " code file its codes"
)


@dataclass(frozen=True, slots=True)
class ShipmentOutcome(StepOutcome):
    """What a notice shipped, and the orders whose labels are to be printed again (L-10)."""

    shipped: tuple[ShippedLine, ...] = ()
    relabelled: tuple[StandingOrder, ...] = ()


def ship(desk: Desk, step: StepAtHand[ShipNotice]) -> StepOutcome:
    """Carry out a ship notice; its rows are its boxes, in their order."""
    notice = step.record
    if notice.is_test:
        return only_a_test(step, [(box.line, box.number) for box in notice.boxes])
    vendor = step.vendor()
    if vendor is None:
        return _refused(step, f"{step.origin.name} is no vendor here, so it has nothing to ship")
    if notice.purpose is Purpose.CANCEL:
        return _refused(step, STAYS)
    work = Shipping(desk, step, vendor)
    by_order = _by_order(work)
    done = [
        goods
        for number, rows in by_order.items()
        if (goods := _order(work, number, rows)) is not None and goods.is_changed
    ]
    return ShipmentOutcome(
        *(notice, step.origin, step.document_id, step.arrival_id),
        rows=tuple(work.rows[at] for at in range(len(notice.boxes))),
        orders=tuple(goods.found.booked.id for goods in done),
        shipments=tuple(dict.fromkeys(each.waybill.id for each in work.shipped)),
        shipped=tuple(work.shipped),
        relabelled=tuple(goods.found for goods in done if goods.is_relabelled),
    )


def _by_order(work: Shipping) -> dict[str, list[Row]]:
    """Return the rows of each order; those of no order are answered here."""
    boxes = work.step.record.boxes
    codes = {box.box_code for box in boxes if box.box_code}
    coded = boxes_coded(work.desk, codes, vendor=work.vendor)
    found: dict[str, list[Row]] = {}
    for at, box in enumerate(boxes):
        known = coded.get(box.box_code) if box.box_code else None
        row = Row(at, box, known.best[0] if known else None)
        if box.number:
            found.setdefault(box.number, []).append(row)
        else:
            work.answer([row], RowStatus.REFUSED, unknown_line(box.po_item))
    return found


def _refused(step: StepAtHand[ShipNotice], why: str) -> StepOutcome:
    named = [(box.line, box.number) for box in step.record.boxes] or [(1, step.record.number)]
    rows = tuple(RowOutcome(line, number, RowStatus.REFUSED, message=why) for line, number in named)
    return StepOutcome(step.record, step.origin, step.document_id, step.arrival_id, rows)


def _order(work: Shipping, number: str, rows: list[Row]) -> OrderGoods | None:
    """Ship the boxes of one order; None where it is not there to be shipped."""
    found = _find(work, number, rows)
    if found is None:
        return None
    goods = _goods(work, found, rows)
    if takes_real_number(work, goods, rows):
        return goods
    for parcel in _parcels(work, found, rows):
        ship_parcel(work, goods, parcel)
    if goods.is_changed:
        settle_shipped(work.desk, found, work.step.cause)
    return goods


def _find(work: Shipping, number: str, rows: list[Row]) -> StandingOrder | None:
    """Return the confirmed order that rows name; else answer them."""
    desk, notice = work.desk, work.step.record
    booked = [
        each for each in orders_numbered(desk, number, vendor=work.vendor) if not each.is_test
    ]
    visible = [order for order in (standing(desk, each) for each in booked) if order.is_visible]
    vendor = desk.partner(work.vendor)
    buyer = buyer_called(desk.site, vendor, notice.buyer.code, notice.buyer.name)
    if len(visible) > 1 and buyer is not None:
        visible = [order for order in visible if order.booked.buyer == buyer.name]
    if len(visible) > 1:
        # An id of ours says more than a number does.
        named = {row.box.po_item for row in rows}
        visible = [o for o in visible if any(str(line.key) in named for line in o.lines)] or visible
    if len(visible) > 1:
        who = " and ".join(order.booked.buyer or order.booked.origin for order in visible)
        why = f"{who} each have an order {number}; name the buyer in the ship notice"
        work.answer(rows, RowStatus.REFUSED, why)
        return None
    if not visible:
        message = f"order {number} has not come to {work.vendor}; the shipment waits for it"
        work.hold(rows, HoldKind.UNKNOWN_ORDER, message)
        return None
    (found,) = visible
    if found.booked.state in _OVER:
        why = f"order {number} is {found.booked.state.value}; its goods can't be shipped"
        work.answer(rows, RowStatus.REFUSED, why)
        return None
    if found.booked.state is OrderState.APPROVED:
        message = f"order {number} is not confirmed; its shipment waits for the confirmation (E-20)"
        work.hold(rows, HoldKind.NOT_CONFIRMED, message)
        return None
    return found


def _goods(work: Shipping, found: StandingOrder, rows: Sequence[Row]) -> OrderGoods:
    desk, booked = work.desk, found.booked
    boxes = boxes_of_lines(desk, [line.key for line in found.lines])
    bills = {box.shipment_id for each in boxes.values() for box in each if box.shipment_id}
    vendor = desk.partner(work.vendor)
    is_bound = vendor is not None and vendor.selling.ships_on_order_date
    return OrderGoods(
        found,
        boxes,
        {bill.id: bill for bill in waybills(desk, keys=bills)} if bills else {},
        frozenset(row.known.id for row in rows if row.known and not row.is_content),
        is_direct=is_direct(desk, found),
        binding_date=_date_of(found) if is_bound and booked.buyer else None,
    )


def is_direct(desk: Desk, found: StandingOrder) -> bool:
    """Tell whether goods are in the buyer's inventory without a scan (D-03, P-01, P-02)."""
    if found.order.ship_via is ShipVia.GROWER:
        return True
    link = desk.connection(found.booked.vendor or "", found.booked.buyer or "")
    return link is not None and link.autoconfirm_staging


def _date_of(found: StandingOrder) -> date | None:
    return found.order.ship_date


def _parcels(work: Shipping, found: StandingOrder, rows: Sequence[Row]) -> list[Parcel]:
    """Put rows together that are of one line and travel alike; contents come after boxes."""
    lines: list[tuple[Row, StandingLine]] = []
    lost: set[str] = set()
    for row in rows:
        try:
            lines.append((row, line_of(work.desk, found, work.vendor, row.box, row.known)))
        except NoLineError as error:
            work.answer([row], RowStatus.REFUSED, str(error))
            lost.add(_name(row))
    parcels: dict[tuple[int, Travel], Parcel] = {}
    for row, line in lines:
        if _name(row) and _name(row) in lost:
            work.answer([row], RowStatus.REFUSED, LEFT_OUT)
            continue
        travel = _travel(work, found, line, row)
        parcels.setdefault((line.key, travel), Parcel(line, travel, [])).rows.append(row)
    return sorted(parcels.values(), key=lambda each: any(row.is_content for row in each.rows))


def _name(row: Row) -> str:
    """Return how a row names its line, or nothing."""
    return row.box.po_item or row.box.reference or ""


def _travel(work: Shipping, found: StandingOrder, line: StandingLine, row: Row) -> Travel:
    notice, box = work.step.record, row.box
    said = box.ship_date or notice.ship_date
    day = said or line.ship_date or _date_of(found) or work.desk.today
    awb = (box.awb or notice.awb or "").strip()
    house_awb = (box.house_awb or notice.house_awb or "").strip()
    return Travel(awb or None, house_awb, day, is_dated=said is not None)


def settle_shipped(desk: Desk, found: StandingOrder, cause: Cause) -> None:
    """Move an order on once every line of it is shipped, and its prebook with it."""
    live = [line for line in found.lines if line.is_live]
    before, after = found.booked.state, OrderState.SHIPPED
    if not live or any(line.progress is not LineProgress.SHIPPED for line in live):
        return
    if after not in ORDER[before]:
        return
    booked = found.booked
    move(desk.post, ORDERS, booked.id, before, after, what=booked.what, cause=cause)
    desk.pasts.clear()
    follow(desk, found.prebooks, booked.id, after, cause)
    found.booked = replace(booked, state=after)
