"""Divides a charge of an air waybill among its boxes: by FBE, box, cube, weight or value.

Nothing is guessed: where one box has no measure, no box has a share, because every share depends on
all of them (K-69; the bases are those of the estimates, domain 4.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from daemon.trade.prices.box_types import BoxType
from daemon.trade.prices.charges import ONE, OWN_LIST, ZERO
from formats.waybill_charges import ChargeBasis

_COLUMNS = {
    ChargeBasis.FBE: "fbe",
    ChargeBasis.CUBE: "length_in, width_in and height_in",
    ChargeBasis.KG: "weight_kg, or length_in, width_in and height_in",
}


@dataclass(frozen=True, slots=True)
class Carried:
    """Boxes alike that share a charge with others; `value` is that of a box's flowers."""

    count: int
    box: BoxType | None
    value: Decimal | None
    name: str
    """Names them in a sentence: `order 10045 line 1`."""

    def measure(self, basis: ChargeBasis) -> Decimal | None:
        """Return how much of a basis one box is; None where nobody knows."""
        if basis is ChargeBasis.BOX:
            return ONE
        if basis is ChargeBasis.VALUE:
            return self.value
        if self.box is None:
            return None
        return {
            ChargeBasis.FBE: self.box.fbe,
            ChargeBasis.CUBE: self.box.cubes,
            ChargeBasis.KG: self.box.chargeable_kg,
        }[basis]


class NoShareError(ValueError):
    """A charge can't be divided; the text says what is missing and where it goes."""


def shares(amount: Decimal, basis: ChargeBasis, goods: Sequence[Carried]) -> list[Decimal]:
    """Return what one box of each of `goods` pays of `amount`, unrounded. Raises NoShareError."""
    measures = [_measure(each, basis) for each in goods]
    total = sum((m * each.count for m, each in zip(measures, goods, strict=True)), ZERO)
    if not total:
        raise NoShareError(f"the boxes come to no {basis.value} together; name another basis")
    return [amount * measure / total for measure in measures]


def _measure(goods: Carried, basis: ChargeBasis) -> Decimal:
    measure = goods.measure(basis)
    if measure is not None:
        return measure
    if basis is ChargeBasis.VALUE:
        text = "has no cost, or no pack; divide the charge by another basis"
    elif goods.box is None:
        text = f"has a box type that nobody knows; map it in box_types.csv, to share by {basis}"
    else:
        text = f"can't be counted by {basis}; write {_COLUMNS[basis]} of box type {goods.box.code}"
        text += f" in {OWN_LIST}"
    raise NoShareError(f"{goods.name} {text}")
