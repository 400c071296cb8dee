"""Canonical documents of the steps after an order: what changes, confirms, ships, receives it.

They name what they are about by the number that its own document has (purchase order number, box
code, air waybill), because the partner who sends a step knows no other. Quantities and money are
Decimal; None means that the partner said nothing, which is never the same as zero (domain U-16).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from formats.invoices import Invoice, InvoiceAnswer
from formats.records import CustomField, OrderLine, Party, Purpose, Record, ShipVia
from formats.waybill_charges import WaybillCharges

MOST_ORDER_NUMBER = 22
OrderNumber = Annotated[str, Field(min_length=1, max_length=MOST_ORDER_NUMBER)]


class LineAction(StrEnum):
    """What a change does to one line of an order."""

    ADD = "add"
    CHANGE = "change"
    CANCEL = "cancel"


@dataclass(slots=True)
class LineChange:
    """One line of a change. `line.quantity` is the whole new quantity, never a difference.

    A cancelled line has the reference of the line it ends; the rest of `line` may be empty. What
    is None in `line` stays as it is.
    """

    action: LineAction
    line: OrderLine
    says_quantity: bool = True
    """False where the sender named no quantity: `line.quantity` is then 0 and means nothing, and
    the line keeps the quantity and the unit that it has."""
    code: str | None = None
    """The partner's own code for the change, as POC02."""
    ship_date: date | None = None
    delivery_date: date | None = None
    """New dates of this line alone."""
    po_item: str | None = None
    """The id that we gave the line; it, or `line.prebook_item`, names a line without reference."""


class OrderChange(Record):
    """A change of a known purchase order, line by line (X12 860, domain P-28).

    Fields of the header that are None stay as they are.
    """

    kind: Literal["order_change"] = "order_change"
    number: OrderNumber | Literal[""]
    """Empty where our id of a line alone names the order."""
    message_id: str | None = None
    """How the sender tells one change from another: BCH05 or the messageId; A-05, P4."""
    is_cancellation: bool = False
    """The whole order ends."""
    is_replacement: bool = False
    """`changes` name every line that the order has from now on: any other ends (BCH01 05)."""
    is_test: bool = False
    order_type: str | None = None
    """Partner's type code, as BCH02."""
    order_date: date | None = None
    """Date of the order that is changed."""
    change_date: date | None = None
    ship_date: date | None = None
    delivery_date: date | None = None
    buyer: Party = Party()
    vendor: Party = Party()
    ship_to: Party | None = None
    carrier: str | None = None
    ship_via: ShipVia | None = None
    customer_po: str | None = None
    location: str | None = None
    currency: str | None = None
    mark_code: str | None = None
    comments: str | None = None
    cargo_agency: str | None = None
    incoterm: str | None = None
    custom_fields: tuple[CustomField, ...] = ()
    """Those that are new or say something else; others stay."""
    changes: tuple[LineChange, ...] = ()


class LineAnswer(StrEnum):
    """What a vendor says about a line (domain P-21, P-27)."""

    ACCEPTED = "accepted"
    CHANGED = "changed"
    """Confirmed, with another quantity, price or date than ordered."""
    BACKORDERED = "backordered"
    REJECTED = "rejected"
    HELD = "held"
    """Neither confirmed nor refused yet; another answer follows."""


@dataclass(slots=True)
class ConfirmedLine:
    """A vendor's answer to one line: how many of `unit` it will ship; None is as ordered.

    A line that is answered in parts stands here once for each, and `quantity` says how many are
    accepted, back-ordered or rejected.
    """

    line: int
    """Position in the document, from 1."""
    reference: str
    """The line's number in the purchase order as the vendor received it, or empty."""
    answer: LineAnswer
    quantity: Decimal | None = None
    unit: str | None = None
    unit_price: Decimal | None = None
    ship_date: date | None = None
    seller_item: str | None = None
    buyer_item: str | None = None
    reason_code: str | None = None
    message: str | None = None
    price_unit: str | None = None
    """Unit that `unit_price` is for; None where the sender named none."""
    delivery_date: date | None = None
    substitute: str | None = None
    """The seller's item that comes instead."""
    po_item: str | None = None
    """The id that we gave the line; where there is no `reference` it names the line."""


class OrderConfirmation(Record):
    """A vendor's answer to a purchase order, line by line (X12 855, confirmation file; P-21)."""

    kind: Literal["order_confirmation"] = "order_confirmation"
    number: OrderNumber
    vendor_number: str | None = None
    """The vendor's own number of the order."""
    message_id: str | None = None
    """How the sender tells one message from another, where its format does (P4)."""
    is_rejection: bool = False
    """The whole order is refused, whatever the lines say (P-27)."""
    is_whole: bool = False
    """The whole order is accepted as it stands; lines need not be named.

    A line that is named all the same counts for itself (exceptions only, BAK02 AE)."""
    is_held: bool = False
    """The vendor has not decided yet about any line that isn't named."""
    type_code: str | None = None
    """Partner's code for the answer as a whole, as BAK02."""
    is_to_change: bool = False
    """It answers a change of the order (X12 865), not the order itself."""
    change_number: str | None = None
    """The change that it answers, as BCA05."""
    is_test: bool = False
    order_date: date | None = None
    confirmed_on: date | None = None
    ship_date: date | None = None
    delivery_date: date | None = None
    currency: str | None = None
    message: str | None = None
    vendor: Party = Party()
    buyer: Party = Party()
    lines: tuple[ConfirmedLine, ...] = ()


