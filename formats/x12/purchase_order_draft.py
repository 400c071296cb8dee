"""The draft of a purchase order: filled segment by segment, each by the function for its place.

Lines look alike in all sets that name them, under PO1 or POC, so `line_places` serves them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache

from formats.grammar.check import SEPARATOR
from formats.records import (
    LONGEST_CUSTOM_FIELD,
    MOST_CUSTOM_FIELDS,
    CustomField,
    OrderLine,
)
from formats.x12 import heading, parts
from formats.x12.heading import HEADING, Heading, begin
from formats.x12.parts import Elements, Handler, ItemIds, Table, Whole
from formats.x12.tree import tree

_PRICE_UNITS = {"PE": "EA", "WE": "EA", "HP": "HU", "TP": "TH"}
"""Units that a price basis (PO105) names by itself."""
OWN_FIELD = "ZZ"
"""REF01 of what sender and receiver agreed on."""
_VARIETY = "08"
"""PID02 (list 750)."""
_PER_UNIT_ORDERED = frozenset({"UM", "PU"})
_NONE = Decimal(0)
_BEFORE_IDS = 6
"""Parts of a PO1 ahead of what its item is called."""


@dataclass(slots=True)
class ContentDraft:
    """An SLN; `line` is its position in the set."""

    line: int
    ids: ItemIds
    quantity: Decimal | None
    unit: str
    price: Decimal | None
    description: str | None = None
    stems_per_bunch: int | None = None


@dataclass
class LineDraft:
    """A PO1 or POC with its loop; `position` counts from ST = 1.

    What needs no second thought is written into `made` at once, and what few lines say has its
    default in the class alone: a large order has thousands.
    """

    position: int
    made: OrderLine
    """Still without its number; its quantity is 0 where `quantity` is None."""
    quantity: Decimal | None
    has_variety: bool = field(default=False, init=False)
    contents: tuple[ContentDraft, ...] = field(default=(), init=False)
    stores: tuple[str, ...] = field(default=(), init=False)
    store_qualifier: str = field(default="", init=False)
    is_plain: bool = field(default=True, init=False)
    """False where the separators of its interchange had a say in it."""
    is_finished: bool = field(default=False, init=False)
    """Whether `made` is the line as it will be; then nothing changes it."""


def line_made(
    reference: str,
    quantity: Decimal | None,
    unit: str,
    price: Decimal | None,
    *,
    basis: str,
    ids: ItemIds,
) -> OrderLine:
    """Return a line as it is begun; its price is per the unit ordered where the basis says so."""
    price_unit = None
    if price is not None:
        per_unit = basis in _PER_UNIT_ORDERED
        price_unit = (unit or None) if per_unit else _PRICE_UNITS.get(basis)
    return OrderLine(
        0,
        reference.strip(),
        _NONE if quantity is None else quantity,
        unit,
        ids.seller,
        ids.buyer,
        ids.gtin,
        unit_price=price,
        price_unit=price_unit,
        box_type_code=ids.box_type,
        brand=ids.brand,
    )


@dataclass(slots=True)
class OrderDraft(Heading):
    """What was read so far; `header` is the BEG."""

    lines: list[LineDraft] = field(default_factory=list)
    line: LineDraft | None = None
    totals: tuple[int, int | None, Decimal | None] | None = None
    incoterm: str | None = None
    custom: dict[str, str] = field(default_factory=dict)
    """What each field that the sender made up says."""

    def custom_fields(self) -> tuple[CustomField, ...]:
        return tuple(CustomField(name, value) for name, value in self.custom.items())


def _ref(draft: OrderDraft, elements: Elements, position: int) -> None:
    """Read a REF; a ZZ with a name and a text is a field of the sender's own."""
    name, text = elements[2].strip(), elements[3].strip()
    if elements[1] != OWN_FIELD or not (name and text):
        heading.reference(draft, elements, position)
    elif len(draft.custom) < MOST_CUSTOM_FIELDS:
        draft.custom.setdefault(name[:LONGEST_CUSTOM_FIELD], text[:LONGEST_CUSTOM_FIELD])


