"""The notice that a vendor gets when somebody else confirmed an order in its name (domain 13).

It lists what stands now of every line that is answered, so that the vendor ships that, or answers
the order itself. Of a test order there is none (P-29).
"""

from __future__ import annotations

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.mapping.rows import Kind
from daemon.trade.changes.confirmations import ConfirmationOutcome
from daemon.trade.desk import Desk
from daemon.trade.orders.standing import ZERO, StandingLine, StandingOrder
from formats.notices import Notice, NoticeLine, Reader, write_notice
from formats.steps import OrderConfirmation

CODE = "confirmation.in_your_name"


def confirmed_notices(desk: Desk, outcome: ConfirmationOutcome) -> list[OutgoingFile]:
    """Return the notice for a vendor that was spoken for; nothing where it spoke itself."""
    order, speaker = outcome.order, outcome.in_its_name
    if order is None or speaker is None or order.booked.is_test:
        return []
    vendor, buyer = desk.partner(order.booked.vendor), desk.partner(order.booked.buyer)
    if vendor is None or buyer is None:
        return []
    record = outcome.record
    said = record.message if isinstance(record, OrderConfirmation) else None
    notice = Notice(
        subject=f"Order {order.booked.number}: answered in your name",
        text=_text(order, buyer, speaker, said),
        reader=Reader.VENDOR_ORDERS,
        to=(),
        order=order.booked.number,
        at=desk.post.at,
        lines=[_line(desk, vendor, each) for each in order.lines if _is_answered(each)],
        code=CODE,
        buyer=buyer.title or buyer.name,
        vendor=vendor.title or vendor.name,
        ship_date=order.order.ship_date,
    )
    number, body = order.booked.number, write_notice(notice)
    return [OutgoingFile(vendor.name, "notice", number, "json", body, is_answer=False)]


def _text(order: StandingOrder, buyer: Partner, speaker: str, said: str | None) -> str:
    name, number = buyer.title or buyer.name, order.booked.number
    whose = f"its order {number}" if speaker == name else f"order {number} of {name}"
    note = f' It was said: "{said}"' if said else ""
    return (
        f"{speaker} has answered {whose} in your name, and the buyer has that answer. The order is"
        f" {order.booked.state.value}; the lines say how much of each you are expected to ship."
        " Where that isn't so, send a confirmation of your own: it takes the place of this one"
        f" while nothing is shipped.{note}"
    )


def _is_answered(line: StandingLine) -> bool:
    return line.was_ordered and line.confirmed is not None


def _line(desk: Desk, vendor: Partner, line: StandingLine) -> NoticeLine:
    """Return a line in its vendor's own words, as the order has it that went there."""
    product = line.line.product or ""
    own = desk.tables.partner_code(Kind.PRODUCTS, vendor.name, product, desk.today)
    known = desk.tables.catalogue.get(product)
    ours = known.description if known else line.line.description
    return NoticeLine(
        line=line.line.reference,
        product=(own.source_code if own else "") or product or line.line.seller_item,
        description=(own.source_description if own else "") or ours,
        quantity=line.confirmed or ZERO,
        unit=line.unit.value,
        reason=line.reason,
    )
