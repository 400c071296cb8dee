"""What an application advice says of a document: what could be read and not used, and why.

It is worked out here for every format; `content` writes it as an X12 824 and `aperak` as an EDIFACT
APERAK. They stand in for the CSV advice where a partner asks for them. A technical acknowledgement
(997, CONTRL) never says any of this: it is about reading alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from daemon.config import Partner
from daemon.replies.advice import stock_notes
from daemon.trade.desk import Desk
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome, StockOutcome
from daemon.trade.step import control_of
from daemon.trade.unmapped import not_known_yet
from formats.acknowledgements import Acceptance, Fault
from formats.documents import ReadDocument
from formats.findings import Finding

OTHER = "024"
"""Code of an error that has none in X12 list 647."""
_DOES_NOT_MATCH = "011"
_PLAIN = (RowStatus.DONE, RowStatus.UNCHANGED)


class HasKind(Protocol):
    """A record, as its format's own name for it is looked up."""

    @property
    def kind(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Advised:
    """A document that was read, what became of its content, and what is wrong with it.

    `control` is how its sender tells it from others, `ISA13/GS06/ST02` or `UNB05/UNH01`.
    """

    partner: Partner
    control: str
    acceptance: Acceptance
    faults: tuple[Fault, ...]
    record: HasKind | None = None
    """None where no record could be made of it."""
    reference: str = ""
    is_test: bool = False


def of_stock(partner: Partner, stock: StockOutcome, document: ReadDocument) -> Advised:
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
    return Advised(
        *(partner, document.control, acceptance, (*waiting, *_faults(findings)), stock.advice),
        reference=stock.advice.reference or "",
        is_test=stock.advice.is_test,
    )


def of_step(desk: Desk, outcome: StepOutcome, findings: Sequence[Finding]) -> Advised:
    """Judge a step: which of its rows were not carried out."""
    refused = [row for row in outcome.rows if row.status is RowStatus.REFUSED]
    waits = any(row.status is RowStatus.HELD for row in outcome.rows)
    acceptance = Acceptance.WITH_ERRORS
    if outcome.rows and len(refused) == len(outcome.rows):
        acceptance = Acceptance.REJECTED
    elif refused or waits or any(finding.is_error for finding in findings):
        acceptance = Acceptance.PARTLY
    record, key = outcome.record, outcome.document_id
    faults = (*map(_row_fault, _odd(outcome.rows)), *_faults(findings))
    return Advised(
        *(outcome.origin, control_of(desk, key), acceptance, faults, record),
        reference=str(getattr(record, "number", "") or ""),
        is_test=record.is_test,
    )


def of_document(partner: Partner, document: ReadDocument, *, is_test: bool) -> Advised:
    """Judge a document that breaks no standard, of which nothing or not every line can be used."""
    record = document.record
    acceptance = Acceptance.REJECTED if record is None else Acceptance.PARTLY
    return Advised(
        *(partner, document.control, acceptance, tuple(_faults(document.findings)), record),
        reference=str(getattr(record, "number", "") or ""),
        is_test=is_test,
    )


def _odd(rows: Iterable[RowOutcome]) -> Iterator[RowOutcome]:
    return (row for row in rows if row.status not in _PLAIN or row.is_warning)


def _row_fault(row: RowOutcome) -> Fault:
    code = f" ({row.code})" if row.code else ""
    about = f"{row.reference} line {row.line}" if row.reference else f"line {row.line}"
    return Fault(OTHER, f"{about} {row.status.value}: {row.message or 'no reason'}{code}")


def _faults(findings: Iterable[Finding]) -> Iterator[Fault]:
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
