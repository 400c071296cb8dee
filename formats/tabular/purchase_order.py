"""Purchase orders as CSV, in and out: one row per line, header values repeated (domain 12.8).

Columns stand in any order under a header. A file may hold several orders, each its own document in
order of appearance. A bad row leaves its line out, named; an assorted box with one bad row is left
out whole (E-25); header values that contradict each other refuse the order. A row that belongs to
no order for sure is also reported in the orders before and behind it, which may lack it. Rows that
change or cancel lines of a known order make a change of it (`order_change`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from formats.documents import ReadDocument
from formats.findings import Where
from formats.limits import Limits
from formats.records import CartStatus, OrderLine, PurchaseOrder, Purpose
from formats.steps import LineAction, OrderChange
from formats.tabular.cells import Cells
from formats.tabular.dialect import Dialect
from formats.tabular.findings import FindingLog
from formats.tabular.order_change import read_change, row_actions
from formats.tabular.order_header import read_header
from formats.tabular.order_lines import order_lines
from formats.tabular.order_out import content_cells, header_cells, line_cells, order_file
from formats.tabular.order_rows import READ_COLUMNS, Draft, collect
from formats.tabular.source import Content, digest_of, open_table
from formats.tabular.write import Cell

_WRITTEN_ACTIONS = {Purpose.NEW: "NEW", Purpose.CHANGE: "CHANGE", Purpose.CANCEL: "CANCEL"}
_UNIT_SEPARATOR = "\x1f"


def read_purchase_orders(
    data: Content, *, dialect: Dialect, limits: Limits
) -> Iterator[ReadDocument]:
    """Yield the purchase orders of a file; what concerns no order comes as a document without one.

    Warnings about the file as a whole stand in the first document. When the syntax is lost on the
    way no order is used, as any of them may be short.
    """
    notes = FindingLog()
    table = open_table(data, dialect, limits, notes)
    stray = FindingLog()
    columns, drafts = collect(table, notes, stray)
    if columns is None or table.is_lost or not drafts:
        if not any(finding.is_error for finding in notes.findings()):
            notes.error("csv.empty", "The file has no order. Correct it and send it again.")
        notes.extend(stray.findings())
        yield ReadDocument(None, notes.findings(), digest=digest_of(data))
        return
    file_findings = tuple(finding for finding in notes.findings() if not finding.is_error)
    stray.extend(tuple(finding for finding in notes.findings() if finding.is_error))
    for draft in drafts:
        document = _document(draft, columns, dialect)
        yield ReadDocument(
            document.record,
            file_findings + document.findings,
            control=draft.number,
            digest=document.digest,
        )
        file_findings = ()
    if stray.findings():
        yield ReadDocument(None, stray.findings(), digest=digest_of(data))


def _document(draft: Draft, columns: dict[str, int], dialect: Dialect) -> ReadDocument:
    notes = FindingLog()
    rows = [Cells(r, columns, notes, decimal_comma=dialect.decimal_comma) for r in draft.rows]
    header = read_header(columns, rows, notes)
    for line in draft.torn_at:
        message = "This row can't be read and may be a line of the order, which may lack it. "
        message += "Correct the row and send the order again as a change."
        notes.error("csv.row", message, Where(row=line))
    actions = row_actions(rows)
    record: PurchaseOrder | OrderChange | None
    if any(action is not LineAction.ADD for action in actions):
        record = read_change(header, rows, actions, is_torn=bool(draft.torn_at))
    else:
        record = _order(header, order_lines(rows, is_torn=bool(draft.torn_at)))
    if record is None and header is not None:
        message = "No line of the order can be used. Correct the lines and send the order again."
        notes.error("csv.empty", message, rows[0].where("po_number"), draft.number)
    return ReadDocument(record, notes.findings(), digest=_digest(rows))


def _order(header: PurchaseOrder | None, lines: tuple[OrderLine, ...]) -> PurchaseOrder | None:
    """Return the order with its lines; a cart is checked out when all of them are (domain 13)."""
    if header is None or not lines:
        return None
    said = {line.is_checked_out for line in lines}
    if said == {None}:
        return header.model_copy(update={"lines": lines})
    cart = CartStatus.CHECKED_OUT if said == {True} else CartStatus.DRAFT
    marked = tuple(replace(line, is_checked_out=line.is_checked_out is True) for line in lines)
    return header.model_copy(update={"cart": cart, "lines": marked})


def _digest(rows: list[Cells]) -> str:
    """Hash the known cells in the order of the layout, so that moved columns change nothing."""
    digest = hashlib.sha256()
    for cells in rows:
        digest.update(_UNIT_SEPARATOR.join(cells.raw(name) for name in READ_COLUMNS).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def write_purchase_order(order: PurchaseOrder) -> bytes:
    """Return an order as CSV for a program, to be read back as it is.

    Raises ValueError for what the layout can't say: a test order, another purpose than new, change
    or cancel, a line that isn't a whole number of boxes.
    """
    action = _WRITTEN_ACTIONS.get(order.purpose)
    if order.is_test or action is None:
        kind = "a test order" if order.is_test else f"the purpose {order.purpose}"
        raise ValueError(f"order {order.number}: {kind} can't be written to the order CSV")
    header = header_cells(order, action)
    rows: list[dict[str, Cell]] = []
    for line in order.lines:
        rows.append(header | line_cells(line))
        rows.extend(header | cells for cells in content_cells(line))
    if not rows:
        rows = [header]
    return order_file(rows)
