"""The fields of `k2k.steps/1`: the steps after an order as JSON, by the names of their records.

It is a contract of our own, for partners who want JSON where others send CSV. Names are those of
`formats.steps` in camelCase. Numbers are decimal strings; whole numbers may stand without quotes.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from formats import values
from formats.json_fields import (
    BoxCode,
    Count,
    CountOrNone,
    Currency,
    Day,
    LineReference,
    LotNumber,
    MessageId,
    Money,
    OrderNumber,
    OwnText,
    Part,
    Quantity,
    Text20,
    Text22,
    Text50,
    Text80,
    Text200,
    Text500,
    Text2000,
    Waybill,
    WaybillNumber,
    one_of,
)
from formats.records import Purpose, ShipVia
from formats.steps import Decision, LineAction, LineAnswer

CONTRACT = "k2k.steps/1"


class StepKind(StrEnum):
    """The documents of the contract."""

    ORDER_CHANGE = "order-change"
    CONFIRMATION = "confirmation"
    APPROVAL = "approval"
    SHIPMENT = "shipment"
    BOX_CODE_CHANGE = "box-code-change"
    AIR_WAYBILL = "air-waybill"
    RECEIVING = "receiving"
    INVOICE = "invoice"
    INVOICE_ANSWER = "invoice-answer"


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError('a date and time in quotes is expected, as "2026-11-21T08:30:00"')
    return values.date_and_time(value.strip())


Answer = Annotated[LineAnswer, BeforeValidator(lambda value: one_of(value, LineAnswer))]
DecisionWord = Annotated[Decision, BeforeValidator(lambda value: one_of(value, Decision))]
ActionWord = Annotated[LineAction, BeforeValidator(lambda value: one_of(value, LineAction))]
PurposeWord = Annotated[Purpose, BeforeValidator(lambda value: one_of(value, Purpose))]
ShipViaValue = Annotated[ShipVia, BeforeValidator(lambda value: one_of(value, ShipVia))]
LocalMoment = Annotated[datetime, BeforeValidator(_moment)]


class PartyPart(Part):
    """A company or place as the sender names it."""

    code: Text50 = None
    qualifier: Text20 = None
    name: Text200 = None
    street: Text200 = None
    city: Text200 = None
    state: Text50 = None
    postal_code: Text20 = None
    country: Text50 = None


class Head(Part):
    """What every document says before its list."""

    contract: Literal["k2k.steps/1"]
    kind: str
    message_id: MessageId | None = None
    is_test: bool = False


class ConfirmationHead(Head):
    """A vendor's answer to an order; `lines` answer it line by line."""

    number: OrderNumber
    vendor_number: Text50 = None
    is_rejection: bool = False
    is_whole: bool = False
    is_held: bool = False
    type_code: Text20 = None
    is_to_change: bool = False
    change_number: Text50 = None
    order_date: Day | None = None
    confirmed_on: Day | None = None
    ship_date: Day | None = None
    delivery_date: Day | None = None
    currency: Currency | None = None
    message: Text500 = None
    vendor: PartyPart | None = None
    buyer: PartyPart | None = None


class ConfirmedPart(Part):
    """The answer to one line."""

    reference: Text20 = None
    po_item: Text20 = None
    answer: Answer
    quantity: Quantity | None = None
    unit: Text20 = None
    unit_price: Money | None = None
    price_unit: Text20 = None
    ship_date: Day | None = None
    delivery_date: Day | None = None
    seller_item: Text50 = None
    buyer_item: Text50 = None
    substitute: Text50 = None
    reason_code: Text20 = None
    message: Text500 = None

    @model_validator(mode="after")
    def _names_its_line(self) -> ConfirmedPart:
        if self.reference is None and self.po_item is None:
            raise ValueError("one of reference and poItem is expected")
        return self


class ApprovalHead(Head):
    """Decisions about orders, in `verdicts`."""


class VerdictPart(Part):
    """One decision."""

    number: OrderNumber
    decision: DecisionWord
    by: Text200 = None
    reason: Text500 = None
    vendor: Text200 = None


class ShipmentHead(Head):
    """What has been shipped, box by box in `boxes`."""

    number: MessageId | None = None
    purpose: PurposeWord = Purpose.NEW
    ship_date: Day | None = None
    delivery_date: Day | None = None
    awb: Waybill = None
    house_awb: Waybill = None
    carrier: Text50 = None
    cargo_agency: Text80 = None
    vendor: PartyPart | None = None
    buyer: PartyPart | None = None
    ship_to: PartyPart | None = None


