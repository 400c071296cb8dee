"""What the reader of cells doesn't tell: sheets by path, hidden rows, error cells; and true sizes.

It runs where the workbook is opened, in a process that may die of it. Entries are unpacked in
pieces, and one that is larger than the directory says is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import normpath

from lxml import etree

from formats.xlsx.archive import ArchiveError, Entry

_PIECE_BYTES = 1 << 20
_OVERLAP_BYTES = 512
_MOST_NAMED = 20
_SMALL_BYTES = 4 << 20
_HIDDEN = re.compile(rb'<row\b[^>]{0,300}?\bhidden="(?:1|true)"')
_ROW = re.compile(rb'\br="([0-9]{1,7})"')
_ERROR = re.compile(rb'<c\b[^>]{0,100}?\bt="e"')
_CELL = re.compile(rb'\br="([A-Z]{1,3}[0-9]{1,7})"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(slots=True)
class Oddities:
    """What is odd about a sheet, by example."""

    hidden_rows: list[int] = field(default_factory=list)
    error_cells: list[str] = field(default_factory=list)


class Parts:
    """The entries of a workbook's archive, unpacked no further than they say they go."""

    def __init__(self, data: bytes, entries: list[Entry]) -> None:
        self._sizes = {entry.name: entry.unpacked for entry in entries}
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._names = {info.filename.replace("\\", "/"): info for info in self._archive.infolist()}

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield an entry in pieces; raises ArchiveError where it is damaged or too large."""
        info = self._names.get(name)
        if info is None:
            return
        left = self._sizes.get(name, 0)
        try:
            with self._archive.open(info) as stream:
                while piece := stream.read(_PIECE_BYTES):
                    left -= len(piece)
                    if left < 0:
                        message = "A part of the workbook is larger than it says. Save it again."
                        raise ArchiveError("archive", message)
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            message = "The archive of the workbook is damaged. Save the file again."
            raise ArchiveError("archive", message) from error

    def small(self, name: str) -> bytes:
        """Return a small entry, empty where it isn't there."""
        data = b"".join(self.pieces(name)) if self._sizes.get(name, 0) <= _SMALL_BYTES else b""
        return data

    def verify(self) -> None:
        """Unpack everything once, so that nobody behind this meets more than was announced."""
        for name in self._names:
            for _ in self.pieces(name):
                pass


def sheet_paths(parts: Parts) -> Mapping[str, str]:
    """Return the entry of each sheet by the sheet's name."""
    book = _root(parts.small("xl/workbook.xml"))
    relations = _root(parts.small("xl/_rels/workbook.xml.rels"))
    if book is None or relations is None:
        return {}
    targets = {str(each.get("Id")): str(each.get("Target")) for each in relations}
    paths = {}
    for sheet in book.iter("{*}sheet"):
        target = targets.get(str(sheet.get(_RELATION)), "")
        path = target.removeprefix("/") if target.startswith("/") else normpath(f"xl/{target}")
        paths[str(sheet.get("name"))] = path
    return paths


def _root(data: bytes) -> etree._Element | None:
    if not data or b"<!DOCTYPE" in data:
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None


def oddities(parts: Parts, path: str) -> Oddities:
    """Return the hidden rows and error cells of a sheet, the first of each."""
    found = Oddities()
    before = b""
    for piece in parts.pieces(path):
        text = before + piece
        # What begins behind the cut may go on in the next piece.
        cut = max(len(text) - _OVERLAP_BYTES, 0)
        _look(found, text, cut)
        before = text[cut:]
    _look(found, before, len(before))
    return found


def _look(found: Oddities, text: bytes, cut: int) -> None:
    """Note what begins before `cut`; the plain searches spare most sheets the patterns."""
    if b'hidden="' in text:
        for match in _HIDDEN.finditer(text):
            row = _ROW.search(match.group())
            if match.start() < cut and row and len(found.hidden_rows) < _MOST_NAMED:
                found.hidden_rows.append(int(row.group(1)))
    if b't="e"' in text:
        for match in _ERROR.finditer(text):
            cell = _CELL.search(match.group())
            if match.start() < cut and cell and len(found.error_cells) < _MOST_NAMED:
                found.error_cells.append(cell.group(1).decode())
