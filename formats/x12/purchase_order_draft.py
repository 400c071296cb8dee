"""The draft of a purchase order: filled segment by segment, each by the function for its place.

Lines look alike in all sets that name them, under PO1 or POC, so `line_places` serves them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from formats.x12 import parts
from formats.x12.heading import HEADING, Heading, begin
from formats.x12.parts import Elements, Handler
from formats.x12.tree import tree

_PRICE_UNITS = {"PE": "EA", "WE": "EA", "HP": "HU", "TP": "TH"}
"""Units that a price basis (PO105) names by itself."""
_PER_UNIT_ORDERED = frozenset({"UM", "PU"})


@dataclass(slots=True)
class ContentDraft:
    """An SLN; `line` is its position in the set."""

    line: int
    ids: dict[str, str]
    quantity: Decimal | None
    unit: str
    price: Decimal | None
    description: str | None = None
    stems_per_bunch: int | None = None


@dataclass(slots=True)
class LineDraft:
    """A PO1 with its loop; `position` counts from ST = 1."""

    position: int
    reference: str
    quantity: Decimal | None
    unit: str
    price: Decimal | None
    basis: str
    ids: dict[str, str]
    description: str | None = None
    has_variety: bool = False
    price_unit: str | None = None
    pack: int | None = None
    inner_pack: int | None = None
    packaging: str = ""
    mark_code: str | None = None
    contents: tuple[ContentDraft, ...] = ()
    stores: tuple[str, ...] = ()
    store_qualifier: str = ""


@dataclass(slots=True)
class OrderDraft(Heading):
    """What was read so far; `header` is the BEG."""

    lines: list[LineDraft] = field(default_factory=list)
    line: LineDraft | None = None
    totals: tuple[int, int | None, Decimal | None] | None = None


def _po1(draft: OrderDraft, elements: Elements, position: int) -> None:
    line = LineDraft(
        position,
        elements[1].strip(),
        parts.number(elements[2]),
        elements[3],
        parts.number(elements[4]),
        elements[5],
        parts.ids_of(elements, 6),
    )
    add_line(draft, line)


def add_line(draft: OrderDraft, line: LineDraft) -> None:
    """Begin a line; its price is per the unit ordered where the basis says so."""
    if line.price is not None:
        per_unit = line.basis in _PER_UNIT_ORDERED
        line.price_unit = (line.unit or None) if per_unit else _PRICE_UNITS.get(line.basis)
    draft.line = line
    draft.lines.append(line)


def _line_pid(draft: OrderDraft, elements: Elements, _position: int) -> None:
    line, text = draft.line, elements[5].strip()
    if line is None or not text:
        return
    is_variety = elements[2] == "08"
    if line.description is None or (is_variety and not line.has_variety):
        line.description = text
        line.has_variety = is_variety


def _line_po4(draft: OrderDraft, elements: Elements, _position: int) -> None:
    line = draft.line
    if line is None:
        return
    line.pack = parts.whole(elements[1]) if line.pack is None else line.pack
    line.inner_pack = parts.whole(elements[14]) if line.inner_pack is None else line.inner_pack
    line.packaging = line.packaging or elements[4].strip()


def _line_ctp(draft: OrderDraft, elements: Elements, _position: int) -> None:
    line, price = draft.line, parts.number(elements[3])
    if line is None or price is None:
        return
    unit = draft.problems.unit(elements[5]) or None
    if line.price is None:
        line.price, line.price_unit = price, unit
    elif line.price == price and line.price_unit is None:
        line.price_unit = unit


def _line_ref(draft: OrderDraft, elements: Elements, _position: int) -> None:
    if draft.line is not None and elements[1] == "BX":
        draft.line.mark_code = elements[2].strip() or None


def _line_sdq(draft: OrderDraft, elements: Elements, _position: int) -> None:
    if draft.line is not None:
        draft.line.stores += tuple(store for store in elements[3:23:2] if store)
        draft.line.store_qualifier = elements[2]


def _sln(draft: OrderDraft, elements: Elements, position: int) -> None:
    if draft.line is not None:
        found = ContentDraft(
            position,
            parts.ids_of(elements, 9),
            parts.number(elements[4]),
            draft.problems.unit(elements[5]),
            parts.number(elements[6]),
        )
        draft.line.contents += (found,)


def _sln_pid(draft: OrderDraft, elements: Elements, _position: int) -> None:
    if draft.line is not None and draft.line.contents:
        content = draft.line.contents[-1]
        content.description = content.description or elements[5].strip() or None


def _sln_po4(draft: OrderDraft, elements: Elements, _position: int) -> None:
    if draft.line is not None and draft.line.contents:
        draft.line.contents[-1].stems_per_bunch = parts.whole(elements[14])


def _ctt(draft: OrderDraft, elements: Elements, position: int) -> None:
    draft.totals = (position, parts.whole(elements[1]), parts.number(elements[2]))


_LINE = {
    "PID": _line_pid,
    "PO4": _line_po4,
    "CTP": _line_ctp,
    "REF": _line_ref,
    "SDQ": _line_sdq,
    "SLN": _sln,
    "SLN/PID": _sln_pid,
    "SLN/PO4": _sln_po4,
}


def line_places(loop: str) -> Mapping[str, Handler[OrderDraft]]:
    """Return the functions for what stands in a line's loop, `PO1` or `POC`, and in CTT."""
    return {**{f"{loop}/{path}": handler for path, handler in _LINE.items()}, "CTT": _ctt}


@cache
def handlers(release: str) -> tuple[Handler[OrderDraft] | None, ...]:
    """Return the function for every node of the tree of an 850, None where nothing is read."""
    places = {**HEADING, "BEG": begin, "PO1": _po1, **line_places("PO1")}
    return parts.handlers_for(tree("850", release), places)
