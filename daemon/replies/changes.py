"""What comes of a change: the answer to who sent it, and what its vendor is told (P-28).

The sender of an 860 gets an 865 that answers each line; others get their rows answered. The vendor
gets the change in its own codes, as an 860 or as rows of the order CSV, and labels anew where boxes
changed (P-26, L-10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import LineState, OrderState
from daemon.replies import axerrio_orders, edifact, edifact_answers, florecom, prebooks
from daemon.replies.confirmations import cancel_notice
from daemon.replies.envelopes import answering, numbers, to_partner
from daemon.replies.labels import label_files
from daemon.replies.layouts import change_file, is_layout
from daemon.replies.orders import OrderForm, vendor_order
from daemon.replies.steps import answer_step
from daemon.trade.carts.book import out_of_cart
from daemon.trade.changes.change import ChangeOutcome
from daemon.trade.changes.confirmations import EndedLine
from daemon.trade.changes.of_prebooks import PrebookOutcome
from daemon.trade.desk import Desk
from daemon.trade.orders.rulings import outcome_of
from daemon.trade.orders.standing import ZERO, StandingLine, StandingOrder, placed
from daemon.trade.orders.stock_costs import COST_STANDS
from daemon.trade.outcome import LineOutcome, OrderOutcome, RowOutcome, RowStatus, StepOutcome
from daemon.trade.prices.order_rate import booked_rate
from daemon.trade.step import addressee_of, order_of_key
from formats.findings import Finding
from formats.identify import Format
from formats.records import AxerrioOrder, OrderLine, PurchaseOrder, Purpose, UnitType, copy_of
from formats.steps import LineAction, LineChange, OrderChange
from formats.tabular.order_change import write_order_change as write_csv
from formats.x12.change_answer_out import derive_change_answer_type, write_change_answer
from formats.x12.order_acknowledgement import AcknowledgementType, LineAcknowledgement, LineStatus
from formats.x12.order_change_out import write_order_change as write_860

_IN_FULL = frozenset({"x12", "edifact"})
"""Forms that can say whatever a change says, also of its heading alone."""
_CARRIED_OUT = (RowStatus.DONE, RowStatus.UNCHANGED)


def answer(
    desk: Desk, outcome: StepOutcome, form: Format, file: str, findings: Sequence[Finding]
) -> list[OutgoingFile]:
    """Return the answer to the sender of a change."""
    if edifact_answers.is_wanted(outcome.origin, form):
        files = [_ordrsp(desk, outcome)]
    elif form is Format.X12 and outcome.origin.answers_orders != "none":
        files = [_x865(desk, outcome)]
    else:
        return answer_step(desk, outcome, form, file, findings)
    if any(finding.is_error for finding in findings):
        # What could not even be read is no line of an 865 or an ORDRSP.
        files += answer_step(desk, outcome, form, file, findings)
    return files


def _x865(desk: Desk, outcome: StepOutcome) -> OutgoingFile:
    record = _in_its_currency(desk, outcome)
    envelope = answering(
        desk,
        outcome.origin,
        outcome.document_id,
        is_test=record.is_test,
        addressee=addressee_of(desk, outcome.document_id),
    )
    answers = _answers(outcome, record)
    whole = _whole(outcome)
    order_id = outcome.orders[0] if outcome.orders else None
    cuts: list[Finding] = []
    body = write_change_answer(
        _at_costs(outcome, record),
        answers,
        envelope=envelope,
        control=numbers(desk.post, envelope),
        at=desk.post.at.astimezone(desk.site.site.zone),
        acknowledgement_type=_kind(whole, answers),
        seller_number=f"{order_id}" if order_id else None,
        message=_message(whole),
        warnings=cuts,
    )
    return OutgoingFile(
        *(outcome.origin.name, "865", record.number, "edi", body),
        is_answer=True,
        notes=tuple(cuts),
    )


def _ordrsp(desk: Desk, outcome: StepOutcome) -> OutgoingFile:
    record = _in_its_currency(desk, outcome)
    answers, whole = _answers(outcome, record), _whole(outcome)
    # A line that ends, or keeps its quantity, is answered without one.
    uncounted = {
        each.line.line
        for each in record.changes
        if each.action is LineAction.CANCEL or not each.says_quantity
    }
    order = order_of_key(desk, outcome.orders[0]) if outcome.orders else None
    said = edifact_answers.Answered(
        outcome.origin,
        addressee_of(desk, outcome.document_id),
        _kind(whole, answers) or derive_change_answer_type(answers),
        answers,
        _message(whole),
        order.id if order else None,
        uncounted=uncounted,
    )
    vendor = desk.partner(order.vendor) if order else None
    return edifact_answers.order_response(desk, record, vendor, said)


def _in_its_currency(desk: Desk, outcome: StepOutcome) -> OrderChange:
    """Return a change that says in what its costs are, where its buyer can't know (K-80)."""
    record = _changed_order(outcome)
    rate = booked_rate(desk.post, outcome.orders[0]) if outcome.orders else None
    if record.currency is not None or rate is None or rate.source == rate.target:
        return record
    return record.model_copy(update={"currency": rate.source})


