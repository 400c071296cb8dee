"""An order on its way into its vendor's books: carrier, place, who is billed (domain 5.2).

Nothing here writes a file. `Terms` say how the vendor knows what the buyer said; the warnings in
them go into the buyer's answer, so that nobody finds out on the truck.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from daemon.config import Connection, Partner
from daemon.ledger import schema
from daemon.ledger.documents import add_findings
from daemon.ledger.holds import HoldKind
from daemon.ledger.moves import TRANSFERS, Cause, move
from daemon.ledger.states import TRANSFER, TransferState
from daemon.mapping.rows import Kind
from daemon.terms.company import CustomerService
from daemon.trade.customers import customer_names
from daemon.trade.desk import Desk
from daemon.trade.orders.ship_tos import AnyOrder, Way, address_of, associated, place_of
from daemon.trade.outcome import OrderOutcome
from formats.findings import warning
from formats.records import Order, Party, ShipVia

CARRIER_REPLACED = "carrier.default"
BILLED_TO_BUYER = "bill_to.unknown"


@dataclass(frozen=True, slots=True)
class Carriage:
    """Who takes the goods. `code` is ours, `told` what the vendor reads."""

    code: str | None = None
    told: str | None = None
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How the vendor is told of an order: carrier, and who is billed where that isn't the buyer."""

    carriage: Carriage
    bill_to: Party | None = None
    notes: tuple[tuple[str, str], ...] = ()
    """Code and sentence of what the buyer should know."""


def is_direct(order: Order) -> bool:
    """Whether the goods go from the grower to the buyer's customer: each order says it (D-08)."""
    return order.ship_via is ShipVia.GROWER


def way_of(desk: Desk, outcome: OrderOutcome) -> Way | None:
    """Return between whom an order goes; None where a side is not known."""
    buyer, vendor = outcome.buyer, outcome.vendor
    if buyer is None or vendor is None:
        return None
    link = outcome.connection or desk.connection(vendor.name, buyer.name)
    return Way(outcome.origin.name, buyer, vendor, link)


def terms(desk: Desk, outcome: OrderOutcome) -> Terms:
    """Return how the vendor is told of an order; nothing is written."""
    order, way = outcome.order, way_of(desk, outcome)
    if way is None:
        return Terms(Carriage(None, order.carrier))
    carried = carriage(desk, order, way.origin, way.vendor, way.link)
    notes = [(CARRIER_REPLACED, carried.warning)] if carried.warning else []
    if not is_direct(order):
        return Terms(carried, notes=tuple(notes))
    billed, doubt = _bill_to(desk, order, way)
    notes += [(BILLED_TO_BUYER, doubt)] if doubt else []
    return Terms(carried, billed, tuple(notes))


def carriage(
    desk: Desk, order: Order, origin: str, vendor: Partner, link: Connection | None
) -> Carriage:
    """Return the carrier by step 4 of domain 5.2, and D-04.

    The buyer's is copied where the order ships direct and both sides have a row for it; otherwise
    the connection's default takes the goods. Where there is none, the vendor reads what was said. A
    direct order that names nobody goes with who serves its customer on that weekday (domain 2.1).
    """
    said = order.carrier
    ours = desk.tables.carrier(origin, said, None, vendor.name, desk.today) if said else None
    if not said and link is not None and is_direct(order):
        ours = _serving(desk, order, link)
    theirs = _vendors_word(desk, vendor, ours)
    if is_direct(order) and (theirs is not None or (ours is not None and not said)):
        return Carriage(ours, theirs or ours)
    default = default_carrier(order, link)
    if default is None:
        unsure = said if is_direct(order) else None
        return Carriage(ours, theirs or said, _not_mapped(unsure, ours, vendor, None))
    replaced = said if said and ours != default else None
    told = _vendors_word(desk, vendor, default) or default
    if replaced and not is_direct(order):
        text = f"carrier {said} is not used: {default} takes what goes to the warehouse"
        return Carriage(default, told, text)
    return Carriage(default, told, _not_mapped(replaced, ours, vendor, default))


def _serving(desk: Desk, order: Order, link: Connection) -> str | None:
    """Return our code of the carrier that serves an order's customer on its truck date."""
    buyer = desk.partner(link.buyer)
    served = service_of(buyer, order) if buyer is not None else None
    return served.carrier if served is not None else None


def service_of(buyer: Partner, order: Order) -> CustomerService | None:
    """Return who takes the goods of an order to its buyer's customer, where that is set."""
    if not buyer.buying.customer_services:
        return None
    day = order.delivery_date or order.ship_date
    return buyer.buying.service_on(day, *customer_names(order))


def default_carrier(order: Order, link: Connection | None) -> str | None:
    """Return our code of the carrier that takes what the buyer's own can't, None for nobody."""
    if link is None:
        return None
    return link.default_carrier if is_direct(order) else link.warehouse_carrier


def _vendors_word(desk: Desk, vendor: Partner, ours: str | None) -> str | None:
    if ours is None:
        return None
    row = desk.tables.partner_code(Kind.CARRIERS, vendor.name, ours, desk.today)
    return (row.source_code or row.source_description or None) if row else None


