"""A ship notice with the real air waybill of goods that travel under a temporary one (W-04).

Where a confirmation puts goods on an air waybill (domain 4.4 step 6), their vendor ships them after
that, and its notice says the number. One that names all of the goods gives them that number; less,
or more, is no change of a number and is judged as any notice is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from daemon.trade.goods.books import Box, Waybill, boxes_of_shipment, change_waybill
from daemon.trade.goods.ship_lines import NoLineError, line_of
from daemon.trade.goods.ship_work import OrderGoods, Row, ShippedLine, Shipping
from daemon.trade.outcome import RowStatus
from formats import awb as awb_numbers


def takes_real_number(work: Shipping, goods: OrderGoods, rows: Sequence[Row]) -> bool:
    """Give the goods of an order the number that a notice says; False where it says something else.

    The rows are answered, and the buyer is told of the goods again, under that number.
    """
    said = _number(work, rows)
    open_bills = [bill for bill in goods.bills.values() if bill.is_temporary and bill.is_open]
    if said is None or len(open_bills) != 1:
        return False
    (bill,) = open_bills
    boxes = boxes_of_shipment(work.desk, bill.id)
    if not _is_on_its_day(work, rows, bill) or not _names_all(work, goods, rows, boxes):
        return False
    awb, house = said
    after = change_waybill(
        work.desk, bill, awb=awb, house_awb=house or bill.house_awb, is_temporary=False
    )
    goods.bills[bill.id] = after
    _tell(work, goods, after, boxes)
    work.answer(rows, RowStatus.DONE)
    odd = awb_numbers.complaint(awb)
    if odd:
        first = rows[0]
        note = replace(work.rows[first.at], code="E-30", message=f"air waybill {awb}: {odd}")
        work.rows[first.at] = replace(note, is_warning=True)
    return True


def _number(work: Shipping, rows: Sequence[Row]) -> tuple[str, str] | None:
    """Return the one air waybill and house that all rows name in full, None for anything else."""
    notice = work.step.record
    said = {
        (
            (row.box.awb or notice.awb or "").strip(),
            (row.box.house_awb or notice.house_awb or "").strip(),
        )
        for row in rows
    }
    awb, house = said.pop()
    is_fit = awb and not said and not awb_numbers.is_short(awb)
    fits = max(len(awb), len(house)) <= awb_numbers.MAX_LENGTH
    return (awb, house) if is_fit and fits else None


def _is_on_its_day(work: Shipping, rows: Sequence[Row], bill: Waybill) -> bool:
    days = {row.box.ship_date or work.step.record.ship_date for row in rows}
    return days <= {None, bill.ship_date}


def _names_all(
    work: Shipping, goods: OrderGoods, rows: Sequence[Row], boxes: Sequence[Box]
) -> bool:
    """Whether rows name every box under the waybill by its code, or count those of every line."""
    if any(row.is_content or row.box.lot_number for row in rows):
        return False
    coded = [row.known.id for row in rows if row.known is not None]
    if coded:
        return len(coded) == len(rows) and sorted(coded) == sorted(box.id for box in boxes)
    if any(row.box.box_code for row in rows):
        return False
    counted: Counter[int] = Counter()
    for row in rows:
        try:
            line = line_of(work.desk, goods.found, work.vendor, row.box, None)
        except NoLineError:
            return False
        counted[line.key] += row.box.boxes
    return counted == Counter(box.order_line_id for box in boxes)


def _tell(work: Shipping, goods: OrderGoods, bill: Waybill, boxes: Sequence[Box]) -> None:
    """Let the buyer hear of the goods, and their vendor print their labels again (P-26)."""
    for line in goods.found.lines:
        own = tuple(box for box in boxes if box.order_line_id == line.key)
        if own:
            work.shipped.append(ShippedLine(goods.found, line, bill, line.held, own))
    goods.is_changed = goods.is_relabelled = True
