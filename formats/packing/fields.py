"""The values of one box as texts by name, for formats that are no tables; errors at their path."""

from __future__ import annotations

from collections.abc import Mapping

from formats.findings import Where
from formats.packing.piece import NAMES, THEIR_NAMES
from formats.tabular.findings import FindingLog
from formats.tabular.named import NamedValues


def column_of(name: str) -> str | None:
    """Return the column that an element or a field is, whatever its case; None for any other."""
    return NAMES.get(name.replace("_", "").lower())


class Fields(NamedValues):
    """What a box, and what stands around it, says; see `formats.packing.piece.Cells`."""

    def __init__(self, values: Mapping[str, str], where: Where, notes: FindingLog) -> None:
        self._values = values
        self._where = where
        self._notes = notes

    def raw(self, name: str) -> str:
        return self._values.get(name, "")

    def fail(self, name: str, expected: str) -> None:
        """Refuse a value; `expected` begins its sentence."""
        self.is_bad = True
        said = f"{expected[:1].upper()}{expected[1:]} in {THEIR_NAMES.get(name, name)}"
        message = f"{said}. Correct it and send the list again."
        self._notes.error(f"packing.{name}", message, self._where, self.raw(name))

    def warn(self, name: str, message: str) -> None:
        self._notes.warn(f"packing.{name}", message, self._where, self.raw(name))
