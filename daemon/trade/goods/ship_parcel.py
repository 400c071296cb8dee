"""Ship boxes of one order line that travel together, all of them or none.

Left out in part a line would be cut in two (P-30) where nothing came short, so one row that can't
be used leaves out the others of its line, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from daemon.ledger.holds import HoldKind
from daemon.ledger.states import GoodsState, LineProgress
from daemon.trade.goods.books import Box, Waybill, boxes_of_lines, change_box, move_box, rename_box
from daemon.trade.goods.boxes import allot, is_ours_to_give
from daemon.trade.goods.hidden_codes import refused_code
from daemon.trade.goods.ship_lines import quantity_of, said_quantity
from daemon.trade.goods.ship_work import OrderGoods, Parcel, Row, ShippedLine, Shipping
from daemon.trade.goods.split_lines import split
from daemon.trade.goods.waybill_book import (
    ClosedError,
    Sides,
    Travel,
    UnclearError,
    new_waybill,
    waybill_for,
)
from daemon.trade.orders.standing import StandingLine, StandingOrder, move_line, save_line
from daemon.trade.outcome import RowStatus
from formats.awb import complaint
from formats.box_codes import lot_number
from formats.records import UnitType

LEFT_OUT = "left out, since another row of the same line can't be used; send all of them again"
UNITS = {UnitType.BOX: "boxes", UnitType.BUNCH: "bunches", UnitType.STEM: "stems"}
_CONFIRMED = (LineProgress.CONFIRMED, LineProgress.PARTLY_CONFIRMED)


class _RefusedError(ValueError):
    """Why a parcel is not shipped; `row` is the one at fault, None where it is none alone."""

    def __init__(self, message: str, code: str | None = None, row: Row | None = None) -> None:
        super().__init__(message)
        self.code, self.row = code, row


def ship_parcel(work: Shipping, goods: OrderGoods, parcel: Parcel) -> None:
    """Ship what of a parcel is not shipped yet; every row of it is answered."""
    while parcel.line.key in goods.rests:
        parcel.line = goods.rests[parcel.line.key]
    rows = _not_done(work, goods, parcel)
    if not rows:
        return
    try:
        amount = _checked(work, goods, parcel, rows)
        bill = _waybill(work, goods, parcel)
    except _RefusedError as error:
        at_fault = [error.row] if error.row else rows
        work.answer(at_fault, RowStatus.REFUSED, str(error), error.code)
        others = [row for row in rows if row not in at_fault]
        work.answer(others, RowStatus.REFUSED, LEFT_OUT)
        return
    except UnclearError as error:
        work.hold(rows, HoldKind.UNCLEAR_WAYBILL, str(error))
        return
    parcel.rows = rows
    _ship(work, goods, parcel, bill, amount)


def _not_done(work: Shipping, goods: OrderGoods, parcel: Parcel) -> list[Row]:
    """Answer the rows that say what stands in the books already, and return the others."""
    counted = [row for row in parcel.rows if row.box.boxes and row.box.box_code is None]
    is_repeat = bool(counted) and sum(row.box.boxes for row in counted) == _count(goods, parcel)
    is_over = parcel.line.progress is LineProgress.SHIPPED
    rest: list[Row] = []
    for row in parcel.rows:
        known = row.known
        if known is not None and known.is_shipped and not row.is_content:
            bill = goods.bills[known.shipment_id or 0]
            if parcel.travel.is_of(bill):
                work.answer([row], RowStatus.UNCHANGED)
                continue
            why = (
                f"box {known.code} travels on air waybill {bill.awb} of {bill.ship_date} already;"
                " send an air waybill file to change that"
            )
            work.answer([row], RowStatus.REFUSED, why)
        elif (is_repeat and row in counted) or (is_over and row.is_content):
            work.answer([row], RowStatus.UNCHANGED)
        else:
            rest.append(row)
    return rest


def _count(goods: OrderGoods, parcel: Parcel) -> int:
    """Return how many boxes of the line, as it was ordered, travelled so before."""
    reference = parcel.line.line.reference
    keys = {line.key for line in goods.found.lines if line.line.reference == reference}
    return sum(
        parcel.travel.is_of(goods.bills[box.shipment_id])
        for key in keys
        for box in goods.boxes.get(key, ())
        if box.shipment_id in goods.bills
    )


def _checked(work: Shipping, goods: OrderGoods, parcel: Parcel, rows: Sequence[Row]) -> Decimal:
    """Return how much of the line goes, in its unit. Raises _RefusedError."""
    line, number = parcel.line, goods.found.booked.number
    place = f"line {line.line.reference} of order {number}"
    if line.progress is LineProgress.SHIPPED:
        raise _RefusedError(f"{place} is shipped already; nothing of it is left")
    if line.progress not in _CONFIRMED:
        raise _RefusedError(f"{place} is {line.progress.value}; confirm it first", "E-20")
    binding = goods.binding_date and (line.ship_date or goods.binding_date)
    if binding and parcel.travel.ship_date != binding:
        raise _RefusedError(
            f"{place} ships on {binding}, not on {parcel.travel.ship_date}; correct the date, or"
            " let the buyer change the order",
            "E-19",
        )
    if parcel.travel.problem:
        raise _RefusedError(parcel.travel.problem)
    for row in rows:
        _check_row(work, goods.found, row)
    _check_count(goods, parcel, rows)
    try:
        amount = _amount(work, goods, line, rows)
    except ValueError as error:
        raise _RefusedError(f"{place}: {error}") from error
    if amount <= 0:
        raise _RefusedError(f"{place}: the rows ship nothing of it; say how much")
    return amount


def _check_row(work: Shipping, order: StandingOrder, row: Row) -> None:
    if row.box.lot_number:
        try:
            lot_number(row.box.lot_number)
        except ValueError as error:
            message = f"lot {row.box.lot_number}: {error}"
            raise _RefusedError(message, "E-18", row) from error
    code = row.box.box_code
    if code and row.known is None and is_ours_to_give(work.desk, code):
        message = f"no box of yours has code {code}, and such codes are given here; check the label"
        raise _RefusedError(message, "E-16", row)
    if code and row.known is None and not row.is_content:
        why = refused_code(work.desk, order.booked, order.order, code)
        if why is not None:
            raise _RefusedError(f"box {code}: {why}", "H-04", row)
    if row.is_content:
        codes = {box.code for shipped in work.shipped for box in shipped.boxes}
        if row.box.box_code not in codes:
            message = f"no box {row.box.box_code} is shipped by this file; send the box with it"
            raise _RefusedError(message, None, row)


def _allotted(goods: OrderGoods, line: StandingLine) -> list[Box]:
    return [box for box in goods.boxes.get(line.key, ()) if box.state is GoodsState.ALLOTTED]


def _needed(rows: Sequence[Row]) -> int:
    """Return how many boxes are shipped that no code of ours names."""
    return sum(row.box.boxes for row in rows if row.known is None)


def _check_count(goods: OrderGoods, parcel: Parcel, rows: Sequence[Row]) -> None:
    allotted = _allotted(goods, parcel.line)
    free = sum(box.id not in goods.named for box in allotted)
    if allotted and _needed(rows) > free:
        raise _RefusedError(
            f"line {parcel.line.line.reference} of order {goods.found.booked.number} has"
            f" {len(allotted)} boxes to ship and the file has more; let the buyer change the order,"
            " or correct the file"
        )


def _amount(work: Shipping, goods: OrderGoods, line: StandingLine, rows: Sequence[Row]) -> Decimal:
    contents = [row.box for row in rows if row.is_content]
    own = [row for row in rows if not row.is_content]
    part = said_quantity(work.desk, work.vendor, line, contents)
    if part is None:
        return line.held
    allotted = len(_allotted(goods, line))
    if own and allotted:
        part += quantity_of(line, sum(row.box.boxes for row in own), allotted)
    elif own:
        # Nobody counted the boxes of such a line, so what the file names is all of it.
        said = said_quantity(work.desk, work.vendor, line, [row.box for row in own])
        part = line.held if said is None else part + said
    return min(part, line.held)


def _waybill(work: Shipping, goods: OrderGoods, parcel: Parcel) -> Waybill:
    booked, step = goods.found.booked, work.step
    carrier = step.record.carrier
    sides = Sides(work.vendor, booked.buyer or "", booked.number, carrier)
    try:
        found = waybill_for(work.desk, sides, parcel.travel)
    except ClosedError as error:
        raise _RefusedError(str(error), "P-25") from error
    if found is None:
        found = new_waybill(
            work.desk,
            sides,
            parcel.travel,
            arrival_id=step.arrival_id,
            document_id=step.document_id,
            cause=step.cause,
        )
    goods.bills[found.id] = found
    return found


def _ship(
    work: Shipping, goods: OrderGoods, parcel: Parcel, bill: Waybill, amount: Decimal
) -> None:
    """Put the boxes on the waybill and move the line on; what is left of it goes its own way."""
    line, found, rows = parcel.line, goods.found, parcel.rows
    picked = _pick(work, goods, line, rows)
    gone = {box.id for _, box in picked}
    rest = [box for box in _allotted(goods, line) if box.id not in gone]
    notes = _warnings(work, parcel.travel)
    if amount < line.held:
        notes.append(_cut(work, goods, line, amount, rest))
    else:
        for box in rest:
            # What they were for went in boxes of other lines.
            move_box(work.desk, box, GoodsState.CANCELLED, work.step.cause)
            goods.is_relabelled = True
    boxes = tuple(_load(work, goods, box, row, bill) for row, box in picked)
    goods.boxes[line.key] = list(boxes)
    save_line(work.desk, line, shipped=amount)
    move_line(work.desk, found, line, LineProgress.SHIPPED, work.step.cause)
    goods.is_changed = True
    contents = tuple(
        (row.box.box_code or "", said_quantity(work.desk, work.vendor, line, [row.box]))
        for row in rows
        if row.is_content
    )
    work.shipped.append(ShippedLine(found, line, bill, amount, boxes, contents))
    work.answer(rows, RowStatus.DONE)
    _note(work, rows, notes)


def _pick(
    work: Shipping, goods: OrderGoods, line: StandingLine, rows: Sequence[Row]
) -> list[tuple[Row, Box]]:
    """Return a box of the books for each that the rows ship, and make those that nobody allotted.

    A new code of the vendor, and a box without any, take the first boxes that no row names.
    """
    free = [box for box in _allotted(goods, line) if box.id not in goods.named]
    own = [row for row in rows if not row.is_content]
    if not _allotted(goods, line):
        codes = tuple(row.box.box_code for row in own if row.box.box_code)
        count = sum(row.box.boxes for row in own)
        # Those with a code first, as the codes are given.
        own.sort(key=lambda row: row.box.box_code is None)
        allot(work.desk, work.vendor, line.key, count, codes)
        free = boxes_of_lines(work.desk, [line.key])[line.key]
    picked: list[tuple[Row, Box]] = []
    for row in own:
        if row.known is not None:
            picked.append((row, replace(row.known, order_line_id=line.key)))
            continue
        for _ in range(row.box.boxes):
            picked.append((row, free.pop(0)))
    return picked


def _load(work: Shipping, goods: OrderGoods, box: Box, row: Row, bill: Waybill) -> Box:
    """Put one box on a waybill, under the code that its vendor printed."""
    desk, code = work.desk, row.box.box_code
    if code is not None and row.known is None and code != box.code:
        box = rename_box(desk, box, code, work.step.arrival_id)
        goods.is_relabelled = True
    box = change_box(
        desk, box, shipment_id=bill.id, lot_number=row.box.lot_number or box.lot_number
    )
    box = move_box(desk, box, GoodsState.STAGING, work.step.cause)
    if goods.is_direct:
        box = move_box(desk, box, GoodsState.INVENTORY, work.step.cause)
    return box


def _cut(
    work: Shipping, goods: OrderGoods, line: StandingLine, amount: Decimal, rest: list[Box]
) -> tuple[str, str]:
    """Cut what is not shipped off a line, and return what the vendor is told of it (P-30)."""
    whole = line.held
    cut = split(work.desk, goods.found, line, amount, rest)
    goods.rests[line.key] = cut
    goods.boxes[cut.key] = [replace(box, order_line_id=cut.key) for box in rest]
    units = UNITS[line.unit]
    return "P-30", (
        f"{amount} of {whole} {units} of line {line.line.reference} are shipped; the other"
        f" {whole - amount} are po_item_id {cut.key} now"
    )


def _warnings(work: Shipping, travel: Travel) -> list[tuple[str, str]]:
    """Return what is odd about the air waybill, once a notice (E-30, W-02)."""
    number = travel.awb
    if number is None or number in work.warned:
        return []
    work.warned.add(number)
    odd = complaint(number)
    return [("E-30", f"air waybill {number}: {odd}")] if odd else []


def _note(work: Shipping, rows: Sequence[Row], notes: Sequence[tuple[str, str]]) -> None:
    """Say what the vendor should know beside the first rows, one each as far as there are rows."""
    for at, row in enumerate(rows):
        own = notes[at:] if at == len(rows) - 1 else notes[at : at + 1]
        if own:
            said = work.rows[row.at]
            message = "; ".join(message for _, message in own)
            work.rows[row.at] = replace(said, code=own[0][0], message=message, is_warning=True)
