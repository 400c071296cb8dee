"""What a buyer decides about an order, and what became of that (see `approvals`)."""

from __future__ import annotations

from dataclasses import dataclass

from daemon.errors import UnwritableError
from daemon.ledger.moves import Cause
from daemon.ledger.states import LineProgress, LineState
from daemon.trade.desk import Desk
from daemon.trade.orders.line_boxes import fit_boxes
from daemon.trade.orders.standing import (
    ZERO,
    StandingLine,
    StandingOrder,
    box_codes,
    move_line,
    save_line,
)
from daemon.trade.outcome import LineOutcome, OrderOutcome, RowStatus
from daemon.trade.stock.line_stock import keep
from formats.steps import Decision


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision with who made it, why, and how the books say what caused it."""

    decision: Decision
    by: str
    reason: str | None
    cause: Cause


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a decision; `order` is None where it changed nothing."""

    status: RowStatus
    message: str | None = None
    is_warning: bool = False
    order: OrderOutcome | None = None
    was_with_vendor: bool = False
    """Whether its vendor has the order that is cancelled, and so must be told."""
    ruling: Ruling | None = None


def end_line(desk: Desk, found: StandingOrder, line: StandingLine, ruling: Ruling) -> None:
    """End a line that its vendor has not confirmed: its goods and boxes go back."""
    booked = found.booked
    line.state, line.reason = LineState.CANCELLED, ruling.reason or f"cancelled by {ruling.by}"
    save_line(desk, line, state=line.state.value, reason=line.reason)
    if booked.vendor is not None and not booked.is_test:
        keep(desk, booked.vendor, line, ZERO, is_lost=False)
    move_line(desk, found, line, LineProgress.CANCELLED, ruling.cause)
    fit_boxes(desk, found, line, ruling.cause)


def outcome_of(desk: Desk, found: StandingOrder) -> OrderOutcome:
    """Return an order of the books as an outcome, in the words of its sender, with its boxes."""
    booked = found.booked
    origin = desk.partner(booked.origin)
    if origin is None:
        raise UnwritableError(
            f"{booked.what} came from {booked.origin}, which is no partner any more; add it to the"
            " site's configuration and decide again"
        )
    codes = box_codes(desk, [line.key for line in found.lines])
    lines = tuple(
        LineOutcome(
            line.line,
            line.state,
            line.held or line.accepted,
            line.reason,
            line.pack,
            tuple(codes.get(line.key, ())),
        )
        for line in found.lines
    )
    return OrderOutcome(
        order=found.order,
        state=booked.state,
        lines=lines,
        origin=origin,
        document_id=booked.document_id,
        arrival_id=booked.arrival_id,
        order_id=booked.id,
        buyer=desk.partner(booked.buyer),
        vendor=desk.partner(booked.vendor),
        addressee=found.addressee,
    )
