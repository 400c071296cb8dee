"""The ship notice that the rows of a packing list make: one for each air waybill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from formats.packing.piece import Piece
from formats.records import Party
from formats.step_checks import BoxRow, Notes, notice_of, warn_of_waybill, whole_items
from formats.steps import ShipNotice


def notices(pieces: Iterable[Piece], notes: Notes, vendor: Party) -> Iterator[ShipNotice]:
    """Yield a notice for each air waybill, in the order of its first box.

    A box with several products is one box: its second row holds a further content of it. Of an
    order line of which a row can't be read nothing is used (P-30).
    """
    rows = [
        BoxRow(piece.where, (piece.number, piece.product), piece.box)
        for piece in _one_box_a_code(pieces)
    ]
    of_waybill: dict[str, list[BoxRow]] = {}
    everywhere = [row for row in rows if row.box is None]
    for row in rows:
        if row.box is not None:
            of_waybill.setdefault(row.box.awb or "", []).append(row)
    for good in of_waybill.values():
        boxes = whole_items([*_doubtful(everywhere, good), *good], notes)
        if not boxes:
            continue
        warn_of_waybill(boxes[0].awb, good[0].where, notes)
        yield notice_of(boxes, vendor)


def _one_box_a_code(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield pieces, those after the first of a box code as contents of that box."""
    seen: dict[str, tuple[str, str]] = {}
    for piece in pieces:
        goods = piece.number, piece.product
        box = piece.box
        if box is not None and seen.setdefault(box.box_code or "", goods) != goods:
            yield replace(piece, box=replace(box, boxes=0))
        else:
            yield piece


def _doubtful(bad: list[BoxRow], good: list[BoxRow]) -> Iterator[BoxRow]:
    """Yield a row without a box for every order line that a bad row is of, or may be of."""
    items = {row.item for row in good if isinstance(row.item, tuple)}
    for row in bad:
        number, product = row.item if isinstance(row.item, tuple) else ("", "")
        for item in items:
            if number in ("", item[0]) and product in ("", item[1]):
                yield BoxRow(row.where, item, None)
