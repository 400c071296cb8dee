"""The vendor's answer to a purchase order as an X12 855: what of each line will be shipped.

Answers are checked before anything is written: every line is answered, in the unit it was ordered
in, and the quantities of several answers add up to the ordered one. The reason of an answer goes
along as text for a person (N9 and MSG, which the 855 allows after the ACK of a line and in the
header).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from formats.findings import Finding
from formats.grammar.writing import day, number
from formats.records import OrderLine, PurchaseOrder
from formats.x12.purchase_order_out import order_item, pack, party, price_unit, remark, totals
from formats.x12.references_out import reference
from formats.x12.write import ControlNumbers, Envelope, Segment, interchange

MAX_ANSWERS_PER_LINE = 104
"""Repetitions of ACK in one PO1 loop (855 table 2)."""


class LineStatus(StrEnum):
    """What happens to a quantity of a line: ACK01, code list 668."""

    ACCEPTED = "IA"
    BACKORDERED = "IB"
    ACCEPTED_WITH_CHANGES = "IC"
    DELETED = "ID"
    ACCEPTED_PRICE_PENDING = "IE"
    INCOMPLETE_DESCRIPTION = "IF"
    ON_HOLD = "IH"
    PRICE_CHANGED = "IP"
    QUANTITY_CHANGED = "IQ"
    REJECTED = "IR"
    SUBSTITUTED = "IS"
    WAIVED = "IW"
    FORWARDED = "AA"
    ACCEPTED_AND_SHIPPED = "AC"
    RELEASED = "AR"
    PARTLY_BACKORDERED = "BP"
    DATE_CHANGED = "DR"
    DATE_PENDING = "SP"
    NOT_A_CONTRACT_ITEM = "R1"
    INVALID_ITEM = "R2"
    INVALID_UNIT = "R3"
    CONTRACT_ITEM_UNAVAILABLE = "R4"

    @property
    def meaning(self) -> str:
        """The status in words, as `Quantity changed`."""
        return self.name.replace("_", " ").capitalize()

    @property
    def is_rejection(self) -> bool:
        return self in _REJECTIONS

    @property
    def is_hold(self) -> bool:
        return self in (LineStatus.ON_HOLD, LineStatus.INCOMPLETE_DESCRIPTION)


_REJECTIONS = (
    LineStatus.DELETED,
    LineStatus.REJECTED,
    LineStatus.NOT_A_CONTRACT_ITEM,
    LineStatus.INVALID_ITEM,
    LineStatus.INVALID_UNIT,
    LineStatus.CONTRACT_ITEM_UNAVAILABLE,
)
_UNCHANGED = (LineStatus.ACCEPTED, LineStatus.ACCEPTED_AND_SHIPPED, LineStatus.RELEASED)


class AcknowledgementType(StrEnum):
    """How the order as a whole is answered: BAK02, code list 587."""

    DETAIL_WITH_CHANGE = "AC"
    DETAIL_WITHOUT_CHANGE = "AD"
    EXCEPTIONS_ONLY = "AE"
    HOLD = "AH"
    NO_DETAIL_NO_CHANGE = "AK"
    REJECTED_WITH_DETAIL = "RD"
    REJECTED = "RJ"

    @property
    def has_lines(self) -> bool:
        return self not in (AcknowledgementType.NO_DETAIL_NO_CHANGE, AcknowledgementType.REJECTED)

    @property
    def answers_every_line(self) -> bool:
        """Held orders and lists of exceptions may leave lines out."""
        return self.has_lines and self not in (
            AcknowledgementType.EXCEPTIONS_ONLY,
            AcknowledgementType.HOLD,
        )


@dataclass(frozen=True, slots=True)
class LineAcknowledgement:
    """One answer to (a part of) a line.

    `quantity` counts `unit`s, which is the unit of the order line. `unit_price` is the price that
    holds from now on, where it changed; `substitute` the seller's item that comes instead.
    """

    line: OrderLine
    code: LineStatus
    quantity: Decimal
    unit: str
    ship_date: date | None = None
    message: str | None = None
    unit_price: Decimal | None = None
    substitute: str | None = None
    resale: Decimal | None = None
    """What the buyer may ask for a unit of the line's price, in its own currency."""


def derive_acknowledgement_type(
    order: PurchaseOrder,
    answers: Sequence[LineAcknowledgement],
    *,
    is_refused: bool = False,
    is_held: bool = False,
) -> AcknowledgementType:
    """Return BAK02 for these answers.

    Refused as a whole is RJ; held (or every line on hold) AH; every line rejected RD; every line
    accepted with the price and the ship date of the order AD; anything else AC.
    """
    if is_refused:
        return AcknowledgementType.REJECTED
    if is_held or (answers and all(answer.code.is_hold for answer in answers)):
        return AcknowledgementType.HOLD
    if answers and all(answer.code.is_rejection for answer in answers):
        return AcknowledgementType.REJECTED_WITH_DETAIL
    if all(_is_as_ordered(order, answer) for answer in answers):
        return AcknowledgementType.DETAIL_WITHOUT_CHANGE
    return AcknowledgementType.DETAIL_WITH_CHANGE


