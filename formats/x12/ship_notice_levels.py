"""The tree that the levels of a ship notice make, whatever their order: S-O-P-I, S-O-I, S-O-T-P-I.

A level that names no parent goes under the nearest one before it that its structure (BSN05) puts
above; one that names a parent which isn't there is lost, with all under it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from formats.x12.parts import Problems
from formats.x12.ship_notice_draft import (
    ITEM,
    ORDER,
    PACK,
    SHIPMENT,
    TARE,
    LevelDraft,
)

_USUAL = SHIPMENT + ORDER + TARE + PACK + ITEM
_STRUCTURES = {"0002": "SOTIP", "0003": "STPOI"}
"""Levels from the top, for the values of BSN05 that differ from the usual one."""


def link(levels: Sequence[LevelDraft], structure: str, problems: Problems) -> None:
    """Give every level its parent."""
    by_id: dict[str, LevelDraft] = {}
    inferred = 0
    for index, level in enumerate(levels):
        if level.parent_id:
            level.parent = by_id.get(level.parent_id)
            if level.parent is None:
                level.is_lost = True
                message = (
                    f"no level before this one is numbered {level.parent_id}, so what it holds was "
                    "left out; name the level above in HL02"
                )
                problems.error("HL02.unknown", ("HL", level.position, 2), message, level.parent_id)
        elif index:
            level.parent = _nearest_above(levels[:index], level, structure)
            inferred += 1
        if level.id in by_id:
            message = f"two levels are numbered {level.id}; number them differently in HL01"
            problems.warning("HL01.repeated", ("HL", level.position, 1), message, level.id)
        by_id[level.id] = level
        if level.parent is not None:
            level.parent.has_children = True
            level.is_lost = level.is_lost or level.parent.is_lost
    if inferred:
        message = (
            f"{inferred} levels don't name the one above; they were taken in the order that they "
            "stand in. Send HL02."
        )
        problems.warning("HL02.missing", ("HL", levels[1].position, 2), message)


def _nearest_above(
    before: Sequence[LevelDraft], level: LevelDraft, structure: str
) -> LevelDraft | None:
    own = _rank(level, structure)
    return next((each for each in reversed(before) if _rank(each, structure) < own), None)


def _rank(level: LevelDraft, structure: str) -> int:
    """Return how far down a level stands; a kind that isn't known stands below all others."""
    found = _STRUCTURES.get(structure, _USUAL).find(level.kind)
    return found if found >= 0 else len(_USUAL)


def upward(level: LevelDraft) -> Iterator[LevelDraft]:
    """Yield `level` and those above it, the nearest first."""
    found: LevelDraft | None = level
    while found is not None:
        yield found
        found = found.parent


def leaves(levels: Sequence[LevelDraft]) -> list[LevelDraft]:
    """Return the levels that hold goods: those at the bottom, shipment and empty order apart."""
    return [
        level
        for level in levels
        if not level.has_children
        and not level.is_lost
        and (level.kind not in (SHIPMENT, ORDER) or level.is_item or level.marks)
    ]


def box_of(leaf: LevelDraft) -> LevelDraft:
    """Return the level that stands for the boxes of a leaf.

    It is a pack, else what has marks below the order, else a tare, else the leaf itself.
    """
    chain = [level for level in upward(leaf) if level.kind not in (SHIPMENT, ORDER)]
    for level in chain:
        if level.kind == PACK:
            return level
    marked = (level for level in chain if level.marks and level.kind != TARE)
    tares = (level for level in chain if level.kind == TARE)
    return next(marked, None) or next(tares, None) or leaf


def item_of(leaf: LevelDraft) -> LevelDraft | None:
    """Return the level that says what is in the box: the leaf, or an item above its pack."""
    return next((level for level in upward(leaf) if level.is_item), None)