def _changed_order(outcome: StepOutcome) -> OrderChange:
    record = outcome.record
    if not isinstance(record, OrderChange):
        raise AssertionError(f"this answers an order change, not a {record.kind}")
    return record


def _whole(outcome: StepOutcome) -> list[RowOutcome]:
    """Return what is said of the change as a whole."""
    return [row for row in outcome.rows if row.line == 0]


def _message(whole: Sequence[RowOutcome]) -> str | None:
    return "\n".join(row.message for row in whole if row.message) or None


def _kind(
    whole: Sequence[RowOutcome], answers: Sequence[LineAcknowledgement]
) -> AcknowledgementType | None:
    """Return BCA02 where it doesn't follow from the answers to lines."""
    found = {row.status for row in whole}
    if RowStatus.HELD in found:
        return AcknowledgementType.HOLD
    if answers:
        is_refused = RowStatus.REFUSED in found
        is_mixed = not all(each.code.is_rejection for each in answers)
        return AcknowledgementType.DETAIL_WITH_CHANGE if is_refused and is_mixed else None
    if found == {RowStatus.REFUSED}:
        return AcknowledgementType.REJECTED
    if RowStatus.REFUSED in found or any(row.is_warning for row in whole):
        return AcknowledgementType.DETAIL_WITH_CHANGE
    return AcknowledgementType.NO_DETAIL_NO_CHANGE


def _answers(outcome: StepOutcome, record: OrderChange) -> list[LineAcknowledgement]:
    rows = {row.line: row for row in outcome.rows if row.line}
    cut = dict(outcome.accepted) if isinstance(outcome, ChangeOutcome) else {}
    costs = dict(outcome.costs) if isinstance(outcome, ChangeOutcome) else {}
    whole = next((row for row in outcome.rows if row.line == 0), None)
    answers: list[LineAcknowledgement] = []
    for change in record.changes:
        row = rows.get(change.line.line)
        if row is None and whole is not None and not rows:
            # The change as a whole was refused, repeated or held, and so is each of its lines.
            row = replace(whole, message=None)
        if row is not None:
            at = change.line.line
            answers += _line_answers(_at_cost(change, row, costs), row, cut.get(at))
    return answers


def _at_costs(outcome: StepOutcome, record: OrderChange) -> OrderChange:
    """Return a change at the costs that stand: an 865 says the price in its POC alone."""
    rows = {row.line: row for row in outcome.rows}
    costs = dict(outcome.costs) if isinstance(outcome, ChangeOutcome) else {}
    changes = tuple(
        _at_cost(each, rows[each.line.line], costs) if each.line.line in rows else each
        for each in record.changes
    )
    return record.model_copy(update={"changes": changes})


