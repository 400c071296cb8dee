"""From a checked 846 to an inventory advice.

Rules where X12 leaves a choice: the quantity of an item is its QTY 33 (available for sale), else
V2, 29, and last 17 (on hand); several QTY of that one kind are several offers, each with the dates
of its own QTY loop before those of the item. Cost is the first CTP that isn't a resale price, with
its own unit. Offers start at DTM 018, else 007, and end at 036; goods were cut at 405 (produced),
else 510 (packed). A location is the N1 WH of the item, else of the document. An item without such a
quantity is left out and named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache

from formats.records import InventoryAdvice, InventoryLine, Purpose
from formats.x12 import parts
from formats.x12.heading import HEADING, Heading, begin, keep_date, warn_of_count
from formats.x12.parts import Elements, Handler, Problems
from formats.x12.tree import tree

PURPOSES = {
    "00": Purpose.NEW,
    "04": Purpose.CHANGE,
    "05": Purpose.REPLACE,
    "08": Purpose.NEW,
    "25": Purpose.CHANGE,
}
"""BIA01: original, change, replace, status, incremental."""
_QUANTITIES = ("33", "V2", "29", "17")
_RESALE = frozenset({"RES", "MSR", "RTL", "SRP"})
_FROM_DATES = ("018", "007")
_TO_DATES = ("036",)
_CUT_DATES = ("405", "510")
_COLOR = "73"
_GRADE = "38"
_VARIETY = "08"


@dataclass(slots=True)
class _Quantity:
    position: int
    amount: Decimal | None
    unit: str
    dates: dict[str, date] = field(default_factory=dict)


@dataclass(slots=True)
class _Item:
    position: int
    ids: parts.ItemIds
    description: str | None = None
    has_variety: bool = False
    color: str | None = None
    grade: str | None = None
    cost: Decimal | None = None
    cost_unit: str | None = None
    location: str | None = None
    dates: dict[str, date] = field(default_factory=dict)
    quantities: dict[str, list[_Quantity]] = field(default_factory=dict)
    quantity: _Quantity | None = None


@dataclass(slots=True)
class _Draft(Heading):
    items: list[_Item] = field(default_factory=list)
    item: _Item | None = None
    counted_at: datetime | None = None
    totals: tuple[int, int | None] | None = None


def inventory_advice(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> InventoryAdvice | None:
    """Return the advice of a checked 846, None when it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = _Draft(problems, parts.elements_of(""))
    parts.fill(draft, _handlers(release), segments, nodes)
    if draft.totals is not None:
        warn_of_count(problems, draft.totals, len(draft.items), "items")
    purpose = PURPOSES.get(draft.header[1])
    if purpose is None:
        message = (
            f"BIA01 is {draft.header[1] or 'missing'}; an advice with purpose "
            f"{', '.join(PURPOSES)} is used. Send it with one of them."
        )
        problems.error("BIA01.unsupported", ("BIA", 2, 1), message, draft.header[1])
        return None
    return _advice(draft, purpose, is_test=is_test)


def _advice(draft: _Draft, purpose: Purpose, *, is_test: bool) -> InventoryAdvice | None:
    location = draft.name_of("WH")
    lines: list[InventoryLine] = []
    for item in draft.items:
        for quantity in _chosen(draft, item):
            lines.append(_line(len(lines) + 1, item, quantity, location))
    if draft.items and not lines:
        # An advice without lines would say that nothing is for sale.
        message = "no item of the advice has a quantity that can be used"
        draft.problems.error("LIN.none", ("LIN", draft.items[0].position, None), message)
        return None
    return InventoryAdvice(
        reference=draft.header[3].strip() or None,
        purpose=purpose,
        is_test=is_test,
        as_of=draft.counted_at or _moment(draft.header[4], draft.header[5]),
        currency=draft.currency,
        vendor=draft.vendor(),
        buyer=draft.party_as("BY"),
        lines=tuple(lines),
    )


def _chosen(draft: _Draft, item: _Item) -> list[_Quantity]:
    found = parts.first_of(item.quantities, _QUANTITIES) or []
    usable = [each for each in found if each.amount is not None and each.amount >= 0 and each.unit]
    if len(usable) < len(found) or not found:
        kinds = ", ".join(item.quantities) or "none"
        message = (
            "the item has no usable quantity for sale, so it was left out; send QTY 33 (or 17) "
            f"with a quantity and a unit (sent: {kinds})"
        )
        position = found[0].position if found else item.position
        draft.problems.error("QTY.missing", ("QTY" if found else "LIN", position, None), message)
    return usable


