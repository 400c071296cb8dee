"""Boxes, bunches and stems: one quantity in another unit, through the vendor's pack.

Stems per box are never guessed from a box type (domain U-02); without a pack there is no answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from formats.records import UnitType


@dataclass(frozen=True, slots=True)
class PackRate:
    """How a vendor packs a product: bunches in a box, stems in a bunch; None is unknown."""

    bunches_per_box: int | None
    stems_per_bunch: int | None

    def __str__(self) -> str:
        if self == NO_PACK:
            return ""
        of = f"of {self.stems_per_bunch} stems" if self.stems_per_bunch else ""
        return f"{self.bunches_per_box or ''} bunches {of}".strip()

    def or_else(self, other: PackRate) -> PackRate:
        """Return this pack, with what it leaves open as `other` says."""
        return PackRate(
            self.bunches_per_box or other.bunches_per_box,
            self.stems_per_bunch or other.stems_per_bunch,
        )


NO_PACK = PackRate(None, None)


class PackMissingError(ValueError):
    """A conversion needs a pack that nobody has given (domain E-15)."""


def _stems(unit: UnitType, other: UnitType, pack: PackRate) -> Decimal:
    """Return the size of `unit` in the smaller of the two units' own measure."""
    if unit is other:
        return Decimal(1)
    ranks = [UnitType.STEM, UnitType.BUNCH, UnitType.BOX]
    size = Decimal(1)
    if ranks.index(unit) > ranks.index(other):
        if unit is UnitType.BOX:
            size *= _needed(pack.bunches_per_box, "bunches per box")
        if other is UnitType.STEM:
            size *= _needed(pack.stems_per_bunch, "stems per bunch")
    return size


def _needed(value: int | None, what: str) -> int:
    if not value:
        raise PackMissingError(f"the {what} are not known")
    return value


def convert(quantity: Decimal, unit: UnitType, target: UnitType, pack: PackRate) -> Decimal:
    """Return `quantity` of `unit` counted in `target` units.

    10 boxes of 12 bunches of 25 stems are 120 bunches or 3000 stems. Raises PackMissingError.
    """
    # Multiplied before it is divided: a twelfth has no exact decimal, 120 / 12 has.
    return quantity * _stems(unit, target, pack) / _stems(target, unit, pack)


def whole(units: Decimal, unit: UnitType, target: UnitType, pack: PackRate) -> Decimal:
    """Return how many whole `target` units fit into `units` of `unit`."""
    return convert(units, unit, target, pack).to_integral_value(ROUND_FLOOR)
