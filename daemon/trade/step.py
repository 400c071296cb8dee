"""A step after an order, as the rules get it: who sent which record, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import RowMapping, select

from daemon.config import Partner, Role
from daemon.ledger import schema
from daemon.ledger.holds import HoldKind, NewHold, hold
from daemon.ledger.moves import Cause
from daemon.ledger.states import LineProgress, OrderState, TransferState
from daemon.trade.desk import Desk
from daemon.trade.orders.own_prebooks import PURCHASE
from daemon.trade.outcome import RowOutcome, RowStatus
from daemon.trade.waiting import note
from formats.identify import Format
from formats.steps import Step

StepT = TypeVar("StepT", bound=Step)
_MOST_DIGITS = 18
"""Of an id: more have no room in a row of the books."""


def our_id(text: str | None) -> int | None:
    """Return an id of ours that a partner names; None for what can't be one."""
    if text is None or len(text) > _MOST_DIGITS or not (text.isascii() and text.isdigit()):
        return None
    return int(text)


@dataclass(frozen=True, slots=True)
class StepAtHand(Generic[StepT]):
    """One step document with its place in the books."""

    record: StepT
    origin: Partner
    arrival_id: int
    document_id: int
    word: Cause | None = None
    """What the books say caused it, where a person said it and no file did."""

    @property
    def cause(self) -> Cause:
        """Say in the books that this document, or a person's word, moved what it moves."""
        if self.word is not None:
            return self.word
        kind = self.record.kind.replace("_", " ")
        return Cause(f"{kind} of {self.origin.name}", self.arrival_id)

    def vendor(self) -> str | None:
        """Return the vendor for whom the sender speaks: itself, or who runs its Axerrio system."""
        if self.origin.has(Role.AXERRIO):
            return self.origin.vendor
        return self.origin.name if self.origin.has(Role.VENDOR) else None


@dataclass(frozen=True, slots=True)
class BookedOrder:
    """A purchase order in the books."""

    id: int
    document_id: int
    arrival_id: int
    origin: str
    number: str
    buyer: str | None
    vendor: str | None
    state: OrderState
    transfer: TransferState
    prebook_id: int | None
    is_test: bool
    kind: str

    @property
    def what(self) -> str:
        """Name it in a sentence."""
        return f"{'purchase' if self.kind == PURCHASE else 'order'} {self.number}"


@dataclass(frozen=True, slots=True)
class BookedLine:
    """A line of a purchase order in the books; `key` is what partners know as po_item_id."""

    key: int
    order_id: int
    line: int
    reference: str
    progress: LineProgress


_ORDER_COLUMNS = (
    *(schema.orders.c.id, schema.orders.c.document_id, schema.orders.c.arrival_id),
    *(schema.orders.c.origin, schema.orders.c.number, schema.orders.c.buyer),
    *(schema.orders.c.vendor, schema.orders.c.state, schema.orders.c.transfer),
    *(schema.orders.c.prebook_id, schema.orders.c.is_test, schema.orders.c.kind),
)


def orders_numbered(
    desk: Desk, number: str, *, vendor: str | None = None, buyer: str | None = None
) -> list[BookedOrder]:
    """Return the newest purchase order with `number` of each sender, buyer and vendor (domain 2.4).

    A vendor knows an order by the buyer's number, two buyers may use the same one, and one buyer
    may give it to two vendors: the caller must not guess between several.
    """
    desk.write_stock()
    table = schema.orders.c
    query = select(*_ORDER_COLUMNS).where(table.number == number, table.kind == "purchase_order")
    if vendor is not None:
        query = query.where(table.vendor == vendor)
    if buyer is not None:
        query = query.where(table.buyer == buyer)
    newest: dict[tuple[str, bool, str | None, str | None], BookedOrder] = {}
    for row in desk.post.conn.execute(query.order_by(table.revision)):
        sender = row.origin, row.is_test
        for known in [each for each in newest if each[:2] == sender and None in each[2:]]:
            # Nobody knew of whom it was; a later one has taken its place.
            del newest[known]
        newest[*sender, row.vendor, row.buyer] = _booked(row._mapping)
    return list(newest.values())


