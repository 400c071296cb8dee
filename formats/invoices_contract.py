"""The fields of invoices in `k2k.steps/1`: by the names of `formats.invoices`, in camelCase."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from formats.invoices import AdjustmentKind, InvoiceDecision, InvoiceType
from formats.json_fields import (
    BoxCode,
    Code50,
    Count,
    CountOrNone,
    Currency,
    Day,
    OrderNumber,
    Part,
    Quantity,
    Text20,
    Text22,
    Text50,
    Text200,
    Text500,
    Waybill,
    exact,
    one_of,
)
from formats.records import Purpose
from formats.steps_contract import Head, PartyPart, ShipViaValue

MAX_AMOUNT = Decimal(10**12)
_PURPOSES = (Purpose.NEW, Purpose.REPLACE, Purpose.CANCEL)


def _amount(value: object) -> Decimal:
    """Return an amount of at least 0, as exact as it is written."""
    found = exact(value)
    if not 0 <= found < MAX_AMOUNT:
        raise ValueError(f"an amount from 0 to below {MAX_AMOUNT} is expected")
    return found


def _basis(value: object) -> Decimal:
    found = _amount(value)
    if not found:
        raise ValueError("a number above 0 is expected")
    return found


Amount = Annotated[Decimal, BeforeValidator(_amount)]
Basis = Annotated[Decimal, BeforeValidator(_basis)]
TypeWord = Annotated[InvoiceType, BeforeValidator(lambda value: one_of(value, InvoiceType))]
PurposeWord = Annotated[Purpose, BeforeValidator(lambda value: one_of(value, _PURPOSES))]
KindWord = Annotated[AdjustmentKind, BeforeValidator(lambda value: one_of(value, AdjustmentKind))]
DecisionWord = Annotated[
    InvoiceDecision, BeforeValidator(lambda value: one_of(value, InvoiceDecision))
]
InvoiceNumber = Annotated[Code50, Field(max_length=35)]


class AdjustmentPart(Part):
    """A charge or an allowance."""

    kind: KindWord
    amount: Amount
    code: Text20 = None
    description: Text200 = None


class TaxPart(Part):
    """A tax that is added to the total."""

    amount: Amount
    code: Text20 = None
    rate: Amount | None = None
    base: Amount | None = None


class TermsPart(Part):
    """When the invoice is to be paid."""

    description: Text200 = None
    due_date: Day | None = None
    net_days: CountOrNone | None = None
    discount_percent: Amount | None = None
    discount_date: Day | None = None
    discount_days: CountOrNone | None = None


class InvoiceLinePart(Part):
    """One line; `quantity` counts `unit`s as the order does."""

    reference: Text20 = None
    quantity: Quantity
    unit: Annotated[Code50, Field(max_length=20)]
    unit_price: Amount | None = None
    price_unit: Text20 = None
    price_basis: Basis | None = None
    amount: Amount | None = None
    order_number: Text22 = None
    order_line: Text20 = None
    po_item: Text20 = None
    box_codes: list[BoxCode] | None = None
    seller_item: Text50 = None
    buyer_item: Text50 = None
    gtin: Text20 = None
    description: Text200 = None
    box_type_code: Text20 = None
    bunches_per_box: Count | None = None
    stems_per_bunch: Count | None = None
    adjustments: list[AdjustmentPart] | None = None
    taxes: list[TaxPart] | None = None


class InvoicePart(Head):
    """An invoice, credit or debit note, with its `lines`."""

    number: InvoiceNumber
    type: TypeWord = InvoiceType.INVOICE
    purpose: PurposeWord = Purpose.NEW
    refers_to: Text50 = None
    invoice_date: Day
    order_number: OrderNumber | None = None
    order_date: Day | None = None
    customer_po: Text50 = None
    location: Text50 = None
    vendor: PartyPart | None = None
    buyer: PartyPart | None = None
    ship_to: PartyPart | None = None
    bill_to: PartyPart | None = None
    remit_to: PartyPart | None = None
    currency: Currency | None = None
    terms: TermsPart | None = None
    ship_date: Day | None = None
    delivery_date: Day | None = None
    ship_via: ShipViaValue | None = None
    carrier: Text50 = None
    awb: Waybill = None
    house_awb: Waybill = None
    comments: Text500 = None
    lines: list[InvoiceLinePart] = Field(default_factory=list)
    adjustments: list[AdjustmentPart] | None = None
    taxes: list[TaxPart] | None = None
    total: Amount


class InvoiceVerdictPart(Part):
    """One decision about one invoice."""

    number: InvoiceNumber
    decision: DecisionWord
    vendor: Text200 = None
    by: Text200 = None
    reason: Text500 = None
    total: Amount | None = None


class InvoiceAnswerHead(Head):
    """Decisions about invoices, in `verdicts`."""
