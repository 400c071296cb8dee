"""From a checked 880, the invoice of the grocery trade, to a vendor's invoice.

It only ever bills: credits and corrections have other sets. A price is per the unit billed; an
amount that isn't quantity times price is G1714. G72 with method 02 or 04 is an allowance and with
06 a charge, a charge with code 501 being a tax; what is settled elsewhere (bill-back, checks) is
not counted. Terms are the first G23. The total is G33.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from pydantic import ValidationError

from formats import awb
from formats.invoices import Adjustment, AdjustmentKind, Invoice, InvoiceLine, Tax, Terms
from formats.records import Party
from formats.x12 import parts
from formats.x12.heading import HEADING, begin, draft_of
from formats.x12.invoice import is_below_zero
from formats.x12.invoice_draft import BOX_CODE, WAYBILLS, BilledDraft, InvoiceDraft, cents
from formats.x12.parts import Elements, Handler, Problems
from formats.x12.tree import tree

SET = "880"
METHODS = {
    "02": AdjustmentKind.ALLOWANCE,
    "04": AdjustmentKind.ALLOWANCE,
    "06": AdjustmentKind.CHARGE,
}
"""G7202 (list 331) of what the invoice adds or takes off."""
TAX = "501"
UNNAMED = "88"
"""G7201 (list 340) of a tax, and of what has no code (mutually defined)."""
SHIPPED = ("11", "10")
DELIVERED = ("35", "17", "02")
"""G6201, the first that is named (list 432)."""
ALL_TAXES = "TX"


@dataclass(slots=True)
class GroceryDraft(InvoiceDraft):
    """What was read so far; `header` is the G01."""

    takes_words: bool = False
    """Whether the last G72 is a charge or an allowance that is counted."""


def grocery_invoice(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> Invoice | None:
    """Return the invoice of a checked 880, None where it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = GroceryDraft(problems, parts.elements_of(""))
    draft_of(draft, _handlers(release), segments, nodes)
    made = _made(draft, is_test=is_test)
    if made is None or not is_below_zero(made):
        return made
    message = "the total or a quantity is below zero, and an 880 can only bill; send an 810 with CR"
    problems.error("G33.negative", ("G33", draft.total_at, 1), message, f"{made.total:f}")
    return None


def _made(draft: GroceryDraft, *, is_test: bool) -> Invoice | None:
    head, found = draft.header, draft.references
    try:
        return Invoice(
            number=head[2].strip(),
            came_as=SET,
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
            terms=draft.terms,
            ship_date=parts.first_of(draft.dates, SHIPPED),
            delivery_date=parts.first_of(draft.dates, DELIVERED),
            carrier=draft.carrier,
            awb=parts.first_of(found, WAYBILLS),
            house_awb=found.get("2I"),
            comments=draft.remarks(),
            lines=tuple(line.whole() for line in draft.lines),
            adjustments=tuple(draft.adjustments),
            taxes=tuple(draft.taxes),
            total=draft.total,
        )
    except ValidationError as error:
        first = error.errors()[0]
        message = f"the invoice can't be used: {first['msg']} ({first['loc'][0]})"
        draft.problems.error("G01.unusable", ("G01", 2, None), message)
        return None


def _n9(draft: GroceryDraft, elements: Elements, position: int) -> None:
    """Read a reference; an odd air waybill is kept and warned of."""
    kind, value = elements[1], elements[2].strip() or elements[3].strip()
    if not value or kind in draft.references:
        return
    draft.references[kind] = value
    odd = awb.complaint(value) if kind in WAYBILLS else None
    if odd is not None:
        draft.problems.warning("N902.awb", ("N9", position, 2), odd, value)


