"""From the levels of a DESADV to its boxes: one for each number, or a count of them.

A box with several kinds of goods stands once for each, the first with `boxes` 1 and the others with
0. Where no number is sent the count is that of the PAC, else the quantity in a unit of boxes. A
quantity that covers several boxes is shared among them, or left out where it can't be. A level that
only gathers others (a pallet, the whole shipment) is no box.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from formats.awb import complaint
from formats.box_codes import lot_number
from formats.box_marks import Mark, codes_of, is_sscc
from formats.edifact import parts
from formats.edifact.lines import BUYER_IDS, GTIN_IDS, SELLER_IDS
from formats.edifact.ship_notice_draft import (
    HOUSE_WAYBILL,
    SHIP_DATES,
    Goods,
    Level,
    NoticeDraft,
    Pack,
    air_waybill,
)
from formats.steps import ShippedBox

SSCC = "BJ"
"""7405 of a serial shipping container code, which stands there without application identifier."""
LOT = "BT"
_SSCC_AS_MARKED = {SSCC: "AA"}
"""How the rules for numbers of boxes call an SSCC without application identifier."""
_BOX_UNITS = frozenset({"BX", "CT", "CS"})


@dataclass(slots=True)
class Boxes:
    """Makes the boxes of a notice whose own air waybills and ship date are given."""

    draft: NoticeDraft
    awb: str | None
    house_awb: str | None
    ship_date: date | None
    _known: set[str] = field(default_factory=set)
    """Codes that were named before."""
    _number: int = 0

    def all(self) -> tuple[ShippedBox, ...]:
        """Return the boxes in the order of the notice; what can't be used is named."""
        self._warn_of_waybills()
        levels = self.draft.levels
        has_more = any(each.goods or _marks(each.packs) for each in levels)
        return tuple(box for level in levels for box in self._of(level, has_more=has_more))

    def _of(self, level: Level, *, has_more: bool) -> Iterator[ShippedBox]:
        packs = _packs_of(level)
        together = [each for each in level.goods if not each.marks]
        for goods in level.goods:
            if goods.marks and self._is_usable(goods):
                yield from self._marked(level, packs, goods.marks, [goods])
        if together:
            usable = [each for each in together if self._is_usable(each)]
            if usable and _marks(packs):
                yield from self._marked(level, packs, _marks(packs), usable)
            elif usable:
                yield from self._counted(level, packs, usable)
        elif not level.goods and not level.children and (_marks(packs) or not has_more):
            yield from self._unknown(level, packs)

    def _marked(
        self, level: Level, packs: Sequence[Pack], marks: Sequence[Mark], goods: Sequence[Goods]
    ) -> Iterator[ShippedBox]:
        """Yield the boxes that have a number, each with all of `goods`."""
        codes = self._codes(marks)
        if codes is None:
            return
        counted = [pack.count for pack in packs if pack.count is not None and pack.marks]
        if counted and sum(counted) != len(codes) and not any(each.marks for each in goods):
            message = f"PAC says {sum(counted)} packages, {len(codes)} have a number; check them"
            self._warn("PAC01.differs", ("PAC", packs[0].position, 1), message)
        for code in codes:
            is_known = code in self._known
            self._known.add(code)
            if is_known:
                message = f"the box {code} was named before; it's taken as one with both contents"
                self._warn("GIN02.repeated", ("GIN", marks[0].position, 2), message, code)
            for index, each in enumerate(goods):
                boxes = 0 if index or is_known else 1
                share = self._share(each, len(codes))
                yield self._box(level, packs, each, code=code, boxes=boxes, quantity=share)

    def _counted(
        self, level: Level, packs: Sequence[Pack], goods: Sequence[Goods]
    ) -> Iterator[ShippedBox]:
        """Yield boxes without numbers: the first of `goods` stands for all of them."""
        if not packs:
            for each in goods:
                count = self._count_of(each)
                yield self._box(level, packs, each, boxes=count, quantity=each.shipped)
            return
        count = sum(pack.count if pack.count is not None else 1 for pack in packs)
        for index, each in enumerate(goods):
            boxes = 0 if index else max(count, 1)
            yield self._box(level, packs, each, boxes=boxes, quantity=each.shipped)

    def _unknown(self, level: Level, packs: Sequence[Pack]) -> Iterator[ShippedBox]:
        """Yield boxes of which nothing is said but that they were shipped."""
        if not packs:
            return
        if not self.draft.order:
            self._error("RFF.missing", ("CPS", level.position, None), _NO_ORDER)
            return
        marks = _marks(packs)
        codes = self._codes(marks)
        if codes is None:
            return
        for code in codes:
            if code not in self._known:
                self._known.add(code)
                yield self._box(level, packs, None, code=code)
        if not marks:
            count = sum(pack.count or 1 for pack in packs)
            yield self._box(level, packs, None, boxes=count)

    def _codes(self, marks: Sequence[Mark]) -> list[str] | None:
        """Return the box codes of `marks`, None where one of them can't be used."""
        found: list[str] = []
        for mark in marks:
            at = ("GIN", mark.position, 2)
            kind = _SSCC_AS_MARKED.get(mark.qualifier, "")
            one = Mark(kind, mark.first, mark.last, mark.position)
            try:
                codes = codes_of(one)
            except ValueError as error:
                self._error("GIN02.unusable", at, f"{error}; the boxes were left out", mark.first)
                return None
            if kind and not is_sscc(codes[0], kind):
                message = (
                    f"{codes[0]} is no SSCC (BJ), or its check digit is wrong; it was kept as it is"
                )
                self._warn("GIN02.sscc", at, message, codes[0])
            found += codes
        return list(dict.fromkeys(found))

    def _is_usable(self, goods: Goods) -> bool:
        position = goods.line.position
        if goods.shipped == 0:
            self._warn("QTY01.nothing", ("LIN", position, None), "nothing was shipped of the item")
            return False
        if not (goods.order or self.draft.order):
            self._error("RFF.missing", ("LIN", position, None), _NO_ORDER)
            return False
        if goods.shipped is not None and goods.shipped < 0:
            message = "less than nothing was shipped; the item was left out"
            self._error("QTY01.negative", ("LIN", position, None), message)
            return False
        try:
            lot_number(goods.line.references.get(LOT, "-"))
        except ValueError as error:
            message = f"{error}; the item was left out"
            self._error("RFF01.lot", ("LIN", position, None), message)
            return False
        return True

    def _count_of(self, goods: Goods) -> int:
        """Return how many boxes goods without packages stand for."""
        shipped = goods.shipped
        if goods.unit in _BOX_UNITS and shipped is not None and shipped % 1 == 0:
            return int(shipped)
        message = (
            f"nothing says how many boxes the item has ({goods.unit} isn't a box), so it counts as "
            "one; send PAC, with PCI and GIN for the numbers of the boxes"
        )
        self._warn("PAC.missing", ("LIN", goods.line.position, None), message)
        return 1

    def _share(self, goods: Goods, boxes: int) -> Decimal | None:
        """Return the part of a quantity that one of its boxes holds."""
        shipped = goods.shipped
        if shipped is None:
            return None
        share = shipped / boxes
        if boxes == 1 or (shipped % 1 == share % 1 and share * boxes == shipped):
            return share
        message = f"{shipped} {goods.unit} can't be shared by {boxes} boxes, so it was left out"
        self._warn("QTY01.not_shared", ("LIN", goods.line.position, None), message)
        return None

    def _box(
        self,
        level: Level,
        packs: Sequence[Pack],
        goods: Goods | None,
        *,
        code: str | None = None,
        boxes: int = 1,
        quantity: Decimal | None = None,
    ) -> ShippedBox:
        self._number += 1
        line = goods.line if goods else None
        ids = line.ids if line else {}
        references = line.references if line else {}
        awb, house = air_waybill(references), references.get(HOUSE_WAYBILL)
        day = parts.first_of(goods.dates, SHIP_DATES) if goods else None
        kinds = {pack.box_type for pack in packs if pack.box_type}
        return ShippedBox(
            line=self._number,
            number=(goods.order if goods else "") or self.draft.order,
            reference=_reference(goods),
            box_code=code,
            boxes=boxes,
            lot_number=references.get(LOT),
            box_type_code=kinds.pop() if len(kinds) == 1 else None,
            seller_item=parts.first_of(ids, SELLER_IDS),
            buyer_item=parts.first_of(ids, BUYER_IDS),
            gtin=parts.first_of(ids, GTIN_IDS),
            quantity=quantity,
            unit=goods.unit if goods and quantity is not None else None,
            awb=awb if awb != self.awb else None,
            house_awb=house if house != self.house_awb else None,
            ship_date=day if day != self.ship_date else None,
        )

    def _warn_of_waybills(self) -> None:
        found = [(self.awb, self.draft.document.position, "BGM")]
        for level in self.draft.levels:
            for goods in level.goods:
                found.append((air_waybill(goods.line.references), goods.line.position, "LIN"))
        told: set[str] = set()
        for awb, position, tag in found:
            odd = complaint(awb) if awb and awb not in told else None
            if odd is not None and awb is not None:
                told.add(awb)
                self._warn("RFF01.awb", (tag, position, None), odd, awb)

    def _warn(
        self, code: str, at: tuple[str, int, int | None], message: str, value: str = ""
    ) -> None:
        self.draft.problems.warning(code, at, message, value)

    def _error(
        self, code: str, at: tuple[str, int, int | None], message: str, value: str = ""
    ) -> None:
        self.draft.problems.error(code, at, message, value)


_NO_ORDER = (
    "no order is named for it, so it was left out; send RFF ON, once in the heading or for every "
    "line"
)


def _marks(packs: Sequence[Pack]) -> list[Mark]:
    return [mark for pack in packs for mark in pack.marks]


def _packs_of(level: Level) -> Sequence[Pack]:
    """Return the packages of a level, else those of the nearest one above that has some.

    A bare count above several levels is a total, and says of none of them how many boxes it has.
    """
    found: Level | None = level
    while found is not None:
        if found.packs:
            is_total = found.children > 1 and not _marks(found.packs)
            return () if is_total and found is not level else found.packs
        found = found.parent
    return ()


def _reference(goods: Goods | None) -> str | None:
    if goods is None:
        return None
    return goods.order_line or goods.line.references.get("LI") or None