class Decision(StrEnum):
    """What procurement decides about a purchase order (domain 13, PO header)."""

    APPROVE = "approve"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision of an approval file."""

    line: int
    number: str
    decision: Decision
    by: str | None = None
    reason: str | None = None
    vendor: str | None = None
    """Code of the vendor, where orders of several have the number."""


class Approval(Record):
    """Decisions about purchase orders that wait for approval (domain 8.2 step 6)."""

    kind: Literal["approval"] = "approval"
    message_id: str | None = None
    is_test: bool = False
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class BoxSize:
    """The outside of a box, each side in `unit`: CM or INCH."""

    length: Decimal
    width: Decimal
    height: Decimal
    unit: Literal["CM", "INCH"]


@dataclass(slots=True)
class ShippedBox:
    """One box of a shipment, or `boxes` of them where the sender sends no codes (L-04).

    `quantity` counts `unit`s in all of these boxes together.
    """

    line: int
    number: str
    """Purchase order; empty where `po_item` alone names it."""
    reference: str | None = None
    """Line of that order; or `po_item`, the id that we gave it."""
    po_item: str | None = None
    box_code: str | None = None
    boxes: int = 1
    """0 for one more content of a box that was named before."""
    is_all: bool = False
    """Whether all boxes of the line are meant that are left, and `boxes` counts nothing (L-04)."""
    lot_number: str | None = None
    box_type_code: str | None = None
    seller_item: str | None = None
    buyer_item: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    awb: str | None = None
    house_awb: str | None = None
    ship_date: date | None = None
    """AWB and date of this box, where boxes of a file travel apart."""
    gtin: str | None = None
    description: str | None = None
    customer: str | None = None
    """For whom the box is in the end, where a packing list says so."""
    vendor_code: str | None = None
    """What the buyer's books call the vendor, where it is told of it (domain P-05)."""
    size: BoxSize | None = None


class ShipNotice(Record):
    """What a vendor has shipped (X12 856, shipment file of domain 12.8)."""

    kind: Literal["ship_notice"] = "ship_notice"
    number: str
    """The sender's number of the shipment, its message id, or empty."""
    purpose: Purpose = Purpose.NEW
    """New, or what becomes of the notice of the same number: change, replace, cancel."""
    is_test: bool = False
    ship_date: date | None = None
    delivery_date: date | None = None
    awb: str | None = None
    house_awb: str | None = None
    carrier: str | None = None
    cargo_agency: str | None = None
    """Who takes the goods in for their flight, as the sender calls it."""
    vendor: Party = Party()
    buyer: Party = Party()
    ship_to: Party | None = None
    boxes: tuple[ShippedBox, ...]

    def check_counted(self) -> None:
        """Raise ValueError for boxes without a number, which no file that we write can say."""
        for box in self.boxes:
            if box.is_all:
                raise ValueError(
                    f"all boxes left of line {box.reference or box.po_item}: say how many"
                )


@dataclass(frozen=True, slots=True)
class CodeSwap:
    """One box gets another code (L-06), or a second one beside its own (domain L-09)."""

    line: int
    """Its row in the file as findings count it, or its place in a list from 1."""
    current: str
    new: str
    """The same as `current` where the box keeps its code."""
    external: str | None = None
    """A code that scans as its own does; None leaves the one that it has."""


class BoxCodeChange(Record):
    """New codes for boxes that have some (box-code file, box.code.change; L-06 to L-08)."""

    kind: Literal["box_code_change"] = "box_code_change"
    message_id: str | None = None
    is_test: bool = False
    vendor: Party = Party()
    swaps: tuple[CodeSwap, ...]


@dataclass(frozen=True, slots=True)
class AirWaybill:
    """The real air waybill, and the arrival date, of goods that travel (domain W-03, W-04)."""

    line: int
    awb: str
    """The real one as written: in full, or its last four digits."""
    temporary: str | None = None
    """The temporary one that it replaces; or `number`, a purchase order."""
    number: str | None = None
    house_awb: str | None = None
    ship_date: date | None = None
    arrival_date: date | None = None


class AirWaybillNotice(Record):
    """Air waybills for goods in the staging area (AWB file)."""

    kind: Literal["air_waybill_notice"] = "air_waybill_notice"
    message_id: str | None = None
    is_test: bool = False
    vendor: Party = Party()
    waybills: tuple[AirWaybill, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """One box scanned at the door of the buyer's warehouse (domain 4.4 step 8)."""

    line: int
    box_code: str
    scanned_at: datetime | None = None
    rack: str | None = None
    sold_on: date | None = None
    """When its buyer sold it on; None for a box that is received."""


class ReceivingScan(Record):
    """Boxes that a buyer has received (receiving file)."""

    kind: Literal["receiving_scan"] = "receiving_scan"
    message_id: str | None = None
    is_test: bool = False
    location: str | None = None
    arrival_date: date | None = None
    scans: tuple[Scan, ...]


class BoxAnswer(StrEnum):
    """What a truck line says of a box that it was told of."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class AnsweredBox:
    """A truck line's answer to one box of a batch."""

    line: int
    """Row of the file."""
    batch: str
    box_code: str
    answer: BoxAnswer
    message: str | None = None


class ManifestAnswer(Record):
    """A truck line's answer to the boxes that it was told of (domain 11.1, E-05)."""

    kind: Literal["manifest_answer"] = "manifest_answer"
    is_test: bool = False
    boxes: tuple[AnsweredBox, ...]


Step = Annotated[
    OrderChange
    | OrderConfirmation
    | Approval
    | ShipNotice
    | BoxCodeChange
    | AirWaybillNotice
    | ReceivingScan
    | ManifestAnswer
    | WaybillCharges
    | Invoice
    | InvoiceAnswer,
    Field(discriminator="kind"),
]
