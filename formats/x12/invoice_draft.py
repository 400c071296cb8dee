"""The draft of an invoice: filled segment by segment, each by the function for its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from formats import awb
from formats.invoices import Adjustment, AdjustmentKind, InvoiceLine, Tax, Terms
from formats.x12 import parts
from formats.x12.heading import HEADING, Heading, begin, note
from formats.x12.parts import Elements, Handler, Table
from formats.x12.tree import tree

UNNAMED = "ZZZZ"
"""SAC02 of a charge that has no code (list 1300: mutually defined)."""
BOX_CODE = "LA"
"""REF01 of a box code: the serial number of its shipping label (list 128)."""
LINE_TOTAL = "1"
"""PAM04 of what a line costs (list 522)."""
WAYBILLS = ("AW", "MB")
_KINDS = {"C": AdjustmentKind.CHARGE, "A": AdjustmentKind.ALLOWANCE}
_BASES = {"PE": ("EA", 1), "WE": ("EA", 1), "HP": ("EA", 100), "TP": ("EA", 1000)}
"""Unit and number of units that a price basis (IT105) names by itself."""
_PER_UNIT_BILLED = ("UM", "PU")
_NOT_ADDED = ("I", "O")
"""TXI07 of a tax that prices hold already, and of one that is only mentioned (list 662)."""
_EXEMPT = "1"
_CENTS = Decimal("0.01")


@dataclass(slots=True)
class BilledDraft:
    """An IT1 with its loop; `position` counts from ST = 1."""

    position: int
    line: InvoiceLine
    """Still without its number; its quantity is 0 where `quantity` is None."""
    quantity: Decimal | None
    has_variety: bool = False
    box_codes: dict[str, None] = field(default_factory=dict)
    adjustments: list[Adjustment] = field(default_factory=list)
    taxes: list[Tax] = field(default_factory=list)

    def whole(self) -> InvoiceLine:
        """Return the line with all that its loop adds to it; a loop may hold a million segments."""
        self.line.box_codes = tuple(self.box_codes)
        self.line.adjustments = tuple(self.adjustments)
        self.line.taxes = tuple(self.taxes)
        return self.line


@dataclass(slots=True)
class InvoiceDraft(Heading):
    """What was read so far; `header` is the BIG."""

    terms: Terms | None = None
    adjustments: list[Adjustment] = field(default_factory=list)
    taxes: list[Tax] = field(default_factory=list)
    total: Decimal | None = None
    total_at: int = 2
    """Position of the TDS."""
    lines: list[BilledDraft] = field(default_factory=list)
    counted: tuple[int, int | None] | None = None
    """Position of CTT, and the number of lines it says."""


def cents(text: str) -> Decimal | None:
    """Return an amount with two implied decimals (type N2)."""
    found = parts.number(text)
    return None if found is None else (found * _CENTS).quantize(_CENTS)


def _it1(draft: InvoiceDraft, elements: Elements, position: int) -> None:
    quantity, unit = parts.number(elements[2]), elements[3]
    price, basis = parts.number(elements[4]), elements[5]
    ids = parts.ids_of(elements, 6)
    line = InvoiceLine(0, elements[1].strip(), quantity or Decimal(0), unit, price)
    if price is not None:
        line.price_unit, count = _BASES.get(basis, (None, 1))
        line.price_basis = Decimal(count)
        if basis in _PER_UNIT_BILLED:
            line.price_unit = unit or None
    line.seller_item, line.buyer_item, line.gtin = ids.seller, ids.buyer, ids.gtin
    line.order_number = ids.by_qualifier.get("PO") or None
    line.order_line = ids.by_qualifier.get("PL") or None
    line.box_type_code = ids.box_type
    draft.lines.append(BilledDraft(position, line, quantity))


def _line_ctp(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    """Read the unit of a price, where IT105 names none."""
    line, price = draft.lines[-1].line, parts.number(elements[3])
    is_same = price is not None and price == line.unit_price
    if is_same and line.price_unit is None and line.price_basis == 1:
        line.price_unit = draft.problems.unit(elements[5]) or None
        line.price_basis = parts.number(elements[4]) or Decimal(1)


def _line_pam(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    if elements[4] == LINE_TOTAL and draft.lines[-1].line.amount is None:
        draft.lines[-1].line.amount = parts.number(elements[5])


def _line_pid(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    """Read a description; that of the variety counts before any other."""
    found, text = draft.lines[-1], elements[5].strip()
    is_variety = elements[2] == "08"
    if text and (found.line.description is None or (is_variety and not found.has_variety)):
        found.line.description, found.has_variety = text, is_variety


def _line_po4(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    line, packaging = draft.lines[-1].line, elements[4].strip()
    line.bunches_per_box = parts.whole(elements[1])
    line.stems_per_bunch = parts.whole(elements[14])
    if line.box_type_code is None and packaging in parts.BOX_TYPES:
        line.box_type_code = packaging


def _line_ref(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    line, kind, value = draft.lines[-1].line, elements[1], elements[2].strip()
    if kind == "PO" and line.order_number is None:
        line.order_number = value or None
    elif kind == "PL" and line.order_line is None:
        line.order_line = value or None
    elif kind == BOX_CODE and value:
        draft.lines[-1].box_codes[value] = None


def _line_sac(draft: InvoiceDraft, elements: Elements, position: int) -> None:
    draft.lines[-1].adjustments += _adjustment(draft, elements, position)


def _line_txi(draft: InvoiceDraft, elements: Elements, position: int) -> None:
    draft.lines[-1].taxes += _tax(draft, elements, position)


def _sac(draft: InvoiceDraft, elements: Elements, position: int) -> None:
    draft.adjustments += _adjustment(draft, elements, position)


def _txi(draft: InvoiceDraft, elements: Elements, position: int) -> None:
    draft.taxes += _tax(draft, elements, position)


def _adjustment(draft: InvoiceDraft, elements: Elements, position: int) -> tuple[Adjustment, ...]:
    """Return a charge or an allowance; nothing for an SAC that only mentions one."""
    kind, amount = _KINDS.get(elements[1]), cents(elements[5])
    if kind is None:
        return ()
    if amount is None:
        message = "the charge or allowance has no amount, so it was left out; send SAC05"
        draft.problems.error("SAC05.missing", ("SAC", position, 5), message)
        return ()
    code = elements[2] if elements[2] not in ("", UNNAMED) else elements[4].strip()
    return (Adjustment(kind, amount, code or None, elements[15].strip() or None),)


def _tax(draft: InvoiceDraft, elements: Elements, position: int) -> tuple[Tax, ...]:
    """Return a tax; nothing for one that the prices hold, or that is only mentioned."""
    amount, rate = parts.number(elements[2]), parts.number(elements[3])
    if elements[7] in _NOT_ADDED:
        return ()
    if amount is None:
        if elements[6] != _EXEMPT and rate != 0:
            message = "the tax has no amount, so it was left out; send TXI02"
            draft.problems.error("TXI02.missing", ("TXI", position, 2), message)
        return ()
    return (Tax(amount, elements[1], rate and in_percent(rate), parts.number(elements[8])),)


def in_percent(rate: Decimal) -> Decimal:
    """Return TXI03 in per cent. The standard has 0.07 for 7 %; many send 7."""
    return rate * 100 if rate < 1 else rate


def _itd(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    keep_terms(draft, elements, first=3, words=12)


def keep_terms(draft: InvoiceDraft, elements: Elements, *, first: int, words: int) -> None:
    """Read terms of payment that begin with a percentage at element `first`; the first count."""
    percent, discount_date, discount_days, due_date, net_days = elements[first : first + 5]
    terms = Terms(
        description=elements[words].strip() or None,
        due_date=parts.day(due_date),
        net_days=parts.whole(net_days),
        discount_percent=parts.number(percent),
        discount_date=parts.day(discount_date),
        discount_days=parts.whole(discount_days),
    )
    if draft.terms is None and terms != Terms():
        draft.terms = terms


def _ref(draft: InvoiceDraft, elements: Elements, position: int) -> None:
    """Read a reference; an odd air waybill is kept and warned of."""
    kind, value = elements[1], elements[2].strip() or elements[3].strip()
    if not value or kind in draft.references:
        return
    draft.references[kind] = value
    odd = awb.complaint(value) if kind in WAYBILLS else None
    if odd is not None:
        tag = elements[0]
        draft.problems.warning(f"{tag}02.awb", (tag, position, 2), odd, value)


def _cad(draft: InvoiceDraft, elements: Elements, _position: int) -> None:
    """Read the carrier, and the number that it travels under."""
    draft.carrier = draft.carrier or elements[4].strip() or elements[5].strip() or None
    if elements[8].strip():
        draft.references.setdefault(elements[7], elements[8].strip())


def _tds(draft: InvoiceDraft, elements: Elements, position: int) -> None:
    draft.total, draft.total_at = cents(elements[1]), position


def _ctt(draft: InvoiceDraft, elements: Elements, position: int) -> None:
    draft.counted = (position, parts.whole(elements[1]))


PLACES: Mapping[str, Handler[InvoiceDraft]] = {
    **HEADING,
    "BIG": begin,
    "NTE": note,
    "REF": _ref,
    "ITD": _itd,
    "IT1": _it1,
    "IT1/CTP": _line_ctp,
    "IT1/PAM": _line_pam,
    "IT1/PID": _line_pid,
    "IT1/PO4": _line_po4,
    "IT1/REF": _line_ref,
    "IT1/SAC": _line_sac,
    "IT1/SAC/TXI": _line_txi,
    "IT1/TXI": _line_txi,
    "IT1/SLN/SAC": _line_sac,
    "IT1/SLN/TXI": _line_txi,
    "TDS": _tds,
    "TXI": _txi,
    "CAD": _cad,
    "SAC": _sac,
    "SAC/TXI": _txi,
    "CTT": _ctt,
}
"""By path in the tree of an 810; other sets that bill share some of them."""


@cache
def handlers(release: str) -> Table[InvoiceDraft]:
    """Return the function for every node of the tree of an 810, None where nothing is read."""
    return parts.handlers_for(tree("810", release), PLACES)
