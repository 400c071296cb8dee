"""A step after an order on its way: the rules of its kind carry it out, and everyone is told.

One row of `HANDLERS` is all that a kind of step needs here: what carries it out, and what the
others are told of it. The step, the states it moves and the files it causes are one posting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select

from daemon.config import Partner
from daemon.errors import UnwritableError, UsageError
from daemon.eventlog import safe
from daemon.ledger import holds as hold_book
from daemon.ledger import schema
from daemon.ledger.arrivals import Arrival
from daemon.ledger.documents import (
    REFUSED,
    NewDocument,
    add_document,
    add_findings,
    findings_of,
    note_refusals,
    set_state,
)
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import DocumentState, HoldState
from daemon.pipeline import vendor_made
from daemon.pipeline.sold_orders import confirm_sold
from daemon.replies import axerrio_orders, truck_notices
from daemon.replies import box_codes as box_code_replies
from daemon.replies import changes as change_replies
from daemon.replies import confirmations as confirmation_replies
from daemon.replies import invoices as invoice_replies
from daemon.replies import landing as landing_replies
from daemon.replies import shipments as shipment_replies
from daemon.replies import waybills as waybill_replies
from daemon.replies.steps import answer_step
from daemon.trade.changes.change import change
from daemon.trade.changes.confirmations import confirm
from daemon.trade.changes.of_prebooks import change_prebook
from daemon.trade.desk import Desk
from daemon.trade.exceptions import tell_of_findings
from daemon.trade.goods.books import waybills
from daemon.trade.goods.box_code_changes import change_codes
from daemon.trade.goods.receiving import receive
from daemon.trade.goods.shipments import ship
from daemon.trade.goods.waybills import take_waybills
from daemon.trade.invoices.answers import take_answer as take_invoice_answer
from daemon.trade.invoices.take import take_invoice
from daemon.trade.landing.recount import recount
from daemon.trade.landing.take import take_charges
from daemon.trade.orders.approvals import ApprovalOutcome, decide
from daemon.trade.orders.by_line_id import with_orders
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from daemon.trade.papers.manifest_answers import take_answer
from daemon.trade.redrive import keep_waiting
from daemon.trade.step import StepAtHand, form_of, order_of_key
from daemon.trade.waiting import sides_of, waiting_for
from formats.documents import ReadDocument
from formats.findings import Finding, Where
from formats.identify import Format
from formats.invoices import Invoice, InvoiceAnswer
from formats.steps import (
    AirWaybillNotice,
    Approval,
    BoxCodeChange,
    ManifestAnswer,
    OrderChange,
    OrderConfirmation,
    ReceivingScan,
    ShipNotice,
    Step,
)
from formats.waybill_charges import WaybillCharges

_STEPS: TypeAdapter[Step] = TypeAdapter(Step)
Answer = Callable[[Desk, StepOutcome, Format, str, Sequence[Finding]], list[OutgoingFile]]


@dataclass(frozen=True, slots=True)
class Handler:
    """How a kind of step is worked on."""

    carry_out: Callable[[Desk, StepAtHand[Any]], StepOutcome]
    tell: Callable[[Desk, StepOutcome], list[OutgoingFile]]
    """Returns the files for everyone but the sender."""
    answer: Answer = answer_step


def _tell_nobody(_desk: Desk, _outcome: StepOutcome) -> list[OutgoingFile]:
    return []


def _change_any(desk: Desk, step: StepAtHand[OrderChange]) -> StepOutcome:
    return change_prebook(desk, step) or change(desk, step)


HANDLERS: Mapping[type[Step], Handler] = {
    OrderConfirmation: Handler(confirm, confirmation_replies.tell),
    OrderChange: Handler(_change_any, change_replies.tell, change_replies.answer),
    Approval: Handler(decide, axerrio_orders.tell),
    ShipNotice: Handler(ship, shipment_replies.tell, shipment_replies.answer),
    BoxCodeChange: Handler(change_codes, box_code_replies.tell, box_code_replies.answer),
    AirWaybillNotice: Handler(take_waybills, waybill_replies.tell, shipment_replies.answer),
    ReceivingScan: Handler(receive, _tell_nobody),
    ManifestAnswer: Handler(take_answer, truck_notices.tell),
    # What it changes of the goods' cost is told in `_carry_out`, as for everything that ships.
    WaybillCharges: Handler(take_charges, _tell_nobody, shipment_replies.answer),
    Invoice: Handler(take_invoice, invoice_replies.tell),
    InvoiceAnswer: Handler(take_invoice_answer, invoice_replies.tell_decisions),
}
"""By the record that a reader gives; see `formats.steps`."""


@dataclass(frozen=True, slots=True)
class StepTaken:
    """What became of a step."""

    document_id: int
    state: DocumentState
    files: int


def take_step(
    desk: Desk,
    origin: Partner,
    arrival: Arrival,
    document: ReadDocument,
    step: Step,
    *,
    position: int,
    form: Format,
    addressee: str | None = None,
) -> StepTaken:
    """Take one step into the books, let the rules carry it out, and gather what it causes."""
    key = add_document(
        desk.post,
        NewDocument(
            arrival_id=arrival.id,
            partner=origin.name,
            position=position,
            kind=step.kind,
            number=getattr(step, "number", ""),
            control=document.control,
            digest=document.digest,
            state=DocumentState.POSTED,
            addressee=addressee,
            record=step.to_keep(),
        ),
    )
    add_findings(desk.post, document.findings, arrival_id=arrival.id, document_id=key)
    at_hand = StepAtHand(step, origin, arrival.id, key)
    return _carry_out(desk, at_hand, form, safe(arrival.name), document.findings)


def _carry_out(
    desk: Desk, step: StepAtHand[Any], form: Format, file: str, findings: Sequence[Finding]
) -> StepTaken:
    handler = HANDLERS[type(step.record)]
    step = with_orders(desk, step)
    confirmed = confirm_sold(desk, step)
    outcome = handler.carry_out(desk, step)
    set_state(desk.post, step.document_id, outcome.state)
    refused = [_refusal(row) for row in outcome.rows if row.status is RowStatus.REFUSED]
    if refused:
        note_refusals(desk.post, refused, arrival_id=step.arrival_id, document_id=step.document_id)
        tell_of_findings(
            desk, step.origin.name, _named(step.record), refused, arrival_id=step.arrival_id
        )
    try:
        files = handler.answer(desk, outcome, form, file, findings)
        files += handler.tell(desk, outcome)
        recounted = recount(desk, outcome.shipments, step.arrival_id)
        files += landing_replies.tell(desk, recounted)
    except ValueError as error:
        raise UnwritableError(
            f"what follows from {step.cause.words} can't be written: {error}. Mend the codes in the"
            " mapping tables and release the file from quarantine"
        ) from error
    for each in files:
        desk.post.send(each, arrival_id=step.arrival_id, document_id=step.document_id)
    more = confirmed
    if isinstance(outcome, ApprovalOutcome):
        approved = [each.order for each in outcome.decided if each.order is not None]
        more += sum(vendor_made.carry_on(desk, order) for order in approved)
    more += sum(_let_follow(desk, key) for key in outcome.orders)
    more += vendor_made.ship_confirmed(desk, outcome)
    more += _let_charges_follow(desk, outcome)
    return StepTaken(step.document_id, outcome.state, len(files) + more)


def _refusal(row: RowOutcome) -> Finding:
    """Say for a person at this site what the sender is answered to a row."""
    code = f"{REFUSED}.{row.code}" if row.code else REFUSED
    about = f"{row.reference}: " if row.reference else ""
    return Finding(code, f"{about}{row.message or 'no reason'}", Where(row=row.line or None))


def _named(record: Step) -> str:
    """Name a step for a person: `order change 10045`."""
    return f"{record.kind.replace('_', ' ')} {getattr(record, 'number', '') or ''}".strip()


def _let_follow(desk: Desk, order_id: int) -> int:
    order = order_of_key(desk, order_id)
    return complete_waiting(desk, order.number, order.origin, order.buyer, order.vendor)


def _let_charges_follow(desk: Desk, outcome: StepOutcome) -> int:
    """Complete the charges that came before the goods of their air waybill."""
    if isinstance(outcome.record, WaybillCharges) or not outcome.shipments:
        return 0
    numbers = dict.fromkeys((b.awb, b.buyer) for b in waybills(desk, keys=outcome.shipments))
    return sum(complete_waiting(desk, number, buyer) for number, buyer in numbers)


def complete_waiting(desk: Desk, number: str, *partners: str | None) -> int:
    """Complete the steps of `partners` that wait for an order which came, or came further.

    Returns how many files that made. A step that can't be completed goes on waiting, and a person
    is told why.
    """
    files = 0
    for document_id in waiting_for(desk, sides_of(desk, *partners), number):
        desk.write_stock()
        try:
            with desk.post.attempt():
                files += complete_step(desk, document_id, form_of(desk, document_id)).files
        except (UnwritableError, UsageError) as error:
            desk.stock.lots.clear()
            keep_waiting(desk, document_id, error)
    return files


def is_step(desk: Desk, document_id: int) -> bool:
    """Tell whether a stored document is a step, not an order."""
    query = select(schema.documents.c.kind).where(schema.documents.c.id == document_id)
    kinds = {each.model_fields["kind"].default for each in HANDLERS}
    return desk.post.conn.execute(query).scalar() in kinds


def complete_step(desk: Desk, document_id: int, form: Format) -> StepTaken:
    """Carry out a held step again, after what it waited for has come; its open holds end."""
    table = schema.documents.c
    query = select(table.arrival_id, table.partner, table.record, table.state)
    row = desk.post.conn.execute(query.where(table.id == document_id)).one()
    origin = desk.partner(row.partner)
    if origin is None or row.record is None:
        raise UsageError(f"document {document_id} can't be completed: its partner or text is gone")
    if row.state != DocumentState.HELD.value:
        raise UsageError(f"document {document_id} is {row.state}; only a held one is completed")
    waiting = [hold.id for hold in hold_book.of_document(desk.post.conn, document_id)]
    hold_book.end(desk.post.conn, waiting, HoldState.RELEASED)
    step = StepAtHand(_STEPS.validate_json(row.record), origin, row.arrival_id, document_id)
    name = select(schema.arrivals.c.name).where(schema.arrivals.c.id == row.arrival_id)
    file = safe(desk.post.conn.execute(name).scalar_one())
    # What was wrong with its rows is so still (L-08).
    found = findings_of(desk.post, document_id)
    return _carry_out(desk, step, form, file, found)


def refuse_step(desk: Desk, document_id: int, reason: str) -> None:
    """Refuse a held step on a person's word; its sender is told `reason`."""
    set_state(desk.post, document_id, DocumentState.REJECTED)
    table = schema.documents.c
    row = desk.post.conn.execute(
        select(table.arrival_id, table.partner, table.record).where(table.id == document_id)
    ).one()
    origin = desk.partner(row.partner)
    if origin is None or row.record is None:
        return
    record = _STEPS.validate_json(row.record)
    outcome = StepOutcome(record, origin, document_id, row.arrival_id, ())
    name = select(schema.arrivals.c.name).where(schema.arrivals.c.id == row.arrival_id)
    file = safe(desk.post.conn.execute(name).scalar_one())
    # In rows, whatever it came as, except to a system that sent JSON.
    form = Format.JSON if form_of(desk, document_id) is Format.JSON else Format.DELIMITED
    for each in answer_step(desk, outcome, form, file, (Finding("rejected", reason),)):
        desk.post.send(each, arrival_id=row.arrival_id, document_id=document_id)
