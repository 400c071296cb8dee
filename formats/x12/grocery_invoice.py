"""From a checked 880, the invoice of the grocery trade, to a vendor's invoice.

It only ever bills: credits and corrections have other sets. A price is per the unit billed; an
amount that isn't quantity times price is G1714. G72 with method 02 or 04 is an allowance and with
06 a charge, a charge with code 501 being a tax; what is settled elsewhere (bill-back, checks) is
not counted. It says its amount, or a per cent and what of, or a rate and for how many: one of the
three (note E050809 of the standard). Terms are the first G23. The total is G33.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from formats.invoice_sums import cents as in_cents
from formats.invoices import Adjustment, AdjustmentKind, Invoice, InvoiceLine, Tax
from formats.x12 import parts
from formats.x12.heading import HEADING, begin, keep_date, note
from formats.x12.invoice import Form, invoice_made, is_below_zero
from formats.x12.invoice_draft import PLACES, BilledDraft, InvoiceDraft, cents, keep_terms
from formats.x12.parts import Elements, Handler, Problems, Table
from formats.x12.tree import tree

METHODS = {
    "02": AdjustmentKind.ALLOWANCE,
    "04": AdjustmentKind.ALLOWANCE,
    "06": AdjustmentKind.CHARGE,
}
"""G7202 (list 331) of what the invoice adds or takes off."""
TAX = "501"
UNNAMED = "88"
"""G7201 (list 340) of a tax, and of what has no code (mutually defined)."""
ALL_TAXES = "TX"
FORM = Form("G01", ("11", "10"), ("35", "17", "02"), came_as="880")
"""Dates are G6201 (list 432)."""


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
    parts.fill(draft, _handlers(release), segments, nodes)
    made = invoice_made(draft, [line.whole() for line in draft.lines], FORM, is_test=is_test)
    if made is None or not is_below_zero(made):
        return made
    message = "the total or a quantity is below zero, and an 880 can only bill; send an 810 with CR"
    problems.error("G33.negative", ("G33", draft.total_at, 1), message, f"{made.total:f}")
    return None


def _g62(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    keep_date(draft.dates, elements)


def _carrier(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    """Read a G27 (004010) or a CAD (005010), whose carrier stands alike."""
    draft.carrier = draft.carrier or elements[4].strip() or elements[5].strip() or None


def _g23(draft: GroceryDraft, elements: Elements, _position: int) -> None:
    keep_terms(draft, elements, first=5, words=15)


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


def _g72(draft: GroceryDraft, elements: Elements, position: int) -> None:
    adjustments, taxes = _extra(draft, elements, position, None)
    draft.adjustments += adjustments
    draft.taxes += taxes


def _line_g72(draft: GroceryDraft, elements: Elements, position: int) -> None:
    line = draft.lines[-1]
    adjustments, taxes = _extra(draft, elements, position, line.line.quantity)
    line.adjustments += adjustments
    line.taxes += taxes


def _extra(
    draft: GroceryDraft, elements: Elements, position: int, billed: Decimal | None
) -> tuple[tuple[Adjustment, ...], tuple[Tax, ...]]:
    """Return a charge, an allowance or a tax of a line of `billed` units, or of the invoice.

    Nothing where it is settled elsewhere.
    """
    code, kind = elements[1], METHODS.get(elements[2])
    rate, base = parts.number(elements[9]), parts.number(elements[10])
    draft.takes_words = False
    if kind is None:
        return (), ()
    amount = _amount(elements, rate, base, billed)
    if amount is None:
        message = "the charge or allowance has no amount, so it was left out; send G7208"
        draft.problems.error("G7208.missing", ("G72", position, 8), message)
        return (), ()
    if code == TAX:
        return (), (Tax(amount, ALL_TAXES, rate, base),)
    draft.takes_words = True
    return (Adjustment(kind, amount, None if code == UNNAMED else code),), ()


def _amount(
    elements: Elements, percent: Decimal | None, base: Decimal | None, billed: Decimal | None
) -> Decimal | None:
    """Return what a G72 comes to, in whole cents; None where it doesn't say.

    A rate of a line that isn't said to be for another quantity is for what the line bills.
    """
    if (amount := cents(elements[8])) is not None:
        return amount
    if percent is not None and base is not None:
        return share(percent, base)
    rate, count = parts.number(elements[5]), parts.number(elements[6]) or billed
    return None if rate is None or count is None else in_cents(rate * count)


def share(percent: Decimal, base: Decimal) -> Decimal:
    """Return `percent` of `base`, in whole cents."""
    return in_cents(percent * base / 100)


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
    "N9": PLACES["REF"],
    "G62": _g62,
    "NTE": note,
    "G27": _carrier,
    "CAD": _carrier,
    "G23": _g23,
    "G72": _g72,
    "G72/G73": _g73,
    "G17": _g17,
    "G17/G69": _g69,
    "G17/G20": _g20,
    "G17/N9": PLACES["IT1/REF"],
    "G17/G72": _line_g72,
    "G17/G72/G73": _line_g73,
    "G33": _g33,
}


@cache
def _handlers(release: str) -> Table[GroceryDraft]:
    return parts.handlers_for(tree("880", release), _PLACES)
