"""What leaves on a day: orders with their boxes, and where and how they go.

The basis of bills of lading and of truck lines' files. Only real orders that their vendor has, and
boxes that nobody has cancelled. What the final customer may not learn of the vendor is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from daemon.config import Partner
from daemon.ledger import schema
from daemon.ledger.states import GoodsState, OrderState
from daemon.mapping.rows import Kind
from daemon.trade.desk import Desk
from daemon.trade.orders.ship_tos import AnyOrder, Way, place_of
from daemon.trade.orders.standing import StandingLine, StandingOrder, standing
from daemon.trade.orders.transfer import carriage, is_direct, service_of, truck_date
from daemon.trade.papers.shown import Shown, shown
from daemon.trade.prices.box_types import BoxType, box_of
from daemon.trade.step import BookedOrder, order_of_key
from formats.records import Party
from formats.values import normalised

_LIVE = (OrderState.APPROVED, OrderState.CONFIRMED, OrderState.SHIPPED)


@dataclass(frozen=True, slots=True)
class LeavingBox:
    """One box; `code` is what stands on it, `size` what our list knows of its type.

    `external_code` is its second code, where it has one (L-09). Goods that need no scan (D-03,
    P-02) are in the inventory all the same, and `is_scanned` says no of them (E-07).
    """

    id: int
    code: str
    is_scanned: bool
    line: StandingLine
    box_type: str | None
    size: BoxType | None
    category: str | None
    """The network's word for the product's, as Roses."""
    description: str | None
    external_code: str | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """One order that leaves. `carrier` is our code of who takes it, None where nobody knows."""

    booked: BookedOrder
    order: AnyOrder
    way: Way
    seen: Shown
    truck_date: date | None
    carrier: str | None
    carrier_said: str | None
    place: Party | None
    """Where it goes: the customer's place, or the buyer's own."""
    boxes: tuple[LeavingBox, ...]

    @property
    def number(self) -> str:
        """The number that papers may name it by (H-03)."""
        return self.seen.told(self.booked.number) or f"{self.booked.id}"

    @property
    def customer(self) -> str:
        """Who gets the goods, as the shipper calls it: the buyer's customer, or the buyer."""
        customer = self.order.customer
        if customer is not None and (customer.code or customer.name):
            return customer.code or customer.name or ""
        return self.way.buyer.title or self.way.buyer.name

    def account(self, line: Partner) -> str | None:
        """Return the account with a truck line."""
        return account_with(line, self.order, self.way, self.place)


def carrier_account(
    desk: Desk, order: AnyOrder, way: Way | None, carrier: str | None, place: Party | None
) -> str | None:
    """Return the account with `carrier` (our code) that pays for an order's way, where it is known.

    It is what the order says itself, else the customer's of that weekday (domain 2.1), else the
    account with the truck line that the carrier means.
    """
    line = next((each for each in desk.site.partner if each.hauls(carrier)), None)
    if way is None:
        return order.carrier_account
    if line is None:
        return order.carrier_account or _served(order, way, {carrier})
    return account_with(line, order, way, place)


def account_with(line: Partner, order: AnyOrder, way: Way, place: Party | None) -> str | None:
    """Return who pays a truck line, by its number there: as the order says, else as it is set.

    Of those that are set the customer's of that weekday comes first (domain 2.1), then the
    ship-to's own (D-07).
    """
    said = order.carrier_account or _served(order, way, {*line.hauling.carriers})
    if said:
        return said
    accounts = {normalised(code): account for code, account in line.hauling.accounts.items()}
    customer = order.customer
    codes = (
        *((place.code, place.canonical) if place else ()),
        *((customer.canonical, customer.code) if customer else ()),
        *(() if is_direct(order) else (way.buyer.name, way.buyer.title)),
    )
    found = (accounts.get(normalised(code)) for code in codes if code)
    return next((account for account in found if account), None)


def _served(order: AnyOrder, way: Way, carriers: Collection[str | None]) -> str | None:
    """Return the customer's account of the truck date with one of `carriers`."""
    served = service_of(way.buyer, order)
    if served is None or served.carrier not in (None, *carriers):
        return None
    return served.account


