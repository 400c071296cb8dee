"""From a checked ORDRSP to an order confirmation.

LIN 1229 is the answer: 5 accepted, 3, 6 and 24 with changes, 2, 7, 10 and 37 refused, 4 and 52 not
decided; a line without it is answered as the message is (BGM 1225: 29 and 44 accepted, 27 refused,
12 and 23 on hold), else by its quantities. QTY 113 comes, else QTY 21 where nothing is back-ordered
(QTY 83). What a line leaves open is never guessed: it's left out and named, and of an answer that
accepts whatever it doesn't name nothing is used then. RFF ACW says that a change is answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from formats.edifact import parts
from formats.edifact.editions import Edition
from formats.edifact.heading import DOCUMENT_DATE, VENDORS
from formats.edifact.lines import (
    BUYER_IDS,
    ORDERED,
    SELLER_IDS,
    WHOLE,
    LineDraft,
    warn_of_counts,
)
from formats.edifact.parts import Problems, Table
from formats.edifact.step_lines import STEP, StepLines, order_number
from formats.edifact.tree import tree
from formats.records import Party
from formats.steps import ConfirmedLine, LineAnswer, OrderConfirmation

ACCEPTED, REJECTED, HELD = ("29", "44"), ("27",), ("23", "12")
"""1225 of an answer to the whole order; the first is the one that is written."""
CHANGED = ("4", "28", "30", "34", "45")
PLAIN = ("9", "", "5", "6", "7", "11", "31", "35")
"""1225 of an answer line by line."""
ANSWERS = {
    "5": LineAnswer.ACCEPTED,
    **dict.fromkeys(("6", "3", "24"), LineAnswer.CHANGED),
    **dict.fromkeys(("7", "2", "10", "37"), LineAnswer.REJECTED),
    **dict.fromkeys(("4", "52"), LineAnswer.HELD),
}
"""1229."""
COMES, LATER = "113", "83"
"""6063: to be delivered, back-ordered."""
VENDOR_NUMBER, CHANGE = "VN", "ACW"
"""1153."""
SHIP_DATES = ("11", "10", "37", "38")
DELIVERY_DATES = ("67", "69", "17", "2", "63", "64")
"""2005, the first that is named."""
_RESPONSES = {
    **dict.fromkeys(("AP", "AD"), LineAnswer.ACCEPTED),
    "RE": LineAnswer.REJECTED,
}
"""4343, where 1225 says nothing of acceptance."""
_TAKEN = (LineAnswer.ACCEPTED, LineAnswer.CHANGED)


def order_confirmation(
    segments: Sequence[str],
    nodes: Sequence[int],
    edition: Edition,
    problems: Problems,
    *,
    is_test: bool = False,
) -> OrderConfirmation | None:
    """Return the answer of a checked ORDRSP, None when it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = parts.fill(StepLines(problems), _handlers(edition), segments, nodes)
    warn_of_counts(draft)
    function = draft.document.function
    if function not in (*ACCEPTED, *REJECTED, *HELD, *CHANGED, *PLAIN):
        message = (
            f"the message function is {function}, which answers no order; send 29, 4 or 27, or 9"
            " with an answer for every line"
        )
        problems.error("BGM03.unsupported", ("BGM", draft.document.position, 3), message, function)
        return None
    number = order_number(draft)
    if number is None:
        return None
    whole = _whole(draft)
    lines = [*_lines(draft, whole)]
    if not _is_enough(draft, whole, lines):
        return None
    return _record(draft, number, whole, tuple(lines), is_test=is_test)


@cache
def _handlers(edition: Edition) -> Table[StepLines]:
    return parts.handlers_for(tree("ORDRSP", edition.tree), STEP, WHOLE)


def _whole(draft: StepLines) -> LineAnswer | None:
    """Return how the order is answered as a whole, None where only lines are."""
    function = draft.document.function
    for codes, answer in (
        (ACCEPTED, LineAnswer.ACCEPTED),
        (REJECTED, LineAnswer.REJECTED),
        (HELD, LineAnswer.HELD),
    ):
        if function in codes:
            return answer
    return _RESPONSES.get(draft.document.response) if function in PLAIN else None


def _record(
    draft: StepLines,
    number: str,
    whole: LineAnswer | None,
    lines: tuple[ConfirmedLine, ...],
    *,
    is_test: bool,
) -> OrderConfirmation:
    document, change = draft.document, draft.references.get(CHANGE)
    return OrderConfirmation(
        number=number,
        vendor_number=draft.references.get(VENDOR_NUMBER),
        message_id=document.number or None,
        is_rejection=whole is LineAnswer.REJECTED,
        is_whole=whole is LineAnswer.ACCEPTED,
        is_held=whole is LineAnswer.HELD,
        type_code=document.function or document.response or None,
        is_to_change=change is not None,
        change_number=change,
        is_test=is_test,
        order_date=draft.order_date,
        confirmed_on=draft.day_of(DOCUMENT_DATE),
        ship_date=draft.day_of(*SHIP_DATES),
        delivery_date=draft.day_of(*DELIVERY_DATES),
        currency=draft.currency,
        message=draft.remarks(),
        vendor=draft.party_as(*VENDORS) or Party(),
        buyer=draft.party_as("BY") or Party(),
        lines=lines,
    )


