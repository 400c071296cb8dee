"""Invoices as the books have them: found by number, written with what they bill, and moved on."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, func, select, update

from daemon.ledger import schema
from daemon.ledger.moves import INVOICES, Cause, move, record
from daemon.ledger.states import InvoiceState
from daemon.trade.desk import Desk
from formats.invoices import Invoice, InvoiceType

ZERO = Decimal(0)
_INVOICES, _LINES = schema.invoices, schema.invoice_lines
_SENDING = ("message_id", "came_as", "purpose", "is_test", "vendor", "buyer")
"""What only names the sending of an invoice, and by which file it came."""


@dataclass(frozen=True, slots=True)
class BookedInvoice:
    """An invoice in the books."""

    id: int
    arrival_id: int
    document_id: int
    vendor: str
    buyer: str
    number: str
    type: InvoiceType
    refers_to: str | None
    revision: int
    digest: str
    amount: Decimal
    fee: Decimal | None
    """The network's transaction fee on what it bills (A-08)."""
    currency: str | None
    state: InvoiceState
    approved_by: str | None
    reason: str | None
    record: str

    @property
    def what(self) -> str:
        """Name it in a sentence."""
        word = "invoice" if self.type is InvoiceType.INVOICE else f"{self.type.value} note"
        return f"{word} {self.number}"

    @property
    def is_shared(self) -> bool:
        """Whether its buyer has it."""
        return self.state is not InvoiceState.NOT_SHARED

    def invoice(self) -> Invoice:
        """Return what it says, as it was matched."""
        return Invoice.model_validate_json(self.record)


_COLUMNS = tuple(_INVOICES.c[field.name] for field in dataclasses.fields(BookedInvoice))


def invoice_numbered(desk: Desk, vendor: str, number: str) -> BookedInvoice | None:
    """Return the vendor's invoice of a number."""
    found = _found(desk, _INVOICES.c.vendor == vendor, _INVOICES.c.number == number)
    return found[0] if found else None


def invoices_for(
    desk: Desk, number: str, *, buyer: str | None = None, vendor: str | None = None
) -> list[BookedInvoice]:
    """Return the invoices of a number that a buyer has; a person means those of any buyer."""
    sides: list[ColumnElement[bool]] = [_INVOICES.c.number == number]
    if buyer is not None:
        sides += [_INVOICES.c.buyer == buyer, _INVOICES.c.state != InvoiceState.NOT_SHARED.value]
    if vendor is not None:
        sides.append(_INVOICES.c.vendor == vendor)
    return _found(desk, *sides)


def kept_back(desk: Desk) -> list[BookedInvoice]:
    """Return the invoices that their buyers don't have, oldest first."""
    return _found(desk, _INVOICES.c.state == InvoiceState.NOT_SHARED.value)


def _found(desk: Desk, *which: ColumnElement[bool]) -> list[BookedInvoice]:
    desk.post.flush()
    # Its vendor may change it while its buyer decides: one after the other, each on what stands.
    query = select(*_COLUMNS).where(*which).order_by(_INVOICES.c.id).with_for_update()
    return [_booked(row._mapping) for row in desk.post.conn.execute(query)]


def _booked(row: RowMapping) -> BookedInvoice:
    values: dict[str, Any] = dict(row)
    values["state"] = InvoiceState(values["state"])
    values["type"] = InvoiceType(values["type"])
    return BookedInvoice(**values)


def content_digest(invoice: Invoice) -> str:
    """Return the SHA-256 of what an invoice says, whatever the file and its trailing zeros."""
    said = {name: _plain(getattr(invoice, name)) for name in sorted(Invoice.model_fields)}
    kept = {name: value for name, value in said.items() if name not in _SENDING}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in
                dataclasses.fields(value)}  # fmt: skip
    return value


@dataclass(frozen=True, slots=True)
class Billing:
    """What goes into the books for one version of an invoice."""

    invoice: Invoice
    """As matched."""
    digest: str
    order_id: int | None
    lines: tuple[tuple[int, int, Decimal], ...]
    """Position in the invoice, key of the order line, quantity in that line's unit."""
    fee: Decimal | None = None


def add(
    desk: Desk,
    billing: Billing,
    *,
    sides: tuple[str, str],
    source: tuple[int, int],
    state: InvoiceState,
    cause: Cause,
) -> BookedInvoice:
    """Write a new invoice; `sides` are vendor and buyer, `source` its arrival and document."""
    arrival_id, document_id = source
    key = desk.post.add(
        _INVOICES,
        {
            "arrival_id": arrival_id,
            "document_id": document_id,
            "vendor": sides[0],
            "buyer": sides[1],
            "number": billing.invoice.number,
            "revision": 0,
            "state": state.value,
            **_said(billing),
        },
    )
    record(desk.post, INVOICES, key, None, state, cause=cause)
    _add_lines(desk, key, billing)
    return invoice_of_key(desk, key)


