"""From a checked 832 to a catalogue of products and prices.

A price is a CTP of its item, from the quantity of CTP04 on and for the days behind it; CTP02 RES,
MSR, RTL and SRP are what consumers are asked. The least order is the CTB with quantity 57, its step
that with 69, and G53 says what becomes of an item. Prices of the heading, packaging levels,
contents and guarantees are not used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from formats.catalogue import Catalogue, CatalogueItem, CataloguePrice, ItemAction
from formats.records import Purpose
from formats.x12 import parts
from formats.x12.heading import HEADING, Heading, begin, keep_date, warn_of_count
from formats.x12.parts import Elements, Handler, Problems, Table
from formats.x12.tree import tree

PURPOSES = {
    **dict.fromkeys(("", "00", "02", "06", "07"), Purpose.NEW),
    "01": Purpose.CANCEL,
    "03": Purpose.CANCEL,
    "04": Purpose.CHANGE,
    "05": Purpose.REPLACE,
}
"""BCT10 (list 353)."""
ACTIONS = {"001": ItemAction.CHANGE, "002": ItemAction.DELETE, "021": ItemAction.ADD}
"""G5301 (list 875)."""
FROM_DATES, TO_DATES = ("007", "196", "018"), ("036", "197")
ISSUED = ("097", "050")
"""DTM01, the first that is named."""
RETAIL = frozenset(("RES", "MSR", "RTL", "SRP"))
COLORS = ("VE", "CL")


@dataclass(slots=True)
class _Draft(Heading):
    """What was read so far; `header` is the BCT."""

    items: list[CatalogueItem] = field(default_factory=list)
    prices: list[list[CataloguePrice]] = field(default_factory=list)
    """Those of each item."""
    has_price: bool = False
    """Whether the last CTP names a price, for the dates behind it."""
    counted: tuple[int, int | None] | None = None


def catalogue(
    segments: Sequence[str],
    nodes: Sequence[int],
    release: str,
    problems: Problems,
    *,
    is_test: bool = False,
) -> Catalogue | None:
    """Return the catalogue of a checked 832, None where it can't be used; `problems` says why.

    `segments` and `nodes` are those of the check.
    """
    draft = _Draft(problems, parts.elements_of(""))
    parts.fill(draft, _handlers(release), segments, nodes)
    if draft.counted is not None:
        warn_of_count(problems, draft.counted, len(draft.items), "items")
    for item, prices in zip(draft.items, draft.prices, strict=True):
        item.prices = tuple(prices)
    head = draft.header
    purpose = PURPOSES.get(head[10])
    if purpose is None:
        known = ", ".join(each for each in PURPOSES if each)
        message = f"BCT10 is {head[10]}; catalogues with {known} are kept. Send one of them"
        problems.error("BCT10.unsupported", ("BCT", 2, 10), message, head[10])
        return None
    return Catalogue(
        number=head[2].strip(),
        version=head[3].strip() or None,
        purpose=purpose,
        is_test=is_test,
        type_code=head[1],
        issued_on=parts.first_of(draft.dates, ISSUED),
        valid_from=parts.first_of(draft.dates, FROM_DATES),
        valid_to=parts.first_of(draft.dates, TO_DATES),
        currency=draft.currency,
        vendor=draft.vendor(),
        buyer=draft.party_as("BY"),
        comments=head[9].strip() or None,
        items=tuple(draft.items),
    )


def _lin(draft: _Draft, elements: Elements, _position: int) -> None:
    ids = parts.ids_of(elements, 2)
    item = CatalogueItem(len(draft.items) + 1, elements[1].strip())
    item.seller_item, item.buyer_item, item.gtin = ids.seller, ids.buyer, ids.gtin
    item.color = parts.first_of(ids.by_qualifier, COLORS)
    item.box_type_code = ids.box_type
    draft.items.append(item)
    draft.prices.append([])


def _po1(draft: _Draft, elements: Elements, _position: int) -> None:
    draft.items[-1].unit = elements[3] or None


def _g53(draft: _Draft, elements: Elements, _position: int) -> None:
    draft.items[-1].action = ACTIONS.get(elements[1])


def _dtm(draft: _Draft, elements: Elements, _position: int) -> None:
    item, found = draft.items[-1], parts.day(elements[2])
    if elements[1] in FROM_DATES:
        item.available_from = item.available_from or found
    elif elements[1] in TO_DATES:
        item.available_to = item.available_to or found


def _ref(draft: _Draft, elements: Elements, _position: int) -> None:
    item = draft.items[-1]
    if elements[1] == "PG":
        item.group = item.group or elements[2].strip() or None


def _ctb(draft: _Draft, elements: Elements, _position: int) -> None:
    item, quantity = draft.items[-1], parts.number(elements[4])
    if elements[3] == "57":
        item.least_order = quantity
    elif elements[3] == "69":
        item.order_step = quantity


def _pid(draft: _Draft, elements: Elements, _position: int) -> None:
    item, text = draft.items[-1], elements[5].strip()
    if elements[2] == "73":
        item.color = item.color or text or None
    else:
        item.description = item.description or text or None


def _po4(draft: _Draft, elements: Elements, _position: int) -> None:
    item, packaging = draft.items[-1], elements[4].strip()
    item.bunches_per_box = parts.whole(elements[1])
    item.stems_per_bunch = parts.whole(elements[14])
    if item.box_type_code is None and packaging in parts.BOX_TYPES:
        item.box_type_code = packaging


def _ctp(draft: _Draft, elements: Elements, _position: int) -> None:
    """Read a price; a CTP that names none, but a multiplier, is let go with the dates behind it."""
    amount = parts.number(elements[3])
    draft.has_price = amount is not None
    if amount is None:
        return
    price = CataloguePrice(
        amount,
        draft.problems.unit(elements[5]) or None,
        elements[2] or None,
        is_retail=elements[2] in RETAIL,
        from_quantity=parts.number(elements[4]),
    )
    draft.prices[-1].append(price)


def _price_dtm(draft: _Draft, elements: Elements, _position: int) -> None:
    found: dict[str, date] = {}
    keep_date(found, elements)
    if not draft.has_price:
        return
    last = draft.prices[-1][-1]
    draft.prices[-1][-1] = replace(
        last,
        valid_from=last.valid_from or parts.first_of(found, FROM_DATES),
        valid_to=last.valid_to or parts.first_of(found, TO_DATES),
    )


def _price_cur(draft: _Draft, elements: Elements, _position: int) -> None:
    if not draft.has_price:
        return
    prices = draft.prices[-1]
    prices[-1] = replace(prices[-1], currency=elements[2] or None)


def _ctt(draft: _Draft, elements: Elements, position: int) -> None:
    draft.counted = (position, parts.whole(elements[1]))


_PLACES: Mapping[str, Handler[_Draft]] = {
    **{path: HEADING[path] for path in ("CUR", "REF", "DTM", "N1", "N1/N2", "N1/N3", "N1/N4")},
    "BCT": begin,
    "LIN": _lin,
    "LIN/PO1": _po1,
    "LIN/G53": _g53,
    "LIN/DTM": _dtm,
    "LIN/REF": _ref,
    "LIN/CTB": _ctb,
    "LIN/PID": _pid,
    "LIN/PO4": _po4,
    "LIN/CTP": _ctp,
    "LIN/CTP/DTM": _price_dtm,
    "LIN/CTP/CUR": _price_cur,
    "CTT": _ctt,
}


@cache
def _handlers(release: str) -> Table[_Draft]:
    return parts.handlers_for(tree("832", release), _PLACES)
