"""From checked 990, 214 and 210 to what a truck line says of a load.

The number of a load is the shipment identification of B1, B10 or B3; references are those of N9,
L11 and, in a 214, of every status. Codes that mean nothing here are kept as they were sent.
Addresses, equipment but its number, and rates by weight are not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pydantic import ValidationError

from formats.hauling import (
    FreightCharge,
    FreightInvoice,
    Progress,
    Reference,
    ShipmentStatus,
    StatusEvent,
    TenderAnswer,
    TenderReply,
)
from formats.x12 import parts
from formats.x12.parts import Elements, Problems, elements_of, segment_of

REPLIES = {
    "A": TenderReply.ACCEPTED,
    "D": TenderReply.DECLINED,
    "R": TenderReply.DECLINED,
    "C": TenderReply.DECLINED,
}
"""B104 (element 558); what isn't here, such as a counter-offer, a person reads."""
PROGRESS = {
    **dict.fromkeys(("AF", "CP", "AM", "BA", "R1"), Progress.PICKED_UP),
    **dict.fromkeys(("P1", "X4", "X6", "X1", "X2", "X9", "AG", "J1"), Progress.ON_ITS_WAY),
    **dict.fromkeys(("D1", "CD", "CB"), Progress.DELIVERED),
    **dict.fromkeys(("A3", "A7", "A9", "AH", "AP", "SD", "SN", "CA", "D2"), Progress.IN_TROUBLE),
}
"""AT701 (element 1650)."""
_CENTS = Decimal("0.01")


def tender_answer(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> TenderAnswer | None:
    """Return the answer of a checked 990; never None, its number is mandatory."""
    del nodes, release, problems  # Nothing in it depends on where it stands.
    found = list(map(elements_of, segments))
    head = segment_of(found, "B1")
    code = head[4].strip()
    return TenderAnswer(
        number=head[2].strip(),
        carrier=head[1].strip(),
        reply=REPLIES.get(code, TenderReply.OTHER),
        code=code,
        is_test=is_test,
        answered_on=parts.day(head[3]),
        references=tuple(_references(found)),
        remarks=tuple(text for each in found if each[0] == "K1" if (text := _remark(each))),
    )


def shipment_status(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> ShipmentStatus | None:
    """Return the statuses of a checked 214, None where there is none; `problems` says so."""
    del nodes, release  # AT7, MS1 and MS2 stand in more than one loop and mean the same in each.
    found = list(map(elements_of, segments))
    head = segment_of(found, "B10")
    events: list[StatusEvent] = []
    for each in found:
        if each[0] == "AT7":
            events.append(_event(each))
        elif events and each[0] == "MS1":
            city, state, country = (text.strip() for text in each[1:4])
            events[-1] = replace(events[-1], city=city, state=state, country=country)
        elif events and each[0] == "MS2":
            events[-1] = replace(events[-1], equipment=each[2].strip())
    if not events:
        message = "the 214 has no status (AT7), so it says nothing of its load; send one"
        problems.error("AT7.none", ("B10", 2, None), message)
        return None
    return ShipmentStatus(
        number=head[2].strip(),
        pro_number=head[1].strip(),
        carrier=head[3].strip(),
        is_test=is_test,
        references=tuple(_references(found)),
        events=tuple(events),
    )


@dataclass(slots=True)
class _Invoice:
    """A 210 while it is read."""

    references: list[Reference] = field(default_factory=list)
    charges: list[FreightCharge] = field(default_factory=list)
    currency: str | None = None


def freight_invoice(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> FreightInvoice | None:
    """Return the invoice of a checked 210, None where its head can't be used; `problems` why.

    Charges that don't add up to B307 are a warning: what is owed is for the two to settle.
    """
    del nodes, release
    found = list(map(elements_of, segments))
    head, draft = segment_of(found, "B3"), _Invoice()
    for each in found:
        _take_charge(draft, each)
    draft.references = list(_references(found))
    amount = _cents(head[7])
    try:
        made = FreightInvoice(
            number=head[2].strip(),
            shipment=head[3].strip(),
            carrier=head[11].strip(),
            payment=head[4].strip(),
            is_test=is_test,
            issued_on=parts.day(head[6]),
            delivered_on=parts.day(head[9]) if head[10] == "035" else None,
            amount=amount,
            currency=draft.currency,
            references=tuple(draft.references),
            charges=tuple(draft.charges),
        )
    except ValidationError as error:
        message = f"the invoice can't be used: {error.errors()[0]['msg']} (B3)"
        problems.error("B3.unusable", ("B3", 2, None), message)
        return None
    _warn_of_sum(made, problems)
    return made


def _take_charge(draft: _Invoice, elements: Elements) -> None:
    tag = elements[0]
    if tag == "LX":
        draft.charges.append(FreightCharge(len(draft.charges) + 1))
    elif tag == "C3":
        draft.currency = elements[1].strip() or None
    elif not draft.charges:
        return
    last = draft.charges[-1] if draft.charges else None
    if last is None:
        return
    if tag == "L5":
        last.description = " ".join(filter(None, (last.description, elements[2].strip())))
    elif tag == "L0":
        last.weight = parts.number(elements[4]) or last.weight
        last.pieces = parts.whole(elements[8]) or last.pieces
    elif tag == "L1":
        _add_amount(last, elements)


def _add_amount(charge: FreightCharge, elements: Elements) -> None:
    """Take an L1; a line may hold several, of which the first names rate and code."""
    amount = _cents(elements[4])
    if amount is not None:
        charge.amount = amount if charge.amount is None else charge.amount + amount
    if charge.rate is None:
        charge.rate, charge.rate_code = parts.number(elements[2]), elements[3].strip()
    charge.charge_code = charge.charge_code or elements[8].strip()


def _warn_of_sum(made: FreightInvoice, problems: Problems) -> None:
    amounts = [each.amount for each in made.charges if each.amount is not None]
    if amounts and sum(amounts) != made.amount:
        message = (
            f"B307 says {made.amount}, the charges add up to {sum(amounts)}; ask the truck line"
            " before it is paid"
        )
        problems.warning("B307", ("B3", 2, 7), message, str(made.amount))


def _event(elements: Elements) -> StatusEvent:
    code, appointment = elements[1].strip(), elements[3].strip()
    code, reason = (code, elements[2]) if code else (appointment, elements[4])
    is_appointment = not elements[1].strip()
    return StatusEvent(
        code,
        None if is_appointment else PROGRESS.get(code),
        reason.strip(),
        parts.day(elements[5]),
        elements[6],
        is_appointment,
    )


def _references(found: Sequence[Elements]) -> Iterator[Reference]:
    """Yield every reference once, in order: N9 names its qualifier first, L11 its value."""
    seen: set[tuple[str, str]] = set()
    for each in found:
        if each[0] not in ("N9", "L11"):
            continue
        first, second = each[1].strip(), each[2].strip()
        qualifier, value = (first, second) if each[0] == "N9" else (second, first)
        if value and (qualifier, value) not in seen:
            seen.add((qualifier, value))
            yield Reference(qualifier, value)


def _remark(elements: Elements) -> str:
    return " ".join(filter(None, (elements[1].strip(), elements[2].strip())))


def _cents(text: str) -> Decimal | None:
    """Return an amount with two implied decimals (type N2), None where there is none."""
    found = parts.number(text)
    return None if found is None else (found * _CENTS).quantize(_CENTS)
