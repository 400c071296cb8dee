"""The draft of a purchase order: filled segment by segment, each by the function for its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from formats.x12 import parts
from formats.x12.parts import Elements, PartyDraft, Problems
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
class OrderDraft:
    """What was read so far; `header` is the BEG."""

    problems: Problems
    header: Elements
    lines: list[LineDraft] = field(default_factory=list)
    line: LineDraft | None = None
    parties: dict[str, PartyDraft] = field(default_factory=dict)
    party: PartyDraft | None = None
    dates: dict[str, date] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    currency: str | None = None
    carrier: str | None = None
    comments: list[str] = field(default_factory=list)
    totals: tuple[int, int | None, Decimal | None] | None = None


def _beg(draft: OrderDraft, elements: Elements, _position: int) -> None:
    draft.header = elements


def _cur(draft: OrderDraft, elements: Elements, _position: int) -> None:
    draft.currency = draft.currency or elements[2] or None


def _ref(draft: OrderDraft, elements: Elements, _position: int) -> None:
    value = elements[2].strip() or elements[3].strip()
    if value:
        draft.references.setdefault(elements[1], value)


def _dtm(draft: OrderDraft, elements: Elements, _position: int) -> None:
    found = parts.day(elements[2])
    if found is not None:
        draft.dates.setdefault(elements[1], found)


def _td5(draft: OrderDraft, elements: Elements, _position: int) -> None:
    draft.carrier = draft.carrier or elements[3].strip() or elements[5].strip() or None


def _n1(draft: OrderDraft, elements: Elements, _position: int) -> None:
    draft.party = parts.party_of(elements)
    draft.parties.setdefault(draft.party.role, draft.party)


def _address(draft: OrderDraft, elements: Elements, _position: int) -> None:
    if draft.party is not None:
        parts.add_to_party(draft.party, elements)


def _comment(draft: OrderDraft, elements: Elements, _position: int) -> None:
    # MSG01 in 4010, MTX02 in 5010.
    text = elements[2] if elements[0] == "MTX" else elements[1]
    if text.strip():
        draft.comments.append(text.strip())


def _po1(draft: OrderDraft, elements: Elements, position: int) -> None:
    basis, unit = elements[5], elements[3]
    line = LineDraft(
        position,
        elements[1].strip(),
        parts.number(elements[2]),
        unit,
        parts.number(elements[4]),
        basis,
        parts.ids_of(elements, 6),
    )
    if line.price is not None:
        line.price_unit = unit if basis in _PER_UNIT_ORDERED else _PRICE_UNITS.get(basis)
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


_PLACES = {
    "BEG": _beg,
    "CUR": _cur,
    "REF": _ref,
    "DTM": _dtm,
    "TD5": _td5,
    "N1": _n1,
    "N1/N2": _address,
    "N1/N3": _address,
    "N1/N4": _address,
    "N9/MSG": _comment,
    "N9/MTX": _comment,
    "PO1": _po1,
    "PO1/PID": _line_pid,
    "PO1/PO4": _line_po4,
    "PO1/CTP": _line_ctp,
    "PO1/REF": _line_ref,
    "PO1/SDQ": _line_sdq,
    "PO1/SLN": _sln,
    "PO1/SLN/PID": _sln_pid,
    "PO1/SLN/PO4": _sln_po4,
    "CTT": _ctt,
}


@cache
def handlers(release: str) -> tuple[parts.Handler[OrderDraft] | None, ...]:
    """Return the function for every node of the tree of an 850, None where nothing is read."""
    return parts.handlers_for(tree("850", release), _PLACES)
