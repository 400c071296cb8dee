"""Every state the ledger knows, and which may follow which.

The tables are the rule: a transition that does not stand here is refused with the allowed ones
named. Order states follow domain section 13; `held` and `rejected` are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

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


class OrderState(StrEnum):
    HELD = "held"
    PENDING_APPROVAL = "pending approval"
    APPROVED = "approved"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


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

ORDER: Mapping[OrderState, frozenset[OrderState]] = {
    OrderState.HELD: frozenset(
        {
            OrderState.PENDING_APPROVAL,
            OrderState.APPROVED,
            OrderState.REJECTED,
            OrderState.CANCELLED,
        }
    ),
    OrderState.PENDING_APPROVAL: frozenset({OrderState.APPROVED, OrderState.CANCELLED}),
    OrderState.APPROVED: frozenset({OrderState.CONFIRMED, OrderState.CANCELLED}),
    OrderState.CONFIRMED: frozenset({OrderState.CANCELLED}),
    OrderState.CANCELLED: frozenset(),
    OrderState.REJECTED: frozenset(),
}


def sources(table: Mapping[S, frozenset[S]], target: S) -> list[str]:
    """Return the states from which `target` may be reached."""
    return [state.value for state, after in table.items() if target in after]
