"""Real charges of air waybills as CSV: read from a buyer, and written in the same layout.

A row is a charge, a decision about one, or says that an air waybill has all its charges. Two rows
that give one charge two amounts are both left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from formats.awb import MAX_LENGTH as MAX_WAYBILL
from formats.documents import ReadDocument
from formats.findings import Where
from formats.step_checks import distinct_charges
from formats.tabular.cells import Cells
from formats.tabular.findings import FindingLog
from formats.tabular.invoices import currency_code
from formats.tabular.kinds import Kind, layout_of
from formats.tabular.sheet import StepFile, single_rows
from formats.tabular.write import Cell, written
from formats.waybill_charges import (
    ChargeBasis,
    ChargeDecision,
    ChargeKind,
    ChargeRow,
    WaybillCharges,
)

MAX_AMOUNT = Decimal(10**10)
MAX_REFERENCE, MAX_NAME, MAX_REASON = 35, 80, 200
_CHARGES = {
    **{each.value: each for each in ChargeKind},
    **{"awb freight": ChargeKind.FREIGHT, "duty": ChargeKind.DUTIES, "customs": ChargeKind.DUTIES},
}
_BASES = {each.value.lower(): each for each in ChargeBasis} | {"boxes": ChargeBasis.BOX}
_DECISIONS = {
    word: decision
    for decision, words in {
        ChargeDecision.APPROVE: ("approve", "approved", "ok", "yes"),
        ChargeDecision.SENT: ("sent", "sent to external system", "exported"),
        ChargeDecision.SYNCHRONIZED: ("synchronized", "synchronised", "synced", "booked"),
        ChargeDecision.FAILED: ("failed", "error"),
        ChargeDecision.VOID: ("void", "cancel", "cancelled", "canceled"),
    }.items()
    for word in words
}
_COMPLETED = {"completed": "yes", "yes": "yes", "not completed": "no", "no": "no"}


def read_waybill_charges(file: StepFile) -> Iterator[ReadDocument]:
    """Yield the one document of a file of charges (domain W-05)."""
    notes = FindingLog()
    rows = single_rows(file, notes)
    said = [
        (Where(row=cells.row.line), row) for cells in rows or () if (row := _row(cells)) is not None
    ]
    good = distinct_charges(said, notes)
    record = WaybillCharges(rows=good) if good else None
    yield file.document(record, rows or (), notes)


def _row(cells: Cells) -> ChargeRow | None:
    charge = cells.choice("charge", _CHARGES)
    decision = cells.choice("decision", _DECISIONS)
    amount = cells.amount("amount", below=MAX_AMOUNT)
    completed = cells.choice("completed", _COMPLETED)
    row = ChargeRow(
        line=cells.row.line,
        awb=cells.text("awb", longest=MAX_WAYBILL, required=True) or "",
        house_awb=cells.text("house_awb", longest=MAX_WAYBILL),
        ship_date=cells.day("ship_date"),
        charge=charge,
        amount=amount,
        currency=cells.value("currency", currency_code),
        basis=cells.choice("basis", _BASES),
        reference=cells.text("reference", longest=MAX_REFERENCE),
        decision=decision,
        by=cells.text("by", longest=MAX_NAME),
        reason=cells.text("reason", longest=MAX_REASON),
        is_completed=None if completed is None else completed == "yes",
    )
    if not cells.raw("charge"):
        if amount is not None or decision is not None:
            cells.fail("charge", "one of freight, handling and duties is expected")
        elif not cells.raw("completed"):
            cells.fail("charge", "a charge, or whether the air waybill is completed, is expected")
    elif amount is None and decision is None and not cells.is_bad:
        cells.fail("amount", "an amount, or a decision about the charge, is expected")
    return None if cells.is_bad else row


def write_waybill_charges(step: WaybillCharges) -> bytes:
    """Return charges in the layout that they are read in."""
    layout = layout_of(Kind.WAYBILL_CHARGES)
    columns = layout.columns if layout else ()
    rows = map(_said, step.rows)
    return written(columns, ([cells.get(name) for name in columns] for cells in rows))


def _said(row: ChargeRow) -> dict[str, Cell]:
    completed = None if row.is_completed is None else ("yes" if row.is_completed else "no")
    return {
        "awb": row.awb, "house_awb": row.house_awb, "ship_date": row.ship_date,
        "charge": row.charge.value if row.charge else None, "amount": row.amount,
        "currency": row.currency, "basis": row.basis.value if row.basis else None,
        "reference": row.reference, "decision": row.decision.value if row.decision else None,
        "by": row.by, "reason": row.reason, "completed": completed,
    }  # fmt: skip
