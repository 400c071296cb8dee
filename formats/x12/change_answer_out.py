"""The vendor's answer to an order change as an X12 865: what becomes of each changed line.

Answers are those of an 855, each to the line of a change. Every change is answered, in the unit it
names, and the quantities of several answers add up to the one asked for. An answer to a line that
ends, or that keeps its quantity, has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from formats.findings import Finding
from formats.grammar.writing import day, number
from formats.steps import LineAction, LineChange, OrderChange
from formats.x12.order_acknowledgement import (
    MAX_ANSWERS_PER_LINE,
    AcknowledgementType,
    LineAcknowledgement,
    LineStatus,
)
from formats.x12.order_change_out import changed_item
from formats.x12.purchase_order_out import party, price_unit, remark
from formats.x12.references_out import reference
from formats.x12.write import ControlNumbers, Envelope, Segment, interchange
from formats.x12.write_checked import checked

_AS_ASKED = frozenset({LineStatus.ACCEPTED, LineStatus.ACCEPTED_AND_SHIPPED, LineStatus.RELEASED})


def write_change_answer(
    change: OrderChange,
    answers: Sequence[LineAcknowledgement],
    *,
    envelope: Envelope,
    control: ControlNumbers,
    at: datetime,
    acknowledgement_type: AcknowledgementType | None = None,
    purpose: str = "00",
    seller_number: str | None = None,
    message: str | None = None,
    warnings: list[Finding] | None = None,
) -> bytes:
    """Return an interchange with one 865 (004010 or 005010, by the envelope).

    The `line` of an answer is that of one of the `changes`. Give `acknowledgement_type` where the
    change is answered as a whole (RJ, AK, AH); otherwise it is derived. `purpose` is BCA01,
    `seller_number` the vendor's own order number, `message` a reason that concerns the whole order.
    Raises ValueError where the answers do not fit the change.
    """
    kind = acknowledgement_type or derive_change_answer_type(answers)
    by_line = _by_line(change, answers)
    if kind.has_lines:
        _check(change, by_line, answers_all=kind.answers_every_line)
    found = [] if warnings is None else warnings
    is_5010 = envelope.is_5010
    body = [
        *_header(change, kind, purpose, seller_number, at, is_5010=is_5010),
        *remark("ORDER", message, is_5010=is_5010),
    ]
    for role, who in (("BY", change.buyer), ("ST", change.ship_to), ("SE", change.vendor)):
        body += party(role, who, found)
    if kind.has_lines:
        answered = [each for each in change.changes if by_line[each.line.line]]
        for each in answered:
            body.extend(_line(each, by_line[each.line.line], is_5010=is_5010))
        body.append(("CTT", str(len(answered))))
    return interchange(envelope, "CA", "865", [body], control=control, at=at, warnings=found)


def derive_change_answer_type(answers: Sequence[LineAcknowledgement]) -> AcknowledgementType:
    """Return BCA02 for these answers: AD as asked, RD all rejected, AH all on hold, else AC.

    Without answers it is AK: the heading alone was changed, and that is accepted.
    """
    if not answers:
        return AcknowledgementType.NO_DETAIL_NO_CHANGE
    if all(answer.code.is_hold for answer in answers):
        return AcknowledgementType.HOLD
    if all(answer.code.is_rejection for answer in answers):
        return AcknowledgementType.REJECTED_WITH_DETAIL
    if all(_is_as_asked(answer) for answer in answers):
        return AcknowledgementType.DETAIL_WITHOUT_CHANGE
    return AcknowledgementType.DETAIL_WITH_CHANGE


def _is_as_asked(answer: LineAcknowledgement) -> bool:
    same_price = answer.unit_price is None or answer.unit_price == answer.line.unit_price
    return answer.code in _AS_ASKED and same_price and not answer.substitute


def _header(
    change: OrderChange,
    kind: AcknowledgementType,
    purpose: str,
    seller_number: str | None,
    at: datetime,
    *,
    is_5010: bool,
) -> Iterator[Segment]:
    changed_on = day(change.change_date) if change.change_date else ""
    head = (
        *("BCA", purpose, kind.value, change.number, "", change.message_id or ""),
        *(day(change.order_date or at.date()), "", "", seller_number or "", day(at), changed_on),
    )
    yield checked(head, is_5010=is_5010)
    if change.currency:
        yield ("CUR", "BY", change.currency)
    if change.customer_po:
        yield reference("REF", "CO", change.customer_po, is_5010=is_5010)


def _line(
    change: LineChange, answers: Sequence[LineAcknowledgement], *, is_5010: bool
) -> Iterator[Segment]:
    yield changed_item(change, is_5010=is_5010)
    yield from price_unit(change.line)
    if change.line.description:
        yield ("PID", "F", "08", "", "", change.line.description)
    for answer in answers:
        yield _ack(change, answer)
    for answer in answers:
        yield from remark(answer.code.value, answer.message, is_5010=is_5010)


def _ack(change: LineChange, answer: LineAcknowledgement) -> Segment:
    counts = (number(answer.quantity), answer.unit) if _counts(change) else ("", "")
    shipped = ("068", day(answer.ship_date)) if answer.ship_date else ("", "")
    substitute = ("", "VP", answer.substitute) if answer.substitute else ()
    return ("ACK", answer.code.value, *counts, *shipped, *substitute)


def _counts(change: LineChange) -> bool:
    return change.says_quantity and change.action is not LineAction.CANCEL


def _by_line(
    change: OrderChange, answers: Sequence[LineAcknowledgement]
) -> dict[int, list[LineAcknowledgement]]:
    grouped: dict[int, list[LineAcknowledgement]] = {c.line.line: [] for c in change.changes}
    if len(grouped) < len(change.changes):
        raise ValueError(f"two changes of order {change.number} have the same position")
    for answer in answers:
        if answer.line.line not in grouped:
            raise ValueError(
                f"the change of order {change.number} has no line {answer.line.reference!r} to"
                " answer"
            )
        grouped[answer.line.line].append(answer)
    return grouped


def _check(
    change: OrderChange, by_line: dict[int, list[LineAcknowledgement]], *, answers_all: bool
) -> None:
    for each in change.changes:
        answers = by_line[each.line.line]
        place = f"the change of line {each.line.reference!r} of order {change.number}"
        if answers:
            _check_line(each, answers, place)
        elif answers_all:
            raise ValueError(f"{place} has no answer")


def _check_line(change: LineChange, answers: Sequence[LineAcknowledgement], place: str) -> None:
    most = MAX_ANSWERS_PER_LINE if _counts(change) else 1
    if len(answers) > most:
        raise ValueError(f"{place} has {len(answers)} answers, and at most {most} are sent")
    if any(answer.unit_price not in (None, change.line.unit_price) for answer in answers):
        raise ValueError(f"{place} is answered with another price: an 865 repeats the one asked")
    if not _counts(change):
        if answers[0].code is LineStatus.QUANTITY_CHANGED:
            raise ValueError(f"{place} has no quantity that an answer could change")
        return
    if other := [answer.unit for answer in answers if answer.unit != change.line.unit]:
        raise ValueError(
            f"{place} counts in {change.line.unit!r}; answer it in that, not {other[0]!r}"
        )
    if any(answer.quantity < 0 for answer in answers):
        raise ValueError(f"{place} is answered with a quantity below 0; say what will come")
    if len(answers) == 1 and answers[0].code is LineStatus.QUANTITY_CHANGED:
        return
    total = sum((answer.quantity for answer in answers), Decimal(0))
    if total != change.line.quantity:
        raise ValueError(
            f"the answers to {place} add up to {number(total)}, and"
            f" {number(change.line.quantity)} were asked for: answer the rest too"
        )
