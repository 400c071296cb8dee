"""The goods of an air waybill: each order line with its boxes, its cost and how it is packed.

Goods that ship direct from the grower are left out: no freight, handling or duty is counted on them
(K-63, D-01).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, select

from daemon.config import Connection, Partner
from daemon.ledger import schema
from daemon.ledger.states import InvoiceState
from daemon.terms.pricing import Agreed, agreed
from daemon.trade.desk import Desk
from daemon.trade.goods.books import Box, Waybill, boxes_of_shipment
from daemon.trade.landing.book import Travelled
from daemon.trade.prices.box_types import box_of
from daemon.trade.prices.charges import Packing
from daemon.trade.prices.currency import FixedRate
from daemon.trade.stock.units import PackMissingError, PackRate, convert
from formats.records import ShipVia, UnitType

_LINES, _ORDERS = schema.order_lines.c, schema.orders.c


@dataclass(frozen=True, slots=True)
class Line:
    """An order line with those of its boxes that travel under one waybill; `unit` is the cost's."""

    bill: Waybill
    key: int
    number: str
    reference: str
    is_own: bool
    """Whether its buyer wrote the order, so that its words are the buyer's."""
    source_code: str | None
    product: str | None
    description: str | None
    boxes: tuple[Box, ...]
    box_type: str | None
    unit: UnitType
    units_per_box: Decimal | None
    unit_cost: Decimal | None
    """In the buyer's currency."""
    packing: Packing
    terms: Agreed
    connection: Connection | None
    invoices: tuple[str, ...]
    """Numbers of the invoices that bill it."""

    @property
    def name(self) -> str:
        """Name it in a sentence."""
        return f"order {self.number} line {self.reference}"

    @property
    def value(self) -> Decimal | None:
        """What the flowers of a box cost."""
        if self.unit_cost is None or self.units_per_box is None:
            return None
        return self.unit_cost * self.units_per_box


def lines_of(desk: Desk, goods: Travelled) -> list[Line]:
    """Return what of an air waybill goes through the buyer's warehouse, line by line."""
    buyer = desk.partner(goods.buyer)
    if buyer is None:
        return []
    found: list[Line] = []
    for bill in goods.bills:
        boxes: defaultdict[int, list[Box]] = defaultdict(list)
        for box in boxes_of_shipment(desk, bill.id):
            if box.is_shipped:
                boxes[box.order_line_id].append(box)
        link = desk.connection(bill.vendor, bill.buyer)
        terms = link.agreed_with(buyer.buying) if link else agreed(buyer.buying.pricing)
        of = _Of(desk, bill, buyer, terms, link, _billed(desk, sorted(boxes)))
        found += [_line(of, row, boxes[row["id"]]) for row in _rows(desk, sorted(boxes))]
    return found


@dataclass(frozen=True, slots=True)
class _Of:
    """What the lines of one waybill have in common."""

    desk: Desk
    bill: Waybill
    buyer: Partner
    terms: Agreed
    link: Connection | None
    billed: Mapping[int, list[str]]


def _rows(desk: Desk, keys: Sequence[int]) -> Sequence[RowMapping]:
    if not keys:
        return ()
    query = (
        select(
            *(_LINES.id, _LINES.reference, _LINES.description, _LINES.source_code, _LINES.product),
            *(_LINES.shipped, _LINES.unit_type, _LINES.box_type, _LINES.bunches_per_box),
            *(_LINES.stems_per_bunch, _LINES.unit_price, _LINES.price_unit),
            *(
                _LINES.own_words,
                _LINES.confirmed_price,
                _ORDERS.number,
                _ORDERS.origin,
                _ORDERS.currency,
            ),
            *(_ORDERS.rate, _ORDERS.rate_currency, _ORDERS.created_at),
        )
        .join(schema.orders, _ORDERS.id == _LINES.order_id)
        .where(_LINES.id.in_(keys), _ORDERS.ship_via != ShipVia.GROWER.value)
        .order_by(_LINES.id)
    )
    return desk.post.conn.execute(query).mappings().all()