def _g62(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    found = parts.day(elements[2])
    if found is not None:
        draft.dates.setdefault(elements[1], found)


def _nte(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    if text := elements[2].strip():
        draft.comments.append(text)


def _carrier(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    """Read a G27 (004010) or a CAD (005010), whose carrier stands alike."""
    draft.carrier = draft.carrier or elements[4].strip() or elements[5].strip() or None


def _g23(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    """Read terms of payment; the first count."""
    terms = Terms(
        description=elements[15].strip() or None,
        due_date=parts.day(elements[8]),
        net_days=parts.whole(elements[9]),
        discount_percent=parts.number(elements[5]),
        discount_date=parts.day(elements[6]),
        discount_days=parts.whole(elements[7]),
    )
    if draft.terms is None and terms != Terms():
        draft.terms = terms


def _g17(draft: GroceryDraft, elements: Elements, position: int) -> None:
    """Begin a line; its pairs of ids are two, and its number is counted."""
    number = len(draft.lines) + 1
    quantity = parts.number(elements[1])
    ids = parts.ids_of([*elements[5:9], *parts.PADDING], 0)
    line = InvoiceLine(
        number,
        f"{number}",
        quantity or Decimal(0),
        elements[2],
        parts.number(elements[3]),
        amount=parts.number(elements[14]),
        seller_item=ids.seller,
        buyer_item=ids.buyer or elements[4].strip() or None,
        gtin=ids.gtin,
    )
    draft.lines.append(BilledDraft(position, line, quantity))


def _g69(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    line, text = draft.lines[-1].line, elements[1].strip()
    if text:
        line.description = f"{line.description} {text}" if line.description else text


def _g20(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    line = draft.lines[-1].line
    line.bunches_per_box = parts.whole(elements[1])
    line.stems_per_bunch = parts.whole(elements[9])


def _line_n9(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    line, kind, value = draft.lines[-1].line, elements[1], elements[2].strip()
    if kind == "PO":
        line.order_number = line.order_number or value or None
    elif kind == "PL":
        line.order_line = line.order_line or value or None
    elif kind == BOX_CODE and value:
        draft.lines[-1].box_codes[value] = None


def _g72(draft: GroceryDraft, elements: Elements, position: int) -> None:
    adjustments, taxes = _extra(draft, elements, position)
    draft.adjustments += adjustments
    draft.taxes += taxes


def _line_g72(draft: GroceryDraft, elements: Elements, position: int) -> None:
    line = draft.lines[-1]
    adjustments, taxes = _extra(draft, elements, position)
    line.adjustments += adjustments
    line.taxes += taxes


def _extra(
    draft: GroceryDraft, elements: Elements, position: int
) -> tuple[tuple[Adjustment, ...], tuple[Tax, ...]]:
    """Return a charge, an allowance or a tax; nothing where it is settled elsewhere."""
    code, kind, amount = elements[1], METHODS.get(elements[2]), cents(elements[8])
    rate, base = parts.number(elements[9]), parts.number(elements[10])
    draft.takes_words = False
    if kind is None:
        return (), ()
    if amount is None:
        message = "the charge or allowance has no amount, so it was left out; send G7208"
        draft.problems.error("G7208.missing", ("G72", position, 8), message)
        return (), ()
    if code == TAX:
        return (), (Tax(amount, ALL_TAXES, rate, base),)
    draft.takes_words = True
    return (Adjustment(kind, amount, None if code == UNNAMED else code),), ()


def _g73(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    _describe(draft, draft.adjustments, elements[1].strip())


def _line_g73(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    _describe(draft, draft.lines[-1].adjustments, elements[1].strip())


def _describe(draft: GroceryDraft, found: list[Adjustment], text: str) -> None:
    """Add words to the last charge or allowance; those of a tax, or of nothing, are not kept."""
    if draft.takes_words and text:
        last = found[-1]
        words = f"{last.description} {text}" if last.description else text
        found[-1] = replace(last, description=words)


def _g33(draft: GroceryDraft, elements: Elements, position: int) -> None:
    draft.total, draft.total_at = cents(elements[1]), position


_PLACES: Mapping[str, Handler[GroceryDraft]] = {
    **HEADING,
    "G01": begin,
    "N9": _n9,
    "G62": _g62,
    "NTE": _nte,
    "G27": _carrier,
    "CAD": _carrier,
    "G23": _g23,
    "G72": _g72,
    "G72/G73": _g73,
    "G17": _g17,
    "G17/G69": _g69,
    "G17/G20": _g20,
    "G17/N9": _line_n9,
    "G17/G72": _line_g72,
    "G17/G72/G73": _line_g73,
    "G33": _g33,
}


@cache
def _handlers(release: str) -> tuple[Handler[GroceryDraft] | None, ...]:
    return parts.handlers_for(tree("880", release), _PLACES)
