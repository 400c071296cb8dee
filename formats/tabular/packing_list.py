"""Packing lists as tables: one row a box and product, by the names of two public descriptions."""

from __future__ import annotations

from collections.abc import Iterator

from formats.documents import ReadDocument
from formats.findings import Where
from formats.packing.documents import documents_of
from formats.packing.houses import HOUSE, Houses
from formats.packing.piece import Piece, read_piece
from formats.tabular.findings import FindingLog
from formats.tabular.sheet import StepFile, single_rows


def read_packing_list(file: StepFile) -> Iterator[ReadDocument]:
    """Yield a ship notice for each air waybill of a list."""
    notes = FindingLog()
    rows = single_rows(file, notes)
    if rows is None:
        yield file.refused(notes)
        return
    pieces: list[Piece] = []
    houses = Houses()
    for cells in rows:
        where = Where(row=cells.row.line)
        houses.take({name: cells.raw(name) for name in HOUSE}, where)
        piece = read_piece(cells, where, cells.row.line)
        if piece is not None:
            pieces.append(piece)
    houses.check(notes)
    data = file.data if isinstance(file.data, bytes) else file.data.digest.encode()
    yield from documents_of(pieces, notes, file.vendor, data)