def _billed(desk: Desk, keys: Sequence[int]) -> dict[int, list[str]]:
    """Return the numbers of the invoices that bill order lines; void ones bill nothing."""
    line, invoice = schema.invoice_lines.c, schema.invoices.c
    query = (
        select(line.order_line_id, invoice.number)
        .join(schema.invoices, invoice.id == line.invoice_id)
        .where(line.order_line_id.in_(keys), invoice.state != InvoiceState.VOID.value)
        .distinct()
        .order_by(line.order_line_id, invoice.number)
    )
    found: dict[int, list[str]] = {}
    for key, number in desk.post.conn.execute(query) if keys else ():
        found.setdefault(key, []).append(number)
    return found


def _as_kept(row: RowMapping) -> dict[str, Any]:
    """Return a line as its buyer keeps it: what it changed in its own books counts (K-92).

    A cost of its own is in the currency of the order, at the rate that was fixed with it.
    """
    said = dict(row)
    own: dict[str, Any] = json.loads(said.pop("own_words") or "{}")
    if "unit_price" in own:
        said |= {"unit_price": Decimal(own["unit_price"]), "confirmed_price": None}
        said["price_unit"] = own.get("price_unit") or said["price_unit"]
    kept = ("product", "box_type", "bunches_per_box", "stems_per_bunch")
    said |= {name: own[name] for name in kept if name in own}
    if "quantity" in own:
        said |= {"shipped": Decimal(own["quantity"]), "unit_type": own["unit"]}
    return said


def _line(of: _Of, row: RowMapping, boxes: list[Box]) -> Line:
    said = _as_kept(row)
    ordered = UnitType(said["unit_type"] or UnitType.BOX)
    unit = UnitType(said["price_unit"]) if said["price_unit"] else ordered
    pack = PackRate(said["bunches_per_box"], said["stems_per_bunch"])
    known = of.desk.tables.catalogue.get(said["product"]) if said["product"] else None
    tables, product = of.desk.tables, said["product"]
    default = tables.pack(of.bill.vendor, product, of.desk.today) if product else None
    # Many an order names no box type; the goods then travel as their vendor packs them.
    box_type = said["box_type"] or (default.box_type if default else None)
    return Line(
        bill=of.bill,
        key=said["id"],
        number=said["number"],
        reference=said["reference"],
        is_own=said["origin"] == of.buyer.name,
        source_code=said["source_code"],
        product=said["product"],
        description=known.description if known else said["description"],
        boxes=tuple(boxes),
        box_type=box_type,
        unit=unit,
        units_per_box=_units_per_box(said["shipped"], ordered, unit, pack, len(boxes)),
        unit_cost=_cost(said, of.buyer),
        packing=Packing(
            unit,
            pack,
            box_of(tables, of.bill.vendor, said["box_type"], product, of.desk.today),
            None,
            known.category if known else None,
        ),
        terms=of.terms,
        connection=of.link,
        invoices=tuple(of.billed.get(said["id"], ())),
    )


def _units_per_box(
    shipped: Decimal | None, ordered: UnitType, unit: UnitType, pack: PackRate, boxes: int
) -> Decimal | None:
    """Return how many units a box holds: what was shipped, by the boxes that it went in."""
    try:
        if shipped is None:
            return convert(Decimal(1), UnitType.BOX, unit, pack)
        return convert(shipped, ordered, unit, pack) / boxes
    except PackMissingError:
        return None


def _cost(said: dict[str, Any], buyer: Partner) -> Decimal | None:
    """Return what a unit costs, as confirmed, in the buyer's currency; the rate is kept (K-82)."""
    cost = said["unit_price"] if said["confirmed_price"] is None else said["confirmed_price"]
    if cost is None or said["rate"] is None:
        is_own = said["currency"] in (None, buyer.currency) or buyer.currency is None
        return cost if is_own else None
    made = said["created_at"].date()
    fixed = FixedRate(said["currency"], said["rate_currency"], said["rate"], made)
    return Decimal(fixed.converted(cost))
