"""What is told of invoices: the invoice to its buyer, how far it is to its vendor (4.4 step 9).

`_WRITERS` is the one place that knows the forms an invoice goes out in, beside layouts of partners'
own; whoever adds one adds a row here, and its name to `receives_invoices` in `daemon.sections`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from daemon.config import Partner
from daemon.errors import UnwritableError
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import InvoiceState
from daemon.replies.edifact_invoices import invoic
from daemon.replies.layouts import is_layout, step_file
from daemon.replies.x12_invoices import invoice_810, invoice_880
from daemon.trade.desk import Desk
from daemon.trade.invoices.answers import AnswerOutcome, Ruled
from daemon.trade.invoices.book import BookedInvoice
from daemon.trade.invoices.take import InvoiceOutcome, News
from daemon.trade.outcome import StepOutcome
from formats.invoices import Invoice, InvoiceAnswer, InvoiceDecision, InvoiceVerdict
from formats.notices import Notice, Reader, write_notice
from formats.papers.invoice_pdf import write_pdf
from formats.records import Purpose
from formats.steps import Step
from formats.steps_json_out import write_step as write_json
from formats.tabular.invoices_out import numbered, write_invoice
from formats.tabular.steps_out import write_step as write_csv


def _csv(_desk: Desk, buyer: Partner, kind: str, invoice: Invoice) -> OutgoingFile:
    body = write_invoice(numbered(invoice))
    return OutgoingFile(buyer.name, kind, invoice.number, "csv", body, is_answer=False)


def _json(_desk: Desk, buyer: Partner, kind: str, invoice: Invoice) -> OutgoingFile:
    return OutgoingFile(
        buyer.name, kind, invoice.number, "json", write_json(invoice), is_answer=False
    )


Writer = Callable[[Desk, Partner, str, Invoice], OutgoingFile]
"""Writes an invoice for a partner; ValueError for what its form can't say. The text is the kind of
file: `invoice`, or `invoice-export` for the buyer's own system."""

_WRITERS: Mapping[str, Writer] = {
    "csv": _csv,
    "json": _json,
    "x12": invoice_810,
    "edifact": invoic,
    "x12-880": invoice_880,
}
_STATE_WRITERS: Mapping[str, Callable[[Step], bytes]] = {"csv": write_csv, "json": write_json}
_DECISIONS = {
    InvoiceState.APPROVED: InvoiceDecision.APPROVE,
    InvoiceState.SENT: InvoiceDecision.SENT,
    InvoiceState.SYNCHRONIZED: InvoiceDecision.SYNCHRONIZED,
    InvoiceState.FAILED: InvoiceDecision.FAILED,
}


def tell(desk: Desk, outcome: StepOutcome) -> list[OutgoingFile]:
    """Return what the buyer hears of an invoice: it, its new version, or that it is void."""
    if not isinstance(outcome, InvoiceOutcome) or outcome.booked is None:
        return []
    booked, buyer = outcome.booked, desk.partner(outcome.booked.buyer)
    if buyer is None or outcome.news is News.NOTHING:
        return []
    purpose = {News.CHANGED: Purpose.REPLACE, News.VOID: Purpose.CANCEL}.get(
        outcome.news, Purpose.NEW
    )
    invoice = booked.invoice().model_copy(update={"purpose": purpose})
    files = _for_buyer(desk, buyer, invoice)
    if outcome.news is not News.NEW:
        files.append(_warning(desk, outcome, booked, buyer))
    return files


def share_files(desk: Desk, booked: BookedInvoice) -> list[OutgoingFile]:
    """Return an invoice for its buyer, who gets it for the first time."""
    buyer = desk.partner(booked.buyer)
    if buyer is None:
        return []
    return _for_buyer(desk, buyer, booked.invoice())


