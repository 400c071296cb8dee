"""Read a packing list as XML: `masterAwb` with houses, and in them one `box` a record.

Names of elements are taken in any case, because the agency's own sample mixes them. What stands in
a master or a house holds for its boxes, before or behind them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from formats.documents import ReadDocument
from formats.findings import Where
from formats.limits import DEFAULT_LIMITS, Limits
from formats.packing.documents import documents_of, refused
from formats.packing.fields import Fields, column_of
from formats.packing.houses import XML_NUMBER, Houses
from formats.packing.piece import Piece, read_piece
from formats.records import Party
from formats.strictxml import Name, XmlRefusedError, events, forget, row_of
from formats.tabular.findings import FindingLog

if TYPE_CHECKING:
    from lxml.etree import _Element

_ROOTS = frozenset({"root", "masterawb"})
_HOLDERS = ("masterawb", "house", "box")
_NOBODY = Party()
UNUSED = frozenset(
    {
        *("origen", "destino", "codigoclienteexportador", "nombreclienteexportador"),
        *("piezas", "precio", "precioramo", "cajatransportador", "cajafechatransportador"),
    }
)
"""Elements of the description that say nothing that is used here."""


def is_packing_list(name: Name) -> bool:
    """Tell whether a root element is for this reader."""
    return not name.family and name.local.lower() in _ROOTS


@dataclass(slots=True)
class PackingReading:
    """A packing list ready to be read; `vendor` is whose shipment it is."""

    data: bytes
    limits: Limits
    vendor: Party

    def documents(self) -> Iterator[ReadDocument]:
        """Yield a ship notice for each air waybill; each call starts again from the beginning."""
        notes = FindingLog(more="packing.more")
        scan = _Scan(notes)
        try:
            for event, element in events(self.data, self.limits):
                scan.take(event, element)
        except XmlRefusedError as error:
            yield refused(self.data, (error.finding,))
            return
        scan.houses.check(notes)
        yield from documents_of(scan.pieces, notes, self.vendor, self.data)


def read(
    data: bytes, limits: Limits = DEFAULT_LIMITS, *, vendor: Party = _NOBODY
) -> PackingReading:
    """Return the reading of a file; nothing is raised, whatever the bytes."""
    return PackingReading(data, limits, vendor)


@dataclass(slots=True)
class _Holder:
    """A master, a house or a box: what it says itself, and its place."""

    kind: str
    path: str
    row: int | None
    values: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Scan:
    """What was seen of a file so far."""

    notes: FindingLog
    pieces: list[Piece] = field(default_factory=list)
    houses: Houses = field(default_factory=lambda: Houses(XML_NUMBER))
    _open: list[_Holder] = field(default_factory=list)
    _boxes: list[tuple[_Holder, ...]] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _waybills: set[str] = field(default_factory=set)
    _named: set[str] = field(default_factory=set)

    def take(self, event: str, element: _Element) -> None:
        """Take one event of the file."""
        local = str(element.tag).rpartition("}")[2]
        kind = local.lower()
        if kind in _HOLDERS:
            if event == "start":
                self._begin(kind, local, element)
            elif self._open:
                self._end(kind)
                forget(element)
        elif event == "end" and self._open and not len(element):
            self._say(local, element)

    def _begin(self, kind: str, local: str, element: _Element) -> None:
        above = self._open[-1].path if self._open else ""
        if kind == "masterawb":
            self._counts = {"masterawb": self._counts.get("masterawb", 0)}
        at = self._counts[kind] = self._counts.get(kind, 0) + 1
        path = f"{above}/{local}[{at}]".lstrip("/")
        self._open.append(_Holder(kind, path, row_of(element)))

    def _end(self, kind: str) -> None:
        if kind == "box":
            self._boxes.append(tuple(self._open))
        holder = self._open.pop()
        if not self._open:
            self._close(holder)

    def _close(self, master: _Holder) -> None:
        """Read the boxes of a master, now that all is said that holds for them."""
        waybill = master.values.get("awb", "")
        boxes, self._boxes = self._boxes, []
        if waybill in self._waybills:
            message = "The air waybill stands twice in the file. Its second part was left out; send"
            where = Where(row=master.row, path=master.path)
            self.notes.error("packing.awb", f"{message} all of it as one.", where, waybill)
            return
        if waybill:
            self._waybills.add(waybill)
        for holders in boxes:
            said = {name: text for one in holders for name, text in one.values.items()}
            where = Where(row=holders[-1].row, path=holders[-1].path)
            self.houses.take(said, where)
            piece = read_piece(Fields(said, where, self.notes), where, len(self.pieces) + 1)
            if piece is not None:
                self.pieces.append(piece)

    def _say(self, local: str, element: _Element) -> None:
        holder = self._open[-1]
        column = column_of(local)
        if column is not None:
            holder.values[column] = (element.text or "").strip()
        elif (key := local.replace("_", "").lower()) not in UNUSED | self._named:
            self._named.add(key)
            message = f"{local[:80]} isn't known here and was not used."
            where = Where(row=row_of(element), path=f"{holder.path}/{local[:80]}")
            self.notes.warn("packing.unknown", message, where)
