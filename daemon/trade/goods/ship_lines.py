"""Which line of an order a shipped box is of, and how much of the line so many boxes are.

Nothing is guessed: a box that can be of several lines is refused, and the lines are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from daemon.ledger.states import GoodsState, LineProgress
from daemon.mapping.rows import Kind
from daemon.trade.desk import Desk
from daemon.trade.goods.books import Box
from daemon.trade.orders.standing import ZERO, StandingLine, StandingOrder
from daemon.trade.stock.units import PackMissingError, convert
from formats.records import UnitType
from formats.steps import ShippedBox

SMALLEST = Decimal("0.0001")


class NoLineError(ValueError):
    """A box that is of no line of its order, or may be of several."""


def line_of(
    desk: Desk, found: StandingOrder, vendor: str, box: ShippedBox, known: Box | None
) -> StandingLine:
    """Return the line that a box is of: by its code, the line's id or number, or its item.

    A line that is shipped is returned only where no other can be meant. Raises NoLineError.
    """
    number = found.booked.number
    if known is not None and box.boxes:
        return _line_of_known(found, box, known)
    if box.po_item or box.reference:
        lines = _named(found, box)
        if not lines:
            name = box.po_item or box.reference
            raise NoLineError(f"order {number} has no line {name}; name one as the order does")
    elif box.seller_item or box.buyer_item:
        lines = [line for line in found.lines if _is_item(desk, vendor, line, box)]
        if not lines:
            item = box.seller_item or box.buyer_item
            raise NoLineError(f"order {number} has no line with item {item}")
    else:
        lines = found.lines
    return _only(found, lines)


def _line_of_known(found: StandingOrder, box: ShippedBox, known: Box) -> StandingLine:
    if known.order_id != found.booked.id:
        raise NoLineError(
            f"box code {box.box_code} is on a box of order {known.order_number}; give this box a"
            " code of its own"
        )
    if known.state is GoodsState.CANCELLED:
        raise NoLineError(f"box {box.box_code} ended with the goods that were not confirmed")
    line = next(each for each in found.lines if each.key == known.order_line_id)
    is_named = box.po_item or box.reference
    if is_named and line.line.reference not in {each.line.reference for each in _named(found, box)}:
        raise NoLineError(
            f"box {box.box_code} is of line {line.line.reference} of order {found.booked.number},"
            f" not of {is_named}"
        )
    return line


def _named(found: StandingOrder, box: ShippedBox) -> list[StandingLine]:
    """Return the lines that a row names; an id of ours says more than a number."""
    by_id = [line for line in found.lines if box.po_item and str(line.key) == box.po_item]
    if by_id or not box.reference or box.po_item:
        return by_id
    return found.named(box.reference)


def _is_item(desk: Desk, vendor: str, line: StandingLine, box: ShippedBox) -> bool:
    code = box.seller_item or box.buyer_item
    if code in (line.line.seller_item, line.line.buyer_item):
        return True
    if not box.seller_item:
        # A buyer's code, as its vendor read it in the order: compared as it is.
        return False
    product = desk.tables.resolve(Kind.PRODUCTS, vendor, code, None, vendor=vendor, on=desk.today)
    return product is not None and product == line.line.product


def _only(found: StandingOrder, lines: Sequence[StandingLine]) -> StandingLine:
    live = [line for line in lines if line.is_live]
    is_open = [line for line in live if line.progress is not LineProgress.SHIPPED]
    if len(is_open) == 1:
        return is_open[0]
    if is_open:
        names = ", ".join(f"{each.line.reference} (po_item_id {each.key})" for each in is_open)
        raise NoLineError(
            f"the box can be of several lines of order {found.booked.number}: {names}; name one"
        )
    if live:
        return live[0]
    raise NoLineError(f"order {found.booked.number}: what the box would be of is cancelled")


def quantity_of(line: StandingLine, shipped: int, boxes: int) -> Decimal:
    """Return how much of a line `shipped` of its `boxes` are, in the line's unit."""
    if shipped >= boxes:
        return line.held
    try:
        units = convert(Decimal(shipped), UnitType.BOX, line.unit, line.pack)
    except PackMissingError:
        units = (line.held * shipped / boxes).quantize(SMALLEST, ROUND_FLOOR)
    return min(units, line.held)


def said_quantity(
    desk: Desk, vendor: str, line: StandingLine, rows: Sequence[ShippedBox]
) -> Decimal | None:
    """Return how much of a line rows say that they hold; None where one says nothing.

    Raises ValueError with a sentence for a unit that no table knows.
    """
    total = ZERO
    for row in rows:
        if row.quantity is None:
            return None
        unit = line.unit
        if row.unit:
            mapped = desk.tables.unit(vendor, row.unit, None, vendor, desk.today)
            if mapped is None:
                raise ValueError(f"unit {row.unit} is not in units.csv for {vendor}")
            unit = mapped
        try:
            total += convert(row.quantity, unit, line.unit, line.pack)
        except PackMissingError as error:
            raise ValueError(f"{row.quantity} {unit.value}: {error}") from error
    return total