def _fob(draft: OrderDraft, elements: Elements, _position: int) -> None:
    draft.incoterm = draft.incoterm or elements[5].strip() or None


def _po1(draft: OrderDraft, elements: Elements, position: int) -> None:
    quantity = parts.number(elements[2])
    made = line_made(
        elements[1],
        quantity,
        elements[3],
        parts.number(elements[4]),
        basis=elements[5],
        ids=parts.ids_of(elements, 6),
    )
    add_line(draft, LineDraft(position, made, quantity))


def _whole_po1(draft: OrderDraft, text: str, position: int) -> None:
    elements = text.split(SEPARATOR, _BEFORE_IDS)
    if len(elements) <= _BEFORE_IDS:
        _po1(draft, parts.elements_of(text), position)
        return
    _, reference, ordered, unit, price, basis, pairs = elements
    quantity, ids = parts.number(ordered), parts.ids_in(pairs)
    made = line_made(reference, quantity, unit, parts.number(price), basis=basis, ids=ids)
    add_line(draft, LineDraft(position, made, quantity))


def add_line(draft: OrderDraft, line: LineDraft) -> None:
    """Begin a line."""
    draft.line = line
    draft.lines.append(line)


def _line_pid(draft: OrderDraft, elements: Elements, _position: int) -> None:
    _describe(draft, elements[5].strip(), is_variety=elements[2] == _VARIETY)


def _whole_line_pid(draft: OrderDraft, text: str, _position: int) -> None:
    words, is_variety = _description(text)
    _describe(draft, words, is_variety=is_variety)


def _describe(draft: OrderDraft, text: str, *, is_variety: bool) -> None:
    line = draft.line
    if line is None or not text:
        return
    if line.made.description is None or (is_variety and not line.has_variety):
        line.made.description = text
        line.has_variety = is_variety


def _line_po4(draft: OrderDraft, elements: Elements, _position: int) -> None:
    if draft.line is None:
        return
    made = draft.line.made
    if made.bunches_per_box is None:
        made.bunches_per_box = parts.whole(elements[1])
    if made.stems_per_bunch is None:
        made.stems_per_bunch = parts.whole(elements[14])
    if made.box_type_code is None and (packaging := elements[4].strip()) in parts.BOX_TYPES:
        made.box_type_code = packaging


def _line_ctp(draft: OrderDraft, elements: Elements, _position: int) -> None:
    line, price = draft.line, parts.number(elements[3])
    if line is None or price is None:
        return
    line.is_plain = False
    made, unit = line.made, draft.problems.unit(elements[5]) or None
    if made.unit_price is None:
        made.unit_price, made.price_unit = price, unit
    elif made.unit_price == price and made.price_unit is None:
        made.price_unit = unit


def _line_ref(draft: OrderDraft, elements: Elements, _position: int) -> None:
    if draft.line is None:
        return
    value = elements[2].strip() or elements[3].strip() or None
    if elements[1] == "BX":
        draft.line.made.mark_code = value
    elif elements[1] == "CT":
        # A pre-sale is the contract that the line is called off from.
        draft.line.made.prebook_item = value


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


ORDER_HEADING: Mapping[str, Handler[OrderDraft]] = {"REF": _ref, "FOB": _fob}
"""What the heading of an order says besides that of any set."""
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


WHOLE: Mapping[object, Whole[OrderDraft]] = {
    **heading.WHOLE,
    _po1: _whole_po1,
    _line_pid: _whole_line_pid,
}
"""For `handlers_for`: what needn't split the segment first."""


@cache
def handlers(release: str) -> Table[OrderDraft]:
    """Return what takes each segment of an 850."""
    places = {**HEADING, **ORDER_HEADING, "BEG": begin, "PO1": _po1, **line_places("PO1")}
    return parts.handlers_for(tree("850", release), places, WHOLE)


# Lines of a file, and files of a partner, repeat each other's words.


@lru_cache(maxsize=4096)
def _description(text: str) -> tuple[str, bool]:
    elements = parts.elements_of(text)
    return elements[5].strip(), elements[2] == _VARIETY