def _at_cost(
    change: LineChange, row: RowOutcome, costs: Mapping[int, Decimal | None]
) -> LineChange:
    """Return a line that was carried out at the cost that stands, where it names another (K-67)."""
    at = change.line.line
    if row.status not in _CARRIED_OUT or at not in costs:
        return change
    line = copy_of(change.line)
    line.unit_price = costs[at]
    return replace(change, line=line)


def _line_answers(
    change: LineChange, row: RowOutcome, accepted: Decimal | None
) -> list[LineAcknowledgement]:
    line = change.line
    if accepted is not None and change.says_quantity:
        cut = LineAcknowledgement(
            line, LineStatus.QUANTITY_CHANGED, accepted, line.unit, message=row.message
        )
        rest = line.quantity - accepted
        return [cut, LineAcknowledgement(line, LineStatus.REJECTED, rest, line.unit)]
    code = LineStatus.REJECTED
    if row.status is RowStatus.HELD:
        code = LineStatus.ON_HOLD
    elif row.status in _CARRIED_OUT:
        is_other_cost = row.code == COST_STANDS
        code = LineStatus.PRICE_CHANGED if is_other_cost else LineStatus.ACCEPTED
    return [LineAcknowledgement(line, code, line.quantity, line.unit, message=row.message)]


def tell(desk: Desk, outcome: StepOutcome) -> list[OutgoingFile]:
    """Return the change for the vendor that has the order, and its labels anew; or the end of a
    prebook for the vendor's system that sees it."""
    if isinstance(outcome, PrebookOutcome) and outcome.ended is not None:
        return prebooks.cancelled(desk, outcome.ended)
    if not isinstance(outcome, ChangeOutcome) or outcome.order is None:
        return []
    order = outcome.order
    if isinstance(order.said, AxerrioOrder):
        whole = outcome_of(desk, order)
        files = axerrio_orders.changed_files(desk, whole, by=outcome.origin)
        files += _lost(desk, outcome, order)
        return files + (label_files(desk, whole) if order.boxes_changed else [])
    vendor = desk.partner(order.booked.vendor)
    if order.booked.state is OrderState.PENDING_APPROVAL:
        return axerrio_orders.question(desk, out_of_cart(outcome_of(desk, order)))
    if vendor is None or not outcome.was_with_vendor:
        return []
    whole = placed(desk, order, arrival_id=outcome.arrival_id, document_id=outcome.document_id)
    files = [
        file
        for form in sorted(vendor.receives_orders, reverse=True)
        if (file := _to_vendor(desk, outcome, whole, vendor, form)) is not None
    ]
    if order.boxes_changed:
        files += label_files(desk, whole)
    return files


def _lost(desk: Desk, outcome: ChangeOutcome, order: StandingOrder) -> list[OutgoingFile]:
    """Return the notice of lines that the vendor's system took out of an approved order (K-90)."""
    who = outcome.origin
    is_sellers = who.name == order.booked.origin != order.booked.buyer
    if not outcome.was_with_vendor or not is_sellers:
        return []
    ended = [
        EndedLine(line, line.line.quantity, f"taken out by {who.title or who.name}")
        for action, line in outcome.changed
        if action is LineAction.CANCEL
    ]
    return cancel_notice(desk, order, ended) if ended else []


def _to_vendor(
    desk: Desk, outcome: ChangeOutcome, whole: OrderOutcome, vendor: Partner, form: OrderForm
) -> OutgoingFile | None:
    """Return a change in the vendor's codes; None where a form can't say it and another does."""
    if form == "florecom":
        return _in_florecom(desk, outcome, whole, vendor)
    if is_layout(form):
        said = _for_vendor(desk, outcome, whole, vendor, "csv")
        return change_file(desk.tables.layouts, vendor, said, form)
    record = _for_vendor(desk, outcome, whole, vendor, form)
    if form == "x12":
        envelope = to_partner(desk.site, vendor)
        at = desk.post.at.astimezone(desk.site.site.zone)
        cuts: list[Finding] = []
        body = write_860(record, envelope, numbers(desk.post, envelope), at, warnings=cuts)
        return OutgoingFile(
            *(vendor.name, "860", record.number, "edi", body), is_answer=False, notes=tuple(cuts)
        )
    if form == "edifact":
        return edifact.order_change_file(desk, vendor, record, whole.buyer)
    try:
        body = write_csv(record)
    except ValueError:
        # The CSV counts whole boxes only. A vendor that has the 860 has the whole change.
        if _IN_FULL & {*vendor.receives_orders}:
            return None
        raise
    return OutgoingFile(vendor.name, "order", record.number, "csv", body, is_answer=False)


