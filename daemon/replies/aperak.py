"""Application advices in EDIFACT (APERAK): what of a message could be read and not used, and why.

They stand in for the CSV advice where a partner asks for them, as an 824 does in X12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.replies.content import Judged, faults_of, judge_step, judge_stock
from daemon.replies.edifact import envelope_to, message_to, reference_to
from daemon.trade.desk import Desk
from daemon.trade.outcome import StepOutcome, StockOutcome
from daemon.trade.step import addressee_of, control_of
from formats.acknowledgements import Acceptance, Acknowledged, Acknowledgement, Fault, Level
from formats.documents import ReadDocument
from formats.edifact.application_advice_out import write_application_advice
from formats.findings import Finding

KIND = "APERAK"
_MESSAGES = {
    "inventory_advice": "INVRPT",
    "invoice": "INVOIC",
    "order_change": "ORDCHG",
    "order_confirmation": "ORDRSP",
    "ship_notice": "DESADV",
}
"""Message of each kind of record that is advised of."""


def is_wanted(partner: Partner) -> bool:
    """Tell whether a partner is told of the content of its EDIFACT by APERAK."""
    return partner.content_advice == "aperak"


def stock_advice(
    desk: Desk, partner: Partner, stock: StockOutcome, key: int, document: ReadDocument
) -> OutgoingFile:
    """Tell a vendor which lines of its INVRPT (document `key`) are not simply on sale."""
    found = judge_stock(stock, document)
    about = _about(document.control, "INVRPT", stock.advice.reference or "", found)
    return _file(desk, partner, about, key, is_test=stock.advice.is_test)


def step_advice(desk: Desk, outcome: StepOutcome, findings: Sequence[Finding]) -> OutgoingFile:
    """Tell the sender of a step which of its rows were not carried out."""
    found = judge_step(outcome, findings)
    record, key = outcome.record, outcome.document_id
    number = str(getattr(record, "number", "") or "")
    about = _about(control_of(desk, key), _MESSAGES.get(record.kind, ""), number, found)
    is_test = bool(getattr(record, "is_test", False))
    return _file(desk, outcome.origin, about, key, is_test=is_test)


def unused_advice(
    desk: Desk, partner: Partner, document: ReadDocument, key: int, *, is_test: bool
) -> OutgoingFile:
    """Tell a partner why a message that was read without an error is of no use."""
    found = Judged(Acceptance.REJECTED, tuple(faults_of(document.findings)))
    about = _about(document.control, "", "", found)
    return _file(desk, partner, about, key, is_test=is_test)


def _about(control: str, kind: str, reference: str, found: Judged) -> Acknowledged:
    """Name a message by its document's number and by the interchange that it came in."""
    interchange, *_ = control.split("/")
    faults = tuple(_plain(each) for each in found.faults)
    return Acknowledged(
        *(Level.DOCUMENT, found.acceptance, interchange),
        kind=kind,
        reference=reference[:35],
        faults=faults,
    )


def _plain(fault: Fault) -> Fault:
    """Leave out the codes, which are of a list of X12."""
    return replace(fault, code="")


def _file(
    desk: Desk, partner: Partner, about: Acknowledged, key: int, *, is_test: bool
) -> OutgoingFile:
    envelope = envelope_to(desk, partner, is_test=is_test, addressee=addressee_of(desk, key))
    reference = reference_to(desk, envelope)
    body = write_application_advice(
        Acknowledgement(form="APERAK", number=reference, items=(about,)),
        envelope,
        message_to(partner, KIND),
        reference=reference,
        at=desk.post.at.astimezone(desk.site.site.zone),
    )
    named = about.reference or about.interchange or "advice"
    return OutgoingFile(partner.name, KIND, named, "edi", body, is_answer=True)
