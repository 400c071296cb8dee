"""Which orders go on one bill of lading, and what stands on it (domain 11.3).

Orders are put together only where customer, ship-to, truck date and carrier are all equal; and
where they leave from the same place, because a bill names one shipper.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from daemon.config import Partner
from daemon.mapping.rows import EVERY_PARTNER, Kind
from daemon.mapping.terms import Wording
from daemon.trade.desk import Desk
from daemon.trade.orders.transfer import is_direct
from daemon.trade.papers.leaving import Leaving
from formats.papers.bill import Address, BillOfLading, BillOrder, Load, bill_number
from formats.records import Party
from formats.values import normalised


@dataclass(frozen=True, slots=True)
class PrintedBill:
    """A bill and who prints it: the vendor, from whose door the goods leave."""

    bill: BillOfLading
    vendor: Partner
    orders: tuple[int, ...]
    """Keys of its orders."""
    line: Partner | None = None
    """The truck line, where it is a partner here."""


def bills(desk: Desk, on: date, leaving: Iterable[Leaving]) -> list[PrintedBill]:
    """Return the bills of a day, numbered after their first order, so that a reprint is equal."""
    groups: dict[tuple[str, ...], list[Leaving]] = {}
    for each in leaving:
        groups.setdefault(_key(each), []).append(each)
    return [_bill(desk, on, group) for group in groups.values()]


def _key(each: Leaving) -> tuple[str, ...]:
    place = each.place or Party()
    address = (place.name, place.street, place.city, place.postal_code)
    where = [place.canonical or place.code or "", *(text or "" for text in address)]
    carrier = each.carrier or each.carrier_said or ""
    sides = each.way.vendor.name, each.way.buyer.name
    return (*sides, normalised(each.customer), *(normalised(text) for text in where), carrier)


def _bill(desk: Desk, on: date, group: list[Leaving]) -> PrintedBill:
    first = group[0]
    place = first.place or Party()
    bill = BillOfLading(
        number=bill_number(first.booked.id, desk.site.labels.gs1_prefix),
        truck_date=on,
        shipper=_shipper(first),
        consignee=Address(
            place.name or first.customer,
            *(place.street or "", place.city or "", place.state or ""),
            *(place.postal_code or "", place.country or ""),
        ),
        orders=tuple(_order(desk, each) for each in group),
        customer=first.customer,
        carrier=_carrier(desk, first),
        carrier_account=_account(desk, first),
    )
    keys = tuple(each.booked.id for each in group)
    return PrintedBill(bill, first.way.vendor, keys, _line(desk, first))


def _shipper(first: Leaving) -> Address:
    """Name who ships: the vendor as far as it may be known, else the buyer (H-03)."""
    buyer = first.way.buyer.title or first.way.buyer.name
    if not is_direct(first.order):
        return Address(first.way.vendor.title or first.way.vendor.name)
    return Address(first.seen.name or first.seen.code or buyer)


def _order(desk: Desk, each: Leaving) -> BillOrder:
    counted = Counter((box.box_type or "box", box.size) for box in each.boxes)
    loads = tuple(
        Load(
            name,
            count,
            size.fbe if size else None,
            size.cubes if size else None,
            size.weight_kg if size else None,
        )
        for (name, size), count in counted.items()
    )
    vendor, order = each.way.vendor.name, each.order
    # The vendor prints it, so it stands there in its words.
    words = Wording(desk.tables, each.booked.origin, vendor, desk.today).heading(order, (vendor,))
    return BillOrder(
        each.number,
        loads,
        each.seen.told(order.customer_po),
        each.seen.told(_said(words, "incoterm")),
        each.seen.told(_said(words, "cargo_agency")),
    )


def _said(words: Mapping[str, object], name: str) -> str | None:
    found = words.get(name)
    return found if isinstance(found, str) else None


def _carrier(desk: Desk, each: Leaving) -> str | None:
    if each.carrier is None:
        return each.seen.told(each.carrier_said)
    row = desk.tables.partner_code(Kind.CARRIERS, EVERY_PARTNER, each.carrier, desk.today)
    return (row.source_description or None if row else None) or each.carrier


def _account(desk: Desk, each: Leaving) -> str | None:
    """Return the customer's account with the truck line, which is a partner here (E-08)."""
    line = _line(desk, each)
    return each.account(line) if line else None


def _line(desk: Desk, each: Leaving) -> Partner | None:
    return next((p for p in desk.site.partner if p.hauls(each.carrier)), None)
