"""What customs asks of the goods under an air waybill: origin, tariff codes, value, weight (11.7).

Tariff codes, origin and the weight of a stem are those of the product's category (domain 2.2), the
weight of a packed box that of its type. Goods of each order are told as its buyer bought them.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from daemon.mapping.classes import GoodsClass, goods_class
from daemon.mapping.rows import Kind
from daemon.trade.desk import Desk
from daemon.trade.goods.books import Box, Waybill, boxes_of_shipment, waybills
from daemon.trade.orders.ship_tos import Way
from daemon.trade.orders.standing import StandingLine, StandingOrder, standing
from daemon.trade.papers.leaving import box_type_of, place_to
from daemon.trade.step import order_of_key
from daemon.trade.stock.units import PackMissingError, convert
from formats.papers.bill import Address
from formats.papers.customs import CustomsLine, CustomsList
from formats.records import Party, UnitType


def customs_lists(
    desk: Desk, number: str, *, side: str | None = None
) -> dict[str, list[CustomsList]]:
    """Return the goods under an air waybill by vendor: a list for each shipment and place.

    `number` is as in W-03. `side` is a company that sends or gets the goods, where several share a
    number.
    """
    found: dict[str, list[CustomsList]] = {}
    for bill in waybills(desk, side=side):
        if bill.goes_by(number):
            found.setdefault(bill.vendor, []).extend(_of(desk, bill))
    return found


def _of(desk: Desk, bill: Waybill) -> list[CustomsList]:
    by_order: dict[int, list[Box]] = {}
    for box in boxes_of_shipment(desk, bill.id):
        by_order.setdefault(box.order_id, []).append(box)
    places: dict[tuple[Address, str | None], list[CustomsLine]] = {}
    for key, boxes in by_order.items():
        order = standing(desk, order_of_key(desk, key))
        to = _consignee(desk, order, bill)
        places.setdefault((to, order.order.currency), []).extend(_lines(desk, order, boxes))
    vendor, buyer = desk.partner(bill.vendor), desk.partner(bill.buyer)
    return [
        CustomsList(
            awb=bill.awb,
            house_awb=bill.house_awb,
            ship_date=bill.ship_date,
            vendor=vendor.title or vendor.name if vendor else bill.vendor,
            consignee=to,
            purchaser=buyer.title or buyer.name if buyer else bill.buyer,
            currency=currency or (vendor.currency if vendor else None),
            lines=tuple(lines),
        )
        for (to, currency), lines in places.items()
    ]


def _consignee(desk: Desk, order: StandingOrder, bill: Waybill) -> Address:
    """Return where an order goes: its place, else its buyer's address as its vendor's customer."""
    vendor, buyer = desk.partner(bill.vendor), desk.partner(bill.buyer)
    if vendor is None or buyer is None:
        return Address(bill.buyer)
    link = desk.connection(vendor.name, buyer.name)
    to = place_to(desk, order.order, Way(order.booked.origin, buyer, vendor, link)) or Party()
    names = (link.customer_code if link else None, buyer.title or buyer.name)
    code = desk.tables.customer(vendor.name, *names, vendor.name, desk.today)
    entry = desk.tables.entries[Kind.CUSTOMERS].get(code or "")
    if not to.street and entry is not None:
        to = Party(
            name=entry.name or entry.description,
            street=entry.street,
            city=entry.city,
            state=entry.state,
            postal_code=entry.postal_code,
            country=entry.country,
        )
    return Address(
        to.name or buyer.title or buyer.name,
        *(to.street or "", to.city or "", to.state or "", to.postal_code or "", to.country or ""),
    )


def _lines(desk: Desk, order: StandingOrder, boxes: Iterable[Box]) -> list[CustomsLine]:
    counted: dict[int, int] = {}
    for box in boxes:
        counted[box.order_line_id] = counted.get(box.order_line_id, 0) + 1
    lines = {line.key: line for line in order.lines}
    return [_line(desk, order, lines[key], count) for key, count in counted.items()]


def _line(desk: Desk, order: StandingOrder, line: StandingLine, packages: int) -> CustomsLine:
    said, tables = line.line, desk.tables
    known = tables.catalogue.get(said.product or "")
    classed = goods_class(tables, said.product, desk.today)
    code = box_type_of(desk, order, line)
    size = tables.entries[Kind.BOX_TYPES].get(code or "")
    price = line.price if line.price is not None else said.unit_price
    per = said.price_unit_type or line.unit
    return CustomsLine(
        order_number=order.booked.number,
        packages=packages,
        quantity=line.held,
        unit=line.unit.value,
        product_code=said.product,
        description=said.description or (known.description if known else None),
        box_type=code,
        category=tables.word_of(Kind.CATEGORIES, said.product, desk.today),
        origin=classed.origin,
        us_tariff=classed.us_tariff,
        canada_tariff=classed.canada_tariff,
        customs_code=classed.customs_code,
        unit_price=price,
        price_unit=per.value if price is not None else None,
        amount=_times(line, per, price),
        net_kg=_net_kg(line, classed),
        gross_kg=size.weight_kg * packages if size and size.weight_kg else None,
    )


def _times(line: StandingLine, unit: UnitType, each: Decimal | None) -> Decimal | None:
    """Return what the goods of a line come to at `each` per `unit`; None where its pack lacks."""
    if each is None:
        return None
    try:
        return convert(line.held, line.unit, unit, line.pack) * each
    except PackMissingError:
        return None


def _net_kg(line: StandingLine, classed: GoodsClass) -> Decimal | None:
    return _times(line, UnitType.STEM, classed.stem_kg)
