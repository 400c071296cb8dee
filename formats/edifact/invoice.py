"""From a checked INVOIC to a vendor's invoice.

BGM 1001 is the type: 380 bills, 381 gives back, 383 asks for more. A line's quantity is QTY 47,
else 12; its price PRI AAA, else INV, AAB; its order RFF ON, which may name the line there (1156).
What it costs is MOA 66, else MOA 203 without what its ALC add. The total is MOA 77, else 9, 39, 86,
128. A line without quantity is left out and named, so that the total doesn't hold any more: whether
it does is for the trade to say. What an invoice says never changes a CONTRL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pydantic import ValidationError

from formats.edifact import parts
from formats.edifact.editions import Edition
from formats.edifact.heading import DOCUMENT_DATE, SHIP_TO, VENDORS
from formats.edifact.invoice_draft import (
    GOODS_AMOUNT,
    LINE_AMOUNT,
    InvoiceDraft,
    Money,
    handlers,
)
from formats.edifact.lines import (
    BUYER_IDS,
    GTIN_IDS,
    PER_TRADED_UNIT,
    PIECES,
    PRICES,
    SELLER_IDS,
    LineDraft,
    warn_of_counts,
)
from formats.edifact.parts import Problems
from formats.edifact.step_lines import ORDER
from formats.invoices import Invoice, InvoiceLine, InvoiceType, Terms
from formats.records import Party, Purpose

TYPES = {
    "380": InvoiceType.INVOICE,
    "381": InvoiceType.CREDIT,
    "383": InvoiceType.DEBIT,
}
"""1001."""
PURPOSES = {
    **dict.fromkeys(("9", "", "6", "7", "31", "35"), Purpose.NEW),
    **dict.fromkeys(("5", "4"), Purpose.REPLACE),
    "1": Purpose.CANCEL,
}
"""1225."""
BILLED = ("47", "12")
"""6063."""
TOTALS = ("77", "9", "39", "86", "128")
"""5025."""
SHIP_DATES, DELIVERY_DATES = ("11", "10"), ("35", "2", "17", "67")


def invoice(
    segments: Sequence[str],
    nodes: Sequence[int],
    edition: Edition,
    problems: Problems,
    *,
    is_test: bool = False,
) -> Invoice | None:
    """Return the invoice of a checked INVOIC, None where it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = parts.fill(InvoiceDraft(problems), handlers(edition), segments, nodes)
    warn_of_counts(draft)
    document, amounts = draft.document, draft.money.amounts
    kind, purpose = TYPES.get(document.code), PURPOSES.get(document.function)
    total = next((amounts[each] for each in TOTALS if each in amounts), None)
    element, message = 3, ""
    if kind is None:
        element = 1
        message = f"BGM 1001 is {document.code}; send 380, a credit as 381 or a debit as 383"
    elif purpose is None:
        message = f"the message function is {document.function}; send 9, 5 to replace, 1 to cancel"
    elif total is None:
        element, message = 1, "the invoice has no total; send it in MOA 77 after the lines"
    elif total < 0 or any(_is_below_zero(line) for line in draft.lines):
        message = "the total or a quantity is below 0; send what is given back as a credit (381)"
    if message or kind is None or purpose is None or total is None:
        problems.error("BGM.unsupported", ("BGM", document.position, element), message)
        return None
    return _made(draft, kind, purpose, total, is_test=is_test)


def _made(
    draft: InvoiceDraft, kind: InvoiceType, purpose: Purpose, total: Decimal, *, is_test: bool
) -> Invoice | None:
    found = draft.references
    try:
        return Invoice(
            number=draft.document.number,
            type=kind,
            purpose=purpose,
            refers_to=found.get("IV"),
            is_test=is_test,
            invoice_date=draft.day_of(DOCUMENT_DATE, "3"),
            order_number=found.get(ORDER),
            order_date=draft.order_date,
            customer_po=found.get("CO"),
            location=draft.name_of("WH"),
            vendor=draft.party_as(*VENDORS) or Party(),
            buyer=draft.party_as("BY") or Party(),
            ship_to=draft.party_as(*SHIP_TO),
            bill_to=draft.party_as("IV"),
            remit_to=draft.party_as("PE", "RE"),
            currency=draft.currency,
            terms=draft.terms if draft.terms != Terms() else None,
            ship_date=draft.day_of(*SHIP_DATES),
            delivery_date=draft.day_of(*DELIVERY_DATES),
            carrier=draft.carrier,
            awb=found.get("AWB") or found.get("MWB"),
            house_awb=found.get("HWB"),
            comments=draft.remarks(),
            lines=tuple(_lines(draft)),
            adjustments=tuple(draft.money.adjustments),
            taxes=tuple(draft.money.taxes),
            total=total,
        )
    except ValidationError as error:
        first = error.errors()[0]
        message = f"the invoice can't be used: {first['msg']} ({first['loc'][0]})"
        draft.problems.error("BGM.unusable", ("BGM", draft.document.position, 2), message)
        return None


def _billed(line: LineDraft) -> tuple[Decimal, str] | None:
    return next((line.quantities[each] for each in BILLED if each in line.quantities), None)


def _is_below_zero(line: LineDraft) -> bool:
    found = _billed(line)
    return found is not None and found[0] < 0


def _lines(draft: InvoiceDraft) -> Iterator[InvoiceLine]:
    for number, line in enumerate(draft.lines, 1):
        found = _billed(line)
        if found is None:
            message = "the line has no quantity invoiced (QTY 47), so it was left out; send one"
            draft.problems.error("QTY.missing", ("LIN", line.position, None), message)
            continue
        yield _line(draft, line, number, found)


def _line(
    draft: InvoiceDraft, line: LineDraft, number: int, billed: tuple[Decimal, str]
) -> InvoiceLine:
    money = draft.of_lines.get(line.position) or Money()
    price = parts.first_of(money.prices, PRICES)
    return InvoiceLine(
        line=number,
        reference=line.reference or str(number),
        quantity=billed[0],
        unit=billed[1] or PIECES,
        unit_price=price.amount if price else None,
        price_unit=(price.unit or None) if price else None,
        price_basis=price.basis if price else Decimal(1),
        amount=_amount(money),
        order_number=line.references.get(ORDER),
        order_line=draft.beside_of(line).order_line or line.references.get("LI"),
        box_codes=line.box_codes,
        seller_item=parts.first_of(line.ids, SELLER_IDS),
        buyer_item=parts.first_of(line.ids, BUYER_IDS),
        gtin=parts.first_of(line.ids, GTIN_IDS),
        description=line.description,
        box_type_code=line.box_type,
        bunches_per_box=line.count(PER_TRADED_UNIT),
        stems_per_bunch=line.stems_per_bunch(line.vbn()),
        adjustments=tuple(money.adjustments),
        taxes=tuple(money.taxes),
    )


def _amount(money: Money) -> Decimal | None:
    """Return what a line costs before what is added to it or taken off."""
    goods, stated = money.amounts.get(GOODS_AMOUNT), money.amounts.get(LINE_AMOUNT)
    if goods is not None or stated is None:
        return goods
    return stated - sum((each.signed for each in money.adjustments), Decimal(0))
