"""What a buyer's accounts payable, and then its own system, say of an invoice (domain 13, W-05).

Pending approval, approved, sent to the external system, synchronized or failed; one that failed is
sent again. An answer of the system alone says that the invoice was sent, too. The same again
changes nothing, and what can't follow is refused with what can.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from daemon.config import Partner, Role
from daemon.ledger.moves import Cause
from daemon.ledger.states import InvoiceState
from daemon.trade.desk import Desk
from daemon.trade.invoices.book import BookedInvoice, invoices_for, move_invoice, save
from daemon.trade.orders.parties import vendor_called
from daemon.trade.outcome import RowOutcome, RowStatus, StepOutcome
from daemon.trade.step import StepAtHand
from formats.invoices import InvoiceAnswer, InvoiceDecision, InvoiceVerdict

MOST_NAME = 80
_TARGETS = {
    InvoiceDecision.APPROVE: InvoiceState.APPROVED,
    InvoiceDecision.SENT: InvoiceState.SENT,
    InvoiceDecision.SYNCHRONIZED: InvoiceState.SYNCHRONIZED,
    InvoiceDecision.FAILED: InvoiceState.FAILED,
}
_SENT_FROM = (InvoiceState.APPROVED, InvoiceState.FAILED)
_PAST_APPROVAL = (InvoiceState.APPROVED, InvoiceState.SENT, InvoiceState.SYNCHRONIZED)


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision with who made it, why, and how the books say what caused it."""

    decision: InvoiceDecision
    by: str
    reason: str | None
    cause: Cause


@dataclass(frozen=True, slots=True)
class Ruled:
    """What became of a decision; `invoice` is None where it changed nothing."""

    status: RowStatus
    message: str | None = None
    invoice: BookedInvoice | None = None
    is_sent: bool = False
    """Whether it goes out now for the buyer's own system."""


@dataclass(frozen=True, slots=True)
class AnswerOutcome(StepOutcome):
    """What the decisions of a file did, invoice by invoice."""

    ruled: tuple[Ruled, ...] = ()


def take_answer(desk: Desk, step: StepAtHand[InvoiceAnswer]) -> StepOutcome:
    """Carry out a buyer's decisions about invoices, row by row."""
    rows: list[RowOutcome] = []
    done: list[Ruled] = []
    for verdict in step.record.verdicts:
        found = _meant(desk, step, verdict)
        if isinstance(found, str):
            rows.append(RowOutcome(verdict.line, verdict.number, RowStatus.REFUSED, message=found))
            continue
        by = verdict.by or step.origin.name
        ruled = rule(desk, found, Ruling(verdict.decision, by, verdict.reason, step.cause))
        done.append(ruled)
        rows.append(RowOutcome(verdict.line, verdict.number, ruled.status, message=ruled.message))
    return AnswerOutcome(
        *(step.record, step.origin, step.document_id, step.arrival_id, tuple(rows)),
        ruled=tuple(done),
    )


def _meant(
    desk: Desk, step: StepAtHand[InvoiceAnswer], verdict: InvoiceVerdict
) -> BookedInvoice | str:
    """Return the one invoice of this buyer that a verdict means, or what to tell it."""
    origin, number = step.origin, verdict.number
    if not origin.has(Role.BUYER):
        return f"{origin.name} is no buyer here, so it has no invoices to decide about"
    if step.record.is_test:
        return "a test never touches a real invoice (P-29)"
    vendor = vendor_called(desk.site, origin, verdict.vendor)
    if verdict.vendor is not None and vendor is None:
        return f"{verdict.vendor} is no vendor of yours; correct vendor_code"
    found = invoices_for(desk, number, buyer=origin.name, vendor=vendor.name if vendor else None)
    return _only(found, verdict, origin)


def _only(
    found: list[BookedInvoice], verdict: InvoiceVerdict, buyer: Partner
) -> BookedInvoice | str:
    if not found:
        return f"{buyer.title or buyer.name} has no invoice {verdict.number}; name it as it came"
    if len(found) > 1:
        return several(found)
    if verdict.total is not None and verdict.total != found[0].amount:
        return (
            f"{found[0].what} comes to {found[0].amount}, not {verdict.total}: its vendor changed"
            " it; decide about the newest"
        )
    return found[0]


