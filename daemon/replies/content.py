"""Application advices (824): what of an X12 document could be read and not used, and why.

They stand in for the CSV advice where a partner asks for them. A 997 never says any of this: it is
about reading alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.replies.advice import stock_notes
from daemon.replies.envelopes import numbers, to_partner
from daemon.trade.desk import Desk
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome, StockOutcome
from daemon.trade.step import addressee_of, control_of
from daemon.trade.unmapped import not_known_yet
from formats.acknowledgements import Acceptance, Acknowledged, Acknowledgement, Fault, Level
from formats.documents import ReadDocument
from formats.findings import Finding
from formats.x12.application_advice_out import OTHER, write_application_advice

KIND = "824"
SETS = {
    "inventory_advice": "846",
    "invoice": "810",
    "order_change": "860",
    "order_confirmation": "855",
    "ship_notice": "856",
}
"""Transaction set of each kind of record that is advised of."""
_DUPLICATE, _DOES_NOT_MATCH = "006", "011"


def wants_advice(partner: Partner) -> bool:
    """Tell whether a partner is told of content by 824."""
    return partner.content_advice == KIND


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of the content of a document, and what is wrong with it."""

    acceptance: Acceptance
    faults: tuple[Fault, ...]


def judge_stock(stock: StockOutcome, document: ReadDocument) -> Judged:
    """Judge an availability: which of its lines are not simply on sale."""
    waiting = [
        Fault(_DOES_NOT_MATCH, f"line {code.line or '?'}: {not_known_yet(code)}")
        for code in stock.unmapped
    ]
    findings = [*document.findings, *stock_notes(stock)]
    lines = len(stock.advice.lines)
    acceptance = Acceptance.WITH_ERRORS
    if stock.is_superseded or (lines and len(waiting) == lines):
        acceptance = Acceptance.REJECTED
    elif waiting or any(finding.is_error for finding in findings):
        acceptance = Acceptance.PARTLY
    return Judged(acceptance, (*waiting, *faults_of(findings)))


def judge_step(outcome: StepOutcome, findings: Sequence[Finding]) -> Judged:
    """Judge a step: which of its rows were not carried out."""
    refused = [row for row in outcome.rows if row.status is RowStatus.REFUSED]
    waits = any(row.status is RowStatus.HELD for row in outcome.rows)
    acceptance = Acceptance.WITH_ERRORS
    if outcome.rows and len(refused) == len(outcome.rows):
        acceptance = Acceptance.REJECTED
    elif refused or waits or any(finding.is_error for finding in findings):
        acceptance = Acceptance.PARTLY
    return Judged(acceptance, (*map(_row_fault, _odd(outcome.rows)), *faults_of(findings)))


def stock_advice_x12(
    desk: Desk,
    partner: Partner,
    stock: StockOutcome,
    document: ReadDocument,
    addressee: str | None,
) -> OutgoingFile:
    """Tell a vendor which lines of its 846 are not simply on sale."""
    found = judge_stock(stock, document)
    about = _about(document.control, "846", stock.advice.reference or "", found)
    return _file(desk, partner, about, addressee, is_test=stock.advice.is_test)


def step_advice_x12(desk: Desk, outcome: StepOutcome, findings: Sequence[Finding]) -> OutgoingFile:
    """Tell the sender of a step which of its rows were not carried out."""
    found = judge_step(outcome, findings)
    record, key = outcome.record, outcome.document_id
    number = str(getattr(record, "number", "") or "")
    about = _about(control_of(desk, key), SETS.get(record.kind, ""), number, found)
    is_test = bool(getattr(record, "is_test", False))
    return _file(desk, outcome.origin, about, addressee_of(desk, key), is_test=is_test)


def unused_advice_x12(
    desk: Desk,
    partner: Partner,
    document: ReadDocument,
    kind: str,
    addressee: str | None,
    *,
    is_test: bool,
) -> OutgoingFile:
    """Tell a partner why a set that was read without an error is of no use."""
    found = Judged(Acceptance.REJECTED, tuple(faults_of(document.findings)))
    about = _about(document.control, kind, "", found)
    return _file(desk, partner, about, addressee, is_test=is_test)


def _about(control: str, kind: str, reference: str, found: Judged) -> Acknowledged:
    _, group, number = (*control.split("/"), "", "", "")[:3]
    return Acknowledged(
        Level.DOCUMENT,
        found.acceptance,
        group=group,
        control=number,
        kind=kind,
        reference=reference[:30],
        faults=found.faults,
    )


def _file(
    desk: Desk, partner: Partner, about: Acknowledged, addressee: str | None, *, is_test: bool
) -> OutgoingFile:
    envelope = to_partner(desk.site, partner, is_test=is_test, addressee=addressee)
    at = desk.post.at.astimezone(desk.site.site.zone)
    control = numbers(desk.post, envelope)
    advice = Acknowledgement(form="824", number=str(control.interchange), items=(about,))
    body = write_application_advice(advice, envelope, control, at)
    reference = about.reference or about.control or "advice"
    return OutgoingFile(partner.name, KIND, reference, "edi", body, is_answer=True)


def _odd(rows: Iterable[RowOutcome]) -> Iterator[RowOutcome]:
    plain = (RowStatus.DONE, RowStatus.UNCHANGED)
    return (row for row in rows if row.status not in plain or row.is_warning)


def _row_fault(row: RowOutcome) -> Fault:
    code = f" ({row.code})" if row.code else ""
    about = f"{row.reference} line {row.line}" if row.reference else f"line {row.line}"
    return Fault(OTHER, f"{about} {row.status.value}: {row.message or 'no reason'}{code}")


def faults_of(findings: Iterable[Finding]) -> Iterator[Fault]:
    """Yield findings as the errors of an advice."""
    for each in findings:
        where = each.where
        yield Fault(
            OTHER,
            each.message,
            where.segment or "",
            where.position,
            where.element,
            value=(each.value or "")[:99],
        )
