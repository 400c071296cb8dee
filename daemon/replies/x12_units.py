"""Units as X12 says them: a partner's own word where X12 has it, else the usual code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from formats.records import UnitType
from formats.x12.dictionary import is_unit

X12_UNITS: Mapping[UnitType, str] = MappingProxyType(
    {UnitType.BOX: "BX", UnitType.BUNCH: "X2", UnitType.STEM: "EA"}
)
_AS_AGREED = "ZZ"
"""Of list 355: a unit that the partners agreed on."""


def unit_in_x12(word: str | None, unit: UnitType | None) -> str:
    """Return the code of a unit; `word` is what the partner calls it, in its files or our tables.

    A word that X12 doesn't have was meant for another form, or came with a warning that was agreed.
    """
    if word and is_unit(word):
        return word
    return X12_UNITS[unit] if unit else _AS_AGREED
