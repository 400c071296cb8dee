"""What reports return: facts about arrivals, documents, holds, orders and outgoing files.

Names of partners' files stay bytes; whoever shows them makes them printable. Times are aware.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum

from daemon.ledger.cuts import Cut


@dataclass(frozen=True, slots=True)
class FileRow:
    """One arrival in a list."""

    id: int
    partner: str
    name: bytes
    size_bytes: int
    state: str
    format: str | None
    reason_code: str | None
    reason: str | None
    is_seen: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """One drop that was never taken in: a link, a folder, a file over the limit."""

    partner: str
    name: bytes
    code: str
    message: str
    created_at: datetime


class FoundKind(IntEnum):
    """How much something that was found weighs, the weightiest first."""

    REFUSED = 0
    """By the rules."""
    LEFT_OUT = 1
    """It could not be read."""
    WARNED = 2
    CUT = 3
    """Not in it, but in a file of ours that it caused."""


@dataclass(frozen=True, slots=True)
class FoundRow:
    """The first thing of its kind that was found in an arrival, and how many there are."""

    kind: FoundKind
    place: str
    message: str
    number: int


@dataclass(frozen=True, slots=True)
class FindingRow:
    """Something a reader found in an arrival, or that we cut in a file which it caused."""

    document_id: int | None
    code: str
    severity: str
    place: str
    message: str


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One document of an arrival; `control` is how its sender numbers it."""

    id: int
    arrival_id: int
    partner: str
    position: int
    kind: str
    number: str
    control: str
    state: str


@dataclass(frozen=True, slots=True)
class NotedRow:
    """A document that is only kept for people, with what it says as JSON."""

    kind: str
    number: str
    record: str


@dataclass(frozen=True, slots=True)
class HoldRow:
    """Something that waits, or waited, for a person."""

    id: int
    arrival_id: int | None
    """None for a file of ours that no arrival caused."""
    document_id: int | None
    outgoing_id: int | None
    """The file of ours that it is about; None for what came."""
    kind: str
    partner: str
    vendor: str | None
    mapping_kind: str | None
    source_code: str | None
    source_description: str | None
    line: int | None
    place: str
    message: str
    state: str
    created_at: datetime
    file: bytes | None = b""
    """The name of the file it came with; None where no arrival caused it."""
    document: str | None = None
    """What kind of document waits; None where the whole file does."""
    number: str | None = None
    """The document's number, as that of an order."""


@dataclass(frozen=True, slots=True)
class OutgoingFact:
    """One file for a partner, without its bytes; times are when it was posted and last moved."""

    id: int
    arrival_id: int | None
    document_id: int | None
    partner: str
    kind: str
    name: str
    sha256: str
    state: str
    acknowledgement: str | None
    """What its receiver said of it; None where it said nothing and needn't."""
    due_at: datetime | None
    """When its acknowledgement is overdue."""
    created_at: datetime
    updated_at: datetime
    cuts: tuple[Cut, ...] = ()
    """Texts that we cut, replaced or left out in it; what no arrival caused has them nowhere."""


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of an order, with the codes of the boxes allotted to it."""

    line: int
    reference: str
    description: str | None
    source_code: str | None
    product: str | None
    quantity: Decimal
    accepted: Decimal
    unit_type: str | None
    box_type: str | None
    unit_price: Decimal | None
    price_unit: str | None
    state: str
    reason: str | None
    progress: str
    confirmed: Decimal | None
    """What the vendor confirmed; None before it answers."""
    backordered: Decimal | None
    confirmed_price: Decimal | None
    own_words: str | None = None
    """What its buyer keeps otherwise in its own books alone, as JSON (K-92)."""
    boxes: tuple[str, ...] = ()
    """Those that end are left out."""
    converted_price: Decimal | None = None
    """The price in the buyer's currency, at the rate that was fixed with the order (K-82)."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order or prebook with its lines."""

    id: int
    arrival_id: int
    document_id: int
    kind: str
    origin: str
    number: str
    revision: int
    buyer: str | None
    vendor: str | None
    customer: str | None
    ship_date: date | None
    currency: str | None
    is_test: bool
    state: str
    ship_via: str
    truck_date: date | None
    customer_po: str | None
    carrier: str | None
    location: str | None
    transfer: str
    transfer_reason: str | None
    """Why the order has not reached its vendor, where its transfer failed."""
    rate: Decimal | None
    """What 1 of `currency` is in `rate_currency`, fixed with the order (K-82)."""
    rate_currency: str | None
    fee_percent: Decimal | None
    """The network's transaction fee, in per cent of its goods (A-08)."""
    created_at: datetime
    lines: tuple[LineRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrivalFacts:
    """All that is known of one arrival but its bytes."""

    id: int
    partner: str
    name: bytes
    size_bytes: int
    sha256: str
    completeness: str
    state: str
    attempts: int
    replays: int
    format: str | None
    reason_code: str | None
    reason: str | None
    original_id: int | None
    mapping_hash: str | None
    version: str | None
    is_seen: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """An arrival and everything that came of it, in the order it came."""

    arrival: ArrivalFacts
    documents: tuple[DocumentRow, ...]
    findings: tuple[FindingRow, ...]
    holds: tuple[HoldRow, ...]
    orders: tuple[OrderRow, ...]
    outgoing: tuple[OutgoingFact, ...]
    noted: tuple[NotedRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of the site in numbers."""

    files: Mapping[str, Mapping[str, int]]
    """Partner, then state, to the number of arrivals."""
    open_holds: Mapping[str, int]
    red_orders: int
    """Purchase orders that wait for a person."""
    undelivered: Mapping[str, int]
    blocked: int
    failed_transfers: int
    """Orders that have not reached their vendors."""
    unseen_quarantined: int
    refused: int
    """Drops that were refused at the door lately."""
    newest: tuple[FileRow, ...] = field(default=())
