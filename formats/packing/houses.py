"""How many pieces every house has, and whether its list has as many (domain 12.5).

A house says in `packing` how many boxes travel under it. A list with fewer may have been cut off,
so it is worth a warning; but the boxes that are there are there, so nothing is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from formats import values
from formats.findings import Where
from formats.tabular.findings import FindingLog

HOUSE = ("awb", "house_awb", "pieces", "unit_id")
"""What is looked at of a record."""


@dataclass(slots=True)
class _House:
    declared: str
    where: Where
    codes: set[str] = field(default_factory=set)


class Houses:
    """The houses of a file, box by box."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], _House] = {}

    def take(self, said: Mapping[str, str], where: Where) -> None:
        """Take what one record says of its box and its house; products of one box are one box."""
        declared = said.get("pieces", "")
        if not declared:
            return
        key = said.get("awb", ""), said.get("house_awb", "")
        house = self._found.setdefault(key, _House(declared, where))
        house.codes.add(said.get("unit_id", ""))

    def check(self, notes: FindingLog) -> None:
        """Name every house whose boxes are more or fewer than it says."""
        for (awb, number), house in self._found.items():
            if _count(house.declared) != len(house.codes):
                boxes = "1 box" if len(house.codes) == 1 else f"{len(house.codes)} boxes"
                message = (
                    f"House {number or awb} says packing {house.declared[:20]}, and has {boxes}"
                    " here. Compare them; all that are here were read."
                )
                notes.warn("packing.pieces", message, house.where, house.declared)


def _count(text: str) -> int | None:
    try:
        found = values.decimal(text)
    except ValueError:
        return None
    return int(found) if found == found.to_integral_value() else None
