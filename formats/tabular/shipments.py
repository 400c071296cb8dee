"""Shipments as CSV: one row a box, or a row for several boxes without codes (domain 12.8, L-04).

The boxes of an order line are used together or not at all: a line that comes short would be split
in two (P-30). Air waybill and day may differ from row to row. A row of 0 boxes with a code says
that the box holds goods of one more order line.
"""

from __future__ import annotations

from collections.abc import Iterator

from formats.awb import MAX_LENGTH as MAX_WAYBILL
from formats.box_codes import box_code, lot_number
from formats.documents import ReadDocument
from formats.findings import Where
from formats.step_checks import (
    MAX_ORDER_NUMBER,
    BoxRow,
    notice_of,
    warn_of_waybill,
    whole_items,
)
from formats.steps import ShippedBox
from formats.tabular.cells import Cells
from formats.tabular.findings import FindingLog
from formats.tabular.order_rows import Draft, collect
from formats.tabular.sheet import StepFile, has_one_of

MAX_TEXT = 20
MAX_BOXES = 10_000
"""Boxes of one row that names no codes."""


def read_shipments(file: StepFile) -> Iterator[ReadDocument]:
    """Yield the one ship notice of a file."""
    notes, stray = FindingLog(), FindingLog()
    table = file.table(notes)
    columns, drafts = collect(
        table, notes, stray, names=file.layout.names, required=file.layout.required
    )
    notes.extend(stray.findings())
    header = Where(row=1)
    if columns is None or table.is_lost or not has_one_of(file.layout, columns, header, notes):
        yield file.refused(notes)
        return
    cells = [[file.cells(row, columns, notes) for row in draft.rows] for draft in drafts]
    rows: list[BoxRow] = []
    for draft, of_order in zip(drafts, cells, strict=True):
        rows += _rows(draft, of_order, notes)
    rows.sort(key=lambda row: row.where.row or 0)
    boxes = whole_items(rows, notes)
    for box_row in rows:
        if box_row.box is not None:
            warn_of_waybill(box_row.box.awb, box_row.where, notes)
    record = notice_of(boxes, file.vendor) if boxes else None
    yield file.document(record, [one for of_order in cells for one in of_order], notes)


def _rows(draft: Draft, of_order: list[Cells], notes: FindingLog) -> Iterator[BoxRow]:
    """Read the rows of one order; beside a row that can't be read none of its lines is sure."""
    for line in draft.torn_at:
        message = "This row can't be read and may be a box of the order beside it, whose boxes "
        message += "were left out. Correct the row and send them again."
        notes.error("csv.row", message, Where(row=line))
    for cells in of_order:
        item = (draft.number, cells.raw("po_item_id") or cells.raw("line"))
        box = None if draft.torn_at else _box(cells)
        yield BoxRow(Where(row=cells.row.line), item, box)


def _box(cells: Cells) -> ShippedBox | None:
    code = cells.value("box_code", box_code)
    boxes = cells.count("boxes", least=0 if code else 1)
    if code is not None and boxes not in (None, 0, 1):
        cells.fail("boxes", "1 is expected where a box code is given")
    if not cells.raw("box_code") and not cells.raw("boxes"):
        cells.fail("box_code", "a box code is expected, or how many boxes without codes there are")
    if boxes is not None and boxes > MAX_BOXES:
        cells.fail("boxes", f"a number of boxes from 1 to {MAX_BOXES} is expected")
    box = ShippedBox(
        line=cells.row.line,
        number=cells.text("po_number", longest=MAX_ORDER_NUMBER, required=True) or "",
        reference=cells.text("line", longest=MAX_TEXT),
        po_item=cells.text("po_item_id", longest=MAX_TEXT),
        box_code=code,
        boxes=1 if boxes is None else boxes,
        lot_number=cells.value("lot_number", lot_number),
        box_type_code=cells.text("box_type", longest=MAX_TEXT),
        awb=cells.text("awb", longest=MAX_WAYBILL),
        house_awb=cells.text("house_awb", longest=MAX_WAYBILL),
        ship_date=cells.day("ship_date"),
    )
    return None if cells.is_bad else box
