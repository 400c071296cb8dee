"""Lines of an acknowledgement for the steps after an order: by what each line is told apart.

A line of a change is named by its number, a box by its code (a changed one by its new code, L-07),
goods that travel by their temporary air waybill or order.
"""

from __future__ import annotations

from collections.abc import Iterable

from formats.axerrio.acknowledgement import LineAnswer
from formats.documents import AnyRecord
from formats.records import AxerrioOrder, PurchaseOrder
from formats.steps import (
    AirWaybillNotice,
    Approval,
    BoxCodeChange,
    OrderChange,
    OrderConfirmation,
    ReceivingScan,
    ShipNotice,
)


def order_number(record: AnyRecord | None) -> str | None:
    """Return the order that a document is about, where it is about one alone."""
    if isinstance(record, PurchaseOrder | AxerrioOrder | OrderChange | OrderConfirmation):
        return record.number
    if isinstance(record, ShipNotice):
        return _only(box.number for box in record.boxes)
    if isinstance(record, AirWaybillNotice):
        return _only(waybill.number for waybill in record.waybills)
    if isinstance(record, Approval):
        return _only(verdict.number for verdict in record.verdicts)
    return None


def answered_lines(record: AnyRecord | None, status: str = "accepted") -> list[LineAnswer]:
    """Return a line with `status` for everything that a document names."""
    return [LineAnswer(name, status) for name in _names(record)]


def row_named(record: AnyRecord, line: int) -> str | None:
    """Return the name of what stands in row `line` of a document; None where it says none.

    A line goes by the number that its sender gave it, a box by its code.
    """
    if isinstance(record, OrderChange):
        changed = {each.line.line: each.line.reference or each.po_item for each in record.changes}
        return changed.get(line) or None
    if isinstance(record, OrderConfirmation):
        return {each.line: each.reference or each.po_item for each in record.lines}.get(line)
    if isinstance(record, ShipNotice):
        boxes = {box.line: box.box_code or box.reference or box.po_item for box in record.boxes}
        return boxes.get(line)
    return None


def _names(record: AnyRecord | None) -> list[str]:
    names: list[str | None] = []
    if isinstance(record, PurchaseOrder | AxerrioOrder):
        names += [line.reference for line in record.lines]
    elif isinstance(record, OrderConfirmation):
        names += [line.reference or line.po_item for line in record.lines]
    elif isinstance(record, OrderChange):
        names += [change.line.reference for change in record.changes]
    elif isinstance(record, ShipNotice):
        names += [box.box_code or box.po_item or box.reference for box in record.boxes]
    elif isinstance(record, BoxCodeChange):
        names += [swap.new for swap in record.swaps]
    elif isinstance(record, AirWaybillNotice):
        names += [waybill.temporary or waybill.number for waybill in record.waybills]
    elif isinstance(record, Approval):
        names += [verdict.number for verdict in record.verdicts]
    elif isinstance(record, ReceivingScan):
        names += [scan.box_code for scan in record.scans]
    return list(dict.fromkeys(name for name in names if name))


def _only(numbers: Iterable[str | None]) -> str | None:
    found = set(numbers)
    return found.pop() if len(found) == 1 else None
