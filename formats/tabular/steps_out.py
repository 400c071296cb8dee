"""Steps as CSV, in the layouts that they are read in.

What a layout can't say is a ValueError, never left out in silence. Confirmations may be opened by a
person, so text that looks like a formula is neutralised there; the rest are for programs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from formats.invoices import Invoice, InvoiceAnswer
from formats.records import UnitType
from formats.steps import (
    AirWaybillNotice,
    Approval,
    BoxCodeChange,
    ConfirmedLine,
    LineAnswer,
    ManifestAnswer,
    OrderChange,
    OrderConfirmation,
    ReceivingScan,
    ShipNotice,
    Step,
)
from formats.tabular.advice import ORDER_COLUMNS, write_order_acknowledgement
from formats.tabular.advice import ConfirmedLine as ConfirmedRow
from formats.tabular.invoices_out import (
    answer_rows,
    invoice_rows,
    write_invoice,
    write_invoice_answer,
)
from formats.tabular.kinds import Kind, layout_of
from formats.tabular.order_change import write_order_change
from formats.tabular.waybill_charges import write_waybill_charges
from formats.tabular.write import Cell, written
from formats.waybill_charges import WaybillCharges

_WHOLE_UNITS = (None, UnitType.BOX.value)


def step_rows(step: Step) -> tuple[Kind, Sequence[Mapping[str, Cell]]]:
    """Return a step as rows, by the columns of our own layout of its kind.

    ValueError for what no rows can say: a test, and what is written otherwise (order changes,
    charges of an air waybill).
    """
    _refuse_test(step)
    if isinstance(step, OrderChange | WaybillCharges):
        raise ValueError(f"{step.kind} has no rows by field")
    if isinstance(step, OrderConfirmation):
        rows = _confirmed_rows(step)
        return Kind.CONFIRMATION, [
            {name: getattr(row, name) for name in ORDER_COLUMNS} for row in rows
        ]
    if isinstance(step, Invoice):
        return Kind.INVOICE, invoice_rows(step)
    if isinstance(step, InvoiceAnswer):
        return Kind.INVOICE_ANSWER, answer_rows(step)
    return _rows(step)


def _refuse_test(step: Step) -> None:
    if step.is_test:
        raise ValueError("a test can't be written as CSV, which has no column to say so")


def write_step(step: Step) -> bytes:
    """Return a step as CSV. ValueError for what its layout can't say, as that it is a test."""
    _refuse_test(step)
    if isinstance(step, OrderChange):
        return write_order_change(step)
    if isinstance(step, OrderConfirmation):
        return _confirmation(step)
    if isinstance(step, Invoice):
        return write_invoice(step)
    if isinstance(step, InvoiceAnswer):
        return write_invoice_answer(step)
    if isinstance(step, WaybillCharges):
        return write_waybill_charges(step)
    kind, rows = _rows(step)
    layout = layout_of(kind)
    columns: Sequence[str] = layout.columns if layout else ()
    if kind is Kind.BOX_CODE_CHANGE and not any(row["external_code"] for row in rows):
        columns = columns[:-1]
    if kind is Kind.SHIPMENT and any(row["vendor_code"] for row in rows):
        columns = (*columns, "vendor_code")
    return written(columns, ([row.get(name) for name in columns] for row in rows))


def _confirmation(step: OrderConfirmation) -> bytes:
    return write_order_acknowledgement(_confirmed_rows(step))


def _confirmed_rows(step: OrderConfirmation) -> list[ConfirmedRow]:
    rows: list[ConfirmedRow] = []
    whole = {
        LineAnswer.ACCEPTED: step.is_whole,
        LineAnswer.REJECTED: step.is_rejection,
        LineAnswer.HELD: step.is_held,
    }
    for answer, holds in whole.items():
        if holds:
            row = ConfirmedRow(
                step.number, "", answer.value, ship_date=step.ship_date, message=step.message
            )
            rows.append(row)
    rows += [_confirmed(step, line) for line in step.lines]
    return rows


def _confirmed(step: OrderConfirmation, line: ConfirmedLine) -> ConfirmedRow:
    is_whole_boxes = line.quantity is None or line.quantity == line.quantity.to_integral_value()
    if line.unit not in _WHOLE_UNITS or not is_whole_boxes:
        raise ValueError(
            f"order {step.number}, line {line.reference}: {line.quantity} {line.unit} can't be"
            " written as CSV, which counts whole boxes"
        )
    return ConfirmedRow(
        po_number=step.number,
        line=line.reference,
        status=line.answer.value,
        confirmed_boxes=line.quantity,
        confirmed_cost=line.unit_price,
        ship_date=line.ship_date,
        reason_code=line.reason_code,
        message=line.message,
        po_item_id=line.po_item,
    )


def _rows(
    step: (
        Approval | ShipNotice | BoxCodeChange | AirWaybillNotice | ReceivingScan | ManifestAnswer
    ),
) -> tuple[Kind, list[dict[str, Cell]]]:
    if isinstance(step, Approval):
        return Kind.APPROVAL, [
            {"po_number": one.number, "decision": one.decision.value, "by": one.by,
             "reason": one.reason, "vendor_code": one.vendor}
            for one in step.verdicts
        ]  # fmt: skip
    if isinstance(step, BoxCodeChange):
        return Kind.BOX_CODE_CHANGE, [
            {"current_box_code": swap.current, "new_box_code": swap.new,
             "external_code": swap.external}
            for swap in step.swaps
        ]  # fmt: skip
    if isinstance(step, AirWaybillNotice):
        return Kind.AIR_WAYBILL, [
            {"po_number": one.number, "temporary_awb": one.temporary, "awb": one.awb,
             "house_awb": one.house_awb, "ship_date": one.ship_date,
             "arrival_date": one.arrival_date}
            for one in step.waybills
        ]  # fmt: skip
    if isinstance(step, ManifestAnswer):
        return Kind.MANIFEST_ANSWER, [
            {"batch_id": box.batch, "box_code": box.box_code, "status": box.answer.value,
             "message": box.message}
            for box in step.boxes
        ]  # fmt: skip
    if isinstance(step, ReceivingScan):
        return Kind.RECEIVING, [
            {"box_code": scan.box_code, "rack": scan.rack, "location": step.location,
             "scanned_at": scan.scanned_at.isoformat() if scan.scanned_at else None,
             "arrival_date": step.arrival_date, "sold_on": scan.sold_on}
            for scan in step.scans
        ]  # fmt: skip
    step.check_counted()
    return Kind.SHIPMENT, [
        {"po_number": box.number, "line": box.reference, "po_item_id": box.po_item,
         "awb": box.awb or step.awb, "house_awb": box.house_awb or step.house_awb,
         "ship_date": box.ship_date or step.ship_date, "box_code": box.box_code,
         "boxes": None if box.box_code and box.boxes == 1 else box.boxes,
         "lot_number": box.lot_number, "box_type": box.box_type_code,
         "vendor_code": box.vendor_code}
        for box in step.boxes
    ]  # fmt: skip