def leaving(
    desk: Desk, on: date, *, buyer: str | None = None, carriers: Iterable[str | None] | None = None
) -> list[Leaving]:
    """Return the orders whose truck date is `on`, the oldest first.

    `carriers` are our codes of those that take them; None among them is an order whose carrier
    nobody knows. Without `carriers`, all.
    """
    desk.write_stock()
    table = schema.orders.c
    query = select(table.id, table.carrier).where(
        table.truck_date == on,
        table.kind == "purchase_order",
        table.is_test.is_(False),
        table.state.in_([state.value for state in _LIVE]),
    )
    if buyer is not None:
        query = query.where(table.buyer == buyer)
    wanted = None if carriers is None else set(carriers)
    rows = desk.post.conn.execute(query.order_by(table.id)).all()
    keys = [row.id for row in rows if wanted is None or row.carrier in wanted]
    return list(_leaving(desk, keys))


def _leaving(desk: Desk, keys: list[int]) -> Iterator[Leaving]:
    for key in keys:
        booked = order_of_key(desk, key)
        buyer, vendor = desk.partner(booked.buyer), desk.partner(booked.vendor)
        if buyer is None or vendor is None:
            continue
        found = standing(desk, booked)
        link = desk.connection(vendor.name, buyer.name)
        way, order = Way(booked.origin, buyer, vendor, link), found.order
        boxes = tuple(_boxes(desk, found))
        if not boxes:
            continue
        yield Leaving(
            booked=booked,
            order=order,
            way=way,
            seen=shown(desk, order, way),
            truck_date=truck_date(order),
            carrier=carriage(desk, found.said, booked.origin, vendor, link).code,
            carrier_said=order.carrier,
            place=place_to(desk, order, way),
            boxes=boxes,
        )


def place_to(desk: Desk, order: AnyOrder, way: Way) -> Party | None:
    """Return where an order goes: the place of a direct one, else what it says itself."""
    if is_direct(order):
        return place_of(desk, order, way) or order.ship_to
    to = order.ship_to
    entry = desk.tables.entries[Kind.SHIP_TO].get(to.canonical or "") if to else None
    if to is None or to.street or entry is None:
        return to
    return Party(
        code=to.code,
        name=to.name or entry.name or entry.description,
        street=entry.street,
        city=entry.city,
        state=entry.state,
        postal_code=entry.postal_code,
        country=entry.country,
        canonical=to.canonical,
    )


def _boxes(desk: Desk, found: StandingOrder) -> Iterator[LeavingBox]:
    lines = {line.key: line for line in found.lines if line.is_live}
    table = schema.boxes.c
    query = (
        select(table.id, table.code, table.external_code, table.received_at, table.order_line_id)
        .where(table.order_line_id.in_(lines), table.state != GoodsState.CANCELLED.value)
        .order_by(table.order_line_id, table.sequence)
    )
    for row in desk.post.conn.execute(query):
        line = lines[row.order_line_id]
        code, size = box_type_of(desk, found, line), size_of(desk, found, line)
        known = desk.tables.catalogue.get(line.line.product or "")
        is_scanned = row.received_at is not None
        category = desk.tables.word_of(Kind.CATEGORIES, line.line.product, desk.today)
        description = line.line.description or (known.description if known else None)
        yield LeavingBox(
            *(row.id, row.code, is_scanned, line, code, size, category, description),
            external_code=row.external_code,
        )


def box_type_of(desk: Desk, found: StandingOrder, line: StandingLine) -> str | None:
    """Return the type of a line's boxes; the vendor's pack says it where the line does not."""
    if line.line.box_type or line.line.product is None:
        return line.line.box_type
    pack = desk.tables.pack(found.booked.vendor or "", line.line.product, desk.today)
    return pack.box_type if pack else None


def size_of(desk: Desk, found: StandingOrder, line: StandingLine) -> BoxType | None:
    """Return the box that a line's goods travel in, of its vendor's size (P-04)."""
    said, vendor = line.line, found.booked.vendor or ""
    return box_of(desk.tables, vendor, said.box_type, said.product, desk.today)
