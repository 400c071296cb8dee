"""From a checked 855 or 865 to an order confirmation.

Each ACK is an answer: parts of a line stand as they are sent. Its quantity is ACK02, else, for a
line that is taken and answered once, the quantity of the line itself (PO102, POC03); its price is
that of the line. A line without ACK is answered as the whole is (BAK02). What a line or an answer
leaves open is never guessed: it's left out and named, and where the lines that are left out would
then count as accepted (AD, AE, AK, AT) nothing of the document is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from formats.records import Party
from formats.steps import MOST_ORDER_NUMBER, ConfirmedLine, LineAnswer, OrderConfirmation
from formats.x12 import parts
from formats.x12.heading import warn_of_count
from formats.x12.order_confirmation_draft import (
    CHANGE,
    ORDER,
    AckDraft,
    AnsweredLine,
    ConfirmationDraft,
    Layout,
    handlers,
)
from formats.x12.parts import Problems

PURPOSES = ("00", "04", "05", "06", "07")
"""BAK01 and BCA01: original, change, replacement, confirmation, duplicate."""
ANSWERS = {
    **dict.fromkeys(("IA", "AA", "AC", "AR", "IE", "SP"), LineAnswer.ACCEPTED),
    **dict.fromkeys(("IC", "IP", "IQ", "IS", "DR"), LineAnswer.CHANGED),
    "IB": LineAnswer.BACKORDERED,
    **dict.fromkeys(("ID", "IR", *(f"R{n}" for n in range(1, 9))), LineAnswer.REJECTED),
    **dict.fromkeys(("IF", "IH", "IW", "BP"), LineAnswer.HELD),
}
"""ACK01, the whole of list 668."""
REJECTIONS = frozenset({"RD", "RF", "RJ", "RN", "RO", "RV"})
ACCEPTANCES = frozenset({"AD", "AE", "AK", "AT"})
HOLD = "AH"
"""BAK02."""
_DEFAULTS = {
    **dict.fromkeys(("AD", "AK", "AT"), LineAnswer.ACCEPTED),
    "AC": LineAnswer.CHANGED,
    "AH": LineAnswer.HELD,
    **dict.fromkeys(REJECTIONS, LineAnswer.REJECTED),
}
"""What a line without ACK is answered with."""
_SHIP_DATES = ("068", "079", "011", "010", "118", "037", "038")
_DELIVERY_DATES = ("067", "017", "069", "002", "371")
_TAKEN = frozenset({LineAnswer.ACCEPTED, LineAnswer.CHANGED, LineAnswer.BACKORDERED})
_PARTLY = "BP"
_QUANTITY_CHANGED = "IQ"


def order_confirmation(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> OrderConfirmation | None:
    """Return the answer of a checked 855, None when it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = ConfirmationDraft(problems, parts.elements_of(""))
    parts.fill(draft, handlers(ORDER, release), segments, nodes)
    return _confirmation(draft, ORDER, is_test=is_test)


