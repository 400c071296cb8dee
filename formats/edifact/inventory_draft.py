"""The draft of an INVRPT: its items in order, each with the quantities that are said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from formats.edifact import parts
from formats.edifact.editions import Edition
from formats.edifact.heading import HEADING, moment_in
from formats.edifact.lines import (
    BOX_TYPES,
    OWN_LISTS,
    PER_PACK,
    PER_TRADED_UNIT,
    PIECES,
    LineDraft,
    Lines,
    Price,
    line_places,
)
from formats.edifact.parts import Elements, Handler, Table, components, first_component
from formats.edifact.tree import tree

COLOR = "35"
CATEGORY = "8"
GRADE = "38"
"""7081 of a colour, and of the kind of product."""
_PACKS = frozenset({PER_TRADED_UNIT, PER_PACK})
_REFERENCE_CURRENCY = ("2", "")


@dataclass(slots=True)
class Stock:
    """A QTY with what stands in its group."""

    position: int
    amount: Decimal | None
    unit: str
    location: str | None = None
    box_type: str | None = None
    currency: str | None = None
    dates: dict[str, date] = field(default_factory=dict)
    prices: dict[str, Price] = field(default_factory=dict)
    packs: dict[str, int | None] = field(default_factory=dict)


@dataclass(slots=True)
class Item:
    """A LIN; `line` has its ids, description and VBN features."""

    line: LineDraft
    color: str | None = None
    category: str | None = None
    grade: str | None = None
    location: str | None = None
    dates: dict[str, date] = field(default_factory=dict)
    stocks: dict[str, list[Stock]] = field(default_factory=dict)
    """By 6063."""
    stock: Stock | None = None


@dataclass(slots=True)
class ReportDraft(Lines):
    items: list[Item] = field(default_factory=list)
    item: Item | None = None


@cache
def handlers(edition: Edition) -> Table[ReportDraft]:
    """Return the function for every node of the tree of an INVRPT, None where nothing is read."""
    return parts.handlers_for(tree("INVRPT", edition.tree), _PLACES)


_SHARED = line_places("LIN")


def _lin(draft: ReportDraft, elements: Elements, position: int) -> None:
    _SHARED["LIN"](draft, elements, position)
    draft.item = None
    if draft.line is None:
        return
    if draft.lines and draft.lines[-1] is draft.line:
        draft.item = Item(draft.line)
        draft.items.append(draft.item)
    else:
        message = "what an assorted box holds isn't kept in availability; the sub-line was left out"
        draft.problems.warning("LIN04.sub_line", ("LIN", position, 4), message)


def _imd(draft: ReportDraft, elements: Elements, position: int) -> None:
    kind, item = first_component(elements[2]), draft.item
    if item is None or kind not in (COLOR, CATEGORY, GRADE):
        _SHARED["LIN/IMD"](draft, elements, position)
        return
    text = components(elements[3])
    words = f"{text[3]}{text[4]}".strip() or None
    if kind == COLOR:
        item.color = item.color or words
    elif kind == GRADE:
        item.grade = item.grade or words
    else:
        item.category = item.category or words


def _place(elements: Elements) -> str | None:
    found = components(elements[2])
    return found[0].strip() or found[3].strip() or None


def _item_loc(draft: ReportDraft, elements: Elements, _position: int) -> None:
    if draft.item is not None:
        draft.item.location = draft.item.location or _place(elements)


def _item_dtm(draft: ReportDraft, elements: Elements, position: int) -> None:
    if draft.item is not None:
        _keep_day(draft, draft.item.dates, elements, position)


def _keep_day(
    draft: ReportDraft, dates: dict[str, date], elements: Elements, position: int
) -> None:
    qualifier, found = moment_in(draft, elements, position)
    if found is not None:
        dates.setdefault(qualifier, found.date())


def _qty(draft: ReportDraft, elements: Elements, position: int) -> None:
    item = draft.item
    if item is None:
        return
    qualifier, text, unit = components(elements[1])[:3]
    if qualifier in _PACKS:
        _pack(draft, elements, position)
        return
    item.stock = Stock(position, parts.number(text), unit.strip() or PIECES)
    item.stocks.setdefault(qualifier, []).append(item.stock)


def _pack(draft: ReportDraft, elements: Elements, position: int) -> None:
    """Keep how many are in a pack: of the quantity ahead of it, else of the whole item."""
    item = draft.item
    if item is None:
        return
    if item.stock is None:
        _SHARED["LIN/QTY"](draft, elements, position)
        return
    qualifier, text = components(elements[1])[:2]
    item.stock.packs.setdefault(qualifier, parts.whole(text))


def _stock_loc(draft: ReportDraft, elements: Elements, _position: int) -> None:
    if draft.item is not None and draft.item.stock is not None:
        draft.item.stock.location = draft.item.stock.location or _place(elements)


def _stock_dtm(draft: ReportDraft, elements: Elements, position: int) -> None:
    if draft.item is not None and draft.item.stock is not None:
        _keep_day(draft, draft.item.stock.dates, elements, position)


def _stock_pri(draft: ReportDraft, elements: Elements, _position: int) -> None:
    stock = draft.item.stock if draft.item is not None else None
    found = components(elements[1])
    amount, basis = parts.number(found[1]), parts.number(found[4])
    if stock is None or amount is None:
        return
    unit = found[5].strip() or None
    stock.prices.setdefault(found[0], Price(amount / basis if basis else amount, unit))


def _stock_cux(draft: ReportDraft, elements: Elements, _position: int) -> None:
    usage, currency = components(elements[1])[:2]
    if draft.item is not None and draft.item.stock is not None and usage in _REFERENCE_CURRENCY:
        draft.item.stock.currency = draft.item.stock.currency or currency or None


def _stock_pac(draft: ReportDraft, elements: Elements, _position: int) -> None:
    code, _list, agency = components(elements[3])[:3]
    item, code = draft.item, code.strip()
    if item is None or item.stock is None or not code:
        return
    if code in BOX_TYPES or agency in OWN_LISTS:
        item.stock.box_type = item.stock.box_type or code
    elif code.isdigit() and item.line.package is None:
        item.line.package = code


def _within(group: str) -> dict[str, Handler[ReportDraft]]:
    """Return the functions for what stands in the group of a quantity."""
    return {
        f"{group}/LOC": _stock_loc,
        f"{group}/DTM": _stock_dtm,
        f"{group}/PRI": _stock_pri,
        f"{group}/PRI/CUX": _stock_cux,
        f"{group}/CPS/PAC": _stock_pac,
        # A quantity for sale behind a package stands there too, and is the next one of the item.
        f"{group}/CPS/PAC/QTY": _qty,
    }


_PLACES: dict[str, Handler[ReportDraft]] = {
    **HEADING,
    "LIN": _lin,
    "LIN/PIA": _SHARED["LIN/PIA"],
    "LIN/IMD": _imd,
    "LIN/LOC": _item_loc,
    "LIN/DTM": _item_dtm,
    "LIN/QTY": _qty,
    "LIN/INV/QTY": _qty,
    **_within("LIN/QTY"),
    **_within("LIN/INV"),
}