def _not_mapped(
    said: str | None, ours: str | None, vendor: Partner, default: str | None
) -> str | None:
    """Say which side lacks a row for a carrier, and who takes the goods instead."""
    if not said:
        return None
    lacks = "us" if ours is None else vendor.title or vendor.name
    instead = f"{default} takes the goods" if default else "it is passed on as it was written"
    return f"carrier {said} is not mapped for {lacks}, so {instead}; agree on a carrier with both"


def _bill_to(desk: Desk, order: AnyOrder, way: Way) -> tuple[Party | None, str | None]:
    """Return who is billed by agreement (P-03), or why the buyer is; a customer is never made."""
    customer = order.customer
    if way.link is None or not way.link.bill_to_final_customer or customer is None:
        return None, None
    ours = customer.canonical or desk.tables.customer(
        way.origin, customer.code, customer.name, way.vendor.name, desk.today
    )
    row = desk.tables.partner_code(Kind.CUSTOMERS, way.vendor.name, ours or "", desk.today)
    if row is None:
        name = customer.code or customer.name
        return (
            None,
            f"{name} is no customer of {way.vendor.title or way.vendor.name}: you are billed",
        )
    entry = desk.tables.entries[Kind.CUSTOMERS].get(row.target_code)
    party = Party(code=row.source_code or row.target_code, qualifier="92")
    if entry is None:
        return party, None
    address = (entry.street, entry.city, entry.state, entry.postal_code, entry.country)
    names = ("street", "city", "state", "postal_code", "country")
    filled = {name: text or None for name, text in zip(names, address, strict=True)}
    return replace(party, name=entry.name or entry.description or None, **filled), None


def must_wait(desk: Desk, draft: OrderOutcome) -> tuple[HoldKind, str] | None:
    """Return why an order can't go on yet: a direct one that names no address (domain 6)."""
    order, way = draft.order, way_of(desk, draft)
    if way is None or way.link is None or not is_direct(order):
        return None
    if place_of(desk, order, way) or address_of(desk, order):
        return None
    return HoldKind.NO_SHIP_TO, (
        f"order {order.number} ships direct and has no address: write the ship-to with street, town"
        " and postal code into the order and send it again, or let the operator add the place to"
        " ship_to.csv and release the hold"
    )


def told_place(desk: Desk, outcome: OrderOutcome) -> Party | None:
    """Return the place that the vendor is told of; a direct order's is made known (domain 6)."""
    order, way = outcome.order, way_of(desk, outcome)
    if way is None or not is_direct(order):
        return order.ship_to
    return associated(desk, order, way, arrival_id=outcome.arrival_id) or order.ship_to


def carry_over(desk: Desk, outcome: OrderOutcome) -> None:
    """Write down that an order is on its way to its vendor: the warnings, and the transfer."""
    if way_of(desk, outcome) is None:
        return
    notes = [warning(code, text) for code, text in terms(desk, outcome).notes]
    add_findings(desk.post, notes, arrival_id=outcome.arrival_id, document_id=outcome.document_id)
    if outcome.order_id is not None:
        cause = Cause(f"order of {outcome.origin.name}", outcome.arrival_id)
        queue(desk, outcome.order_id, cause)


def queue(desk: Desk, order_id: int, cause: Cause) -> None:
    """Note that an order's file goes to its vendor, for the first time or after it failed (5.2).

    An order that its vendor has stays transferred when it is sent again.
    """
    before = TransferState(_transfer(desk, order_id))
    if TransferState.QUEUED not in TRANSFER[before]:
        return
    what = f"the transfer of order {order_id}"
    move(desk.post, TRANSFERS, order_id, before, TransferState.QUEUED, what=what, cause=cause)


def _transfer(desk: Desk, key: int) -> str:
    for row in reversed(desk.post.rows.get(schema.orders.name, [])):
        if row["id"] == key:
            return str(row["transfer"])
    table = schema.orders.c
    return str(desk.post.conn.execute(select(table.transfer).where(table.id == key)).scalar_one())


def truck_date(order: AnyOrder) -> date | None:
    """Return when the goods leave for the customer: the truck date, else the ship date."""
    return order.delivery_date or order.ship_date


def own_location(desk: Desk, origin: str, vendor: Partner | None, said: str | None) -> str | None:
    """Return our code of a location that `origin` names; its own where no row maps it (9.1)."""
    name = vendor.name if vendor is not None else None
    return desk.tables.word(Kind.LOCATIONS, origin, said, vendor=name, on=desk.today) or said


def booked_terms(
    desk: Desk, order: AnyOrder, origin: str, vendor: Partner | None, link: Connection | None
) -> dict[str, object]:
    """Return the columns of an order that say how it travels."""
    code = None
    if vendor is not None:
        code = carriage(desk, order, origin, vendor, link).code
    return {
        "customer_po": order.customer_po,
        "carrier": code,
        "location": own_location(desk, origin, vendor, order.location),
        "truck_date": truck_date(order),
    }
