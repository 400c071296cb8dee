"""What is odd about the houses of a list: how many boxes one has (domain 12.5), its number (W-06).

A house says in `packing` how many boxes travel under it. A list with fewer may have been cut off,
and a number that is longer than its format has room for is mistyped, so either is worth a warning;
but the boxes that are there are there, so nothing is refused, and no number is cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from formats import values
from formats.findings import Where
from formats.tabular.findings import FindingLog

HOUSE = ("awb", "house_awb", "pieces", "unit_id")
"""What is looked at of a record."""
XML_NUMBER, JSON_NUMBER = 12, 32
"""Characters that the agency's two formats have for the number of a house (domain W-06)."""


@dataclass(slots=True)
class _House:
    declared: str
    where: Where
    codes: set[str] = field(default_factory=set)


class Houses:
    """The houses of a file, box by box; `longest` is what its format has room for in a number."""

    def __init__(self, longest: int | None = None) -> None:
        self._longest = longest
        self._found: dict[tuple[str, str], _House] = {}
        self._long: dict[str, Where] = {}

    def take(self, said: Mapping[str, str], where: Where) -> None:
        """Take what one record says of its box and its house; products of one box are one box."""
        declared, number = said.get("pieces", ""), said.get("house_awb", "")
        if self._longest is not None and len(number) > self._longest:
            self._long.setdefault(number, where)
        if not declared:
            return
        key = said.get("awb", ""), number
        house = self._found.setdefault(key, _House(declared, where))
        house.codes.add(said.get("unit_id", ""))

    def check(self, notes: FindingLog) -> None:
        """Name every house whose number is too long, or whose boxes aren't as many as it says."""
        for number, where in self._long.items():
            message = (
                f"The house air waybill has {len(number)} characters; this format has room for"
                f" {self._longest}. It was kept as it is; check it."
            )
            notes.warn("packing.house_awb", message, where, number)
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