def write_order_acknowledgement(
    order: PurchaseOrder,
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
    """Return an interchange with one 855 (004010 or 005010, by the envelope).

    Give `acknowledgement_type` for an order that is refused (RJ, no lines) or held (AH) as a whole;
    otherwise it is derived. `purpose` is BAK01, `seller_number` the vendor's own order number,
    `message` a reason that concerns the whole order. Raises ValueError where the answers do not
    fit the order.
    """
    kind = acknowledgement_type or derive_acknowledgement_type(order, answers)
    by_line = _by_line(order, answers)
    _check(order, by_line, kind)
    found = [] if warnings is None else warnings
    is_5010 = envelope.is_5010
    body = [
        *_header(order, kind, purpose, seller_number, at, is_5010=is_5010),
        *remark("ORDER", message, is_5010=is_5010),
    ]
    for role, who in (("BY", order.buyer), ("ST", order.ship_to), ("SE", order.vendor)):
        body += party(role, who, found)
    if kind.has_lines:
        answered = tuple(line for line in order.lines if by_line.get(line.line))
        for line in answered:
            body.extend(_line(line, by_line[line.line], is_5010=is_5010))
        body.append(totals(answered))
    return interchange(envelope, "PR", "855", [body], control=control, at=at, warnings=found)


def _header(
    order: PurchaseOrder,
    kind: AcknowledgementType,
    purpose: str,
    seller_number: str | None,
    at: datetime,
    *,
    is_5010: bool,
) -> Iterator[Segment]:
    placed = day(order.order_date or at.date())
    yield (
        *("BAK", purpose, kind.value, order.number, placed, "", "", ""),
        *(seller_number or "", day(at)),
    )
    if order.currency:
        yield ("CUR", "BY", order.currency)
    if order.customer_po:
        yield reference("REF", "CO", order.customer_po, is_5010=is_5010)


def _line(
    line: OrderLine, answers: Sequence[LineAcknowledgement], *, is_5010: bool
) -> Iterator[Segment]:
    prices = [answer.unit_price for answer in answers if answer.unit_price is not None]
    priced = replace(line, unit_price=prices[0]) if prices else line
    yield order_item(priced)
    yield from price_unit(priced)
    for resale in dict.fromkeys(a.resale for a in answers if a.resale is not None):
        yield ("CTP", "", "RES", number(resale), "1", priced.price_unit or priced.unit)
    if line.description:
        yield ("PID", "F", "08", "", "", line.description)
    if line.bunches_per_box is not None or line.stems_per_bunch is not None:
        yield pack(line.bunches_per_box, line.stems_per_bunch)
    for answer in answers:
        shipped = ("068", day(answer.ship_date)) if answer.ship_date else ("", "")
        substitute = ("", "VP", answer.substitute) if answer.substitute else ()
        yield (
            *("ACK", answer.code.value, number(answer.quantity), answer.unit, *shipped),
            *substitute,
        )
    for answer in answers:
        yield from remark(answer.code.value, answer.message, is_5010=is_5010)


def _is_as_ordered(order: PurchaseOrder, answer: LineAcknowledgement) -> bool:
    same_price = answer.unit_price is None or answer.unit_price == answer.line.unit_price
    same_day = answer.ship_date is None or answer.ship_date == order.ship_date
    return answer.code in _UNCHANGED and same_price and same_day and not answer.substitute


def _by_line(
    order: PurchaseOrder, answers: Sequence[LineAcknowledgement]
) -> Mapping[int, list[LineAcknowledgement]]:
    grouped: dict[int, list[LineAcknowledgement]] = {line.line: [] for line in order.lines}
    for answer in answers:
        if answer.line.line not in grouped:
            raise ValueError(
                f"order {order.number} has no line {answer.line.reference!r} to answer"
            )
        grouped[answer.line.line].append(answer)
    return grouped


def _check(
    order: PurchaseOrder,
    by_line: Mapping[int, list[LineAcknowledgement]],
    kind: AcknowledgementType,
) -> None:
    if not kind.has_lines:
        return
    for line in order.lines:
        answers = by_line[line.line]
        if answers:
            _check_line(order.number, line, answers)
        elif kind.answers_every_line:
            raise ValueError(f"line {line.reference!r} of order {order.number} has no answer")


def _check_line(order_number: str, line: OrderLine, answers: Sequence[LineAcknowledgement]) -> None:
    place = f"line {line.reference!r} of order {order_number}"
    if len(answers) > MAX_ANSWERS_PER_LINE:
        raise ValueError(f"{place} has {len(answers)} answers; an 855 holds {MAX_ANSWERS_PER_LINE}")
    if other := [answer.unit for answer in answers if answer.unit != line.unit]:
        raise ValueError(
            f"{place} is ordered in {line.unit!r}; answer it in that, not {other[0]!r}"
        )
    if any(answer.quantity < 0 for answer in answers):
        raise ValueError(f"{place} is answered with a quantity below 0; say what will come")
    if len({answer.unit_price for answer in answers if answer.unit_price is not None}) > 1:
        raise ValueError(f"{place} is answered with two prices; an 855 line has one")
    # A changed quantity may stand alone: then it says what will come instead of what was ordered.
    if len(answers) == 1 and answers[0].code is LineStatus.QUANTITY_CHANGED:
        return
    total = sum((answer.quantity for answer in answers), Decimal(0))
    if total != line.quantity:
        raise ValueError(
            f"the answers to {place} add up to {number(total)}, and {number(line.quantity)} were"
            " ordered: answer the rest too (back-ordered or rejected)"
        )
