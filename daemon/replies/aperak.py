"""Application advices in EDIFACT (APERAK): what of a message could be read and not used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.replies.advised import Advised, of_document, of_step, of_stock
from daemon.replies.edifact import envelope_to, message_to, reference_to
from daemon.trade.desk import Desk
from daemon.trade.outcome import StepOutcome, StockOutcome
from daemon.trade.step import addressee_of
from formats.acknowledgements import Acknowledged, Acknowledgement, Level
from formats.documents import ReadDocument
from formats.edifact.application_advice_out import write_application_advice
from formats.findings import Finding

KIND = "APERAK"
_MESSAGES = {
    "inventory_advice": "INVRPT",
    "invoice": "INVOIC",
    "order_change": "ORDCHG",
    "order_confirmation": "ORDRSP",
    "purchase_order": "ORDERS",
    "ship_notice": "DESADV",
}
"""Message of each kind of record that is advised of."""
_MOST_REFERENCE = 35


def is_wanted(partner: Partner) -> bool:
    """Tell whether a partner is told of the content of its EDIFACT by APERAK."""
    return partner.content_advice == "aperak"


def stock_advice(
    desk: Desk, partner: Partner, stock: StockOutcome, key: int, document: ReadDocument
) -> OutgoingFile:
    """Tell a vendor which lines of its INVRPT (document `key`) are not simply on sale."""
    return _file(desk, of_stock(partner, stock, document), key)


def step_advice(desk: Desk, outcome: StepOutcome, findings: Sequence[Finding]) -> OutgoingFile:
    """Tell the sender of a step which of its rows were not carried out."""
    return _file(desk, of_step(desk, outcome, findings), outcome.document_id)


def document_advice(
    desk: Desk, partner: Partner, document: ReadDocument, key: int, *, is_test: bool
) -> OutgoingFile:
    """Tell a partner what of a message that its CONTRL accepts can't be used."""
    return _file(desk, of_document(partner, document, is_test=is_test), key)


def _file(desk: Desk, advised: Advised, key: int) -> OutgoingFile:
    """Name the message by its document's number and by the interchange that it came in."""
    interchange, *_ = advised.control.split("/")
    about = Acknowledged(
        *(Level.DOCUMENT, advised.acceptance, interchange),
        kind=_MESSAGES.get(advised.record.kind, "") if advised.record else "",
        reference=advised.reference[:_MOST_REFERENCE],
        # The codes of errors are of a list of X12.
        faults=tuple(replace(each, code="") for each in advised.faults),
    )
    partner = advised.partner
    addressee = addressee_of(desk, key)
    envelope = envelope_to(desk, partner, is_test=advised.is_test, addressee=addressee)
    reference = reference_to(desk, envelope)
    cuts: list[Finding] = []
    body = write_application_advice(
        Acknowledgement(form=KIND, number=reference, items=(about,)),
        envelope,
        message_to(partner, KIND),
        reference=reference,
        at=desk.post.at.astimezone(desk.site.site.zone),
        warnings=cuts,
    )
    named = about.reference or about.interchange or "advice"
    return OutgoingFile(
        *(partner.name, KIND, named, "edi", body), is_answer=True, notes=tuple(cuts)
    )
