"""What shippers and truck lines tell each other about a load: tender, answer, status, invoice.

A load is known by the shipper's number of it, which is that of its bill of lading, and by the truck
line's own (its PRO number). Codes stand as they were written, and beside them what they mean here,
where they mean anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from formats.records import Party, Purpose, Record


class TenderReply(StrEnum):
    """What a truck line says to a load that it was offered (B104)."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    OTHER = "other"
    """Conditions, or a code of the truck line's own; a person reads it."""


class Progress(StrEnum):
    """How far a load has come, as far as the trade cares (AT701)."""

    PICKED_UP = "picked up"
    ON_ITS_WAY = "on its way"
    DELIVERED = "delivered"
    IN_TROUBLE = "in trouble"
    """Late, refused, damaged, not delivered."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A number of something: `PO` an order, `BM` a bill of lading, `AW` an air waybill."""

    qualifier: str
    value: str


class StopKind(StrEnum):
    LOAD = "load"
    UNLOAD = "unload"


@dataclass(frozen=True, slots=True)
class Stop:
    """One place of a load, and on which days the truck is to be there."""

    number: int
    kind: StopKind
    place: Party
    earliest: date | None = None
    latest: date | None = None
    """The same as `earliest` for a stop of one certain day."""
    weight_lb: Decimal | None = None
    boxes: int | None = None
    references: tuple[Reference, ...] = ()
    """Purchase orders that are loaded or unloaded there, and other numbers."""


class LoadTender(Record):
    """A load that a shipper offers to a truck line (X12 204)."""

    kind: Literal["load_tender"] = "load_tender"
    number: str
    """The shipper's number of the load: its bill of lading."""
    carrier: str = ""
    """Code of the truck line (SCAC)."""
    payment: str = "PP"
    """Who pays: PP the shipper, CC the consignee, TP a third party (element 146)."""
    purpose: Purpose = Purpose.NEW
    is_test: bool = False
    references: tuple[Reference, ...] = ()
    remarks: tuple[str, ...] = ()
    bill_to: Party | None = None
    stops: tuple[Stop, ...]
    weight_lb: Decimal | None = None
    boxes: int | None = None


class TenderAnswer(Record):
    """A truck line's answer to a load that it was offered (X12 990)."""

    kind: Literal["tender_answer"] = "tender_answer"
    number: str
    """The shipper's number of the load."""
    carrier: str = ""
    reply: TenderReply
    code: str = ""
    is_test: bool = False
    answered_on: date | None = None
    references: tuple[Reference, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """One thing that happened to a load; date and time are of the place where it did."""

    code: str
    progress: Progress | None = None
    """None for what means nothing here."""
    reason: str = ""
    """Code of list 1651; NS is nothing special."""
    on: date | None = None
    at: str = ""
    """Time of day as sent, `HHMM`."""
    is_appointment: bool = False
    """It says when something is to happen, not that it has."""
    city: str = ""
    state: str = ""
    country: str = ""
    equipment: str = ""
    """Truck or trailer."""


class ShipmentStatus(Record):
    """What a truck line says of a load on its way (X12 214)."""

    kind: Literal["shipment_status"] = "shipment_status"
    number: str
    """The shipper's number of the load, or empty."""
    pro_number: str = ""
    """The truck line's own number of it."""
    carrier: str = ""
    is_test: bool = False
    references: tuple[Reference, ...] = ()
    events: tuple[StatusEvent, ...]


@dataclass(slots=True)
class FreightCharge:
    """One line of a freight invoice: what was carried, or what is charged besides."""

    line: int
    description: str = ""
    amount: Decimal | None = None
    """As charged; a reduction is less than zero."""
    rate: Decimal | None = None
    rate_code: str = ""
    charge_code: str = ""
    """Code of a special charge, as FUE for fuel."""
    weight: Decimal | None = None
    pieces: int | None = None


class FreightInvoice(Record):
    """A truck line's invoice (X12 210)."""

    kind: Literal["freight_invoice"] = "freight_invoice"
    number: str
    shipment: str = ""
    """The shipper's number of the load."""
    carrier: str
    payment: str = ""
    is_test: bool = False
    issued_on: date
    delivered_on: date | None = None
    amount: Decimal
    currency: str | None = None
    references: tuple[Reference, ...] = ()
    charges: tuple[FreightCharge, ...] = ()
