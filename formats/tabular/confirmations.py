"""Confirmations as CSV: a vendor's answers to purchase orders, read back from the answer layout.

One row a line, and a row without a line for all of an order. A bad row leaves its line out; then,
or beside a row that can't be read, no order is accepted whole, for the row may have said no.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from formats.documents import ReadDocument
from formats.findings import Where
from formats.records import Party, UnitType
from formats.step_checks import MAX_ORDER_NUMBER, Placed, settled_lines
from formats.steps import ConfirmedLine, LineAnswer, OrderConfirmation
from formats.tabular.cells import Cells
from formats.tabular.findings import FindingLog
from formats.tabular.order_rows import Draft, collect
from formats.tabular.sheet import StepFile

MAX_LINE = 20
MAX_CODE = 20
MAX_MESSAGE = 500
MAX_NAME = 80
_ANSWERS = {
    word: answer
    for answer, words in {
        LineAnswer.ACCEPTED: ("accepted", "accept", "confirmed", "confirm", "ok", "yes"),
        LineAnswer.CHANGED: (
            "changed", "change", "partial", "partially confirmed", "partially accepted", "cut",
            "accepted with changes",
        ),
        LineAnswer.BACKORDERED: (
            "backordered", "backorder", "back ordered", "back-ordered", "on backorder", "later",
        ),
        LineAnswer.REJECTED: (
            "rejected", "reject", "refused", "declined", "cancelled", "canceled", "no",
        ),
        LineAnswer.HELD: ("held", "hold", "on hold", "pending", "unknown"),
    }.items()
    for word in words
}  # fmt: skip


def read_confirmations(file: StepFile) -> Iterator[ReadDocument]:
    """Yield a confirmation for each order of a file; what concerns no order comes last, alone."""
    notes, stray = FindingLog(), FindingLog()
    table = file.table(notes)
    columns, drafts = collect(
        table, notes, stray, names=file.layout.names, required=file.layout.required
    )
    if columns is None or table.is_lost or not drafts:
        notes.extend(stray.findings())
        yield file.refused(notes)
        return
    of_file = tuple(finding for finding in notes.findings() if not finding.is_error)
    stray.extend(tuple(finding for finding in notes.findings() if finding.is_error))
    for draft in drafts:
        found = FindingLog()
        found.extend(of_file)
        of_file = ()
        rows = [file.cells(row, columns, found) for row in draft.rows]
        yield file.document(_confirmation(file, draft, rows, found), rows, found, draft.number)
    if stray.findings():
        yield file.refused(stray)


@dataclass(slots=True)
class _Said:
    """What the rows of one order say: of all of it, and of its lines."""

    whole: list[Placed[LineAnswer]] = field(default_factory=list)
    day: date | None = None
    message: str = ""
    lines: list[Placed[ConfirmedLine]] = field(default_factory=list)
    is_short: bool = False
    """A row can't be used."""


def _confirmation(
    file: StepFile, draft: Draft, rows: list[Cells], notes: FindingLog
) -> OrderConfirmation | None:
    number = rows[0].text("po_number", longest=MAX_ORDER_NUMBER, required=True)
    said = _said(rows, notes)
    for line in draft.torn_at:
        message = "This row can't be read and may be an answer to a line of the order. "
        message += "Correct the row and send the answers again."
        notes.error("csv.row", message, Where(row=line))
    lines = settled_lines(said.lines, notes)
    answered = {line.reference or line.po_item for line in lines}
    asked = {line.reference or line.po_item for _, line in said.lines}
    said.is_short |= bool(draft.torn_at) or answered != asked
    whole = _whole_answer(said, notes)
    vendor, buyer = (_party(rows, column, notes) for column in ("vendor_code", "buyer_code"))
    if number is None or vendor is None or buyer is None or (whole is None and not lines):
        return None
    return OrderConfirmation(
        number=number,
        vendor=file.vendor if vendor == Party() else vendor,
        buyer=buyer,
        is_rejection=whole is LineAnswer.REJECTED,
        is_whole=whole is LineAnswer.ACCEPTED,
        is_held=whole is LineAnswer.HELD,
        ship_date=said.day,
        message=said.message or None,
        lines=lines,
    )


def _party(rows: list[Cells], column: str, notes: FindingLog) -> Party | None:
    """Return whom the rows of an order name, who may be nobody; None where that can't be told."""
    said = {cells.text(column, longest=MAX_NAME) for cells in rows if cells.raw(column)}
    if len(said) > 1:
        message = "The rows of one order name several companies. Name one."
        notes.error("step.contradiction", message, rows[0].where(column))
    return None if len(said) > 1 or None in said else Party(code=next(iter(said), None))


def _said(rows: list[Cells], notes: FindingLog) -> _Said:
    said = _Said()
    for cells in rows:
        where = cells.where("status")
        if not cells.raw("line") and not cells.raw("po_item_id"):
            answer = _of_whole_order(cells)
            if answer is not None:
                said.whole.append((where, answer))
                said.day = said.day or cells.day("ship_date")
                said.message = said.message or cells.raw("message") or cells.raw("reason_code")
        else:
            line = _line(cells)
            said.lines += [] if line is None else [(where, line)]
        said.is_short |= cells.is_bad
    return said


def _whole_answer(said: _Said, notes: FindingLog) -> LineAnswer | None:
    """Return the one answer to all of the order that can be relied on."""
    answers = {answer for _, answer in said.whole}
    if not answers:
        return None
    where = said.whole[0][0]
    if len(answers) > 1:
        message = "The whole order has two different answers in one file. Keep one of the rows."
        notes.error("step.contradiction", message, where)
        return None
    answer = answers.pop()
    if answer is LineAnswer.ACCEPTED and said.is_short:
        message = "Other rows of the order can't be used, so it isn't taken as accepted whole. "
        notes.error("step.whole", message + "Correct them and send all rows again.", where)
        return None
    return answer


def _of_whole_order(cells: Cells) -> LineAnswer | None:
    """Read a row without a line: it accepts, rejects or holds all of the order."""
    answer = cells.choice("status", _ANSWERS, required=True)
    cells.day("ship_date")
    cells.text("message", longest=MAX_MESSAGE)
    cells.text("reason_code", longest=MAX_CODE)
    if answer in (LineAnswer.CHANGED, LineAnswer.BACKORDERED):
        cells.fail("line", f"the line that is {answer.value} is expected")
    for name in ("confirmed_boxes", "confirmed_cost"):
        if cells.raw(name):
            cells.fail(name, "no value is expected in a row for the whole order, or a line in it")
    return None if cells.is_bad else answer


def _line(cells: Cells) -> ConfirmedLine | None:
    answer = cells.choice("status", _ANSWERS, required=True)
    boxes = cells.count("confirmed_boxes")
    line = ConfirmedLine(
        line=0,
        reference=cells.text("line", longest=MAX_LINE) or "",
        answer=answer or LineAnswer.REJECTED,
        quantity=None if boxes is None else Decimal(boxes),
        unit=UnitType.BOX.value,
        unit_price=cells.money("confirmed_cost"),
        ship_date=cells.day("ship_date"),
        reason_code=cells.text("reason_code", longest=MAX_CODE),
        message=cells.text("message", longest=MAX_MESSAGE),
        po_item=cells.text("po_item_id", longest=MAX_CODE),
    )
    return None if cells.is_bad else line