def _line(number: int, item: _Item, quantity: _Quantity, location: str | None) -> InventoryLine:
    ids = item.ids
    dates = {**item.dates, **quantity.dates}
    return InventoryLine(
        line=number,
        quantity=quantity.amount if quantity.amount is not None else Decimal(0),
        unit=quantity.unit,
        seller_item=ids.seller,
        buyer_item=ids.buyer,
        gtin=ids.gtin,
        description=item.description,
        available_from=parts.first_of(dates, _FROM_DATES),
        available_to=parts.first_of(dates, _TO_DATES),
        cut_on=parts.first_of(dates, _CUT_DATES),
        color=item.color or parts.first_of(ids.by_qualifier, ("VE", "CL")),
        grade=item.grade,
        unit_cost=item.cost,
        cost_unit=item.cost_unit,
        box_type_code=ids.box_type,
        location=item.location or location,
    )


def _moment(day: str, clock: str) -> datetime | None:
    found = parts.day(day)
    return None if found is None else datetime.combine(found, parts.clock(clock) or time())


# --- one function per place in the tree


def _dtm(draft: _Draft, elements: Elements, _position: int) -> None:
    if elements[1] == "097" and draft.counted_at is None:
        draft.counted_at = _moment(elements[2], elements[3])


def _lin(draft: _Draft, elements: Elements, position: int) -> None:
    draft.item = _Item(position, parts.ids_of(elements, 2))
    draft.items.append(draft.item)


def _item_pid(draft: _Draft, elements: Elements, _position: int) -> None:
    item, text = draft.item, elements[5].strip()
    if item is None or not text:
        return
    if elements[2] == _COLOR:
        item.color = item.color or text
        return
    if elements[2] == _GRADE:
        item.grade = item.grade or text
        return
    is_variety = elements[2] == _VARIETY
    if item.description is None or (is_variety and not item.has_variety):
        item.description = text
        item.has_variety = is_variety


def _item_dtm(draft: _Draft, elements: Elements, _position: int) -> None:
    if draft.item is not None:
        keep_date(draft.item.dates, elements)


def _item_ctp(draft: _Draft, elements: Elements, _position: int) -> None:
    item = draft.item
    if item is None or item.cost is not None or elements[2] in _RESALE:
        return
    item.cost = parts.number(elements[3])
    item.cost_unit = (draft.problems.unit(elements[5]) or None) if item.cost is not None else None


def _item_qty(draft: _Draft, elements: Elements, position: int) -> None:
    if draft.item is None:
        return
    found = _Quantity(position, parts.number(elements[2]), draft.problems.unit(elements[3]))
    draft.item.quantity = found
    draft.item.quantities.setdefault(elements[1], []).append(found)


def _qty_dtm(draft: _Draft, elements: Elements, _position: int) -> None:
    if draft.item is not None and draft.item.quantity is not None:
        keep_date(draft.item.quantity.dates, elements)


def _item_uit(draft: _Draft, elements: Elements, _position: int) -> None:
    """Read a unit that stands apart from the quantity: UIT01, with a price in UIT02."""
    item = draft.item
    if item is None:
        return
    unit = draft.problems.unit(elements[1])
    if item.quantity is not None and not item.quantity.unit:
        item.quantity.unit = unit
    if item.cost is None and elements[2]:
        item.cost, item.cost_unit = parts.number(elements[2]), unit


def _item_n1(draft: _Draft, elements: Elements, _position: int) -> None:
    if draft.item is not None and elements[1] == "WH":
        party = parts.party_of(elements)
        draft.item.location = draft.item.location or party.code or party.name


def _ctt(draft: _Draft, elements: Elements, position: int) -> None:
    draft.totals = (position, parts.whole(elements[1]))


_PLACES: dict[str, Handler[_Draft]] = {
    **HEADING,
    "BIA": begin,
    "DTM": _dtm,
    "LIN": _lin,
    "LIN/PID": _item_pid,
    "LIN/DTM": _item_dtm,
    "LIN/CTP": _item_ctp,
    "LIN/UIT": _item_uit,
    "LIN/QTY": _item_qty,
    "LIN/QTY/UIT": _item_uit,
    "LIN/QTY/DTM": _qty_dtm,
    "LIN/N1": _item_n1,
    "CTT": _ctt,
}


@cache
def _handlers(release: str) -> parts.Table[_Draft]:
    return parts.handlers_for(tree("846", release), _PLACES)
