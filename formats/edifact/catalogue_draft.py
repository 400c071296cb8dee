"""The draft of a PRICAT: its items in order, each under its product group, with all its prices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from formats.edifact import parts
from formats.edifact.editions import Edition
from formats.edifact.heading import HEADING, moment_in
from formats.edifact.inventory_draft import COLOR
from formats.edifact.lines import LineDraft, Lines, line_places
from formats.edifact.parts import Elements, Handler, Table, components, first_component
from formats.edifact.tree import tree

FROM_DATES = ("194", "157", "7", "44")
TO_DATES = ("206", "36")
"""2005 of the first and of the last day of something, the first that is named."""
_PERIOD = "273"
_PERIOD_FORM = "718"
_RETAIL = "SRP"
_ORIGIN = "27"
_QUANTITY_RANGE = "4"
_REFERENCE_CURRENCY = ("2", "")


@dataclass(slots=True)
class PriceDraft:
    """A PRI with what stands in its group; `amount` is for one `unit`."""

    kind: str
    amount: Decimal
    unit: str | None
    is_retail: bool
    currency: str | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    quantity_unit: str | None = None
    dates: dict[str, date] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """A PGI: its prices are of those of its items that have none of their own."""

    name: str | None = None
    prices: list[PriceDraft] = field(default_factory=list)
    dates: dict[str, date] = field(default_factory=dict)


@dataclass(slots=True)
class ItemDraft:
    """A LIN."""

    line: LineDraft
    group: Group
    color: str | None = None
    origin: str | None = None
    currency: str | None = None
    dates: dict[str, date] = field(default_factory=dict)
    prices: list[PriceDraft] = field(default_factory=list)


@dataclass(slots=True)
class CatalogueDraft(Lines):
    """What was read so far."""

    days: dict[str, date] = field(default_factory=dict)
    """Dates of the catalogue by 2005, with both ends of a period."""
    group: Group = field(default_factory=Group)
    items: list[ItemDraft] = field(default_factory=list)
    item: ItemDraft | None = None
    price: PriceDraft | None = None


@cache
def handlers(edition: Edition) -> Table[CatalogueDraft]:
    """Return the function for every node of the tree of a PRICAT, None where nothing is read."""
    return parts.handlers_for(tree("PRICAT", edition.tree), _PLACES)


_SHARED = line_places("PGI/LIN")


def _keep_days(
    draft: CatalogueDraft, dates: dict[str, date], elements: Elements, position: int
) -> None:
    """Keep the days of a DTM; a period is kept as its first and its last day."""
    qualifier, text, form = components(elements[1])[:3]
    if qualifier == _PERIOD and form == _PERIOD_FORM:
        first, last = parts.day(text[:8], "102"), parts.day(text[-8:], "102")
        if first is not None and last is not None:
            dates.setdefault(FROM_DATES[0], first)
            dates.setdefault(TO_DATES[0], last)
            return
    qualifier, found = moment_in(draft, elements, position)
    if found is not None:
        dates.setdefault(qualifier, found.date())


def _dtm(draft: CatalogueDraft, elements: Elements, position: int) -> None:
    _keep_days(draft, draft.days, elements, position)


def _pgi(draft: CatalogueDraft, elements: Elements, _position: int) -> None:
    found = components(elements[2])
    draft.group = Group(found[3].strip() or found[0].strip() or None)
    draft.item = draft.price = None


def _group_dtm(draft: CatalogueDraft, elements: Elements, position: int) -> None:
    _keep_days(draft, draft.group.dates, elements, position)


def _group_pri(draft: CatalogueDraft, elements: Elements, position: int) -> None:
    draft.price = _price(draft, elements, position)
    if draft.price is not None:
        draft.group.prices.append(draft.price)


def _lin(draft: CatalogueDraft, elements: Elements, position: int) -> None:
    _SHARED["PGI/LIN"](draft, elements, position)
    draft.item = draft.price = None
    if draft.line is None:
        return
    if draft.lines and draft.lines[-1] is draft.line:
        draft.item = ItemDraft(draft.line, draft.group)
        draft.items.append(draft.item)
    else:
        message = "what an assorted box holds isn't kept of a catalogue; the sub-line was left out"
        draft.problems.warning("LIN04.sub_line", ("LIN", position, 4), message)


def _imd(draft: CatalogueDraft, elements: Elements, position: int) -> None:
    if draft.item is None or first_component(elements[2]) != COLOR:
        _SHARED["PGI/LIN/IMD"](draft, elements, position)
        return
    text = components(elements[3])
    draft.item.color = draft.item.color or f"{text[3]}{text[4]}".strip() or None


def _item_dtm(draft: CatalogueDraft, elements: Elements, position: int) -> None:
    if draft.item is not None:
        _keep_days(draft, draft.item.dates, elements, position)


def _ali(draft: CatalogueDraft, elements: Elements, _position: int) -> None:
    if draft.item is not None:
        draft.item.origin = draft.item.origin or elements[1].strip() or None


def _loc(draft: CatalogueDraft, elements: Elements, _position: int) -> None:
    if draft.item is not None and elements[1] == _ORIGIN:
        found = first_component(elements[2])
        draft.item.origin = draft.item.origin or found or None


def _item_cux(draft: CatalogueDraft, elements: Elements, _position: int) -> None:
    if draft.item is not None:
        draft.item.currency = draft.item.currency or _currency(elements)


def _pri(draft: CatalogueDraft, elements: Elements, position: int) -> None:
    draft.price = _price(draft, elements, position)
    if draft.price is not None and draft.item is not None:
        draft.item.prices.append(draft.price)


def _price(draft: CatalogueDraft, elements: Elements, position: int) -> PriceDraft | None:
    found = components(elements[1])
    kind, text, _type, specification, basis, unit = found[:6]
    amount, per = parts.number(text), parts.number(basis)
    if amount is None or (per is not None and per <= 0):
        message = f"the price {text} can't be read; it was left out"
        draft.problems.warning("PRI01.price", ("PRI", position, 1), message, text)
        return None
    is_retail = specification == _RETAIL
    return PriceDraft(kind, amount / per if per else amount, unit.strip() or None, is_retail)


def _price_cux(draft: CatalogueDraft, elements: Elements, _position: int) -> None:
    if draft.price is not None:
        draft.price.currency = draft.price.currency or _currency(elements)


def _currency(elements: Elements) -> str | None:
    usage, currency = components(elements[1])[:2]
    return currency or None if usage in _REFERENCE_CURRENCY else None


def _rng(draft: CatalogueDraft, elements: Elements, _position: int) -> None:
    if draft.price is None or elements[1] != _QUANTITY_RANGE:
        return
    unit, least, most = components(elements[2])[:3]
    draft.price.least, draft.price.most = parts.number(least), parts.number(most)
    draft.price.quantity_unit = unit.strip() or None


def _price_dtm(draft: CatalogueDraft, elements: Elements, position: int) -> None:
    if draft.price is not None:
        _keep_days(draft, draft.price.dates, elements, position)


_PRICE = {"CUX": _price_cux, "RNG": _rng, "DTM": _price_dtm}
_PLACES: dict[str, Handler[CatalogueDraft]] = {
    **HEADING,
    **_SHARED,
    "DTM": _dtm,
    "PGI": _pgi,
    "PGI/DTM": _group_dtm,
    "PGI/PRI": _group_pri,
    **{f"PGI/PRI/{tag}": each for tag, each in _PRICE.items()},
    "PGI/LIN": _lin,
    "PGI/LIN/IMD": _imd,
    "PGI/LIN/DTM": _item_dtm,
    "PGI/LIN/ALI": _ali,
    "PGI/LIN/LOC": _loc,
    "PGI/LIN/CUX": _item_cux,
    "PGI/LIN/PRI": _pri,
    **{f"PGI/LIN/PRI/{tag}": each for tag, each in _PRICE.items()},
}
