"""The draft of an INVOIC: its lines as in an order, and beside them the money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache

from formats.edifact import parts
from formats.edifact.editions import Edition
from formats.edifact.heading import moment_in
from formats.edifact.lines import WHOLE
from formats.edifact.parts import Elements, Handler, Table, components, first_component
from formats.edifact.step_lines import STEP, StepLines
from formats.edifact.tree import tree
from formats.invoices import Adjustment, AdjustmentKind, Tax, Terms

LINE_AMOUNT, GOODS_AMOUNT = "203", "66"
"""5025: with, and without, what is added to the line or taken off it."""
TAX_AMOUNT = "124"
ADJUSTED = ("8", "23", "204")
"""5025 of a charge or an allowance."""
TAXED = "125"
KINDS = {"C": AdjustmentKind.CHARGE, "A": AdjustmentKind.ALLOWANCE}
"""5463."""
NET, DISCOUNT = ("1", "3", "7"), "22"
"""4279: when it's due; what is taken off where it's paid sooner."""
DUE, DISCOUNT_DUE = ("13", "140"), "12"
"""2005."""
_DAYS = ("D", "DC", "")
"""2151."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A PRI as it is written: `amount` for `basis` of `unit`."""

    amount: Decimal
    basis: Decimal
    unit: str


@dataclass(slots=True)
class Money:
    """The amounts, charges and taxes of a line, or of the whole invoice."""

    amounts: dict[str, Decimal] = field(default_factory=dict)
    """By 5025."""
    adjustments: list[Adjustment] = field(default_factory=list)
    taxes: list[Tax] = field(default_factory=list)
    prices: dict[str, Priced] = field(default_factory=dict)
    """By 5125."""
    kind: AdjustmentKind | None = None
    """Of the ALC that is read, until its amount is known."""
    code: str | None = None
    description: str | None = None
    tax: Tax | None = None


@dataclass(slots=True)
class InvoiceDraft(StepLines):
    """What was read so far; `of_lines` is by the position of the LIN."""

    money: Money = field(default_factory=Money)
    of_lines: dict[int, Money] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    is_discount: bool = False
    is_summary: bool = False

    def here(self) -> Money:
        """Return where the amounts that are read now belong."""
        if self.line is None or self.is_summary:
            return self.money
        return self.of_lines.setdefault(self.line.position, Money())


def _uns(draft: InvoiceDraft, _elements: Elements, _position: int) -> None:
    draft.is_summary = True


def _moa(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    kind, text = components(elements[1])[:2]
    amount = parts.number(text)
    if amount is not None:
        draft.here().amounts.setdefault(kind, amount)


def _pri(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    found = components(elements[1])
    amount, basis = parts.number(found[1]), parts.number(found[4])
    if amount is not None:
        price = Priced(amount, basis or Decimal(1), found[5].strip())
        draft.here().prices.setdefault(found[0], price)


def _alc(draft: InvoiceDraft, elements: Elements, position: int) -> None:
    money = draft.here()
    service = components(elements[5])
    # The summary adds up what stood before, so it is no charge of its own.
    money.kind = None if draft.is_summary else KINDS.get(elements[1])
    money.code = service[0].strip() or first_component(elements[2]) or None
    money.description = f"{service[3]}{service[4]}".strip() or None
    if money.kind is None and not draft.is_summary:
        message = f"ALC {elements[1]} is neither a charge (C) nor an allowance (A); it is left out"
        draft.problems.warning("ALC01", ("ALC", position, 1), message, elements[1])


def _alc_moa(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    money = draft.here()
    qualifier, text = components(elements[1])[:2]
    amount = parts.number(text)
    if money.kind is not None and amount is not None and qualifier in ADJUSTED:
        made = Adjustment(money.kind, amount, money.code, money.description)
        money.adjustments.append(made)
        money.kind = None


def _tax(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    kind = components(elements[2])
    base, rate = parts.number(elements[4]), parts.number(components(elements[5])[3])
    code = kind[0].strip() or kind[3].strip() or None
    # The heading says rates alone; what they come to is in the summary.
    is_counted = draft.line is not None or draft.is_summary
    draft.here().tax = Tax(Decimal(0), code, rate, base) if is_counted else None


def _tax_moa(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    money = draft.here()
    qualifier, text = components(elements[1])[:2]
    amount = parts.number(text)
    if money.tax is None or amount is None:
        return
    if qualifier == TAX_AMOUNT:
        money.taxes.append(replace(money.tax, amount=amount))
    elif qualifier == TAXED:
        money.tax = replace(money.tax, base=amount)
        if money.taxes:
            money.taxes[-1] = replace(money.taxes[-1], base=amount)


def _pat(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    draft.is_discount = elements[1] == DISCOUNT
    described, period = components(elements[2]), components(elements[3])
    count = parts.whole(period[3]) if period[2] in _DAYS else None
    text = f"{described[3]}{described[4]}".strip() or None
    terms = draft.terms
    draft.terms = replace(terms, description=terms.description or text)
    if draft.is_discount:
        draft.terms = replace(draft.terms, discount_days=terms.discount_days or count)
    elif elements[1] in NET:
        draft.terms = replace(draft.terms, net_days=terms.net_days or count)


def _pat_dtm(draft: InvoiceDraft, elements: Elements, position: int) -> None:
    qualifier, found = moment_in(draft, elements, position)
    if found is None:
        return
    if draft.is_discount and qualifier in (DISCOUNT_DUE, *DUE):
        draft.terms = replace(draft.terms, discount_date=found.date())
    elif qualifier in DUE:
        draft.terms = replace(draft.terms, due_date=found.date())


def _pat_pcd(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    percent = parts.number(components(elements[1])[1])
    if draft.is_discount and percent is not None:
        draft.terms = replace(draft.terms, discount_percent=percent)


_PLACES: Mapping[str, Handler[InvoiceDraft]] = {
    "UNS": _uns,
    "MOA": _moa,
    "ALC": _alc,
    "ALC/MOA": _alc_moa,
    "TAX": _tax,
    "TAX/MOA": _tax_moa,
    "PAT": _pat,
    "PAT/DTM": _pat_dtm,
    "PAT/PCD": _pat_pcd,
    "LIN/MOA": _moa,
    "LIN/PRI": _pri,
    "LIN/ALC": _alc,
    "LIN/ALC/MOA": _alc_moa,
    "LIN/TAX": _tax,
    "LIN/TAX/MOA": _tax_moa,
}


@cache
def handlers(edition: Edition) -> Table[InvoiceDraft]:
    """Return the function for every node of the tree, None where nothing is read."""
    places: dict[str, Handler[InvoiceDraft]] = {**STEP, **_PLACES}
    return parts.handlers_for(tree("INVOIC", edition.tree), places, WHOLE)
