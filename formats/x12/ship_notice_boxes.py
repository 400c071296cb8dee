"""From the levels of a ship notice to its boxes: one for each code, or a count of them.

A box with several items stands once for each, the first with `boxes` 1 and the others with 0. Where
no code is sent the count is TD102, else SN102 in a unit of boxes, else the loads of CLD. A quantity
that covers several boxes is shared among them, or left out where it can't be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from formats.awb import complaint
from formats.box_codes import lot_number
from formats.box_marks import box_marks, codes_of, is_sscc
from formats.steps import ShippedBox
from formats.values import air_waybill
from formats.x12 import parts
from formats.x12.parts import Problems
from formats.x12.ship_notice_draft import ORDER, SHIPMENT, LevelDraft
from formats.x12.ship_notice_levels import box_of, item_of, leaves, upward

SHIP_DATES = ("011", "370", "068")
_BOX_UNITS = frozenset({"BX", "CT", "CA"})
_SSCC_MARKS = ("GM", "AA")
_LOT = "LT"


@dataclass(slots=True)
class Waybills:
    """Air waybills of a level: AW, or MB where it is one and AW isn't; the house's is 2I."""

    awb: str | None = None
    house: str | None = None


def waybills(references: Mapping[str, tuple[str, int]]) -> Waybills:
    """Return what REF says of air waybills."""
    air = references.get("AW", ("", 0))[0]
    master = references.get("MB", ("", 0))[0]
    house = references.get("2I", ("", 0))[0] or None
    if _is_air_waybill(master) and not _is_air_waybill(air):
        return Waybills(master, house or air or None)
    return Waybills(air or None, house)


def _is_air_waybill(text: str) -> bool:
    try:
        air_waybill(text)
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class Boxes:
    """Makes the boxes of a notice; `levels` are linked, `common` is what the notice itself says."""

    levels: Sequence[LevelDraft]
    problems: Problems
    common: Waybills
    ship_date: date | None
    _owners: dict[str, LevelDraft] = field(default_factory=dict)
    """The box level that named a code first."""
    _sharing: dict[int, int] = field(default_factory=dict)
    """How many levels at the bottom share an item, by its position."""
    _number: int = 0

    def all(self) -> tuple[ShippedBox, ...]:
        """Return the boxes in the order of the notice; what can't be used is named."""
        contents: dict[int, list[LevelDraft]] = {}
        for leaf in leaves(self.levels):
            contents.setdefault(box_of(leaf).position, []).append(leaf)
            item = item_of(leaf)
            if item is not None:
                self._sharing[item.position] = self._sharing.get(item.position, 0) + 1
        self._warn_of_waybills()
        return tuple(
            box for found in contents.values() for box in self._of(box_of(found[0]), found)
        )

    def _of(self, level: LevelDraft, contents: Sequence[LevelDraft]) -> Iterator[ShippedBox]:
        """Yield the boxes of one level, each with all of `contents`."""
        codes = self._codes(level)
        if codes is None:
            return
        if codes and level.packages not in (None, len(codes)):
            message = f"TD102 says {level.packages} boxes, {len(codes)} have a code; check them"
            self.problems.warning("TD102.differs", ("HL", level.position, None), message)
        usable = [leaf for leaf in contents if self._is_usable(leaf)]
        if not codes:
            count = self._count(level, contents[0])
            for index, leaf in enumerate(usable):
                yield self._box(leaf, level, None, boxes=0 if index else count)
            return
        for code in codes:
            owner = self._owners.setdefault(code, level)
            is_known = owner is not level
            if is_known and _order_of(owner) == _order_of(level):
                message = (
                    f"the box {code} was named before; it's taken as one box with both contents"
                )
                at = ("MAN", level.marks[0].position, 2)
                self.problems.warning("MAN02.repeated", at, message, code)
            for index, leaf in enumerate(usable):
                boxes = 0 if index or is_known else 1
                yield self._box(leaf, level, code, boxes=boxes, sharing=len(codes))

    def _codes(self, level: LevelDraft) -> list[str] | None:
        """Return the box codes of a level, None where one of them can't be used."""
        found: list[str] = []
        for mark in box_marks(level.marks):
            at = ("MAN", mark.position, 2)
            try:
                codes = codes_of(mark)
            except ValueError as error:
                message = f"{error}; the boxes were left out"
                self.problems.error("MAN02.unusable", at, message, mark.first)
                return None
            if mark.qualifier in _SSCC_MARKS and not is_sscc(codes[0], mark.qualifier):
                message = (
                    f"{codes[0]} is no SSCC ({mark.qualifier}), or its check digit is wrong; it "
                    "was kept as it is"
                )
                self.problems.warning("MAN02.sscc", at, message, codes[0])
            found += codes
        return list(dict.fromkeys(found))

    def _is_usable(self, leaf: LevelDraft) -> bool:
        item = item_of(leaf)
        if item is not None and item.shipped == 0:
            message = "nothing was shipped of the item"
            self.problems.warning("SN102.nothing", ("SN1", item.shipped_at, 2), message)
            return False
        complaint = self._complaint(leaf, item)
        if complaint is None:
            return True
        name, at, message = complaint
        self.problems.error(name, at, f"{message}; what the level holds was left out")
        return False

    def _complaint(
        self, leaf: LevelDraft, item: LevelDraft | None
    ) -> tuple[str, tuple[str, int, int | None], str] | None:
        """Return why a level can't be used: code, place, sentence; None where it can."""
        if not _order_of(leaf):
            at = ("HL", leaf.position, None)
            return "PRF.missing", at, "no order is named at or above the level; send PRF01"
        if item is not None and item.shipped is not None and item.shipped < 0:
            return "SN102.negative", ("SN1", item.shipped_at, 2), "less than nothing was shipped"
        lot, place = _lot(leaf)
        try:
            lot_number(lot or "-")
        except ValueError as error:
            return f"{place[0]}.lot", place, str(error)
        return None

    def _count(self, level: LevelDraft, leaf: LevelDraft) -> int:
        """Return how many boxes without codes a level stands for."""
        item = item_of(leaf)
        if level.packages is not None:
            return level.packages
        if item is not level:
            return 1
        if item.unit in _BOX_UNITS and item.shipped is not None and item.shipped % 1 == 0:
            return int(item.shipped)
        if item.loads > 0:
            return item.loads
        message = (
            f"nothing says how many boxes the item has ({item.unit} isn't a box), so it counts as "
            "one; send TD102, or a pack level with MAN"
        )
        self.problems.warning("TD102.missing", ("HL", level.position, None), message)
        return 1

    def _box(
        self, leaf: LevelDraft, level: LevelDraft, code: str | None, *, boxes: int, sharing: int = 1
    ) -> ShippedBox:
        self._number += 1
        item = item_of(leaf)
        ids = item.ids if item else parts.NO_IDS
        own = self._own_waybills(leaf)
        day = next((d for up in upward(leaf) if (d := parts.first_of(up.dates, SHIP_DATES))), None)
        return ShippedBox(
            line=self._number,
            number=_order_of(leaf),
            reference=_reference(leaf, item),
            box_code=code,
            boxes=boxes,
            lot_number=_lot(leaf)[0],
            box_type_code=_box_type(level, ids),
            seller_item=ids.seller,
            buyer_item=ids.buyer,
            gtin=ids.gtin,
            quantity=self._share(item, sharing) if item else None,
            unit=(item.unit if item else None) or None,
            awb=own.awb if own.awb != self.common.awb else None,
            house_awb=own.house if own.house != self.common.house else None,
            ship_date=day if day != self.ship_date else None,
        )

    def _own_waybills(self, leaf: LevelDraft) -> Waybills:
        found = Waybills()
        for level in upward(leaf):
            here = waybills(level.references)
            found.awb = found.awb or here.awb
            found.house = found.house or here.house
        return found

    def _share(self, item: LevelDraft, sharing: int) -> Decimal | None:
        """Return the part of an item's quantity that one of its boxes holds."""
        if item.shipped is None:
            return None
        boxes = self._sharing[item.position] * sharing
        share = item.shipped / boxes
        if boxes == 1 or (item.shipped % 1 == share % 1 and share * boxes == item.shipped):
            return share
        message = f"{item.shipped} {item.unit} can't be shared by {boxes} boxes, so it was left out"
        self.problems.warning("SN102.not_shared", ("SN1", item.shipped_at, 2), message)
        return None

    def _warn_of_waybills(self) -> None:
        told: set[str] = set()
        for level in self.levels:
            for code in ("AW", "MB"):
                text, position = level.references.get(code, ("", 0))
                odd = complaint(text) if text and text == waybills(level.references).awb else None
                if odd is not None and text not in told:
                    told.add(text)
                    self.problems.warning("REF02.awb", ("REF", position, 2), odd, text)


def _order_of(level: LevelDraft) -> str:
    return next((up.order for up in upward(level) if up.order), "")


def _reference(leaf: LevelDraft, item: LevelDraft | None) -> str | None:
    if item is not None and item.reference:
        return item.reference
    return next((up.order_line for up in upward(leaf) if up.order_line), None)


def _lot(leaf: LevelDraft) -> tuple[str | None, tuple[str, int, int | None]]:
    """Return the lot number, and the place of what says it."""
    for level in upward(leaf):
        if level.kind in (SHIPMENT, ORDER):
            break
        if _LOT in level.references:
            lot, position = level.references[_LOT]
            return lot, ("REF", position, 2)
        if named := level.ids.by_qualifier.get(_LOT):
            return named, ("HL", level.position, None)
    return None, ("HL", leaf.position, None)


def _box_type(level: LevelDraft, ids: parts.ItemIds) -> str | None:
    said = (ids.box_type, level.package_type, level.packaging)
    return next((each for each in said if each in parts.BOX_TYPES), None)
