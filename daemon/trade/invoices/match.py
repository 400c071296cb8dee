"""What an invoice bills: which line of which order, and how much of it in that line's own unit.

Nothing is guessed. A line that can be of several orders or lines is named with all of them, and an
order that the vendor doesn't have is unknown to it, whoever else has one of that number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from daemon.config import Partner
from daemon.ledger.states import OrderState
from daemon.mapping.rows import Kind
from daemon.trade.desk import Desk
from daemon.trade.goods.books import CodedBoxes, boxes_coded
from daemon.trade.orders.parties import buyer_called
from daemon.trade.orders.standing import StandingLine, StandingOrder, standing
from daemon.trade.step import orders_numbered
from daemon.trade.stock.units import PackMissingError, convert
from formats.invoices import Invoice, InvoiceLine
from formats.records import UnitType

_OVER = (OrderState.CANCELLED, OrderState.REJECTED)
_WORDS = {unit.value.lower(): unit for unit in UnitType}


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps an invoice from being used; `line` is None where it is the whole of it."""

    message: str
    line: int | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line of an invoice with the order line that it bills."""

    line: InvoiceLine
    """With its units resolved."""
    order: StandingOrder
    lines: tuple[StandingLine, ...]
    """The order line, and what short shipments cut off from it (P-30)."""
    quantity: Decimal
    """In the order line's unit."""

    @property
    def first(self) -> StandingLine:
        return self.lines[0]

    @property
    def name(self) -> str:
        """Name the order line in a sentence."""
        return f"line {self.first.line.reference} of order {self.order.booked.number}"


