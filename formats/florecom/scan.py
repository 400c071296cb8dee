"""What a Florecom file has: its header and its lines as values; an element is freed when read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from formats.findings import Where
from formats.florecom.cells import read_party
from formats.florecom.element import Notes, Part
from formats.florecom.header import Header
from formats.florecom.line import TradeLine, read_line
from formats.florecom.names import FAMILIES, KNOWN_VERSIONS, MESSAGE_FAMILIES, SOAP_FAMILIES
from formats.records import Party
from formats.strictxml import Name, forget, row_of, shown

if TYPE_CHECKING:
    from lxml.etree import _Element

ORDER_LINE = "OrderTradeLineItem"
RESPONSE_LINE = "OrderResponseTradeLineItem"
SUPPLY_LINES = ("SupplyTradeLineItem", "SupplyResponseTradeLineItem")
_LINES = frozenset({ORDER_LINE, RESPONSE_LINE, *SUPPLY_LINES})
_BODIES = frozenset({"Order", "OrderResponse", "SupplyResponseDetails", "Supply"})
_KEPT = frozenset({"Header", "AgentParty", "Fault"})
"""What is read once it is whole."""


@dataclass(slots=True)
class Scan:
    """What was seen of a file so far."""

    notes: Notes = field(default_factory=Notes)
    header: Header = field(default_factory=Header)
    message: Name | None = None
    orders: list[TradeLine] = field(default_factory=list)
    responses: list[TradeLine] = field(default_factory=list)
    supply: list[TradeLine] = field(default_factory=list)
    _path: list[str] = field(default_factory=list)
    _group: int = 0
    _count: int = 0
    _agent: Party | None = None

    def read(self, found: Iterable[tuple[str, _Element]]) -> None:
        """Take every element; of those within a line nothing is looked at until it is whole."""
        inside = 0
        for event, element in found:
            if event == "end":
                inside -= 1
                if inside <= 0:
                    inside = 0
                    self._end(element)
            elif inside:
                inside += 1
            elif self._begin(element):
                inside = 1

    def _begin(self, element: _Element) -> bool:
        """Take the beginning of an element; tell whether it is a line."""
        name = self.notes.names.of(element)
        is_outer = name.family in SOAP_FAMILIES or "Fault" in self._path
        if self.message is None and not is_outer:
            self._open(name, element)
        self._path.append(name.local[:80])
        if name.local in _BODIES and name.family in FAMILIES:
            self._group += 1
            self._agent = None
        return name.local in _LINES and name.family in FAMILIES

    def _open(self, name: Name, element: _Element) -> None:
        self.message = name
        where = Where(row=row_of(element), path=name.local[:80])
        if name.family not in MESSAGE_FAMILIES:
            message = (
                f"{shown(name.local)} isn't a message that is read here. Send a Florecom order"
            )
            self.notes.found.error("xml.unsupported", f"{message} or supply.", where)
        elif name.version not in KNOWN_VERSIONS:
            message = f"Version {name.version[:20] or 'none'} of the layout was read as version 7."
            self.notes.found.warn("florecom.version", message, where)

    def _end(self, element: _Element) -> None:
        name = self.notes.names.of(element)
        path = "/".join(self._path)
        self._path.pop()
        if name.family not in FAMILIES:
            self._check_fault(name, element, path)
        elif name.local in _LINES:
            self._take(name.local, element, path)
        elif name.local == "Header" and name.family in MESSAGE_FAMILIES:
            self.header.read(Part(element, path, self.notes))
            forget(element)
        elif name.local == "AgentParty":
            self._agent = _party(Part(element, path, self.notes))
        if not _KEPT.intersection(self._path):
            # What nobody asks for any more isn't kept, however much of it a file has.
            forget(element)

    def _take(self, local: str, element: _Element, path: str) -> None:
        self._count += 1
        part = Part(element, f"{path}[{self._count}]", self.notes)
        line = read_line(part, self._count, self._group, self._agent)
        if line is not None:
            self._lines_of(local).append(line)
        forget(element)

    def _lines_of(self, local: str) -> list[TradeLine]:
        if local == ORDER_LINE:
            return self.orders
        return self.responses if local == RESPONSE_LINE else self.supply

    def _check_fault(self, name: Name, element: _Element, path: str) -> None:
        if name.family in SOAP_FAMILIES and name.local == "Fault":
            said = " ".join(" ".join(str(text) for text in element.itertext()).split())
            message = f"The file is a SOAP fault, which orders and answers nothing: {shown(said)}."
            where = Where(row=row_of(element), path=path)
            self.notes.found.error("florecom.fault", message, where)


def _party(part: Part) -> Party | None:
    try:
        return read_party(part)
    except ValueError:
        return None
