"""A vendor's answer to an order: each line is confirmed, in part or not at all (P-20, P-21, P-27).

Only an approved order can be confirmed: of one that waits for its approval the vendor does not
know, and the answer waits. What a vendor does not confirm it does not have: that stock is lost, not
on sale again, and its boxes end (see `line_stock`). A second answer may say more or less while
nothing is shipped; what has ended stays ended. Lines that no customer checked out are deleted when
their vendor confirms (domain 4.4 step 5), and their stock is on sale again. Who may speak for the
vendor is in `confirmable`; the rules are the same whoever does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby

from daemon.config import Partner
from daemon.ledger.states import LineProgress, LineState, OrderState
from daemon.trade.changes.confirmable import ANSWERABLE, objection, order_meant
from daemon.trade.changes.confirmed_lines import LineReply, reply_of
from daemon.trade.desk import Desk
from daemon.trade.orders.line_boxes import fit_boxes
from daemon.trade.orders.standing import (
    ZERO,
    StandingLine,
    StandingOrder,
    move_line,
    save_line,
    settle,
)
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from daemon.trade.step import StepAtHand
from daemon.trade.stock.line_stock import keep
from formats.steps import ConfirmedLine, LineAnswer, OrderConfirmation

NOT_CHECKED_OUT = "not checked out, so it was deleted when its vendor confirmed the order"


@dataclass(frozen=True, slots=True)
class EndedLine:
    """A line that was confirmed and won't come in full: the buyer looks elsewhere (K-90)."""

    line: StandingLine
    missing: Decimal
    reason: str | None


@dataclass(frozen=True, slots=True)
class ConfirmationOutcome(StepOutcome):
    """What a confirmation did; `order` is None where it did nothing."""

    order: StandingOrder | None = None
    is_first: bool = False
    """Whether the order was not confirmed before."""
    ended: tuple[EndedLine, ...] = ()
    unchecked: tuple[StandingLine, ...] = ()
    """Lines that were deleted because nobody had checked them out."""
    in_its_name: str | None = None
    """Who confirmed in the vendor's name, in words; None where it did so itself."""


@dataclass(slots=True)
class _Work:
    """One confirmation on its way."""

    desk: Desk
    step: StepAtHand[OrderConfirmation]
    order: StandingOrder
    buyer: Partner | None = None
    """Who speaks for the vendor, where it doesn't itself."""
    rows: list[RowOutcome] = field(default_factory=list)
    ended: list[EndedLine] = field(default_factory=list)
    unchecked: list[StandingLine] = field(default_factory=list)
    is_changed: bool = False

    def row(
        self, line: int, status: RowStatus, message: str | None = None, code: str | None = None
    ) -> None:
        number = self.step.record.number
        self.rows.append(RowOutcome(line, number, status, code=code, message=message))


def confirm(desk: Desk, step: StepAtHand[OrderConfirmation]) -> StepOutcome:
    """Carry out a confirmation; its rows are the lines of the document that it could be read as."""
    found = order_meant(desk, step)
    if isinstance(found, RowOutcome):
        return _outcome(step, (found,))
    buyer = found.buyer
    speaker = None if buyer is None else buyer.title or buyer.name
    return confirm_order(desk, step, found.order, buyer=buyer, in_its_name=speaker)


def confirm_order(
    desk: Desk,
    step: StepAtHand[OrderConfirmation],
    found: StandingOrder,
    *,
    buyer: Partner | None = None,
    in_its_name: str | None = None,
) -> StepOutcome:
    """Carry out the answers of a confirmation to one order.

    `buyer` is who sends them for the vendor, whose own answers it leaves alone; `in_its_name` is
    what the vendor is told of who spoke for it.
    """
    work = _Work(desk, step, found, buyer)
    was = found.booked.state
    if was in ANSWERABLE:
        _delete_unchecked(work)
    _answer_lines(work)
    work.rows.sort(key=lambda row: row.line)
    if not work.is_changed:
        return _outcome(step, tuple(work.rows))
    empty = OrderState.REJECTED if was is OrderState.APPROVED else OrderState.CANCELLED
    settle(desk, found, step.cause, when_empty=empty)
    return ConfirmationOutcome(
        *(step.record, step.origin, step.document_id, step.arrival_id, tuple(work.rows)),
        orders=(found.booked.id,),
        order=found,
        is_first=was is OrderState.APPROVED,
        ended=tuple(work.ended),
        unchecked=tuple(work.unchecked),
        in_its_name=in_its_name,
    )


def _outcome(step: StepAtHand[OrderConfirmation], rows: tuple[RowOutcome, ...]) -> StepOutcome:
    return StepOutcome(step.record, step.origin, step.document_id, step.arrival_id, rows)


def _delete_unchecked(work: _Work) -> None:
    """Delete the lines that nobody checked out, once the vendor confirms anything."""
    record = work.step.record
    is_confirming = record.is_whole or any(_says_yes(line) for line in record.lines)
    if not is_confirming:
        return
    for line in work.order.lines:
        if line.is_live and line.is_checked_out is False and line.confirmed is None:
            _apply(work, line, LineReply(ZERO, ZERO, reason=NOT_CHECKED_OUT), is_lost=False)
            work.unchecked.append(line)


def _says_yes(line: ConfirmedLine) -> bool:
    return line.answer in (LineAnswer.ACCEPTED, LineAnswer.CHANGED, LineAnswer.BACKORDERED)