def _is_enough(draft: StepLines, whole: LineAnswer | None, lines: Sequence[ConfirmedLine]) -> bool:
    """Tell whether the answers that can be used may stand alone; say why where they can't."""
    at, function = ("BGM", draft.document.position, 3), draft.document.function
    used = {line.reference for line in lines}
    lost = sum(draft.reference_of(line) not in used for line in draft.lines)
    if whole is LineAnswer.ACCEPTED and lost:
        message = (
            f"the answer ({function}) accepts every line that isn't named, and {lost} of the lines"
            " named can't be used; send all of them right"
        )
        draft.problems.error("BGM03.incomplete", at, message, function)
        return False
    if whole is None and not lines:
        message = "the answer says nothing about the order or a line of it; send 29, 27 or lines"
        draft.problems.error("BGM03.says_nothing", at, message, function)
        return False
    other = next((line for line in lines if whole not in (None, line.answer)), None)
    if other is not None and whole is not LineAnswer.HELD:
        message = (
            f"the answer ({function}) says that all is {whole}, but line {other.reference} is"
            f" {other.answer}; check the answer"
        )
        draft.problems.warning("BGM03.contradicted", at, message, function)
    return True


@dataclass(frozen=True, slots=True)
class _Counts:
    """The quantities of a line that matter to its answer, each with its unit."""

    comes: tuple[Decimal, str] | None
    later: tuple[Decimal, str] | None


def _lines(draft: StepLines, whole: LineAnswer | None) -> Iterator[ConfirmedLine]:
    """Yield the answers that can be used, numbered from 1; two for a line of which a part waits."""
    number = 1
    for line in draft.lines:
        counts = _counts(line)
        answer = _answer(draft, line, counts, whole)
        if answer is None:
            continue
        for made in _confirmed(draft, line, answer, counts, number):
            yield made
            number += 1


def _counts(line: LineDraft) -> _Counts:
    later, comes = line.quantities.get(LATER), line.quantities.get(COMES)
    if comes is None and later is None:
        comes = line.quantities.get(ORDERED)
    return _Counts(comes, later)


def _answer(
    draft: StepLines, line: LineDraft, counts: _Counts, whole: LineAnswer | None
) -> LineAnswer | None:
    """Return what a line is answered, None where that can't be used, which is named."""
    answer = ANSWERS.get(line.action) if line.action else whole
    if not line.action and answer is None and {COMES, LATER} & line.quantities.keys():
        is_none = counts.later is None and counts.comes is not None and not counts.comes[0]
        answer = LineAnswer.REJECTED if is_none else LineAnswer.CHANGED
    complaint = _complaint(draft, line, counts, answer)
    if complaint is None:
        return answer
    name, message = complaint
    message = f"{message}; the line was left out"
    draft.problems.error(name, ("LIN", line.position, None), message, line.action)
    return None


def _complaint(
    draft: StepLines, line: LineDraft, counts: _Counts, answer: LineAnswer | None
) -> tuple[str, str] | None:
    """Return why a line can't be used, as a name and a sentence; None where it can."""
    if not draft.reference_of(line):
        return "LIN01.missing", "the line has no number; send that of the order line"
    if answer is None:
        if line.action:
            return "LIN02.unsupported", f"LIN 1229 is {line.action}, no answer; send 5, 6, 3 or 7"
        return "LIN02.missing", "the line has no answer; send LIN 1229 (5, 6, 3 or 7), or QTY 113"
    if any(each is not None and each[0] < 0 for each in (counts.comes, counts.later)):
        return "QTY01.negative", "the quantity is below 0; send how much will come"
    beside = draft.beside_of(line)
    says = (counts.comes, counts.later, line.price, beside.substitute)
    days = beside.day_of((*SHIP_DATES, *DELIVERY_DATES))
    if answer is LineAnswer.CHANGED and days is None and not any(says):
        return "QTY.missing", f"LIN 1229 {line.action} changes the line without saying what;" + (
            " send QTY 113, a price or a date"
        )
    return None


def _confirmed(
    draft: StepLines, line: LineDraft, answer: LineAnswer, counts: _Counts, number: int
) -> Iterator[ConfirmedLine]:
    beside = draft.beside_of(line)
    is_coming = answer in _TAKEN
    is_later = is_coming and counts.later is not None
    first = counts.comes if is_coming else None
    if is_later and first is None:
        answer, first, is_later = LineAnswer.BACKORDERED, counts.later, False
    price = line.price if answer in _TAKEN else None
    made = ConfirmedLine(
        line=number,
        reference=draft.reference_of(line),
        answer=answer,
        quantity=first[0] if first else None,
        unit=(first[1] if first else None) or None,
        unit_price=price.amount if price else None,
        ship_date=beside.day_of(SHIP_DATES) if is_coming else None,
        seller_item=parts.first_of(line.ids, SELLER_IDS),
        buyer_item=parts.first_of(line.ids, BUYER_IDS),
        reason_code=beside.reason,
        message="\n".join(beside.remarks) or None,
        price_unit=price.unit if price else None,
        delivery_date=beside.day_of(DELIVERY_DATES) if is_coming else None,
        substitute=beside.substitute,
    )
    yield made
    if is_later and counts.later is not None:
        yield ConfirmedLine(
            line=number + 1,
            reference=made.reference,
            answer=LineAnswer.BACKORDERED,
            quantity=counts.later[0],
            unit=counts.later[1] or None,
            seller_item=made.seller_item,
            buyer_item=made.buyer_item,
        )
