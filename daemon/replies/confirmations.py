"""What the buyer of an order is told of its vendor's answer, in the form that the order came in.

Its sender gets the whole order anew: an 855 (06 for the first answer, 05 for one that takes its
place), the answer CSV, or a `floral.ack/1` for an Axerrio system. The buyer in whose name a system
has bought gets the answer CSV too. Nothing is told where nothing changed. Of what was confirmed and
will not come a buyer gets a notice besides (K-90), and a vendor of what was confirmed in its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import LineState
from daemon.replies import edifact_answers, florecom
from daemon.replies.confirmed_notices import confirmed_notices
from daemon.replies.envelopes import answering, numbers
from daemon.replies.labels import label_files
from daemon.replies.notices import addresses_of, lines_left_notices
from daemon.trade.carts.ends import LinesLeft
from daemon.trade.changes.confirmations import ConfirmationOutcome, EndedLine
from daemon.trade.desk import Desk
from daemon.trade.orders.standing import (
    ZERO,
    StandingLine,
    StandingOrder,
    as_purchase_order,
    placed,
)
from daemon.trade.outcome import OrderOutcome, StepOutcome
from daemon.trade.prices.order_rate import foreign_currency, in_its_currency
from daemon.trade.step import form_of
from formats.axerrio.acknowledgement import LineAnswer, Result, write_acknowledgement
from formats.findings import Finding
from formats.identify import Format
from formats.records import AxerrioOrder, PurchaseOrder
from formats.tabular.advice import ConfirmedLine, write_order_acknowledgement
from formats.tabular.write import written
from formats.x12 import order_acknowledgement as x855
from formats.x12.order_acknowledgement import LineStatus

FIRST = "06"
ANEW = "05"
"""BAK01 (code list 353)."""
NOTICE_COLUMNS = (
    *("po_number", "line", "product_code", "product_description", "missing", "unit_type"),
    *("still_confirmed", "ship_date", "reason", "notify"),
)


def tell(desk: Desk, outcome: StepOutcome) -> list[OutgoingFile]:
    """Return the files for the sender of the order, and new labels for its vendor."""
    if not isinstance(outcome, ConfirmationOutcome) or outcome.order is None:
        return []
    order = outcome.order
    origin = desk.partner(order.booked.origin)
    files: list[OutgoingFile] = []
    # A vendor's system that answers what it made itself knows what it said.
    is_spoken_for = outcome.in_its_name is not None
    if origin is not None and (is_spoken_for or origin.name != outcome.origin.name):
        files += _told(desk, origin, order, is_first=outcome.is_first)
    buyer = desk.partner(order.booked.buyer)
    if buyer is not None and buyer != origin and not order.booked.is_test:
        # Of what the vendor's system bought in its name the buyer knows by its rows.
        files.append(_csv(desk, buyer, order))
    files += lines_left_notices(desk, LinesLeft(order, outcome.unchecked, is_expired=False))
    if outcome.ended and not order.booked.is_test:
        files += cancel_notice(desk, order, outcome.ended)
    if order.boxes_changed:
        # After any change labels are printed again (P-26, L-10).
        files += label_files(desk, _as_placed(desk, outcome, order))
    return files + confirmed_notices(desk, outcome)


def _as_placed(desk: Desk, outcome: StepOutcome, order: StandingOrder) -> OrderOutcome:
    return placed(desk, order, arrival_id=outcome.arrival_id, document_id=outcome.document_id)


def _told(
    desk: Desk, origin: Partner, order: StandingOrder, *, is_first: bool
) -> list[OutgoingFile]:
    form = form_of(desk, order.booked.document_id)
    if form is Format.JSON:
        return [_axerrio(desk, origin, order)]
    if form is Format.X12:
        wants = origin.answers_orders != "none"
        return [_x855(desk, origin, order, FIRST if is_first else ANEW)] if wants else []
    if form is Format.EDIFACT and origin.answers_orders == "none":
        return []
    if edifact_answers.is_wanted(origin, form):
        return [_ordrsp(desk, origin, order)]
    is_sellers = isinstance(order.order, AxerrioOrder)
    if florecom.is_wanted(origin, form, is_sellers=is_sellers):
        lines = (
            florecom.standing_line(line, at, word(line), said_of(order, line))
            for at, line in enumerate(order.lines, 1)
        )
        return [florecom.answer_anew(desk, origin, order, lines)]
    # A CSV can't say that it is a test (P-29).
    return [] if order.booked.is_test else [_csv(desk, origin, order)]


def _x855(desk: Desk, origin: Partner, order: StandingOrder, purpose: str) -> OutgoingFile:
    said = _in_its_currency(desk, order)
    envelope = answering(
        desk,
        origin,
        order.booked.document_id,
        is_test=order.booked.is_test,
        addressee=order.addressee,
    )
    cuts: list[Finding] = []
    body = x855.write_order_acknowledgement(
        said,
        [part for line in order.lines for part in _parts(line)],
        envelope=envelope,
        control=numbers(desk.post, envelope),
        at=desk.post.at.astimezone(desk.site.site.zone),
        purpose=purpose,
        seller_number=f"{order.booked.id}",
        warnings=cuts,
    )
    return OutgoingFile(
        *(origin.name, "855", said.number, "edi", body), is_answer=False, notes=tuple(cuts)
    )


def _in_its_currency(desk: Desk, order: StandingOrder) -> PurchaseOrder:
    """Return an order that says in what its costs are, where its buyer can't know (K-80)."""
    booked = order.booked
    said = as_purchase_order(order.order)
    return in_its_currency(said, desk.partner(booked.vendor), desk.partner(booked.buyer))


