"""From a checked 810 to a vendor's invoice.

Where X12 leaves a choice, these rules hold: BIG07 CR and CN are credits, DR asks for more, and all
else bills; REF OI names the invoice that those are about. A line's order is its PO id or REF PO,
else BIG04, and its line there the PL. Box codes are REF LA of their line. The first ITD counts. An
IT1 without quantity and a charge without amount are left out and named, so that the total doesn't
hold any more: whether it does is for the trade to say. What an invoice says never changes a 997.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pydantic import ValidationError

from formats.invoice_sums import wrong_sums
from formats.invoices import Adjustment, AdjustmentKind, Invoice, InvoiceLine, InvoiceType, Tax
from formats.records import Party, Purpose
from formats.x12 import parts
from formats.x12.heading import warn_of_count
from formats.x12.invoice_draft import WAYBILLS, InvoiceDraft, handlers
from formats.x12.parts import Problems

TYPES = {"CR": InvoiceType.CREDIT, "CN": InvoiceType.CREDIT, "DR": InvoiceType.DEBIT}
"""BIG07 (list 640) of what doesn't simply bill."""
PURPOSES = {
    **dict.fromkeys(("", "00", "06", "07"), Purpose.NEW),
    **dict.fromkeys(("04", "05"), Purpose.REPLACE),
    **dict.fromkeys(("01", "03"), Purpose.CANCEL),
}
"""BIG08 (list 353)."""
_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Form:
    """What differs among the sets that bill; the segment after ST is alike in them."""

    tag: str
    """The segment after ST."""
    shipped: Sequence[str]
    delivered: Sequence[str]
    """Qualifiers of days, the first that is named."""
    came_as: str | None = None
    may_correct: bool = False
    """Whether it has credits, and names the invoice that those are about."""


FORM = Form("BIG", ("011", "370", "068", "010"), ("035", "017", "067", "002"), may_correct=True)
"""Dates are DTM01."""


