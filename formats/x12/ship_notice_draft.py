"""The draft of a ship notice: its levels (HL) in order, each with what stands directly under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache

from formats.box_marks import Mark
from formats.x12 import parts
from formats.x12.heading import HEADING, Heading, begin, keep_date
from formats.x12.parts import Elements, Handler, PartyDraft, Table
from formats.x12.tree import tree

SHIPMENT, ORDER, TARE, PACK, ITEM = "SOTPI"
"""HL03."""


@dataclass(slots=True)
class LevelDraft:
    """One HL; `position` counts from ST = 1, as do the positions beside references."""

    position: int
    id: str
    parent_id: str
    kind: str
    parent: LevelDraft | None = None
    has_children: bool = False
    is_lost: bool = False
    """Its parent, or one above, isn't known: nobody can say which order it belongs to."""
    order: str = ""
    order_line: str = ""
    is_item: bool = False
    reference: str = ""
    ids: parts.ItemIds = parts.NO_IDS
    shipped: Decimal | None = None
    unit: str = ""
    shipped_at: int = 0
    """Position of the SN1."""
    packages: int | None = None
    package_type: str = ""
    packaging: str = ""
    loads: int = 0
    references: dict[str, tuple[str, int]] = field(default_factory=dict)
    dates: dict[str, date] = field(default_factory=dict)
    parties: dict[str, PartyDraft] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)


@dataclass(slots=True)
class NoticeDraft(Heading):
    """What was read so far; `header` is the BSN."""

    levels: list[LevelDraft] = field(default_factory=list)
    totals: tuple[int, int | None] | None = None


Take = Callable[[LevelDraft, Elements, int], None]


def _hl(draft: NoticeDraft, elements: Elements, position: int) -> None:
    level = LevelDraft(position, elements[1].strip(), elements[2].strip(), elements[3])
    draft.levels.append(level)


def _n1(draft: NoticeDraft, elements: Elements, _position: int) -> None:
    draft.party = parts.party_of(elements)
    if draft.levels:
        draft.levels[-1].parties.setdefault(draft.party.role, draft.party)


def _sn1(draft: NoticeDraft, elements: Elements, position: int) -> None:
    if not draft.levels:
        return
    level = draft.levels[-1]
    level.is_item = True
    level.reference = level.reference or elements[1].strip()
    level.shipped = parts.number(elements[2])
    level.unit = draft.problems.unit(elements[3])
    level.shipped_at = position


def _lin(level: LevelDraft, elements: Elements, _position: int) -> None:
    level.is_item = True
    level.ids = parts.ids_of(elements, 2)
    # PL is the line of the order by name; LIN01 is mostly the same number.
    level.reference = level.ids.by_qualifier.get("PL") or elements[1].strip()


def _prf(level: LevelDraft, elements: Elements, _position: int) -> None:
    level.order = elements[1].strip()
    level.order_line = elements[5].strip()


def _po4(level: LevelDraft, elements: Elements, _position: int) -> None:
    level.packaging = level.packaging or elements[4].strip()


def _td1(level: LevelDraft, elements: Elements, _position: int) -> None:
    count = parts.whole(elements[2])
    if level.packages is None and count:
        level.packages = count
    level.package_type = level.package_type or elements[1].strip()


def _cld(level: LevelDraft, elements: Elements, _position: int) -> None:
    try:
        level.loads += parts.whole(elements[1]) or 0
    except ValueError:
        # CLD is checked for its place only.
        return


def _ref(level: LevelDraft, elements: Elements, position: int) -> None:
    value = elements[2].strip() or elements[3].strip()
    if value:
        level.references.setdefault(elements[1], (value, position))


def _dtm(level: LevelDraft, elements: Elements, _position: int) -> None:
    keep_date(level.dates, elements)


def _man(level: LevelDraft, elements: Elements, position: int) -> None:
    for first in (1, 4):
        if elements[first + 1]:
            level.marks.append(
                Mark(elements[first], elements[first + 1], elements[first + 2], position)
            )


def _ctt(draft: NoticeDraft, elements: Elements, position: int) -> None:
    draft.totals = (position, parts.whole(elements[1]))


_LEVEL: dict[str, Take] = {
    "LIN": _lin,
    "PRF": _prf,
    "PO4": _po4,
    "TD1": _td1,
    "CLD": _cld,
    "REF": _ref,
    "DTM": _dtm,
    "MAN": _man,
}


def _within_level(take: Take) -> Handler[NoticeDraft]:
    """Call `take` with the level; there is none where a misplaced segment is tolerated."""

    def handler(draft: NoticeDraft, elements: Elements, position: int) -> None:
        if draft.levels:
            take(draft.levels[-1], elements, position)

    return handler


@cache
def handlers(release: str) -> Table[NoticeDraft]:
    """Return the function for every node of the tree of an 856, None where nothing is read."""
    address = HEADING["N1/N3"]
    places: dict[str, Handler[NoticeDraft]] = {
        **{f"HL/{tag}": _within_level(take) for tag, take in _LEVEL.items()},
        **dict.fromkeys(("HL/N1/N2", "HL/N1/N3", "HL/N1/N4"), address),
        "BSN": begin,
        "DTM": HEADING["DTM"],
        "HL": _hl,
        "HL/N1": _n1,
        "HL/SN1": _sn1,
        "HL/TD5": HEADING["TD5"],
        "CTT": _ctt,
    }
    return parts.handlers_for(tree("856", release), places)
