"""Florecom files for partners: answers to orders, orders and their changes for a vendor.

Every line that is answered is named twice: by our own id (VN) and by the buyer's order and line.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import LineState
from daemon.replies.envelopes import identity
from daemon.trade.desk import Desk
from daemon.trade.orders.standing import StandingLine, StandingOrder
from daemon.trade.outcome import LineOutcome, OrderOutcome
from formats.florecom.order_out import write_order
from formats.florecom.response_out import write_response
from formats.florecom.tree import Sending
from formats.identify import Format
from formats.records import Order, Party, PurchaseOrder
from formats.steps import ConfirmedLine, LineAnswer, OrderConfirmation

ZERO = Decimal(0)
_ANSWERS = {
    LineState.ACCEPTED: LineAnswer.ACCEPTED,
    LineState.CUT: LineAnswer.CHANGED,
    LineState.REFUSED: LineAnswer.REJECTED,
    LineState.CANCELLED: LineAnswer.REJECTED,
    LineState.UNMAPPED: LineAnswer.HELD,
    LineState.PENDING: LineAnswer.HELD,
}


def is_wanted(partner: Partner, form: Format, *, is_sellers: bool = False) -> bool:
    """Tell whether a partner gets its answers to a file of this format in Florecom.

    A vendor's own system that speaks Florecom (`is_sellers`) always does.
    """
    return form is Format.XML and (is_sellers or partner.answers_orders == "florecom")


def answer(desk: Desk, outcome: OrderOutcome, message: str | None) -> OutgoingFile:
    """Return the answer to an order; `message` is what holds for all of it."""
    lines = [_answered(line, at, message) for at, line in enumerate(outcome.lines, 1)]
    return _response(desk, outcome.origin, outcome.order, outcome.vendor, lines, is_answer=True)


def _answered(line: LineOutcome, position: int, message: str | None) -> ConfirmedLine:
    what = _ANSWERS[line.state]
    is_rejected = what is LineAnswer.REJECTED
    return ConfirmedLine(
        line=position,
        reference=line.line.reference,
        answer=what,
        quantity=None if is_rejected else line.accepted or line.line.quantity,
        unit=line.line.unit,
        ship_date=line.next_ship_date,
        seller_item=line.line.seller_item,
        buyer_item=line.line.buyer_item,
        message=_short(line.reason or message),
    )


def answer_anew(
    desk: Desk, origin: Partner, order: StandingOrder, lines: Iterable[ConfirmedLine]
) -> OutgoingFile:
    """Return what became of an order since it was answered first."""
    vendor = desk.partner(order.booked.vendor)
    return _response(desk, origin, order.order, vendor, list(lines), is_answer=False)


def standing_line(line: StandingLine, position: int, word: str, said: str | None) -> ConfirmedLine:
    """Return a line's answer; `word` is what became of it, `said` the same in a sentence."""
    is_over = word in ("rejected", "cancelled")
    answer = LineAnswer.REJECTED if is_over else LineAnswer(word)
    quantity = line.accepted if line.confirmed is None else line.confirmed
    if answer is LineAnswer.BACKORDERED:
        quantity = line.backordered
    is_coming = answer in (LineAnswer.ACCEPTED, LineAnswer.CHANGED)
    return ConfirmedLine(
        line=position,
        reference=line.line.reference,
        answer=answer,
        quantity=None if is_over else quantity,
        unit=line.line.unit,
        unit_price=line.price if is_coming else None,
        price_unit=line.line.price_unit if is_coming and line.price is not None else None,
        ship_date=line.ship_date if is_coming else None,
        seller_item=line.line.seller_item,
        buyer_item=line.line.buyer_item,
        message=_short(said),
    )


def _short(text: str | None) -> str | None:
    """Cut a sentence to what the layout has room for."""
    return text[:200] if text else None


def _response(
    desk: Desk,
    to: Partner,
    order: Order,
    vendor: Partner | None,
    lines: list[ConfirmedLine],
    *,
    is_answer: bool,
) -> OutgoingFile:
    confirmation = OrderConfirmation(
        number=order.number,
        is_test=order.is_test,
        currency=order.currency,
        vendor=_party(vendor) if vendor else order.vendor,
        buyer=order.buyer,
        lines=tuple(lines),
    )
    body = write_response(confirmation, _sending(desk), issuer=vendor.gln if vendor else None)
    return OutgoingFile(to.name, "order-response", order.number, "xml", body, is_answer=is_answer)


def order_file(
    desk: Desk,
    to: Partner,
    order: PurchaseOrder,
    ended: Iterable[str] = (),
    *,
    seller: Partner | None = None,
) -> OutgoingFile:
    """Return an order for its vendor, or for the system of its `seller`.

    The lines `ended` are cancelled in it. Raises ValueError for what the layout can't say.
    """
    told = order.model_copy(update={"vendor": _party(seller or to)})
    body = write_order(told, _sending(desk), ended=frozenset(ended))
    return OutgoingFile(to.name, "put-order", order.number, "xml", body, is_answer=False)


def _party(partner: Partner) -> Party:
    code = partner.gln or identity(partner).id
    return Party(
        code=code, qualifier="UL" if partner.gln else "92", name=partner.title or partner.name
    )


def _sending(desk: Desk) -> Sending:
    """Return what stands around the next file: a number of ours, and our own time."""
    number = f"K{desk.post.count('florecom'):09}"
    return Sending(number, desk.post.at.astimezone(desk.site.site.zone))
