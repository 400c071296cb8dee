"""Every state the ledger knows, and which may follow which.

The tables are the rule: a transition that does not stand here is refused with the allowed ones
named, and docs/states.md is drawn from them. Names follow domain section 13; `held` and `rejected`
of an order, and the states of arrivals, documents, holds and outgoing files are ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from daemon.errors import DataError

S = TypeVar("S", bound=StrEnum)


class ArrivalState(StrEnum):
    """P5: a claim ends in exactly one of the last four."""

    CLAIMED = "claimed"
    POSTED = "posted"
    DUPLICATE = "duplicate"
    HELD = "held"
    QUARANTINED = "quarantined"


class DocumentState(StrEnum):
    POSTED = "posted"
    HELD = "held"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"


class HoldState(StrEnum):
    OPEN = "open"
    RELEASED = "released"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    """What it stopped is overtaken, and never goes on."""


class OrderState(StrEnum):
    """Header of a purchase order, and of the prebook it was made with (domain 13)."""

    HELD = "held"
    DRAFT = "draft"
    """A cart: stock is taken while its timer runs (K-41)."""
    PENDING_APPROVAL = "pending approval"
    APPROVED = "approved"
    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    """Every confirmed box is on an air waybill."""
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class LineProgress(StrEnum):
    """How far a vendor has come with a line of a purchase order (domain 13, vendor view)."""

    PENDING = "pending"
    PARTLY_CONFIRMED = "partially confirmed"
    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class TransferState(StrEnum):
    """Whether an order has reached its vendor (domain 5.2 step 2, 13)."""

    NOT_TRANSFERRED = "not transferred"
    QUEUED = "queued"
    """Its file is on the way to the vendor's outbox or server."""
    TRANSFERRED = "transferred"
    """The check mark: the file is where the vendor takes it from."""
    FAILED = "failed"
    """It could not be delivered, or its vendor refused or never acknowledged it."""


class OfferState(StrEnum):
    """Where a line of a vendor's availability stands (domain 13, VA line); read off its row."""

    STAGED = "staged"
    """Its product, unit or pack is not known, or a person has not put it on sale (M-12)."""
    ON_SALE = "on sale"
    PARTLY_SOLD = "partly sold"
    SOLD_OUT = "sold out"
    WITHDRAWN = "withdrawn"
    """Its vendor offers none of it, and nothing of it is sold."""
    EXPIRED = "expired"
    """Its last day is over."""


class GoodsState(StrEnum):
    """Where a box is (domain 13, goods at the buyer)."""

    ALLOTTED = "allotted"
    """It has a code and a label; nothing has been shipped."""
    STAGING = "staging"
    """Shipped, in transit; can't be sold."""
    RECEIVED = "received"
    """Scanned at the buyer's door."""
    INVENTORY = "in inventory"
    SOLD = "sold"
    """Its buyer has sold it on, and invoiced it in books of its own."""
    CANCELLED = "cancelled"


class WaybillState(StrEnum):
    """An air waybill is edited while open; it closes two days after its ship date (P-25)."""

    OPEN = "open"
    CLOSED = "closed"


class InvoiceState(StrEnum):
    """A vendor's invoice in the buyer's books (domain 13, K-93)."""

    NOT_SHARED = "not shared"
    """The vendor's alone: the two sides have not agreed to share invoices (4.4 step 9)."""
    PENDING_APPROVAL = "pending approval"
    APPROVED = "approved"
    SENT = "sent to external system"
    SYNCHRONIZED = "synchronized"
    FAILED = "failed"
    VOID = "void"
    """Its vendor took it back (K-90)."""


class ChargeState(StrEnum):
    """A real charge of an air waybill in the buyer's books (domain W-05)."""

    PENDING_APPROVAL = "pending approval"
    APPROVED = "approved"
    SENT = "sent to external system"
    SYNCHRONIZED = "synchronized"
    FAILED = "failed"
    VOID = "void"
    """It was not of this air waybill; the estimate counts again."""


class LineState(StrEnum):
    UNMAPPED = "unmapped"
    PENDING = "pending"
    ACCEPTED = "accepted"
    CUT = "cut"
    REFUSED = "refused"
    CANCELLED = "cancelled"


class OutgoingState(StrEnum):
    PENDING = "pending"
    STAGED = "staged"
    DELIVERED = "delivered"
    BLOCKED = "blocked"
    """Something of the partner's stands at the name; retried, never written over (F38)."""


class AcknowledgementState(StrEnum):
    """What a partner has said of a file that it was sent."""

    EXPECTED = "expected"
    OVERDUE = "overdue"
    """It was to be acknowledged by now; a hold tells a person."""
    ACCEPTED = "accepted"
    WITH_ERRORS = "accepted with errors"
    REJECTED = "rejected"
    """As a whole or in part; a hold tells a person."""