@dataclass(slots=True)
class Matched:
    """An invoice with what it bills, and all that is wrong with it."""

    invoice: Invoice
    vendor: Partner
    buyer: Partner | None = None
    orders: dict[str, StandingOrder] = field(default_factory=dict)
    """By number."""
    lines: list[BilledLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    waits: list[tuple[str, str]] = field(default_factory=list)
    """Number of an order that isn't shipped, and the sentence for it."""
    bills_customer: bool = False
    """Whether the buyer's own customer pays it (P-03)."""
    boxes: Mapping[str, CodedBoxes] = field(default_factory=dict)
    """What goes by the box codes of its lines."""
    notes: list[str] = field(default_factory=list)
    """What its vendor should know, though it stops nothing."""

    def wrong(self, message: str, line: InvoiceLine | None = None, code: str | None = None) -> None:
        """Note a problem of the invoice, or of one of its lines."""
        named = "" if line is None else f"line {line.reference or line.line}: "
        self.problems.append(Problem(named + message, line.line if line else None, code))


def match(desk: Desk, invoice: Invoice, vendor: Partner) -> Matched:
    """Return an invoice of `vendor` with the orders and lines that it bills."""
    found = Matched(invoice, vendor)
    named = buyer_called(desk.site, vendor, invoice.buyer.code, invoice.buyer.name)
    for number in invoice.order_numbers:
        _find_order(desk, found, number, named)
    buyers = {order.booked.buyer for order in found.orders.values()}
    if len(buyers) > 1:
        who = " and ".join(sorted(buyer or "nobody" for buyer in buyers))
        found.wrong(f"its orders are of {who}; send each its own invoice")
    elif buyers:
        found.buyer = desk.partner(buyers.pop())
    else:
        found.buyer = named
    if not found.problems:
        codes = [code for line in invoice.lines for code in line.box_codes]
        found.boxes = boxes_coded(desk, codes, vendor=vendor.name) if codes else {}
        found.lines = [each for line in invoice.lines if (each := _billed(desk, found, line))]
    return found


def _find_order(desk: Desk, found: Matched, number: str, buyer: Partner | None) -> None:
    """Add the vendor's order of a number, or say why it can't be billed."""
    vendor, is_test = found.vendor, found.invoice.is_test
    booked = [
        each
        for each in orders_numbered(desk, number, vendor=vendor.name)
        if each.is_test is is_test
    ]
    orders = [order for order in (standing(desk, each) for each in booked) if order.is_visible]
    if len(orders) > 1 and buyer is not None:
        orders = [order for order in orders if order.booked.buyer == buyer.name]
    if len(orders) > 1:
        who = " and ".join(order.booked.buyer or order.booked.origin for order in orders)
        found.wrong(f"{who} each have an order {number}; name the buyer in the invoice")
    elif not orders:
        whose = f" of {buyer.title or buyer.name}" if buyer else ""
        found.wrong(
            f"{vendor.title or vendor.name} has no order {number}{whose}; name it as it was ordered"
        )
    elif orders[0].booked.state in _OVER:
        state = orders[0].booked.state.value
        found.wrong(f"order {number} is {state}; nothing of it can be billed")
    else:
        found.orders[number] = orders[0]


def _billed(desk: Desk, found: Matched, line: InvoiceLine) -> BilledLine | None:
    """Return the order line of an invoice line; None where the matched invoice says why not."""
    number = line.order_number or found.invoice.order_number
    if number is None:
        found.wrong("it names no order; name the order that it bills", line)
        return None
    order = found.orders[number]
    lines = _lines(desk, found, order, line)
    mapped = _in_our_units(desk, found, line)
    if not lines or mapped is None:
        return None
    first = lines[0]
    try:
        unit = mapped.unit_type or UnitType.BOX
        quantity = convert(mapped.quantity, unit, first.unit, first.pack)
    except PackMissingError as error:
        found.wrong(f"{line.quantity} {line.unit}: {error}; bill in {first.unit.value}", line)
        return None
    return BilledLine(mapped, order, tuple(lines), quantity)


def _in_our_units(desk: Desk, found: Matched, line: InvoiceLine) -> InvoiceLine | None:
    unit = unit_of(desk, found.vendor.name, line.unit)
    price_unit = unit_of(desk, found.vendor.name, line.price_unit) if line.price_unit else None
    for text, mapped in ((line.unit, unit), (line.price_unit, price_unit)):
        if text and mapped is None:
            found.wrong(f"unit {text} is not in units.csv for {found.vendor.name}", line)
            return None
    return replace(line, unit_type=unit, price_unit_type=price_unit)


def unit_of(desk: Desk, partner: str, text: str | None) -> UnitType | None:
    """Return what a partner's word for a unit means."""
    if not text:
        return None
    return _WORDS.get(text.lower()) or desk.tables.unit(partner, text, None, partner, desk.today)


def _lines(
    desk: Desk, found: Matched, order: StandingOrder, line: InvoiceLine
) -> list[StandingLine]:
    """Return the order line that is billed, with those cut off from it; [] with a problem noted."""
    by_box = _lines_of_boxes(found, order, line)
    if by_box is None:
        return []
    number = order.booked.number
    if line.order_line or line.po_item:
        asked = line.order_line or line.po_item
        named = order.named(line.order_line or "", line.po_item)
        if not named:
            found.wrong(f"order {number} has no line {asked}; name one as the order does", line)
            return []
    elif by_box:
        named = by_box
    elif line.seller_item or line.buyer_item:
        named = [each for each in order.lines if _is_item(desk, found.vendor.name, each, line)]
        if not named:
            item = line.seller_item or line.buyer_item
            found.wrong(f"order {number} has no line with item {item}", line)
            return []
    else:
        named = order.lines
    names = list(dict.fromkeys(each.line.reference for each in named))
    if len(names) > 1:
        which = ", ".join(names)
        found.wrong(f"it can be of lines {which} of order {number}; name one in po_line", line)
        return []
    if by_box and names[0] not in {each.line.reference for each in by_box}:
        other = by_box[0].line.reference
        found.wrong(f"box {line.box_codes[0]} is of line {other} of order {number}", line)
        return []
    return order.named(names[0])


def _lines_of_boxes(
    found: Matched, order: StandingOrder, line: InvoiceLine
) -> list[StandingLine] | None:
    """Return the lines that the boxes of an invoice line are of; None with a problem noted."""
    lines: list[StandingLine] = []
    for code in line.box_codes:
        known = found.boxes.get(code, CodedBoxes()).best
        own = [box for box in known if box.order_id == order.booked.id]
        if not own:
            found.wrong(
                f"box code {code} does not exist in order {order.booked.number}", line, "E-16"
            )
            return None
        if not own[0].is_shipped:
            found.wrong(f"box {code} is {own[0].state.value}, not shipped", line)
            return None
        lines += [each for each in order.lines if each.key == own[0].order_line_id]
    return lines


def _is_item(desk: Desk, vendor: str, order_line: StandingLine, line: InvoiceLine) -> bool:
    code = line.seller_item or line.buyer_item
    if code in (order_line.line.seller_item, order_line.line.buyer_item):
        return True
    if not line.seller_item:
        return False
    product = desk.tables.resolve(Kind.PRODUCTS, vendor, code, None, vendor=vendor, on=desk.today)
    return product is not None and product == order_line.line.product