def several(found: list[BookedInvoice]) -> str:
    """Say which invoices have one number."""
    who = " and ".join(f"{each.vendor} (for {each.buyer})" for each in found)
    return f"invoice {found[0].number} is there {len(found)} times: of {who}; name the vendor"


def rule(desk: Desk, booked: BookedInvoice, ruling: Ruling) -> Ruled:
    """Let a decision about one invoice have its effect; refused where the invoice can't follow."""
    target = _TARGETS[ruling.decision]
    if booked.state is target and not _says_more(booked, ruling):
        return Ruled(RowStatus.UNCHANGED, f"{booked.what} is {target.value} already")
    if ruling.decision is InvoiceDecision.APPROVE:
        return _approve(desk, booked, ruling)
    if ruling.decision is InvoiceDecision.SENT:
        return _send(desk, booked, ruling)
    return _settle(desk, booked, ruling, target)


def _says_more(booked: BookedInvoice, ruling: Ruling) -> bool:
    """Whether a failure that is known comes with another reason."""
    is_failure = ruling.decision is InvoiceDecision.FAILED
    return is_failure and ruling.reason is not None and ruling.reason != booked.reason


def _approve(desk: Desk, booked: BookedInvoice, ruling: Ruling) -> Ruled:
    if booked.state in _PAST_APPROVAL:
        return Ruled(RowStatus.UNCHANGED, f"{booked.what} is {booked.state.value} already")
    if booked.state is not InvoiceState.PENDING_APPROVAL:
        # One that failed goes out again on a new word; everything else is not the buyer's to move.
        return _send(desk, booked, ruling) if booked.state is InvoiceState.FAILED else _past(booked)
    save(
        desk,
        booked,
        approved_by=ruling.by[:MOST_NAME],
        approved_at=desk.post.at,
        reason=ruling.reason,
    )
    moved = move_invoice(desk, booked, InvoiceState.APPROVED, ruling.cause)
    if _exports(desk, booked):
        return _send(desk, moved, ruling)
    return Ruled(RowStatus.DONE, invoice=moved)


def _exports(desk: Desk, booked: BookedInvoice) -> bool:
    buyer = desk.partner(booked.buyer)
    return buyer is not None and buyer.buying.exports_invoices is not None


def _send(desk: Desk, booked: BookedInvoice, ruling: Ruling) -> Ruled:
    if booked.state not in _SENT_FROM:
        return _past(booked)
    moved = move_invoice(desk, booked, InvoiceState.SENT, ruling.cause)
    is_sent = ruling.decision is InvoiceDecision.APPROVE and _exports(desk, booked)
    return Ruled(RowStatus.DONE, invoice=moved, is_sent=is_sent)


def _settle(desk: Desk, booked: BookedInvoice, ruling: Ruling, target: InvoiceState) -> Ruled:
    """Write down what the buyer's own system made of an invoice."""
    moved = replace(booked, reason=ruling.reason)
    if booked.state is target:
        save(desk, booked, reason=ruling.reason)
        return Ruled(RowStatus.DONE, "its reason is written down", invoice=moved)
    if booked.state in _SENT_FROM:
        moved = move_invoice(desk, moved, InvoiceState.SENT, ruling.cause)
    if moved.state is not InvoiceState.SENT:
        return _past(booked)
    save(desk, booked, reason=ruling.reason)
    return Ruled(RowStatus.DONE, invoice=move_invoice(desk, moved, target, ruling.cause))


def _past(booked: BookedInvoice) -> Ruled:
    hint = {
        InvoiceState.PENDING_APPROVAL: "; approve it first",
        InvoiceState.SYNCHRONIZED: "; it is in the buyer's own system",
        InvoiceState.VOID: "; its vendor took it back",
        InvoiceState.SENT: "; its answer is synchronized or failed",
    }.get(booked.state, "")
    return Ruled(RowStatus.REFUSED, f"{booked.what} is {booked.state.value}{hint}")