def order_of_key(desk: Desk, key: int) -> BookedOrder:
    """Return the purchase order with primary key `key`."""
    desk.write_stock()
    query = select(*_ORDER_COLUMNS).where(schema.orders.c.id == key)
    return _booked(desk.post.conn.execute(query).one()._mapping)


def _booked(row: RowMapping) -> BookedOrder:
    values: dict[str, Any] = dict(row)
    values["state"] = OrderState(values["state"])
    values["transfer"] = TransferState(values["transfer"])
    return BookedOrder(**values)


def lines_of(desk: Desk, order_id: int) -> list[BookedLine]:
    """Return the lines of an order, in order."""
    desk.write_stock()
    table = schema.order_lines.c
    query = (
        select(table.id, table.order_id, table.line, table.reference, table.progress)
        .where(table.order_id == order_id)
        .order_by(table.line)
    )
    return [
        BookedLine(row.id, row.order_id, row.line, row.reference, LineProgress(row.progress))
        for row in desk.post.conn.execute(query)
    ]


def form_of(desk: Desk, document_id: int) -> Format:
    """Return the format that a document came in, in which its sender is answered."""
    desk.post.flush()
    table = schema.documents.c
    of_document = select(table.arrival_id).where(table.id == document_id)
    return _form_of_file(desk, desk.post.conn.execute(of_document).scalar_one())


def _form_of_file(desk: Desk, arrival_id: int) -> Format:
    # A file of this very batch is written down when all of the batch is done.
    if found := desk.forms.get(arrival_id):
        return found
    table = schema.arrivals.c
    query = select(table.format).where(table.id == arrival_id)
    return Format(desk.post.conn.execute(query).scalar_one())


def addressee_of(desk: Desk, document_id: int) -> str | None:
    """Return whom the envelope of a document addressed, as `ZZ/FLORSOL`."""
    desk.post.flush()
    table = schema.documents.c
    query = select(table.addressee).where(table.id == document_id)
    return desk.post.conn.execute(query).scalar()


def sender_of(desk: Desk, document_id: int) -> str | None:
    """Return from whom the X12 interchange of a document says it is, as `ZZ/FLORSOL`."""
    desk.post.flush()
    table = schema.documents.c
    query = select(table.arrival_id, table.control).where(table.id == document_id)
    row = desk.post.conn.execute(query).one()
    return interchange_sender(desk, row.arrival_id, row.control)


def interchange_sender(desk: Desk, arrival_id: int, control: str) -> str | None:
    """Return from whom an X12 interchange says it is; None of any other file.

    `control` is ISA13 with what follows it.
    """
    number = control.partition("/")[0]
    # An interchange of this very batch is written down when all of it is done.
    if found := desk.senders.get((arrival_id, number)):
        return found
    if _form_of_file(desk, arrival_id) is not Format.X12:
        # Another form's number may be that of an interchange by chance.
        return None
    table = schema.interchanges.c
    keys = select(table.key).where(table.arrival_id == arrival_id).order_by(table.id)
    for key in desk.post.conn.execute(keys).scalars():
        said, isa, _usage = str(key).rsplit(":", 2)
        if isa == number:
            return said.partition(":")[2].partition(">")[0]
    return None


def control_of(desk: Desk, document_id: int) -> str:
    """Return how the sender of a document tells it from others: control number, or message id."""
    desk.post.flush()
    query = select(schema.documents.c.control).where(schema.documents.c.id == document_id)
    return str(desk.post.conn.execute(query).scalar_one())


def hold_row(
    desk: Desk, step: StepAtHand[StepT], kind: HoldKind, at: tuple[int, str], message: str
) -> RowOutcome:
    """Let one row wait for what it is about, or for a person who releases it; answer it so.

    `at` is the row's line and what it names, as `(3, "10045")`.
    """
    line, reference = at
    hold(
        desk.post,
        NewHold(kind, step.origin.name, message, line=line, place=reference),
        arrival_id=step.arrival_id,
        document_id=step.document_id,
    )
    note(desk, kind, step.origin.name, reference, step.document_id)
    return RowOutcome(line, reference, RowStatus.HELD, message=message)