def change_confirmation(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> OrderConfirmation | None:
    """Return the answer of a checked 865, as `order_confirmation` does for an 855."""
    draft = ConfirmationDraft(problems, parts.elements_of(""))
    parts.fill(draft, handlers(CHANGE, release), segments, nodes)
    return _confirmation(draft, CHANGE, is_test=is_test)


def _confirmation(
    draft: ConfirmationDraft, layout: Layout, *, is_test: bool
) -> OrderConfirmation | None:
    if draft.totals is not None:
        warn_of_count(draft.problems, draft.totals[:2], len(draft.answered), "lines")
    if not _is_usable(draft, layout):
        return None
    kind = draft.header[2]
    lines: list[ConfirmedLine] = []
    unanswered = 0
    for line in draft.answered:
        answers = [*_answers(draft, layout, line, len(lines))]
        unanswered += len(answers) < max(1, len(line.acks))
        lines += answers
    if not _is_enough(draft, layout, lines, unanswered):
        return None
    _warn_of_contradiction(draft, layout, lines)
    return _record(draft, layout, kind, tuple(lines), is_test=is_test)


def _record(
    draft: ConfirmationDraft,
    layout: Layout,
    kind: str,
    lines: tuple[ConfirmedLine, ...],
    *,
    is_test: bool,
) -> OrderConfirmation:
    header = draft.header
    vendor_number = header[layout.vendor_number].strip() or draft.references.get("VN")
    changed = header[layout.change_number].strip() if layout.change_number else ""
    return OrderConfirmation(
        number=header[3].strip(),
        vendor_number=vendor_number,
        is_rejection=kind in REJECTIONS,
        is_whole=kind in ACCEPTANCES,
        is_held=kind == HOLD,
        type_code=kind or None,
        is_to_change=layout is CHANGE,
        change_number=changed or None,
        is_test=is_test,
        order_date=parts.day(header[layout.order_date]),
        confirmed_on=parts.day(header[layout.answered_on]),
        ship_date=parts.first_of(draft.dates, _SHIP_DATES),
        delivery_date=parts.first_of(draft.dates, _DELIVERY_DATES),
        currency=draft.currency,
        message=draft.remarks(),
        vendor=draft.vendor(),
        buyer=draft.party_as("BY") or Party(),
        lines=lines,
    )


def _is_usable(draft: ConfirmationDraft, layout: Layout) -> bool:
    head, purpose = layout.head, draft.header[1]
    if purpose not in PURPOSES:
        message = (
            f"{head}01 is {purpose}; answers with purpose {', '.join(PURPOSES)} are used. Send the "
            "answer with one of them."
        )
        draft.problems.error(f"{head}01.unsupported", (head, 2, 1), message, purpose)
        return False
    number = draft.header[3].strip()
    if not 0 < len(number) <= MOST_ORDER_NUMBER:
        what = "too long" if number else "blank"
        message = f"{head}03 is {what}; send the number of the order that is answered"
        draft.problems.error(f"{head}03.{what.replace(' ', '_')}", (head, 2, 3), message, number)
        return False
    return True


def _is_enough(
    draft: ConfirmationDraft, layout: Layout, lines: Sequence[ConfirmedLine], unanswered: int
) -> bool:
    """Tell whether the answers that can be used may stand alone; say why where they can't."""
    head, kind = layout.head, draft.header[2]
    if kind in ACCEPTANCES and unanswered:
        message = (
            f"{head}02 {kind} accepts every line that isn't named, and {unanswered} of the lines "
            "named can't be used; send all of them right"
        )
        draft.problems.error(f"{head}02.incomplete", (head, 2, 2), message, kind)
        return False
    if lines or kind in ACCEPTANCES | REJECTIONS | {HOLD}:
        return True
    message = (
        f"the answer says nothing about the order or a line of it ({head}02 {kind or 'empty'})"
    )
    draft.problems.error(f"{head}02.says_nothing", (head, 2, 2), message, kind)
    return False


def _warn_of_contradiction(
    draft: ConfirmationDraft, layout: Layout, lines: Sequence[ConfirmedLine]
) -> None:
    kind = draft.header[2]
    if kind in ACCEPTANCES and kind != "AE":
        expected = LineAnswer.ACCEPTED
    elif kind in REJECTIONS and kind != "RO":
        expected = LineAnswer.REJECTED
    else:
        return
    other = next((line for line in lines if line.answer is not expected), None)
    if other is not None:
        message = (
            f"{layout.head}02 {kind} says that all is {expected}, but line {other.reference} is "
            f"{other.answer}; check the answer"
        )
        where = (layout.head, 2, 2)
        draft.problems.warning(f"{layout.head}02.contradicted", where, message, kind)


def _answers(
    draft: ConfirmationDraft, layout: Layout, line: AnsweredLine, before: int
) -> Iterator[ConfirmedLine]:
    """Yield the answers to one line that can be used; `before` counts those of earlier lines."""
    loop, problems = layout.loop, draft.problems
    if not line.made.reference:
        message = "the line has no number, so it was left out; send that of the order line"
        problems.error(f"{loop}01.missing", (loop, line.position, 1), message)
        return
    if line.content_ack is not None:
        message = "an ACK of a content (SLN) isn't used; answer the line as a whole"
        problems.warning("SLN.ACK.not_used", ("ACK", line.content_ack, None), message)
    if not line.acks:
        yield from _unanswered(draft, layout, line, before)
        return
    number = before
    for ack in line.acks:
        found = _complaint(ack, is_only=len(line.acks) == 1)
        if found is None:
            number += 1
            yield _answer(draft, line, ack, number)
        else:
            element, name, message = found
            at = ("ACK", ack.position, element)
            said = f"{message}; the answer was left out"
            problems.error(f"ACK{element:02}.{name}", at, said, ack.code)


def _complaint(ack: AckDraft, *, is_only: bool) -> tuple[int, str, str] | None:
    """Return why an answer can't be used: element, name and sentence; None where it can."""
    if ack.code not in ANSWERS:
        return 1, "unknown", "ACK01 says nothing that is known; send IA, IQ, IR or another answer"
    if ack.quantity is None:
        if not is_only:
            return (
                *(2, "missing"),
                "the line is answered in parts, so each needs its quantity; send ACK02",
            )
        if ack.code == _QUANTITY_CHANGED:
            return 2, "missing", "IQ changes the quantity without naming it; send ACK02 and ACK03"
    elif ack.quantity < 0:
        return 2, "negative", "ACK02 is below 0; send the quantity that the answer is about"
    return None


def _unanswered(
    draft: ConfirmationDraft, layout: Layout, line: AnsweredLine, before: int
) -> Iterator[ConfirmedLine]:
    """Yield the answer to a line without ACK: that of the whole, where it is one."""
    kind = draft.header[2]
    answer = _DEFAULTS.get(kind)
    at = (layout.loop, line.position, None)
    if answer is None:
        message = (
            f"the line has no ACK, and {layout.head}02 {kind or 'is empty and'} doesn't answer it; "
            "the line was left out. Send an ACK with every line."
        )
        draft.problems.error("ACK.missing", at, message)
        return
    if answer is LineAnswer.CHANGED:
        message = "the line has no ACK; its quantity and its price were taken as the answer"
        draft.problems.warning("ACK.missing", at, message)
    yield _confirmed(line, None, answer, before + 1)


def _answer(
    draft: ConfirmationDraft, line: AnsweredLine, ack: AckDraft, number: int
) -> ConfirmedLine:
    if ack.code == _PARTLY:
        message = (
            "BP doesn't say whether its quantity ships or is back-ordered, so the line waits for a "
            "person; send IQ for the one and IB for the other"
        )
        draft.problems.warning("ACK01.ambiguous", ("ACK", ack.position, 1), message, ack.code)
    return _confirmed(line, ack, ANSWERS[ack.code], number)


def _confirmed(
    line: AnsweredLine, ack: AckDraft | None, answer: LineAnswer, number: int
) -> ConfirmedLine:
    quantity = ack.quantity if ack else None
    if quantity is None and answer in _TAKEN and not line.is_deletion:
        quantity = line.quantity
    seller_item = line.made.seller_item
    other = ack.ids.seller if ack else None
    code = ack.code if ack else None
    texts = [text for about, text in line.remarks if about == code or about not in ANSWERS]
    dates = {**line.dates, **ack.dates} if ack else line.dates
    return ConfirmedLine(
        line=number,
        reference=line.made.reference,
        answer=answer,
        quantity=quantity,
        unit=(ack.unit if ack else "") or line.made.unit or None,
        unit_price=line.made.unit_price,
        ship_date=parts.first_of(dates, _SHIP_DATES),
        seller_item=seller_item,
        buyer_item=line.made.buyer_item,
        reason_code=code,
        message="\n".join(texts) or None,
        price_unit=line.made.price_unit,
        delivery_date=parts.first_of(dates, _DELIVERY_DATES),
        substitute=other if other != seller_item else None,
    )
