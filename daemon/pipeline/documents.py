"""One document on its way: map it, let the rules decide, write the replies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from daemon.config import Partner, Role
from daemon.errors import UnwritableError, UsageError
from daemon.ledger.arrivals import Arrival
from daemon.ledger.documents import (
    NewDocument,
    add_document,
    add_findings,
    set_state,
)
from daemon.ledger.outgoing import has_purged_answers, latest_answers
from daemon.ledger.posting import OutgoingFile
from daemon.ledger.states import DocumentState, OrderState
from daemon.mapping.apply import map_inventory, map_order
from daemon.pipeline import vendor_made
from daemon.pipeline.acknowledged import take_acknowledgement
from daemon.pipeline.hauled import Hauled, take_hauled
from daemon.pipeline.steps import complete_waiting, take_step
from daemon.replies import axerrio_orders
from daemon.replies import orders as order_replies
from daemon.replies import prebooks as prebook_replies
from daemon.replies.advice import repetition_advice
from daemon.replies.checkout_notices import checkout_notices
from daemon.replies.labels import label_files
from daemon.trade.desk import Desk
from daemon.trade.exceptions import note_order
from daemon.trade.orders.aliases import learn_aliases
from daemon.trade.orders.messages import other_with_id
from daemon.trade.orders.parties import sides
from daemon.trade.orders.place import AnyOrder, content_digest, place
from daemon.trade.outcome import OrderOutcome, StockOutcome
from daemon.trade.redrive import (
    complete_order,
    keep_waiting,
    state_of,
    waiting_change,
)
from daemon.trade.stock.open_market import publish
from formats.acknowledgements import Acknowledgement
from formats.documents import Kept, ReadDocument
from formats.findings import Finding
from formats.identify import Format
from formats.records import AxerrioOrder, InventoryAdvice, InventoryLine, PurchaseOrder

MOST = 999_999_999_999
"""The largest quantity or price."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one document."""

    document_id: int
    state: DocumentState
    stock: StockOutcome | None = None
    files: int = 0
    refusal: tuple[str, str] | None = None
    """Code and sentence, where it could be read and there is no use for it."""
    taught: str | None = None
    """Vendor of whose words for products something was learnt (A-04)."""


@dataclass(slots=True)
class Tally:
    """What became of an arrival's documents, in numbers: a file may hold many thousand."""

    states: Counter[DocumentState] = field(default_factory=Counter)
    files: int = 0
    refusal: tuple[str, str] | None = None
    """Code and sentence of the first thing that could not be used."""
    held_reason: str | None = None
    """Sentence, where a part of the file waits for a person before it is even read."""
    is_repetition: bool = False
    """Everything in the file was taken before."""

    def add(self, taken: Taken, findings: Sequence[Finding] = ()) -> None:
        """Count one document with what was found in it."""
        self.states[taken.state] += 1
        self.files += taken.files
        self.note(findings)
        self.refusal = self.refusal or taken.refusal

    def join(self, other: Tally) -> None:
        """Add what became of another part of the same arrival."""
        self.states += other.states
        self.files += other.files
        self.refusal = self.refusal or other.refusal
        self.held_reason = self.held_reason or other.held_reason

    def note(self, findings: Iterable[Finding]) -> None:
        """Remember the first error, for the arrival's reason."""
        if self.refusal is None:
            first = next((f for f in findings if f.is_error), None)
            if first is not None:
                self.refusal = (first.code, f"{first.where}: {first.message}")