def _in_florecom(
    desk: Desk, outcome: ChangeOutcome, whole: OrderOutcome, vendor: Partner
) -> OutgoingFile | None:
    """Return the lines that changed, those that end with condition 64."""
    actions, theirs = _changed(desk, outcome, whole, vendor, "florecom")
    pairs = zip(actions, theirs.lines, strict=True)
    ended = [line.reference for action, line in pairs if action is LineAction.CANCEL]
    said = theirs.model_copy(update={"purpose": Purpose.CHANGE})
    try:
        return florecom.order_file(desk, vendor, said, ended)
    except ValueError:
        if _IN_FULL & {*vendor.receives_orders}:
            return None
        raise


def _for_vendor(
    desk: Desk, outcome: ChangeOutcome, whole: OrderOutcome, vendor: Partner, form: OrderForm
) -> OrderChange:
    actions, theirs = _changed(desk, outcome, whole, vendor, form)
    changes = tuple(
        _line_change(action, line, position)
        for position, (action, line) in enumerate(zip(actions, theirs.lines, strict=True), 1)
    )
    return OrderChange(
        number=theirs.number,
        message_id=f"{outcome.document_id}",
        is_cancellation=outcome.is_cancelled,
        order_type=theirs.order_type,
        order_date=theirs.order_date,
        change_date=desk.post.at.astimezone(desk.site.site.zone).date(),
        ship_date=theirs.ship_date,
        delivery_date=theirs.delivery_date,
        buyer=theirs.buyer,
        vendor=theirs.vendor,
        ship_to=theirs.ship_to,
        carrier=theirs.carrier,
        ship_via=theirs.ship_via,
        customer_po=theirs.customer_po,
        location=theirs.location,
        currency=theirs.currency,
        mark_code=theirs.mark_code,
        comments=theirs.comments,
        cargo_agency=theirs.cargo_agency,
        incoterm=theirs.incoterm,
        custom_fields=theirs.custom_fields,
        changes=() if outcome.is_cancelled else changes,
    )


def _changed(
    desk: Desk, outcome: ChangeOutcome, whole: OrderOutcome, vendor: Partner, form: OrderForm
) -> tuple[list[LineAction], PurchaseOrder]:
    """Return the vendor's order with the lines that changed alone, and what became of each."""
    live = {line.line.line: line for line in whole.lines}
    actions = [(action, line.line.line) for action, line in outcome.changed]
    if not actions and form not in _IN_FULL:
        # Each of their lines is whole: a new header stands in all of them.
        actions = [(LineAction.CHANGE, at) for at in live]
    ended = {line.line.line: _ended(line) for _, line in outcome.changed}
    lines = tuple(live.get(at) or ended[at] for _, at in actions)
    theirs = vendor_order(desk, replace(whole, lines=lines), vendor, form)
    return [action for action, _ in actions], theirs


def _ended(line: StandingLine) -> LineOutcome:
    return LineOutcome(line.line, LineState.CANCELLED, ZERO, line.reason, line.pack)


def _line_change(action: LineAction, line: OrderLine, position: int) -> LineChange:
    is_ended = action is LineAction.CANCEL
    # Counted in boxes from nothing: what a line was does not matter once it ends.
    unit_type = UnitType.BOX if is_ended else line.unit_type
    quantity = ZERO if is_ended else line.quantity
    own = replace(line, line=position, quantity=quantity, unit_type=unit_type)
    return LineChange(action, own, says_quantity=not is_ended)