class BoxPart(Part):
    """One box, or `boxes` of them without codes."""

    number: OrderNumber
    reference: Text20 = None
    po_item: Text20 = None
    box_code: BoxCode | None = None
    boxes: CountOrNone | None = None
    lot_number: LotNumber | None = None
    box_type_code: Text20 = None
    seller_item: Text50 = None
    buyer_item: Text50 = None
    gtin: Text20 = None
    quantity: Quantity | None = None
    unit: Text20 = None
    awb: Waybill = None
    house_awb: Waybill = None
    ship_date: Day | None = None

    @model_validator(mode="after")
    def _counts_its_boxes(self) -> BoxPart:
        if self.box_code is None and not self.boxes:
            raise ValueError("a boxCode, or how many boxes there are, is expected")
        if self.box_code is not None and self.boxes not in (None, 0, 1):
            raise ValueError("1 in boxes is expected where there is a boxCode")
        return self


class BoxCodeHead(Head):
    """New codes for boxes, in `swaps`."""

    vendor: PartyPart | None = None


class SwapPart(Part):
    """One box gets another code, or a second one beside its own."""

    current: BoxCode
    new: BoxCode | None = None
    external: BoxCode | None = None

    @model_validator(mode="after")
    def _says_something(self) -> SwapPart:
        if self.new is None and self.external is None:
            raise ValueError("the new code of the box, or its external code, is expected")
        return self


class AirWaybillHead(Head):
    """Air waybills of goods that travel, in `waybills`."""

    vendor: PartyPart | None = None


class WaybillPart(Part):
    """The real air waybill of some goods."""

    awb: WaybillNumber
    temporary: Waybill = None
    number: Text22 = None
    house_awb: Waybill = None
    ship_date: Day | None = None
    arrival_date: Day | None = None

    @model_validator(mode="after")
    def _names_its_goods(self) -> WaybillPart:
        if self.temporary is None and self.number is None:
            raise ValueError("one of temporary and number is expected")
        return self


class ReceivingHead(Head):
    """Boxes received at one place, in `scans`."""

    location: Text200 = None
    arrival_date: Day | None = None


class ScanPart(Part):
    """One box that was scanned."""

    box_code: BoxCode
    scanned_at: LocalMoment | None = None
    rack: Text20 = None
    sold_on: Day | None = None


class OwnFieldPart(Part):
    """A field that the sender made up."""

    name: OwnText
    value: OwnText


class ChangeHead(Head):
    """A change of a known order; `changes` say what becomes of its lines."""

    number: OrderNumber
    is_cancellation: bool = False
    is_replacement: bool = False
    order_type: Text20 = None
    order_date: Day | None = None
    change_date: Day | None = None
    ship_date: Day | None = None
    delivery_date: Day | None = None
    buyer: PartyPart | None = None
    vendor: PartyPart | None = None
    ship_to: PartyPart | None = None
    carrier: Text50 = None
    ship_via: ShipViaValue | None = None
    customer_po: Text50 = None
    location: Text50 = None
    currency: Currency | None = None
    mark_code: Text20 = None
    comments: Text2000 = None
    cargo_agency: Text80 = None
    incoterm: Text20 = None
    custom_fields: list[OwnFieldPart] | None = None


class ContentPart(Part):
    """One product inside an assorted box."""

    seller_item: Text50 = None
    buyer_item: Text50 = None
    description: Text200 = None
    bunches: Quantity | None = None
    stems_per_bunch: Count | None = None
    unit_price: Money | None = None


class ChangePart(Part):
    """What becomes of one line; a quantity is the whole new one, and what isn't said stays."""

    action: ActionWord
    reference: LineReference
    quantity: Quantity | None = None
    unit: Text20 = None
    seller_item: Text50 = None
    buyer_item: Text50 = None
    gtin: Text20 = None
    description: Text200 = None
    unit_price: Money | None = None
    price_unit: Text20 = None
    box_type_code: Text20 = None
    bunches_per_box: Count | None = None
    stems_per_bunch: Count | None = None
    mark_code: Text20 = None
    contents: list[ContentPart] | None = None
    box_codes: list[BoxCode] | None = None
    prebook_item: Text20 = None
    is_checked_out: bool | None = None
    brand: Text50 = None
    code: Text20 = None
    ship_date: Day | None = None
    delivery_date: Day | None = None

    @model_validator(mode="after")
    def _adds_something(self) -> ChangePart:
        if self.action is LineAction.ADD and (not self.quantity or not self.unit):
            raise ValueError("the quantity and unit of the line that is added are expected")
        return self