def _ordrsp(desk: Desk, origin: Partner, order: StandingOrder) -> OutgoingFile:
    said = _in_its_currency(desk, order)
    parts = [part for line in order.lines for part in _parts(line)]
    answered = edifact_answers.Answered(
        origin,
        order.addressee,
        x855.derive_acknowledgement_type(said, parts),
        parts,
        None,
        order.booked.id,
        is_answer=False,
    )
    vendor = desk.partner(order.booked.vendor)
    return edifact_answers.order_response(desk, said, vendor, answered)


def _parts(line: StandingLine) -> list[x855.LineAcknowledgement]:
    """Answer a line in parts that add up to what was ordered: what comes, later, and not at all."""
    whole = line.line.quantity
    if line.state is LineState.CANCELLED:
        return [_part(line, LineStatus.DELETED, whole, line.reason)]
    if line.state is LineState.REFUSED:
        return [_part(line, LineStatus.REJECTED, whole, line.reason)]
    if line.confirmed is None:
        waiting = "waits for the vendor"
        parts = [_part(line, LineStatus.ON_HOLD, line.accepted, waiting)]
    else:
        parts = [_part(line, _status(line), line.confirmed, line.reason)] if line.confirmed else []
        if line.backordered:
            reason = None if parts else line.reason
            parts.append(_part(line, LineStatus.BACKORDERED, line.backordered, reason))
    rest = whole - sum((part.quantity for part in parts), ZERO)
    if rest or not parts:
        reason = None if parts else line.reason
        parts.append(_part(line, LineStatus.REJECTED, rest, reason))
    return parts


def _status(line: StandingLine) -> LineStatus:
    changes = [
        status
        for status, is_so in (
            (LineStatus.QUANTITY_CHANGED, line.confirmed != line.line.quantity),
            (LineStatus.PRICE_CHANGED, line.price is not None),
            (LineStatus.DATE_CHANGED, line.ship_date is not None),
        )
        if is_so
    ]
    if len(changes) > 1:
        return LineStatus.ACCEPTED_WITH_CHANGES
    return changes[0] if changes else LineStatus.ACCEPTED


def _part(
    line: StandingLine, status: LineStatus, quantity: Decimal, message: str | None
) -> x855.LineAcknowledgement:
    is_coming = status not in (LineStatus.REJECTED, LineStatus.DELETED)
    return x855.LineAcknowledgement(
        line.line,
        status,
        quantity,
        line.line.unit,
        ship_date=line.ship_date if is_coming else None,
        message=message,
        unit_price=line.price if is_coming else None,
    )


