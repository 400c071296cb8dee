"""Packing lists as tables: one row a box and product, by the names of two public descriptions."""

from __future__ import annotations

from collections.abc import Iterator

from formats.documents import ReadDocument
from formats.findings import Where
from formats.packing.documents import documents_of
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
    for cells in rows:
        piece = read_piece(cells, Where(row=cells.row.line), cells.row.line)
        if piece is not None:
            pieces.append(piece)
    data = file.data if isinstance(file.data, bytes) else file.data.digest.encode()
    yield from documents_of(pieces, notes, file.vendor, data)