ARRIVAL: Mapping[ArrivalState, frozenset[ArrivalState]] = {
    ArrivalState.CLAIMED: frozenset(
        {
            ArrivalState.POSTED,
            ArrivalState.DUPLICATE,
            ArrivalState.HELD,
            ArrivalState.QUARANTINED,
        }
    ),
    ArrivalState.HELD: frozenset(
        {ArrivalState.POSTED, ArrivalState.CLAIMED, ArrivalState.QUARANTINED}
    ),
    ArrivalState.QUARANTINED: frozenset({ArrivalState.CLAIMED}),
    ArrivalState.POSTED: frozenset({ArrivalState.CLAIMED}),
    ArrivalState.DUPLICATE: frozenset({ArrivalState.CLAIMED}),
}

# What a document may become between postings; a posting decides anew about what it takes itself.
DOCUMENT: Mapping[DocumentState, frozenset[DocumentState]] = {
    DocumentState.HELD: frozenset(
        {
            DocumentState.POSTED,
            DocumentState.REJECTED,
            DocumentState.DUPLICATE,
            DocumentState.SUPERSEDED,
        }
    ),
    DocumentState.POSTED: frozenset(),
    DocumentState.REJECTED: frozenset(),
    DocumentState.DUPLICATE: frozenset(),
    DocumentState.SUPERSEDED: frozenset(),
}

HOLD: Mapping[HoldState, frozenset[HoldState]] = {
    HoldState.OPEN: frozenset({HoldState.RELEASED, HoldState.REJECTED, HoldState.SUPERSEDED}),
    HoldState.RELEASED: frozenset(),
    HoldState.REJECTED: frozenset(),
    HoldState.SUPERSEDED: frozenset(),
}

ORDER: Mapping[OrderState, frozenset[OrderState]] = {
    OrderState.HELD: frozenset(
        {
            OrderState.DRAFT,
            OrderState.PENDING_APPROVAL,
            OrderState.APPROVED,
            OrderState.REJECTED,
            OrderState.CANCELLED,
        }
    ),
    OrderState.DRAFT: frozenset(
        {
            # Purchases that are put together wait for their buyer (4.4 step 3).
            OrderState.PENDING_APPROVAL,
            OrderState.APPROVED,
            OrderState.REJECTED,
            OrderState.CANCELLED,
        }
    ),
    OrderState.PENDING_APPROVAL: frozenset(
        {OrderState.APPROVED, OrderState.REJECTED, OrderState.CANCELLED}
    ),
    OrderState.APPROVED: frozenset(
        {OrderState.CONFIRMED, OrderState.REJECTED, OrderState.CANCELLED}
    ),
    OrderState.CONFIRMED: frozenset({OrderState.SHIPPED, OrderState.CANCELLED}),
    OrderState.SHIPPED: frozenset(),
    OrderState.CANCELLED: frozenset(),
    OrderState.REJECTED: frozenset(),
}

LINE: Mapping[LineProgress, frozenset[LineProgress]] = {
    LineProgress.PENDING: frozenset(
        {LineProgress.PARTLY_CONFIRMED, LineProgress.CONFIRMED, LineProgress.CANCELLED}
    ),
    LineProgress.PARTLY_CONFIRMED: frozenset(
        {LineProgress.CONFIRMED, LineProgress.SHIPPED, LineProgress.CANCELLED}
    ),
    LineProgress.CONFIRMED: frozenset(
        {LineProgress.PARTLY_CONFIRMED, LineProgress.SHIPPED, LineProgress.CANCELLED}
    ),
    LineProgress.SHIPPED: frozenset(),
    LineProgress.CANCELLED: frozenset(),
}

TRANSFER: Mapping[TransferState, frozenset[TransferState]] = {
    TransferState.NOT_TRANSFERRED: frozenset({TransferState.QUEUED}),
    TransferState.QUEUED: frozenset({TransferState.TRANSFERRED, TransferState.FAILED}),
    # Sent again it is on its way once more; a late answer of its vendor, or a name that is free
    # again, is enough by itself.
    TransferState.FAILED: frozenset({TransferState.QUEUED, TransferState.TRANSFERRED}),
    # A vendor may refuse what it has taken in.
    TransferState.TRANSFERRED: frozenset({TransferState.FAILED}),
}

OFFER: Mapping[OfferState, frozenset[OfferState]] = {
    # Nobody buys what is staged.
    OfferState.STAGED: frozenset({OfferState.ON_SALE, OfferState.WITHDRAWN, OfferState.EXPIRED}),
    OfferState.ON_SALE: frozenset(
        {
            # Mapped to nothing any more, while nothing is sold (M-14).
            OfferState.STAGED,
            OfferState.PARTLY_SOLD,
            OfferState.SOLD_OUT,
            OfferState.WITHDRAWN,
            OfferState.EXPIRED,
        }
    ),
    # What is sold stays what it is sold as (M-14), and is never deleted (K-42).
    OfferState.PARTLY_SOLD: frozenset(
        {OfferState.ON_SALE, OfferState.SOLD_OUT, OfferState.EXPIRED}
    ),
    OfferState.SOLD_OUT: frozenset(
        {
            OfferState.PARTLY_SOLD,
            OfferState.ON_SALE,
            OfferState.WITHDRAWN,
            OfferState.EXPIRED,
        }
    ),
    OfferState.WITHDRAWN: frozenset({OfferState.STAGED, OfferState.ON_SALE, OfferState.EXPIRED}),
    # A newer file may give it other days.
    OfferState.EXPIRED: frozenset(OfferState) - {OfferState.EXPIRED},
}

