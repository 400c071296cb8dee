"""An invoice as its buyer reads it: the order's own numbers, items, places and words.

A copy that is billed to the buyer's customer (P-03) is a document for that customer, so it says no
more of the vendor than the customer may learn (section 10); the buyer's own copy hides nothing.
"""

from __future__ import annotations

from dataclasses import replace

from daemon.config import Partner
from daemon.mapping.rows import EVERY_PARTNER, Kind
from daemon.mapping.terms import Wording
from daemon.trade.desk import Desk
from daemon.trade.invoices.match import BilledLine, Matched
from daemon.trade.invoices.places import buyers_place, way_between
from daemon.trade.orders.standing import StandingOrder
from daemon.trade.papers.shown import Shown, shown
from formats.invoices import Invoice, InvoiceLine
from formats.records import Party, Purpose

_BY_BUYER = "92"


def buyers_copy(desk: Desk, matched: Matched, buyer: Partner) -> Invoice:
    """Return a matched invoice in its buyer's words."""
    said, vendor = matched.invoice, matched.vendor
    link = desk.connection(vendor.name, buyer.name)
    order = next(iter(matched.orders.values()), None)
    lines = {each.line.line: _line(desk, each, buyer) for each in matched.lines}
    update: dict[str, object] = {
        "purpose": Purpose.NEW,
        "message_id": None,
        "order_number": order.booked.number if order else said.order_number,
        "vendor": Party(
            code=(link.vendor_code if link else None) or vendor.name,
            qualifier=_BY_BUYER,
            name=vendor.title or vendor.name,
        ),
        "buyer": Party(
            code=buyer.x12.id if buyer.x12 else buyer.name,
            qualifier=_BY_BUYER,
            name=buyer.title or buyer.name,
        ),
        "lines": tuple(lines.get(line.line, line) for line in said.lines),
    }
    if order is not None:
        update |= _of_order(desk, order, said)
        update["bill_to"] = _customer(desk, order) if matched.bills_customer else None
    copy = said.model_copy(update=update)
    seen = _seen(desk, matched)
    return copy if seen is None else _scrubbed(copy, seen)


def _of_order(desk: Desk, order: StandingOrder, said: Invoice) -> dict[str, object]:
    """Return what the buyer's order says better than its vendor."""
    own = order.said
    return {
        "customer_po": own.customer_po or said.customer_po,
        "order_date": own.order_date or said.order_date,
        "location": _place(desk, order) or said.location,
        "carrier": own.carrier or said.carrier,
        "ship_via": own.ship_via,
        "ship_to": buyers_place(desk, order) or own.ship_to or said.ship_to,
    }


def _place(desk: Desk, order: StandingOrder) -> str | None:
    """Return the location of an order as its buyer calls it (domain 9.1)."""
    booked, text = order.booked, order.said.location
    wording = Wording(desk.tables, booked.origin, booked.vendor, desk.today)
    return wording.told(Kind.LOCATIONS, text, (booked.buyer or "",)) if text else None


def _customer(desk: Desk, order: StandingOrder) -> Party | None:
    customer, place = order.said.customer, buyers_place(desk, order)
    if customer is None or place is None:
        return customer
    return replace(place, code=customer.code, name=customer.name or place.name)


def _line(desk: Desk, billed: BilledLine, buyer: Partner) -> InvoiceLine:
    line, first, booked = billed.line, billed.first, billed.order.booked
    is_own = booked.origin == buyer.name
    product = first.line.product or ""
    known = desk.tables.catalogue.get(product)
    return replace(
        line,
        unit=line.unit_type.value if line.unit_type else line.unit,
        price_unit=line.price_unit_type.value if line.price_unit_type else line.price_unit,
        order_number=booked.number,
        order_line=first.line.reference,
        po_item=str(first.key),
        seller_item=None,
        buyer_item=first.line.buyer_item
        if is_own
        else _named(desk, Kind.PRODUCTS, buyer, product, booked.vendor),
        gtin=first.line.gtin if is_own else line.gtin,
        description=(first.line.description if is_own else None)
        or (known.description if known else line.description),
        box_type_code=first.line.box_type_code
        if is_own
        else _named(desk, Kind.BOX_TYPES, buyer, first.line.box_type, booked.vendor),
        bunches_per_box=first.pack.bunches_per_box or line.bunches_per_box,
        stems_per_bunch=first.pack.stems_per_bunch or line.stems_per_bunch,
    )


def _named(
    desk: Desk, kind: Kind, buyer: Partner, canonical: str | None, vendor: str | None
) -> str | None:
    if not canonical:
        return None
    for partner in (buyer.name, EVERY_PARTNER):
        row = desk.tables.partner_code(kind, partner, canonical, desk.today, vendor)
        if row is not None and row.source_code:
            return row.source_code
    return None


def _seen(desk: Desk, matched: Matched) -> Shown | None:
    """Return what the final customer may learn of the vendor; None where the buyer is billed."""
    order = next(iter(matched.orders.values()), None)
    way = way_between(desk, order) if order is not None else None
    if order is None or way is None or not matched.bills_customer:
        return None
    return shown(desk, order.order, way)


def judge_number(desk: Desk, matched: Matched) -> None:
    """Refuse a number that gives a hidden vendor away to the customer it bills (H-03)."""
    seen = None if matched.problems else _seen(desk, matched)
    if seen is not None and seen.gives_away(matched.invoice.number):
        matched.wrong(
            "its number gives you away to the customer that it bills, who may not know you; give it"
            " a number without your name, code or prefix",
            code="H-03",
        )


def _scrubbed(copy: Invoice, seen: Shown) -> Invoice:
    """Leave out what the final customer may not learn of the vendor (H-03, H-04)."""
    if seen.is_plain:
        return copy
    lines = tuple(
        replace(
            line,
            description=seen.told(line.description),
            box_codes=tuple(code for code in line.box_codes if seen.may_carry(code)),
            adjustments=tuple(
                replace(each, description=seen.told(each.description)) for each in line.adjustments
            ),
        )
        for line in copy.lines
    )
    adjustments = tuple(
        replace(each, description=seen.told(each.description)) for each in copy.adjustments
    )
    terms = copy.terms
    return copy.model_copy(
        update={
            "vendor": Party(code=seen.code, qualifier=_BY_BUYER) if seen.code else Party(),
            "remit_to": None,
            "comments": seen.told(copy.comments),
            "terms": replace(terms, description=seen.told(terms.description)) if terms else None,
            "lines": lines,
            "adjustments": adjustments,
        }
    )
