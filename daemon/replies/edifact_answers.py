"""Answers to orders and their changes as ORDRSP: what an 855 and an 865 say, in EDIFACT.

A part of a line that won't come is no answer of its own there: the line says what comes (QTY 113)
and what comes later (QTY 83), and the rest is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.replies.edifact import envelope_to, message_to, named, reference_to
from daemon.trade.desk import Desk
from formats.edifact.order_response_out import write_order_response
from formats.findings import Finding
from formats.identify import Format
from formats.records import Order, Party
from formats.steps import ConfirmedLine, LineAnswer, OrderChange, OrderConfirmation
from formats.x12.order_acknowledgement import AcknowledgementType, LineAcknowledgement
from formats.x12.order_confirmation import ACCEPTANCES, ANSWERS, REJECTIONS

KIND = "ORDRSP"
_TAKEN = (LineAnswer.ACCEPTED, LineAnswer.CHANGED)


def is_wanted(partner: Partner, form: Format) -> bool:
    """Tell whether a partner gets its answers to a file of this format as ORDRSP."""
    return form is Format.EDIFACT and partner.answers_orders == "edifact"


@dataclass(frozen=True, slots=True)
class Answered:
    """What is answered, to whom: `parts` are those of an 855, in the order of the lines."""

    to: Partner
    addressee: str | None
    kind: AcknowledgementType
    parts: Sequence[LineAcknowledgement]
    message: str | None
    order_id: int | None
    is_answer: bool = True
    uncounted: Collection[int] = ()
    """Positions of lines that are answered without a quantity."""


def order_response(
    desk: Desk, about: Order | OrderChange, vendor: Partner | None, said: Answered
) -> OutgoingFile:
    """Return the ORDRSP about an order or a change of one."""
    envelope = envelope_to(desk, said.to, is_test=about.is_test, addressee=said.addressee)
    reference = reference_to(desk, envelope)
    change = (about.message_id or about.number) if isinstance(about, OrderChange) else None
    record = OrderConfirmation(
        number=about.number,
        vendor_number=str(said.order_id) if said.order_id else None,
        message_id=reference,
        is_rejection=said.kind in REJECTIONS,
        is_whole=said.kind in ACCEPTANCES,
        is_held=said.kind is AcknowledgementType.HOLD,
        is_to_change=change is not None,
        change_number=change,
        is_test=about.is_test,
        order_date=about.order_date,
        currency=about.currency,
        message=said.message,
        vendor=_party(about.vendor, vendor),
        buyer=_party(about.buyer, said.to),
        lines=tuple(_lines(said)) if said.kind.has_lines else (),
    )
    cuts: list[Finding] = []
    body = write_order_response(
        record,
        envelope,
        message_to(said.to, KIND),
        reference=reference,
        at=desk.post.at.astimezone(desk.site.site.zone),
        warnings=cuts,
    )
    return OutgoingFile(
        *(said.to.name, KIND, about.number, "edi", body),
        is_answer=said.is_answer,
        notes=tuple(cuts),
    )


def _party(said: Party, partner: Partner | None) -> Party:
    """Return a party as its sender named it, else as we know it."""
    if said.code or partner is None:
        return said
    return named(replace(said, name=said.name or partner.title), partner.edifact)


def _lines(said: Answered) -> Iterator[ConfirmedLine]:
    by_line: dict[int, list[LineAcknowledgement]] = {}
    for part in said.parts:
        by_line.setdefault(part.line.line, []).append(part)
    number = 1
    for position, parts in by_line.items():
        for line in _line(parts, is_counted=position not in said.uncounted):
            yield replace(line, line=number)
            number += 1


def _line(parts: Sequence[LineAcknowledgement], *, is_counted: bool) -> Iterator[ConfirmedLine]:
    """Yield the answer to one line, and what comes later of it."""
    taken = _of(parts, *_TAKEN)
    later = _of(parts, LineAnswer.BACKORDERED)
    main = taken or later or _of(parts, LineAnswer.HELD) or parts[0]
    line, what = main.line, ANSWERS[main.code.value]
    price = line.unit_price if main.unit_price is None else main.unit_price
    messages = dict.fromkeys(part.message for part in parts if part.message)
    counted = what in (*_TAKEN, LineAnswer.BACKORDERED) and is_counted
    made = ConfirmedLine(
        line=0,
        reference=line.reference,
        answer=what if is_counted or what is not LineAnswer.CHANGED else LineAnswer.ACCEPTED,
        quantity=main.quantity if counted else None,
        unit=main.unit if counted else None,
        unit_price=price if what in _TAKEN else None,
        ship_date=main.ship_date,
        seller_item=line.seller_item,
        buyer_item=line.buyer_item,
        message="; ".join(messages) or None,
        price_unit=line.price_unit if what in _TAKEN and price is not None else None,
        substitute=main.substitute,
    )
    yield made
    if taken is not None and later is not None:
        yield ConfirmedLine(
            *(0, line.reference, LineAnswer.BACKORDERED, later.quantity, later.unit),
            seller_item=line.seller_item,
            buyer_item=line.buyer_item,
        )


def _of(parts: Iterable[LineAcknowledgement], *answers: LineAnswer) -> LineAcknowledgement | None:
    return next((part for part in parts if ANSWERS[part.code.value] in answers), None)