def take(
    desk: Desk,
    origin: Partner,
    arrival: Arrival,
    document: ReadDocument,
    *,
    position: int,
    form: Format,
    addressee: str | None = None,
) -> Taken:
    """Take one read document into the books and gather the files that answer it."""
    desk.forms[arrival.id] = form
    record = document.record
    if record is None:
        return _refused(desk, origin, arrival, document, position)
    if isinstance(record, Acknowledgement):
        noted = take_acknowledgement(
            desk, origin, arrival, document, record, position=position, addressee=addressee
        )
        return Taken(noted.document_id, noted.state, refusal=noted.refusal)
    if isinstance(record, Hauled):
        key = take_hauled(desk, origin, arrival, document, record, position=position)
        return Taken(key, DocumentState.POSTED)
    if isinstance(record, Kept):
        return _kept(desk, origin, arrival, document, record, position=position)
    if not isinstance(record, InventoryAdvice | PurchaseOrder | AxerrioOrder):
        done = take_step(
            desk,
            origin,
            arrival,
            document,
            record,
            position=position,
            form=form,
            addressee=addressee,
        )
        return Taken(done.document_id, done.state, files=done.files)
    _check_numbers(record)
    if isinstance(record, InventoryAdvice):
        taken = _inventory(desk, origin, arrival, document, record, position=position)
    else:
        taken = _order(
            desk,
            origin,
            arrival,
            document,
            record,
            position=position,
            form=form,
            addressee=addressee,
        )
    add_findings(desk.post, document.findings, arrival_id=arrival.id, document_id=taken.document_id)
    return taken


def _check_numbers(record: AnyOrder | InventoryAdvice) -> None:
    """Refuse a number that the books can't hold; X12 allows fifteen digits and more."""
    for line in record.lines:
        price = line.unit_cost if isinstance(line, InventoryLine) else line.unit_price
        for number in (line.quantity, price):
            if number is not None and abs(number) > MOST:
                raise UnwritableError(
                    f"line {line.line}: {number} is more than {MOST}, the most that the books"
                    " hold; correct it and send it again"
                )


def _refused(
    desk: Desk, origin: Partner, arrival: Arrival, document: ReadDocument, position: int
) -> Taken:
    new = NewDocument(
        arrival_id=arrival.id,
        partner=origin.name,
        position=position,
        kind="unread",
        number="",
        control=document.control,
        digest=document.digest,
        state=DocumentState.REJECTED,
    )
    key = add_document(desk.post, new)
    add_findings(desk.post, document.findings, arrival_id=arrival.id, document_id=key)
    return Taken(key, DocumentState.REJECTED)


def _kept(
    desk: Desk,
    origin: Partner,
    arrival: Arrival,
    document: ReadDocument,
    record: Kept,
    *,
    position: int,
) -> Taken:
    """Keep what nothing follows from, for people to see."""
    new = NewDocument(
        arrival_id=arrival.id,
        partner=origin.name,
        position=position,
        kind=record.kind,
        number=record.number[:64],
        control=document.control,
        digest=document.digest,
        state=DocumentState.POSTED,
        record=record.to_keep(),
    )
    key = add_document(desk.post, new)
    add_findings(desk.post, document.findings, arrival_id=arrival.id, document_id=key)
    return Taken(key, DocumentState.POSTED)


def _inventory(
    desk: Desk,
    origin: Partner,
    arrival: Arrival,
    document: ReadDocument,
    advice: InventoryAdvice,
    *,
    position: int,
) -> Taken:
    if not origin.has(Role.VENDOR):
        raise UnwritableError(
            f"{origin.name} is no vendor here, so its inventory is not taken; send it as the"
            " vendor, or let the operator add the role"
        )
    mapped = map_inventory(
        advice,
        desk.tables,
        partner=origin.name,
        vendor=origin.name,
        on=desk.today,
        aliases=desk.aliases,
    )
    new = NewDocument(
        arrival_id=arrival.id,
        partner=origin.name,
        position=position,
        kind=advice.kind,
        number=(advice.reference or "")[:64],
        control=document.control,
        digest=document.digest,
        state=DocumentState.POSTED,
    )
    key = add_document(desk.post, new)
    outcome = publish(
        desk,
        mapped.document,
        mapped.unmapped,
        origin=origin,
        arrival_id=arrival.id,
        document_id=key,
        words=mapped.optional,
    )
    state = DocumentState.POSTED
    if outcome.is_superseded:
        state = DocumentState.SUPERSEDED
    elif outcome.is_waiting:
        state = DocumentState.HELD
    set_state(desk.post, key, state)
    add_findings(desk.post, outcome.notes, arrival_id=arrival.id, document_id=key)
    return Taken(key, state, stock=outcome)


