"""A buyer's prebook that its goods are ordered for at once (domain 4.4 step 3).

Where the vendor publishes all that a prebook names, and has no system of its own that orders what
it sees (8.3), the prebook takes its goods and joins the order of the same vendor and ship date that
waits for the buyer's approval, as a purchase of a shop does; where there is none it begins one.
What a vendor doesn't publish, and what isn't whole boxes of one product, is a pre-sale and orders
nothing.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from daemon.config import Configuration, Connection, Partner, Role
from daemon.ledger.schema import orders
from daemon.ledger.states import OrderState
from daemon.terms.connection import Modality
from daemon.trade.desk import Desk
from daemon.trade.orders.book import cause_of
from daemon.trade.orders.for_sale import for_sale
from daemon.trade.orders.own_prebooks import PURCHASE
from daemon.trade.orders.parties import vendor_called
from daemon.trade.orders.prebook_book import past_prebook, withdraw_prebook
from daemon.trade.outcome import OrderOutcome
from daemon.trade.stock.units import PackMissingError, PackRate, convert
from formats.records import CartStatus, OrderLine, PurchaseOrder, UnitType, copy_of

_KINDS = ("purchase_order", PURCHASE)


def systems_of(site: Configuration, vendor: str | None) -> list[Partner]:
    """Return the Axerrio systems that a vendor runs."""
    return [
        partner
        for partner in site.partner
        if vendor is not None and partner.has(Role.AXERRIO) and partner.vendor == vendor
    ]


def ordered_at_once(desk: Desk, draft: OrderOutcome) -> OrderOutcome | None:
    """Return a prebook as the purchase that orders its goods; None where it orders nothing."""
    order, buyer = draft.order, draft.buyer
    if not isinstance(order, PurchaseOrder) or buyer is None or buyer is not draft.origin:
        return None
    said = order.vendor
    named = vendor_called(desk.site, buyer, said.code, said.name)
    link = desk.connection(named.name, buyer.name) if named is not None else None
    if named is None or link is None or not _orders(desk, buyer, link):
        return None
    draft = replace(draft, vendor=named, connection=link)
    earlier = past_prebook(desk, buyer.name, order.number, is_test=order.is_test).earlier
    if is_ordered(desk, draft):
        is_own = earlier is not None and earlier.document_id == draft.document_id
        if earlier is not None and earlier.state is not OrderState.CANCELLED and not is_own:
            return None
    elif earlier is not None and earlier.state is not OrderState.HELD:
        # As a pre-sale it was taken, and as one it is changed and cancelled.
        return None
    elif draft.unmapped or not all(_is_published(desk, draft, link, each) for each in order.lines):
        return None
    elif earlier is not None:
        withdraw_prebook(desk, earlier, cause_of(draft))
    lines = tuple(_checked_out(line) for line in order.lines)
    bought = order.model_copy(update={"cart": CartStatus.CHECKED_OUT, "lines": lines})
    return replace(draft, order=bought, is_amended=True)


def _orders(desk: Desk, buyer: Partner, link: Connection) -> bool:
    """Whether prebooks of a buyer order over its connection."""
    is_wanted = buyer.buying.orders_prebooks and link.serves(Modality.SALES)
    return is_wanted and not systems_of(desk.site, link.vendor)


def is_ordered(desk: Desk, draft: OrderOutcome) -> bool:
    """Whether goods were ordered under the number of a prebook already, with the same vendor."""
    desk.post.flush()
    table = orders.c
    query = select(table.id).where(
        *(table.origin == draft.origin.name, table.number == draft.order.number),
        *(table.vendor == (draft.vendor.name if draft.vendor else None),),
        *(table.is_test.is_(draft.order.is_test), table.kind.in_(_KINDS)),
    )
    return desk.post.conn.execute(query.limit(1)).first() is not None


def _is_published(desk: Desk, draft: OrderOutcome, link: Connection, line: OrderLine) -> bool:
    """Whether the vendor shows the buyer any of a line's product, which is whole boxes."""
    if line.product is None or line.contents:
        return False
    lots = desk.stock.of(desk.post, link.vendor, line.product)
    pack = desk.tables.pack(link.vendor, line.product, desk.today)
    shown = for_sale(desk, link, draft.order, draft.origin.name, lots).lots
    if not any(lot.available > 0 for lot in shown):
        return False
    unit = line.unit_type or UnitType.BOX
    try:
        rate = shown[0].pack
        if pack is not None:
            rate = PackRate(pack.bunches_per_box, pack.stems_per_bunch)
        boxes = convert(line.quantity, unit, UnitType.BOX, rate)
    except PackMissingError:
        return False
    return boxes > 0 and boxes == boxes.to_integral_value()


def _checked_out(line: OrderLine) -> OrderLine:
    bought = copy_of(line)
    bought.is_checked_out = True
    return bought
