"""Advice files: what became of a delimited file, and why a file could not be used at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from daemon.config import Partner, Role
from daemon.eventlog import safe
from daemon.ledger.arrivals import Arrival
from daemon.ledger.claims import Refusal
from daemon.ledger.judged import judged
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import DocumentState
from daemon.trade.desk import Desk
from daemon.trade.outcome import StockOutcome
from daemon.trade.unmapped import not_known_yet
from formats.axerrio.acknowledgement import Result, write_acknowledgement
from formats.documents import ReadDocument
from formats.findings import Finding, warning
from formats.tabular.advice import AnsweredLine, Counts, write_file_acknowledgement

MOST_NAMED = 20


def quarantine_advice(
    desk: Desk, partner: Partner, arrival: Arrival, code: str, reason: str
) -> OutgoingFile:
    """Tell a partner that a file could not be used, in the form it reads."""
    finding = Finding(code, reason)
    if partner.has(Role.AXERRIO):
        body = write_acknowledgement(
            message_id=None,
            received_at=desk.post.at,
            result=Result.REJECTED,
            findings=(finding,),
        )
        return OutgoingFile(partner.name, "ack", _stem(arrival), "json", body, is_answer=True)
    body = write_file_acknowledgement(
        safe(arrival.name), Counts(received=0, accepted=0), findings=(finding,)
    )
    return OutgoingFile(partner.name, "advice", _stem(arrival), "csv", body, is_answer=True)


def repetition_advice(desk: Desk, partner: Partner, reference: str) -> OutgoingFile:
    """Tell a partner that something came before, so long ago that its answer is not kept (P5)."""
    message = (
        "it came before and was answered then; nothing is done a second time, and the answer of"
        " that time is no longer kept"
    )
    if partner.has(Role.AXERRIO):
        body = write_acknowledgement(
            message_id=None,
            received_at=desk.post.at,
            result=Result.ACCEPTED,
            findings=(warning("repeated", message),),
        )
        return OutgoingFile(partner.name, "ack", reference, "json", body, is_answer=True)
    body = write_file_acknowledgement(
        reference, Counts(received=1, accepted=1), findings=(warning("repeated", message),)
    )
    return OutgoingFile(partner.name, "advice", reference, "csv", body, is_answer=True)


def refusal_advice(refusal: Refusal) -> OutgoingFile:
    """Tell a partner about something in its inbox that was not taken in."""
    name = safe(refusal.name)
    body = write_file_acknowledgement(
        name, Counts(received=0, accepted=0), findings=(Finding(refusal.code, refusal.message),)
    )
    return OutgoingFile(refusal.partner, "advice", name, "csv", body, is_answer=True)


def stock_advice(
    partner: Partner,
    arrival: Arrival,
    outcome: StockOutcome | None,
    document: ReadDocument,
) -> OutgoingFile:
    """Tell a vendor what became of each line of its availability that is not simply on sale."""
    rejected = {
        f.where.row or f.where.path or f.where.position for f in document.findings if f.is_error
    }
    received = len(rejected) + (len(outcome.advice.lines) if outcome else 0)
    held = outcome.staged + len(outcome.oversold) if outcome else 0
    superseded = bool(outcome and outcome.is_superseded)
    counts = Counts(
        received=received,
        accepted=0 if superseded or not outcome else received - len(rejected) - held,
        held=held,
        rejected=received if superseded else len(rejected),
    )
    body = write_file_acknowledgement(
        safe(arrival.name),
        counts,
        _lines(outcome) if outcome else (),
        [*document.findings, *(stock_notes(outcome) if outcome else ())],
    )
    return OutgoingFile(partner.name, "advice", _stem(arrival), "csv", body, is_answer=True)


def _lines(outcome: StockOutcome) -> Iterator[AnsweredLine]:
    """Answer each line that is not on sale yet, with the reason."""
    for code in outcome.unmapped:
        yield AnsweredLine(
            str(code.line or ""),
            "held",
            code="E-14",
            where=code.where,
            message=not_known_yet(code),
        )


def stock_notes(outcome: StockOutcome) -> Iterable[Finding]:
    """Yield what a vendor should know of its availability as a whole."""
    if outcome.is_superseded:
        yield Finding(
            "stock.superseded",
            "a newer count is already here, so this file changes nothing; send the newest count",
        )
    yield from outcome.notes
    if outcome.oversold:
        named = ", ".join(outcome.oversold[:MOST_NAMED])
        more = len(outcome.oversold) - MOST_NAMED
        rest = f" and {more} more" if more > 0 else ""
        yield Finding(
            "E-24",
            f"less is offered than is sold of: {named}{rest}. Nothing more of it is sold until a"
            " file offers more",
        )


def document_advice(partner: Partner, arrival: Arrival, document: ReadDocument) -> OutgoingFile:
    """Tell a partner what of a document that its technical answer accepts can't be used."""
    part = int(document.record is not None)
    body = write_file_acknowledgement(
        safe(arrival.name),
        Counts(received=1, accepted=part, rejected=1 - part, partly=part),
        findings=document.findings,
    )
    return OutgoingFile(partner.name, "advice", _stem(arrival), "csv", body, is_answer=True)


def order_advice(
    partner: Partner, arrival: Arrival, counts: Counts, findings: Iterable[Finding]
) -> OutgoingFile:
    """Tell a partner what became of a file of purchase orders."""
    body = write_file_acknowledgement(safe(arrival.name), counts, findings=findings)
    return OutgoingFile(partner.name, "advice", _stem(arrival), "csv", body, is_answer=True)


def order_counts(
    desk: Desk,
    arrival: Arrival,
    states: Mapping[DocumentState, int],
    *,
    document_id: int | None = None,
) -> Counts:
    """Count the orders of a file, or the one of `document_id`, as the rules judged them (L-08).

    `states` are those of their documents. An order that was refused is never counted as accepted.
    """
    found = judged(desk.post, arrival.id, document_id)
    received = sum(states.values())
    held = states.get(DocumentState.HELD, 0)
    rejected = states.get(DocumentState.REJECTED, 0) + found.refused
    return Counts(received, received - held - rejected, held, rejected, found.partly)


def _stem(arrival: Arrival) -> str:
    """Return the file's name without its extension; only plain characters of it reach a name."""
    return safe(arrival.name).rsplit(".", 1)[0]