def rewrite(
    desk: Desk, booked: BookedInvoice, billing: Billing, source: tuple[int, int]
) -> BookedInvoice:
    """Let a changed invoice take the place of what it said before; its approval is gone (K-93)."""
    arrival_id, document_id = source
    values = {
        **_said(billing),
        "arrival_id": arrival_id,
        "document_id": document_id,
        "revision": booked.revision + 1,
        "approved_by": None,
        "approved_at": None,
        "reason": None,
    }
    save(desk, booked, **values)
    desk.post.conn.execute(delete(_LINES).where(_LINES.c.invoice_id == booked.id))
    _add_lines(desk, booked.id, billing)
    return invoice_of_key(desk, booked.id)


def _said(billing: Billing) -> dict[str, object]:
    invoice = billing.invoice
    return {
        "order_id": billing.order_id,
        "type": invoice.type.value,
        "refers_to": invoice.refers_to,
        "digest": billing.digest,
        "invoice_date": invoice.invoice_date,
        "due_date": invoice.terms.due_date if invoice.terms else None,
        "amount": invoice.total,
        "fee": billing.fee,
        "currency": invoice.currency,
        "record": invoice.to_keep(),
    }


def _add_lines(desk: Desk, key: int, billing: Billing) -> None:
    for line, order_line_id, quantity in billing.lines:
        row = {"invoice_id": key, "line": line, "order_line_id": order_line_id}
        desk.post.add(_LINES, {**row, "quantity": quantity})


def invoice_of_key(desk: Desk, key: int) -> BookedInvoice:
    """Return the invoice with primary key `key`."""
    return _found(desk, _INVOICES.c.id == key)[0]


def save(desk: Desk, booked: BookedInvoice, **columns: object) -> None:
    """Write columns of an invoice into the books."""
    desk.post.flush()
    values = {**columns, "updated_at": desk.post.at}
    desk.post.conn.execute(update(_INVOICES).where(_INVOICES.c.id == booked.id).values(**values))


def move_invoice(
    desk: Desk, booked: BookedInvoice, after: InvoiceState, cause: Cause
) -> BookedInvoice:
    """Move an invoice on; the move is written down with its cause."""
    move(desk.post, INVOICES, booked.id, booked.state, after, what=booked.what, cause=cause)
    return dataclasses.replace(booked, state=after)


def billed(
    desk: Desk, order_lines: Collection[int], *, but: int | None = None
) -> dict[int, Decimal]:
    """Return how much of order lines invoices bill, in the unit of each; void ones bill nothing."""
    return _quantities(desk, order_lines, _INVOICES.c.type == InvoiceType.INVOICE.value, but=but)


def billed_by(desk: Desk, booked: BookedInvoice) -> dict[int, Decimal]:
    """Return how much of which order line one invoice bills."""
    desk.post.flush()
    query = (
        select(_LINES.c.order_line_id, func.sum(_LINES.c.quantity).label("quantity"))
        .where(_LINES.c.invoice_id == booked.id)
        .group_by(_LINES.c.order_line_id)
    )
    return {row.order_line_id: row.quantity for row in desk.post.conn.execute(query)}


def credited(
    desk: Desk, booked: BookedInvoice, *, but: int | None = None
) -> tuple[dict[int, Decimal], Decimal]:
    """Return what credit notes took back of an invoice: by order line, and in money."""
    of_it = (
        _INVOICES.c.type == InvoiceType.CREDIT.value,
        _INVOICES.c.vendor == booked.vendor,
        _INVOICES.c.refers_to == booked.number,
    )
    lines = _quantities(desk, billed_by(desk, booked), *of_it, but=but)
    query = select(func.sum(_INVOICES.c.amount)).where(*of_it, _counts(but))
    return lines, desk.post.conn.execute(query).scalar() or ZERO


def _quantities(
    desk: Desk, order_lines: Collection[int], *which: ColumnElement[bool], but: int | None
) -> dict[int, Decimal]:
    desk.post.flush()
    query = (
        select(_LINES.c.order_line_id, func.sum(_LINES.c.quantity).label("quantity"))
        .join(_INVOICES, _INVOICES.c.id == _LINES.c.invoice_id)
        .where(_LINES.c.order_line_id.in_(sorted(order_lines)), _counts(but), *which)
        .group_by(_LINES.c.order_line_id)
    )
    found = {key: ZERO for key in order_lines}
    found.update((row.order_line_id, row.quantity) for row in desk.post.conn.execute(query))
    return found


def _counts(but: int | None) -> ColumnElement[bool]:
    is_valid = _INVOICES.c.state != InvoiceState.VOID.value
    return is_valid if but is None else is_valid & (_INVOICES.c.id != but)