def _order(
    desk: Desk,
    origin: Partner,
    arrival: Arrival,
    document: ReadDocument,
    order: AnyOrder,
    *,
    position: int,
    form: Format,
    addressee: str | None,
) -> Taken:
    parties = sides(desk.site, order, origin, addressee)
    vendor = parties.vendor.name if parties.vendor else None
    mapped = map_order(
        order,
        desk.tables,
        partner=origin.name,
        vendor=vendor,
        on=desk.today,
        aliases=desk.aliases,
    )
    new = NewDocument(
        arrival_id=arrival.id,
        partner=origin.name,
        position=position,
        kind=order.kind,
        number=order.number,
        control=document.control,
        digest=document.digest,
        state=DocumentState.POSTED,
        addressee=addressee,
        record=order.to_keep(),
    )
    other = other_with_id(desk, origin.name, order, arrival.id)
    key = add_document(desk.post, new)
    outcome = place(
        desk,
        mapped.document,
        mapped.unmapped,
        parties,
        origin=origin,
        digest=content_digest(order),
        arrival_id=arrival.id,
        document_id=key,
        other_message=other,
    )
    state = state_of(outcome)
    set_state(desk.post, key, state)
    note_order(desk, outcome)
    files = reply(desk, outcome, form)
    if outcome.order_id is not None:
        files += _change(desk, origin, order, form)
    files += complete_waiting_for(desk, outcome)
    # Only the network's API teaches words: other orders say what their own sender calls it.
    is_taught = form is Format.JSON and learn_aliases(desk, outcome)
    return Taken(key, state, files=files, taught=vendor if is_taught else None)


def complete_waiting_for(desk: Desk, outcome: OrderOutcome) -> int:
    """Complete the steps that wait for an order, once it has come; return their files."""
    if outcome.order_id is None or outcome.state is OrderState.HELD:
        return 0
    buyer, vendor = (each.name if each else None for each in (outcome.buyer, outcome.vendor))
    return complete_waiting(desk, outcome.order.number, outcome.origin.name, buyer, vendor)


def _change(desk: Desk, origin: Partner, order: AnyOrder, form: Format) -> int:
    """Let the change of an order that came before it follow it; return how many files it causes.

    One that can't be written goes on waiting: nothing is wrong with the order itself.
    """
    waiting = waiting_change(desk, origin.name, order)
    if waiting is None:
        return 0
    desk.write_stock()
    try:
        with desk.post.attempt():
            return reply(desk, complete_order(desk, waiting), form)
    except (UnwritableError, UsageError) as error:
        desk.stock.lots.clear()
        keep_waiting(desk, waiting, error)
        return 0


def reply(desk: Desk, outcome: OrderOutcome, form: Format) -> int:
    """Gather the files that an order's outcome causes; return how many."""
    if outcome.repeats_document is not None:
        files = answers_of(desk, outcome.repeats_document, outcome.origin, outcome.order.number)
    else:
        try:
            files = _files(desk, outcome, form)
        except ValueError as error:
            raise UnwritableError(
                f"order {outcome.order.number} can't be written: {error}. Mend the codes in the"
                " mapping tables and release the file from quarantine"
            ) from error
    for file in files:
        desk.post.send(file, arrival_id=outcome.arrival_id, document_id=outcome.document_id)
    return len(files) + vendor_made.carry_on(desk, outcome)


def _files(desk: Desk, outcome: OrderOutcome, form: Format) -> list[OutgoingFile]:
    """Return what an order or a prebook causes, for its sender and for others."""
    if outcome.is_prebook:
        return prebook_replies.files(desk, outcome, form)
    theirs = outcome.for_vendor or outcome
    files = order_replies.answer(desk, outcome, form)
    files += order_replies.forward(desk, theirs)
    files += axerrio_orders.order_files(desk, theirs)
    if outcome.gathered is not None:
        files += axerrio_orders.question(desk, outcome.gathered)
    return files + label_files(desk, theirs) + checkout_notices(desk, outcome)


def answers_of(desk: Desk, document_id: int, origin: Partner, reference: str) -> list[OutgoingFile]:
    """Return the newest answers to an earlier document, byte for byte, to be given again (P4).

    Where they are no longer kept, its sender is told that much.
    """
    desk.post.flush()
    found = latest_answers(desk.post.conn, document_id=document_id)
    if not found and has_purged_answers(desk.post.conn, document_id=document_id):
        return [repetition_advice(desk, origin, reference)]
    return found