def invoice(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> Invoice | None:
    """Return the invoice of a checked 810, None where it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = InvoiceDraft(problems, parts.elements_of(""))
    parts.fill(draft, handlers(release), segments, nodes)
    if draft.counted is not None:
        warn_of_count(problems, draft.counted, len(draft.lines), "lines")
    purpose = PURPOSES.get(draft.header[8])
    if purpose is None:
        message = (
            f"BIG08 is {draft.header[8]}; an invoice is new (00), replaces one (05) or takes it"
            " back (01). Send it with one of them"
        )
        problems.error("BIG08.unsupported", ("BIG", 2, 8), message, draft.header[8])
        return None
    made = invoice_made(draft, _lines(draft), FORM, purpose, is_test=is_test)
    if made is not None and is_below_zero(made):
        made = _upright(made, draft)
    return None if made is None else _counted_once(made, draft)


def invoice_made(
    draft: InvoiceDraft,
    lines: Iterable[InvoiceLine],
    form: Form,
    purpose: Purpose = Purpose.NEW,
    *,
    is_test: bool,
) -> Invoice | None:
    """Return the invoice of a draft with `lines`, None where a ledger can't hold it."""
    head, found = draft.header, draft.references
    kind = TYPES.get(head[7], InvoiceType.INVOICE) if form.may_correct else InvoiceType.INVOICE
    try:
        return Invoice(
            number=head[2].strip(),
            type=kind,
            purpose=purpose,
            refers_to=found.get("OI") if form.may_correct else None,
            came_as=form.came_as,
            is_test=is_test,
            invoice_date=parts.day(head[1]),
            order_number=head[4].strip() or found.get("PO"),
            order_date=parts.day(head[3]),
            customer_po=found.get("CO"),
            location=draft.name_of("WH"),
            vendor=draft.vendor(),
            buyer=draft.party_as("BY") or Party(),
            ship_to=draft.party_as("ST"),
            bill_to=draft.party_as("BT"),
            remit_to=draft.party_as("RI", "RE"),
            currency=draft.currency,
            terms=draft.terms,
            ship_date=parts.first_of(draft.dates, form.shipped),
            delivery_date=parts.first_of(draft.dates, form.delivered),
            carrier=draft.carrier,
            awb=parts.first_of(found, WAYBILLS),
            house_awb=found.get("2I"),
            comments=draft.remarks(),
            lines=tuple(lines),
            adjustments=tuple(draft.adjustments),
            taxes=tuple(draft.taxes),
            total=draft.total,
        )
    except ValidationError as error:
        first = error.errors()[0]
        message = f"the invoice can't be used: {first['msg']} ({first['loc'][0]})"
        draft.problems.error(f"{form.tag}.unusable", (form.tag, 2, None), message)
        return None


def _lines(draft: InvoiceDraft) -> Iterator[InvoiceLine]:
    for number, found in enumerate(draft.lines, 1):
        if found.quantity is None or not found.line.unit:
            message = "the line has no quantity with a unit, so it was left out; send IT102 to 04"
            at = ("IT1", found.position, 2)
            draft.problems.error("IT102.missing", at, message)
            continue
        found.line.line = number
        found.line.reference = found.line.reference or str(number)
        yield found.whole()


def is_below_zero(made: Invoice) -> bool:
    """Tell whether the total or a quantity of an invoice is less than nothing."""
    return made.total < 0 or any(line.quantity < 0 for line in made.lines)


def _upright(made: Invoice, draft: InvoiceDraft) -> Invoice | None:
    """Return a credit whose numbers say so once more as one whose type alone does.

    All of them must: what is partly below zero can be meant in several ways.
    """
    numbers = [made.total, *(line.quantity for line in made.lines)]
    extras = [*made.adjustments, *(each for line in made.lines for each in line.adjustments)]
    numbers += [each.amount for each in extras]
    is_plain = made.type is InvoiceType.CREDIT and all(each <= 0 for each in numbers)
    if not is_plain:
        message = (
            "the total or a quantity is below zero; send what is given back as a credit of its own"
            " (BIG07 CR), with quantities and amounts above zero"
        )
        at = ("TDS", draft.total_at, 1)
        draft.problems.error("TDS01.negative", at, message, f"{made.total:f}")
        return None
    lines = (
        replace(
            line,
            quantity=abs(line.quantity),
            amount=None if line.amount is None else abs(line.amount),
            adjustments=tuple(_turned(line.adjustments)),
            taxes=tuple(_taxed(line.taxes)),
        )
        for line in made.lines
    )
    update = {
        "lines": tuple(lines),
        "adjustments": tuple(_turned(made.adjustments)),
        "taxes": tuple(_taxed(made.taxes)),
        "total": -made.total,
    }
    return made.model_copy(update=update)


def _turned(found: Iterable[Adjustment]) -> Iterator[Adjustment]:
    return (replace(each, amount=abs(each.amount)) for each in found)


def _taxed(found: Iterable[Tax]) -> Iterator[Tax]:
    return (replace(each, amount=abs(each.amount)) for each in found)


def _counted_once(made: Invoice, draft: InvoiceDraft) -> Invoice:
    """Leave out charges of the summary that add those of the lines up, where the total says so."""
    own: dict[tuple[AdjustmentKind, str | None], Decimal] = defaultdict(lambda: _NONE)
    for line in made.lines:
        for each in line.adjustments:
            own[each.kind, each.code] += each.amount
    kept = tuple(each for each in made.adjustments if own.get(_key(each)) != each.amount)
    if len(kept) == len(made.adjustments):
        return made
    once = made.model_copy(update={"adjustments": kept})
    if _holds(made) or not _holds(once):
        return made
    message = "charges of the lines are said once more after TDS; by the total they count once"
    draft.problems.warning("SAC.repeated", ("TDS", draft.total_at, 1), message)
    return once


def _key(each: Adjustment) -> tuple[AdjustmentKind, str | None]:
    return each.kind, each.code


def _holds(made: Invoice) -> bool:
    return not any(each.line is None for each in wrong_sums(made))