GOODS: Mapping[GoodsState, frozenset[GoodsState]] = {
    GoodsState.ALLOTTED: frozenset({GoodsState.STAGING, GoodsState.CANCELLED}),
    GoodsState.STAGING: frozenset({GoodsState.RECEIVED, GoodsState.INVENTORY}),
    GoodsState.RECEIVED: frozenset({GoodsState.INVENTORY}),
    GoodsState.INVENTORY: frozenset({GoodsState.SOLD}),
    GoodsState.SOLD: frozenset(),
    GoodsState.CANCELLED: frozenset(),
}

WAYBILL: Mapping[WaybillState, frozenset[WaybillState]] = {
    WaybillState.OPEN: frozenset({WaybillState.CLOSED}),
    WaybillState.CLOSED: frozenset(),
}

_REVIEWED = frozenset({InvoiceState.PENDING_APPROVAL, InvoiceState.VOID})
"""What its vendor makes of an invoice that is further: changed, or taken back."""

INVOICE: Mapping[InvoiceState, frozenset[InvoiceState]] = {
    InvoiceState.NOT_SHARED: _REVIEWED,
    InvoiceState.PENDING_APPROVAL: frozenset({InvoiceState.APPROVED, InvoiceState.VOID}),
    InvoiceState.APPROVED: _REVIEWED | {InvoiceState.SENT},
    InvoiceState.SENT: _REVIEWED | {InvoiceState.SYNCHRONIZED, InvoiceState.FAILED},
    InvoiceState.SYNCHRONIZED: _REVIEWED,
    InvoiceState.FAILED: _REVIEWED | {InvoiceState.SENT},
    InvoiceState.VOID: frozenset(),
}

_ENTERED = frozenset({ChargeState.PENDING_APPROVAL, ChargeState.VOID})
"""What becomes of a charge whose amount is corrected, or that is taken back."""

CHARGE: Mapping[ChargeState, frozenset[ChargeState]] = {
    ChargeState.PENDING_APPROVAL: frozenset({ChargeState.APPROVED, ChargeState.VOID}),
    ChargeState.APPROVED: _ENTERED | {ChargeState.SENT},
    ChargeState.SENT: _ENTERED | {ChargeState.SYNCHRONIZED, ChargeState.FAILED},
    ChargeState.SYNCHRONIZED: _ENTERED,
    ChargeState.FAILED: _ENTERED | {ChargeState.SENT},
    ChargeState.VOID: frozenset({ChargeState.PENDING_APPROVAL}),
}

OUTGOING: Mapping[OutgoingState, frozenset[OutgoingState]] = {
    OutgoingState.PENDING: frozenset(
        {OutgoingState.STAGED, OutgoingState.DELIVERED, OutgoingState.BLOCKED}
    ),
    OutgoingState.STAGED: frozenset(
        {OutgoingState.PENDING, OutgoingState.DELIVERED, OutgoingState.BLOCKED}
    ),
    OutgoingState.BLOCKED: frozenset(
        {OutgoingState.PENDING, OutgoingState.STAGED, OutgoingState.DELIVERED}
    ),
    OutgoingState.DELIVERED: frozenset(),
}


# A partner may say more than once what it thinks: read by its door, and later refused by its books.
_SAID = frozenset(
    {
        AcknowledgementState.ACCEPTED,
        AcknowledgementState.WITH_ERRORS,
        AcknowledgementState.REJECTED,
    }
)
ACKNOWLEDGEMENT: Mapping[AcknowledgementState, frozenset[AcknowledgementState]] = {
    AcknowledgementState.EXPECTED: _SAID | {AcknowledgementState.OVERDUE},
    AcknowledgementState.OVERDUE: _SAID,
    AcknowledgementState.ACCEPTED: _SAID - {AcknowledgementState.ACCEPTED},
    AcknowledgementState.WITH_ERRORS: _SAID - {AcknowledgementState.WITH_ERRORS},
    AcknowledgementState.REJECTED: _SAID - {AcknowledgementState.REJECTED},
}


class ForbiddenMoveError(DataError):
    """A state that can't follow the one that stands; the text names those that can."""

    def __init__(self, what: str, before: StrEnum, after: StrEnum, allowed: Iterable[S]) -> None:
        names = " or ".join(state.value for state in allowed) or "nothing: it is over"
        message = f"{what} is {before.value} and can't become {after.value}; it can become {names}"
        super().__init__("state.forbidden", message)


def check_move(table: Mapping[S, frozenset[S]], what: str, before: S, after: S) -> None:
    """Raise ForbiddenMoveError unless `after` may follow `before`; `what` names the thing."""
    if after not in table[before]:
        raise ForbiddenMoveError(what, before, after, sorted(table[before]))


def sources(table: Mapping[S, frozenset[S]], target: S) -> list[str]:
    """Return the states from which `target` may be reached."""
    return [state.value for state, after in table.items() if target in after]