def _csv(desk: Desk, origin: Partner, order: StandingOrder) -> OutgoingFile:
    said = _in_its_currency(desk, order)
    currency = foreign_currency(said, desk.partner(order.booked.buyer))
    rows = [
        ConfirmedLine(
            po_number=said.number,
            line=line.line.reference,
            status=word(line),
            confirmed_boxes=line.confirmed or ZERO,
            confirmed_cost=line.line.unit_price if line.price is None else line.price,
            ship_date=line.ship_date or said.ship_date,
            reason_code=line.progress.value,
            message=line.reason,
            po_item_id=str(line.key),
            currency=currency,
        )
        for line in order.lines
    ]
    body = write_order_acknowledgement(rows)
    return OutgoingFile(origin.name, "order-ack", said.number, "csv", body, is_answer=False)


def word(line: StandingLine) -> str:
    """Return what became of a line in a word of the answer CSV."""
    if line.state is LineState.CANCELLED:
        return "cancelled"
    if line.state is LineState.REFUSED:
        return "rejected"
    if line.confirmed is None:
        return "held"
    if not line.confirmed:
        return "backordered" if line.backordered else "rejected"
    return "accepted" if _status(line) is LineStatus.ACCEPTED else "changed"


def _axerrio(desk: Desk, origin: Partner, order: StandingOrder) -> OutgoingFile:
    """Return a `floral.ack/1`; a line that changed says to what."""
    words = {word(line) for line in order.lines}
    result = Result.ACCEPTED if words == {"accepted"} else Result.WITH_EXCEPTIONS
    if words <= {"rejected", "cancelled"}:
        result = Result.REJECTED
    number = order.order.number
    body = write_acknowledgement(
        message_id=getattr(order.order, "message_id", None),
        received_at=desk.post.at,
        result=result,
        order_number=number,
        ids={"purchaseOrder": str(order.booked.id)},
        lines=[
            LineAnswer(line.line.reference, word(line), said_of(order, line))
            for line in order.lines
        ],
    )
    return OutgoingFile(origin.name, "ack", number, "json", body, is_answer=False)


def said_of(order: StandingOrder, line: StandingLine) -> str | None:
    """Say in a sentence how a line's answer differs from the order."""
    if line.confirmed is None or not line.was_ordered:
        return line.reason
    unit, parts = line.unit.value, []
    if line.confirmed != line.line.quantity:
        parts.append(f"{line.confirmed} of {line.line.quantity} {unit}")
    if line.backordered:
        parts.append(f"{line.backordered} {unit} later")
    if line.price is not None:
        parts.append(f"price {line.price} instead of {line.line.unit_price}")
    if line.ship_date is not None:
        parts.append(f"ships {line.ship_date.isoformat()}")
    if line.reason:
        parts.append(line.reason)
    return "; ".join(parts) or None


def cancel_notice(
    desk: Desk, order: StandingOrder, ended: Sequence[EndedLine]
) -> list[OutgoingFile]:
    """Return the notice of what was to come and won't, so that it is bought elsewhere (K-90)."""
    buyer = desk.partner(order.booked.buyer)
    if buyer is None:
        return []
    said = order.order
    served = addresses_of(buyer.buying.salespeople, said)
    notify = ";".join(buyer.buying.notify_cancel_to or served)
    rows = [
        (
            *(said.number, each.line.line.reference),
            each.line.line.buyer_item or each.line.line.seller_item or each.line.line.product,
            *(each.line.line.description, each.missing, each.line.unit.value),
            *(each.line.confirmed, said.ship_date, each.reason, notify),
        )
        for each in ended
    ]
    body = written(NOTICE_COLUMNS, rows, for_people=True)
    return [OutgoingFile(buyer.name, "cancel-notice", said.number, "csv", body, is_answer=False)]
