"""The draft of a DESADV: its levels (CPS) in order, with the packages and the goods of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from formats.box_marks import Mark
from formats.edifact import parts
from formats.edifact.editions import Edition
from formats.edifact.heading import HEADING, moment_in, reference_in
from formats.edifact.lines import (
    AIR_WAYBILLS,
    BOX_NUMBERS,
    BOX_TYPES,
    OWN_LISTS,
    PIECES,
    LineDraft,
    Lines,
    line_places,
)
from formats.edifact.parts import Elements, Handler, Table, components
from formats.edifact.tree import tree

ORDER = "ON"
HOUSE_WAYBILL = "HWB"
SHIPPED = ("12", "46")
"""6063 of what was shipped, the first that a line has."""
SHIP_DATES = ("11", "133", "110")


@dataclass(slots=True)
class Pack:
    """A PAC: `count` packages of a kind, None where it names no number."""

    position: int
    count: int | None
    box_type: str | None = None
    marks: list[Mark] = field(default_factory=list)


@dataclass(slots=True)
class Goods:
    """A LIN; `marks` are of the boxes that hold nothing else."""

    line: LineDraft
    order: str = ""
    order_line: str = ""
    """RFF ON with the number of the line in it (1156)."""
    dates: dict[str, date] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)

    @property
    def shipped(self) -> Decimal | None:
        found = parts.first_of(self.line.quantities, SHIPPED)
        return found[0] if found else None

    @property
    def unit(self) -> str:
        found = parts.first_of(self.line.quantities, SHIPPED)
        return (found[1] if found else "") or PIECES


@dataclass(slots=True)
class Level:
    """A CPS; `position` counts from UNH = 1."""

    position: int
    id: str
    parent_id: str
    parent: Level | None = None
    children: int = 0
    packs: list[Pack] = field(default_factory=list)
    goods: list[Goods] = field(default_factory=list)


@dataclass(slots=True)
class NoticeDraft(Lines):
    """What was read so far."""

    orders: list[str] = field(default_factory=list)
    """Every order that the heading names."""
    levels: list[Level] = field(default_factory=list)
    pack: Pack | None = None
    item: Goods | None = None

    @property
    def order(self) -> str:
        """Return the order of goods that name none: the heading's, where it is one alone."""
        return self.orders[0] if len(set(self.orders)) == 1 else ""


def air_waybill(references: Mapping[str, str]) -> str | None:
    """Return the air waybill that RFF names, the master's before the house's."""
    return parts.first_of(references, [each for each in AIR_WAYBILLS if each != HOUSE_WAYBILL])


@cache
def handlers(edition: Edition) -> Table[NoticeDraft]:
    """Return the function for every node of the tree of a DESADV, None where nothing is read."""
    return parts.handlers_for(tree("DESADV", edition.tree), _PLACES)


_SHARED = line_places("CPS/LIN")


def _rff(draft: NoticeDraft, elements: Elements, position: int) -> None:
    qualifier, number = reference_in(elements)
    if qualifier == ORDER and number:
        draft.orders.append(number)
    HEADING["RFF"](draft, elements, position)


def _cps(draft: NoticeDraft, elements: Elements, position: int) -> None:
    level = Level(position, elements[1].strip(), elements[2].strip())
    level.parent = next(
        (each for each in reversed(draft.levels) if level.parent_id and each.id == level.parent_id),
        None,
    )
    if level.parent is not None:
        level.parent.children += 1
    elif level.parent_id:
        message = (
            f"no CPS ahead of this one is numbered {level.parent_id}; it was read as if it stood "
            "for itself. Name the one above in 7166."
        )
        at = ("CPS", position, 2)
        draft.problems.warning("CPS02.unknown", at, message, level.parent_id)
    draft.levels.append(level)
    draft.pack = draft.item = None


def _pac(draft: NoticeDraft, elements: Elements, position: int) -> None:
    if not draft.levels:
        return
    code, _list, agency = components(elements[3])[:3]
    code = code.strip()
    is_ours = code in BOX_TYPES or (bool(code) and agency in OWN_LISTS)
    draft.pack = Pack(position, parts.whole(elements[1]), code if is_ours else None)
    draft.levels[-1].packs.append(draft.pack)


def _gin(draft: NoticeDraft, elements: Elements, position: int) -> None:
    if draft.pack is not None:
        draft.pack.marks += _marks(elements, position)


def _marks(elements: Elements, position: int) -> list[Mark]:
    if elements[1] not in BOX_NUMBERS:
        return []
    pairs = (components(each)[:2] for each in elements[2:7] if each)
    return [Mark(elements[1], first.strip(), last.strip(), position) for first, last in pairs]


def _lin(draft: NoticeDraft, elements: Elements, position: int) -> None:
    _SHARED["CPS/LIN"](draft, elements, position)
    line = draft.line
    draft.item = None
    if line is None or not draft.levels:
        return
    if draft.lines and draft.lines[-1] is line:
        draft.item = Goods(line)
        draft.levels[-1].goods.append(draft.item)
    else:
        message = "what an assorted box holds isn't kept of a shipment; the sub-line was left out"
        draft.problems.warning("LIN04.sub_line", ("LIN", position, 4), message)


def _line_rff(draft: NoticeDraft, elements: Elements, position: int) -> None:
    _SHARED["CPS/LIN/RFF"](draft, elements, position)
    qualifier, number, line = components(elements[1])[:3]
    if qualifier == ORDER and draft.item is not None and not draft.item.order:
        draft.item.order, draft.item.order_line = number.strip(), line.strip()


def _line_dtm(draft: NoticeDraft, elements: Elements, position: int) -> None:
    qualifier, found = moment_in(draft, elements, position)
    if found is not None and draft.item is not None:
        draft.item.dates.setdefault(qualifier, found.date())


def _line_gin(draft: NoticeDraft, elements: Elements, position: int) -> None:
    if draft.item is not None:
        draft.item.marks += _marks(elements, position)


_PLACES: dict[str, Handler[NoticeDraft]] = {
    **HEADING,
    **_SHARED,
    "RFF": _rff,
    "CPS": _cps,
    "CPS/PAC": _pac,
    "CPS/PAC/PCI/GIN": _gin,
    "CPS/LIN": _lin,
    "CPS/LIN/RFF": _line_rff,
    "CPS/LIN/DTM": _line_dtm,
    "CPS/LIN/GIN": _line_gin,
    "CPS/LIN/PCI/GIN": _line_gin,
}