def _answer_lines(work: _Work) -> None:
    record, order = work.step.record, work.order
    if record.is_rejection:
        _reject_all(work)
        return
    said = _by_line(work)
    for line, parts in said:
        _answer(work, line, parts)
    named = {line.key for line, _ in said}
    others = [line for line in order.lines if line.is_live and line.key not in named]
    if record.is_whole:
        for line in others:
            if line.is_checked_out is not False:
                at, reference = line.line.line, line.line.reference
                _answer(work, line, [ConfirmedLine(at, reference, LineAnswer.ACCEPTED)])
    elif record.is_held and not said:
        work.row(1, RowStatus.UNCHANGED, "the vendor has not decided yet")
    if not work.rows:
        what = f"{order.booked.what} is {order.booked.state.value}: no line of it is open"
        work.row(1, RowStatus.REFUSED, what)


def _reject_all(work: _Work) -> None:
    record = work.step.record
    reasons = {line.reference: line.message or line.reason_code for line in record.lines}
    for line in work.order.lines:
        if line.was_ordered:
            reason = reasons.get(line.line.reference) or record.message
            refused = ConfirmedLine(
                line.line.line, line.line.reference, LineAnswer.REJECTED, message=reason
            )
            _answer(work, line, [refused])


def _by_line(work: _Work) -> list[tuple[StandingLine, list[ConfirmedLine]]]:
    """Return the answers by the line of the order that they mean; the rest is refused."""
    found: list[tuple[StandingLine, list[ConfirmedLine]]] = []
    answers = sorted(work.step.record.lines, key=lambda each: (each.reference, each.po_item or ""))
    for (reference, key), group in groupby(answers, lambda each: (each.reference, each.po_item)):
        parts = sorted(group, key=lambda each: each.line)
        lines = _still_to_come(work.order.named(reference, key))
        name = reference or key or "without a number"
        if len(lines) == 1:
            found.append((lines[0], parts))
            continue
        why = f"order {work.order.booked.number} has no line {name}; name one as the order does"
        if lines:
            ids = ", ".join(str(line.key) for line in lines)
            why = f"line {name} is there {len(lines)} times; name one by po_item_id: {ids}"
        for part in parts:
            work.row(part.line, RowStatus.REFUSED, why)
    return sorted(found, key=lambda each: each[1][0].line)


def _still_to_come(lines: list[StandingLine]) -> list[StandingLine]:
    """Return the one of the lines of a number that isn't shipped, as the rest of a cut line (P-30).

    What is shipped is never taken back, and an 855 has no other name for the rest.
    """
    lines = [line for line in lines if line.was_ordered]
    still = [line for line in lines if line.progress is not LineProgress.SHIPPED]
    return still if len(still) == 1 else lines


def _answer(work: _Work, line: StandingLine, parts: list[ConfirmedLine]) -> None:
    """Carry out the answers to one line."""
    reply = reply_of(work.desk, work.order, line, parts, work.step)
    place = f"line {line.line.reference}"
    if isinstance(reply, str):
        status, message = RowStatus.REFUSED, f"{place}: {reply}"
    elif reply.says_nothing:
        status, message = RowStatus.UNCHANGED, f"{place} is still open"
    elif reply.is_as(line):
        status, message = RowStatus.UNCHANGED, None
    elif (why := _refusal(work, line, reply)) is not None:
        status, message = RowStatus.REFUSED, f"{place}: {why}"
    else:
        _apply(work, line, reply, is_lost=True)
        status, message = RowStatus.DONE, reply.note
    for part in parts:
        work.row(part.line, status, message)


def _refusal(work: _Work, line: StandingLine, reply: LineReply) -> str | None:
    """Return why an answer that could be meant can't be carried out, else None."""
    booked = work.order.booked
    if booked.state not in ANSWERABLE:
        allowed = " or ".join(state.value for state in ANSWERABLE)
        return f"{booked.what} is {booked.state.value}, and only an {allowed} one is answered"
    return objection(work.buyer, line, reply) if work.buyer is not None else None


def _apply(work: _Work, line: StandingLine, reply: LineReply, *, is_lost: bool) -> None:
    """Write down what was answered, and let stock and boxes follow."""
    desk, order, booked = work.desk, work.order, work.order.booked
    before = line.confirmed
    line.confirmed, line.backordered = reply.confirmed, reply.backordered
    line.price, line.ship_date = reply.price, reply.ship_date
    line.reason = reply.reason or (line.reason if line.state is LineState.CUT else None)
    state = line.state if is_lost else LineState.CANCELLED
    line.state = state
    line.answered_by = booked.vendor if work.buyer is None else work.buyer.name
    save_line(
        desk,
        line,
        confirmed=line.confirmed,
        backordered=line.backordered,
        confirmed_price=line.price,
        confirmed_ship_date=line.ship_date,
        reason=line.reason,
        state=state.value,
        answered_by=line.answered_by,
    )
    if not booked.is_test and booked.vendor is not None:
        keep(desk, booked.vendor, line, line.confirmed + line.backordered, is_lost=is_lost)
    move_line(desk, order, line, _progress(line), work.step.cause)
    fit_boxes(desk, order, line, work.step.cause)
    work.is_changed = True
    if before is not None and line.confirmed < before:
        work.ended.append(EndedLine(line, before - line.confirmed, line.reason))


def _progress(line: StandingLine) -> LineProgress:
    if line.confirmed == line.accepted:
        return LineProgress.CONFIRMED
    if line.confirmed:
        return LineProgress.PARTLY_CONFIRMED
    if not line.backordered:
        return LineProgress.CANCELLED
    # A line that was confirmed once is never open again: all of it comes later.
    is_open = line.progress is LineProgress.PENDING
    return LineProgress.PENDING if is_open else LineProgress.PARTLY_CONFIRMED
