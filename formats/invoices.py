"""A vendor's invoice as its file says it, and what its buyer decides about invoices.

Money is in the invoice's currency, and never negative for being a credit: `type` says which way it
goes. A price is per `price_basis` `price_unit`s;
`formats.invoice_sums` tells what all of it adds up to. None means that the sender said nothing
(U-16).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from formats.records import Party, Purpose, Record, ShipVia, UnitType

InvoiceNumber = Annotated[str, Field(min_length=1, max_length=35)]


class InvoiceType(StrEnum):
    """Which way the money goes: BIG07 DI, CR, DR; BGM 1001 380, 381, 383."""

    INVOICE = "invoice"
    CREDIT = "credit"
    """The vendor gives money back (domain K-94)."""
    DEBIT = "debit"
    """The vendor asks for more, for an invoice that was sent before."""


class AdjustmentKind(StrEnum):
    """What is added to, or taken off, what the goods cost (SAC01, ALC 5463)."""

    CHARGE = "charge"
    ALLOWANCE = "allowance"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A charge or an allowance; `amount` is not negative, `kind` says which way it counts."""

    kind: AdjustmentKind
    amount: Decimal
    code: str | None = None
    """What for, as the sender writes it: SAC02 `D240`, ALC 7161 `FC`."""
    description: str | None = None

    @property
    def signed(self) -> Decimal:
        return self.amount if self.kind is AdjustmentKind.CHARGE else -self.amount


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax that is added to the total (TXI, TAX with its MOA)."""

    amount: Decimal
    code: str | None = None
    """Kind of tax as the sender writes it, as `VAT` or `ST`."""
    rate: Decimal | None = None
    """In per cent."""
    base: Decimal | None = None
    """The amount that is taxed."""


@dataclass(frozen=True, slots=True)
class Terms:
    """When an invoice is to be paid (ITD, PAT)."""

    description: str | None = None
    due_date: date | None = None
    net_days: int | None = None
    discount_percent: Decimal | None = None
    discount_date: date | None = None
    discount_days: int | None = None


@dataclass(slots=True)
class InvoiceLine:
    """One line of an invoice: `quantity` counts `unit`s, as in the line of its order."""

    line: int
    """Position in the document, from 1."""
    reference: str
    """The invoice's own line number, as text (IT101), or empty."""
    quantity: Decimal
    unit: str
    unit_price: Decimal | None = None
    price_unit: str | None = None
    """None where the price is per `unit`."""
    price_basis: Decimal = Decimal(1)
    """How many `price_unit`s cost `unit_price` (PRI 5284)."""
    amount: Decimal | None = None
    """What the line costs before its own adjustments and taxes, where the sender says it."""
    order_number: str | None = None
    """Purchase order of this line; None is that of the invoice."""
    order_line: str | None = None
    """Line of that order as its vendor received it (`OrderLine.reference`)."""
    po_item: str | None = None
    """The id that we gave that line."""
    box_codes: tuple[str, ...] = ()
    seller_item: str | None = None
    buyer_item: str | None = None
    gtin: str | None = None
    description: str | None = None
    box_type_code: str | None = None
    bunches_per_box: int | None = None
    stems_per_bunch: int | None = None
    adjustments: tuple[Adjustment, ...] = ()
    taxes: tuple[Tax, ...] = ()
    unit_type: UnitType | None = None
    price_unit_type: UnitType | None = None


class Invoice(Record):
    """A vendor's invoice, credit or debit note (X12 810, INVOIC, invoice file; domain 4.4 step 9).

    `purpose` is new, replace, or cancel; a file that names a number again is judged by content.
    """

    kind: Literal["invoice"] = "invoice"
    number: InvoiceNumber
    type: InvoiceType = InvoiceType.INVOICE
    purpose: Purpose = Purpose.NEW
    refers_to: str | None = None
    """Number of the invoice that a credit or a debit note is about."""
    message_id: str | None = None
    came_as: str | None = None
    """The X12 set that it came in, where that isn't an 810: `880`. It goes into no file."""
    is_test: bool = False
    invoice_date: date
    order_number: str | None = None
    """Purchase order of every line that names none."""
    order_date: date | None = None
    customer_po: str | None = None
    location: str | None = None
    vendor: Party = Party()
    buyer: Party = Party()
    ship_to: Party | None = None
    """Of a direct shipment the final customer (domain D-02)."""
    bill_to: Party | None = None
    """Who pays, where that isn't the buyer (domain P-03)."""
    remit_to: Party | None = None
    currency: str | None = None
    terms: Terms | None = None
    ship_date: date | None = None
    delivery_date: date | None = None
    ship_via: ShipVia | None = None
    carrier: str | None = None
    awb: str | None = None
    house_awb: str | None = None
    comments: str | None = None
    lines: tuple[InvoiceLine, ...]
    adjustments: tuple[Adjustment, ...] = ()
    taxes: tuple[Tax, ...] = ()
    total: Decimal

    @property
    def order_numbers(self) -> tuple[str, ...]:
        """The purchase orders that it names, each once, in the order of its lines."""
        named = (line.order_number or self.order_number for line in self.lines)
        found = dict.fromkeys(number for number in named if number)
        if not found and self.order_number:
            found[self.order_number] = None
        return tuple(found)


class InvoiceDecision(StrEnum):
    """What accounts payable, and then its system, say of an invoice (domain 13, W-05)."""

    APPROVE = "approve"
    SENT = "sent"
    """Handed to the buyer's own system; what that says of it follows."""
    SYNCHRONIZED = "synchronized"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class InvoiceVerdict:
    """One decision about one invoice."""

    line: int
    number: str
    decision: InvoiceDecision
    vendor: str | None = None
    """Whose invoice it is, where several vendors have one of that number."""
    by: str | None = None
    reason: str | None = None
    total: Decimal | None = None
    """What it comes to, where the sender says it: an invoice that was changed is not meant."""


class InvoiceAnswer(Record):
    """A buyer's decisions about the invoices it was given (answer file of accounts payable)."""

    kind: Literal["invoice_answer"] = "invoice_answer"
    message_id: str | None = None
    is_test: bool = False
    verdicts: tuple[InvoiceVerdict, ...]
