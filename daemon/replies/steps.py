"""The answer to a step: what became of each of its rows, in the form its sender reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select

from daemon.config import Role
from daemon.ledger import schema
from daemon.ledger.posting import OutgoingFile
from daemon.replies import aperak
from daemon.replies.content import step_advice_x12, wants_advice
from daemon.trade.desk import Desk
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from formats.axerrio.acknowledgement import (
    CONTRACT,
    STEPS_CONTRACT,
    LineAnswer,
    Result,
    write_acknowledgement,
)
from formats.axerrio.step_answer import order_number, row_named
from formats.findings import Finding
from formats.identify import Format
from formats.json_kinds import HEAD_BYTES, is_order_contract
from formats.steps import OrderChange, ShipNotice, Step
from formats.tabular.advice import AnsweredLine, Counts, write_file_acknowledgement

_ACCEPTED = (RowStatus.DONE, RowStatus.UNCHANGED)
_ACKNOWLEDGED = (Format.X12, Format.EDIFACT)
"""Formats in which whatever was read has been acknowledged already."""


def answer_step(
    desk: Desk, outcome: StepOutcome, form: Format, file: str, findings: Sequence[Finding]
) -> list[OutgoingFile]:
    """Return the answer to the sender: JSON for an Axerrio system that sent JSON, CSV rows for
    everyone else, or an 824 or an APERAK where that is agreed.

    A step in X12 has its 997, one in EDIFACT its CONTRL; it is answered in business terms only
    where that says too little.
    """
    is_plain = all(row.status in _ACCEPTED and not row.is_warning for row in outcome.rows)
    if form in _ACKNOWLEDGED and is_plain and not findings:
        return []
    if form is Format.X12 and wants_advice(outcome.origin):
        return [step_advice_x12(desk, outcome, findings)]
    if form is Format.EDIFACT and aperak.is_wanted(outcome.origin):
        return [aperak.step_advice(desk, outcome, findings)]
    if outcome.origin.has(Role.AXERRIO) and form is Format.JSON:
        return [_axerrio(desk, outcome, findings)]
    return [_csv(outcome, file, findings)]


def _csv(outcome: StepOutcome, file: str, findings: Sequence[Finding]) -> OutgoingFile:
    found = Counter(row.status for row in outcome.rows)
    refused = found[RowStatus.REFUSED] + len({_row(f) for f in findings if f.is_error})
    accepted = found[RowStatus.DONE] + found[RowStatus.UNCHANGED]
    held = found[RowStatus.HELD]
    counts = Counts(accepted + held + refused, accepted, held, refused)
    lines = [
        AnsweredLine(
            str(row.line),
            row.status.value,
            document=row.reference,
            code=row.code,
            message=row.message,
        )
        for row in outcome.rows
    ]
    body = write_file_acknowledgement(file, counts, lines, findings)
    stem = file.rsplit(".", 1)[0]
    return OutgoingFile(outcome.origin.name, "advice", stem, "csv", body, is_answer=True)


def _axerrio(desk: Desk, outcome: StepOutcome, findings: Sequence[Finding]) -> OutgoingFile:
    record, message_id = outcome.record, message_id_of(outcome.record)
    number = order_number(record)
    body = write_acknowledgement(
        message_id=message_id,
        received_at=desk.post.at,
        result=result_of(outcome.rows, findings),
        order_number=number,
        lines=[
            LineAnswer(
                row_named(record, row.line) or row.reference or str(row.line),
                _status(row),
                row.message,
                row.code,
            )
            for row in outcome.rows
        ],
        findings=findings,
        contract=contract_of(desk, outcome),
    )
    reference = number or message_id or record.kind
    return OutgoingFile(outcome.origin.name, "ack", reference, "json", body, is_answer=True)


def message_id_of(record: Step) -> str | None:
    """Return the messageId of a message; of a shipment it is its number."""
    if isinstance(record, ShipNotice):
        return record.number or None
    return getattr(record, "message_id", None)


def contract_of(desk: Desk, outcome: StepOutcome) -> str:
    """Return the contract in which a step of JSON is answered: that of the message it came in."""
    table = schema.arrivals.c
    query = select(func.substr(table.data, 1, HEAD_BYTES)).where(table.id == outcome.arrival_id)
    head = desk.post.conn.execute(query).scalar()
    is_of_order = isinstance(outcome.record, OrderChange) or is_order_contract(bytes(head or b""))
    return CONTRACT if is_of_order else STEPS_CONTRACT


def _status(row: RowOutcome) -> str:
    return "accepted" if row.status in _ACCEPTED else row.status.value


def result_of(rows: Sequence[RowOutcome], findings: Sequence[Finding] = ()) -> Result:
    """Return the result of a step; partial success is never plain, nor are rows left out (L-08)."""
    is_whole = not any(finding.is_error for finding in findings)
    is_refused = all(row.status is RowStatus.REFUSED for row in rows)
    if is_refused and (rows or not is_whole):
        return Result.REJECTED
    is_plain = all(row.status in _ACCEPTED and not row.is_warning for row in rows)
    return Result.ACCEPTED if is_plain and is_whole else Result.WITH_EXCEPTIONS


def _row(finding: Finding) -> int | str:
    """Return the row a finding is about: several of one row refuse it once."""
    return finding.where.row or str(finding.where)
