"""Application advices in X12 (824): what of a set could be read and not used."""

from __future__ import annotations

from collections.abc import Sequence

from daemon.config import Partner
from daemon.ledger.posting import OutgoingFile
from daemon.replies.advised import Advised, HasKind, of_document, of_step, of_stock
from daemon.replies.envelopes import numbers, sent_back, to_partner
from daemon.trade.desk import Desk
from daemon.trade.outcome import StepOutcome, StockOutcome
from daemon.trade.step import addressee_of, interchange_sender, sender_of
from formats.acknowledgements import Acknowledged, Acknowledgement, Level
from formats.documents import ReadDocument
from formats.findings import Finding
from formats.invoices import Invoice
from formats.steps import OrderConfirmation
from formats.x12.application_advice_out import write_application_advice

KIND = "824"
_SETS = {
    "inventory_advice": "846",
    "invoice": "810",
    "order_change": "860",
    "order_confirmation": "855",
    "ship_notice": "856",
}
"""Transaction set of each kind of record that is advised of, where the record doesn't say it."""
_MOST_REFERENCE = 30


def wants_advice(partner: Partner) -> bool:
    """Tell whether a partner is told of content by 824."""
    return partner.content_advice == KIND


def stock_advice_x12(
    desk: Desk,
    partner: Partner,
    stock: StockOutcome,
    document: ReadDocument,
    addressee: str | None,
) -> OutgoingFile:
    """Tell a vendor which lines of its 846 are not simply on sale."""
    advised = of_stock(partner, stock, document)
    sender = sender_of(desk, stock.document_id)
    return _file(desk, advised, _set_of(stock.advice), addressee, sender)


def step_advice_x12(desk: Desk, outcome: StepOutcome, findings: Sequence[Finding]) -> OutgoingFile:
    """Tell the sender of a step which of its rows were not carried out."""
    advised = of_step(desk, outcome, findings)
    addressee = addressee_of(desk, outcome.document_id)
    sender = sender_of(desk, outcome.document_id)
    return _file(desk, advised, _set_of(outcome.record), addressee, sender)


def document_advice_x12(
    desk: Desk,
    partner: Partner,
    document: ReadDocument,
    kind: str,
    addressee: str | None,
    *,
    is_test: bool,
    arrival_id: int,
) -> OutgoingFile:
    """Tell a partner what of a set that its 997 accepts can't be used; `kind` is its code."""
    advised = of_document(partner, document, is_test=is_test)
    sender = interchange_sender(desk, arrival_id, advised.control)
    return _file(desk, advised, kind, addressee, sender)


def _set_of(record: HasKind) -> str:
    """Return the transaction set that a record came in (OTI10)."""
    if isinstance(record, OrderConfirmation) and record.is_to_change:
        return "865"
    said = record.came_as if isinstance(record, Invoice) else None
    return said or _SETS.get(record.kind, "")


def _file(
    desk: Desk, advised: Advised, kind: str, addressee: str | None, sender: str | None
) -> OutgoingFile:
    _, group, number = (*advised.control.split("/"), "", "", "")[:3]
    about = Acknowledged(
        *(Level.DOCUMENT, advised.acceptance),
        group=group,
        control=number,
        kind=kind,
        reference=advised.reference[:_MOST_REFERENCE],
        faults=advised.faults,
    )
    partner = advised.partner
    envelope = to_partner(desk.site, partner, is_test=advised.is_test, addressee=addressee)
    if partner.x12 is None:
        envelope = sent_back(envelope, sender)
    control = numbers(desk.post, envelope)
    cuts: list[Finding] = []
    body = write_application_advice(
        Acknowledgement(form=KIND, number=str(control.interchange), items=(about,)),
        envelope,
        control,
        desk.post.at.astimezone(desk.site.site.zone),
        warnings=cuts,
    )
    reference = about.reference or about.control or "advice"
    return OutgoingFile(
        *(partner.name, KIND, reference, "edi", body), is_answer=True, notes=tuple(cuts)
    )