def _for_buyer(desk: Desk, buyer: Partner, invoice: Invoice) -> list[OutgoingFile]:
    """Return an invoice in its buyer's form, and for its people where it wants that."""
    files = _written(desk, buyer, "invoice", invoice, buyer.receives_invoices)
    if buyer.buying.invoice_pdf:
        body = write_pdf(invoice)
        files.append(
            OutgoingFile(buyer.name, "invoice", invoice.number, "pdf", body, is_answer=False)
        )
    return files


def _written(
    desk: Desk, buyer: Partner, kind: str, invoice: Invoice, form: str
) -> list[OutgoingFile]:
    if form == "none":
        return []
    try:
        if is_layout(form):
            named = (kind, invoice.number)
            return [step_file(desk.tables.layouts, buyer, named, numbered(invoice), form)]
        return [_WRITERS[form](desk, buyer, kind, invoice)]
    except ValueError as error:
        raise UnwritableError(
            f"invoice {invoice.number} can't be written for {buyer.title or buyer.name}: {error}."
            " Let the operator choose another form for its invoices (receives_invoices), and"
            " release the file from quarantine"
        ) from error


def _warning(
    desk: Desk, outcome: InvoiceOutcome, booked: BookedInvoice, buyer: Partner
) -> OutgoingFile:
    """Return the warning that an invoice is not what was approved (K-93), or is no more (K-90)."""
    invoice, was = booked.invoice(), outcome.was
    before = f" It was {was.value}." if was else ""
    if outcome.news is News.VOID:
        subject, code = f"{booked.what}: void", "K-90"
        text = f"{_upper(booked.what)} was taken back by its vendor.{before} Don't pay it."
    else:
        subject, code = f"{booked.what}: changed", "K-93"
        total = f"{invoice.total:f} {invoice.currency or ''}".strip()
        text = (
            f"{_upper(booked.what)} was changed by its vendor and comes to {total} now.{before}"
            " It waits for approval again."
        )
    notice = Notice(
        subject=subject[:1].upper() + subject[1:],
        text=text,
        reader=Reader.ACCOUNTS_PAYABLE,
        to=buyer.buying.accounts_payable,
        order=", ".join(invoice.order_numbers),
        at=desk.post.at,
        lines=[],
        code=code,
        buyer=buyer.title or buyer.name,
        vendor=invoice.vendor.name or invoice.vendor.code,
    )
    body = write_notice(notice)
    return OutgoingFile(buyer.name, "notice", booked.number, "json", body, is_answer=False)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def tell_decisions(desk: Desk, outcome: StepOutcome) -> list[OutgoingFile]:
    """Return what the decisions of a file cause."""
    ruled = outcome.ruled if isinstance(outcome, AnswerOutcome) else ()
    return [file for each in ruled for file in decision_files(desk, each)]


def decision_files(desk: Desk, ruled: Ruled) -> list[OutgoingFile]:
    """Return what one decision causes: its vendor hears of it, the buyer's system gets it."""
    booked = ruled.invoice
    if booked is None:
        return []
    files: list[OutgoingFile] = []
    buyer, vendor = desk.partner(booked.buyer), desk.partner(booked.vendor)
    if ruled.is_sent and buyer is not None:
        form = buyer.buying.exports_invoices or "none"
        files += _written(desk, buyer, "invoice-export", booked.invoice(), form)
    decision = _DECISIONS.get(booked.state)
    if vendor is None or decision is None or vendor.receives_invoices == "none":
        return files
    # X12, EDIFACT and layouts of invoices have no word for it.
    told = vendor.receives_invoices if vendor.receives_invoices in _STATE_WRITERS else "csv"
    reason = booked.reason if decision is InvoiceDecision.FAILED else None
    verdict = InvoiceVerdict(
        1, booked.number, decision, reason=reason, total=booked.invoice().total
    )
    body = _STATE_WRITERS[told](InvoiceAnswer(verdicts=(verdict,)))
    files.append(
        OutgoingFile(vendor.name, "invoice-state", booked.number, told, body, is_answer=False)
    )
    return files
